/* What was seen of a test beside what the model allows. */
#ifndef MESIM_AXIOMATIC_COMPARE_H
#define MESIM_AXIOMATIC_COMPARE_H

#include "litmus/histogram.h"

typedef struct axiomatic_comparison {
    unsigned allowed;   /* outcomes that the model allows */
    unsigned seen;      /* of these */
    unsigned forbidden; /* outcomes that were seen and are none of these */
} axiomatic_comparison_t;

axiomatic_comparison_t axiomatic_compare(const litmus_test_t *test, const litmus_result_t *allowed,
                                         const litmus_result_t *seen);

/* Whether the model allows the outcome of these values. */
bool axiomatic_allows(const litmus_test_t *test, const litmus_result_t *allowed, const uint64_t *values);

#endif
