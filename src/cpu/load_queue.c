/* Loads in flight. A load's value is bound when its line arrives, not when it issues; until then its
 * registers are pending, and younger instructions that do not need them go on. */
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/memory_inline.h"

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

void cpu_load_enter(cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *parts, unsigned waiting,
                    const uint8_t *bytes)
{
    cpu_core_t *core = cpu->core;
    cpu_load_t *load = free_entry(core);
    *load = (cpu_load_t){.valid = true,
                         .waiting = (uint8_t)waiting,
                         .physical = parts[0].physical,
                         .sequence = ++core->sequence,
                         .registers = cpu_load_registers(access),
                         .access = *access};
    memcpy(load->bytes, bytes, sizeof(load->bytes));
    for (unsigned i = 0; i < 2; i++) {
        if (waiting & 1u << i) {
            load->line[i] = chi_line(parts[i].physical);
            load->offset[i] = parts[i].physical & (CHI_LINE_BYTES - 1);
            load->first[i] = parts[i].first;
            load->length[i] = parts[i].length;
        }
    }
    core->load_count++;
    core->acquires += (access->flags & (CPU_ACCESS_ACQUIRE | CPU_ACCESS_ACQUIRE_PC)) != 0;
    core->exclusives += (access->flags & CPU_ACCESS_EXCLUSIVE) != 0;
    cpu->pending |= load->registers;
    cpu_store_update_filter(cpu);
}

void cpu_load_complete(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access, const uint8_t *bytes,
                       uint64_t physical)
{
    memory_deliver(cpu, bytes, access->size_bytes, access->flags, access->rt);
    if (access->elements == 2)
        memory_deliver(cpu, bytes + access->size_bytes, access->size_bytes, access->flags, access->rt2);
    if (access->flags & CPU_ACCESS_EXCLUSIVE)
        cpu_monitor_arm(cpu, now_cycles, physical, access->size_bytes * access->elements);
    if (cpu_fault_injected(cpu, CPU_INJECT_MONITOR_BY_VALUE) && access->flags & CPU_ACCESS_EXCLUSIVE)
        memcpy(cpu->core->fault_bytes, bytes, sizeof(cpu->core->fault_bytes));
}

static void retire(cpu_t *cpu, cpu_load_t *load)
{
    cpu_core_t *core = cpu->core;
    cpu_load_complete(cpu, cpu->cycle, &load->access, load->bytes, load->physical);
    load->valid = false;
    core->load_count--;
    core->acquires -= (load->access.flags & (CPU_ACCESS_ACQUIRE | CPU_ACCESS_ACQUIRE_PC)) != 0;
    core->exclusives -= (load->access.flags & CPU_ACCESS_EXCLUSIVE) != 0;
    cpu->pending &= ~load->registers;
    cpu_store_update_filter(cpu);
}

static void take_part(cpu_load_t *load, unsigned part, const uint8_t *data)
{
    if (data)
        memcpy(load->bytes + load->first[part], data + load->offset[part], load->length[part]);
    load->waiting &= (uint8_t) ~(1u << part);
}

void cpu_load_arrived(cpu_t *cpu, uint64_t line_address, const uint8_t *data)
{
    cpu_core_t *core = cpu->core;
    if (!core->load_count)
        return;
    for (unsigned i = 0; i < core->config.load_queue_entries; i++) {
        cpu_load_t *load = &core->loads[i];
        if (!load->valid)
            continue;
        for (unsigned part = 0; part < 2; part++)
            if (load->waiting & 1u << part && load->line[part] == line_address)
                take_part(load, part, data);
        if (!load->waiting)
            retire(cpu, load);
    }
}

bool cpu_load_older_than(const cpu_t *cpu, uint64_t sequence)
{
    for (unsigned i = 0; i < cpu->core->config.load_queue_entries; i++)
        if (cpu->core->loads[i].valid && cpu->core->loads[i].sequence <= sequence)
            return true;
    return false;
}
