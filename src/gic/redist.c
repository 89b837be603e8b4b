/* The redistributors: what each presents to its CPU interface, and sleep (IHI 0069 sections 4.1, 4.8 and 11.1). */
#include "base/bits.h"
#include "gic/internal.h"

void gic_redist_send(gic_distributor_t *dist, unsigned core, uint64_t now_ps, uint64_t delay_ps,
                     const gic_packet_t *packet)
{
    engine_link_send(dist->redist[core].to_core, now_ps, delay_ps, packet, sizeof(*packet), 1);
}

/* Groups that GICD_CTLR and the CPU interface both enable. A Set of another group would only come back. */
static unsigned groups_forwarded(const gic_distributor_t *dist, unsigned core)
{
    return dist->ctlr & dist->redist[core].interface_groups;
}

/* --- choosing --- */

static uint32_t candidates(const gic_distributor_t *dist, const gic_bank_t *bank, unsigned groups)
{
    if (GIC_HAS_FAULT(dist, ACTIVE_FORWARDED))
        return gic_bank_pending(bank) & gic_bank_forwarding(bank, groups);
    return gic_bank_candidates(bank, groups);
}

typedef struct choice {
    uint32_t intid;
    uint8_t priority;
} choice_t;

/* Takes the best of `bits` of a bank whose first interrupt is `first`; equal priorities: the lowest INTID. */
static void choose(const gic_bank_t *bank, uint32_t bits, uint32_t first, choice_t *best)
{
    for (; bits; bits &= bits - 1) {
        unsigned i = (unsigned)__builtin_ctz(bits);
        if (best->intid == GIC_INTID_NONE || bank->priority[i] < best->priority)
            *best = (choice_t){first + i, bank->priority[i]};
    }
}

static bool spi_goes_to(const gic_distributor_t *dist, uint32_t intid, unsigned core)
{
    if (GIC_HAS_FAULT(dist, SPI_TO_ALL))
        return gic_route_allows(dist, intid, core);
    return gic_route_target(dist, intid) == core;
}

static choice_t highest_pending(gic_distributor_t *dist, unsigned core, unsigned groups)
{
    const gic_redist_t *redist = &dist->redist[core];
    choice_t best = {.intid = GIC_INTID_NONE};
    choose(&redist->bank, candidates(dist, &redist->bank, groups) & ~redist->bank.presented & ~redist->bank.clearing, 0,
           &best);
    for (unsigned i = 0; i < dist->config.spis / GIC_BANK_INTERRUPTS; i++) {
        const gic_bank_t *bank = &dist->spi[i];
        uint32_t first = GIC_SPI_FIRST + i * GIC_BANK_INTERRUPTS;
        uint32_t taken = bank->presented | bank->clearing; /* by this core or, so that no two take it, by another */
        if (GIC_HAS_FAULT(dist, SPI_TO_ALL))
            taken = 0;
        for (uint32_t bits = candidates(dist, bank, groups) & ~taken; bits; bits &= bits - 1)
            if (spi_goes_to(dist, first + (uint32_t)__builtin_ctz(bits), core))
                choose(bank, bits & -bits, first, &best);
    }
    choice_t lpi = {0};
    if (groups & 1 << GIC_GROUP_1)
        lpi.intid = gic_lpi_highest(dist, core, &lpi.priority);
    if (lpi.intid && lpi.intid != GIC_INTID_NONE && (best.intid == GIC_INTID_NONE || lpi.priority < best.priority))
        best = lpi;
    return best;
}

/* Whether what was presented last should still be with the CPU interface, as it was presented. An interface that
 * disables a group gives its interrupt back by itself. */
static bool current_stands(gic_distributor_t *dist, unsigned core)
{
    const gic_redist_t *redist = &dist->redist[core];
    uint32_t intid = redist->current, bit;
    if (intid >= GIC_LPI_FIRST)
        return gic_lpi_stands(dist, core);
    const gic_bank_t *bank = gic_bank_of(dist, core, intid, &bit);
    return (candidates(dist, bank, dist->ctlr) & bit) &&
           bank->priority[intid % GIC_BANK_INTERRUPTS] == redist->current_priority &&
           ((bank->group & bit) != 0) == redist->current_group &&
           (intid < GIC_SPI_FIRST || gic_route_allows(dist, intid, core));
}

/* --- presenting --- */

static void clear_current(gic_distributor_t *dist, unsigned core, uint64_t now_ps, uint64_t delay_ps)
{
    gic_redist_t *redist = &dist->redist[core];
    uint32_t bit;
    const gic_packet_t clear = {.kind = GIC_PACKET_CLEAR, .intid = redist->current};
    if (redist->current >= GIC_LPI_FIRST)
        gic_lpi_mark(dist, core, redist->current, true);
    else
        gic_bank_of(dist, core, redist->current, &bit)->clearing |= bit;
    redist->current = GIC_INTID_NONE;
    redist->clears++;
    dist->stats.clears++;
    gic_redist_send(dist, core, now_ps, delay_ps + dist->config.redistributor_ps, &clear);
}

/* The Set of an interrupt, which counts as presented from now on. */
static gic_packet_t present(gic_distributor_t *dist, unsigned core, const choice_t *choice)
{
    gic_packet_t packet = {.kind = GIC_PACKET_SET,
                           .group = GIC_GROUP_1, /* LPIs are */
                           .priority = choice->priority,
                           .source = GIC_NO_CORE,
                           .intid = choice->intid};
    if (choice->intid >= GIC_LPI_FIRST) {
        gic_lpi_mark(dist, core, choice->intid, false);
        return packet;
    }
    uint32_t bit;
    gic_bank_t *bank = gic_bank_of(dist, core, choice->intid, &bit);
    bank->presented |= bit;
    packet.group = (bank->group & bit) != 0;
    return packet;
}

static void set(gic_distributor_t *dist, unsigned core, const choice_t *choice, uint64_t now_ps, uint64_t delay_ps)
{
    uint32_t intid = choice->intid;
    gic_packet_t packet = present(dist, core, choice);
    gic_redist_t *redist = &dist->redist[core];
    if (intid < GIC_SGI_COUNT) {
        const gic_sgi_origin_t *origin = &redist->sgi[intid];
        packet.source = origin->source;
        packet.pc = origin->pc;
        packet.sgi_write_ps = origin->sgi_write_ps;
        packet.distributor_ps = origin->distributor_ps;
        packet.pending_ps = origin->pending_ps;
    }
    redist->current = intid;
    redist->current_priority = packet.priority;
    redist->current_group = packet.group;
    dist->stats.sets++;
    gic_redist_send(dist, core, now_ps, delay_ps + dist->config.redistributor_ps, &packet);
}

/* Section 11.1: a sleeping redistributor with an interrupt that the distributor would forward to its core asks for the
 * core to be powered. The interface's enables do not count, as it may be off. 1-of-N interrupts wake nobody. */
static void request_wake(gic_distributor_t *dist, unsigned core, uint64_t now_ps, uint64_t delay_ps)
{
    gic_redist_t *redist = &dist->redist[core];
    if (redist->power != GIC_REDIST_ASLEEP || redist->wake_requested || GIC_HAS_FAULT(dist, NO_WAKE_REQUEST) ||
        highest_pending(dist, core, dist->ctlr).intid == GIC_INTID_NONE)
        return;
    const gic_packet_t request = {.kind = GIC_PACKET_WAKE_REQUEST};
    redist->wake_requested = true;
    gic_redist_send(dist, core, now_ps, delay_ps + dist->config.redistributor_ps, &request);
}

void gic_redist_refresh(gic_distributor_t *dist, unsigned core, uint64_t now_ps, uint64_t delay_ps)
{
    gic_redist_t *redist = &dist->redist[core];
    if (redist->power != GIC_REDIST_AWAKE && !GIC_HAS_FAULT(dist, WAKES_SLEEPER)) {
        request_wake(dist, core, now_ps, delay_ps);
        return;
    }
    if (redist->current != GIC_INTID_NONE && !current_stands(dist, core))
        clear_current(dist, core, now_ps, delay_ps);
    choice_t best = highest_pending(dist, core, groups_forwarded(dist, core));
    if (best.intid == GIC_INTID_NONE)
        return;
    /* A second Set overrides the first: the CPU interface releases the lower one. */
    if (redist->current == GIC_INTID_NONE || best.priority < redist->current_priority)
        set(dist, core, &best, now_ps, delay_ps);
}

void gic_redist_refresh_interrupt(gic_distributor_t *dist, unsigned core, uint32_t intid, uint64_t now_ps,
                                  uint64_t delay_ps)
{
    if (intid < GIC_SPI_FIRST) {
        gic_redist_refresh(dist, core, now_ps, delay_ps);
        return;
    }
    for (unsigned holder = 0; holder < dist->config.cores; holder++)
        if (dist->redist[holder].current == intid)
            gic_redist_refresh(dist, holder, now_ps, delay_ps);
    unsigned target = gic_route_target(dist, intid);
    if (target != GIC_NO_CORE)
        gic_redist_refresh(dist, target, now_ps, delay_ps);
    if (GIC_HAS_FAULT(dist, SPI_TO_ALL))
        gic_redist_refresh_all(dist, now_ps);
}

void gic_redist_refresh_all(gic_distributor_t *dist, uint64_t now_ps)
{
    for (unsigned core = 0; core < dist->config.cores; core++)
        gic_redist_refresh(dist, core, now_ps, 0);
}

/* --- sleep --- */

void gic_redist_follow_sleep(gic_distributor_t *dist, unsigned core, uint64_t now_ps)
{
    gic_redist_t *redist = &dist->redist[core];
    gic_packet_t packet = {0};
    if (redist->power == GIC_REDIST_ASLEEP && !redist->processor_sleep) {
        redist->power = GIC_REDIST_WAKING;
        redist->wake_requested = false;
        packet.kind = GIC_PACKET_DOWNSTREAM_CONTROL;
    } else if (redist->power == GIC_REDIST_AWAKE && redist->processor_sleep) {
        redist->power = GIC_REDIST_QUIESCING;
        packet.kind = GIC_PACKET_QUIESCE;
    } else {
        return; /* the handshake under way comes first */
    }
    gic_redist_send(dist, core, now_ps, dist->config.redistributor_ps, &packet);
}

void gic_redist_handshake_done(gic_distributor_t *dist, unsigned core, uint64_t now_ps)
{
    gic_redist_t *redist = &dist->redist[core];
    redist->power = redist->power == GIC_REDIST_QUIESCING ? GIC_REDIST_ASLEEP : GIC_REDIST_AWAKE;
    gic_redist_follow_sleep(dist, core, now_ps);
    gic_redist_refresh_all(dist, now_ps); /* 1-of-N interrupts may move */
}

/* --- register writes pending --- */

static bool disabled_yet_presented(const gic_bank_t *bank, unsigned groups)
{
    return (bank->presented | bank->clearing) & ~gic_bank_forwarding(bank, groups);
}

bool gic_redist_write_pending(const gic_distributor_t *dist, unsigned core)
{
    const gic_redist_t *redist = &dist->redist[core];
    return disabled_yet_presented(&redist->bank, 3) || redist->declining || redist->lpis_stop != GIC_LPIS_STOPPED;
}

bool gic_dist_write_pending(const gic_distributor_t *dist)
{
    for (unsigned i = 0; i < dist->config.spis / GIC_BANK_INTERRUPTS; i++)
        if (disabled_yet_presented(&dist->spi[i], dist->ctlr))
            return true;
    for (unsigned core = 0; core < dist->config.cores; core++)
        if (disabled_yet_presented(&dist->redist[core].bank, dist->ctlr) ||
            (!bit_get(dist->ctlr, GIC_GROUP_1) && gic_lpi_any_presented(dist, core)))
            return true;
    return false;
}
