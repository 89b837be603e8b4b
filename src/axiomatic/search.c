#include "axiomatic/search.h"

#include "axiomatic/execution.h"

#include <errno.h>

enum { ASK_EVERY_COMBINATIONS = 256 };

typedef struct needs {
    axiomatic_value_set_t needs, offers;
} needs_t;

typedef struct search {
    const litmus_test_t *test;
    GPtrArray *const *traces;
    bool (*interrupted)(void *self);
    void *self;
    axiomatic_parts_t parts;
    needs_t *needs[LITMUS_MAX_THREADS];                 /* of each trace */
    axiomatic_value_set_t rest[LITMUS_MAX_THREADS + 1]; /* what this thread and the next ones can offer */
    axiomatic_execution_t execution;
    uint64_t combinations;
    int result;
    base_error_t *error;
} search_t;

static void unite(axiomatic_value_set_t *set, const axiomatic_value_set_t *other)
{
    for (unsigned i = 0; i < AXIOMATIC_VALUE_WORDS; i++)
        set->words[i] |= other->words[i];
}

static bool contains(const axiomatic_value_set_t *set, const axiomatic_value_set_t *other,
                     const axiomatic_value_set_t *wanted)
{
    uint64_t missing = 0;
    for (unsigned i = 0; i < AXIOMATIC_VALUE_WORDS; i++)
        missing |= wanted->words[i] & ~(set->words[i] | other->words[i]);
    return !missing;
}

static void try_combination(search_t *search)
{
    if (!axiomatic_execution_try(&search->execution))
        search->result = base_fail(search->error, -E2BIG,
                                   "%s: more than %d loads, stores and barriers in an execution, "
                                   "too many to check",
                                   search->test->file, AXIOMATIC_MAX_EVENTS);
    else if (search->execution.candidates >= AXIOMATIC_MAX_CANDIDATES)
        search->result = base_fail(search->error, -E2BIG, "%s: more than %d candidate executions, too many to check",
                                   search->test->file, AXIOMATIC_MAX_CANDIDATES);
    else if (search->execution.stopped || (++search->combinations % ASK_EVERY_COMBINATIONS == 0 &&
                                           search->interrupted && search->interrupted(search->self)))
        search->result = base_fail(search->error, -EINTR, "%s: interrupted", search->test->file);
}

/* A trace for this thread and the following ones, where no load returns what nobody writes. */
static void choose(search_t *search, unsigned thread, const needs_t *so_far)
{
    if (thread == search->test->thread_count) {
        try_combination(search);
        return;
    }
    for (guint i = 0; i < search->traces[thread]->len && search->result == 0; i++) {
        needs_t together = *so_far;
        unite(&together.needs, &search->needs[thread][i].needs);
        unite(&together.offers, &search->needs[thread][i].offers);
        if (!contains(&together.offers, &search->rest[thread + 1], &together.needs))
            continue;
        search->execution.traces[thread] = search->traces[thread]->pdata[i];
        choose(search, thread + 1, &together);
    }
}

static bool prepare(search_t *search, needs_t *ret_initial)
{
    const litmus_test_t *test = search->test;
    bool fits = axiomatic_parts_init(&search->parts, test, search->traces);
    *ret_initial = (needs_t){0};
    fits = fits && axiomatic_parts_initial_set(&search->parts, &ret_initial->offers);
    for (unsigned thread = test->thread_count; thread-- > 0;) {
        GPtrArray *traces = search->traces[thread];
        search->needs[thread] = g_new0(needs_t, traces->len + 1);
        search->rest[thread] = search->rest[thread + 1];
        for (guint i = 0; i < traces->len && fits; i++) {
            needs_t *needs = &search->needs[thread][i];
            fits = axiomatic_parts_sets(&search->parts, traces->pdata[i], &needs->needs, &needs->offers);
            unite(&search->rest[thread], &needs->offers);
        }
    }
    return fits;
}

int axiomatic_search(const litmus_test_t *test, GPtrArray *const *traces, bool (*interrupted)(void *self), void *self,
                     litmus_histogram_t *allowed, base_error_t *error)
{
    search_t *search = g_new0(search_t, 1);
    needs_t initial;
    *search = (search_t){.test = test, .traces = traces, .interrupted = interrupted, .self = self, .error = error};
    search->execution.test = test;
    search->execution.parts = &search->parts;
    search->execution.allowed = allowed;
    search->execution.interrupted = interrupted;
    search->execution.self = self;
    search->execution.outcome = g_new0(uint64_t, test->observed_count + 1);
    for (unsigned i = 0; i < test->observed_count; i++)
        search->execution.observes_memory |= !test->observed[i].is_register;
    if (prepare(search, &initial))
        choose(search, 0, &initial);
    else
        search->result =
            base_fail(error, -E2BIG, "%s: too many different values and places in memory to check", test->file);
    int result = search->result;
    for (unsigned thread = 0; thread < test->thread_count; thread++)
        g_free(search->needs[thread]);
    g_free(search->execution.outcome);
    axiomatic_parts_done(&search->parts);
    g_free(search);
    return result;
}
