/* Trace ports, the merge of a window, files that are whole or absent, counters and histograms. */
#include "observe/output_file.h"
#include "observe/stats.h"
#include "observe/trace.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const events[] = {"Load", "Store", NULL};
static const char *const states[] = {"I", "S", "E", "M", NULL};
static const trace_names_t names = {.events = events, .states = states};

static trace_record_t record_at(uint64_t time_ps)
{
    return (trace_record_t){.time_ps = time_ps,
                            .address = 0x40000040,
                            .cause_pc = 0x40080000,
                            .event = 1,
                            .old_state = 1,
                            .new_state = 3,
                            .cause_core = 0};
}

static char *slurp(const char *path, char *buffer, size_t bytes)
{
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL, "%s should exist", path);
    buffer[fread(buffer, 1, bytes - 1, file)] = 0;
    fclose(file);
    return buffer;
}

Test(trace, a_window_is_written_in_time_order_whatever_port_spoke_first)
{
    char text[2048];
    trace_t *trace = trace_new();
    trace_port_t *a = trace_port_new(trace, "core0.l1d", &names), *b = trace_port_new(trace, "scu0", &names);
    cr_assert(eq(int, trace_open(trace, "order.trace", NULL), 0));
    trace_record_t late = record_at(2000), early = record_at(1000), next_window = record_at(5000);
    trace_emit(a, &late);
    trace_emit(a, &next_window);
    trace_emit(b, &early);
    trace_flush(trace, 3000);
    trace_flush(trace, 6000);
    cr_assert(eq(int, trace_close(trace, NULL), 0));
    slurp("order.trace", text, sizeof(text));
    char *scu = strstr(text, "1000 scu0"), *first = strstr(text, "2000 core0.l1d"), *last = strstr(text, "5000 core0");
    cr_assert(scu && first && last && scu < first && first < last, "%s", text);
    cr_assert(strstr(text, "Store") && strstr(text, "S>M") && strstr(text, "0x000040000040"));
    trace_free(trace);
    unlink("order.trace");
}

Test(trace, the_hash_is_the_same_with_and_without_a_sink)
{
    uint64_t hashes[2];
    for (int sink = 0; sink < 2; sink++) {
        trace_t *trace = trace_new();
        trace_port_t *port = trace_port_new(trace, "core0.l1d", &names);
        if (sink)
            cr_assert(eq(int, trace_open(trace, "hash.trace", NULL), 0));
        for (uint64_t i = 0; i < 100; i++) {
            trace_record_t record = record_at(i);
            trace_emit(port, &record);
        }
        trace_flush(trace, 1000);
        hashes[sink] = trace_hash(trace);
        cr_assert(eq(u64, trace_records(trace), 100));
        trace_free(trace);
    }
    cr_assert(eq(u64, hashes[0], hashes[1]));
    unlink("hash.trace");
}

Test(trace, every_field_of_a_record_changes_the_hash)
{
    uint64_t hashes[8];
    for (int field = 0; field < 8; field++) {
        trace_t *trace = trace_new();
        trace_port_t *port = trace_port_new(trace, "p", &names);
        trace_record_t record = record_at(10);
        record.time_ps += field == 1;
        record.address += field == 2;
        record.cause_pc += field == 3;
        record.event += field == 4;
        record.old_state += field == 5;
        record.new_state += field == 6;
        record.cause_core = (int16_t)(record.cause_core + (field == 7));
        trace_emit(port, &record);
        hashes[field] = trace_hash(trace);
        trace_free(trace);
    }
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < i; j++)
            cr_assert(ne(u64, hashes[i], hashes[j]), "fields %d and %d", i, j);
}

Test(output_file, an_unwritable_path_is_one_line_that_names_it)
{
    base_error_t error;
    observe_output_file_t *file = NULL;
    int result = observe_output_file_open("/nonexistent/x.trace", "trace", &file, &error);
    cr_assert(eq(int, result, -ENOENT));
    cr_assert(strstr(error.text, "/nonexistent/x.trace") && !strchr(error.text, '\n'));
    cr_assert(eq(int, observe_output_file_open("/", "trace", &file, &error), -EISDIR));
    cr_assert(file == NULL);
}

Test(output_file, a_full_disk_is_reported_and_leaves_nothing)
{
    base_error_t error;
    observe_output_file_t *file = NULL;
    cr_assert(eq(int, observe_output_file_open("/dev/full", "trace", &file, &error), 0));
    fputs("something", observe_output_file_stream(file));
    cr_assert(eq(int, observe_output_file_close(file, &error), -ENOSPC));
    cr_assert(strstr(error.text, "/dev/full") != NULL);
}

Test(output_file, the_file_appears_only_when_it_is_complete)
{
    observe_output_file_t *file = NULL;
    unlink("whole.json");
    cr_assert(eq(int, observe_output_file_open("whole.json", "statistics", &file, NULL), 0));
    fputs("{}\n", observe_output_file_stream(file));
    cr_assert(access("whole.json", F_OK) != 0);
    cr_assert(eq(int, observe_output_file_close(file, NULL), 0));
    cr_assert(access("whole.json", F_OK) == 0);
    unlink("whole.json");
}

typedef struct numbers {
    uint64_t hits, misses;
} numbers_t;

static const stats_counter_t number_counters[] = {
    STATS_COUNTER(numbers_t, hits, "count", "accesses that found their line"),
    STATS_COUNTER(numbers_t, misses, "count", "accesses that did not"),
    {0},
};

Test(stats, a_counter_is_found_by_its_path_and_shows_its_present_value)
{
    numbers_t numbers = {.hits = 3};
    int found;
    stats_t *stats = stats_new();
    stats_add_group(stats, "core0.l1d", number_counters, &numbers);
    numbers.misses = 7;
    cr_assert(eq(u64, stats_get(stats, "core0.l1d.hits", &found), 3));
    cr_assert(eq(int, found, 1));
    cr_assert(eq(u64, stats_get(stats, "core0.l1d.misses", NULL), 7));
    stats_get(stats, "core0.l1d.nothing", &found);
    cr_assert(eq(int, found, 0));
    stats_free(stats);
}

Test(histogram, quantiles_are_within_a_sixteenth_and_extremes_exact)
{
    static stats_histogram_t histogram;
    for (uint64_t i = 1; i <= 10000; i++)
        stats_histogram_add(&histogram, i * 1000);
    cr_assert(eq(u64, histogram.minimum, 1000));
    cr_assert(eq(u64, histogram.maximum, 10000000));
    uint64_t median = stats_histogram_quantile(&histogram, 500), p99 = stats_histogram_quantile(&histogram, 990);
    cr_assert(all(ge(u64, median, 5000000), le(u64, median, 5000000 * 17 / 16)));
    cr_assert(all(ge(u64, p99, 9900000), le(u64, p99, 10000000)));
    cr_assert(eq(u64, stats_histogram_quantile(&histogram, 1000), 10000000));
}

Test(histogram, every_value_lands_in_a_bucket_that_covers_it)
{
    for (uint64_t value = 1; value < UINT64_C(1) << 62; value += value / 2 + 1) {
        static stats_histogram_t histogram;
        memset(&histogram, 0, sizeof(histogram));
        stats_histogram_add(&histogram, value);
        cr_assert(eq(u64, stats_histogram_quantile(&histogram, 500), value));
    }
}

Test(histogram, an_empty_histogram_has_quantile_zero)
{
    static const stats_histogram_t empty;
    cr_assert(eq(u64, stats_histogram_quantile(&empty, 990), 0));
}
