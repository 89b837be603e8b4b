#include "unicorn_duel.h"

#include "cpu/isa/isa.h"
#include "unicorn_state.h"

#include <capstone/capstone.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BASE UINT64_C(0x10000000)
/* --- running --- */

static uint64_t block_pc(const duel_t *duel)
{
    return BASE + duel->code.region_offset_bytes;
}

static uint64_t block_end(const duel_t *duel)
{
    return block_pc(duel) + duel->code.count * 4u;
}

static void run_unicorn(duel_t *duel, const unicorn_state_t *state)
{
    unicorn_state_write(duel->uc, state);
    uc_err result = uc_emu_start(duel->uc, state->pc, block_end(duel), 0, 0);
    cr_assert_eq(result, UC_ERR_OK, "Unicorn at %#" PRIx64 ": %s", unicorn_state_read(duel->uc).pc,
                 uc_strerror(result));
}

static void step_ours(duel_t *duel)
{
    cpu_t *cpu = duel->cpu;
    const cpu_insn_t *in = &duel->insns[(cpu->pc - block_pc(duel)) / 4];
    const cpu_exec_t *exec = &cpu_exec_table[in->opcode];
    uint64_t next = cpu->pc + 4;
    cpu->line_pc = block_pc(duel);
    cpu->line_insns = duel->insns;
    switch (exec->kind) {
    case CPU_KIND_ALU: exec->alu(cpu, in); break;
    case CPU_KIND_BRANCH: next = exec->branch(cpu, in) ? cpu->pc + (uint64_t)in->imm : next; break;
    case CPU_KIND_BRANCH_REG: next = exec->branch_reg(cpu, in); break;
    case CPU_KIND_MEMORY: exec->memory(cpu, in, 0); break;
    default: exec->system(cpu, in, 0); break;
    }
    duel->executed[in->opcode]++;
    flat_count_row(in->opcode, 1);
    duel->instructions++;
    cpu->pc = next;
}

/* Still in the block, and no access has faulted, which none should. */
static bool goes_on(const duel_t *duel)
{
    return duel->cpu->pc != block_end(duel) && !duel->memory.faults;
}

static void run_threaded(duel_t *duel)
{
    cpu_t *cpu = duel->cpu;
    cpu->next = NULL;
    cpu->stats.instructions = 0;
    while (cpu->next || goes_on(duel)) {
        unsigned index = cpu->next ? (unsigned)(cpu->next - duel->insns) : (unsigned)(cpu->pc - block_pc(duel)) / 4;
        flat_cpu_enter(cpu, duel->insns, index, block_pc(duel));
    }
    duel->instructions += cpu->stats.instructions;
}

static void run_ours(duel_t *duel, const unicorn_state_t *state, duel_way_t way)
{
    unicorn_state_write_ours(duel->cpu, state);
    if (way == DUEL_PORT)
        flat_cpu_clear_l0(duel->cpu);
    else
        flat_cpu_fill_l0(duel->cpu, BASE + DUEL_CODE_BYTES + DUEL_DATA_BYTES / 2 - 4096);
    if (way == DUEL_THREADED)
        run_threaded(duel);
    else
        while (goes_on(duel))
            step_ours(duel);
}

/* --- comparing --- */

static bool same_memory(const duel_t *duel)
{
    return memcmp(duel->reference_bytes + DUEL_CODE_BYTES, duel->memory.bytes + DUEL_CODE_BYTES, DUEL_DATA_BYTES) == 0;
}

static bool differ(const duel_t *duel, const unicorn_state_t *theirs, const unicorn_state_t *ours)
{
    return memcmp(theirs, ours, sizeof *ours) || !same_memory(duel) || duel->memory.faults;
}

static void describe(const duel_t *duel, const unicorn_state_t *before, const unicorn_state_t *theirs,
                     const unicorn_state_t *ours, duel_way_t way)
{
    uint32_t word = duel->code.words[(before->pc - block_pc(duel)) / 4];
    cpu_insn_t decoded;
    cpu_decode_word(duel->code.decoder, word, &decoded);
    csh capstone;
    cs_insn *text = NULL;
    cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &capstone);
    size_t count = cs_disasm(capstone, (const uint8_t *)&word, 4, before->pc, 1, &text);
    fprintf(duel->report, "way %d, %#" PRIx64 ": %08x %s (%s %s)\n", way, before->pc, word,
            cpu_exec_table[decoded.opcode].name, count ? text->mnemonic : "?", count ? text->op_str : "");
    for (unsigned i = 0; i < UNICORN_REGISTERS; i++)
        if (theirs->registers[i] != ours->registers[i])
            fprintf(duel->report, "  register %u: was %#" PRIx64 ", Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", i,
                    before->registers[i], theirs->registers[i], ours->registers[i]);
    if (theirs->pc != ours->pc)
        fprintf(duel->report, "  next: Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", theirs->pc, ours->pc);
    if (!same_memory(duel))
        fprintf(duel->report, "  memory differs\n");
    if (duel->memory.faults)
        fprintf(duel->report, "  mesim: the access faulted\n");
    if (count)
        cs_free(text, count);
    cs_close(&capstone);
}

/* Runs the block again from `state`, one instruction at a time. */
static void blame(duel_t *duel, const unicorn_state_t *state, duel_way_t way)
{
    memcpy(duel->reference_bytes + DUEL_CODE_BYTES, duel->data_before, DUEL_DATA_BYTES);
    memcpy(duel->memory.bytes + DUEL_CODE_BYTES, duel->data_before, DUEL_DATA_BYTES);
    uc_ctl_remove_cache(duel->uc, block_pc(duel), block_end(duel)); /* translated for a run at once */
    duel->memory.faults = 0;
    unicorn_state_write(duel->uc, state);
    unicorn_state_write_ours(duel->cpu, state);
    if (way == DUEL_PORT)
        flat_cpu_clear_l0(duel->cpu);
    unicorn_state_t before = *state;
    while (before.pc != block_end(duel)) {
        uc_emu_start(duel->uc, before.pc, BASE + DUEL_CODE_BYTES, 0, 1);
        step_ours(duel);
        unicorn_state_t theirs = unicorn_state_read(duel->uc), ours = unicorn_state_read_ours(duel->cpu);
        if (differ(duel, &theirs, &ours)) {
            describe(duel, &before, &theirs, &ours, way);
            return;
        }
        before = ours;
    }
    fprintf(duel->report, "way %d: the block at %#" PRIx64 " differs only when it is run at once\n", way,
            block_pc(duel));
}

static cpu_insn_t decode_with_mistake(const duel_t *duel, uint32_t word)
{
    cpu_insn_t insn;
    cpu_decode_word(duel->code.decoder, word, &insn);
    if (duel->mistake.row != CPU_OP_UDF && insn.opcode == duel->mistake.row) {
        insn.opcode = (uint16_t)duel->mistake.executes;
        insn.handler = cpu_exec_table[insn.opcode].handler;
        insn.imm ^= duel->mistake.imm_changes;
    }
    return insn;
}

static void decode_block(duel_t *duel)
{
    random_code_t *code = &duel->code;
    for (unsigned i = 0; i < code->count; i++)
        duel->insns[i] = decode_with_mistake(duel, code->words[i]);
    duel->insns[code->count] = (cpu_insn_t){.handler = flat_stop};
    memcpy(duel->reference_bytes + code->region_offset_bytes, code->words, code->count * 4u);
    memcpy(duel->memory.bytes + code->region_offset_bytes, code->words, code->count * 4u);
}

/* Back to the start of the code region when it is full; what Unicorn translated there is void. */
static void make_room(duel_t *duel)
{
    if (duel->code.region_offset_bytes + sizeof duel->code.words <= DUEL_CODE_BYTES)
        return;
    duel->code.region_offset_bytes = 0;
    cr_assert_eq(uc_ctl_flush_tlb(duel->uc), UC_ERR_OK);
}

bool duel_block(duel_t *duel, duel_way_t way)
{
    make_room(duel);
    random_code_block(&duel->code, DUEL_UNITS);
    decode_block(duel);
    unicorn_state_t state =
        unicorn_state_random(&duel->code.random, block_pc(duel), BASE + DUEL_CODE_BYTES + DUEL_DATA_BYTES / 2);
    memcpy(duel->data_before, duel->memory.bytes + DUEL_CODE_BYTES, DUEL_DATA_BYTES);
    run_unicorn(duel, &state);
    run_ours(duel, &state, way);
    unicorn_state_t theirs = unicorn_state_read(duel->uc), ours = unicorn_state_read_ours(duel->cpu);
    bool same = !differ(duel, &theirs, &ours);
    if (!same && duel->report)
        blame(duel, &state, way);
    duel->code.region_offset_bytes += duel->code.count * 4u;
    return same;
}

duel_t *duel_new(uint64_t seed)
{
    duel_t *duel = calloc(1, sizeof *duel);
    cpu_features_t all = {.set = UINT64_MAX};
    cpu_decoder_t *decoder;
    base_error_t error;
    cr_assert_eq(cpu_decoder_new(&all, &cpu_cost_model_in_order, &decoder, &error), 0, "%s", error.text);
    base_random_init(&duel->code.random, seed);
    duel->code.decoder = decoder;
    duel->code.region_bytes = DUEL_CODE_BYTES;
    duel->memory =
        (flat_memory_t){.base = BASE, .size_bytes = DUEL_REGION_BYTES, .bytes = calloc(1, DUEL_REGION_BYTES)};
    duel->reference_bytes = aligned_alloc(4096, DUEL_REGION_BYTES);
    memset(duel->reference_bytes, 0, DUEL_REGION_BYTES);
    duel->cpu = flat_cpu_new(&duel->memory);
    for (unsigned i = 0; i < DUEL_DATA_BYTES; i++)
        duel->reference_bytes[DUEL_CODE_BYTES + i] = duel->memory.bytes[DUEL_CODE_BYTES + i] =
            (uint8_t)base_random_next(&duel->code.random);
    cr_assert_eq(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &duel->uc), UC_ERR_OK);
    cr_assert_eq(uc_ctl_set_cpu_model(duel->uc, UC_CPU_ARM64_MAX), UC_ERR_OK);
    cr_assert_eq(uc_mem_map_ptr(duel->uc, BASE, DUEL_REGION_BYTES, UC_PROT_ALL, duel->reference_bytes), UC_ERR_OK);
    return duel;
}

void duel_free(duel_t *duel)
{
    uc_close(duel->uc);
    flat_cpu_free(duel->cpu);
    free(duel->memory.bytes);
    free(duel->reference_bytes);
    cpu_decoder_free((cpu_decoder_t *)duel->code.decoder);
    free(duel);
}
