#include "litmus/histogram.h"

#include <string.h>

static GBytes *key_of(const litmus_histogram_t *histogram, const uint64_t *values)
{
    return g_bytes_new(values, histogram->test->observed_count * sizeof(uint64_t));
}

void litmus_histogram_init(litmus_histogram_t *histogram, const litmus_test_t *test)
{
    histogram->test = test;
    histogram->places = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    histogram->outcomes = g_array_new(FALSE, FALSE, sizeof(litmus_outcome_t));
}

static litmus_outcome_t *add_outcome(litmus_histogram_t *histogram, GBytes *key, const uint64_t *values, uint64_t run)
{
    litmus_outcome_t fresh = {.first_run = run};
    size_t bytes = histogram->test->observed_count * sizeof(uint64_t);
    fresh.values = g_new(uint64_t, histogram->test->observed_count + 1);
    memcpy(fresh.values, values, bytes);
    g_array_append_val(histogram->outcomes, fresh);
    g_hash_table_insert(histogram->places, g_bytes_ref(key), GUINT_TO_POINTER(histogram->outcomes->len));
    return &g_array_index(histogram->outcomes, litmus_outcome_t, histogram->outcomes->len - 1);
}

void litmus_histogram_add(litmus_histogram_t *histogram, const uint64_t *values, uint64_t run)
{
    const litmus_test_t *test = histogram->test;
    if (test->filter >= 0 && !litmus_holds(test, (unsigned)test->filter, values))
        return;
    GBytes *key = key_of(histogram, values);
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(histogram->places, key));
    litmus_outcome_t *outcome = place ? &g_array_index(histogram->outcomes, litmus_outcome_t, place - 1)
                                      : add_outcome(histogram, key, values, run);
    outcome->count++;
    g_bytes_unref(key);
}

bool litmus_histogram_has(const litmus_histogram_t *histogram, const uint64_t *values)
{
    GBytes *key = key_of(histogram, values);
    bool found = g_hash_table_contains(histogram->places, key);
    g_bytes_unref(key);
    return found;
}

static int compare_outcomes(const void *a, const void *b, void *data)
{
    const litmus_outcome_t *left = a, *right = b;
    const litmus_test_t *test = data;
    for (unsigned i = 0; i < test->observed_count; i++)
        if (left->values[i] != right->values[i])
            return (int64_t)left->values[i] < (int64_t)right->values[i] ? -1 : 1;
    return 0;
}

void litmus_histogram_finish(litmus_histogram_t *histogram, litmus_result_t *result)
{
    const litmus_test_t *test = histogram->test;
    g_array_sort_with_data(histogram->outcomes, compare_outcomes, (void *)test);
    result->outcome_count = histogram->outcomes->len;
    result->outcomes = (litmus_outcome_t *)g_array_free(histogram->outcomes, FALSE);
    for (unsigned i = 0; i < result->outcome_count; i++) {
        litmus_outcome_t *outcome = &result->outcomes[i];
        outcome->holds = litmus_holds(test, test->condition, outcome->values);
        *(outcome->holds ? &result->holding : &result->failing) += outcome->count;
    }
    g_hash_table_destroy(histogram->places);
}

void litmus_result_done(litmus_result_t *result)
{
    for (unsigned i = 0; i < result->outcome_count; i++)
        g_free(result->outcomes[i].values);
    g_free(result->outcomes);
    result->outcomes = NULL;
    result->outcome_count = 0;
}
