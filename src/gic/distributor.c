/* The distributor component: its inbox, and the state of interrupts. */
#include "gic/distributor.h"

#include "base/bits.h"
#include "base/time.h"
#include "gic/internal.h"
#include "interconnect/chi.h"

#include <string.h>

/* The pending state of an interrupt has changed. */
static void pending_changed(gic_distributor_t *dist, unsigned core, uint32_t intid, uint64_t now_ps)
{
    uint32_t bit;
    const gic_bank_t *bank = gic_bank_of(dist, core, intid, &bit);
    if (intid < GIC_SPI_FIRST && dist->redist[core].power != GIC_REDIST_AWAKE && (gic_bank_pending(bank) & bit))
        dist->stats.held_asleep++;
    gic_redist_refresh_interrupt(dist, core, intid, now_ps, dist->config.route_ps);
}

/* --- SGIs --- */

/* Section 8.1.10 with GICD_CTLR.DS = 1: ICC_SGI1R_EL1 reaches an SGI of either group, the other two Group 0 alone. */
static bool group_forbids(const gic_distributor_t *dist, const gic_packet_t *packet, const gic_redist_t *redist)
{
    return packet->group == GIC_GROUP_0 && bit_get(redist->bank.group, packet->intid) &&
           !GIC_HAS_FAULT(dist, ANY_GROUP);
}

static void pend_sgi(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet, unsigned core)
{
    gic_redist_t *redist = &dist->redist[core];
    uint32_t bit = UINT32_C(1) << packet->intid;
    if (group_forbids(dist, packet, redist)) {
        dist->stats.sgi_group_mismatches++;
        return;
    }
    dist->stats.sgi_deliveries++;
    if (GIC_HAS_FAULT(dist, ACTIVE_NOT_REPENDED) && (redist->bank.active & bit))
        return;
    if (redist->bank.latch & bit) {
        dist->stats.sgi_merged++;
        return;
    }
    redist->bank.latch |= bit;
    redist->sgi[packet->intid] = (gic_sgi_origin_t){.source = packet->source,
                                                    .pc = packet->pc,
                                                    .sgi_write_ps = packet->sgi_write_ps,
                                                    .distributor_ps = now_ps,
                                                    .pending_ps = now_ps + dist->config.route_ps};
    pending_changed(dist, core, packet->intid, now_ps);
}

static void route_sgi(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet)
{
    uint32_t targets = 0;
    for (unsigned core = 0; core < dist->config.cores; core++) {
        if (!gic_route_sgi_targets(dist, packet, core))
            continue;
        targets++;
        pend_sgi(dist, now_ps, packet, core);
    }
    dist->stats.sgi_requests++;
    const gic_packet_t ack = {.kind = GIC_PACKET_GENERATE_SGI_ACK, .intid = packet->intid, .value = targets};
    gic_redist_send(dist, packet->source, now_ps, dist->config.route_ps, &ack);
}

/* --- wires --- */

static void drive_wire(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet)
{
    bool private = packet->intid >= GIC_PPI_FIRST && packet->intid < GIC_SPI_FIRST;
    if (private != (packet->source < dist->config.cores) || packet->intid < GIC_PPI_FIRST ||
        packet->intid >= GIC_SPI_FIRST + dist->config.spis)
        base_bug("wire of INTID %u from core %u: no such input of the interrupt controller", packet->intid,
                 packet->source);
    uint32_t bit;
    gic_bank_t *bank = gic_bank_of(dist, packet->source, packet->intid, &bit);
    dist->stats.wire_changes++;
    if (GIC_HAS_FAULT(dist, ACTIVE_NOT_REPENDED) && (bank->active & bit & bank->edge))
        bank->wire |= bit; /* the edge detector then sees no rise */
    gic_bank_drive(bank, bit, packet->level);
    pending_changed(dist, packet->source, packet->intid, now_ps);
}

/* --- answers of CPU interfaces to Set and Clear --- */

static void settle(gic_distributor_t *dist, const gic_packet_t *packet, gic_bank_t *bank, uint32_t bit)
{
    gic_redist_t *redist = &dist->redist[packet->source];
    bank->presented &= ~bit;
    if (redist->current == packet->intid)
        redist->current = GIC_INTID_NONE;
}

static void activate(gic_distributor_t *dist, const gic_packet_t *packet, gic_bank_t *bank, uint32_t bit)
{
    dist->stats.activates++;
    bool crossed = bank->clearing & bit;
    settle(dist, packet, bank, bit);
    if (crossed && GIC_HAS_FAULT(dist, CLEAR_LOSES_ACTIVATE))
        return;
    bank->latch &= ~bit;
    bank->active |= bit;
    if (GIC_HAS_FAULT(dist, LEVEL_AS_EDGE))
        bank->wire &= ~bit;
}

static void deactivate(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet, gic_bank_t *bank,
                       uint32_t bit)
{
    dist->stats.deactivates++;
    if (!(bank->active & bit))
        observe_guest_error(&dist->log, now_ps, packet->source, packet->pc,
                            "deactivates INTID %u, which is not active: ignored", packet->intid);
    bank->active &= ~bit;
}

static void acknowledge(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet, gic_packet_kind_t kind)
{
    const gic_packet_t ack = {.kind = (uint8_t)kind, .intid = packet->intid};
    gic_redist_send(dist, packet->source, now_ps, 0, &ack);
}

static void clear_answered(gic_redist_t *redist)
{
    redist->clears--;
    redist->declining = redist->declining && redist->clears;
}

static void interrupt_packet(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet)
{
    uint32_t limit = GIC_SPI_FIRST + dist->config.spis;
    if (packet->kind == GIC_PACKET_CLEAR_ACK)
        clear_answered(&dist->redist[packet->source]);
    if (packet->intid >= GIC_LPI_FIRST && dist->config.its_base) {
        dist->its.now_ps = now_ps;
        gic_lpi_packet(dist, packet);
        if (packet->kind == GIC_PACKET_ACTIVATE)
            acknowledge(dist, now_ps, packet, GIC_PACKET_ACTIVATE_ACK);
        gic_redist_refresh(dist, packet->source, now_ps, 0);
        gic_its_run(dist, now_ps);
        return;
    }
    if (packet->intid >= limit) {
        /* Only a Deactivate carries a number that the guest chose. */
        observe_guest_error(&dist->log, now_ps, packet->source, packet->pc,
                            "deactivates INTID %u, but the last one is %u: ignored", packet->intid, limit - 1);
        acknowledge(dist, now_ps, packet, GIC_PACKET_DEACTIVATE_ACK);
        return;
    }
    uint32_t bit;
    gic_bank_t *bank = gic_bank_of(dist, packet->source, packet->intid, &bit);
    switch (packet->kind) {
    case GIC_PACKET_ACTIVATE:
        activate(dist, packet, bank, bit);
        acknowledge(dist, now_ps, packet, GIC_PACKET_ACTIVATE_ACK);
        break;
    case GIC_PACKET_DEACTIVATE:
        deactivate(dist, now_ps, packet, bank, bit);
        acknowledge(dist, now_ps, packet, GIC_PACKET_DEACTIVATE_ACK);
        break;
    case GIC_PACKET_RELEASE:
        dist->stats.releases++;
        settle(dist, packet, bank, bit);
        break;
    default: /* Clear Acknowledge: what Activate or Release did not settle before it, it settles */
        bank->presented &= ~bit;
        bank->clearing &= ~bit;
        break;
    }
    gic_redist_refresh(dist, packet->source, now_ps, 0);
    gic_redist_refresh_interrupt(dist, packet->source, packet->intid, now_ps, 0);
}

static void upstream_control(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet)
{
    dist->redist[packet->source].interface_groups = packet->value;
    acknowledge(dist, now_ps, packet, GIC_PACKET_UPSTREAM_CONTROL_ACK);
    gic_redist_refresh_all(dist, now_ps); /* 1-of-N interrupts may move */
}

static void receive_packet(gic_distributor_t *dist, uint64_t now_ps, const gic_packet_t *packet)
{
    if (packet->kind != GIC_PACKET_WIRE && packet->source >= dist->config.cores)
        base_bug("%s from core %u, of %u", gic_packet_name(packet->kind), packet->source, dist->config.cores);
    switch (packet->kind) {
    case GIC_PACKET_ACTIVATE:
    case GIC_PACKET_RELEASE:
    case GIC_PACKET_DEACTIVATE:
    case GIC_PACKET_CLEAR_ACK: interrupt_packet(dist, now_ps, packet); break;
    case GIC_PACKET_GENERATE_SGI: route_sgi(dist, now_ps, packet); break;
    case GIC_PACKET_UPSTREAM_CONTROL: upstream_control(dist, now_ps, packet); break;
    case GIC_PACKET_QUIESCE_ACK:
    case GIC_PACKET_DOWNSTREAM_CONTROL_ACK: gic_redist_handshake_done(dist, packet->source, now_ps); break;
    case GIC_PACKET_WIRE: drive_wire(dist, now_ps, packet); break;
    default: base_bug("the distributor receives '%s' (kind %u)", gic_packet_name(packet->kind), packet->kind);
    }
}

/* --- the component --- */

void gic_distributor_run(void *self, uint64_t end_ps)
{
    gic_distributor_t *dist = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(dist->component, end_ps))) {
        if (gic_is_packet(message->payload)) {
            gic_packet_t packet;
            memcpy(&packet, message->payload, sizeof(packet));
            receive_packet(dist, message->arrival_ps, &packet);
        } else {
            chi_message_t request;
            memcpy(&request, message->payload, sizeof(request));
            if (request.source == CHI_SOURCE_IO)
                interconnect_dma_receive(dist->its.dma, message->arrival_ps, &request);
            else
                gic_register_access(dist, message->arrival_ps, &request);
        }
    }
}
