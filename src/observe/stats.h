/* The statistics registry: every counter has a path, a unit and a description, said once where it lives.
 *
 * Counters are plain uint64_t in the component that owns them; the registry only knows where they are, so
 * counting costs one increment. Paths are dotted ("core0.l1d.load_misses"). Groups describe a struct of
 * counters by a table, so that one table serves all cores. */
#ifndef MESIM_OBSERVE_STATS_H
#define MESIM_OBSERVE_STATS_H

#include <stddef.h>
#include <stdint.h>

typedef struct stats stats_t;

/* One counter of a struct; tables end with {0}. */
typedef struct stats_counter {
    const char *name;        /* "load_misses" */
    const char *unit;        /* "count", "cycles", "ps", "bytes" */
    const char *description; /* one sentence */
    size_t offset;           /* of a uint64_t in the struct */
} stats_counter_t;

#define STATS_COUNTER(type, field, unit, description)                                                                  \
    {                                                                                                                  \
#field, unit, description, offsetof(type, field)                                                               \
    }

stats_t *stats_new(void);
void stats_free(stats_t *stats);

/* Registers `counters` of the struct at `base` under `path`; the table and struct outlive the registry. */
void stats_add_group(stats_t *stats, const char *path, const stats_counter_t *counters, const void *base);

/* From now on values count from here: what every counter holds now is taken off. For counters that only grow; those of
 * groups added as gauges stay as they are. */
void stats_reset(stats_t *stats);
/* The same as stats_add_group for values that are no sums: a median, a maximum. */
void stats_add_gauges(stats_t *stats, const char *path, const stats_counter_t *counters, const void *base);
/* What a registered counter has counted since the last reset. */
uint64_t stats_since_reset(const stats_t *stats, const uint64_t *counter);

/* Visits all counters in registration order. */
typedef void stats_visit_t(void *self, const char *path, const stats_counter_t *counter, uint64_t value);
void stats_each(const stats_t *stats, stats_visit_t *visit, void *self);

/* The value of PATH ("core0.l1d.load_misses"), 0 and *ret_found = 0 when there is none. ret_found may be NULL. */
uint64_t stats_get(const stats_t *stats, const char *path, int *ret_found);

/* A histogram of times or sizes: exact minimum, maximum, count and sum; quantiles from log-linear buckets
 * (16 a power of two, so a quantile is within 1/16). */
enum { STATS_HISTOGRAM_BUCKETS = 64 * 16 };
typedef struct stats_histogram {
    uint64_t count, sum, minimum, maximum;
    uint32_t buckets[STATS_HISTOGRAM_BUCKETS];
} stats_histogram_t;

void stats_histogram_add(stats_histogram_t *histogram, uint64_t value);
/* The value below which permille/1000 of the samples lie (500: median, 990: p99); 0 when empty. */
uint64_t stats_histogram_quantile(const stats_histogram_t *histogram, unsigned permille);

#endif
