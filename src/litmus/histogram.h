/* Outcomes of a test, counted by their values. */
#ifndef MESIM_LITMUS_HISTOGRAM_H
#define MESIM_LITMUS_HISTOGRAM_H

#include "litmus/test.h"

#include <glib.h>

typedef struct litmus_outcome {
    uint64_t count, first_run;
    bool holds;       /* the proposition */
    uint64_t *values; /* one a test->observed */
} litmus_outcome_t;

typedef struct litmus_result {
    litmus_outcome_t *outcomes; /* by their values */
    unsigned outcome_count;
    uint64_t holding, failing; /* runs in which the proposition held, and not; the filter's rest is in neither */
    uint64_t runs;
    uint64_t instructions;
    bool interrupted;
} litmus_result_t;

typedef struct litmus_histogram {
    const litmus_test_t *test;
    GHashTable *places; /* GBytes of values to index + 1 in outcomes */
    GArray *outcomes;
} litmus_histogram_t;

void litmus_histogram_init(litmus_histogram_t *histogram, const litmus_test_t *test);
/* Counts the outcome; one that the test's filter does not take is not counted. */
void litmus_histogram_add(litmus_histogram_t *histogram, const uint64_t *values, uint64_t run);
bool litmus_histogram_has(const litmus_histogram_t *histogram, const uint64_t *values);
/* Sorts and judges the outcomes into the result, whose other fields stay, and ends the histogram. */
void litmus_histogram_finish(litmus_histogram_t *histogram, litmus_result_t *result);

void litmus_result_done(litmus_result_t *result);

#endif
