/* The events that the performance monitors can count: the common events of the Arm ARM (D12.11.2) that the simulator
 * knows, each as a number that only grows. Private to cpu/pmu*.c. */
#ifndef MESIM_CPU_PMU_EVENTS_H
#define MESIM_CPU_PMU_EVENTS_H

#include "cpu/cpu.h"
#include "cpu/pmu.h"

/* X(number, NAME, total): in terms of stats, l1d, tlb, cpu and now. The core is in order and executes nothing
 * speculatively, so what is predicted or issued is what retires. */
#define CPU_PMU_EVENTS(X)                                                                                              \
    X(0x00, SW_INCR, 0)                                                                                                \
    X(0x01, L1I_CACHE_REFILL, stats->l1i_misses)                                                                       \
    X(0x02, L1I_TLB_REFILL, tlb->micro_misses_fetch)                                                                   \
    X(0x03, L1D_CACHE_REFILL, fills(l1d))                                                                              \
    X(0x04, L1D_CACHE, cached(stats))                                                                                  \
    X(0x05, L1D_TLB_REFILL, tlb->micro_misses_data)                                                                    \
    X(0x06, LD_RETIRED, stats->loads)                                                                                  \
    X(0x07, ST_RETIRED, stats->stores)                                                                                 \
    X(0x08, INST_RETIRED, now->instructions)                                                                           \
    X(0x09, EXC_TAKEN, stats->exceptions)                                                                              \
    X(0x0a, EXC_RETURN, stats->exception_returns)                                                                      \
    X(0x10, BR_MIS_PRED, stats->mispredicts)                                                                           \
    X(0x11, CPU_CYCLES, awake_cycles(cpu, now))                                                                        \
    X(0x12, BR_PRED, stats->branches)                                                                                  \
    X(0x13, MEM_ACCESS, stats->loads + stats->stores)                                                                  \
    X(0x14, L1I_CACHE, stats->l1i_accesses)                                                                            \
    X(0x15, L1D_CACHE_WB, l1d->evictions_dirty)                                                                        \
    /* of the shared L2: what this core asks it for, and what of that comes from memory */                             \
    X(0x16, L2D_CACHE, fills(l1d) + stats->l1i_misses + l1d->evictions_dirty)                                          \
    X(0x17, L2D_CACHE_REFILL, l1d->fills_from_memory)                                                                  \
    /* the bus is the link between core and cluster */                                                                 \
    X(0x19, BUS_ACCESS, fills(l1d) + stats->l1i_misses + l1d->evictions_dirty + uncached(stats))                       \
    X(0x1b, INST_SPEC, now->instructions)                                                                              \
    X(0x1d, BUS_CYCLES, awake_cycles(cpu, now))                                                                        \
    X(0x1e, CHAIN, 0)                                                                                                  \
    X(0x21, BR_RETIRED, stats->branches)                                                                               \
    X(0x22, BR_MIS_PRED_RETIRED, stats->mispredicts)                                                                   \
    X(0x23, STALL_FRONTEND, stalls(cpu, true))                                                                         \
    X(0x24, STALL_BACKEND, stalls(cpu, false))                                                                         \
    X(0x25, L1D_TLB, stats->loads + stats->stores)                                                                     \
    X(0x26, L1I_TLB, stats->l1i_accesses)                                                                              \
    X(0x2d, L2D_TLB_REFILL, tlb->walks)                                                                                \
    X(0x2f, L2D_TLB, tlb->micro_misses_fetch + tlb->micro_misses_data)

enum {
#define CPU_PMU_EVENT(number, name, total) CPU_PMU_EVENT_##name = (number),
    CPU_PMU_EVENTS(CPU_PMU_EVENT)
#undef CPU_PMU_EVENT
};

/* 0 for an event that does not exist: it never happens. */
uint64_t cpu_pmu_event_total(const cpu_t *cpu, unsigned event, const cpu_pmu_moment_t *now);

#endif
