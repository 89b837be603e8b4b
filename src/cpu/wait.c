/* WFI, WFE and the event register (Arm ARM D1.6). */
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/system.h"

/* WFI wakes for whatever is pending; PSTATE.A, I and F do not matter (D1.6.2). */
static bool wfi_wakes(const cpu_t *cpu)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_WFI_NEEDS_UNMASKED))
        return cpu_irq_line(cpu) && !(cpu->pstate.daif & CPU_DAIF_I);
    return cpu_irq_line(cpu) || cpu_fiq_line(cpu) || cpu_serror_line(cpu);
}

/* WFE wakes for an event, and for what would be taken (D1.6.1). */
static bool wfe_wakes(const cpu_t *cpu)
{
    uint8_t mask = cpu->pstate.daif;
    return cpu->sys.event_register || (cpu_irq_line(cpu) && !(mask & CPU_DAIF_I)) ||
           (cpu_fiq_line(cpu) && !(mask & CPU_DAIF_F)) || (cpu_serror_line(cpu) && !(mask & CPU_DAIF_A));
}

/* A core in powerdown also wakes for what its redistributor holds back. */
static bool asked_for(const cpu_t *cpu)
{
    return cpu->suspend.powered_down && gic_cpuif_wake_request(cpu->gic) &&
           !cpu_fault_injected(cpu, CPU_INJECT_SUSPEND_IGNORES_SLEEPER);
}

bool cpu_wakes(const cpu_t *cpu)
{
    switch (cpu->block) {
    case CPU_BLOCK_WFI: return wfi_wakes(cpu) || asked_for(cpu);
    case CPU_BLOCK_WFE: return wfe_wakes(cpu);
    default: return false;
    }
}

/* At EL0, SCTLR_EL1 may send a wait that would sleep to EL1. */
static bool trapped(const cpu_t *cpu, uint64_t allow)
{
    return !cpu->pstate.el && !(cpu->sys.SCTLR_EL1 & allow);
}

cpu_status_t cpu_wait_for_interrupt(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_WFI_UNMASKS))
        cpu->pstate.daif &= (uint8_t)~CPU_DAIF_I;
    if (wfi_wakes(cpu))
        return CPU_OK;
    if (trapped(cpu, CPU_SCTLR_nTWI))
        return cpu_exception_wfx_trap(cpu, in, now_cycles, false);
    cpu->block = CPU_BLOCK_WFI;
    return CPU_LEAVE;
}

bool cpu_wait_for_power(cpu_t *cpu)
{
    if (wfi_wakes(cpu) || gic_cpuif_wake_request(cpu->gic))
        return false;
    cpu->suspend.powered_down = true;
    cpu->block = CPU_BLOCK_WFI;
    return true;
}

cpu_status_t cpu_wait_for_event(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    cpu_timer_sync_events(cpu, now_cycles * cpu->period_ps);
    if (cpu_fault_injected(cpu, CPU_INJECT_SEV_NOT_LATCHED))
        cpu->sys.event_register = false;
    if (cpu->sys.event_register) {
        cpu->sys.event_register = false;
        return CPU_OK;
    }
    if (wfe_wakes(cpu))
        return CPU_OK;
    if (trapped(cpu, CPU_SCTLR_nTWE))
        return cpu_exception_wfx_trap(cpu, in, now_cycles, true);
    cpu->block = CPU_BLOCK_WFE;
    return CPU_LEAVE;
}

cpu_status_t cpu_send_event_local(cpu_t *cpu)
{
    cpu->sys.event_register = true;
    return CPU_OK;
}
