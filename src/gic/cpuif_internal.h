/* What the CPU interface's files share. Nobody outside src/gic includes this. */
#ifndef MESIM_GIC_CPUIF_INTERNAL_H
#define MESIM_GIC_CPUIF_INTERNAL_H

#include "gic/cpuif.h"
#include "gic/stream.h"

#include <stdbool.h>
#include <stdint.h>

/* At most one acknowledge per priority level can be nested, so this is never filled by correct code; software that
 * clears the active priorities by hand can fill it, and then the oldest entries are forgotten. */
enum { GIC_ACKNOWLEDGED_MAX = 64 };

/* An interrupt between its IAR and its EOIR. The architecture keeps only active priorities in the interface; the INTIDs
 * are remembered to tell the guest of an EOIR that does not correspond to the last valid IAR (UNPREDICTABLE). */
typedef struct gic_acknowledged {
    uint32_t intid;
    uint8_t group;
    bool from_core; /* an SGI with a known sender: its latency is counted */
    uint64_t time_ps;
} gic_acknowledged_t;

struct gic_cpuif {
    unsigned core;
    uint64_t mpidr;
    engine_link_t *to_distributor;
    trace_port_t *port;
    gic_fault_t fault;

    /* The interrupt presented by the redistributor. */
    bool held_valid;
    gic_packet_t held; /* its Set */
    uint64_t held_ps;  /* when it arrived */
    bool quiesced;
    bool wake_request;

    /* Registers. */
    uint8_t pmr;
    uint8_t bpr[2];     /* ICC_BPR0_EL1, ICC_BPR1_EL1 */
    bool enabled[2];    /* ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1 */
    bool cbpr, eoimode; /* ICC_CTLR_EL1 */
    uint32_t apr[2];    /* ICC_AP0R0_EL1, ICC_AP1R0_EL1: bit n is group priority n << 3 */

    gic_acknowledged_t acknowledged[GIC_ACKNOWLEDGED_MAX];
    unsigned acknowledged_count;
    unsigned unanswered; /* packets sent whose acknowledge has not come */
    uint64_t exception_ps;

    gic_cpuif_stats_t stats;
    gic_latency_t latency;
    observe_guest_log_t log;
};

typedef enum gic_trace_event { GIC_TRACE_SGI, GIC_TRACE_IAR, GIC_TRACE_EOI, GIC_TRACE_DIR } gic_trace_event_t;
typedef enum gic_trace_state { GIC_TRACE_INACTIVE, GIC_TRACE_PENDING, GIC_TRACE_ACTIVE } gic_trace_state_t;

/* --- cpuif.c --- */
void gic_cpuif_send(gic_cpuif_t *cpuif, uint64_t now_ps, gic_packet_t packet);
void gic_cpuif_release_held(gic_cpuif_t *cpuif, uint64_t now_ps);
void gic_cpuif_trace(gic_cpuif_t *cpuif, uint64_t now_ps, gic_trace_event_t event, const gic_packet_t *interrupt,
                     gic_trace_state_t old_state, gic_trace_state_t new_state);

/* --- cpuif_priority.c --- */
/* The running priority: the group priority of the highest active one, GIC_PRIORITY_IDLE when none is. */
uint8_t gic_cpuif_running_priority(const gic_cpuif_t *cpuif);
/* Whether the held interrupt may be taken: group enabled, above the mask and the running priority. */
bool gic_cpuif_can_signal(const gic_cpuif_t *cpuif);
/* ICC_IAR<group>_EL1 read: acknowledges and returns the INTID, or 1023. */
uint32_t gic_cpuif_acknowledge(gic_cpuif_t *cpuif, uint64_t now_ps, gic_group_t group, uint64_t pc);
/* ICC_EOIR<group>_EL1 write. */
void gic_cpuif_end(gic_cpuif_t *cpuif, uint64_t now_ps, gic_group_t group, uint64_t pc, uint32_t intid);
/* ICC_DIR_EL1 write. */
void gic_cpuif_deactivate(gic_cpuif_t *cpuif, uint64_t now_ps, uint64_t pc, uint32_t intid);

#endif
