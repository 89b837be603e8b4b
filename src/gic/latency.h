/* How long inter-processor interrupts take, seen by the receiving core: it has all time stamps, because the Set packet
 * of an SGI carries those of its way (gic/stream.h). Times are picoseconds. */
#ifndef MESIM_GIC_LATENCY_H
#define MESIM_GIC_LATENCY_H

#include "gic/stream.h"
#include "interconnect/chi.h"
#include "observe/stats.h"

#include <stdint.h>

/* GIC_PHASES(X): X(identifier, "name", "description"). TOTAL is the sum of the three before it, where the receiver
 * took the exception; a receiver that polls ICC_IAR1_EL1 has no ENTRY and ACKNOWLEDGE. */
#define GIC_PHASES(X)                                                                                                  \
    X(REDISTRIBUTOR, "redistributor", "ICC_SGI1R_EL1 write to pending in the target's redistributor")                  \
    X(ENTRY, "entry", "pending in the redistributor to exception entry")                                               \
    X(ACKNOWLEDGE, "acknowledge", "exception entry to ICC_IAR1_EL1 read")                                              \
    X(TOTAL, "total", "ICC_SGI1R_EL1 write to ICC_IAR1_EL1 read")                                                      \
    X(EOI, "eoi", "ICC_IAR1_EL1 read to ICC_EOIR1_EL1 write")

typedef enum gic_phase {
#define GIC_PHASE_ENUM(id, name, description) GIC_PHASE_##id,
    GIC_PHASES(GIC_PHASE_ENUM)
#undef GIC_PHASE_ENUM
        GIC_PHASE_COUNT
} gic_phase_t;

const char *gic_phase_name(gic_phase_t phase);
const char *gic_phase_description(gic_phase_t phase);

/* Total latency from one sending core. */
typedef struct gic_pair {
    uint64_t count, sum_ps, minimum_ps, maximum_ps;
} gic_pair_t;

typedef struct gic_latency {
    stats_histogram_t phase[GIC_PHASE_COUNT];
    gic_pair_t pair[CHI_MAX_CORES]; /* by sending core */
} gic_latency_t;

/* The SGI that came with `set` was acknowledged at now_ps. exception_ps: when the core took the exception for it,
 * TIME_NEVER when it did not. */
void gic_latency_acknowledged(gic_latency_t *latency, const gic_packet_t *set, uint64_t exception_ps, uint64_t now_ps);
void gic_latency_ended(gic_latency_t *latency, uint64_t acknowledged_ps, uint64_t now_ps);

#endif
