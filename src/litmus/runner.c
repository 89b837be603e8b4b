#include "litmus/runner.h"

#include <glib.h>
#include <string.h>

enum { ASK_EVERY_RUNS = 256 };

static guint hash_values(const void *key)
{
    const GArray *values = key;
    guint hash = 0;
    for (guint i = 0; i < values->len; i++)
        hash = hash * 0x9e3779b1u + (guint)g_array_index(values, uint64_t, i);
    return hash;
}

static gboolean equal_values(const void *a, const void *b)
{
    const GArray *left = a, *right = b;
    return !memcmp(left->data, right->data, left->len * sizeof(uint64_t));
}

static void free_values(void *values)
{
    g_array_free(values, TRUE);
}

/* Outcomes by their values. */
typedef struct histogram {
    GHashTable *places; /* GArray of values to index + 1 in outcomes */
    GArray *outcomes;
} histogram_t;

static litmus_outcome_t *find_outcome(histogram_t *histogram, GArray *values, uint64_t run)
{
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(histogram->places, values));
    if (!place) {
        GArray *key = g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), values->len);
        g_array_append_vals(key, values->data, values->len);
        litmus_outcome_t fresh = {.first_run = run};
        fresh.values = g_new(uint64_t, values->len + 1);
        memcpy(fresh.values, values->data, values->len * sizeof(uint64_t));
        g_array_append_val(histogram->outcomes, fresh);
        place = histogram->outcomes->len;
        g_hash_table_insert(histogram->places, key, GUINT_TO_POINTER(place));
    }
    return &g_array_index(histogram->outcomes, litmus_outcome_t, place - 1);
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

static void summarise(const litmus_test_t *test, histogram_t *histogram, litmus_result_t *result)
{
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

int litmus_run(const litmus_test_t *test, const litmus_options_t *options, litmus_result_t *ret_result,
               base_error_t *error)
{
    litmus_rig_t *rig;
    litmus_result_t result = {0};
    int failed = litmus_rig_new(test, &options->rig, &rig, error);
    if (failed < 0)
        return failed;
    histogram_t histogram = {.places = g_hash_table_new_full(hash_values, equal_values, free_values, NULL),
                             .outcomes = g_array_new(FALSE, FALSE, sizeof(litmus_outcome_t))};
    GArray *values = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_array_set_size(values, test->observed_count);
    for (uint64_t run = 0; run < options->runs && failed == 0 && !result.interrupted; run++) {
        failed = litmus_rig_run(rig, (uint64_t *)(void *)values->data, error);
        result.runs = run + 1;
        if (failed == 0 &&
            (test->filter < 0 || litmus_holds(test, (unsigned)test->filter, (uint64_t *)(void *)values->data)))
            find_outcome(&histogram, values, run)->count++;
        if (result.runs % ASK_EVERY_RUNS == 0 && options->interrupted)
            result.interrupted = options->interrupted(options->self);
    }
    summarise(test, &histogram, &result);
    result.instructions = litmus_rig_instructions(rig);
    g_array_free(values, TRUE);
    litmus_rig_free(rig);
    if (failed < 0)
        litmus_result_done(&result);
    else
        *ret_result = result;
    return failed;
}

void litmus_result_done(litmus_result_t *result)
{
    for (unsigned i = 0; i < result->outcome_count; i++)
        g_free(result->outcomes[i].values);
    g_free(result->outcomes);
    result->outcomes = NULL;
    result->outcome_count = 0;
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
