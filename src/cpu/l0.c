/* The data L0 filter: filled on hits of the slow path, emptied by whatever could make it lie. */
#include "cpu/l0.h"

#include "cpu/core.h"
#include "cpu/fault.h"

void cpu_l0_clear(cpu_t *cpu)
{
    for (unsigned i = 0; i < CPU_L0_ENTRIES; i++) {
        cpu->l0[i].read_tag = CPU_L0_NONE;
        cpu->l0[i].write_tag = CPU_L0_NONE;
    }
}

void cpu_l0_drop(cpu_t *cpu, uint64_t va, uint64_t bytes)
{
    uint64_t lines = bytes >> CHI_LINE_SHIFT;
    if (!lines || lines > CPU_L0_ENTRIES) {
        cpu_l0_clear(cpu);
        return;
    }
    uint64_t first = va >> CHI_LINE_SHIFT;
    for (uint64_t tag = first; tag < first + lines; tag++) {
        cpu_l0_entry_t *entry = &cpu->l0[tag & (CPU_L0_ENTRIES - 1)];
        if (entry->read_tag == tag)
            entry->read_tag = entry->write_tag = CPU_L0_NONE;
    }
}

/* VA<11:6> equals PA<11:6>: only every 64th entry can hold the line. */
void cpu_l0_line_lost(cpu_t *cpu, uint64_t physical, bool to_shared)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_L0_KEEPS_LOST_LINE))
        return;
    for (unsigned i = (physical >> CHI_LINE_SHIFT) & 63; i < CPU_L0_ENTRIES; i += 64) {
        cpu_l0_entry_t *entry = &cpu->l0[i];
        if (entry->read_tag == CPU_L0_NONE || entry->physical != physical)
            continue;
        entry->write_tag = CPU_L0_NONE;
        if (!to_shared)
            entry->read_tag = CPU_L0_NONE;
    }
}

bool cpu_l0_accepts(const cpu_t *cpu, const cpu_access_t *access, unsigned parts)
{
    /* SCTLR_EL1.A: every access is checked for alignment in the port. */
    return parts == 1 && !(access->flags & CPU_ACCESS_UNPRIVILEGED) && cpu->core->config.fast_path &&
           !(cpu->sys.SCTLR_EL1 & CPU_SCTLR_A) && !cpu->core->debug.watching;
}

void cpu_l0_fill(cpu_t *cpu, uint64_t va, cache_line_t *line, uint8_t *data, uint64_t physical, bool writable)
{
    uint64_t tag = va >> CHI_LINE_SHIFT;
    cpu->l0[tag & (CPU_L0_ENTRIES - 1)] = (cpu_l0_entry_t){
        .read_tag = tag, .write_tag = writable ? tag : CPU_L0_NONE, .line = line, .data = data, .physical = physical};
}
