/* Which outcomes of a litmus test the Arm memory model allows, by its axioms and without the simulator: all candidate
 * executions are made, and those kept that DDI 0487, B2.3 permits.
 *
 * The model: internal visibility, external visibility and atomicity, other-multi-copy atomic, with the dependencies of
 * B2.3.2 (pick dependencies too) and the orders of acquire and release (RCsc and RCpc), DMB, DSB, ISB, exclusives and
 * LSE; atomics without a result take no part where the manual says so. Accesses of different sizes to the same bytes
 * are handled by parts: each aligned access is single-copy atomic. Memory is Normal and cacheable, and all threads are
 * in one shareability domain.
 *
 * Not done, and refused with file, line and column: unaligned accesses, accesses beyond a location, SP, exclusive pairs
 * of X registers, DC and IC, Non-shareable barriers. Loops are followed for a few turns only. Time grows exponentially
 * with the number of loads, so this is for tests of the usual size. */
#ifndef MESIM_AXIOMATIC_AXIOMATIC_H
#define MESIM_AXIOMATIC_AXIOMATIC_H

#include "base/error.h"
#include "litmus/histogram.h"

typedef struct axiomatic_options {
    /* Asked now and then; true gives up with -EINTR. May be NULL. */
    bool (*interrupted)(void *self);
    void *self;
} axiomatic_options_t;

/* The allowed outcomes, each with count 1. *ret_loops: executions with more turns of a loop were left out.
 * -EINVAL: the checker does not do this test; -E2BIG: it is too large; -EINTR. */
int axiomatic_allowed(const litmus_test_t *test, const axiomatic_options_t *options, litmus_result_t *ret_result,
                      bool *ret_loops, base_error_t *error);

#endif
