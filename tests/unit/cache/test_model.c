/* Every state of small machines (model.h). With MESIM_LONG=1 the larger ones run to their end. */
#include "model.h"

#include <stdlib.h>

enum { USUAL_STATES = 150000, UNLIMITED = 0 };

static model_config_t small(unsigned cores, unsigned lines)
{
    return (model_config_t){.cores = cores, .lines = lines, .l1_ways = 1, .l2_ways = 1};
}

/* usual: states after which it may stop, UNLIMITED for machines that are small enough. */
static void explore(const char *name, model_config_t config, size_t usual)
{
    config.limit = getenv("MESIM_LONG") ? UNLIMITED : usual;
    model_result_t result = model_explore(&config);
    if (getenv("MESIM_VERBOSE"))
        fprintf(stderr, "%s: %zu states, %zu transitions, depth %zu%s\n", name, result.states, result.transitions,
                result.depth, result.complete ? "" : ", cut off");
    cr_expect_str_empty(result.violation, "%s: %s", name, result.violation);
    cr_expect(result.complete || config.limit, "%s: not all states were seen", name);
    cr_expect_gt(result.states, 1000, "%s: nothing happened", name);
}

Test(cache_model, two_cores_that_load_store_and_evict_one_line)
{
    model_config_t config = small(2, 1);
    config.evict = true;
    explore("evict", config, UNLIMITED);
}

Test(cache_model, three_cores_that_load_store_and_evict_one_line)
{
    model_config_t config = small(3, 1);
    config.evict = true;
    explore("three cores", config, USUAL_STATES);
}

Test(cache_model, two_cores_that_also_overwrite_whole_lines)
{
    model_config_t config = small(2, 1);
    config.evict = config.overwrite = true;
    explore("overwrite", config, UNLIMITED);
}

Test(cache_model, two_cores_that_also_fetch_with_snoops)
{
    model_config_t config = small(2, 1);
    config.overwrite = config.fetch = true;
    explore("fetch", config, USUAL_STATES);
}

Test(cache_model, two_cores_and_a_device_that_reads_and_writes_parts_and_whole_lines)
{
    model_config_t config = small(2, 1);
    config.evict = config.overwrite = config.device = true;
    explore("device", config, USUAL_STATES);
}

Test(cache_model, two_cores_that_also_send_far_atomics)
{
    model_config_t config = small(2, 1);
    config.evict = config.atomic = true;
    explore("far atomics", config, USUAL_STATES);
}

Test(cache_model, three_cores_that_also_send_far_atomics)
{
    model_config_t config = small(3, 1);
    config.atomic = true;
    explore("far atomics of three", config, USUAL_STATES);
}

Test(cache_model, two_cores_that_overwrite_whole_lines_and_send_far_atomics)
{
    model_config_t config = small(2, 1);
    config.overwrite = config.atomic = true;
    explore("far atomics and overwrite", config, USUAL_STATES);
}

Test(cache_model, far_atomics_to_two_lines_that_fight_for_one_way)
{
    model_config_t config = small(2, 2);
    config.atomic = true;
    explore("far atomics and replacement", config, USUAL_STATES);
}

Test(cache_model, two_cores_that_also_clean)
{
    model_config_t config = small(2, 1);
    config.clean = true;
    explore("clean", config, USUAL_STATES);
}

Test(cache_model, two_cores_that_also_invalidate)
{
    model_config_t config = small(2, 1);
    config.evict = config.discard = config.overwrite = true;
    explore("discard", config, USUAL_STATES);
}

Test(cache_model, two_cores_and_two_lines_that_fight_for_one_way)
{
    explore("replacement", small(2, 2), USUAL_STATES);
}
