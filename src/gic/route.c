/* Affinity routing of SGIs and SPIs (IHI 0069 section 2.3). */
#include "base/bits.h"
#include "gic/internal.h"

bool gic_route_sgi_targets(const gic_distributor_t *dist, const gic_packet_t *packet, unsigned core)
{
    uint64_t request = packet->sgi;
    /* ICC_SGI1R_EL1.IRM = 1: all PEs but the sender. */
    if (bit_get(request, 40))
        return core != packet->source || GIC_HAS_FAULT(dist, BROADCAST_TO_SELF);

    uint32_t affinity = dist->redist[core].affinity;
    unsigned aff0 = affinity & 0xff;
    unsigned range = GIC_HAS_FAULT(dist, NO_RANGE_SELECTOR) ? 0 : (unsigned)bits_get(request, 44, 4);
    bool same_aff1 = ((affinity >> 8) & 0xff) == bits_get(request, 16, 8);
    bool same_cluster = (same_aff1 || GIC_HAS_FAULT(dist, NO_AFFINITY_1)) &&
                        ((affinity >> 16) & 0xff) == bits_get(request, 32, 8) &&
                        affinity >> 24 == bits_get(request, 48, 8);
    /* RS selects which 16 values of Aff0 the target list means. */
    return same_cluster && aff0 / 16 == range && bit_get(request, aff0 % 16);
}

/* Section 2.3.2: cores that take 1-of-N interrupts of this group. A core takes part while its redistributor is awake,
 * its interface has the group enabled, and GICR_CTLR.DPG* does not exclude it. */
static bool participates(const gic_distributor_t *dist, unsigned core, unsigned group)
{
    const gic_redist_t *redist = &dist->redist[core];
    uint32_t excluded = group == GIC_GROUP_0 ? GICR_CTLR_DPG0 : GICR_CTLR_DPG1NS;
    return redist->power == GIC_REDIST_AWAKE && bit_get(redist->interface_groups, group) && !(redist->ctlr & excluded);
}

static unsigned group_of_spi(const gic_distributor_t *dist, uint32_t spi)
{
    return bit_get(dist->spi[spi / GIC_BANK_INTERRUPTS].group, spi % GIC_BANK_INTERRUPTS);
}

bool gic_route_allows(const gic_distributor_t *dist, uint32_t intid, unsigned core)
{
    uint32_t spi = intid - GIC_SPI_FIRST;
    uint64_t route = dist->irouter[spi];
    if (route & GICD_IROUTER_IRM)
        return participates(dist, core, group_of_spi(dist, spi));
    uint32_t compared = GIC_HAS_FAULT(dist, SPI_BY_AFF0) ? 0xff : UINT32_MAX;
    return !((dist->redist[core].affinity ^ gic_affinity(route)) & compared);
}

unsigned gic_route_target(const gic_distributor_t *dist, uint32_t intid)
{
    for (unsigned core = 0; core < dist->config.cores; core++)
        if (gic_route_allows(dist, intid, core))
            return core;
    return GIC_NO_CORE;
}
