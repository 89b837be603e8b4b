/* What a core counts. One list gives the struct, and the table with names, units and descriptions. */
#ifndef MESIM_CPU_STATS_H
#define MESIM_CPU_STATS_H

#include "observe/stats.h"

#include <stdint.h>

#define CPU_STATS(X)                                                                                                   \
    X(instructions, "count", "instructions executed (architecturally retired)")                                        \
    X(cycles, "cycles", "core cycles from power-on to the end of the run, asleep or not")                              \
    X(sleep_cycles, "cycles", "cycles asleep in WFI or WFE")                                                           \
    X(loads, "count", "load accesses, a pair counting once")                                                           \
    X(stores, "count", "store accesses, a pair counting once")                                                         \
    X(l1i_accesses, "count", "instruction lines entered by the front end")                                             \
    X(l1i_misses, "count", "instruction lines fetched from beyond the L1I")                                            \
    X(itlb_misses, "count", "instruction micro-TLB misses")                                                            \
    X(dtlb_misses, "count", "data micro-TLB misses")                                                                   \
    X(l2tlb_misses, "count", "misses of the unified L2 TLB: translation-table walks")                                  \
    X(walk_cycles, "cycles", "cycles spent in translation-table walks")                                                \
    X(branches, "count", "branches executed")                                                                          \
    X(mispredicts, "count", "branches whose direction or target was predicted wrongly")                                \
    X(exceptions, "count", "exceptions taken")                                                                         \
    X(exception_returns, "count", "exception returns executed")                                                        \
    X(irqs, "count", "IRQ exceptions taken")                                                                           \
    X(forwards, "count", "loads answered by the store buffer")                                                         \
    X(store_buffered, "count", "stores that waited in the store buffer")                                               \
    X(barriers_dmb, "count", "DMB executed")                                                                           \
    X(barriers_dsb, "count", "DSB executed")                                                                           \
    X(barriers_isb, "count", "ISB executed")                                                                           \
    X(exclusive_loads, "count", "load-exclusives executed")                                                            \
    X(exclusive_stores, "count", "store-exclusives executed")                                                          \
    X(exclusive_fail_snoop, "count", "store-exclusives failed: another agent took the line")                           \
    X(exclusive_fail_eviction, "count", "store-exclusives failed: the line was evicted or maintained away")            \
    X(exclusive_fail_exception, "count", "store-exclusives failed: exception return in between")                       \
    X(exclusive_fail_clear, "count", "store-exclusives failed: CLREX in between")                                      \
    X(exclusive_fail_address, "count", "store-exclusives failed: no load-exclusive, or of another address")            \
    X(atomics, "count", "LSE atomics executed")                                                                        \
    X(atomics_near, "count", "LSE atomics performed in the L1D")                                                       \
    X(atomics_far, "count", "LSE atomics sent to the L2")                                                              \
    X(device_accesses, "count", "accesses to Device memory")                                                           \
    X(noncacheable_accesses, "count", "accesses to Normal Non-cacheable memory")                                       \
    X(stores_combined, "count", "stores to Non-cacheable or Device-GRE memory merged with one that waited")            \
    X(tlb_maintenance, "count", "TLBI executed")                                                                       \
    X(cache_maintenance, "count", "DC and IC executed")                                                                \
    X(ipis_sent, "count", "SGI requests written to ICC_SGI1R_EL1, counted per target")                                 \
    X(ipis_received, "count", "SGIs acknowledged by this core")

typedef struct cpu_stats {
#define CPU_STATS_FIELD(name, unit, description) uint64_t name;
    CPU_STATS(CPU_STATS_FIELD)
#undef CPU_STATS_FIELD
} cpu_stats_t;

extern const stats_counter_t cpu_stats_counters[];

#endif
