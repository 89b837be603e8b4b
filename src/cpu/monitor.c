/* The local exclusive monitor: one physical address, never a value (Arm ARM B2.9). */
#include "cpu/monitor.h"

#include "cpu/core.h"
#include "cpu/fault.h"

void cpu_monitor_arm(cpu_t *cpu, uint64_t now_cycles, uint64_t physical, unsigned size_bytes)
{
    const cache_line_t *line = cache_l1d_lookup(cpu->core->l1d, physical);
    uint32_t hold_cycles = cpu->core->config.exclusive_hold_cycles;
    if (hold_cycles && line && cache_state_exclusive(line->state) &&
        !cpu_fault_injected(cpu, CPU_INJECT_EXCLUSIVE_NOT_HELD))
        cpu_hold_line(cpu, CPU_HOLD_EXCLUSIVE, chi_line(physical), now_cycles + hold_cycles);
    cpu->core->monitor = (cpu_monitor_t){.armed = true, .size_bytes = (uint8_t)size_bytes, .address = physical};
}

/* reason: the counter that a store-exclusive failing for it increments. */
void cpu_monitor_clear(cpu_t *cpu, uint64_t *reason)
{
    if (!cpu->core->monitor.armed)
        return;
    cpu->core->monitor.armed = false;
    cpu->core->monitor.lost = reason;
}

/* Losing the monitored line is a WFE wake-up event (Arm ARM D1.6.1). */
void cpu_monitor_line_lost(cpu_t *cpu, uint64_t line_address, bool by_snoop)
{
    cpu_monitor_t *monitor = &cpu->core->monitor;
    if (!monitor->armed || chi_line(monitor->address) != line_address)
        return;
    if (cpu_fault_injected(cpu, CPU_INJECT_MONITOR_BY_VALUE) ||
        (cpu_fault_injected(cpu, CPU_INJECT_MONITOR_SURVIVES_EVICTION) && !by_snoop))
        return;
    cpu_monitor_clear(cpu, by_snoop ? &cpu->stats.exclusive_fail_snoop : &cpu->stats.exclusive_fail_eviction);
    cpu->sys.event_register |= !cpu_fault_injected(cpu, CPU_INJECT_MONITOR_LOSS_NO_EVENT);
}

bool cpu_monitor_matches(const cpu_t *cpu, uint64_t physical, unsigned size_bytes)
{
    const cpu_monitor_t *monitor = &cpu->core->monitor;
    bool matches = monitor->armed && monitor->address == physical && monitor->size_bytes == size_bytes;
    return matches || cpu_fault_injected(cpu, CPU_INJECT_STXR_ALWAYS_SUCCEEDS);
}

bool cpu_monitor_claim(cpu_t *cpu, uint64_t pc, uint64_t physical, unsigned size_bytes)
{
    cpu_monitor_t *monitor = &cpu->core->monitor;
    bool passed = cpu_monitor_matches(cpu, physical, size_bytes);
    if (!passed) {
        bool lost = !monitor->armed && monitor->lost;
        uint64_t *counter = lost ? monitor->lost : &cpu->stats.exclusive_fail_address;
        *counter += 1;
        cpu_profile_failure(cpu, pc, counter);
    }
    *monitor = (cpu_monitor_t){0};
    cpu_hold_expire(cpu, CPU_HOLD_EXCLUSIVE);
    return passed;
}
