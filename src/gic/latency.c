/* Latency of inter-processor interrupts by phase and by sender. */
#include "gic/latency.h"

#include "base/time.h"

static const struct {
    const char *name, *description;
} phases[] = {
#define GIC_PHASE_ROW(id, name, description) {name, description},
    GIC_PHASES(GIC_PHASE_ROW)
#undef GIC_PHASE_ROW
};

const char *gic_phase_name(gic_phase_t phase)
{
    return phases[phase].name;
}

const char *gic_phase_description(gic_phase_t phase)
{
    return phases[phase].description;
}

static void count_pair(gic_pair_t *pair, uint64_t total_ps)
{
    if (!pair->count || total_ps < pair->minimum_ps)
        pair->minimum_ps = total_ps;
    if (total_ps > pair->maximum_ps)
        pair->maximum_ps = total_ps;
    pair->count++;
    pair->sum_ps += total_ps;
}

void gic_latency_acknowledged(gic_latency_t *latency, const gic_packet_t *set, uint64_t exception_ps, uint64_t now_ps)
{
    uint64_t total_ps = now_ps - set->sgi_write_ps;
    stats_histogram_add(&latency->phase[GIC_PHASE_REDISTRIBUTOR], set->pending_ps - set->sgi_write_ps);
    if (exception_ps != TIME_NEVER) {
        stats_histogram_add(&latency->phase[GIC_PHASE_ENTRY], exception_ps - set->pending_ps);
        stats_histogram_add(&latency->phase[GIC_PHASE_ACKNOWLEDGE], now_ps - exception_ps);
    }
    stats_histogram_add(&latency->phase[GIC_PHASE_TOTAL], total_ps);
    count_pair(&latency->pair[set->source], total_ps);
}

void gic_latency_ended(gic_latency_t *latency, uint64_t acknowledged_ps, uint64_t now_ps)
{
    stats_histogram_add(&latency->phase[GIC_PHASE_EOI], now_ps - acknowledged_ps);
}
