/* The core's loop: what is due is handled in time order, between it instructions run. */
#include "cpu/core.h"

#include "base/time.h"
#include "cpu/exception.h"
#include "cpu/loop.h"
#include "cpu/psci.h"
#include "cpu/system.h"

static bool may_resume(const cpu_t *cpu)
{
    switch (cpu->block) {
    case CPU_BLOCK_OFF:
    case CPU_BLOCK_HALTED:
    case CPU_BLOCK_PSCI: return false; /* only a message from the power controller ends these */
    case CPU_BLOCK_WFI:
    case CPU_BLOCK_WFE: return cpu_wakes(cpu);
    default: return true; /* the instruction tries again and blocks again where it must */
    }
}

void cpu_account_stall(cpu_t *cpu, uint64_t cycles)
{
    bool asleep = cpu->block <= CPU_BLOCK_WFE || cpu->block == CPU_BLOCK_PSCI;
    if (cpu->block == CPU_BLOCK_WFI || cpu->block == CPU_BLOCK_WFE)
        cpu->stats.sleep_cycles += cycles;
    if (cpu->block == CPU_BLOCK_WALK)
        cpu->stats.walk_cycles += cycles;
    cpu->core->stalls[asleep ? CPU_STALL_PLAIN : cpu->core->stall_kind][cpu->block] += cycles;
    if (!asleep)
        cpu_profile_stall(cpu, cpu->core->stall_kind, cpu->block, cycles);
}

/* While blocked: goes to the next event before the window's end. False: there is none. */
static bool advance_blocked(cpu_t *cpu)
{
    uint64_t event_ps = cpu_next_event_ps(cpu);
    if (event_ps >= cpu->core->window_end_ps)
        return false;
    uint64_t event_cycle = cpu_cycle_of(cpu, event_ps);
    if (event_cycle > cpu->cycle) {
        cpu_account_stall(cpu, event_cycle - cpu->cycle);
        cpu->cycle = event_cycle;
    }
    cpu_handle_event(cpu, event_ps);
    if (cpu->block != CPU_RUNNING && may_resume(cpu)) {
        if (base_unlikely(cpu->suspend.powered_down))
            cpu_power_resume(cpu, cpu_ps(cpu, cpu->cycle));
        cpu->block = CPU_RUNNING;
    }
    return true;
}

/* The present instruction's address, wherever it is kept. */
static void settle_pc(cpu_t *cpu)
{
    if (cpu->next)
        cpu->pc = cpu_pc(cpu, cpu->next);
}

/* Exceptions that come between instructions, the most urgent first (Arm ARM D1.3.6). */
static bool take_pending_exception(cpu_t *cpu)
{
    cpu_core_t *core = cpu->core;
    uint8_t mask = cpu->pstate.daif;
    if (core->transfer.active || core->semihosting.active)
        return false; /* a Device access or a call is under way: it cannot be undone */
    if (core->serror_pending && !(mask & CPU_DAIF_A)) {
        core->serror_pending = false;
        settle_pc(cpu);
        cpu_exception_serror(cpu);
    } else if (!(mask & CPU_DAIF_F) && gic_cpuif_fiq(cpu->gic)) {
        settle_pc(cpu);
        cpu_exception_fiq(cpu);
    } else if (!(mask & CPU_DAIF_I) && gic_cpuif_irq(cpu->gic)) {
        settle_pc(cpu);
        cpu_exception_irq(cpu);
    } else if (cpu->pstate.il) {
        settle_pc(cpu);
        cpu_exception_illegal_state(cpu);
    } else {
        return false;
    }
    cpu->next = NULL;
    cpu->cycle += core->config.exception_cycles;
    cpu_hold_release(cpu, CPU_HOLD_ATTEMPT);
    return true;
}

/* Executes until limit_cycles, a cycle after the present one, or until something needs the loop. */
static void advance_running(cpu_t *cpu, uint64_t limit_cycles)
{
    cpu_core_t *core = cpu->core;
    if (base_unlikely(core->refetch) && !core->semihosting.active) {
        core->refetch = false;
        settle_pc(cpu);
        cpu->next = NULL;
    }
    if (base_unlikely(take_pending_exception(cpu)))
        return;
    cpu->limit_cycles = limit_cycles;
    if (base_unlikely(core->stop_cycle < limit_cycles)) {
        cpu->limit_cycles = core->stop_cycle;
        if (cpu->cycle >= core->stop_cycle) {
            cpu->block = CPU_BLOCK_HALTED;
            return;
        }
    }
    cpu_execute(cpu);
}

static void run(void *self, uint64_t end_ps)
{
    cpu_t *cpu = self;
    const uint64_t end_cycle = cpu_cycle_of(cpu, end_ps);
    cpu->core->window_end_ps = end_ps;
    while (!cpu->core->yield) {
        if (cpu->block != CPU_RUNNING) {
            if (!advance_blocked(cpu))
                break;
            continue;
        }
        if (cpu->cycle >= end_cycle && cpu_next_event_ps(cpu) >= end_ps)
            break;
        uint64_t event_ps = cpu_next_event_ps(cpu);
        uint64_t limit_cycles = event_ps < end_ps ? cpu_cycle_of(cpu, event_ps) : end_cycle;
        if (cpu->cycle >= limit_cycles)
            cpu_handle_event(cpu, event_ps);
        else
            advance_running(cpu, limit_cycles);
    }
    cpu->core->yield = false;
    settle_pc(cpu);
    uint64_t own_ps = cpu_next_own_ps(cpu);
    uint64_t ready_ps = cpu->block == CPU_RUNNING ? cpu_ps(cpu, cpu->cycle) : TIME_NEVER;
    engine_component_wake_at(cpu->component, ready_ps < own_ps ? ready_ps : own_ps);
}

const engine_component_ops_t cpu_component_ops = {.run = run};
