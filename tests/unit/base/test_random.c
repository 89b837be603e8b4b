/* The generator against the published vectors of its authors' reference code, and the distribution below a bound. */
#include "base/random.h"

#include <criterion/criterion.h>

Test(base_random_next, gives_the_reference_sequence_from_state_1_2_3_4)
{
    static const uint64_t expected[] = {
        UINT64_C(11520),
        UINT64_C(0),
        UINT64_C(1509978240),
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832),
        UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576),
    };
    base_random_t random = {.state = {1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        cr_assert_eq(base_random_next(&random), expected[i], "number %zu", i);
}

Test(base_random_init, fills_the_state_by_splitmix64)
{
    base_random_t random;
    base_random_init(&random, 1234567);
    cr_assert_eq(random.state[0], UINT64_C(6457827717110365317));
    cr_assert_eq(random.state[1], UINT64_C(3203168211198807973));
    cr_assert_eq(random.state[2], UINT64_C(9817491932198370423));
}

Test(base_random_init, with_seed_zero_leaves_a_state_that_is_not_zero)
{
    base_random_t random;
    base_random_init(&random, 0);
    cr_assert_neq(random.state[0] | random.state[1] | random.state[2] | random.state[3], 0);
}

Test(base_random_init, separates_neighbouring_seeds)
{
    base_random_t one, two;
    base_random_init(&one, 1);
    base_random_init(&two, 2);
    cr_assert_neq(base_random_next(&one), base_random_next(&two));
}

Test(base_random_below, stays_below_the_bound)
{
    static const uint64_t bounds[] = {1, 2, 3, 1000, UINT64_C(1) << 63, UINT64_MAX};
    base_random_t random;
    base_random_init(&random, 42);
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        for (int draw = 0; draw < 1000; draw++)
            cr_assert_lt(base_random_below(&random, bounds[i]), bounds[i]);
    }
}

Test(base_random_below, reaches_every_value_about_equally_often)
{
    enum { VALUES = 10, DRAWS = 100000 };
    unsigned count[VALUES] = {0};
    base_random_t random;
    base_random_init(&random, 7);
    for (int draw = 0; draw < DRAWS; draw++)
        count[base_random_below(&random, VALUES)]++;
    for (int value = 0; value < VALUES; value++) /* 10000 expected; five standard deviations are 474 */
        cr_assert(count[value] > 9526 && count[value] < 10474, "%d came %u times", value, count[value]);
}
