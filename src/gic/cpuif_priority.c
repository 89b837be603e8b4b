/* Priorities and the life of an interrupt in the CPU interface (IHI 0069 sections 4.1 and 4.8). */
#include "base/bits.h"
#include "base/time.h"
#include "gic/cpuif_internal.h"

#include <string.h>

/* Section 4.8.2, Preemption: the bits of a priority that are its group priority. In Group 1 the binary point stands one
 * bit higher for Non-secure reads of ICC_BPR1_EL1, which are the only ones of a machine without EL3. */
static uint8_t group_mask(const gic_cpuif_t *cpuif, unsigned group)
{
    unsigned point = group == GIC_GROUP_0 || cpuif->cbpr ? cpuif->bpr[0] : cpuif->bpr[1] - 1u;
    return GIC_HAS_FAULT(cpuif, NO_BINARY_POINT) ? 0xff : (uint8_t)(0xff << (point + 1));
}

uint8_t gic_cpuif_running_priority(const gic_cpuif_t *cpuif)
{
    uint32_t active = cpuif->apr[0] | cpuif->apr[1];
    return active ? (uint8_t)(__builtin_ctz(active) << GIC_PRIORITY_SHIFT) : GIC_PRIORITY_IDLE;
}

bool gic_cpuif_can_signal(const gic_cpuif_t *cpuif)
{
    const gic_packet_t *held = &cpuif->held;
    if (!cpuif->held_valid || !cpuif->enabled[held->group])
        return false;
    if (held->priority >= cpuif->pmr && !GIC_HAS_FAULT(cpuif, NO_PRIORITY_MASK))
        return false;
    return (held->priority & group_mask(cpuif, held->group)) < gic_cpuif_running_priority(cpuif);
}

static void count_acknowledge(gic_cpuif_t *cpuif, uint64_t now_ps)
{
    const gic_packet_t *held = &cpuif->held;
    if (cpuif->apr[0] | cpuif->apr[1])
        cpuif->stats.preemptions++;
    if (held->intid >= GIC_LPI_FIRST)
        cpuif->stats.lpi_received++;
    else if (held->intid >= GIC_SPI_FIRST)
        cpuif->stats.spi_received++;
    else if (held->intid >= GIC_PPI_FIRST)
        cpuif->stats.ppi_received++;
    else
        cpuif->stats.sgi_received++;
    /* An exception taken before this interrupt came was for another one, which it has overridden. */
    uint64_t exception_ps = cpuif->exception_ps >= cpuif->held_ps ? cpuif->exception_ps : TIME_NEVER;
    if (held->source != GIC_NO_CORE)
        gic_latency_acknowledged(&cpuif->latency, held, exception_ps, now_ps);
    cpuif->exception_ps = TIME_NEVER;
}

static void remember(gic_cpuif_t *cpuif, uint64_t now_ps)
{
    if (cpuif->acknowledged_count == GIC_ACKNOWLEDGED_MAX) {
        memmove(&cpuif->acknowledged[0], &cpuif->acknowledged[1],
                (GIC_ACKNOWLEDGED_MAX - 1) * sizeof(cpuif->acknowledged[0]));
        cpuif->acknowledged_count--;
    }
    cpuif->acknowledged[cpuif->acknowledged_count++] = (gic_acknowledged_t){
        .intid = cpuif->held.intid,
        .group = cpuif->held.group,
        .from_core = cpuif->held.source != GIC_NO_CORE,
        .time_ps = now_ps,
    };
}

uint32_t gic_cpuif_acknowledge(gic_cpuif_t *cpuif, uint64_t now_ps, gic_group_t group, uint64_t pc)
{
    gic_packet_t *held = &cpuif->held;
    if (!gic_cpuif_can_signal(cpuif) || held->group != group) {
        cpuif->stats.spurious++;
        cpuif->exception_ps = TIME_NEVER;
        return GIC_INTID_SPURIOUS;
    }
    count_acknowledge(cpuif, now_ps);
    remember(cpuif, now_ps);
    uint8_t priority = held->priority & group_mask(cpuif, group);
    cpuif->apr[group] |= UINT32_C(1) << (priority >> GIC_PRIORITY_SHIFT);
    cpuif->held_valid = false;
    gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_ACTIVATE, .intid = held->intid, .pc = pc});
    const gic_packet_t access = {.intid = held->intid, .source = (uint16_t)cpuif->core, .pc = pc};
    gic_cpuif_trace(cpuif, now_ps, GIC_TRACE_IAR, &access, GIC_TRACE_PENDING, GIC_TRACE_ACTIVE);
    return held->intid;
}

/* The latest acknowledge of intid that has not ended, or -1. */
static int find_acknowledged(const gic_cpuif_t *cpuif, uint32_t intid)
{
    for (int i = (int)cpuif->acknowledged_count - 1; i >= 0; i--)
        if (cpuif->acknowledged[i].intid == intid)
            return i;
    return -1;
}

static void forget(gic_cpuif_t *cpuif, int at)
{
    size_t behind = cpuif->acknowledged_count - (unsigned)at - 1;
    memmove(&cpuif->acknowledged[at], &cpuif->acknowledged[at + 1], behind * sizeof(cpuif->acknowledged[0]));
    cpuif->acknowledged_count--;
}

/* Section 4.8.2, Priority drop: the highest active priority is no longer active. */
static void drop_priority(gic_cpuif_t *cpuif, unsigned group)
{
    uint32_t active = cpuif->apr[0] | cpuif->apr[1];
    uint32_t highest = active & -active;
    if (!highest)
        return;
    unsigned from = cpuif->apr[group] & highest ? group : !group;
    cpuif->apr[from] &= ~highest;
    cpuif->stats.priority_drops++;
    if (GIC_HAS_FAULT(cpuif, DROP_ALL))
        cpuif->apr[0] = cpuif->apr[1] = 0;
}

static void send_deactivate(gic_cpuif_t *cpuif, uint64_t now_ps, uint64_t pc, uint32_t intid)
{
    cpuif->stats.deactivations++;
    gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_DEACTIVATE, .intid = intid, .pc = pc});
}

/* A write must correspond to the most recent valid read of IAR (ICC_EOIR1_EL1, "otherwise UNPREDICTABLE"): this
 * interface ignores an EOI of what it has not acknowledged, and takes one out of order as hardware that only keeps
 * priorities does. Both are guest errors. Returns the place of the acknowledge, -1 to ignore the write. */
static int check_end(gic_cpuif_t *cpuif, uint64_t now_ps, gic_group_t group, uint64_t pc, uint32_t intid)
{
    int at = find_acknowledged(cpuif, intid);
    if (at < 0) {
        observe_guest_error(&cpuif->log, now_ps, (int)cpuif->core, pc,
                            "ICC_EOIR%d_EL1 of INTID %u without an acknowledge: ignored", group, intid);
        return -1;
    }
    if (cpuif->acknowledged[at].group != group) {
        observe_guest_error(&cpuif->log, now_ps, (int)cpuif->core, pc,
                            "ICC_EOIR%d_EL1 of INTID %u, which is of Group %u: ignored", group, intid,
                            cpuif->acknowledged[at].group);
        return -1;
    }
    if ((unsigned)at + 1 != cpuif->acknowledged_count)
        observe_guest_error(&cpuif->log, now_ps, (int)cpuif->core, pc,
                            "ICC_EOIR%d_EL1 of INTID %u before that of INTID %u, which was acknowledged later", group,
                            intid, cpuif->acknowledged[cpuif->acknowledged_count - 1].intid);
    return at;
}

void gic_cpuif_end(gic_cpuif_t *cpuif, uint64_t now_ps, gic_group_t group, uint64_t pc, uint32_t intid)
{
    if (intid >= GIC_SPECIAL_FIRST && intid <= GIC_INTID_SPURIOUS) {
        observe_guest_error(&cpuif->log, now_ps, (int)cpuif->core, pc,
                            "ICC_EOIR%d_EL1 of the special INTID %u: ignored", group, intid);
        return;
    }
    int at = check_end(cpuif, now_ps, group, pc, intid);
    if (at < 0 && !GIC_HAS_FAULT(cpuif, STRAY_EOI))
        return;
    if (at >= 0) {
        if (cpuif->acknowledged[at].from_core)
            gic_latency_ended(&cpuif->latency, cpuif->acknowledged[at].time_ps, now_ps);
        forget(cpuif, at);
    }
    drop_priority(cpuif, group);
    bool is_lpi = intid >= GIC_LPI_FIRST; /* never active */
    if ((!cpuif->eoimode || GIC_HAS_FAULT(cpuif, EOI_DEACTIVATES)) && !is_lpi)
        send_deactivate(cpuif, now_ps, pc, intid);
    const gic_packet_t access = {.intid = intid, .source = (uint16_t)cpuif->core, .pc = pc};
    gic_cpuif_trace(cpuif, now_ps, GIC_TRACE_EOI, &access, GIC_TRACE_ACTIVE,
                    cpuif->eoimode ? GIC_TRACE_ACTIVE : GIC_TRACE_INACTIVE);
}

void gic_cpuif_deactivate(gic_cpuif_t *cpuif, uint64_t now_ps, uint64_t pc, uint32_t intid)
{
    const char *why = NULL;
    if (!cpuif->eoimode) /* ICC_DIR_EL1: UNPREDICTABLE while EOImode is 0 */
        why = "while ICC_CTLR_EL1.EOImode is 0";
    else if (intid >= GIC_SPECIAL_FIRST && intid <= GIC_INTID_SPURIOUS)
        why = "which is special";
    else if (intid >= GIC_LPI_FIRST)
        why = "which is above all that can be active";
    else if (find_acknowledged(cpuif, intid) >= 0)
        why = "before its priority drop";
    if (why) {
        observe_guest_error(&cpuif->log, now_ps, (int)cpuif->core, pc, "ICC_DIR_EL1 of INTID %u, %s: ignored", intid,
                            why);
        return;
    }
    send_deactivate(cpuif, now_ps, pc, intid);
    const gic_packet_t access = {.intid = intid, .source = (uint16_t)cpuif->core, .pc = pc};
    gic_cpuif_trace(cpuif, now_ps, GIC_TRACE_DIR, &access, GIC_TRACE_ACTIVE, GIC_TRACE_INACTIVE);
}
