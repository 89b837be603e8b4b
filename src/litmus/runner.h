/* Many runs of a test, counted by outcome. */
#ifndef MESIM_LITMUS_RUNNER_H
#define MESIM_LITMUS_RUNNER_H

#include "litmus/histogram.h"
#include "litmus/rig.h"

typedef struct litmus_options {
    litmus_rig_options_t rig;
    uint64_t runs;
    /* Asked now and then; true ends the runs early. May be NULL. */
    bool (*interrupted)(void *self);
    void *self;
} litmus_options_t;

int litmus_run(const litmus_test_t *test, const litmus_options_t *options, litmus_result_t *ret_result,
               base_error_t *error);

/* Whether the quantified condition is validated by what was seen. */
bool litmus_validated(const litmus_test_t *test, const litmus_result_t *result);

#endif
