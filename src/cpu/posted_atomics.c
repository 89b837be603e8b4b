#include "cpu/posted_atomics.h"

#include "cpu/atomics.h"
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/load_queue.h"
#include "cpu/profile.h"

#include <inttypes.h>

/* Its result is there, or nobody wants it. */
static void retire_atomic(cpu_t *cpu, const cpu_posted_atomic_t *atomic)
{
    uint64_t registers = cpu_load_registers(&atomic->access);
    cpu->pending &= ~registers;
    cpu->core->atomic_results -= registers != 0;
    cpu->core->acquires -= atomic->acquires;
}

/* A far atomic reads at the L2, so older loads of its bytes must have bound their values: they might read what it
 * writes. */
void cpu_posted_send(cpu_t *cpu, uint64_t now_cycles, cpu_store_t *store)
{
    if (cpu_load_awaits_line(cpu, store->line, store->sequence) &&
        !cpu_fault_injected(cpu, CPU_INJECT_FAR_ATOMIC_PASSES_LOADS))
        return;
    if (cpu_atomic_send(cpu, now_cycles, store->shareability, &cpu->core->atomics[store->atomic - 1]))
        store->stage = CPU_ATOMIC_SENT;
}

void cpu_posted_answered(cpu_t *cpu, uint64_t now_cycles, uint64_t line_address, const uint8_t *old, unsigned from)
{
    cpu_core_t *core = cpu->core;
    unsigned index = 0;
    while (index < core->store_count &&
           !(core->stores[index].stage == CPU_ATOMIC_SENT && core->stores[index].line == line_address))
        index++;
    if (index == core->store_count)
        base_bug("core %u: answer to no far atomic, line %#" PRIx64, cpu->index, line_address);
    const cpu_posted_atomic_t *atomic = &core->atomics[core->stores[index].atomic - 1];
    cpu_profile_far_atomic(cpu, atomic->pc, atomic->physical, atomic->access.size_bytes * atomic->access.elements,
                           from);
    cpu_atomic_take_answer(cpu, now_cycles, atomic, old);
    retire_atomic(cpu, atomic);
    cpu_store_remove(core, index);
    cpu_store_update_filter(cpu);
}

/* The entry of an atomic that was performed near goes when the unit has done with it. */
bool cpu_posted_leave_unit(cpu_t *cpu, uint64_t now_cycles, unsigned index)
{
    cpu_core_t *core = cpu->core;
    const cpu_store_t *store = &core->stores[index];
    if (store->ready_cycle > now_cycles)
        return false;
    const cpu_posted_atomic_t *atomic = &core->atomics[store->atomic - 1];
    cpu_atomic_deliver(cpu, &atomic->access, atomic->old);
    retire_atomic(cpu, atomic);
    cpu_store_remove(core, index);
    return true;
}

/* Memory changes at once, for the line may be taken away; the result, and the way for what must come after, take the
 * time of the unit, which has one atomic at a time. */
bool cpu_posted_enter_unit(cpu_t *cpu, uint64_t now_cycles, unsigned index, cache_line_t *line)
{
    cpu_core_t *core = cpu->core;
    cpu_store_t *store = &core->stores[index];
    cpu_posted_atomic_t *atomic = &core->atomics[store->atomic - 1];
    if (core->atomic_unit_cycle > now_cycles)
        return false; /* tried again when the one in it leaves */
    cpu_atomic_perform(cpu, now_cycles, line, atomic, atomic->old);
    store->stage = CPU_ATOMIC_PERFORMED;
    store->ready_cycle = core->atomic_unit_cycle = now_cycles + core->config.atomic_cycles;
    if (cpu_posted_leave_unit(cpu, now_cycles, index))
        return true;
    if (store->ready_cycle < core->drain_cycle)
        core->drain_cycle = store->ready_cycle;
    return false;
}
