/* Instructions one after another: threaded handlers where nothing is in the way, else one at a time with every check.
 */
#include "cpu/step.h"

#include "cpu/core.h"
#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/isa/isa.h"
#include "cpu/loop.h"
#include "cpu/row_counts.h"

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

void cpu_execute(cpu_t *cpu)
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
