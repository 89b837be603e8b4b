/* The CPU interface: packets of its redistributor, and its life. */
#include "gic/cpuif.h"

#include "base/error.h"
#include "base/time.h"
#include "gic/cpuif_internal.h"

#include <glib.h>
#include <string.h>

const stats_counter_t gic_cpuif_counters[] = {
#define GIC_CPUIF_COUNTER(name, unit, description) STATS_COUNTER(gic_cpuif_stats_t, name, unit, description),
    GIC_CPUIF_STATS(GIC_CPUIF_COUNTER)
#undef GIC_CPUIF_COUNTER
        {0},
};

static const char *const trace_events[] = {"SGI", "IAR", "EOI", "DIR", NULL};
static const char *const trace_states[] = {"inactive", "pending", "active", NULL};
const trace_names_t gic_trace_names = {.events = trace_events, .states = trace_states};

/* --- what the other files of the interface use --- */

/* A packet whose acknowledge a DSB waits for. */
static bool wants_answer(uint8_t kind)
{
    return kind == GIC_PACKET_ACTIVATE || kind == GIC_PACKET_DEACTIVATE || kind == GIC_PACKET_GENERATE_SGI ||
           kind == GIC_PACKET_UPSTREAM_CONTROL;
}

void gic_cpuif_send(gic_cpuif_t *cpuif, uint64_t now_ps, gic_packet_t packet)
{
    packet.source = (uint16_t)cpuif->core;
    cpuif->unanswered += wants_answer(packet.kind);
    engine_link_send(cpuif->to_distributor, now_ps, 0, &packet, sizeof(packet), 1);
}

void gic_cpuif_release_held(gic_cpuif_t *cpuif, uint64_t now_ps)
{
    if (!cpuif->held_valid)
        return;
    cpuif->held_valid = false;
    cpuif->stats.releases++;
    gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_RELEASE, .intid = cpuif->held.intid});
}

void gic_cpuif_trace(gic_cpuif_t *cpuif, uint64_t now_ps, gic_trace_event_t event, const gic_packet_t *interrupt,
                     gic_trace_state_t old_state, gic_trace_state_t new_state)
{
    if (!cpuif->port)
        return;
    trace_emit(cpuif->port,
               &(trace_record_t){.time_ps = now_ps,
                                 .address = interrupt->intid,
                                 .cause_pc = interrupt->pc,
                                 .event = event,
                                 .old_state = old_state,
                                 .new_state = new_state,
                                 .cause_core = interrupt->source == GIC_NO_CORE ? -1 : (int16_t)interrupt->source});
}

/* --- packets --- */

static void receive_set(gic_cpuif_t *cpuif, uint64_t now_ps, const gic_packet_t *packet)
{
    if (cpuif->held_valid && packet->priority >= cpuif->held.priority)
        base_bug("core %u: Set of INTID %u at priority %u while %u at priority %u is held", cpuif->core, packet->intid,
                 packet->priority, cpuif->held.intid, cpuif->held.priority);
    gic_cpuif_release_held(cpuif, now_ps);
    cpuif->held = *packet;
    cpuif->held_ps = now_ps;
    cpuif->held_valid = true;
    /* The group was disabled, or the core powered off, after the redistributor had decided. */
    bool quiesced = cpuif->quiesced && !GIC_HAS_FAULT(cpuif, WAKES_SLEEPER);
    if (quiesced || !cpuif->enabled[packet->group]) {
        gic_cpuif_release_held(cpuif, now_ps);
        return;
    }
    if (packet->intid < GIC_SGI_COUNT)
        gic_cpuif_trace(cpuif, now_ps, GIC_TRACE_SGI, packet, GIC_TRACE_INACTIVE, GIC_TRACE_PENDING);
}

static void receive_clear(gic_cpuif_t *cpuif, uint64_t now_ps, const gic_packet_t *packet)
{
    /* When an Activate or Release has crossed the Clear, the interrupt is not held any more; they come before this. */
    if (cpuif->held_valid && cpuif->held.intid == packet->intid)
        cpuif->held_valid = false;
    gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_CLEAR_ACK, .intid = packet->intid});
}

static void receive_sgi_ack(gic_cpuif_t *cpuif, const gic_packet_t *packet)
{
    cpuif->stats.sgi_targets += packet->value;
    if (!packet->value)
        cpuif->stats.sgi_to_none++;
    else if (packet->value == 1)
        cpuif->stats.sgi_to_one++;
    else
        cpuif->stats.sgi_to_many++;
}

void gic_cpuif_receive(gic_cpuif_t *cpuif, uint64_t now_ps, const void *payload)
{
    gic_packet_t packet;
    memcpy(&packet, payload, sizeof(packet));
    switch (packet.kind) {
    case GIC_PACKET_SET: receive_set(cpuif, now_ps, &packet); return;
    case GIC_PACKET_CLEAR: receive_clear(cpuif, now_ps, &packet); return;
    case GIC_PACKET_QUIESCE:
        gic_cpuif_release_held(cpuif, now_ps);
        cpuif->quiesced = true;
        gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_QUIESCE_ACK});
        return;
    case GIC_PACKET_DOWNSTREAM_CONTROL:
        cpuif->quiesced = cpuif->wake_request = false;
        gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_DOWNSTREAM_CONTROL_ACK});
        return;
    case GIC_PACKET_WAKE_REQUEST: cpuif->wake_request = true; return;
    case GIC_PACKET_GENERATE_SGI_ACK: receive_sgi_ack(cpuif, &packet); break;
    case GIC_PACKET_ACTIVATE_ACK:
    case GIC_PACKET_DEACTIVATE_ACK:
    case GIC_PACKET_UPSTREAM_CONTROL_ACK: break;
    default: base_bug("core %u receives '%s' (kind %u)", cpuif->core, gic_packet_name(packet.kind), packet.kind);
    }
    cpuif->unanswered--;
}

/* --- lines to and from the core --- */

bool gic_cpuif_irq(const gic_cpuif_t *cpuif)
{
    return gic_cpuif_can_signal(cpuif) && cpuif->held.group == GIC_GROUP_1;
}

bool gic_cpuif_fiq(const gic_cpuif_t *cpuif)
{
    return gic_cpuif_can_signal(cpuif) && cpuif->held.group == GIC_GROUP_0;
}

bool gic_cpuif_wake_request(const gic_cpuif_t *cpuif)
{
    return cpuif->wake_request;
}

void gic_cpuif_exception_taken(gic_cpuif_t *cpuif, uint64_t now_ps)
{
    cpuif->exception_ps = now_ps;
}

bool gic_cpuif_synchronized(const gic_cpuif_t *cpuif)
{
    return !cpuif->unanswered;
}

void gic_cpuif_wire(gic_cpuif_t *cpuif, uint64_t now_ps, uint32_t intid, bool level)
{
    gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_WIRE, .intid = intid, .level = level});
}

/* --- life --- */

/* Reset values of the registers: IHI 0069 section 12.2, binary points at their minimum for five priority bits. */
static void reset_registers(gic_cpuif_t *cpuif)
{
    cpuif->pmr = 0;
    cpuif->bpr[0] = GIC_PRIORITY_SHIFT - 1;
    cpuif->bpr[1] = GIC_PRIORITY_SHIFT;
    cpuif->enabled[0] = cpuif->enabled[1] = false;
    cpuif->cbpr = cpuif->eoimode = false;
    cpuif->apr[0] = cpuif->apr[1] = 0;
    cpuif->acknowledged_count = 0;
    cpuif->exception_ps = TIME_NEVER;
}

gic_cpuif_t *gic_cpuif_new(unsigned core, uint64_t mpidr, engine_link_t *to_distributor, trace_port_t *port)
{
    gic_cpuif_t *cpuif = g_new0(gic_cpuif_t, 1);
    cpuif->core = core;
    cpuif->mpidr = mpidr;
    cpuif->to_distributor = to_distributor;
    cpuif->port = port;
    cpuif->quiesced = true; /* as its redistributor, until GICR_WAKER.ProcessorSleep is cleared */
    reset_registers(cpuif);
    return cpuif;
}

void gic_cpuif_free(gic_cpuif_t *cpuif)
{
    g_free(cpuif);
}

void gic_cpuif_reset(gic_cpuif_t *cpuif, uint64_t now_ps)
{
    bool told = cpuif->enabled[0] || cpuif->enabled[1];
    if (GIC_HAS_FAULT(cpuif, INTERFACE_NOT_RESET))
        return;
    reset_registers(cpuif);
    if (told)
        gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_UPSTREAM_CONTROL, .value = 0});
    gic_cpuif_release_held(cpuif, now_ps);
}

const gic_cpuif_stats_t *gic_cpuif_stats(const gic_cpuif_t *cpuif)
{
    return &cpuif->stats;
}

void gic_cpuif_forget_latency(gic_cpuif_t *cpuif)
{
    cpuif->latency = (gic_latency_t){0};
}

const gic_latency_t *gic_cpuif_latency(const gic_cpuif_t *cpuif)
{
    return &cpuif->latency;
}

const observe_guest_log_t *gic_cpuif_guest_log(const gic_cpuif_t *cpuif)
{
    return &cpuif->log;
}

void gic_cpuif_set_fault(gic_cpuif_t *cpuif, gic_fault_t fault)
{
    cpuif->fault = fault;
}
