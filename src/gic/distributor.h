/* The GICv3 distributor with all redistributors (IHI 0069), one component of the engine.
 *
 * With config.its_base it has an ITS, and redistributors take LPIs (gic/its.h).
 *
 * Its inbox carries register accesses from the system interconnect (ReadNoSnoop, WriteNoSnoop; answered by CompData or
 * Comp), packets of the CPU interfaces (gic/stream.h) and wire changes of peripherals. Reserved accesses are RAZ/WI and
 * logged as guest errors. Times are picoseconds. */
#ifndef MESIM_GIC_DISTRIBUTOR_H
#define MESIM_GIC_DISTRIBUTOR_H

#include "base/error.h"
#include "engine/engine.h"
#include "gic/gic.h"
#include "interconnect/dma.h"
#include "observe/guest_log.h"
#include "observe/stats.h"

#include <stdint.h>

typedef struct gic_distributor gic_distributor_t;

typedef struct gic_config {
    unsigned cores;            /* 1 to CHI_MAX_CORES */
    const uint64_t *mpidr;     /* MPIDR_EL1 of each core: affinities in bits 39:32 and 23:0, all different */
    unsigned spis;             /* a multiple of 32, from 32 to 960; QEMU virt has 256 */
    uint64_t gicd_base;        /* of the frame of 64 KB */
    uint64_t gicr_base;        /* of 128 KB a core, in the order of mpidr */
    uint64_t its_base;         /* of the two frames of 64 KB of the ITS; 0: no ITS and no LPIs */
    uint64_t register_ps;      /* a register access: from arrival to answer */
    uint64_t route_ps;         /* from arrival of an SGI or wire change to pending in the redistributor */
    uint64_t redistributor_ps; /* from pending to the departure of Set */
    gic_fault_t fault;         /* honoured only in a build with MESIM_FAULTS */
} gic_config_t;

#define GIC_DISTRIBUTOR_STATS(X)                                                                                       \
    X(register_reads, "count", "reads of GICD and GICR registers")                                                     \
    X(register_writes, "count", "writes of GICD and GICR registers")                                                   \
    X(sgi_requests, "count", "SGI requests routed")                                                                    \
    X(sgi_deliveries, "count", "SGIs made pending, one a target")                                                      \
    X(sgi_merged, "count", "SGIs that met the same SGI still pending and became one with it")                          \
    X(sgi_group_mismatches, "count", "SGIs dropped because the target has the INTID in another group")                 \
    X(wire_changes, "count", "level changes of interrupt wires")                                                       \
    X(sets, "count", "interrupts presented to a CPU interface")                                                        \
    X(clears, "count", "presented interrupts withdrawn")                                                               \
    X(releases, "count", "presented interrupts given back by a CPU interface")                                         \
    X(activates, "count", "interrupts acknowledged")                                                                   \
    X(deactivates, "count", "interrupts deactivated")                                                                  \
    X(its_commands, "count", "commands that the ITS took from its queue")                                              \
    X(lpis_pended, "count", "LPIs made pending")                                                                       \
    X(lpis_dropped, "count", "LPIs lost, as their redistributor has not enabled LPIs or so many")                      \
    X(held_asleep, "count", "interrupts that found their redistributor asleep when they became pending")

typedef struct gic_distributor_stats {
#define GIC_DISTRIBUTOR_STATS_FIELD(name, unit, description) uint64_t name;
    GIC_DISTRIBUTOR_STATS(GIC_DISTRIBUTOR_STATS_FIELD)
#undef GIC_DISTRIBUTOR_STATS_FIELD
} gic_distributor_stats_t;

extern const stats_counter_t gic_distributor_counters[];

/* -EINVAL when the configuration cannot be built. */
int gic_distributor_new(engine_t *engine, const gic_config_t *config, gic_distributor_t **ret_distributor,
                        base_error_t *error);
void gic_distributor_free(gic_distributor_t *distributor); /* NULL is fine */

engine_component_t *gic_distributor_component(gic_distributor_t *distributor);

/* The link to the CPU interface of core `index`; all cores must be attached before the first packet. */
void gic_distributor_attach_core(gic_distributor_t *distributor, unsigned index, engine_link_t *to_core);
/* The link over which register accesses are answered. */
void gic_distributor_attach_system(gic_distributor_t *distributor, engine_link_t *to_system);

/* The way of the ITS to memory, with an ITS: index is what interconnect_system_attach_requester gave for the link over
 * which register accesses come. */
interconnect_dma_t *gic_distributor_dma(gic_distributor_t *distributor); /* NULL: no ITS */
void gic_distributor_attach_memory(gic_distributor_t *distributor, engine_link_t *to_system, uint32_t index);

#if MESIM_FAULTS
/* Takes over the registers of another one, as after a reset that forgets the interrupt controller. */
void gic_distributor_inherit(gic_distributor_t *distributor, const gic_distributor_t *from);
#endif

const gic_distributor_stats_t *gic_distributor_stats(const gic_distributor_t *distributor);
const observe_guest_log_t *gic_distributor_guest_log(const gic_distributor_t *distributor);

#endif
