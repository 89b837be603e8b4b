/* Instruction semantics against Unicorn (QEMU's translator): random code runs on both, block by block, and registers,
 * flags and memory are compared after each. A block that differs is run again one instruction at a time to name the
 * culprit.
 *
 * Blocks take turns between the three ways an instruction can go: by the memory port, through the L0 filter, and
 * through the threaded handlers. MESIM_SEED repeats a run; MESIM_INSTRUCTIONS makes it longer. */
#include "cpu/accessors.h"
#include "cpu/flags.h"
#include "cpu/isa/isa.h"
#include "cpu/step.h"
#include "flat_port.h"
#include "random_code.h"

#include <capstone/capstone.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#define BASE UINT64_C(0x10000000)
enum {
    CODE_BYTES = 8 << 20,
    DATA_BYTES = 128 << 10,
    REGION_BYTES = CODE_BYTES + DATA_BYTES,
    UNITS = 48,
    INSTRUCTIONS = 1000000,
    REGISTERS = 33, /* X0 to X30, SP, NZCV */
};

typedef enum way { WAY_PORT, WAY_FILTER, WAY_THREADED, WAY_COUNT } way_t;

typedef struct state {
    uint64_t registers[REGISTERS];
    uint64_t pc;
} state_t;

typedef struct duel {
    uc_engine *uc;
    uint8_t *reference_bytes; /* Unicorn's memory */
    flat_memory_t memory;     /* ours */
    cpu_t *cpu;
    random_code_t code;
    cpu_insn_t insns[RANDOM_CODE_MAX_WORDS + 1];
    uint8_t data_before[DATA_BYTES]; /* at the start of the block */
    uint64_t executed[CPU_OPCODE_COUNT], instructions;
} duel_t;

/* --- state --- */

static int unicorn_register(unsigned i)
{
    if (i < 29)
        return UC_ARM64_REG_X0 + (int)i;
    const int rest[] = {UC_ARM64_REG_X29, UC_ARM64_REG_X30, UC_ARM64_REG_SP, UC_ARM64_REG_NZCV};
    return rest[i - 29];
}

static state_t unicorn_state(uc_engine *uc)
{
    state_t state = {0}; /* NZCV is read as 32 bits */
    int ids[REGISTERS];
    void *values[REGISTERS];
    for (unsigned i = 0; i < REGISTERS; i++) {
        ids[i] = unicorn_register(i);
        values[i] = &state.registers[i];
    }
    cr_assert_eq(uc_reg_read_batch(uc, ids, values, REGISTERS), UC_ERR_OK);
    cr_assert_eq(uc_reg_read(uc, UC_ARM64_REG_PC, &state.pc), UC_ERR_OK);
    return state;
}

static void set_unicorn_state(uc_engine *uc, const state_t *state)
{
    int ids[REGISTERS];
    void *values[REGISTERS];
    for (unsigned i = 0; i < REGISTERS; i++) {
        ids[i] = unicorn_register(i);
        values[i] = (void *)&state->registers[i];
    }
    cr_assert_eq(uc_reg_write_batch(uc, ids, values, REGISTERS), UC_ERR_OK);
}

static state_t our_state(const cpu_t *cpu)
{
    state_t state = {.pc = cpu->pc};
    for (unsigned i = 0; i < 31; i++)
        state.registers[i] = get_x(cpu, i);
    state.registers[31] = get_x(cpu, CPU_SP);
    state.registers[32] = get_nzcv(cpu);
    return state;
}

static void set_our_state(cpu_t *cpu, const state_t *state)
{
    for (unsigned i = 0; i < 31; i++)
        set_x(cpu, i, state->registers[i]);
    set_x(cpu, CPU_SP, state->registers[31]);
    set_nzcv(cpu, state->registers[32]);
    cpu->pc = state->pc;
}

/* Corner values half of the time. */
static uint64_t random_value(base_random_t *random)
{
    static const uint64_t corners[] = {0,          1,          UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN,
                                       UINT32_MAX, INT32_MAX,  0x80000000, 0x7f,      0xff80,
                                       0x8000,     0xffffff80, 63,         64};
    uint64_t value = base_random_next(random);
    switch (base_random_below(random, 4)) {
    case 0: return corners[base_random_below(random, sizeof corners / sizeof *corners)];
    case 1: return value >> base_random_below(random, 64);
    default: return value;
    }
}

static state_t random_state(base_random_t *random, uint64_t pc)
{
    state_t state = {.pc = pc};
    for (unsigned i = 0; i < 32; i++)
        state.registers[i] = random_value(random);
    state.registers[RANDOM_CODE_POINTER] = BASE + CODE_BYTES + DATA_BYTES / 2;
    state.registers[32] = base_random_below(random, 16) << 28;
    return state;
}

/* --- running --- */

static uint64_t block_pc(const duel_t *duel)
{
    return BASE + duel->code.region_offset_bytes;
}

static uint64_t block_end(const duel_t *duel)
{
    return block_pc(duel) + duel->code.count * 4u;
}

static void run_unicorn(duel_t *duel, const state_t *state)
{
    set_unicorn_state(duel->uc, state);
    uc_err result = uc_emu_start(duel->uc, state->pc, block_end(duel), 0, 0);
    cr_assert_eq(result, UC_ERR_OK, "Unicorn at %#" PRIx64 ": %s", unicorn_state(duel->uc).pc, uc_strerror(result));
}

static void step_ours(duel_t *duel)
{
    cpu_t *cpu = duel->cpu;
    const cpu_insn_t *in = &duel->insns[(cpu->pc - block_pc(duel)) / 4];
    cpu->line_pc = block_pc(duel);
    cpu->line_insns = duel->insns;
    const cpu_exec_t *exec = &cpu_exec_table[in->opcode];
    uint64_t next = cpu->pc + 4;
    cpu_status_t status = CPU_OK;
    switch (exec->kind) {
    case CPU_KIND_ALU: exec->alu(cpu, in); break;
    case CPU_KIND_BRANCH: next = exec->branch(cpu, in) ? cpu->pc + (uint64_t)in->imm : next; break;
    case CPU_KIND_BRANCH_REG: next = exec->branch_reg(cpu, in); break;
    case CPU_KIND_MEMORY: status = exec->memory(cpu, in, 0); break;
    case CPU_KIND_SYSTEM: status = exec->system(cpu, in, 0); break;
    }
    cr_assert_eq(status, CPU_OK, "%s at %#" PRIx64 " returned %d", exec->name, cpu->pc, status);
    duel->executed[in->opcode]++;
    duel->instructions++;
    cpu->pc = next;
}

/* The handler behind the block's last instruction. */
static const cpu_insn_t *stop(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)
{
    cpu_count_segment(cpu, in);
    cpu->pc = cpu_pc(cpu, in);
    cpu->next = NULL;
    cpu->base_cycles = base;
    return NULL;
}

static void run_threaded(duel_t *duel)
{
    cpu_t *cpu = duel->cpu;
    cpu->next = NULL;
    cpu->stats.instructions = 0;
    while (cpu->next || cpu->pc != block_end(duel)) {
        const cpu_insn_t *in = cpu->next ? cpu->next : &duel->insns[(cpu->pc - block_pc(duel)) / 4];
        cpu->line_pc = block_pc(duel);
        cpu->line_insns = duel->insns;
        cpu->segment = in;
#if MESIM_THREADED
        in->handler(cpu, in, 0);
#else
        cpu->base_cycles = 0;
        while (in)
            in = in->handler(cpu, in, cpu->base_cycles);
#endif
    }
    duel->instructions += cpu->stats.instructions;
}

static void run_ours(duel_t *duel, const state_t *state, way_t way)
{
    set_our_state(duel->cpu, state);
    if (way == WAY_PORT)
        flat_cpu_clear_l0(duel->cpu);
    else
        flat_cpu_fill_l0(duel->cpu, BASE + CODE_BYTES + DATA_BYTES / 2 - 4096);
    if (way == WAY_THREADED)
        run_threaded(duel);
    else
        while (duel->cpu->pc != block_end(duel))
            step_ours(duel);
}

/* --- comparing --- */

static bool same_memory(const duel_t *duel)
{
    return memcmp(duel->reference_bytes + CODE_BYTES, duel->memory.bytes + CODE_BYTES, DATA_BYTES) == 0;
}

static void describe(const duel_t *duel, const state_t *before, const state_t *theirs, const state_t *ours, way_t way)
{
    uint32_t word = duel->code.words[(before->pc - block_pc(duel)) / 4];
    cpu_insn_t decoded;
    cpu_decode_word(duel->code.decoder, word, &decoded);
    csh capstone;
    cs_insn *text = NULL;
    cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &capstone);
    size_t count = cs_disasm(capstone, (const uint8_t *)&word, 4, before->pc, 1, &text);
    fprintf(stderr, "way %d, %#" PRIx64 ": %08x %s (%s %s)\n", way, before->pc, word,
            cpu_exec_table[decoded.opcode].name, count ? text->mnemonic : "?", count ? text->op_str : "");
    for (unsigned i = 0; i < REGISTERS; i++)
        if (theirs->registers[i] != ours->registers[i])
            fprintf(stderr, "  register %u: was %#" PRIx64 ", Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", i,
                    before->registers[i], theirs->registers[i], ours->registers[i]);
    if (theirs->pc != ours->pc)
        fprintf(stderr, "  next: Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", theirs->pc, ours->pc);
    if (!same_memory(duel))
        fprintf(stderr, "  memory differs\n");
    if (count)
        cs_free(text, count);
    cs_close(&capstone);
}

/* Runs the block again from `state`, one instruction at a time. */
static void blame(duel_t *duel, const state_t *state, way_t way)
{
    memcpy(duel->reference_bytes + CODE_BYTES, duel->data_before, DATA_BYTES);
    memcpy(duel->memory.bytes + CODE_BYTES, duel->data_before, DATA_BYTES);
    uc_ctl_remove_cache(duel->uc, block_pc(duel), block_end(duel)); /* translated for a run at once */
    set_unicorn_state(duel->uc, state);
    set_our_state(duel->cpu, state);
    if (way == WAY_PORT)
        flat_cpu_clear_l0(duel->cpu);
    state_t before = *state;
    while (before.pc != block_end(duel)) {
        uc_emu_start(duel->uc, before.pc, BASE + CODE_BYTES, 0, 1);
        step_ours(duel);
        state_t theirs = unicorn_state(duel->uc), ours = our_state(duel->cpu);
        if (memcmp(&theirs, &ours, sizeof ours) || !same_memory(duel)) {
            describe(duel, &before, &theirs, &ours, way);
            return;
        }
        before = ours;
    }
    fprintf(stderr, "way %d: the block at %#" PRIx64 " differs only when it is run at once\n", way, block_pc(duel));
}

static void decode_block(duel_t *duel)
{
    random_code_t *code = &duel->code;
    for (unsigned i = 0; i < code->count; i++)
        cpu_decode_word(code->decoder, code->words[i], &duel->insns[i]);
    duel->insns[code->count] = (cpu_insn_t){.handler = stop};
    memcpy(duel->reference_bytes + code->region_offset_bytes, code->words, code->count * 4u);
    memcpy(duel->memory.bytes + code->region_offset_bytes, code->words, code->count * 4u);
}

/* Back to the start of the code region when it is full; what Unicorn translated there is void. */
static void make_room(duel_t *duel)
{
    if (duel->code.region_offset_bytes + sizeof duel->code.words <= CODE_BYTES)
        return;
    duel->code.region_offset_bytes = 0;
    cr_assert_eq(uc_ctl_flush_tlb(duel->uc), UC_ERR_OK);
}

static bool duel_block(duel_t *duel, way_t way)
{
    make_room(duel);
    random_code_block(&duel->code, UNITS);
    decode_block(duel);
    state_t state = random_state(&duel->code.random, block_pc(duel));
    memcpy(duel->data_before, duel->memory.bytes + CODE_BYTES, DATA_BYTES);
    run_unicorn(duel, &state);
    run_ours(duel, &state, way);
    state_t theirs = unicorn_state(duel->uc), ours = our_state(duel->cpu);
    bool same = memcmp(&theirs, &ours, sizeof ours) == 0 && same_memory(duel);
    if (!same)
        blame(duel, &state, way);
    duel->code.region_offset_bytes += duel->code.count * 4u;
    return same;
}

/* --- the test --- */

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void init(duel_t *duel, uint64_t seed)
{
    cpu_features_t all = {.set = UINT64_MAX};
    cpu_decoder_t *decoder;
    base_error_t error;
    cr_assert_eq(cpu_decoder_new(&all, &cpu_cost_model_in_order, &decoder, &error), 0, "%s", error.text);
    base_random_init(&duel->code.random, seed);
    duel->code.decoder = decoder;
    duel->code.region_bytes = CODE_BYTES;
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
}

static void done(duel_t *duel)
{
    uc_close(duel->uc);
    flat_cpu_free(duel->cpu);
    free(duel->memory.bytes);
    free(duel->reference_bytes);
    cpu_decoder_free((cpu_decoder_t *)duel->code.decoder);
    free(duel);
}

Test(isa_unicorn, a_million_random_instructions_give_the_same_registers_flags_and_memory)
{
    uint64_t seed = number_from_environment("MESIM_SEED", 1);
    uint64_t wanted = number_from_environment("MESIM_INSTRUCTIONS", INSTRUCTIONS);
    duel_t *duel = calloc(1, sizeof *duel);
    init(duel, seed);
    for (unsigned block = 0; duel->instructions < wanted; block++)
        if (!duel_block(duel, block % WAY_COUNT))
            cr_assert_fail("block %u differs; repeat with MESIM_SEED=%" PRIu64, block, seed);

    unsigned rows = 0;
    for (unsigned opcode = 0; opcode < CPU_OPCODE_COUNT; opcode++) {
        if (!random_code_covers(opcode))
            continue;
        rows++;
        cr_expect_gt(duel->executed[opcode], 0, "%s was never executed", cpu_exec_table[opcode].name);
    }
    fprintf(stderr, "%" PRIu64 " instructions over %u encodings agree (MESIM_SEED=%" PRIu64 ")\n", duel->instructions,
            rows, seed);
    done(duel);
}
