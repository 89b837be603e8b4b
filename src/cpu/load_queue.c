/* Loads in flight. A load's value is bound when its line arrives, not when it issues; until then its
 * registers are pending, and younger instructions that do not need them go on. */
#include "cpu/load_queue.h"

#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/load_around.h"
#include "cpu/memory_inline.h"
#include "cpu/memory_trace.h"
#include "cpu/timing_port.h"

#include <string.h>

bool cpu_load_has_room(const cpu_t *cpu)
{
    return cpu->core->load_count < cpu->core->config.load_queue_entries;
}

static uint64_t register_bit(const cpu_access_t *access, unsigned slot)
{
    if (access->flags & CPU_ACCESS_VECTOR)
        return UINT64_C(1) << (32 + slot);
    return slot < CPU_XZR ? UINT64_C(1) << slot : 0;
}

uint64_t cpu_load_registers(const cpu_access_t *access)
{
    if (access->flags & CPU_ACCESS_STRUCTURE)
        return cpu_structure_registers(access->rt, access->structure.registers);
    uint64_t registers = register_bit(access, access->rt);
    return access->elements == 2 ? registers | register_bit(access, access->rt2) : registers;
}

static cpu_load_t *free_entry(cpu_core_t *core)
{
    cpu_load_t *load = core->loads;
    while (load->valid)
        load++;
    return load;
}

cpu_load_t *cpu_load_enter(cpu_t *cpu, const cpu_access_t *access, uint64_t pc, const cpu_part_t *parts,
                           unsigned waiting, const uint8_t *bytes)
{
    cpu_core_t *core = cpu->core;
    cpu_load_t *load = free_entry(core);
    *load = (cpu_load_t){.valid = true,
                         .waiting = (uint8_t)waiting,
                         .physical = parts[0].physical,
                         .sequence = ++core->sequence,
                         .registers = cpu_load_registers(access),
                         .pc = pc,
                         .access = *access};
    memcpy(load->bytes, bytes, sizeof(load->bytes));
    for (unsigned i = 0; i < 2; i++) {
        if (waiting & 1u << i) {
            load->line[i] = chi_line(parts[i].physical);
            load->offset[i] = parts[i].physical & (CHI_LINE_BYTES - 1);
            load->first[i] = parts[i].first;
            load->length[i] = parts[i].length;
            load->shareability[i] = parts[i].shareability;
        }
    }
    core->load_count++;
    core->acquires += (access->flags & (CPU_ACCESS_ACQUIRE | CPU_ACCESS_ACQUIRE_PC)) != 0;
    core->exclusives += (access->flags & CPU_ACCESS_EXCLUSIVE) != 0;
    cpu->pending |= load->registers;
    cpu_store_update_filter(cpu);
    return load;
}

static void update_ask_cycle(cpu_core_t *core, uint64_t now_cycles)
{
    core->ask_cycle = UINT64_MAX;
    for (unsigned i = 0; i < core->config.load_queue_entries; i++) {
        const cpu_load_t *load = &core->loads[i];
        if (load->valid && load->unasked && load->ask_cycle > now_cycles && load->ask_cycle < core->ask_cycle)
            core->ask_cycle = load->ask_cycle;
    }
}

void cpu_load_postpone(cpu_t *cpu, uint64_t now_cycles, cpu_load_t *load)
{
    uint64_t jitter_cycles = cpu->core->config.load_jitter_cycles;
    load->unasked = load->waiting;
    load->ask_cycle = now_cycles + 1 + base_random_below(&cpu->core->jitter_random, jitter_cycles);
    if (load->ask_cycle < cpu->core->ask_cycle)
        cpu->core->ask_cycle = load->ask_cycle; /* an earlier one stays: its event may be due and not handled yet */
}

static void retire(cpu_t *cpu, cpu_load_t *load);

static void take_part(cpu_t *cpu, cpu_load_t *load, unsigned part, const uint8_t *data)
{
    if (data) {
        memcpy(load->bytes + load->first[part], data + load->offset[part], load->length[part]);
        if (!load->around) /* the checker knows what caches hold */
            cpu_show_load(cpu, cpu->cycle, load->line[part] + load->offset[part], load->bytes + load->first[part],
                          load->length[part]);
    }
    load->waiting &= (uint8_t) ~(1u << part);
}

void cpu_load_take(cpu_t *cpu, cpu_load_t *load, unsigned part, const uint8_t *data)
{
    take_part(cpu, load, part, data);
    if (!load->waiting)
        retire(cpu, load);
}

/* With the fault that lets loads pass each other, a line may be there that the load did not take when it came. */
static void take_late(cpu_t *cpu, cpu_load_t *load, unsigned part)
{
    const cache_line_t *line = cache_l1d_lookup(cpu->core->l1d, load->line[part]);
    cpu_load_take(cpu, load, part, line->data);
}

/* A line that is there has been bound when it came, so the answer is never a hit. What cannot be asked for now is after
 * the next event. */
static void ask(cpu_t *cpu, uint64_t now_cycles, cpu_load_t *load)
{
    for (unsigned part = 0; part < 2; part++) {
        if (!(load->unasked & load->waiting & 1u << part))
            continue;
        cache_outcome_t outcome = cache_l1d_request(cpu->core->l1d, cpu_ps(cpu, now_cycles), load->line[part],
                                                    CACHE_WANT_READ, load->shareability[part], load->pc);
        if (outcome == CACHE_MISS)
            load->unasked &= (uint8_t) ~(1u << part);
        else if (outcome == CACHE_HIT && cpu_fault_injected(cpu, CPU_INJECT_LOADS_PASS_SAME_ADDRESS))
            take_late(cpu, load, part);
    }
}

void cpu_load_ask(cpu_t *cpu, uint64_t now_cycles)
{
    cpu_core_t *core = cpu->core;
    if (base_likely(!core->config.load_jitter_cycles))
        return;
    for (unsigned i = 0; i < core->config.load_queue_entries; i++)
        if (core->loads[i].valid && core->loads[i].unasked && core->loads[i].ask_cycle <= now_cycles)
            (core->loads[i].around ? cpu_load_around_ask : ask)(cpu, now_cycles, &core->loads[i]);
    update_ask_cycle(core, now_cycles);
}

void cpu_load_complete(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access, const uint8_t *bytes,
                       uint64_t physical)
{
    memory_deliver_all(cpu, access, bytes);
    if (access->flags & CPU_ACCESS_EXCLUSIVE)
        cpu_monitor_arm(cpu, now_cycles, physical, access->size_bytes * access->elements);
    if (cpu_fault_injected(cpu, CPU_INJECT_MONITOR_BY_VALUE) && access->flags & CPU_ACCESS_EXCLUSIVE)
        memcpy(cpu->core->fault_bytes, bytes, sizeof(cpu->core->fault_bytes));
}

static void retire(cpu_t *cpu, cpu_load_t *load)
{
    cpu_core_t *core = cpu->core;
    if (cpu_fault_injected(cpu, CPU_INJECT_FORWARD_YOUNGER))
        cpu_store_forward(cpu, load->physical, load->access.size_bytes, load->bytes);
    cpu_load_complete(cpu, cpu->cycle, &load->access, load->bytes, load->physical);
    load->valid = false;
    load->unasked = 0;
    cpu_trace_memory(cpu, cpu->cycle, CPU_MEMORY_LOAD_BINDS, load->physical, load->pc, load->bytes,
                     load->access.size_bytes);
    core->load_count--;
    core->acquires -= (load->access.flags & (CPU_ACCESS_ACQUIRE | CPU_ACCESS_ACQUIRE_PC)) != 0;
    core->exclusives -= (load->access.flags & CPU_ACCESS_EXCLUSIVE) != 0;
    cpu->pending &= ~load->registers;
    cpu_store_update_filter(cpu);
}

void cpu_load_arrived(cpu_t *cpu, uint64_t line_address, const uint8_t *data)
{
    cpu_core_t *core = cpu->core;
    if (!core->load_count)
        return;
    for (unsigned i = 0; i < core->config.load_queue_entries; i++) {
        cpu_load_t *load = &core->loads[i];
        if (!load->valid || load->around)
            continue;
        for (unsigned part = 0; part < 2; part++)
            if (load->waiting & 1u << part && load->line[part] == line_address &&
                !(load->unasked && cpu_fault_injected(cpu, CPU_INJECT_LOADS_PASS_SAME_ADDRESS)))
                take_part(cpu, load, part, data);
        if (!load->waiting)
            retire(cpu, load);
    }
}

bool cpu_load_awaits_line(const cpu_t *cpu, uint64_t line_address, uint64_t sequence)
{
    for (unsigned i = 0; i < cpu->core->config.load_queue_entries; i++) {
        const cpu_load_t *load = &cpu->core->loads[i];
        for (unsigned part = 0; load->valid && load->sequence < sequence && part < 2; part++)
            if (load->waiting & 1u << part && load->line[part] == line_address)
                return true;
    }
    return false;
}

bool cpu_load_older_than(const cpu_t *cpu, uint64_t sequence)
{
    for (unsigned i = 0; i < cpu->core->config.load_queue_entries; i++)
        if (cpu->core->loads[i].valid && cpu->core->loads[i].sequence <= sequence)
            return true;
    return false;
}
