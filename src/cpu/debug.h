/* Self-hosted debug (Arm ARM D2): breakpoint, watchpoint and software step exceptions to EL1. BRK is an instruction and
 * needs nothing of this.
 *
 * Nothing is looked at while none of them can happen. cpu_debug_arm works out which can, whenever a register changes
 * that it depends on; with MDSCR_EL1.SS and MDE clear, which is how operating systems leave them, exceptions and
 * returns cost a test. While breakpoints or software step are armed the core executes one instruction at a time; while
 * watchpoints are, every access goes through the memory port. */
#ifndef MESIM_CPU_DEBUG_H
#define MESIM_CPU_DEBUG_H

#include "cpu/cpu.h"

/* Which debug exceptions the present state of the core can generate. */
typedef struct cpu_debug {
    bool stepping, breaking, watching;
    bool armed;   /* stepping or breaking: instructions run one at a time */
    bool stepped; /* the last instruction ended a step, and was a load-exclusive */
    bool stepped_exclusive;
} cpu_debug_t;

/* MDSCR_EL1 (Arm ARM D17.3) */
enum { CPU_MDSCR_SS = 1 << 0, CPU_MDSCR_KDE = 1 << 13, CPU_MDSCR_MDE = 1 << 15 };

/* Works out anew what is armed. */
void cpu_debug_arm(cpu_t *cpu);

/* The same after a change of PSTATE. */
static inline void cpu_debug_follow(cpu_t *cpu)
{
    if (base_unlikely(cpu->sys.MDSCR_EL1 & (CPU_MDSCR_SS | CPU_MDSCR_MDE)))
        cpu_debug_arm(cpu);
}

/* PSTATE.SS after an exception return with this SPSR from the present state (DebugExceptionReturnSS). */
bool cpu_debug_return_ss(const cpu_t *cpu, uint64_t spsr);

/* --- around an instruction, while armed; cpu->cycle is the present --- */

/* Before the fetch: true when a Software Step exception was taken. */
bool cpu_debug_step_due(cpu_t *cpu);
/* After it: true when a Breakpoint exception was taken. */
bool cpu_debug_breakpoint_hit(cpu_t *cpu);

/* What counted so far, to see what an instruction did. */
typedef struct cpu_debug_mark {
    uint64_t instructions, changes_of_level, exclusive_loads;
} cpu_debug_mark_t;
cpu_debug_mark_t cpu_debug_begin(const cpu_t *cpu);
/* Ends the step if the instruction is done. Returns go_on, or false where the core's loop must look. */
bool cpu_debug_end(cpu_t *cpu, cpu_debug_mark_t mark, bool go_on);

/* --- accesses, while core->debug.watching --- */

/* Whether an access of `bytes` at va, loading, storing or both, hits a watchpoint; *ret_va: the first byte it watches.
 */
bool cpu_debug_watches(const cpu_t *cpu, uint64_t va, uint64_t bytes, bool load, bool store, bool privileged,
                       uint64_t *ret_va);

#endif
