/* Instruction fetch: the L1I with its decoded lines, the fetch L0 above it, and requests for lines below it.
 *
 * The L1I is not coherent with stores (Arm ARM B2.4.4): a line stays as it was fetched until it is evicted or an
 * IC operation removes it. Its decoded instructions live and die with it, so a stale line gives stale decodes. */
#include "cpu/fetch.h"

#include "base/bits.h"
#include "cpu/branch_type.h"
#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/functional.h"
#include "cpu/isa/isa.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

/* The set of a physical address. */
static cpu_fetch_line_t *set_of(const cpu_core_t *core, uint64_t physical)
{
    uint32_t set = (uint32_t)(physical >> CHI_LINE_SHIFT) & (core->fetch_sets - 1);
    return core->fetch_lines + (size_t)set * core->fetch_ways;
}

static cpu_fetch_line_t *lookup(const cpu_core_t *core, uint64_t physical)
{
    cpu_fetch_line_t *set = set_of(core, physical);
    for (uint32_t way = 0; way < core->fetch_ways; way++)
        if (set[way].address == chi_line(physical))
            return &set[way];
    return NULL;
}

/* L0 entries are indexed by VA<13:6>; VA<11:6> equals PA<11:6>, so a line can sit in few places only. */
static void drop_l0_of_line(cpu_t *cpu, const cpu_fetch_line_t *line)
{
    for (unsigned i = (line->address >> CHI_LINE_SHIFT) & 63; i < CPU_FETCH_L0_ENTRIES; i += 64)
        if (cpu->fetch_l0[i].insns == line->insns)
            cpu->fetch_l0[i].tag = CPU_L0_NONE;
}

static void invalidate(cpu_t *cpu, cpu_fetch_line_t *line)
{
    if (line->address == CPU_L0_NONE)
        return;
    drop_l0_of_line(cpu, line);
    line->address = CPU_L0_NONE;
    line->last_use = 0;
    if (line->insns == cpu->line_insns)
        cpu->core->refetch = true;
}

/* The way to replace: an empty one, else the least recently used, the lowest way on a tie. */
static cpu_fetch_line_t *victim(cpu_core_t *core, uint64_t physical)
{
    cpu_fetch_line_t *set = set_of(core, physical), *oldest = &set[0];
    for (uint32_t way = 0; way < core->fetch_ways; way++) {
        if (set[way].address == CPU_L0_NONE)
            return &set[way];
        if (set[way].last_use < oldest->last_use)
            oldest = &set[way];
    }
    return oldest;
}

static void fill(cpu_t *cpu, cpu_fetch_line_t *line, uint64_t address, const uint8_t *bytes)
{
    invalidate(cpu, line);
    line->address = address;
    line->last_use = cpu->cycle;
    memcpy(line->bytes, bytes, CHI_LINE_BYTES);
    cpu_decode_line(cpu->core->decoder, bytes, line->insns);
}

static void request(cpu_t *cpu, const mmu_translation_t *translation)
{
    cpu_core_t *core = cpu->core;
    bool cached = translation->memory_type >= CHI_NORMAL_WT;
    chi_message_t message = {
        .opcode = cached ? CHI_READ_ONCE : CHI_READ_NO_SNOOP,
        .memory_type = translation->memory_type,
        .shareability = translation->shareability,
        .size_bytes = CHI_LINE_BYTES,
        .flags = CHI_FLAG_FETCH,
        .transaction = CPU_TRANSACTION_FETCH,
        .address = chi_line(translation->physical),
        .pc = cpu->pc,
    };
    core->fetch = (cpu_transfer_t){.active = true, .address = message.address, .part = cached};
    cpu_send(cpu, cpu->cycle, &message);
    cpu->stats.l1i_misses += 1;
}

void cpu_fetch_receive(cpu_t *cpu, const chi_message_t *message)
{
    cpu_core_t *core = cpu->core;
    core->fetch.arrived = true;
    core->fetch.error = message->error;
    memcpy(core->fetch.data, message->data, CHI_LINE_BYTES);
    if (message->error == CHI_OKAY && core->fetch.part)
        fill(cpu, victim(core, core->fetch.address), core->fetch.address, core->fetch.data);
}

/* The line is there: execution goes on in it. */
static void enter(cpu_t *cpu, cpu_fetch_line_t *line)
{
    line->last_use = cpu->cycle;
    cpu->stats.l1i_accesses += 1;
    cpu->line_pc = cpu->pc & ~(uint64_t)(CHI_LINE_BYTES - 1);
    cpu->line_insns = line->insns;
    cpu->next = &line->insns[(cpu->pc >> 2) & 15];
}

/* The line is entered through a page that is guarded or not. Another page may have said otherwise. */
static void set_guarded(cpu_t *cpu, cpu_fetch_line_t *line, bool guarded)
{
    if (base_likely(cpu_line_guarded(line->insns) == guarded))
        return;
    drop_l0_of_line(cpu, line);
    line->insns[CPU_LINE_MARKER].imm = guarded;
}

/* Every way into a line but the one through the fetch L0. */
static void enter_by(cpu_t *cpu, cpu_fetch_line_t *line, const mmu_translation_t *translation)
{
    set_guarded(cpu, line, translation->guarded);
    enter(cpu, line);
}

static void fill_l0(cpu_t *cpu, cpu_fetch_line_t *line)
{
    if (cpu_near_mark(cpu))
        return;
    cpu_fetch_l0_entry_t *entry = &cpu->fetch_l0[(cpu->pc >> CHI_LINE_SHIFT) & (CPU_FETCH_L0_ENTRIES - 1)];
    *entry = (cpu_fetch_l0_entry_t){.tag = cpu->pc >> CHI_LINE_SHIFT,
                                    .last_use = &line->last_use,
                                    .insns = line->insns,
                                    .guarded = cpu_line_guarded(line->insns)};
}

static bool enter_through_l0(cpu_t *cpu)
{
    cpu_fetch_l0_entry_t *entry = &cpu->fetch_l0[(cpu->pc >> CHI_LINE_SHIFT) & (CPU_FETCH_L0_ENTRIES - 1)];
    if (entry->tag != cpu->pc >> CHI_LINE_SHIFT)
        return false;
    enter(cpu, (cpu_fetch_line_t *)((char *)entry->last_use - offsetof(cpu_fetch_line_t, last_use)));
    return true;
}

/* An answer for this line has come: an error, or a line that must not stay. */
static bool consume_answer(cpu_t *cpu, const mmu_translation_t *translation)
{
    cpu_core_t *core = cpu->core;
    bool wanted = core->fetch.address == chi_line(translation->physical);
    core->fetch.active = core->fetch.arrived = false;
    if (!wanted)
        return false;
    if (core->fetch.error != CHI_OKAY) {
        cpu_exception_instruction_abort(cpu, cpu->pc, CPU_FAULT_EXTERNAL, false);
        return true;
    }
    if (core->fetch.part)
        return false; /* in the L1I now */
    fill(cpu, core->uncached, core->fetch.address, core->fetch.data);
    enter_by(cpu, core->uncached, translation);
    core->uncached->address = CPU_L0_NONE;
    return true;
}

/* Functional mode: the line is taken from RAM at once. False: it is not there. */
static bool enter_from_ram(cpu_t *cpu, const mmu_translation_t *translation)
{
    cpu_core_t *core = cpu->core;
    uint64_t address = chi_line(translation->physical);
    const uint8_t *bytes = cpu_functional_ram(core->functional, address, CHI_LINE_BYTES);
    bool cached = translation->memory_type >= CHI_NORMAL_WT;
    if (!bytes)
        return false;
    cpu_fetch_line_t *line = cached ? victim(core, address) : core->uncached;
    fill(cpu, line, address, bytes);
    enter_by(cpu, line, translation);
    if (!cached)
        line->address = CPU_L0_NONE;
    return true;
}

static bool bring(cpu_t *cpu)
{
    cpu_core_t *core = cpu->core;
    if (base_unlikely(cpu->pc & 3) && !cpu_fault_injected(cpu, CPU_INJECT_PC_ALIGNMENT_IGNORED)) {
        cpu_exception_pc_alignment(cpu);
        cpu->cycle += core->config.exception_cycles;
        return false;
    }
    if (core->config.fast_path && enter_through_l0(cpu))
        return true;

    mmu_translation_t translation;
    mmu_fault_t fault;
    switch (mmu_translate(cpu->mmu, cpu_ps(cpu, cpu->cycle), cpu->pc, MMU_FETCH, cpu->pstate.el > 0, false,
                          &translation, &fault)) {
    case MMU_WAIT: cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_WALK); return false;
    case MMU_FAULT:
        cpu_exception_instruction_abort(cpu, cpu->pc, fault.status_code, fault.external);
        cpu->cycle += core->config.exception_cycles;
        return false;
    case MMU_OK: break;
    }
    cpu->cycle += translation.cycles;
    if (core->fetch.arrived && consume_answer(cpu, &translation))
        return cpu->next != NULL;
    cpu_fetch_line_t *line = translation.memory_type >= CHI_NORMAL_WT ? lookup(core, translation.physical) : NULL;
    if (line) {
        enter_by(cpu, line, &translation);
        if (core->config.fast_path)
            fill_l0(cpu, line);
        return true;
    }
    if (core->functional && enter_from_ram(cpu, &translation))
        return true;
    if (!core->fetch.active)
        request(cpu, &translation);
    cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_FETCH);
    return false;
}

bool cpu_fetch(cpu_t *cpu)
{
    if (!bring(cpu))
        return false;
    if (base_likely(!cpu_line_guarded(cpu->line_insns)) || !cpu_btype_is_live(cpu, cpu->pc) ||
        cpu_is_landing_pad(cpu, cpu->next))
        return true;
    cpu->next = NULL;
    cpu_exception_branch_target(cpu);
    cpu->cycle += cpu->core->config.exception_cycles;
    return false;
}

void cpu_fetch_invalidate_all(cpu_t *cpu)
{
    cpu_core_t *core = cpu->core;
    for (size_t i = 0; i < (size_t)core->fetch_sets * core->fetch_ways; i++)
        invalidate(cpu, &core->fetch_lines[i]);
}

void cpu_fetch_invalidate_line(cpu_t *cpu, uint64_t physical)
{
    cpu_fetch_line_t *line = lookup(cpu->core, physical);
    if (line)
        invalidate(cpu, line);
}

void cpu_fetch_drop_l0(cpu_t *cpu, uint64_t va, uint64_t bytes)
{
    uint64_t lines = bytes >> CHI_LINE_SHIFT;
    if (!lines || lines > CPU_FETCH_L0_ENTRIES) {
        for (unsigned i = 0; i < CPU_FETCH_L0_ENTRIES; i++)
            cpu->fetch_l0[i].tag = CPU_L0_NONE;
        return;
    }
    uint64_t first = va >> CHI_LINE_SHIFT;
    for (uint64_t tag = first; tag < first + lines; tag++)
        if (cpu->fetch_l0[tag & (CPU_FETCH_L0_ENTRIES - 1)].tag == tag)
            cpu->fetch_l0[tag & (CPU_FETCH_L0_ENTRIES - 1)].tag = CPU_L0_NONE;
}

int cpu_fetch_resize(cpu_t *cpu, uint32_t size_bytes, uint32_t ways, base_error_t *error)
{
    cpu_core_t *core = cpu->core;
    uint64_t way_bytes = ways ? size_bytes / ways : 0;
    if (way_bytes < CHI_LINE_BYTES || !bits_is_power_of_two(way_bytes) || way_bytes * ways != size_bytes)
        return base_fail(error, -EINVAL, "L1I of %u bytes in %u ways: sets must be a power of two; change size or ways",
                         size_bytes, ways);
    g_free(core->fetch_lines);
    core->fetch_sets = (uint32_t)(way_bytes / CHI_LINE_BYTES);
    core->fetch_ways = ways;
    size_t lines = (size_t)core->fetch_sets * ways;
    core->fetch_lines = g_new0(cpu_fetch_line_t, lines + 1);
    core->uncached = &core->fetch_lines[lines];
    for (size_t i = 0; i <= lines; i++)
        core->fetch_lines[i].address = CPU_L0_NONE;
    cpu->next = NULL; /* cpu->pc stands for it */
    cpu->line_insns = NULL;
    cpu_fetch_drop_l0(cpu, 0, 0);
    return 0;
}

int cpu_fetch_init(cpu_t *cpu, base_error_t *error)
{
    return cpu_fetch_resize(cpu, cpu->core->config.l1i_size_bytes, cpu->core->config.l1i_ways, error);
}

void cpu_fetch_done(cpu_t *cpu)
{
    g_free(cpu->core->fetch_lines);
}
