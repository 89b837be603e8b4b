/* The GICv3 CPU interface of one core (IHI 0069, chapter 4 and 12): the ICC_* system registers, priority masking,
 * active priorities and preemption. It belongs to the core complex and speaks to its redistributor over a link
 * with the packets of the GIC stream protocol (gic/stream.h). */
#ifndef MESIM_GIC_CPUIF_H
#define MESIM_GIC_CPUIF_H

#include "engine/engine.h"
#include "gic/gic.h"
#include "gic/latency.h"
#include "observe/guest_log.h"
#include "observe/stats.h"
#include "observe/trace.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gic_cpuif gic_cpuif_t;

/* The ICC_* registers of EL1, named as in the manual. */
typedef enum gic_icc {
    ICC_IAR0_EL1,
    ICC_IAR1_EL1,
    ICC_EOIR0_EL1,
    ICC_EOIR1_EL1,
    ICC_HPPIR0_EL1,
    ICC_HPPIR1_EL1,
    ICC_BPR0_EL1,
    ICC_BPR1_EL1,
    ICC_DIR_EL1,
    ICC_PMR_EL1,
    ICC_RPR_EL1,
    ICC_CTLR_EL1,
    ICC_SRE_EL1,
    ICC_IGRPEN0_EL1,
    ICC_IGRPEN1_EL1,
    ICC_AP0R0_EL1,
    ICC_AP0R1_EL1,
    ICC_AP0R2_EL1,
    ICC_AP0R3_EL1,
    ICC_AP1R0_EL1,
    ICC_AP1R1_EL1,
    ICC_AP1R2_EL1,
    ICC_AP1R3_EL1,
    ICC_SGI0R_EL1,
    ICC_SGI1R_EL1,
    ICC_ASGI1R_EL1,
} gic_icc_t;

#define GIC_CPUIF_STATS(X)                                                                                             \
    X(sgi_writes, "count", "SGI requests: writes to ICC_SGI0R_EL1, ICC_SGI1R_EL1 and ICC_ASGI1R_EL1")                  \
    X(sgi_broadcasts, "count", "SGI requests to all other cores (IRM = 1)")                                            \
    X(sgi_to_none, "count", "SGI requests that named no existing core")                                                \
    X(sgi_to_one, "count", "SGI requests that named one core")                                                         \
    X(sgi_to_many, "count", "SGI requests that named more than one core")                                              \
    X(sgi_targets, "count", "cores named by SGI requests: one request to three cores counts three")                    \
    X(sgi_received, "count", "SGIs acknowledged")                                                                      \
    X(ppi_received, "count", "PPIs acknowledged")                                                                      \
    X(spi_received, "count", "SPIs acknowledged")                                                                      \
    X(lpi_received, "count", "LPIs acknowledged")                                                                      \
    X(spurious, "count", "acknowledges that found no interrupt (INTID 1023)")                                          \
    X(priority_drops, "count", "ends of interrupt that dropped the running priority")                                  \
    X(deactivations, "count", "Deactivate packets sent, by ICC_EOIR* or ICC_DIR_EL1")                                  \
    X(releases, "count", "presented interrupts given back to the redistributor")                                       \
    X(preemptions, "count", "acknowledges while another interrupt was active")

typedef struct gic_cpuif_stats {
#define GIC_CPUIF_STATS_FIELD(name, unit, description) uint64_t name;
    GIC_CPUIF_STATS(GIC_CPUIF_STATS_FIELD)
#undef GIC_CPUIF_STATS_FIELD
} gic_cpuif_stats_t;

extern const stats_counter_t gic_cpuif_counters[];

/* Trace records of a CPU interface: address is the INTID; cause_core and cause_pc are the sender's of an SGI at its
 * delivery, and those of the register access otherwise. */
extern const trace_names_t gic_trace_names;

/* port may be NULL: no trace. */
gic_cpuif_t *gic_cpuif_new(unsigned core, uint64_t mpidr, engine_link_t *to_distributor, trace_port_t *port);
void gic_cpuif_free(gic_cpuif_t *cpuif);

/* Reads have side effects where the manual says so (IAR acknowledges). Returns false when the register does not exist
 * in this configuration: the access is UNDEFINED. */
bool gic_cpuif_read(gic_cpuif_t *cpuif, uint64_t now_ps, gic_icc_t reg, uint64_t pc, uint64_t *ret_value);
bool gic_cpuif_write(gic_cpuif_t *cpuif, uint64_t now_ps, gic_icc_t reg, uint64_t pc, uint64_t value);

/* A packet from the redistributor. */
void gic_cpuif_receive(gic_cpuif_t *cpuif, uint64_t now_ps, const void *payload);

/* The interrupt lines into the core: a pending interrupt of sufficient priority. Masking by PSTATE is the core's. */
bool gic_cpuif_irq(const gic_cpuif_t *cpuif);
bool gic_cpuif_fiq(const gic_cpuif_t *cpuif);
/* WakeRequest (IHI 0069 section 11.1): an interrupt is pending for this core whose redistributor sleeps. It ends when
 * the redistributor is woken. */
bool gic_cpuif_wake_request(const gic_cpuif_t *cpuif);
/* The core has taken the IRQ exception for it: a time stamp for latency accounting. */
void gic_cpuif_exception_taken(gic_cpuif_t *cpuif, uint64_t now_ps);

/* Whether the redistributor has acknowledged every packet that answers to be awaited by a DSB: Activate, Deactivate,
 * Generate SGI, Upstream Control (IHI 0069 section 4.1.1 and Arm ARM: effects of ICC_* accesses are complete after a
 * DSB). It can only become true by gic_cpuif_receive. */
bool gic_cpuif_synchronized(const gic_cpuif_t *cpuif);

/* A PPI wire of this core, INTID 16 to 31, has changed its level (the core's timers, PMU). Only call on a change. */
void gic_cpuif_wire(gic_cpuif_t *cpuif, uint64_t now_ps, uint32_t intid, bool level);

/* Warm reset of the interface, when its core is powered on: registers take reset values, an interrupt held is given
 * back. Packets keep arriving while the core is off and must still be passed to gic_cpuif_receive. */
void gic_cpuif_reset(gic_cpuif_t *cpuif, uint64_t now_ps);

const gic_cpuif_stats_t *gic_cpuif_stats(const gic_cpuif_t *cpuif);
const gic_latency_t *gic_cpuif_latency(const gic_cpuif_t *cpuif);
/* Begins the histograms anew. */
void gic_cpuif_forget_latency(gic_cpuif_t *cpuif);
const observe_guest_log_t *gic_cpuif_guest_log(const gic_cpuif_t *cpuif);

/* Injects a fault, in a build with MESIM_FAULTS; without effect in others. */
void gic_cpuif_set_fault(gic_cpuif_t *cpuif, gic_fault_t fault);

#endif
