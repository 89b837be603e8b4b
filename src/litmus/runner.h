/* Many runs of a test, counted by outcome. */
#ifndef MESIM_LITMUS_RUNNER_H
#define MESIM_LITMUS_RUNNER_H

#include "litmus/rig.h"

typedef struct litmus_options {
    litmus_rig_options_t rig;
    uint64_t runs;
    /* Asked now and then; true ends the runs early. May be NULL. */
    bool (*interrupted)(void *self);
    void *self;
} litmus_options_t;

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

int litmus_run(const litmus_test_t *test, const litmus_options_t *options, litmus_result_t *ret_result,
               base_error_t *error);
void litmus_result_done(litmus_result_t *result);

/* Whether the quantified condition is validated by what was seen. */
bool litmus_validated(const litmus_test_t *test, const litmus_result_t *result);

#endif
