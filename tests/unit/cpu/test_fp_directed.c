/* FP and SIMD instructions where Unicorn cannot be the judge, by the manual's pseudocode; and the trap of CPACR_EL1. */
#include "cpu/accessors.h"
#include "cpu/exception.h"
#include "cpu/flags.h"
#include "cpu/fp/fp.h"
#include "cpu/isa/isa.h"
#include "flat_port.h"

#include <criterion/criterion.h>
#include <string.h>

enum { BYTES = 4096 };
static uint8_t bytes[BYTES];
static flat_memory_t memory;
static cpu_t *cpu;

static void setup(void)
{
    memory = (flat_memory_t){.base = 0x1000, .size_bytes = BYTES, .bytes = bytes};
    cpu = flat_cpu_new(&memory);
}

static void teardown(void)
{
    flat_cpu_free(cpu);
}

TestSuite(fp_directed, .init = setup, .fini = teardown);

static cpu_status_t step(uint32_t word)
{
    cpu_features_t all = {.set = UINT64_MAX};
    cpu_decoder_t *decoder;
    cpu_insn_t insn;
    uint64_t next;
    cr_assert_eq(cpu_decoder_new(&all, &cpu_cost_model_in_order, &decoder, NULL), 0);
    cpu_decode_word(decoder, word, &insn);
    cpu_decoder_free(decoder);
    cr_assert_neq(insn.opcode, CPU_OP_UDF, "%08x", word);
    return flat_cpu_step(cpu, &insn, 0x1000, &next);
}

Test(fp_directed, scalar_fixed_point_to_a_half_leaves_zeros_above_sixteen_bits)
{
    cpu->v[6][0] = 0xc000; /* -2.0 */
    cpu->v[6][1] = UINT64_MAX;
    step(0x5f1ffcc6); /* FCVTZS H6, H6, #1 */
    cr_expect_eq(cpu->v[6][0], 0xfffc);
    cr_expect_eq(cpu->v[6][1], 0);
}

Test(fp_directed, javascript_conversion_of_a_flushed_denormal_is_not_exact)
{
    cpu->fpcr = FPCR_FZ;
    cpu->v[1][0] = 1;
    step(0x1e7e0020); /* FJCVTZS W0, D1 */
    cr_expect_eq(get_x(cpu, 0), 0);
    cr_expect_eq(get_nzcv(cpu), 0, "Z is clear");
    cr_expect_eq(cpu->fpsr, FPSR_IDC);
}

/* The upper halves hold what would overflow. */
Test(fp_directed, complex_multiply_of_four_halves_looks_at_four_halves)
{
    cpu->v[1][0] = UINT64_C(0x3c003c003c003c00);
    cpu->v[1][1] = UINT64_C(0x7bff7bff7bff7bff);
    cpu->v[2][0] = UINT64_C(0x40003c0040003c00); /* 1 + 2i */
    cpu->v[2][1] = UINT64_C(0x7bff7bff7bff7bff);
    step(0x2f421020); /* FCMLA V0.4H, V1.4H, V2.H[0], #0 */
    cr_expect_eq(cpu->v[0][0], UINT64_C(0x40003c0040003c00));
    cr_expect_eq(cpu->v[0][1], 0);
    cr_expect_eq(cpu->fpsr, 0);
}

Test(fp_directed, a_structure_that_does_not_fit_is_loaded_not_at_all)
{
    memset(bytes, 0x5a, sizeof bytes);
    set_x(cpu, 1, 0x1000 + BYTES - 63);
    cpu->v[0][0] = 1;
    cr_expect_eq(step(0x4cdf2020), CPU_JUMP); /* LD1 {V0.16B-V3.16B}, [X1], #64 */
    cr_expect_eq(cpu->v[0][0], 1);
    cr_expect_eq(get_x(cpu, 1), 0x1000 + BYTES - 63, "the base stays");
    set_x(cpu, 1, 0x1000 + BYTES - 64);
    cr_expect_eq(step(0x4cdf2020), CPU_OK);
    cr_expect_eq(cpu->v[3][1], UINT64_C(0x5a5a5a5a5a5a5a5a));
    cr_expect_eq(get_x(cpu, 1), 0x1000 + BYTES);
}

Test(fp_directed, structure_registers_go_on_from_v31_to_v0)
{
    for (unsigned i = 0; i < 64; i++)
        bytes[i] = (uint8_t)i;
    set_x(cpu, 1, 0x1000);
    step(0x0c40843f); /* LD2 {V31.4H, V0.4H}, [X1] */
    cr_expect_eq(cpu->v[31][0], UINT64_C(0x0d0c090805040100));
    cr_expect_eq(cpu->v[0][0], UINT64_C(0x0f0e0b0a07060302));
    cr_expect_eq(cpu->v[31][1], 0);
}

/* CPACR_EL1.FPEN: loads, stores and arithmetic take EC 0x07 before anything else happens. */
Test(fp_directed, everything_is_trapped_where_cpacr_says_so)
{
    static const uint32_t words[] = {
        0x1e622820, /* FADD D0, D1, D2 */
        0x4e228420, /* ADD V0.16B, V1.16B, V2.16B */
        0xfd400020, /* LDR D0, [X1] */
        0x3d8003e0, /* STR Q0, [SP] */
        0x4cdf2020, /* LD1 {V0.16B-V3.16B}, [X1], #64 */
        0x9e660020, /* FMOV X0, D1 */
    };
    cr_expect_not(cpu_fp_trapped(cpu));
    for (unsigned fpen = 0; fpen < 4; fpen++)
        for (unsigned el = 0; el < 2; el++) {
            cpu->sys.CPACR_EL1 = (uint64_t)fpen << 20;
            cpu->pstate.el = (uint8_t)el;
            cr_expect_eq(cpu_fp_trapped(cpu), fpen == 0 || fpen == 2 || (fpen == 1 && el == 0));
        }
    cpu->pstate.el = 1;
    cpu->sys.CPACR_EL1 = 0;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        cpu_features_t all = {.set = UINT64_MAX};
        cpu_decoder_t *decoder;
        cpu_insn_t insn;
        cr_assert_eq(cpu_decoder_new(&all, &cpu_cost_model_in_order, &decoder, NULL), 0);
        cpu_decode_word(decoder, words[i], &insn);
        cpu_decoder_free(decoder);
        const cpu_exec_t *row = &cpu_exec_table[insn.opcode];
        cr_expect(row->kind == CPU_KIND_FP || row->kind == CPU_KIND_FP_MEMORY, "%s", row->name);
        if (row->kind != CPU_KIND_FP_MEMORY)
            continue;
        set_x(cpu, 1, 0x1000);
        set_x(cpu, CPU_SP, 0x1008); /* misaligned: the trap comes first */
        cpu->line_insns = &insn;
        cr_expect_eq(row->memory(cpu, &insn, 0), CPU_JUMP, "%s", row->name);
        cr_expect_eq(cpu->sys.ESR_EL1 >> 26, 0x07, "%s", row->name);
        cr_expect_eq(get_x(cpu, 1), 0x1000);
    }
}
