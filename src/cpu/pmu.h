/* The performance monitors of one core, PMUv3 (Arm ARM D12; registers D17.5): a 64-bit cycle counter and up to 31 event
 * counters of 32 bits.
 *
 * Nothing counts while instructions run. Every event is a number that the simulator keeps anyway; a counter remembers
 * what that number was when it was last settled, and settling adds the difference. It is settled when software looks at
 * it or changes what counts, when the exception level changes under a filter, and, where its overflow interrupts, at
 * the moment at which it may overflow: the core's loop asks for that moment as it does for those of the timers. The
 * cycle counter's is exact; an event counter's is found within a few cycles, as no event comes more often than
 * CPU_PMU_EVENTS_PER_CYCLE.
 *
 * The overflow interrupt is a level, INTID 23. CPU_CYCLES and the cycle counter stand still in WFI and WFE. */
#ifndef MESIM_CPU_PMU_H
#define MESIM_CPU_PMU_H

#include "cpu/insn.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CPU_PMU_INTID = 23,
    CPU_PMU_MAX_COUNTERS = 31, /* event counters */
    CPU_PMU_CYCLES = 31,       /* the cycle counter's number: its bit in PMCNTEN, PMINTEN and PMOVS */
    CPU_PMU_EVENTS_PER_CYCLE = 8,
};

/* PMCR_EL0 (D17.5.6) */
enum { CPU_PMCR_E = 1, CPU_PMCR_P = 2, CPU_PMCR_C = 4, CPU_PMCR_D = 8, CPU_PMCR_DP = 32, CPU_PMCR_LC = 64 };
/* PMUSERENR_EL0 (D17.5.15) */
enum { CPU_PMUSERENR_EN = 1, CPU_PMUSERENR_SW = 2, CPU_PMUSERENR_CR = 4, CPU_PMUSERENR_ER = 8 };

typedef struct cpu_pmu {
    uint8_t counters;  /* event counters: PMCR_EL0.N */
    uint64_t identity; /* PMCR_EL0.IMP and IDCODE, in place */
    uint64_t PMCR_EL0; /* what software may set: E, D, DP, LC */
    uint64_t PMCNTEN, PMINTEN, PMOVS, PMSELR_EL0, PMUSERENR_EL0;
    uint64_t type[CPU_PMU_MAX_COUNTERS + 1];   /* PMEVTYPERn_EL0, and PMCCFILTR_EL0 */
    uint64_t count[CPU_PMU_MAX_COUNTERS + 1];  /* when last settled */
    uint64_t source[CPU_PMU_MAX_COUNTERS + 1]; /* the event's number then */
    uint32_t running;                          /* bit n: counter n counts, at exception level `el` */
    uint8_t el;
    bool line;            /* the interrupt as the redistributor knows it */
    uint64_t check_cycle; /* when to look for overflows; UINT64_MAX: not */
} cpu_pmu_t;

/* A moment of the core: its cycle, and the instructions executed before it. */
typedef struct cpu_pmu_moment {
    uint64_t cycle, instructions;
} cpu_pmu_moment_t;

/* All counters stopped and 0, as after reset; the interrupt falls. */
void cpu_pmu_reset(cpu_t *cpu, uint64_t now_ps);

/* Adds what happened up to `now` to the counters that run. */
void cpu_pmu_settle(cpu_t *cpu, const cpu_pmu_moment_t *now);
/* After a register was written: what counts from now on, and the interrupt. The counters are settled. */
void cpu_pmu_changed(cpu_t *cpu, const cpu_pmu_moment_t *now);
/* PMSWINC_EL0: counts SW_INCR on the counters of `mask`. */
void cpu_pmu_software_increment(cpu_t *cpu, uint64_t mask);

/* PMCEID0_EL0 (half 0), PMCEID1_EL0 (half 1): which of the common events exist. */
uint64_t cpu_pmu_event_ids(unsigned half);

/* --- the core's loop; cpu->cycle is the present and all instructions before it are counted --- */

/* The next time at which cpu_pmu_update has something to do, or TIME_NEVER. Follows a change of the exception level. */
uint64_t cpu_pmu_next_event_ps(cpu_t *cpu);
/* Looks for overflows and sets the interrupt. Calling it too often is harmless. */
void cpu_pmu_update(cpu_t *cpu);

#endif
