/* The distributor's life: configuration, reset state, links, and what others ask of it. */
#include "base/bits.h"
#include "gic/distributor.h"
#include "gic/internal.h"
#include "interconnect/chi.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

const stats_counter_t gic_distributor_counters[] = {
#define GIC_DISTRIBUTOR_COUNTER(name, unit, description)                                                               \
    STATS_COUNTER(gic_distributor_stats_t, name, unit, description),
    GIC_DISTRIBUTOR_STATS(GIC_DISTRIBUTOR_COUNTER)
#undef GIC_DISTRIBUTOR_COUNTER
        {0},
};

static int check(const gic_config_t *config, base_error_t *error)
{
    if (config->cores < 1 || config->cores > CHI_MAX_CORES)
        return base_fail(error, -EINVAL, "interrupt controller for %u cores; choose 1 to %d", config->cores,
                         CHI_MAX_CORES);
    if (config->spis < GIC_BANK_INTERRUPTS || config->spis % GIC_BANK_INTERRUPTS ||
        config->spis > GIC_SPI_BANKS * GIC_BANK_INTERRUPTS)
        return base_fail(error, -EINVAL, "interrupt controller with %u SPIs; choose a multiple of 32 from 32 to %d",
                         config->spis, GIC_SPI_BANKS * GIC_BANK_INTERRUPTS);
    for (unsigned i = 0; i < config->cores; i++)
        for (unsigned j = 0; j < i; j++)
            if (gic_affinity(config->mpidr[i]) == gic_affinity(config->mpidr[j]))
                return base_fail(error, -EINVAL, "cores %u and %u have the same affinity; make them different", j, i);
    uint64_t gicr_end = config->gicr_base + (uint64_t)config->cores * GICR_BYTES_PER_CORE;
    if (config->gicd_base < gicr_end && config->gicr_base < config->gicd_base + GICD_FRAME_BYTES)
        return base_fail(error, -EINVAL,
                         "the GICD frame at 0x%" G_GINT64_MODIFIER "x overlaps the GICR frames; move one",
                         config->gicd_base);
    return 0;
}

/* Reset values that are not 0 (section 12.9 and 12.11): SGIs are edge-triggered, redistributors sleep. */
static void reset(gic_distributor_t *dist)
{
    for (unsigned core = 0; core < dist->config.cores; core++) {
        gic_redist_t *redist = &dist->redist[core];
        redist->affinity = gic_affinity(dist->config.mpidr[core]);
        redist->current = GIC_INTID_NONE;
        redist->bank.edge = (UINT32_C(1) << GIC_SGI_COUNT) - 1;
        redist->power = GIC_REDIST_ASLEEP;
        redist->processor_sleep = true;
    }
}

int gic_distributor_new(engine_t *engine, const gic_config_t *config, gic_distributor_t **ret_distributor,
                        base_error_t *error)
{
    static const engine_component_ops_t ops = {.run = gic_distributor_run};
    int result = check(config, error);
    if (result)
        return result;
    gic_distributor_t *dist = g_new0(gic_distributor_t, 1);
    dist->config = *config;
    dist->fault = config->fault;
    reset(dist);
    if (config->its_base)
        gic_its_init(dist);
    dist->config.mpidr = NULL; /* the caller's; affinities are copied */
    dist->component = engine_component_new(engine, "gic", &ops, dist);
    *ret_distributor = dist;
    return 0;
}

void gic_distributor_free(gic_distributor_t *distributor)
{
    if (!distributor)
        return;
    gic_its_done(distributor);
    g_free(distributor);
}

#if MESIM_FAULTS
void gic_distributor_inherit(gic_distributor_t *distributor, const gic_distributor_t *from)
{
    distributor->ctlr = from->ctlr;
    memcpy(distributor->spi, from->spi, sizeof(from->spi));
    memcpy(distributor->irouter, from->irouter, sizeof(from->irouter));
    for (unsigned core = 0; core < from->config.cores; core++)
        distributor->redist[core].bank = from->redist[core].bank;
}
#endif

engine_component_t *gic_distributor_component(gic_distributor_t *distributor)
{
    return distributor->component;
}

void gic_distributor_attach_core(gic_distributor_t *distributor, unsigned index, engine_link_t *to_core)
{
    distributor->redist[index].to_core = to_core;
}

void gic_distributor_attach_system(gic_distributor_t *distributor, engine_link_t *to_system)
{
    distributor->to_system = to_system;
}

interconnect_dma_t *gic_distributor_dma(gic_distributor_t *distributor)
{
    return distributor->its.dma;
}

void gic_distributor_attach_memory(gic_distributor_t *distributor, engine_link_t *to_system, uint32_t index)
{
    interconnect_dma_attach(distributor->its.dma, to_system, index);
}

const gic_distributor_stats_t *gic_distributor_stats(const gic_distributor_t *distributor)
{
    return &distributor->stats;
}

const observe_guest_log_t *gic_distributor_guest_log(const gic_distributor_t *distributor)
{
    return &distributor->log;
}
