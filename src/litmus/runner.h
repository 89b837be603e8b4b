/* Many runs of a test, counted by outcome. */
#ifndef MESIM_LITMUS_RUNNER_H
#define MESIM_LITMUS_RUNNER_H

#include "litmus/histogram.h"
#include "litmus/rig.h"

typedef struct litmus_options {
    litmus_rig_options_t rig;
    uint64_t runs;
    /* Asked several times a second; true ends the runs early. May be NULL. */
    bool (*interrupted)(void *self);
    void *self;
} litmus_options_t;

int litmus_run(const litmus_test_t *test, const litmus_options_t *options, litmus_result_t *ret_result,
               base_error_t *error);

/* Whether the runs are to end early; asks at most every 50 ms of the host, as a run may take long. */
bool litmus_interrupted(const litmus_options_t *options, int64_t *asked_us);

/* Whether the quantified condition is validated by what was seen. */
bool litmus_validated(const litmus_test_t *test, const litmus_result_t *result);

#endif
