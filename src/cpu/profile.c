#include "cpu/profile.h"

#include "cpu/core.h"

#include <string.h>

_Static_assert(offsetof(cpu_stats_t, exclusive_fail_address) - offsetof(cpu_stats_t, exclusive_fail_snoop) ==
                   (CPU_EXCLUSIVE_FAILURES - 1) * sizeof(uint64_t),
               "the counters of failures stand together");

const char *cpu_fill_source_name(cpu_fill_source_t source)
{
    static const char *const names[] = {[CPU_FILL_MEMORY] = "memory", [CPU_FILL_L2] = "l2", [CPU_FILL_CORE] = "core"};
    return names[source];
}

const char *cpu_sharing_access_name(cpu_sharing_access_t access)
{
    static const char *const names[] = {
        [CPU_SHARING_LOAD] = "load", [CPU_SHARING_STORE] = "store", [CPU_SHARING_ATOMIC] = "atomic"};
    return names[access];
}

const char *cpu_exclusive_failure_name(unsigned failure)
{
    size_t first = 0;
    while (cpu_stats_counters[first].offset != offsetof(cpu_stats_t, exclusive_fail_snoop))
        first++;
    return cpu_stats_counters[first + failure].name + strlen("exclusive_fail_");
}

void cpu_profile_init(cpu_profile_t *profile)
{
    *profile = (cpu_profile_t){.wait_end_cycle = UINT64_MAX};
    observe_tally_init(&profile->stalls, CPU_PROFILE_PLACES);
    observe_tally_init(&profile->failures, CPU_PROFILE_PLACES);
    observe_tally_init(&profile->misses, CPU_PROFILE_PLACES);
    observe_tally_init(&profile->sharing, CPU_PROFILE_PLACES);
}

void cpu_profile_done(cpu_profile_t *profile)
{
    observe_tally_done(&profile->stalls);
    observe_tally_done(&profile->failures);
    observe_tally_done(&profile->misses);
    observe_tally_done(&profile->sharing);
}

/* While it is blocked. */
static uint64_t present_pc(const cpu_t *cpu)
{
    return cpu->next ? cpu_pc(cpu, cpu->next) : cpu->pc;
}

/* An instruction that waits is tried again at each event, so one wait comes in pieces. */
void cpu_profile_stall(cpu_t *cpu, cpu_stall_kind_t kind, cpu_block_t block, uint64_t cycles)
{
    cpu_profile_t *profile = &cpu->core->profile;
    uint64_t pc = present_pc(cpu);
    uint32_t what = cpu_profile_stall_what(kind, block);
    bool goes_on = pc == profile->wait_pc && what == profile->wait_what && cpu->cycle == profile->wait_end_cycle;
    observe_tally_add(&profile->stalls, 0, pc, what, !goes_on, cycles);
    profile->wait_pc = pc;
    profile->wait_what = what;
    profile->wait_end_cycle = cpu->cycle + cycles;
}

void cpu_profile_wait(cpu_t *cpu, uint64_t pc, cpu_stall_kind_t kind, cpu_block_t block, uint64_t cycles)
{
    observe_tally_add(&cpu->core->profile.stalls, 0, pc, cpu_profile_stall_what(kind, block), 1, cycles);
}

void cpu_profile_failure(cpu_t *cpu, uint64_t pc, const uint64_t *counter)
{
    observe_tally_add(&cpu->core->profile.failures, 0, pc, (uint32_t)(counter - &cpu->stats.exclusive_fail_snoop), 1,
                      0);
}

static void share(cpu_t *cpu, uint64_t physical, uint64_t pc, cpu_sharing_access_t access, unsigned bytes)
{
    observe_tally_add(&cpu->core->profile.sharing, physical, pc, cpu_profile_sharing_what(access, bytes), 1, 0);
}

static void fill_loads(cpu_t *cpu, uint64_t line_address, cpu_fill_source_t source)
{
    cpu_core_t *core = cpu->core;
    for (unsigned i = 0; i < core->config.load_queue_entries; i++) {
        const cpu_load_t *load = &core->loads[i];
        for (unsigned part = 0; load->valid && part < 2; part++) {
            if (!(load->waiting & 1u << part) || load->line[part] != line_address)
                continue;
            observe_tally_add(&core->profile.misses, 0, load->pc, source, 1, cpu->cycle - load->issue_cycle);
            if (source == CPU_FILL_CORE)
                share(cpu, line_address + load->offset[part], load->pc, CPU_SHARING_LOAD, load->length[part]);
        }
    }
}

/* Ownership that others gave up, with data or without. */
static void fill_stores(cpu_t *cpu, uint64_t line_address, bool from_core)
{
    const cpu_core_t *core = cpu->core;
    for (unsigned i = 0; i < core->store_count; i++) {
        const cpu_store_t *store = &core->stores[i];
        if (store->line != line_address || !(from_core || store->upgrade))
            continue;
        unsigned first = (unsigned)__builtin_ctzll(store->mask), last = 63u - (unsigned)__builtin_clzll(store->mask);
        share(cpu, line_address + first, store->pc, CPU_SHARING_STORE, last - first + 1);
    }
    if (core->wants_line && core->wanted_line == line_address && (from_core || core->wanted_upgrade))
        share(cpu, core->wanted_physical, present_pc(cpu), CPU_SHARING_ATOMIC, core->wanted_bytes);
}

void cpu_profile_fill(cpu_t *cpu, uint64_t line_address, unsigned from)
{
    cpu_fill_source_t source = from & CHI_FLAG_CACHE_TO_CACHE ? CPU_FILL_CORE
                               : from & CHI_FLAG_L2_HIT       ? CPU_FILL_L2
                                                              : CPU_FILL_MEMORY;
    if (cpu->core->load_count)
        fill_loads(cpu, line_address, source);
    fill_stores(cpu, line_address, source == CPU_FILL_CORE);
}

void cpu_profile_far_atomic(cpu_t *cpu, uint64_t pc, uint64_t physical, unsigned bytes, unsigned from)
{
    if (from & CHI_FLAG_CACHE_TO_CACHE)
        share(cpu, physical, pc, CPU_SHARING_ATOMIC, bytes);
}
