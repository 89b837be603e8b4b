/* Candidate executions: a trace for each thread, what each load reads from, and the order of the stores to each byte;
 * and which of them the model allows. Nobody outside src/axiomatic includes this. */
#ifndef MESIM_AXIOMATIC_SEARCH_H
#define MESIM_AXIOMATIC_SEARCH_H

#include "axiomatic/event.h"
#include "base/error.h"
#include "litmus/histogram.h"

/* Adds to `allowed` each outcome of an execution that satisfies (DDI 0487, B2.3.3)
 *   internal visibility: program order, reads-from and coherence agree at each byte;
 *   external visibility: observed-by between threads together with locally-ordered-before has no cycle;
 *   atomicity: no other thread's store comes between the load and the store of a read-modify-write.
 * traces[thread] holds axiomatic_trace_t *. -E2BIG: too many candidates; -EINTR: interrupted. */
int axiomatic_search(const litmus_test_t *test, GPtrArray *const *traces, bool (*interrupted)(void *self), void *self,
                     litmus_histogram_t *allowed, base_error_t *error);

#endif
