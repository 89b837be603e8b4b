/* The registry of counters, and histograms. */
#include "observe/stats.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

typedef struct group {
    char *path;
    const stats_counter_t *counters;
    const char *base;
    bool gauges;
} group_t;

struct stats {
    GArray *groups;
    GHashTable *reset; /* address of a counter -> what it held at the last reset; NULL: never reset */
};

stats_t *stats_new(void)
{
    stats_t *stats = g_new0(stats_t, 1);
    stats->groups = g_array_new(FALSE, FALSE, sizeof(group_t));
    return stats;
}

void stats_free(stats_t *stats)
{
    if (!stats)
        return;
    for (guint i = 0; i < stats->groups->len; i++)
        g_free(g_array_index(stats->groups, group_t, i).path);
    g_array_free(stats->groups, TRUE);
    if (stats->reset)
        g_hash_table_destroy(stats->reset);
    g_free(stats);
}

static void add(stats_t *stats, const char *path, const stats_counter_t *counters, const void *base, bool gauges)
{
    group_t group = {.path = g_strdup(path), .counters = counters, .base = base, .gauges = gauges};
    g_array_append_val(stats->groups, group);
}

void stats_add_group(stats_t *stats, const char *path, const stats_counter_t *counters, const void *base)
{
    add(stats, path, counters, base, false);
}

void stats_add_gauges(stats_t *stats, const char *path, const stats_counter_t *counters, const void *base)
{
    add(stats, path, counters, base, true);
}

static const uint64_t *place_of(const group_t *group, const stats_counter_t *counter)
{
    return (const uint64_t *)(const void *)(group->base + counter->offset);
}

void stats_reset(stats_t *stats)
{
    if (!stats->reset)
        stats->reset = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    for (guint i = 0; i < stats->groups->len; i++) {
        const group_t *group = &g_array_index(stats->groups, group_t, i);
        for (const stats_counter_t *counter = group->counters; counter->name && !group->gauges; counter++) {
            const uint64_t *place = place_of(group, counter);
            g_hash_table_replace(stats->reset, (gpointer)place, g_memdup2(place, sizeof(*place)));
        }
    }
}

uint64_t stats_since_reset(const stats_t *stats, const uint64_t *counter)
{
    const uint64_t *then = stats->reset ? g_hash_table_lookup(stats->reset, counter) : NULL;
    return *counter - (then ? *then : 0);
}

static uint64_t value_of(const stats_t *stats, const group_t *group, const stats_counter_t *counter)
{
    return stats_since_reset(stats, place_of(group, counter));
}

void stats_each(const stats_t *stats, stats_visit_t *visit, void *self)
{
    for (guint i = 0; i < stats->groups->len; i++) {
        const group_t *group = &g_array_index(stats->groups, group_t, i);
        for (const stats_counter_t *counter = group->counters; counter->name; counter++)
            visit(self, group->path, counter, value_of(stats, group, counter));
    }
}

static const stats_counter_t *counter_in(const group_t *group, const char *path)
{
    size_t length = strlen(group->path);
    if (strncmp(path, group->path, length) != 0 || path[length] != '.')
        return NULL;
    for (const stats_counter_t *counter = group->counters; counter->name; counter++)
        if (!strcmp(counter->name, path + length + 1))
            return counter;
    return NULL;
}

uint64_t stats_get(const stats_t *stats, const char *path, int *ret_found)
{
    for (guint i = 0; i < stats->groups->len; i++) {
        const group_t *group = &g_array_index(stats->groups, group_t, i);
        const stats_counter_t *counter = counter_in(group, path);
        if (counter) {
            if (ret_found)
                *ret_found = 1;
            return value_of(stats, group, counter);
        }
    }
    if (ret_found)
        *ret_found = 0;
    return 0;
}

/* Values below 16 have a bucket each; above, 16 buckets a power of two. */
static unsigned bucket_of(uint64_t value)
{
    if (value < 16)
        return (unsigned)value;
    unsigned exponent = 63u - (unsigned)__builtin_clzll(value);
    return (exponent - 3) * 16 + (unsigned)((value >> (exponent - 4)) & 15);
}

/* The largest value of a bucket. */
static uint64_t bucket_top(unsigned bucket)
{
    if (bucket < 16)
        return bucket;
    unsigned exponent = bucket / 16 + 3;
    return ((UINT64_C(16) + bucket % 16 + 1) << (exponent - 4)) - 1;
}

void stats_histogram_add(stats_histogram_t *histogram, uint64_t value)
{
    if (!histogram->count || value < histogram->minimum)
        histogram->minimum = value;
    if (value > histogram->maximum)
        histogram->maximum = value;
    histogram->count++;
    histogram->sum += value;
    histogram->buckets[bucket_of(value)]++;
}

uint64_t stats_histogram_quantile(const stats_histogram_t *histogram, unsigned permille)
{
    if (!histogram->count)
        return 0;
    uint64_t rank = (histogram->count * permille + 999) / 1000, seen = 0;
    if (!rank)
        return histogram->minimum;
    for (unsigned bucket = 0; bucket < STATS_HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen >= rank) {
            uint64_t top = bucket_top(bucket);
            return top > histogram->maximum ? histogram->maximum : top < histogram->minimum ? histogram->minimum : top;
        }
    }
    return histogram->maximum;
}
