/* What each event has counted so far. */
#include "cpu/pmu_events.h"

#include "cpu/core.h"

static uint64_t fills(const cache_l1d_stats_t *l1d)
{
    return l1d->fills_from_l2 + l1d->fills_cache_to_cache + l1d->fills_from_memory;
}

static uint64_t uncached(const cpu_stats_t *stats)
{
    return stats->device_accesses + stats->noncacheable_accesses;
}

static uint64_t cached(const cpu_stats_t *stats)
{
    return stats->loads + stats->stores - uncached(stats);
}

static uint64_t awake_cycles(const cpu_t *cpu, const cpu_pmu_moment_t *now)
{
    return now->cycle - cpu->core->stalls[CPU_STALL_PLAIN][CPU_BLOCK_OFF] - cpu->stats.sleep_cycles;
}

/* Cycles in which nothing issues as no instruction is there, and those in which it is there and waits. */
static uint64_t stalls(const cpu_t *cpu, bool frontend)
{
    uint64_t cycles = 0;
    for (unsigned kind = 0; kind < CPU_STALL_KIND_COUNT; kind++)
        for (unsigned block = CPU_BLOCK_WFE + 1; block < CPU_BLOCK_PSCI; block++)
            if ((block == CPU_BLOCK_FETCH) == frontend)
                cycles += cpu->core->stalls[kind][block];
    return cycles;
}

uint64_t cpu_pmu_event_total(const cpu_t *cpu, unsigned event, const cpu_pmu_moment_t *now)
{
    static const cache_l1d_stats_t none;
    const cpu_stats_t *stats = &cpu->stats;
    const cache_l1d_stats_t *l1d = cpu->core->l1d ? cache_l1d_stats(cpu->core->l1d) : &none;
    const mmu_stats_t *tlb = mmu_stats(cpu->mmu);
    switch (event) {
#define EVENT_CASE(number, name, total)                                                                                \
    case CPU_PMU_EVENT_##name: return total;
        CPU_PMU_EVENTS(EVENT_CASE)
#undef EVENT_CASE
    default: return 0;
    }
}

uint64_t cpu_pmu_event_ids(unsigned half)
{
    static const uint8_t numbers[] = {
#define EVENT_NUMBER(number, name, total) number,
        CPU_PMU_EVENTS(EVENT_NUMBER)
#undef EVENT_NUMBER
    };
    uint64_t ids = 0;
    for (unsigned i = 0; i < sizeof(numbers); i++)
        if (numbers[i] / 32 == half)
            ids |= UINT64_C(1) << numbers[i] % 32;
    return ids;
}
