/* One run in which a test's outcome was seen, told event by event. */
#ifndef MESIM_LITMUS_EXPLAIN_H
#define MESIM_LITMUS_EXPLAIN_H

#include "litmus/runner.h"

#include <stdio.h>

/* Repeats the runs with the same options up to the first one whose outcome fulfils the proposition, or fails it for
 * forall, and writes a line for each load, store, store-buffer and coherence event of that run, in the order of time.
 * Says so where there was no such run. -EINTR: interrupted while repeating. */
int litmus_explain(const litmus_test_t *test, const litmus_options_t *options, const litmus_result_t *result,
                   FILE *stream, base_error_t *error);

#endif
