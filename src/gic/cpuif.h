/* The GICv3 CPU interface of one core (IHI 0069, chapter 4 and 12): the ICC_* system registers, priority masking,
 * active priorities and preemption. It belongs to the core complex and speaks to its redistributor over a link
 * with the packets of the GIC stream protocol (gic/stream.h). */
#ifndef MESIM_GIC_CPUIF_H
#define MESIM_GIC_CPUIF_H

#include "engine/engine.h"
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
/* The core has taken the IRQ exception for it: a time stamp for latency accounting. */
void gic_cpuif_exception_taken(gic_cpuif_t *cpuif, uint64_t now_ps);

#endif
