/* The core's loop: what is due is handled in time order, between it instructions run. */
#include "cpu/core.h"

#include "base/time.h"
#include "cpu/combine.h"
#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/isa/isa.h"
#include "cpu/maintenance.h"
#include "cpu/psci.h"
#include "cpu/row_counts.h"
#include "cpu/step.h"
#include "cpu/system.h"
#include "cpu/timer.h"

#include <glib.h>

cpu_status_t cpu_retry(cpu_t *cpu, cpu_stall_kind_t kind, cpu_block_t block)
{
    cpu->block = block;
    cpu->core->stall_kind = kind;
    return CPU_RETRY;
}

const cpu_insn_t *cpu_leave_limit(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)
{
    cpu_count_segment(cpu, in);
    cpu->next = in;
    cpu->cycle = base + in->issue_cycle;
    return NULL;
}

/* Time and place after an instruction that needs the loop's attention. */
const cpu_insn_t *cpu_leave_status(cpu_t *cpu, const cpu_insn_t *in, uint64_t base, cpu_status_t status)
{
    if (status == CPU_RETRY)
        return cpu_leave_limit(cpu, in, base);
    cpu_count_segment(cpu, in + 1);
    cpu->core->timer_stale = true;
    if (status == CPU_JUMP) {
        cpu->next = NULL;
        cpu->cycle = base + in->issue_cycle + 1 + cpu->core->config.exception_cycles + cpu->delay_cycles;
    } else {
        cpu->next = in + 1;
        cpu->cycle = base + in[1].issue_cycle + cpu->delay_cycles;
    }
    cpu->delay_cycles = 0;
    return NULL;
}

const cpu_insn_t *cpu_step_line_end(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)
{
    cpu_count_segment(cpu, in);
    return cpu_enter(cpu, cpu->line_pc + CHI_LINE_BYTES, base + in->issue_cycle);
}

/* Goes on at a new address. False: by way of the core's loop. */
static bool continue_at(cpu_t *cpu, uint64_t pc, uint64_t cycle)
{
    cpu->pc = pc;
    cpu->next = NULL;
    cpu->cycle = cycle;
    return cycle < cpu->limit_cycles && cpu_fetch(cpu);
}

static bool step_branch(cpu_t *cpu, const cpu_insn_t *in, const cpu_exec_t *exec, uint64_t base)
{
    uint64_t target = cpu_pc(cpu, in) + (uint64_t)in->imm;
    if (exec->kind == CPU_KIND_BRANCH_REG) {
        target = exec->branch_reg(cpu, in);
    } else if (!exec->branch(cpu, in)) {
        base = cpu_branch_not_taken(cpu, in, base);
        cpu_count_segment(cpu, in + 1);
        cpu->next = in + 1;
        cpu->cycle = base + in[1].issue_cycle;
        return true;
    }
    return continue_at(cpu, target, cpu_branch_resolve(cpu, in, base, target, exec->cost));
}

/* Plain arithmetic does not, unless it is trapped. */
static bool looks_at_clock(const cpu_t *cpu, const cpu_exec_t *exec)
{
    return exec->kind == CPU_KIND_FP ? cpu_fp_trapped(cpu) : exec->kind != CPU_KIND_ALU;
}

static cpu_status_t step_fp(cpu_t *cpu, const cpu_insn_t *in, const cpu_exec_t *exec)
{
    if (cpu_fp_trapped(cpu))
        return cpu_exception_fp_trap(cpu, in, cpu->cycle);
    exec->alu(cpu, in);
    return CPU_OK;
}

/* An instruction that was trapped or aborted was not executed; what a system instruction does may be an exception. */
static void count_row(cpu_t *cpu, const cpu_insn_t *in, cpu_kind_t kind, cpu_status_t status)
{
#if MESIM_FAULTS
    cpu_row_counts_t *counts = cpu->row_counts;
    bool done = status == CPU_OK || status == CPU_LEAVE;
    if (!counts || status == CPU_RETRY || (!done && kind != CPU_KIND_SYSTEM))
        return;
    counts->rows[in->opcode]++;
    if (done && (in->opcode == CPU_OP_MRS || in->opcode == CPU_OP_SYSL))
        counts->read[in->imm]++;
    if (done && (in->opcode == CPU_OP_MSR || in->opcode == CPU_OP_SYS))
        counts->written[in->imm]++;
#else
    (void)cpu;
    (void)in;
    (void)kind;
    (void)status;
#endif
}

cpu_status_t cpu_pseudo_op(cpu_t *cpu, const cpu_insn_t *in)
{
    const cpu_core_config_t *config = &cpu->core->config;
    if (config->on_pseudo_op) {
        config->on_pseudo_op(config->machine, cpu->index, cpu_pc(cpu, in), (unsigned)in->imm, cpu->x[0], cpu->x[1]);
        cpu->core->yield = true;
    }
    return CPU_LEAVE;
}

/* Before the marked instruction, once. */
static bool at_mark(cpu_t *cpu, const cpu_insn_t *in)
{
    cpu_core_t *core = cpu->core;
    if (base_likely(core->mark_pc == CPU_L0_NONE) || cpu_pc(cpu, in) != core->mark_pc)
        return false;
    core->mark_pc = CPU_L0_NONE;
    core->yield = true;
    core->config.on_mark(core->config.machine, cpu->index);
    return true;
}

/* One instruction, with every check made. False: the core's loop must look before the next one, exactly where the
 * threaded handlers would leave to it. */
static bool step_careful(cpu_t *cpu)
{
    const cpu_insn_t *in = cpu->next;
    uint64_t base = cpu->cycle - in->issue_cycle;
    cpu->segment = in;
    if (in == cpu->line_insns + CPU_LINE_INSNS - 1)
        return continue_at(cpu, cpu->line_pc + CHI_LINE_BYTES, cpu->cycle);
    if (at_mark(cpu, in))
        return false;
    const cpu_exec_t *exec = &cpu_exec_table[in->opcode];
    if (looks_at_clock(cpu, exec) && cpu->cycle >= cpu->limit_cycles)
        return false;
    if (base_unlikely(cpu->pending & in->registers) && !cpu_fault_injected(cpu, CPU_INJECT_DEPENDENCY_IGNORED)) {
        cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_LOAD_VALUE);
        return false;
    }
    cpu_status_t status = CPU_OK;
    switch (exec->kind) {
    case CPU_KIND_ALU: exec->alu(cpu, in); break;
    case CPU_KIND_FP: status = step_fp(cpu, in, exec); break;
    case CPU_KIND_BRANCH:
    case CPU_KIND_BRANCH_REG: count_row(cpu, in, exec->kind, CPU_OK); return step_branch(cpu, in, exec, base);
    case CPU_KIND_MEMORY:
    case CPU_KIND_FP_MEMORY:
    case CPU_KIND_SYSTEM: status = exec->memory(cpu, in, cpu->cycle); break;
    }
    count_row(cpu, in, exec->kind, status);
    cpu_leave_status(cpu, in, base, status);
    return status == CPU_OK && exec->kind != CPU_KIND_SYSTEM;
}

static void step_threaded(cpu_t *cpu)
{
    const cpu_insn_t *in = cpu->next;
    cpu->segment = in;
#if MESIM_THREADED
    in->handler(cpu, in, cpu->cycle - in->issue_cycle);
#else
    cpu->base_cycles = cpu->cycle - in->issue_cycle;
    while (in)
        in = in->handler(cpu, in, cpu->base_cycles);
#endif
}

/* The same while breakpoints or software step are armed: a look before and after each instruction. */
static void execute_debugged(cpu_t *cpu, bool attempt)
{
    cpu_debug_mark_t mark;
    do {
        if (cpu_debug_step_due(cpu) || !(cpu->next || cpu_fetch(cpu)) || cpu_debug_breakpoint_hit(cpu))
            return;
        mark = cpu_debug_begin(cpu);
    } while (cpu_debug_end(cpu, mark, step_careful(cpu)) && !attempt);
}

static void execute(cpu_t *cpu)
{
    cpu_core_t *core = cpu->core;
    bool attempt = core->holds[CPU_HOLD_ATTEMPT].active;
    core->wants_line = false;
    if (base_unlikely(core->debug.armed)) {
        execute_debugged(cpu, attempt);
    } else if (cpu->next || cpu_fetch(cpu)) {
        if (core->config.fast_path && !cpu->pending && !attempt && !cpu_near_mark(cpu))
            step_threaded(cpu);
        else
            while (step_careful(cpu) && !attempt)
                ;
    }
    if (attempt)
        cpu_hold_release(cpu, CPU_HOLD_ATTEMPT);
}

/* --- events --- */

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
    default: base_bug("core %u: answer to unknown transaction %#x", cpu->index, message->transaction);
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
    else
        base_bug("core %u: message over unknown link %u", cpu->index, message->link);
    go_on(cpu);
    if (core->sync_requests)
        cpu_dvm_answer(cpu, now_ps);
}

/* The first cycle at or after ps: a multiplication by the reciprocal of the period, then made exact. */
static uint64_t cycle_of(const cpu_t *cpu, uint64_t ps)
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

/* The next event that no message brings. */
static uint64_t next_own_ps(cpu_t *cpu)
{
    uint64_t timer_ps = next_timer_ps(cpu), hold_ps = cpu_hold_next_event_ps(cpu);
    uint64_t timed_ps = next_timed_ps(cpu);
    timer_ps = timer_ps < hold_ps ? timer_ps : hold_ps;
    return timer_ps < timed_ps ? timer_ps : timed_ps;
}

static uint64_t next_event_ps(cpu_t *cpu)
{
    uint64_t inbox_ps = engine_inbox_next_ps(cpu->component), own_ps = next_own_ps(cpu);
    return inbox_ps < own_ps ? inbox_ps : own_ps;
}

/* Handles the one event at event_ps; the core's clock is already there. */
static void handle_event(cpu_t *cpu, uint64_t event_ps)
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
    uint64_t event_ps = next_event_ps(cpu);
    if (event_ps >= cpu->core->window_end_ps)
        return false;
    uint64_t event_cycle = cycle_of(cpu, event_ps);
    if (event_cycle > cpu->cycle) {
        cpu_account_stall(cpu, event_cycle - cpu->cycle);
        cpu->cycle = event_cycle;
    }
    handle_event(cpu, event_ps);
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
    if (core->transfer.active)
        return false; /* a Device access is under way: it cannot be undone */
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
    if (base_unlikely(core->refetch)) {
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
    execute(cpu);
}

static void run(void *self, uint64_t end_ps)
{
    cpu_t *cpu = self;
    const uint64_t end_cycle = cycle_of(cpu, end_ps);
    cpu->core->window_end_ps = end_ps;
    while (!cpu->core->yield) {
        if (cpu->block != CPU_RUNNING) {
            if (!advance_blocked(cpu))
                break;
            continue;
        }
        if (cpu->cycle >= end_cycle && next_event_ps(cpu) >= end_ps)
            break;
        uint64_t event_ps = next_event_ps(cpu);
        uint64_t limit_cycles = event_ps < end_ps ? cycle_of(cpu, event_ps) : end_cycle;
        if (cpu->cycle >= limit_cycles)
            handle_event(cpu, event_ps);
        else
            advance_running(cpu, limit_cycles);
    }
    cpu->core->yield = false;
    settle_pc(cpu);
    uint64_t own_ps = next_own_ps(cpu);
    uint64_t ready_ps = cpu->block == CPU_RUNNING ? cpu_ps(cpu, cpu->cycle) : TIME_NEVER;
    engine_component_wake_at(cpu->component, ready_ps < own_ps ? ready_ps : own_ps);
}

const engine_component_ops_t cpu_component_ops = {.run = run};
