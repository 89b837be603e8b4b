/* The L1 data cache as reports and checkers see it. */
#include "cache/l1d.h"
#include "cache/l1d_impl.h"

#include <stddef.h>

bool cache_state_readable(unsigned state)
{
    return (state >= L1_S && state <= L1_M) || state == L1_SM_A;
}

bool cache_state_exclusive(unsigned state)
{
    return state == L1_E || state == L1_M;
}

unsigned cache_l1d_requests_pending(const cache_l1d_t *l1d)
{
    return cache_mshr_pending(&l1d->mshrs);
}

unsigned cache_l1d_sets(const cache_l1d_t *l1d)
{
    return l1d->array.sets;
}

unsigned cache_l1d_ways(const cache_l1d_t *l1d)
{
    return l1d->array.ways;
}

const cache_line_t *cache_l1d_at(const cache_l1d_t *l1d, unsigned set, unsigned way)
{
    return &l1d->array.lines[set * l1d->array.ways + way];
}

const cache_l1d_stats_t *cache_l1d_stats(const cache_l1d_t *l1d)
{
    return &l1d->stats;
}

const uint64_t *cache_l1d_coverage(const cache_l1d_t *l1d)
{
    return l1d->coverage;
}

const stats_counter_t *cache_l1d_counters(void)
{
#define REQUESTS(id, name, channel) STATS_REQUESTS_##channel(id, name)
#define STATS_REQUESTS_REQ(id, name)                                                                                   \
    {"requests." name, "count", name " requests sent", offsetof(cache_l1d_stats_t, requests[CHI_##id])},
#define STATS_REQUESTS_SNP(id, name)
#define STATS_REQUESTS_RSP(id, name)
#define STATS_REQUESTS_DAT(id, name)
    typedef cache_l1d_stats_t l1d_t;
    static const stats_counter_t counters[] = {
        STATS_COUNTER(l1d_t, load_misses, "count",
                      "Lines asked for by loads; later loads of the same miss not counted"),
        STATS_COUNTER(l1d_t, store_misses, "count", "Lines asked for by stores that had no copy"),
        STATS_COUNTER(l1d_t, upgrades, "count", "Ownership asked for by stores that had a shared copy"),
        STATS_COUNTER(l1d_t, evictions_clean, "count", "Lines given up without data"),
        STATS_COUNTER(l1d_t, evictions_dirty, "count", "Lines given up and written back"),
        STATS_COUNTER(l1d_t, snoops_received, "count", "Snoops received"),
        STATS_COUNTER(l1d_t, snoop_hits, "count", "Snoops that found the line, in the cache or on its way out"),
        STATS_COUNTER(l1d_t, snoop_data_supplied, "count", "Snoops answered with the dirty line"),
        STATS_COUNTER(l1d_t, fills_from_l2, "count", "Lines that the L2 supplied"),
        STATS_COUNTER(l1d_t, fills_cache_to_cache, "count", "Lines that another core's L1D supplied"),
        STATS_COUNTER(l1d_t, fills_from_memory, "count", "Lines that memory supplied"),
        CHI_OPCODES(REQUESTS){0},
    };
#undef REQUESTS
#undef STATS_REQUESTS_REQ
#undef STATS_REQUESTS_SNP
#undef STATS_REQUESTS_RSP
#undef STATS_REQUESTS_DAT
    return counters;
}
