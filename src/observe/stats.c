/* The registry of counters, and histograms. */
#include "observe/stats.h"

#include <glib.h>
#include <string.h>

typedef struct group {
    char *path;
    const stats_counter_t *counters;
    const char *base;
} group_t;

struct stats {
    GArray *groups;
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
    g_free(stats);
}

void stats_add_group(stats_t *stats, const char *path, const stats_counter_t *counters, const void *base)
{
    group_t group = {.path = g_strdup(path), .counters = counters, .base = base};
    g_array_append_val(stats->groups, group);
}

static uint64_t value_of(const group_t *group, const stats_counter_t *counter)
{
    uint64_t value;
    memcpy(&value, group->base + counter->offset, sizeof(value));
    return value;
}

void stats_each(const stats_t *stats, stats_visit_t *visit, void *self)
{
    for (guint i = 0; i < stats->groups->len; i++) {
        const group_t *group = &g_array_index(stats->groups, group_t, i);
        for (const stats_counter_t *counter = group->counters; counter->name; counter++)
            visit(self, group->path, counter, value_of(group, counter));
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
            return value_of(group, counter);
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
