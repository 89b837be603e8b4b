/* The result of a test in the layout of litmus7's logs, which mcompare7 and its like read. */
#ifndef MESIM_LITMUS_PRINT_H
#define MESIM_LITMUS_PRINT_H

#include "litmus/runner.h"

#include <stdio.h>

/* seconds: what the runs took. */
void litmus_print(const litmus_test_t *test, const litmus_result_t *result, double seconds, FILE *stream);

/* Outcomes that a model allows, each counted once, in the layout of herd7's logs. */
void litmus_print_allowed(const litmus_test_t *test, const litmus_result_t *allowed, double seconds, FILE *stream);

/* "0:X1=1; [x]=2;" */
void litmus_print_state(const litmus_test_t *test, const uint64_t *values, FILE *stream);

/* "Never", "Sometimes" or "Always": how often the proposition held. */
const char *litmus_observation(const litmus_result_t *result);

#endif
