/* Where a core loses time, by the instruction that loses it: stall cycles, failures of store-exclusives, loads that
 * wait for a line, lines that other cores give up. Only paths that wait record here, so the rest pays nothing.
 *
 * The sums over all entries are those of the counters: stall cycles of a kind and cause are cpu_core_t.stalls, but for
 * sleep, which has no entries; failures of a cause are cpu_stats_t.exclusive_fail_*. */
#ifndef MESIM_CPU_PROFILE_H
#define MESIM_CPU_PROFILE_H

#include "cache/l1d.h"
#include "cpu/block.h"
#include "cpu/insn.h"
#include "observe/tally.h"

#include <stdbool.h>
#include <stdint.h>

enum { CPU_PROFILE_PLACES = 1 << 14 }; /* of each tally of a core; what comes later is summed */

/* Where a line came from. */
typedef enum cpu_fill_source { CPU_FILL_MEMORY, CPU_FILL_L2, CPU_FILL_CORE, CPU_FILL_SOURCES } cpu_fill_source_t;

/* What needed a line that another core had. */
typedef enum cpu_sharing_access {
    CPU_SHARING_LOAD,
    CPU_SHARING_STORE,
    CPU_SHARING_ATOMIC, /* LSE atomic or store-exclusive */
    CPU_SHARING_ACCESSES
} cpu_sharing_access_t;

enum { CPU_EXCLUSIVE_FAILURES = 5 }; /* cpu_stats_t.exclusive_fail_*, in that order */

typedef struct cpu_profile {
    observe_tally_t stalls;   /* what: cpu_profile_stall_what; count: waits; amount: cycles */
    observe_tally_t failures; /* what: the number of the counter behind exclusive_fail_snoop */
    observe_tally_t misses;   /* what: cpu_fill_source_t; count: lines that a load waited for; amount: cycles of it */
    observe_tally_t sharing;  /* place: physical address of the first byte; what: cpu_profile_sharing_what */
    uint64_t wait_pc, wait_end_cycle; /* of the last stall: what follows at once is the same wait */
    uint32_t wait_what;
} cpu_profile_t;

static inline uint32_t cpu_profile_stall_what(cpu_stall_kind_t kind, cpu_block_t block)
{
    return (uint32_t)kind * CPU_BLOCK_COUNT + (uint32_t)block;
}

/* bytes: 1 to 64, from the place on. */
static inline uint32_t cpu_profile_sharing_what(cpu_sharing_access_t access, unsigned bytes)
{
    return bytes * CPU_SHARING_ACCESSES + (uint32_t)access;
}

const char *cpu_fill_source_name(cpu_fill_source_t source);
const char *cpu_sharing_access_name(cpu_sharing_access_t access);
const char *cpu_exclusive_failure_name(unsigned failure);

void cpu_profile_init(cpu_profile_t *profile);
void cpu_profile_done(cpu_profile_t *profile);

/* The blocked instruction waits from cpu->cycle on for so long. */
void cpu_profile_stall(cpu_t *cpu, cpu_stall_kind_t kind, cpu_block_t block, uint64_t cycles);
/* The instruction at pc waits once for so long. */
void cpu_profile_wait(cpu_t *cpu, uint64_t pc, cpu_stall_kind_t kind, cpu_block_t block, uint64_t cycles);
/* A store-exclusive failed; counter: which of cpu->stats.exclusive_fail_* counted it. */
void cpu_profile_failure(cpu_t *cpu, uint64_t pc, const uint64_t *counter);
/* A line comes; before loads, stores and the blocked instruction make use of it. from: as in on_fill of the L1D. */
void cpu_profile_fill(cpu_t *cpu, uint64_t line_address, unsigned from);
/* A far atomic has been performed on a line that came from there. */
void cpu_profile_far_atomic(cpu_t *cpu, uint64_t pc, uint64_t physical, unsigned bytes, unsigned from);

#endif
