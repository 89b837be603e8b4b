/* The random tester: fake cores over real L1Ds, L2 and memory, with caches so small that every line is fought for. */
#include "harness.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>

/* MESIM_LONG=1: ten million operations. */
static uint64_t operations(uint64_t usual)
{
    return getenv("MESIM_LONG") ? 10000000 : usual;
}

static void expect_clean(const harness_config_t *config)
{
    harness_result_t result = harness_run(config);
    cr_expect_eq(result.violations, 0, "seed %" PRIu64 ": %s", config->seed, result.first);
    cr_expect_not(result.hung, "seed %" PRIu64 ": %" PRIu64 " of %" PRIu64 " operations done", config->seed,
                  result.operations, config->operations);
    harness_result_done(&result);
}

Test(cache_random, false_sharing_by_eight_cores_keeps_every_value)
{
    harness_config_t config = harness_default(8, operations(400000), 1);
    expect_clean(&config);
}
