/* What the distributor's files share. Nobody outside src/gic includes this. */
#ifndef MESIM_GIC_INTERNAL_H
#define MESIM_GIC_INTERNAL_H

#include "engine/engine.h"
#include "gic/bank.h"
#include "gic/distributor.h"
#include "gic/gic.h"
#include "gic/its.h"
#include "gic/stream.h"
#include "observe/guest_log.h"

#include <stdbool.h>
#include <stdint.h>

enum { GIC_SPI_BANKS = 30 }; /* up to 960 SPIs */

/* Where an SGI pending in a redistributor came from. */
typedef struct gic_sgi_origin {
    uint16_t source; /* GIC_NO_CORE: a write to GICR_ISPENDR0 */
    uint64_t pc, sgi_write_ps, distributor_ps, pending_ps;
} gic_sgi_origin_t;

/* GICR_WAKER (IHI 0069 sections 11.1 and 12.11). A CPU interface is quiesced before its redistributor sleeps. */
typedef enum gic_redist_power {
    GIC_REDIST_ASLEEP,
    GIC_REDIST_WAKING, /* Downstream Control sent */
    GIC_REDIST_AWAKE,
    GIC_REDIST_QUIESCING, /* Quiesce sent */
} gic_redist_power_t;

/* What is left of LPIs after GICR_CTLR.EnableLPIs was cleared; GICR_CTLR.RWP is 1 until all is done. */
typedef enum gic_lpis_stop {
    GIC_LPIS_STOPPED,     /* or never stopped */
    GIC_LPIS_WITHDRAWING, /* some are with the CPU interface */
    GIC_LPIS_STORING,     /* the ITS is to write, or writes, the pending table */
} gic_lpis_stop_t;

typedef struct gic_redist {
    uint32_t affinity; /* Aff3.Aff2.Aff1.Aff0, a byte each */
    engine_link_t *to_core;
    gic_bank_t bank; /* SGIs and PPIs */
    gic_sgi_origin_t sgi[GIC_SGI_COUNT];
    uint32_t current; /* INTID of the last Set that is not answered, or GIC_INTID_NONE */
    uint8_t current_priority;
    uint8_t current_group;
    unsigned interface_groups; /* the CPU interface's group enables, by Upstream Control */
    gic_redist_power_t power;
    bool processor_sleep; /* GICR_WAKER.ProcessorSleep */
    bool wake_requested;  /* since it went to sleep */
    uint32_t ctlr;        /* GICR_CTLR.DPG0, DPG1NS and EnableLPIs */
    unsigned clears;      /* sent and not acknowledged */
    bool declining;       /* clears were under way when GICR_CTLR.DPG0 or DPG1NS was set */
    uint64_t propbaser, pendbaser;
    bool pending_table_zero; /* GICR_PENDBASER.PTZ */
    gic_lpis_stop_t lpis_stop;
    GArray *lpis;        /* gic_lpi_t; NULL without LPIs */
    uint16_t *lpi_place; /* by INTID - 8192: the index in lpis + 1, or 0 */
    uint32_t lpi_first;  /* of those that may be presented, or GIC_INTID_NONE; while it is known */
    bool lpi_first_known;
} gic_redist_t;

struct gic_distributor {
    engine_component_t *component;
    engine_link_t *to_system;
    gic_config_t config;
    gic_fault_t fault;
    uint32_t ctlr; /* GICD_CTLR.EnableGrp0 and EnableGrp1 */
    gic_bank_t spi[GIC_SPI_BANKS];
    uint64_t irouter[GIC_SPI_BANKS * GIC_BANK_INTERRUPTS];
    gic_redist_t redist[CHI_MAX_CORES];
    gic_its_t its; /* unused where config.its_base is 0 */
    gic_distributor_stats_t stats;
    observe_guest_log_t log;
};

/* Register fields. */
#define GICD_IROUTER_IRM      (UINT64_C(1) << 31)
#define GICD_IROUTER_MASK     UINT64_C(0xff80ffffff)
#define GICR_CTLR_ENABLE_LPIS UINT32_C(1)
#define GICR_CTLR_CES         UINT32_C(2)
#define GICR_PENDBASER_PTZ    (UINT64_C(1) << 62)
#define GICR_CTLR_DPG0        (UINT32_C(1) << 24)
#define GICR_CTLR_DPG1NS      (UINT32_C(1) << 25)
#define GICR_CTLR_RWP         (UINT32_C(1) << 3)
#define GICR_WAKER_SLEEP      (UINT32_C(1) << 1)
#define GICR_WAKER_CHILDREN   (UINT32_C(1) << 2)
#define GICD_CTLR_ENABLE_GRP0 UINT32_C(1)
#define GICD_CTLR_ENABLE_GRP1 UINT32_C(2)
#define GICD_CTLR_ARE         (UINT32_C(1) << 4)
#define GICD_CTLR_DS          (UINT32_C(1) << 6)
#define GICD_CTLR_RWP         (UINT32_C(1) << 31)

/* Affinities of MPIDR_EL1 or GICD_IROUTER packed into 32 bits. */
static inline uint32_t gic_affinity(uint64_t mpidr)
{
    return (uint32_t)((mpidr & 0xffffff) | ((mpidr >> 8) & 0xff000000));
}

/* The bank and bit of an interrupt as core `core` sees it. */
static inline gic_bank_t *gic_bank_of(gic_distributor_t *dist, unsigned core, uint32_t intid, uint32_t *ret_bit)
{
    *ret_bit = UINT32_C(1) << (intid % GIC_BANK_INTERRUPTS);
    return intid < GIC_SPI_FIRST ? &dist->redist[core].bank : &dist->spi[(intid - GIC_SPI_FIRST) / GIC_BANK_INTERRUPTS];
}

/* --- distributor.c --- */
/* The component takes what has arrived before end_ps. */
void gic_distributor_run(void *self, uint64_t end_ps);

/* --- route.c --- */
/* Which cores an SGI request (section 2.3.1 and ICC_SGI1R_EL1) names. */
bool gic_route_sgi_targets(const gic_distributor_t *dist, const gic_packet_t *packet, unsigned core);
/* Whether an SPI may be presented to `core` by its GICD_IROUTER. */
bool gic_route_allows(const gic_distributor_t *dist, uint32_t intid, unsigned core);
/* The core an SPI goes to now, or GIC_NO_CORE. */
unsigned gic_route_target(const gic_distributor_t *dist, uint32_t intid);

/* --- lpi.c, beside what its.h has --- */
/* The highest priority LPI that may be presented to a core and its priority, or GIC_INTID_NONE. */
uint32_t gic_lpi_highest(gic_distributor_t *dist, unsigned core, uint8_t *ret_priority);
/* Whether the LPI that was presented last should still be with the CPU interface. */
bool gic_lpi_stands(const gic_distributor_t *dist, unsigned core);
/* It has been presented, or is being withdrawn. */
void gic_lpi_mark(gic_distributor_t *dist, unsigned core, uint32_t intid, bool clearing);
/* Activate, Release, Deactivate or Clear Acknowledge of an LPI. */
void gic_lpi_packet(gic_distributor_t *dist, const gic_packet_t *packet);
/* An LPI is with the CPU interface of a core, or on its way there or back. */
bool gic_lpi_any_presented(const gic_distributor_t *dist, unsigned core);

/* --- redist.c --- */
/* Brings what is presented to the CPU interface in line with the state: withdraws what is no longer to be forwarded and
 * presents the highest priority pending interrupt. delay_ps: when the present state came about, counted from now_ps. */
void gic_redist_refresh(gic_distributor_t *dist, unsigned core, uint64_t now_ps, uint64_t delay_ps);
/* The same for every core that an interrupt (of `core`, if private) may concern. */
void gic_redist_refresh_interrupt(gic_distributor_t *dist, unsigned core, uint32_t intid, uint64_t now_ps,
                                  uint64_t delay_ps);
void gic_redist_refresh_all(gic_distributor_t *dist, uint64_t now_ps);
/* Begins the handshake that GICR_WAKER.ProcessorSleep asks for, unless one is under way. */
void gic_redist_follow_sleep(gic_distributor_t *dist, unsigned core, uint64_t now_ps);
/* The CPU interface has acknowledged Quiesce or Downstream Control. */
void gic_redist_handshake_done(gic_distributor_t *dist, unsigned core, uint64_t now_ps);
void gic_redist_send(gic_distributor_t *dist, unsigned core, uint64_t now_ps, uint64_t delay_ps,
                     const gic_packet_t *packet);
/* A withdrawal by this register state is still under way (GICD_CTLR.RWP, GICR_CTLR.RWP). */
bool gic_redist_write_pending(const gic_distributor_t *dist, unsigned core);
bool gic_dist_write_pending(const gic_distributor_t *dist);

/* --- register.c --- */
/* Performs a ReadNoSnoop or WriteNoSnoop and answers it. */
void gic_register_access(gic_distributor_t *dist, uint64_t now_ps, const chi_message_t *request);

#endif
