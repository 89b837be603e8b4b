#include "litmus/runner.h"

#include <glib.h>

enum { ASK_EVERY_US = 50000 };

bool litmus_interrupted(const litmus_options_t *options, int64_t *asked_us)
{
    int64_t now_us = g_get_monotonic_time();
    if (!options->interrupted || now_us - *asked_us < ASK_EVERY_US)
        return false;
    *asked_us = now_us;
    return options->interrupted(options->self);
}

int litmus_run(const litmus_test_t *test, const litmus_options_t *options, litmus_result_t *ret_result,
               base_error_t *error)
{
    litmus_rig_t *rig;
    litmus_result_t result = {0};
    int failed = litmus_rig_new(test, &options->rig, &rig, error);
    if (failed < 0)
        return failed;
    litmus_histogram_t histogram;
    uint64_t *values = g_new0(uint64_t, test->observed_count + 1);
    int64_t asked_us = g_get_monotonic_time();
    litmus_histogram_init(&histogram, test);
    for (uint64_t run = 0; run < options->runs && failed == 0 && !result.interrupted; run++) {
        failed = litmus_rig_run(rig, values, error);
        result.runs = run + 1;
        if (failed == 0)
            litmus_histogram_add(&histogram, values, run);
        result.interrupted = litmus_interrupted(options, &asked_us);
    }
    litmus_histogram_finish(&histogram, &result);
    result.instructions = litmus_rig_instructions(rig);
    g_free(values);
    litmus_rig_free(rig);
    if (failed < 0)
        litmus_result_done(&result);
    else
        *ret_result = result;
    return failed;
}

bool litmus_validated(const litmus_test_t *test, const litmus_result_t *result)
{
    switch (test->quantifier) {
    case LITMUS_EXISTS: return result->holding > 0;
    case LITMUS_NOT_EXISTS: return result->holding == 0;
    case LITMUS_FORALL: return result->failing == 0;
    }
    base_bug("litmus: quantifier %d", (int)test->quantifier);
}
