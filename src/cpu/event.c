/* What happens to a core: messages, timers, the ends of holds and of waiting in its buffers. */
#include "base/time.h"
#include "cpu/combine.h"
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/load_around.h"
#include "cpu/loop.h"
#include "cpu/maintenance.h"
#include "cpu/pmu.h"
#include "cpu/psci.h"
#include "cpu/timer.h"

#include <glib.h>

static void receive_own(cpu_t *cpu, const chi_message_t *message)
{
    cpu_core_t *core = cpu->core;
    switch (message->transaction) {
    case CPU_TRANSACTION_FETCH: cpu_fetch_receive(cpu, message); break;
    case CPU_TRANSACTION_TRANSFER: cpu_transfer_receive(&core->transfer, message); break;
    case CPU_TRANSACTION_WALK: cpu_transfer_receive(&core->walk, message); break;
    case CPU_TRANSACTION_POSTED_WRITE:
        core->writes_pending--;
        core->serror_pending |= message->error != CHI_OKAY;
        break;
    case CPU_TRANSACTION_DVM_OP: core->dvm_pending--; break;
    case CPU_TRANSACTION_DVM_SYNC: core->sync_pending = false; break;
    case CPU_TRANSACTION_MAINTENANCE: core->maintenance_pending--; break;
    default: cpu_load_around_receive(cpu, message); break;
    }
}

static void receive_cluster(cpu_t *cpu, uint64_t now_ps, const chi_message_t *message)
{
    cpu_core_t *core = cpu->core;
    switch (message->opcode) {
    case CHI_SNP_DVM_OP:
    case CHI_SNP_DVM_SYNC: cpu_dvm_receive(cpu, now_ps, message); return;
    case CHI_SNP_EVENT: cpu->sys.event_register = true; return;
    default: break;
    }
    if (message->opcode >= CHI_COMP && message->transaction & CPU_TRANSACTION_OWN) {
        receive_own(cpu, message);
    } else if (!cpu_hold_takes(cpu, message)) {
        cpu_monitor_t monitor = core->monitor;
        cache_l1d_receive(core->l1d, now_ps, message);
        if (cpu_fault_injected(cpu, CPU_INJECT_ZVA_KEEPS_MONITOR) && message->opcode == CHI_SNP_MAKE_INVALID)
            core->monitor = monitor;
        bool by_atomic = message->opcode == CHI_SNP_UNIQUE && message->operand != UINT64_MAX;
        if (cpu_fault_injected(cpu, CPU_INJECT_FAR_ATOMIC_KEEPS_MONITOR) && by_atomic)
            core->monitor = monitor;
    }
}

/* What an event may have made possible. */
static void go_on(cpu_t *cpu)
{
    cpu_load_ask(cpu, cpu->cycle);
    cpu_store_drain(cpu, cpu->cycle);
    cpu_combine_expire(cpu, cpu->cycle);
}

static void receive(cpu_t *cpu, uint64_t now_ps, const engine_message_t *message)
{
    cpu_core_t *core = cpu->core;
    if (message->link == core->cluster_link)
        receive_cluster(cpu, now_ps, (const chi_message_t *)message->payload);
    else if (message->link == core->gic_link)
        gic_cpuif_receive(cpu->gic, now_ps, message->payload);
    else if (message->link == core->power_link)
        cpu_psci_receive(cpu, now_ps, message->payload);
    else if (message->link == core->semihosting_link)
        cpu_semihosting_receive(cpu, message->payload);
    else
        base_bug("core %u: message over unknown link %u", cpu->index, message->link);
    go_on(cpu);
    if (core->sync_requests)
        cpu_dvm_answer(cpu, now_ps);
}

/* A multiplication by the reciprocal of the period, then made exact. */
uint64_t cpu_cycle_of(const cpu_t *cpu, uint64_t ps)
{
    uint64_t period_ps = cpu->period_ps;
    uint64_t cycle = (uint64_t)((unsigned __int128)ps * cpu->core->reciprocal >> 64);
    while (cycle * period_ps < ps)
        cycle++;
    while (cycle && (cycle - 1) * period_ps >= ps)
        cycle--;
    return cycle;
}

/* Of the timers and the performance monitors. Only system instructions, exceptions and events change what they do. */
static uint64_t next_timer_ps(cpu_t *cpu)
{
    cpu_core_t *core = cpu->core;
    if (base_unlikely(core->timer_stale)) {
        uint64_t timer_ps = cpu_timer_next_event_ps(cpu), pmu_ps = cpu_pmu_next_event_ps(cpu);
        core->timer_ps = timer_ps < pmu_ps ? timer_ps : pmu_ps;
        core->timer_stale = false;
    }
    return core->timer_ps;
}

/* When a store drains, a load asks for its line (drain_jitter_cycles, load_jitter_cycles) or a combined write goes by
 * itself. */
static uint64_t next_timed_ps(const cpu_t *cpu)
{
    uint64_t drain_cycle = cpu->core->drain_cycle, ask_cycle = cpu->core->ask_cycle;
    uint64_t cycle = ask_cycle < drain_cycle ? ask_cycle : drain_cycle;
    cycle = cycle < cpu->core->combine_cycle ? cycle : cpu->core->combine_cycle;
    return base_likely(cycle == UINT64_MAX) ? TIME_NEVER : cpu_ps(cpu, cycle);
}

uint64_t cpu_next_own_ps(cpu_t *cpu)
{
    uint64_t timer_ps = next_timer_ps(cpu), hold_ps = cpu_hold_next_event_ps(cpu);
    uint64_t timed_ps = next_timed_ps(cpu);
    timer_ps = timer_ps < hold_ps ? timer_ps : hold_ps;
    return timer_ps < timed_ps ? timer_ps : timed_ps;
}

uint64_t cpu_next_event_ps(cpu_t *cpu)
{
    uint64_t inbox_ps = engine_inbox_next_ps(cpu->component), own_ps = cpu_next_own_ps(cpu);
    return inbox_ps < own_ps ? inbox_ps : own_ps;
}

void cpu_handle_event(cpu_t *cpu, uint64_t event_ps)
{
    uint64_t now_ps = cpu_ps(cpu, cpu->cycle);
    cpu->core->timer_stale = true;
    if (engine_inbox_next_ps(cpu->component) == event_ps)
        receive(cpu, now_ps, engine_inbox_take(cpu->component, event_ps + 1));
    else if (cpu_hold_next_event_ps(cpu) == event_ps)
        cpu_hold_release(cpu, CPU_HOLD_EXCLUSIVE);
    else if (next_timed_ps(cpu) == event_ps)
        go_on(cpu);
    else {
        cpu_timer_update(cpu, now_ps);
        cpu_pmu_update(cpu);
    }
}
