/* LPIs in the redistributors (IHI 0069 chapter 6): pending ones, their configuration, and presenting them. */
#include "base/bits.h"
#include "gic/internal.h"
#include "gic/its.h"

/* --- configuration --- */

uint32_t gic_lpi_limit(const gic_distributor_t *dist, unsigned core)
{
    unsigned bits = (unsigned)bits_get(dist->redist[core].propbaser, 0, 5) + 1;
    uint32_t limit = bits < 16 ? UINT32_C(1) << bits : GIC_LPI_LIMIT;
    return limit > GIC_LPI_FIRST ? limit : GIC_LPI_FIRST; /* fewer than 14 bits: no LPIs */
}

uint64_t gic_lpi_config_address(const gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    const gic_redist_t *redist = &dist->redist[core];
    if (!(redist->ctlr & GICR_CTLR_ENABLE_LPIS) || intid >= gic_lpi_limit(dist, core))
        return 0;
    return (redist->propbaser & GITS_ADDRESS) + (intid - GIC_LPI_FIRST);
}

static uint16_t config_of(const gic_distributor_t *dist, uint32_t intid)
{
    return dist->its.lpi_known[intid - GIC_LPI_FIRST];
}

static uint8_t priority_of(uint16_t config)
{
    return (uint8_t)(config & GIC_PRIORITY_MASK);
}

static void need_config(gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    if (!config_of(dist, intid))
        gic_its_add_work(dist, (gic_its_work_t){.kind = GIC_ITS_LOAD_CONFIG, .core = core, .event = intid});
}

void gic_lpi_set_config(gic_distributor_t *dist, uint32_t intid, uint8_t config)
{
    dist->its.lpi_known[intid - GIC_LPI_FIRST] = GIC_LPI_CONFIG_KNOWN | config;
    gic_redist_refresh_all(dist, dist->its.now_ps);
}

void gic_lpi_forget_config(gic_distributor_t *dist)
{
    for (unsigned i = 0; i < GIC_LPI_COUNT; i++)
        dist->its.lpi_known[i] = 0;
    for (unsigned core = 0; core < dist->config.cores; core++) {
        const GArray *lpis = dist->redist[core].lpis;
        for (guint i = 0; i < lpis->len; i++)
            need_config(dist, core, g_array_index(lpis, gic_lpi_t, i).intid);
    }
    gic_redist_refresh_all(dist, dist->its.now_ps);
}

/* --- the LPIs of a redistributor --- */

static gic_lpi_t *find(const gic_redist_t *redist, uint32_t intid)
{
    for (guint i = 0; redist->lpis && i < redist->lpis->len; i++)
        if (g_array_index(redist->lpis, gic_lpi_t, i).intid == intid)
            return &g_array_index(redist->lpis, gic_lpi_t, i);
    return NULL;
}

static void forget_if_idle(gic_redist_t *redist, const gic_lpi_t *lpi)
{
    if (!lpi->pending && !lpi->presented && !lpi->clearing)
        g_array_remove_index_fast(redist->lpis, (guint)(lpi - (const gic_lpi_t *)(void *)redist->lpis->data));
}

void gic_lpi_pend(gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    gic_redist_t *redist = &dist->redist[core];
    if (!(redist->ctlr & GICR_CTLR_ENABLE_LPIS) || intid >= gic_lpi_limit(dist, core)) {
        dist->stats.lpis_dropped++;
        return;
    }
    dist->stats.lpis_pended++;
    gic_lpi_t *lpi = find(redist, intid);
    if (!lpi) {
        const gic_lpi_t fresh = {.intid = intid, .moving_to = GIC_NO_CORE};
        g_array_append_val(redist->lpis, fresh);
        lpi = &g_array_index(redist->lpis, gic_lpi_t, redist->lpis->len - 1);
    }
    lpi->pending = true;
    need_config(dist, core, intid);
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
    forget_if_idle(redist, lpi);
    gic_redist_refresh(dist, core, dist->its.now_ps, 0);
}

/* What is with the CPU interface has to be withdrawn first, so that no two cores take it. */
void gic_lpi_move(gic_distributor_t *dist, unsigned from, unsigned to, uint32_t intid)
{
    gic_redist_t *redist = &dist->redist[from];
    gic_lpi_t *lpi = find(redist, intid);
    if (from == to || !lpi || !lpi->pending)
        return;
    if (lpi->presented || lpi->clearing) {
        lpi->moving_to = (uint16_t)to;
        gic_redist_refresh(dist, from, dist->its.now_ps, 0);
        return;
    }
    lpi->pending = false;
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

void gic_lpi_enable(gic_distributor_t *dist, unsigned core)
{
    gic_redist_t *redist = &dist->redist[core];
    redist->ctlr |= GICR_CTLR_ENABLE_LPIS;
    if (!redist->pending_table_zero)
        gic_its_add_work(dist, (gic_its_work_t){.kind = GIC_ITS_LOAD_PENDING, .core = core});
}

/* --- presenting --- */

uint32_t gic_lpi_highest(const gic_distributor_t *dist, unsigned core, uint8_t *ret_priority)
{
    const GArray *lpis = dist->redist[core].lpis;
    uint32_t best = GIC_INTID_NONE;
    for (guint i = 0; lpis && i < lpis->len; i++) {
        const gic_lpi_t *lpi = &g_array_index(lpis, gic_lpi_t, i);
        uint16_t config = config_of(dist, lpi->intid);
        if (!lpi->pending || lpi->presented || lpi->clearing || !(config & GIC_LPI_CONFIG_ENABLED))
            continue;
        uint8_t priority = priority_of(config);
        if (best != GIC_INTID_NONE && (priority > *ret_priority || (priority == *ret_priority && lpi->intid > best)))
            continue;
        best = lpi->intid;
        *ret_priority = priority;
    }
    return best;
}

bool gic_lpi_stands(const gic_distributor_t *dist, unsigned core)
{
    const gic_redist_t *redist = &dist->redist[core];
    const gic_lpi_t *lpi = find(redist, redist->current);
    uint16_t config = config_of(dist, redist->current);
    return lpi && lpi->pending && lpi->moving_to == GIC_NO_CORE && bit_get(dist->ctlr, GIC_GROUP_1) &&
           config & GIC_LPI_CONFIG_ENABLED && priority_of(config) == redist->current_priority;
}

void gic_lpi_mark(gic_distributor_t *dist, unsigned core, uint32_t intid, bool clearing)
{
    gic_lpi_t *lpi = find(&dist->redist[core], intid);
    *(clearing ? &lpi->clearing : &lpi->presented) = true;
}

void gic_lpi_packet(gic_distributor_t *dist, const gic_packet_t *packet)
{
    unsigned core = packet->source, to;
    gic_redist_t *redist = &dist->redist[core];
    gic_lpi_t *lpi = find(redist, packet->intid);
    if (!lpi)
        return; /* only a Deactivate can come for one that is idle, and LPIs are never active */
    if (packet->kind == GIC_PACKET_ACTIVATE) {
        dist->stats.activates++;
        lpi->pending = false;
    }
    lpi->presented = false;
    if (packet->kind == GIC_PACKET_CLEAR_ACK)
        lpi->clearing = false;
    else if (redist->current == packet->intid)
        redist->current = GIC_INTID_NONE;
    to = lpi->moving_to;
    if (to != GIC_NO_CORE && !lpi->clearing) {
        lpi->moving_to = GIC_NO_CORE;
        gic_lpi_move(dist, core, to, packet->intid);
    } else {
        forget_if_idle(redist, lpi);
    }
}
