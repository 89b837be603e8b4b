/* LPIs in the redistributors (IHI 0069 chapter 6): pending ones, their configuration, and presenting them. */
#include "base/bits.h"
#include "gic/internal.h"
#include "gic/its.h"

/* --- configuration --- */

static uint16_t config_of(const gic_distributor_t *dist, uint32_t intid)
{
    return dist->its.lpi_known[intid - GIC_LPI_FIRST];
}

static uint8_t priority_of(const gic_distributor_t *dist, uint32_t intid)
{
    return GIC_HAS_FAULT(dist, LPI_PRIORITY_IGNORED) ? 0xa0 : (uint8_t)(config_of(dist, intid) & GIC_PRIORITY_MASK);
}

static void need_config(gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    if (!config_of(dist, intid))
        gic_its_add_work(dist, (gic_its_work_t){.kind = GIC_ITS_LOAD_CONFIG, .core = core, .event = intid});
}

/* --- the LPIs of a redistributor --- */

static gic_lpi_t *find(const gic_redist_t *redist, uint32_t intid)
{
    unsigned place = redist->lpi_place ? redist->lpi_place[intid - GIC_LPI_FIRST] : 0;
    return place ? &g_array_index(redist->lpis, gic_lpi_t, place - 1) : NULL;
}

static gic_lpi_t *find_or_add(gic_redist_t *redist, uint32_t intid)
{
    if (!find(redist, intid)) {
        const gic_lpi_t fresh = {.intid = intid, .moving_to = GIC_NO_CORE};
        g_array_append_val(redist->lpis, fresh);
        redist->lpi_place[intid - GIC_LPI_FIRST] = (uint16_t)redist->lpis->len;
    }
    return find(redist, intid);
}

static void forget_if_idle(gic_redist_t *redist, gic_lpi_t *lpi)
{
    if (lpi->pending || lpi->presented || lpi->clearing)
        return;
    const gic_lpi_t last = g_array_index(redist->lpis, gic_lpi_t, redist->lpis->len - 1);
    redist->lpi_place[last.intid - GIC_LPI_FIRST] = redist->lpi_place[lpi->intid - GIC_LPI_FIRST];
    redist->lpi_place[lpi->intid - GIC_LPI_FIRST] = 0;
    *lpi = last;
    g_array_set_size(redist->lpis, redist->lpis->len - 1);
}

/* --- choosing --- */

static bool may_be_presented(const gic_distributor_t *dist, const gic_redist_t *redist, const gic_lpi_t *lpi)
{
    return lpi->pending && !lpi->presented && !lpi->clearing && redist->ctlr & GICR_CTLR_ENABLE_LPIS &&
           config_of(dist, lpi->intid) & GIC_LPI_CONFIG_ENABLED;
}

static bool comes_before(const gic_distributor_t *dist, uint32_t intid, uint32_t other)
{
    uint8_t priority = priority_of(dist, intid);
    return other == GIC_INTID_NONE || priority < priority_of(dist, other) ||
           (priority == priority_of(dist, other) && intid < other);
}

/* After a change of one LPI: it may now be the first, or no longer. */
static void reconsider(const gic_distributor_t *dist, gic_redist_t *redist, const gic_lpi_t *lpi)
{
    if (!redist->lpi_first_known)
        return;
    if (lpi->intid == redist->lpi_first)
        redist->lpi_first_known = false;
    else if (may_be_presented(dist, redist, lpi) && comes_before(dist, lpi->intid, redist->lpi_first))
        redist->lpi_first = lpi->intid;
}

uint32_t gic_lpi_highest(gic_distributor_t *dist, unsigned core, uint8_t *ret_priority)
{
    gic_redist_t *redist = &dist->redist[core];
    if (!redist->lpis || !redist->lpis->len)
        return GIC_INTID_NONE;
    if (!redist->lpi_first_known) {
        redist->lpi_first = GIC_INTID_NONE;
        redist->lpi_first_known = true;
        for (guint i = 0; i < redist->lpis->len; i++)
            reconsider(dist, redist, &g_array_index(redist->lpis, gic_lpi_t, i));
    }
    if (redist->lpi_first != GIC_INTID_NONE)
        *ret_priority = priority_of(dist, redist->lpi_first);
    return redist->lpi_first;
}

void gic_lpi_set_config(gic_distributor_t *dist, uint32_t intid, uint8_t config)
{
    dist->its.lpi_known[intid - GIC_LPI_FIRST] = GIC_LPI_CONFIG_KNOWN | config;
    for (unsigned core = 0; core < dist->config.cores; core++) {
        const gic_lpi_t *lpi = find(&dist->redist[core], intid);
        if (!lpi)
            continue;
        reconsider(dist, &dist->redist[core], lpi);
        gic_redist_refresh(dist, core, dist->its.now_ps, 0);
    }
}

void gic_lpi_forget_config(gic_distributor_t *dist)
{
    for (unsigned i = 0; i < GIC_LPI_COUNT; i++)
        dist->its.lpi_known[i] = 0;
    for (unsigned core = 0; core < dist->config.cores; core++) {
        const GArray *lpis = dist->redist[core].lpis;
        dist->redist[core].lpi_first_known = false;
        for (guint i = 0; i < lpis->len; i++)
            need_config(dist, core, g_array_index(lpis, gic_lpi_t, i).intid);
    }
    gic_redist_refresh_all(dist, dist->its.now_ps);
}

/* --- becoming pending, and no longer --- */

void gic_lpi_load(gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    gic_redist_t *redist = &dist->redist[core];
    gic_lpi_t *lpi = find_or_add(redist, intid);
    dist->stats.lpis_pended++;
    lpi->pending = true;
    need_config(dist, core, intid);
    reconsider(dist, redist, lpi);
}

void gic_lpi_pend(gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    gic_redist_t *redist = &dist->redist[core];
    uint16_t config = config_of(dist, intid);
    bool lost = GIC_HAS_FAULT(dist, LPI_LOST_WHILE_DISABLED) && config && !(config & GIC_LPI_CONFIG_ENABLED);
    if (!(redist->ctlr & GICR_CTLR_ENABLE_LPIS) || intid >= gic_lpi_limit(dist, core) || lost) {
        dist->stats.lpis_dropped++;
        return;
    }
    gic_lpi_load(dist, core, intid);
    gic_redist_refresh(dist, core, dist->its.now_ps, 0);
}

void gic_lpi_clear(gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    gic_redist_t *redist = &dist->redist[core];
    gic_lpi_t *lpi = find(redist, intid);
    if (!lpi)
        return;
    lpi->pending = false;
    lpi->moving_to = GIC_NO_CORE;
    reconsider(dist, redist, lpi);
    forget_if_idle(redist, lpi);
    gic_redist_refresh(dist, core, dist->its.now_ps, 0);
}

/* What is with the CPU interface has to be withdrawn first, so that no two cores take it. */
void gic_lpi_move(gic_distributor_t *dist, unsigned from, unsigned to, uint32_t intid)
{
    gic_redist_t *redist = &dist->redist[from];
    gic_lpi_t *lpi = find(redist, intid);
    if (from == to || !lpi || !lpi->pending || GIC_HAS_FAULT(dist, MOVE_LEAVES_PENDING))
        return;
    if (lpi->presented || lpi->clearing) {
        lpi->moving_to = (uint16_t)to;
        gic_redist_refresh(dist, from, dist->its.now_ps, 0);
        return;
    }
    lpi->pending = false;
    reconsider(dist, redist, lpi);
    forget_if_idle(redist, lpi);
    gic_lpi_pend(dist, to, intid);
}

void gic_lpi_move_all(gic_distributor_t *dist, unsigned from, unsigned to)
{
    const GArray *lpis = dist->redist[from].lpis;
    if (from == to)
        return;
    for (guint i = lpis->len; i-- > 0;) /* a move may take the last one's place */
        gic_lpi_move(dist, from, to, g_array_index(lpis, gic_lpi_t, i).intid);
}

/* --- presenting --- */

bool gic_lpi_stands(const gic_distributor_t *dist, unsigned core)
{
    const gic_redist_t *redist = &dist->redist[core];
    const gic_lpi_t *lpi = find(redist, redist->current);
    return lpi && lpi->pending && lpi->moving_to == GIC_NO_CORE && bit_get(dist->ctlr, GIC_GROUP_1) &&
           redist->ctlr & GICR_CTLR_ENABLE_LPIS && config_of(dist, redist->current) & GIC_LPI_CONFIG_ENABLED &&
           priority_of(dist, redist->current) == redist->current_priority;
}

bool gic_lpi_any_presented(const gic_distributor_t *dist, unsigned core)
{
    const GArray *lpis = dist->redist[core].lpis;
    for (guint i = 0; lpis && i < lpis->len; i++) {
        const gic_lpi_t *lpi = &g_array_index(lpis, gic_lpi_t, i);
        if (lpi->presented || lpi->clearing)
            return true;
    }
    return false;
}

void gic_lpi_mark(gic_distributor_t *dist, unsigned core, uint32_t intid, bool clearing)
{
    gic_redist_t *redist = &dist->redist[core];
    gic_lpi_t *lpi = find(redist, intid);
    *(clearing ? &lpi->clearing : &lpi->presented) = true;
    reconsider(dist, redist, lpi);
}

/* --- GICR_CTLR.EnableLPIs --- */

void gic_lpi_enable(gic_distributor_t *dist, unsigned core)
{
    gic_redist_t *redist = &dist->redist[core];
    redist->ctlr |= GICR_CTLR_ENABLE_LPIS;
    redist->lpi_first_known = false;
    if (!redist->pending_table_zero)
        gic_its_add_work(dist, (gic_its_work_t){.kind = GIC_ITS_LOAD_PENDING, .core = core});
}

static void store_once_withdrawn(gic_distributor_t *dist, unsigned core)
{
    gic_redist_t *redist = &dist->redist[core];
    if (redist->lpis_stop != GIC_LPIS_WITHDRAWING || gic_lpi_any_presented(dist, core))
        return;
    redist->lpis_stop = GIC_LPIS_STORING;
    gic_its_add_work(dist, (gic_its_work_t){.kind = GIC_ITS_STORE_PENDING, .core = core});
}

void gic_lpi_disable(gic_distributor_t *dist, unsigned core)
{
    gic_redist_t *redist = &dist->redist[core];
    redist->ctlr &= ~GICR_CTLR_ENABLE_LPIS;
    redist->lpi_first_known = false;
    redist->lpis_stop = GIC_LPIS_WITHDRAWING;
    gic_redist_refresh(dist, core, dist->its.now_ps, 0);
    store_once_withdrawn(dist, core);
}

void gic_lpi_pending_bits(const gic_distributor_t *dist, unsigned core, uint8_t *bytes)
{
    const GArray *lpis = dist->redist[core].lpis;
    for (guint i = 0; i < lpis->len; i++) {
        const gic_lpi_t *lpi = &g_array_index(lpis, gic_lpi_t, i);
        uint32_t bit = lpi->intid - GIC_LPI_FIRST;
        bytes[bit / 8] |= (uint8_t)(lpi->pending << bit % 8);
    }
}

void gic_lpi_stored(gic_distributor_t *dist, unsigned core)
{
    gic_redist_t *redist = &dist->redist[core];
    for (guint i = 0; i < redist->lpis->len; i++)
        redist->lpi_place[g_array_index(redist->lpis, gic_lpi_t, i).intid - GIC_LPI_FIRST] = 0;
    g_array_set_size(redist->lpis, 0);
    redist->lpis_stop = GIC_LPIS_STOPPED;
    gic_lpi_forget_config(dist); /* the table may be another one when LPIs are enabled again */
}

/* --- answers of the CPU interface --- */

void gic_lpi_packet(gic_distributor_t *dist, const gic_packet_t *packet)
{
    unsigned core = packet->source, to;
    gic_redist_t *redist = &dist->redist[core];
    gic_lpi_t *lpi = find(redist, packet->intid);
    if (!lpi)
        return; /* only a Deactivate can come for one that is idle, and LPIs are never active */
    if (packet->kind == GIC_PACKET_ACTIVATE) {
        dist->stats.activates++;
        lpi->pending = GIC_HAS_FAULT(dist, LPI_STAYS_PENDING);
    }
    lpi->presented = false;
    if (packet->kind == GIC_PACKET_CLEAR_ACK)
        lpi->clearing = false;
    else if (redist->current == packet->intid)
        redist->current = GIC_INTID_NONE;
    reconsider(dist, redist, lpi);
    to = lpi->moving_to;
    if (to != GIC_NO_CORE && !lpi->clearing) {
        lpi->moving_to = GIC_NO_CORE;
        gic_lpi_move(dist, core, to, packet->intid);
    } else {
        forget_if_idle(redist, lpi);
    }
    store_once_withdrawn(dist, core);
}
