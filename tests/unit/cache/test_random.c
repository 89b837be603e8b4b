/* The random tester: fake cores over real L1Ds, L2 and memory, with caches so small that every line is fought for. */
#include "harness.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* MESIM_LONG=1: ten million operations in each test. */
static uint64_t operations(uint64_t usual)
{
    return getenv("MESIM_LONG") ? 10000000 : usual;
}

/* Coverage of all runs of one test together. */
typedef struct coverage {
    uint64_t *counts[CACHE_PROTOCOL_COUNT];
} coverage_t;

static void add_coverage(coverage_t *coverage, const harness_result_t *result)
{
    for (cache_controller_t i = 0; i < CACHE_PROTOCOL_COUNT; i++) {
        if (!coverage->counts[i])
            coverage->counts[i] = g_new0(uint64_t, cache_protocol_cells(i));
        for (size_t cell = 0; cell < cache_protocol_cells(i); cell++)
            coverage->counts[i][cell] += result->coverage[i][cell];
    }
}

static void expect_clean(const harness_config_t *config, coverage_t *coverage)
{
    harness_result_t result = harness_run(config);
    cr_expect_eq(result.violations, 0, "seed %" PRIu64 ": %s", config->seed, result.first);
    cr_expect_not(result.hung, "seed %" PRIu64 ": %" PRIu64 " of %" PRIu64 " operations done", config->seed,
                  result.operations, config->operations);
    if (coverage)
        add_coverage(coverage, &result);
    harness_result_done(&result);
}

Test(cache_random, false_sharing_keeps_every_value_with_2_to_8_cores)
{
    for (unsigned cores = 2; cores <= 8; cores += cores < 4 ? 1 : 2) {
        harness_config_t config = harness_default(cores, operations(200000), cores);
        expect_clean(&config, NULL);
    }
}

Test(cache_random, tree_plru_and_forced_evictions_change_nothing_that_matters)
{
    harness_config_t config = harness_default(4, operations(200000), 21);
    config.plru = true;
    config.evict_interval = 3;
    expect_clean(&config, NULL);
}

Test(cache_random, one_way_caches_and_single_buffers_make_progress)
{
    harness_config_t config = harness_default(4, operations(100000), 22);
    config.l1_bytes = 128;
    config.l2_bytes = 128;
    config.l1_ways = config.l2_ways = 1;
    config.mshrs = config.write_back_entries = config.transactions = 1;
    expect_clean(&config, NULL);
}

Test(cache_random, sixty_four_cores_share_one_line_set)
{
    harness_config_t config = harness_default(64, operations(100000), 23);
    config.transactions = 16;
    expect_clean(&config, NULL);
}

Test(cache_random, an_undisturbed_run_without_random_delays_is_clean_too)
{
    harness_config_t config = harness_default(4, operations(200000), 24);
    config.perturb_ps = 0;
    expect_clean(&config, NULL);
}

Test(cache_random, a_device_that_reads_and_writes_the_same_lines_is_coherent)
{
    for (unsigned variant = 0; variant < 4; variant++) {
        harness_config_t config = harness_default(2 + variant, operations(100000), 50 + variant);
        config.device = true;
        config.perturb_ps = variant & 1 ? 0 : 20000;
        config.fetch_snoops = variant & 2;
        config.lines = 4 + 4 * variant;
        harness_result_t result = harness_run(&config);
        cr_expect_eq(result.violations, 0, "variant %u: %s", variant, result.first);
        cr_expect_not(result.hung, "variant %u", variant);
        cr_expect_gt(result.transfers, 1000, "variant %u: the device did %" PRIu64 " transfers", variant,
                     result.transfers);
        harness_result_done(&result);
    }
}

Test(cache_random, far_atomics_of_2_to_8_cores_lose_nothing)
{
    for (unsigned cores = 2; cores <= 8; cores += 2) {
        harness_config_t config = harness_default(cores, operations(100000), 60 + cores);
        config.atomic_percent = 30;
        config.perturb_ps = cores & 2 ? 0 : 20000;
        config.lines = 2 * cores;
        expect_clean(&config, NULL);
    }
}

Test(cache_random, far_atomics_make_progress_with_single_buffers)
{
    harness_config_t config = harness_default(4, operations(100000), 70);
    config.atomic_percent = 50;
    config.l1_bytes = config.l2_bytes = 128;
    config.l1_ways = config.l2_ways = 1;
    config.mshrs = config.write_back_entries = config.transactions = 1;
    expect_clean(&config, NULL);
}

Test(cache_random, visiting_order_does_not_change_the_trace)
{
    harness_config_t config = harness_default(6, 60000, 25);
    config.maintenance_percent = 10;
    config.private_percent = 50;
    config.around = config.device = true;
    config.atomic_percent = 20;
    harness_result_t forward = harness_run(&config);
    for (engine_order_t order = ENGINE_BACKWARD; order <= ENGINE_SHUFFLED; order++) {
        config.order = order;
        harness_result_t other = harness_run(&config);
        cr_expect_eq(other.trace_hash, forward.trace_hash);
        cr_expect_eq(other.trace_records, forward.trace_records);
        cr_expect_eq(other.simulated_ps, forward.simulated_ps);
        harness_result_done(&other);
    }
    config.seed++;
    harness_result_t other = harness_run(&config);
    cr_expect_neq(other.trace_hash, forward.trace_hash, "the hash does not depend on what happens");
    harness_result_done(&other);
    harness_result_done(&forward);
}

Test(cache_random, the_checker_changes_nothing)
{
    harness_config_t config = harness_default(4, 60000, 26);
    config.maintenance_percent = 10; /* no core checks its own bytes: that steers what it does */
    harness_result_t checked = harness_run(&config);
    config.unchecked = true;
    harness_result_t unchecked = harness_run(&config);
    cr_expect_eq(unchecked.trace_hash, checked.trace_hash);
    harness_result_done(&checked);
    harness_result_done(&unchecked);
}

/* --- coverage --- */

static void check_row(void *self, const cache_protocol_row_t *row)
{
    coverage_t *coverage = self;
    uint64_t count = coverage->counts[row->controller][row->cell];
    bool expected = row->kind != CACHE_CELL_NEVER;
    if (getenv("MESIM_VERBOSE"))
        fprintf(stderr, "%s %-8s %-20s %" PRIu64 "%s\n", row->controller ? "L2" : "L1", row->state, row->event, count,
                expected && !count ? "  never met" : "");
    cr_expect(count || !expected, "%s: cell (%s, %s) never met", row->controller ? "L2" : "L1", row->state, row->event);
}

Test(cache_random, every_cell_but_never_is_met)
{
    coverage_t coverage = {{0}};
    for (unsigned variant = 0; variant < 8; variant++) {
        harness_config_t config = harness_default(2 + variant, operations(200000), 30 + variant);
        config.missing_memory = true;
        config.device = variant != 5;
        config.maintenance_percent = variant & 4 ? 30 : 10;
        config.private_percent = variant & 2 ? 10 : 50;
        config.around = variant & 1;
        config.fetch_snoops = variant & 2;
        config.evict_interval = variant & 4 ? 4 : 0;
        config.lines = 8 + 4 * (variant & 3);
        config.overwrite_percent = variant & 4 ? 30 : 4;
        config.atomic_percent = 15;
        expect_clean(&config, &coverage);
    }
    cache_protocol_each_row(check_row, &coverage);
    for (unsigned i = 0; i < CACHE_PROTOCOL_COUNT; i++)
        g_free(coverage.counts[i]);
}
