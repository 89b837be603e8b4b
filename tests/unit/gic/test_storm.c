/* Under random load nothing is lost, doubled or left over, and the order of visiting components does not matter. */
#include "storm.h"

#include <criterion/criterion.h>

static storm_result_t good(const storm_config_t *config)
{
    storm_result_t result = storm_run(config);
    cr_assert_null(result.wrong, "seed %lu, %u cores: %s", (unsigned long)config->seed, config->cores, result.wrong);
    return result;
}

Test(gic_storm, loses_doubles_and_leaves_nothing)
{
    storm_result_t sum = {0};
    for (uint64_t seed = 1; seed <= 40; seed++) {
        storm_result_t result =
            good(&(storm_config_t){.cores = 1 + seed % 16, .seed = seed, .rounds = 300, .perturb_ps = seed % 3 * 4000});
        sum.acknowledged += result.acknowledged;
        sum.spis += result.spis;
        sum.merged += result.merged;
        sum.releases += result.releases;
        sum.clears += result.clears;
    }
    /* The load reached what it is for. */
    cr_assert_gt(sum.acknowledged, 10000);
    cr_assert_gt(sum.spis, 300);
    cr_assert_gt(sum.merged, 1000);
    cr_assert_gt(sum.releases, 1000);
    cr_assert_gt(sum.clears, 300);
}

Test(gic_storm, gives_the_same_trace_in_every_order_of_components)
{
    for (uint64_t seed = 100; seed < 105; seed++) {
        storm_config_t config = {.cores = 7, .seed = seed, .rounds = 200, .order = ENGINE_FORWARD};
        storm_result_t forward = good(&config);
        config.order = ENGINE_BACKWARD;
        storm_result_t backward = good(&config);
        config.order = ENGINE_SHUFFLED;
        storm_result_t shuffled = good(&config);
        cr_assert_neq(forward.trace_hash, 0);
        cr_assert_eq(forward.trace_hash, backward.trace_hash);
        cr_assert_eq(forward.trace_hash, shuffled.trace_hash);
        cr_assert_eq(forward.acknowledged, backward.acknowledged);
        config.seed += 1000;
        cr_assert_neq(good(&config).trace_hash, forward.trace_hash);
    }
}
