/* Registers every counter of the machine under its path. The tables of counters stand where the counters live; here are
 * only those of what has no table of its own. */
#include "cpu/core.h"
#include "gic/latency.h"
#include "machine/internal.h"

#include <glib.h>

#define MMU_COUNTER(field, description) STATS_COUNTER(mmu_stats_t, field, "count", description)
static const stats_counter_t mmu_counters[] = {
    MMU_COUNTER(micro_misses_fetch, "instruction micro-TLB misses"),
    MMU_COUNTER(micro_misses_data, "data micro-TLB misses"),
    MMU_COUNTER(l2_hits, "micro-TLB misses that hit the level-2 TLB"),
    MMU_COUNTER(walks, "translation-table walks"),
    MMU_COUNTER(walk_reads, "descriptors read by walks"),
    MMU_COUNTER(walk_waits, "times a walk waited for a descriptor"),
    MMU_COUNTER(walks_given_up, "waiting walks that TLB maintenance or a context change gave up"),
    MMU_COUNTER(invalidations, "TLB invalidations performed, for this core and for others"),
    MMU_COUNTER(break_before_make, "live translations changed without break-before-make"),
    {0},
};

static const stats_counter_t summary_counters[] = {
    STATS_COUNTER(machine_summary_t, count, "count", "interrupts measured"),
    STATS_COUNTER(machine_summary_t, minimum_ps, "ps", "the shortest"),
    STATS_COUNTER(machine_summary_t, median_ps, "ps", "the median, within 1/16"),
    STATS_COUNTER(machine_summary_t, p99_ps, "ps", "99 of 100 are not longer, within 1/16"),
    STATS_COUNTER(machine_summary_t, maximum_ps, "ps", "the longest"),
    STATS_COUNTER(machine_summary_t, sum_ps, "ps", "the sum of all"),
    {0},
};

/* A row of cpu_core_t.stalls: cycles by cause. */
#define STALL_COUNTER(id, name, text)                                                                                  \
    {name, "cycles", "cycles in which the core waited: " text, CPU_##id * sizeof(uint64_t)},
static const stats_counter_t stall_counters[] = {CPU_BLOCKS(STALL_COUNTER){0}};

static void add(machine_t *machine, unsigned core, const char *part, const stats_counter_t *counters, const void *base)
{
    char *path = g_strdup_printf("core%u%s", core, part);
    stats_add_group(machine->stats, path, counters, base);
    g_free(path);
}

static void register_core(machine_t *machine, unsigned index)
{
    machine_core_t *core = &machine->cores[index];
    add(machine, index, "", cpu_stats_counters, &core->cpu->stats);
    add(machine, index, ".l1d", cache_l1d_counters(), cache_l1d_stats(core->cpu->core->l1d));
    add(machine, index, ".mmu", mmu_counters, mmu_stats(core->cpu->mmu));
    add(machine, index, ".gic", gic_cpuif_counters, gic_cpuif_stats(core->gic));
    for (unsigned phase = 0; phase < GIC_PHASE_COUNT; phase++) {
        char *path = g_strdup_printf("core%u.ipi_latency.%s", index, gic_phase_name((gic_phase_t)phase));
        stats_add_gauges(machine->stats, path, summary_counters, &core->latency[phase]);
        g_free(path);
    }
    for (unsigned kind = 0; kind < CPU_STALL_KIND_COUNT; kind++) {
        char *part = g_strdup_printf(".stalls.%s", cpu_stall_kind_name((cpu_stall_kind_t)kind));
        add(machine, index, part, stall_counters, core->cpu->core->stalls[kind]);
        g_free(part);
    }
}

void machine_counters_register(machine_t *machine)
{
    for (unsigned core = 0; core < machine->config.cores; core++)
        register_core(machine, core);
    stats_add_gauges(machine->stats, "ipi_latency.total", summary_counters, &machine->ipi_latency);
    stats_add_group(machine->stats, "cluster", cache_cluster_counters(), cache_cluster_stats(machine->cluster));
    stats_add_group(machine->stats, "memory", interconnect_system_counters(),
                    interconnect_system_stats(machine->system));
    stats_add_group(machine->stats, "gic", gic_distributor_counters, gic_distributor_stats(machine->gic));
    stats_add_group(machine->stats, "power", device_power_counters, device_power_stats(machine->power));
    stats_add_group(machine->stats, "virtio", device_virtio_counters, device_virtio_stats(machine->virtio));
    stats_add_group(machine->stats, "uart", device_pl011_counters, device_pl011_stats(machine->uart));
    stats_add_group(machine->stats, "rtc", device_pl031_counters, device_pl031_stats(machine->rtc));
    stats_add_group(machine->stats, "gpio", device_pl061_counters, device_pl061_stats(machine->gpio));
}

static machine_summary_t summarise(const stats_histogram_t *histogram)
{
    return (machine_summary_t){
        .count = histogram->count,
        .minimum_ps = histogram->count ? histogram->minimum : 0,
        .median_ps = stats_histogram_quantile(histogram, 500),
        .p99_ps = stats_histogram_quantile(histogram, 990),
        .maximum_ps = histogram->maximum,
        .sum_ps = histogram->sum,
    };
}

/* Adds a histogram to that of all cores. */
static void merge(stats_histogram_t *all, const stats_histogram_t *histogram)
{
    if (!histogram->count)
        return;
    all->minimum = all->count ? MIN(all->minimum, histogram->minimum) : histogram->minimum;
    all->maximum = MAX(all->maximum, histogram->maximum);
    all->count += histogram->count;
    all->sum += histogram->sum;
    for (unsigned bucket = 0; bucket < STATS_HISTOGRAM_BUCKETS; bucket++)
        all->buckets[bucket] += histogram->buckets[bucket];
}

void machine_counters_settle(machine_t *machine)
{
    stats_histogram_t all = {0};
    for (unsigned index = 0; index < machine->config.cores; index++) {
        machine_core_t *core = &machine->cores[index];
        cpu_core_settle(core->cpu, engine_now_ps(machine->engine));
        const gic_latency_t *latency = gic_cpuif_latency(core->gic);
        for (unsigned phase = 0; phase < GIC_PHASE_COUNT; phase++)
            core->latency[phase] = summarise(&latency->phase[phase]);
        merge(&all, &latency->phase[GIC_PHASE_TOTAL]);
    }
    machine->ipi_latency = summarise(&all);
}

void machine_counters_reset(machine_t *machine)
{
    for (unsigned core = 0; core < machine->config.cores; core++) {
        cpu_profile_t *profile = &machine->cores[core].cpu->core->profile;
        gic_cpuif_forget_latency(machine->cores[core].gic);
        cpu_profile_done(profile);
        cpu_profile_init(profile);
    }
    machine_counters_settle(machine);
    stats_reset(machine->stats);
    machine->counters_reset = true;
    machine->counted_from_ps = engine_now_ps(machine->engine);
}
