/* What every row of the table does before it executes: FP and SIMD rows are trapped where CPACR_EL1.FPEN says so, rows
 * with SP as their base check its alignment. Both ways: one instruction at a time, and through its handler. */
#include "cpu/accessors.h"
#include "cpu/exception.h"
#include "flat_bench.h"
#include "row_words.h"

#include <criterion/criterion.h>
#include <string.h>

#define VBAR UINT64_C(0xffff000000080000)
enum {
    WORDS_A_ROW = 4,
    BASE_IS_SP_FIXED = 31 << 5,
    EC_FP = 0x07,
    EC_SP_ALIGNMENT = 0x26,
    SCTLR_SA = 1 << 3,
    SCTLR_SA0 = 1 << 4,
    VECTOR_CURRENT = 0x200,
    VECTOR_LOWER = 0x400,
};

/* What an instruction that does not execute leaves alone. */
typedef struct untouched {
    uint64_t x[31];
    uint64_t v[32][2];
    uint64_t fpcr, fpsr;
    uint8_t bytes[FLAT_BENCH_BYTES];
} untouched_t;

static flat_bench_t *bench;
static base_random_t generator;

static void setup(void)
{
    bench = flat_bench_new();
    base_random_init(&generator, 7);
}

static void teardown(void)
{
    flat_bench_free(bench);
}

TestSuite(row_traps, .init = setup, .fini = teardown);

static bool is_fp(cpu_opcode_t row)
{
    return cpu_exec_table[row].kind == CPU_KIND_FP || cpu_exec_table[row].kind == CPU_KIND_FP_MEMORY;
}

static bool is_memory(cpu_opcode_t row)
{
    return cpu_exec_table[row].kind == CPU_KIND_MEMORY || cpu_exec_table[row].kind == CPU_KIND_FP_MEMORY;
}

static bool is_prefetch(cpu_opcode_t row)
{
    return strncmp(cpu_exec_table[row].name, "PRF", 3) == 0;
}

static untouched_t snapshot(void)
{
    const cpu_t *cpu = bench->cpu;
    untouched_t state = {.fpcr = cpu->fpcr, .fpsr = cpu->fpsr};
    for (unsigned i = 0; i < 31; i++)
        state.x[i] = get_x(cpu, i);
    memcpy(state.v, cpu->v, sizeof state.v);
    memcpy(state.bytes, bench->bytes, sizeof state.bytes);
    return state;
}

/* Every general register holds an address in the middle of the memory. */
static void prepare(unsigned el, unsigned fpen, unsigned sctlr, uint64_t sp)
{
    cpu_t *cpu = bench->cpu;
    cpu->pstate.el = (uint8_t)el;
    cpu->pstate.sp_select = el == 1;
    cpu->sys.CPACR_EL1 = (uint64_t)fpen << 20;
    cpu->sys.SCTLR_EL1 = sctlr;
    cpu->sys.VBAR_EL1 = VBAR;
    cpu->sys.ESR_EL1 = cpu->sys.ELR_EL1 = 0;
    cpu->pc = 0;
    for (unsigned i = 0; i < 31; i++)
        set_x(cpu, i, FLAT_BENCH_BASE + FLAT_BENCH_BYTES / 2);
    set_x(cpu, CPU_SP, sp);
    flat_cpu_clear_l0(cpu);
}

/* Executes `word` at FLAT_BENCH_PC; whether it took an exception of that class, as it is to be taken from `el`. */
static bool takes(uint32_t word, bool threaded, unsigned class, unsigned el)
{
    cpu_t *cpu = bench->cpu;
    cpu_insn_t insns[2];
    cpu_decode_word(bench->decoder, word, &insns[0]);
    insns[1] = (cpu_insn_t){.handler = flat_stop};
    cpu->line_pc = FLAT_BENCH_PC;
    cpu->line_insns = insns;
    if (threaded)
        flat_cpu_enter(cpu, insns, 0, FLAT_BENCH_PC);
    else if (cpu_exec_table[insns[0].opcode].kind == CPU_KIND_FP && cpu_fp_trapped(cpu))
        cpu_exception_fp_trap(cpu, insns, 0); /* as the core's careful loop does */
    else
        flat_cpu_step(cpu, insns, FLAT_BENCH_PC, &bench->next);
    return cpu->sys.ESR_EL1 >> 26 == class && cpu->sys.ELR_EL1 == FLAT_BENCH_PC &&
           cpu->pc == VBAR + (el ? VECTOR_CURRENT : VECTOR_LOWER) && cpu->pstate.el == 1;
}

static void expect_trap(uint32_t word, bool threaded, unsigned class, unsigned el)
{
    cpu_insn_t insn;
    cpu_decode_word(bench->decoder, word, &insn);
    untouched_t before = snapshot();
    cr_expect(takes(word, threaded, class, el), "%s (%08x) at EL%u is not trapped", cpu_exec_table[insn.opcode].name,
              word, el);
    untouched_t after = snapshot();
    cr_expect(memcmp(&before, &after, sizeof after) == 0, "%s (%08x) did something all the same",
              cpu_exec_table[insn.opcode].name, word);
}

/* --- CPACR_EL1.FPEN --- */

static bool fpen_traps(unsigned fpen, unsigned el)
{
    return fpen == 0 || fpen == 2 || (fpen == 1 && el == 0);
}

static void check_fp_row(uint32_t word, bool threaded)
{
    for (unsigned fpen = 0; fpen < 4; fpen++)
        for (unsigned el = 0; el < 2; el++) {
            prepare(el, fpen, SCTLR_SA | SCTLR_SA0, FLAT_BENCH_BASE + 8); /* this trap comes before SP's check */
            if (fpen_traps(fpen, el)) {
                expect_trap(word, threaded, EC_FP, el);
                cr_expect_eq(bench->cpu->sys.ESR_EL1 & 0x1ffffff, 0x1e00000, "CV and COND of %08x", word);
            } else {
                cr_expect_not(takes(word, threaded, EC_FP, el), "%08x at EL%u is trapped", word, el);
            }
        }
}

Test(row_traps, every_fp_and_simd_row_obeys_fpen_at_both_levels)
{
    unsigned rows = 0;
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        if (!is_fp(row))
            continue;
        rows++;
        for (unsigned i = 0; i < WORDS_A_ROW; i++) {
            uint32_t word;
            cr_assert(row_word(bench->decoder, &generator, row, 0, 0, &word), "%s", cpu_exec_table[row].name);
            check_fp_row(word, false);
            check_fp_row(word, true);
        }
    }
    cr_expect_gt(rows, 700);
}

Test(row_traps, no_other_row_obeys_fpen)
{
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        uint32_t word;
        if (cpu_exec_table[row].kind != CPU_KIND_ALU && cpu_exec_table[row].kind != CPU_KIND_MEMORY)
            continue;
        cr_assert(row_word(bench->decoder, &generator, row, 0, 0, &word), "%s", cpu_exec_table[row].name);
        prepare(1, 0, 0, FLAT_BENCH_BASE + FLAT_BENCH_BYTES / 2);
        cr_expect_not(takes(word, true, EC_FP, 1), "%s is trapped", cpu_exec_table[row].name);
    }
}

/* --- SP alignment (D1.3.8.2) --- */

static void check_sp_base(uint32_t word, bool threaded)
{
    for (unsigned el = 0; el < 2; el++) {
        prepare(el, 3, el ? SCTLR_SA : SCTLR_SA0, FLAT_BENCH_BASE + FLAT_BENCH_BYTES / 2 + 8);
        expect_trap(word, threaded, EC_SP_ALIGNMENT, el);
        prepare(el, 3, el ? SCTLR_SA0 : SCTLR_SA, FLAT_BENCH_BASE + FLAT_BENCH_BYTES / 2 + 8);
        cr_expect_not(takes(word, threaded, EC_SP_ALIGNMENT, el), "%08x: SP was not to be checked at EL%u", word, el);
        prepare(el, 3, SCTLR_SA | SCTLR_SA0, FLAT_BENCH_BASE + FLAT_BENCH_BYTES / 2 + 16);
        cr_expect_not(takes(word, threaded, EC_SP_ALIGNMENT, el), "%08x: SP was aligned", word);
    }
}

Test(row_traps, every_row_with_sp_as_its_base_checks_its_alignment)
{
    unsigned rows = 0;
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        uint32_t word;
        cpu_insn_t insn;
        if (!is_memory(row) || is_prefetch(row) || strstr(cpu_exec_table[row].name, "LITERAL"))
            continue;
        rows++;
        for (unsigned i = 0; i < WORDS_A_ROW; i++) {
            cr_assert(row_word(bench->decoder, &generator, row, BASE_IS_SP_FIXED, BASE_IS_SP_FIXED, &word), "%s",
                      cpu_exec_table[row].name);
            cpu_decode_word(bench->decoder, word, &insn);
            cr_assert_eq(insn.rn, CPU_SP, "%s", cpu_exec_table[row].name);
            check_sp_base(word, false);
            check_sp_base(word, true);
        }
    }
    cr_expect_gt(rows, 200);
}

/* PRFM is no access (C6.2, PRFM: no CheckSPAlignment). */
Test(row_traps, a_prefetch_does_not_check_sp)
{
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        uint32_t word;
        if (!is_prefetch(row) || strstr(cpu_exec_table[row].name, "LITERAL"))
            continue;
        cr_assert(row_word(bench->decoder, &generator, row, BASE_IS_SP_FIXED, BASE_IS_SP_FIXED, &word));
        prepare(1, 3, SCTLR_SA | SCTLR_SA0, FLAT_BENCH_BASE + 8);
        cr_expect_not(takes(word, true, EC_SP_ALIGNMENT, 1), "%s checks SP", cpu_exec_table[row].name);
        cr_expect_eq(bench->cpu->pc, FLAT_BENCH_PC + 4, "%s does not go on", cpu_exec_table[row].name);
    }
}
