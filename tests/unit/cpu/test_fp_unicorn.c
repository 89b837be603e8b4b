/* FP and SIMD semantics against Unicorn (QEMU 5.0's translator) in every FPCR mode: short blocks of random instructions
 * with corner-case operands run on both, and all registers, FPSR and memory are compared after each. A block that
 * differs is run again one instruction at a time to name the culprit.
 *
 * Every row gets the same number of instructions, and a block in each mode at least. Blocks go by the memory port,
 * through the L0 filter, and through the threaded handlers in turn. MESIM_SEED repeats a run, MESIM_INSTRUCTIONS makes
 * it longer, MESIM_ROW=NAME runs one row alone. */
#include "cpu/accessors.h"
#include "cpu/flags.h"
#include "cpu/fp/fp.h"
#include "flat_port.h"
#include "fp_code.h"
#include "unicorn_state.h"

#include <capstone/capstone.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#define BASE UINT64_C(0x10000000)
enum {
    CODE_BYTES = 4 << 20,
    DATA_BYTES = 160 << 10,
    REGION_BYTES = CODE_BYTES + DATA_BYTES,
    BLOCK_INSTRUCTIONS = 8,
    INSTRUCTIONS_A_ROW = FP_CODE_MODES * BLOCK_INSTRUCTIONS,
    GENERAL = 33, /* X0 to X30, SP, NZCV */
    REGISTERS = GENERAL + 32 + 2,
    LITERAL_WORDS = 8, /* behind a block, for loads */
};

typedef struct state {
    uint64_t general[GENERAL];
    uint64_t v[32][2];
    uint64_t fpcr, fpsr;
} state_t;

/* The ways an instruction can go. */
typedef enum way { BY_PORT, BY_FILTER, THREADED, WAYS } way_t;

typedef struct duel {
    uc_engine *uc;
    uint8_t *reference_bytes;
    flat_memory_t memory;
    cpu_t *cpu;
    fp_code_t code;
    uint64_t at; /* offset of the block */
    cpu_insn_t insns[FP_CODE_MAX_WORDS + 1];
    uint8_t data_before[DATA_BYTES];
    uint64_t executed[CPU_OPCODE_COUNT], instructions;
    int ids[REGISTERS];
} duel_t;

static void init_ids(duel_t *duel)
{
    for (unsigned i = 0; i < 29; i++)
        duel->ids[i] = UC_ARM64_REG_X0 + (int)i;
    const int rest[] = {UC_ARM64_REG_X29, UC_ARM64_REG_X30, UC_ARM64_REG_SP, UC_ARM64_REG_NZCV};
    memcpy(&duel->ids[29], rest, sizeof rest);
    for (unsigned i = 0; i < 32; i++)
        duel->ids[GENERAL + i] = UC_ARM64_REG_V0 + (int)i;
    duel->ids[GENERAL + 32] = UC_ARM64_REG_FPCR;
    duel->ids[GENERAL + 33] = UC_ARM64_REG_FPSR;
}

static void places(const state_t *state, void **values)
{
    for (unsigned i = 0; i < GENERAL; i++)
        values[i] = (void *)&state->general[i];
    for (unsigned i = 0; i < 32; i++)
        values[GENERAL + i] = (void *)state->v[i];
    values[GENERAL + 32] = (void *)&state->fpcr;
    values[GENERAL + 33] = (void *)&state->fpsr;
}

static state_t their_state(duel_t *duel)
{
    state_t state = {0};
    void *values[REGISTERS];
    places(&state, values);
    cr_assert_eq(uc_reg_read_batch(duel->uc, duel->ids, values, REGISTERS), UC_ERR_OK);
    return state;
}

static void set_their_state(duel_t *duel, const state_t *state)
{
    void *values[REGISTERS];
    places(state, values);
    cr_assert_eq(uc_reg_write_batch(duel->uc, duel->ids, values, REGISTERS), UC_ERR_OK);
}

static state_t our_state(const cpu_t *cpu)
{
    state_t state = {.fpcr = cpu->fpcr, .fpsr = cpu->fpsr};
    for (unsigned i = 0; i < 31; i++)
        state.general[i] = get_x(cpu, i);
    state.general[31] = get_x(cpu, CPU_SP);
    state.general[32] = get_nzcv(cpu);
    memcpy(state.v, cpu->v, sizeof state.v);
    return state;
}

static void set_our_state(cpu_t *cpu, const state_t *state)
{
    for (unsigned i = 0; i < 31; i++)
        set_x(cpu, i, state->general[i]);
    set_x(cpu, CPU_SP, state->general[31]);
    set_nzcv(cpu, state->general[32]);
    memcpy(cpu->v, state->v, sizeof state->v);
    cpu->fpcr = state->fpcr;
    cpu->fpsr = state->fpsr;
}

static state_t random_state(base_random_t *random)
{
    state_t state = {0};
    for (unsigned i = 0; i < 32; i++) {
        state.general[i] = fp_code_operand(random);
        state.v[i][0] = fp_code_operand(random);
        state.v[i][1] = fp_code_operand(random);
    }
    state.general[FP_CODE_POINTER] = BASE + CODE_BYTES + DATA_BYTES / 2;
    state.general[32] = base_random_below(random, 16) << 28;
    return state;
}

/* --- what the reference gets wrong --- */

/* test_fp_directed.c has these.
 * - Scalar FCVTZS (fixed-point) to a half writes a negative result sign-extended to 32 bits; the rest of Vd is zero
 *   (C7.2, FCVTZS (vector, fixed-point): V[d] = result, which has esize bits). The whole row is left out.
 * - FCMLA (by element) on 4H computes eight elements, and raises flags for the four that are not there. */
static bool is_wanted(cpu_opcode_t opcode, uint32_t word)
{
    return opcode != CPU_OP_FCMLA_ELEMENT || word >> 30 & 1;
}

/* FJCVTZS of a denormal that is flushed: it leaves Z set, although something was lost (shared pseudocode FPToFixedJS).
 */
static uint64_t wanted_fpcr(cpu_opcode_t row, uint64_t fpcr)
{
    return row == CPU_OP_FJCVTZS ? fpcr & ~(uint64_t)FPCR_FZ : fpcr;
}

/* --- running --- */

static void step_ours(duel_t *duel, unsigned index)
{
    uint64_t next;
    cpu_status_t status = flat_cpu_step(duel->cpu, &duel->insns[index], BASE + duel->at + 4 * index, &next);
    cr_assert_eq(status, CPU_OK, "%s returned %d", cpu_exec_table[duel->insns[index].opcode].name, status);
    duel->executed[duel->insns[index].opcode]++;
    duel->instructions++;
}

static bool same(duel_t *duel, const state_t *theirs, const state_t *ours)
{
    return memcmp(theirs, ours, sizeof *ours) == 0 &&
           memcmp(duel->reference_bytes + CODE_BYTES, duel->memory.bytes + CODE_BYTES, DATA_BYTES) == 0;
}

static void describe_word(uint32_t word, const char *row)
{
    csh capstone;
    cs_insn *text = NULL;
    cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &capstone);
    size_t count = cs_disasm(capstone, (const uint8_t *)&word, 4, 0, 1, &text);
    fprintf(stderr, "%08x %s (%s %s)\n", word, row, count ? text->mnemonic : "?", count ? text->op_str : "");
    if (count)
        cs_free(text, count);
    cs_close(&capstone);
}

static void describe(duel_t *duel, unsigned index, const state_t *before, const state_t *theirs, const state_t *ours)
{
    const cpu_insn_t *in = &duel->insns[index];
    describe_word(duel->code.words[index], cpu_exec_table[in->opcode].name);
    fprintf(stderr, "  FPCR %#" PRIx64 ", FPSR Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", before->fpcr, theirs->fpsr,
            ours->fpsr);
    const uint8_t shown[] = {in->rn, in->rm, in->ra, in->rd};
    for (unsigned i = 0; i < sizeof shown; i++)
        fprintf(stderr, "  %c v%u %016" PRIx64 " %016" PRIx64 "\n", "nmad"[i], shown[i] % 32,
                before->v[shown[i] % 32][1], before->v[shown[i] % 32][0]);
    for (unsigned i = 0; i < 32; i++)
        if (memcmp(theirs->v[i], ours->v[i], 16))
            fprintf(stderr, "  v%u: Unicorn %016" PRIx64 " %016" PRIx64 ", mesim %016" PRIx64 " %016" PRIx64 "\n", i,
                    theirs->v[i][1], theirs->v[i][0], ours->v[i][1], ours->v[i][0]);
    for (unsigned i = 0; i < GENERAL; i++)
        if (theirs->general[i] != ours->general[i])
            fprintf(stderr, "  x%u: was %#" PRIx64 ", Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", i,
                    before->general[i], theirs->general[i], ours->general[i]);
}

static void blame(duel_t *duel, const state_t *state)
{
    memcpy(duel->reference_bytes + CODE_BYTES, duel->data_before, DATA_BYTES);
    memcpy(duel->memory.bytes + CODE_BYTES, duel->data_before, DATA_BYTES);
    uint64_t pc = BASE + duel->at;
    uc_ctl_remove_cache(duel->uc, pc, pc + 4 * duel->code.count);
    set_their_state(duel, state);
    set_our_state(duel->cpu, state);
    state_t before = *state;
    for (unsigned i = 0; i < duel->code.count; i++) {
        uc_emu_start(duel->uc, pc + 4 * i, BASE + CODE_BYTES, 0, 1);
        step_ours(duel, i);
        state_t theirs = their_state(duel), ours = our_state(duel->cpu);
        if (!same(duel, &theirs, &ours)) {
            describe(duel, i, &before, &theirs, &ours);
            return;
        }
        before = ours;
    }
    fprintf(stderr, "the block differs only when it is run at once\n");
}

static void write_block(duel_t *duel)
{
    if (duel->at + 4 * (FP_CODE_MAX_WORDS + LITERAL_WORDS) > CODE_BYTES) {
        duel->at = 0;
        cr_assert_eq(uc_ctl_flush_tlb(duel->uc), UC_ERR_OK);
    }
    for (unsigned i = 0; i < duel->code.count; i++)
        cpu_decode_word(duel->code.decoder, duel->code.words[i], &duel->insns[i]);
    duel->insns[duel->code.count] = (cpu_insn_t){.handler = flat_stop};
    size_t bytes = duel->code.count * 4u;
    memcpy(duel->reference_bytes + duel->at, duel->code.words, bytes);
    memcpy(duel->memory.bytes + duel->at, duel->code.words, bytes);
    for (unsigned i = 0; i < LITERAL_WORDS * 4; i++)
        duel->reference_bytes[duel->at + bytes + i] = duel->memory.bytes[duel->at + bytes + i] =
            (uint8_t)base_random_next(&duel->code.random);
}

/* All instructions of the block, on our side. */
static void run_ours(duel_t *duel, way_t way)
{
    if (way == BY_PORT)
        flat_cpu_clear_l0(duel->cpu);
    else
        flat_cpu_fill_l0(duel->cpu, BASE + CODE_BYTES + DATA_BYTES / 2 - 4096);
    if (way == THREADED) {
        duel->cpu->pc = 0;
        flat_cpu_enter(duel->cpu, duel->insns, 0, BASE + duel->at);
        cr_assert_eq(duel->cpu->pc, BASE + duel->at + 4 * duel->code.count, "%s left its block",
                     cpu_exec_table[duel->insns[duel->code.count - 1].opcode].name);
        duel->instructions += duel->code.count;
        for (unsigned i = 0; i < duel->code.count; i++)
            flat_count_row(duel->insns[i].opcode, 1);
        return;
    }
    for (unsigned i = 0; i < duel->code.count; i++)
        step_ours(duel, i);
}

static bool run_block(duel_t *duel, unsigned mode, way_t way)
{
    write_block(duel);
    state_t state = random_state(&duel->code.random);
    state.fpcr = wanted_fpcr(duel->insns[duel->code.count - 1].opcode, fp_code_fpcr(mode));
    memcpy(duel->data_before, duel->memory.bytes + CODE_BYTES, DATA_BYTES);
    uint64_t pc = BASE + duel->at, end = pc + 4 * duel->code.count;
    set_their_state(duel, &state);
    uc_err result = uc_emu_start(duel->uc, pc, end, 0, 0);
    if (result != UC_ERR_OK) {
        uint64_t stopped = 0;
        uc_reg_read(duel->uc, UC_ARM64_REG_PC, &stopped);
        describe_word(duel->code.words[(stopped - pc) / 4 % FP_CODE_MAX_WORDS], uc_strerror(result));
        return false;
    }
    set_our_state(duel->cpu, &state);
    run_ours(duel, way);
    state_t theirs = their_state(duel), ours = our_state(duel->cpu);
    bool equal = same(duel, &theirs, &ours);
    if (!equal)
        blame(duel, &state);
    duel->at += duel->code.count * 4u + LITERAL_WORDS * 4;
    return equal;
}

/* --- the test --- */

static duel_t *duel_new(uint64_t seed)
{
    duel_t *duel = calloc(1, sizeof *duel);
    cpu_features_t all = {.set = UINT64_MAX};
    cpu_decoder_t *decoder;
    cr_assert_eq(cpu_decoder_new(&all, &cpu_cost_model_in_order, &decoder, NULL), 0);
    init_ids(duel);
    base_random_init(&duel->code.random, seed);
    duel->code.decoder = decoder;
    duel->code.wants = is_wanted;
    duel->memory = (flat_memory_t){.base = BASE, .size_bytes = REGION_BYTES, .bytes = calloc(1, REGION_BYTES)};
    duel->reference_bytes = aligned_alloc(4096, REGION_BYTES);
    memset(duel->reference_bytes, 0, REGION_BYTES);
    duel->cpu = flat_cpu_new(&duel->memory);
    for (unsigned i = 0; i < DATA_BYTES; i++)
        duel->reference_bytes[CODE_BYTES + i] = duel->memory.bytes[CODE_BYTES + i] =
            (uint8_t)base_random_next(&duel->code.random);
    cr_assert_eq(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &duel->uc), UC_ERR_OK);
    cr_assert_eq(uc_ctl_set_cpu_model(duel->uc, UC_CPU_ARM64_MAX), UC_ERR_OK);
    cr_assert_eq(uc_mem_map_ptr(duel->uc, BASE, REGION_BYTES, UC_PROT_ALL, duel->reference_bytes), UC_ERR_OK);
    return duel;
}

static void duel_free(duel_t *duel)
{
    uc_close(duel->uc);
    flat_cpu_free(duel->cpu);
    free(duel->memory.bytes);
    free(duel->reference_bytes);
    cpu_decoder_free((cpu_decoder_t *)duel->code.decoder);
    free(duel);
}

static bool has_reference(cpu_opcode_t row)
{
    return fp_code_covers(row) && row != CPU_OP_FCVTZS_FIXED_SCALAR_HALF;
}

static unsigned covered_rows(void)
{
    unsigned rows = 0;
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++)
        rows += has_reference(row);
    return rows;
}

/* Blocks of one row each, so that a difference is told by its row; false when one differs. */
static bool run_row(duel_t *duel, cpu_opcode_t row, uint64_t instructions)
{
    for (unsigned block = 0; (uint64_t)block * BLOCK_INSTRUCTIONS < instructions; block++) {
        duel->code.count = 0;
        for (unsigned j = 0; j < BLOCK_INSTRUCTIONS; j++)
            fp_code_emit(&duel->code, row);
        if (!run_block(duel, block % FP_CODE_MODES, block % WAYS))
            return false;
    }
    return true;
}

Test(fp_unicorn, every_row_gives_the_same_registers_flags_and_memory_in_every_mode)
{
    uint64_t seed = unicorn_option("MESIM_SEED", 1);
    uint64_t instructions = unicorn_option("MESIM_INSTRUCTIONS", 0) / covered_rows();
    const char *only = getenv("MESIM_ROW");
    instructions = instructions > INSTRUCTIONS_A_ROW ? instructions : INSTRUCTIONS_A_ROW;
    duel_t *duel = duel_new(seed);
    unsigned rows = 0;
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        if (!has_reference(row) || (only && strcmp(only, cpu_exec_table[row].name)))
            continue;
        rows++;
        cr_expect(run_row(duel, row, instructions), "%s differs; repeat with MESIM_SEED=%" PRIu64,
                  cpu_exec_table[row].name, seed);
        cr_expect_gt(duel->executed[row], 0, "%s was never executed", cpu_exec_table[row].name);
    }
    fprintf(stderr, "result: %" PRIu64 " instructions over %u encodings in %d FPCR modes (MESIM_SEED=%" PRIu64 ")\n",
            duel->instructions, rows, FP_CODE_MODES, seed);
    duel_free(duel);
}
