/* Every trace that a thread may have, given what was ever written. Nobody outside src/axiomatic includes this. */
#ifndef MESIM_AXIOMATIC_THREAD_H
#define MESIM_AXIOMATIC_THREAD_H

#include "axiomatic/writes.h"
#include "base/error.h"

/* Adds to `traces` (axiomatic_trace_t *) one for each way of choosing what loads return and which store-exclusives
 * fail. Walks with more turns of loops than AXIOMATIC_MAX_TURNS are left out, which *ret_cut says.
 * -EINVAL: an instruction or access that the checker does not do; -E2BIG: too many traces. */
int axiomatic_thread_traces(const litmus_test_t *test, unsigned thread, const uint32_t *words,
                            const axiomatic_writes_t *writes, GPtrArray *traces, bool *ret_cut, base_error_t *error);

#endif
