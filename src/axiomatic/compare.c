#include "axiomatic/compare.h"

#include <string.h>

bool axiomatic_allows(const litmus_test_t *test, const litmus_result_t *allowed, const uint64_t *values)
{
    for (unsigned i = 0; i < allowed->outcome_count; i++)
        if (!memcmp(allowed->outcomes[i].values, values, test->observed_count * sizeof(uint64_t)))
            return true;
    return false;
}

axiomatic_comparison_t axiomatic_compare(const litmus_test_t *test, const litmus_result_t *allowed,
                                         const litmus_result_t *seen)
{
    axiomatic_comparison_t comparison = {.allowed = allowed->outcome_count};
    for (unsigned i = 0; i < seen->outcome_count; i++)
        if (axiomatic_allows(test, allowed, seen->outcomes[i].values))
            comparison.seen++;
        else
            comparison.forbidden++;
    return comparison;
}
