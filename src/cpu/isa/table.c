/* The handlers, and the table of all encodings: expanded from a64.def over the semantics in exec_*.h.
 *
 * MEMORY, BRANCH and SYSTEM handlers look at the clock first; plain arithmetic does not (cpu/insn.h). FP and
 * FP_MEMORY handlers are these with a look at CPACR_EL1 before. */
#include "cpu/fault.h"
#include "cpu/isa/exec_branches_system.h"
#include "cpu/isa/exec_dp_immediate.h"
#include "cpu/isa/exec_dp_register.h"
#include "cpu/isa/exec_fp_loads_stores.h"
#include "cpu/isa/exec_fp_scalar.h"
#include "cpu/isa/exec_loads_stores.h"
#include "cpu/isa/exec_simd_across.h"
#include "cpu/isa/exec_simd_copy.h"
#include "cpu/isa/exec_simd_crypto.h"
#include "cpu/isa/exec_simd_different.h"
#include "cpu/isa/exec_simd_fp_misc.h"
#include "cpu/isa/exec_simd_fp_same.h"
#include "cpu/isa/exec_simd_misc.h"
#include "cpu/isa/exec_simd_same.h"
#include "cpu/isa/exec_simd_shift.h"
#include "cpu/isa/isa.h"
#include "cpu/step.h"

/* SP is misaligned, and SCTLR_EL1.SA or .SA0 wants it checked (Arm ARM D1.3.8.2, SP alignment checking). */
static bool sp_faults(const cpu_t *cpu)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_SP_ALIGNMENT_IGNORED))
        return false;
    return cpu->x[CPU_SP] & 15 && bit_get(cpu->sys.SCTLR_EL1, cpu->pstate.el == 0 ? 4 : 3);
}

/* --- handlers --- */

/* Plain loads and stores that decode alike would become jumps to one another. */
#define HANDLER(function)                                                                                              \
    static __attribute__((no_icf)) const cpu_insn_t *function(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)

static __attribute__((noinline, cold)) const cpu_insn_t *step_sp_misaligned(cpu_t *cpu, const cpu_insn_t *in,
                                                                            uint64_t base, cpu_handler_t *handler)
{
    uint64_t now = base + in->issue_cycle;
    if (now < cpu->limit_cycles && sp_faults(cpu))
        return cpu_leave_status(cpu, in, base, cpu_exception_sp_alignment(cpu, in, now));
    return handler(cpu, in, base);
}

#define ALU(name, pattern, format, cost)                                                                               \
    HANDLER(step_##name)                                                                                               \
    {                                                                                                                  \
        exec_##name(cpu, in);                                                                                          \
        return CPU_DISPATCH(cpu, in + 1, base);                                                                        \
    }

#define BRANCH(name, pattern, format, cost)                                                                            \
    HANDLER(step_##name)                                                                                               \
    {                                                                                                                  \
        if (base_unlikely(base + in->issue_cycle >= cpu->limit_cycles))                                                \
            return cpu_leave_limit(cpu, in, base);                                                                     \
        if (exec_##name(cpu, in))                                                                                      \
            return cpu_branch_taken(cpu, in, base, cpu_pc(cpu, in) + (uint64_t)in->imm, cost);                         \
        base = cpu_branch_not_taken(cpu, in, base);                                                                    \
        return CPU_DISPATCH(cpu, in + 1, base);                                                                        \
    }

#define BRANCH_REG(name, pattern, format, cost)                                                                        \
    HANDLER(step_##name)                                                                                               \
    {                                                                                                                  \
        if (base_unlikely(base + in->issue_cycle >= cpu->limit_cycles))                                                \
            return cpu_leave_limit(cpu, in, base);                                                                     \
        return cpu_branch_taken(cpu, in, base, exec_##name(cpu, in), cost);                                            \
    }

/* An access that the L0 filter did not answer. The filter's answer needs no call, so the handlers need no stack frame,
 * as this one is a tail call away. */
static __attribute__((noinline)) const cpu_insn_t *step_by_port(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)
{
    cpu_status_t status = cpu_exec_table[in->opcode].memory(cpu, in, base + in->issue_cycle);
    if (status != CPU_OK)
        return cpu_leave_status(cpu, in, base, status);
    return CPU_DISPATCH(cpu, in + 1, base);
}

#define PREFETCH(name, pattern, format, cost)                                                                          \
    HANDLER(step_##name)                                                                                               \
    {                                                                                                                  \
        uint64_t now = base + in->issue_cycle;                                                                         \
        if (base_unlikely(now >= cpu->limit_cycles))                                                                   \
            return cpu_leave_limit(cpu, in, base);                                                                     \
        if (base_unlikely(exec_##name(cpu, in, now, CPU_BY_FILTER) != CPU_OK))                                         \
            return step_by_port(cpu, in, base);                                                                        \
        return CPU_DISPATCH(cpu, in + 1, base);                                                                        \
    }                                                                                                                  \
    static cpu_status_t exec_any_##name(cpu_t *cpu, const cpu_insn_t *in, uint64_t now)                                \
    {                                                                                                                  \
        if (base_likely(exec_##name(cpu, in, now, CPU_BY_FILTER) == CPU_OK))                                           \
            return CPU_OK;                                                                                             \
        return exec_##name(cpu, in, now, CPU_BY_PORT);                                                                 \
    }

#define MEMORY(name, pattern, format, cost)                                                                            \
    PREFETCH(name, pattern, format, cost)                                                                              \
    HANDLER(step_sp_##name)                                                                                            \
    {                                                                                                                  \
        if (base_unlikely(cpu->x[CPU_SP] & 15))                                                                        \
            return step_sp_misaligned(cpu, in, base, step_##name);                                                     \
        return step_##name(cpu, in, base);                                                                             \
    }                                                                                                                  \
    static cpu_status_t exec_checked_##name(cpu_t *cpu, const cpu_insn_t *in, uint64_t now)                            \
    {                                                                                                                  \
        if (base_unlikely(in->rn == CPU_SP && sp_faults(cpu)))                                                         \
            return cpu_exception_sp_alignment(cpu, in, now);                                                           \
        return exec_any_##name(cpu, in, now);                                                                          \
    }

#define SYSTEM(name, pattern, format, cost)                                                                            \
    HANDLER(step_##name)                                                                                               \
    {                                                                                                                  \
        uint64_t now = base + in->issue_cycle;                                                                         \
        if (base_unlikely(now >= cpu->limit_cycles))                                                                   \
            return cpu_leave_limit(cpu, in, base);                                                                     \
        return cpu_leave_status(cpu, in, base, exec_##name(cpu, in, now));                                             \
    }

/* One load and a branch where FP and SIMD are allowed everywhere, as they mostly are. */
static inline bool fp_forbidden(const cpu_t *cpu)
{
    return base_unlikely((cpu->sys.CPACR_EL1 & CPU_CPACR_FPEN) != CPU_CPACR_FPEN) && cpu_fp_trapped(cpu);
}

static __attribute__((noinline, cold)) const cpu_insn_t *step_fp_trap(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)
{
    uint64_t now = base + in->issue_cycle;
    if (now >= cpu->limit_cycles)
        return cpu_leave_limit(cpu, in, base);
    return cpu_leave_status(cpu, in, base, cpu_exception_fp_trap(cpu, in, now));
}

#define FP(name, pattern, format, cost)                                                                                \
    HANDLER(step_##name)                                                                                               \
    {                                                                                                                  \
        if (fp_forbidden(cpu))                                                                                         \
            return step_fp_trap(cpu, in, base);                                                                        \
        exec_##name(cpu, in);                                                                                          \
        return CPU_DISPATCH(cpu, in + 1, base);                                                                        \
    }

/* The trap comes before the check of SP (CheckFPAdvSIMDEnabled64 is called first, C7.2). */
#define FP_MEMORY(name, pattern, format, cost)                                                                         \
    MEMORY(plain_##name, pattern, format, cost)                                                                        \
    HANDLER(step_##name)                                                                                               \
    {                                                                                                                  \
        if (fp_forbidden(cpu))                                                                                         \
            return step_fp_trap(cpu, in, base);                                                                        \
        return step_plain_##name(cpu, in, base);                                                                       \
    }                                                                                                                  \
    HANDLER(step_sp_##name)                                                                                            \
    {                                                                                                                  \
        if (fp_forbidden(cpu))                                                                                         \
            return step_fp_trap(cpu, in, base);                                                                        \
        return step_sp_plain_##name(cpu, in, base);                                                                    \
    }                                                                                                                  \
    static cpu_status_t exec_allowed_##name(cpu_t *cpu, const cpu_insn_t *in, uint64_t now)                            \
    {                                                                                                                  \
        if (fp_forbidden(cpu))                                                                                         \
            return cpu_exception_fp_trap(cpu, in, now);                                                                \
        return exec_checked_plain_##name(cpu, in, now);                                                                \
    }

#include "cpu/isa/a64.def"

/* --- the table --- */

#define ROW(row_name, row_pattern, row_format, row_cost, row_kind, row_handler_sp, member, function)                   \
    [CPU_OP_##row_name] = {.name = #row_name,                                                                          \
                           .pattern = row_pattern,                                                                     \
                           .format = cpu_format_##row_format,                                                          \
                           .kind = row_kind,                                                                           \
                           .cost = row_cost,                                                                           \
                           .handler = step_##row_name,                                                                 \
                           .handler_sp = row_handler_sp,                                                               \
                           .member = function},
#define ALU(name, pattern, format, cost) ROW(name, pattern, format, cost, CPU_KIND_ALU, step_##name, alu, exec_##name)
#define BRANCH(name, pattern, format, cost)                                                                            \
    ROW(name, pattern, format, cost, CPU_KIND_BRANCH, step_##name, branch, exec_##name)
#define BRANCH_REG(name, pattern, format, cost)                                                                        \
    ROW(name, pattern, format, cost, CPU_KIND_BRANCH_REG, step_##name, branch_reg, exec_##name)
#define PREFETCH(name, pattern, format, cost)                                                                          \
    ROW(name, pattern, format, cost, CPU_KIND_MEMORY, step_##name, memory, exec_any_##name)
#define MEMORY(name, pattern, format, cost)                                                                            \
    ROW(name, pattern, format, cost, CPU_KIND_MEMORY, step_sp_##name, memory, exec_checked_##name)
#define FP(name, pattern, format, cost) ROW(name, pattern, format, cost, CPU_KIND_FP, step_##name, alu, exec_##name)
#define FP_MEMORY(name, pattern, format, cost)                                                                         \
    ROW(name, pattern, format, cost, CPU_KIND_FP_MEMORY, step_sp_##name, memory, exec_allowed_##name)
#define SYSTEM(name, pattern, format, cost)                                                                            \
    ROW(name, pattern, format, cost, CPU_KIND_SYSTEM, step_##name, system, exec_##name)

const cpu_exec_t cpu_exec_table[CPU_OPCODE_COUNT] = {
#include "cpu/isa/a64.def"
};
