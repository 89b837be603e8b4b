/* Clock periods and edges in whole picoseconds. */
#include "base/time.h"

#include <criterion/criterion.h>

Test(time_period_ps, is_exact_for_clocks_that_divide_a_second)
{
    cr_assert_eq(time_period_ps(1000000000), 1000);
    cr_assert_eq(time_period_ps(62500000), 16000);
    cr_assert_eq(time_period_ps(1), TIME_PS_PER_SECOND);
}

Test(time_period_ps, rounds_to_the_nearest_picosecond)
{
    cr_assert_eq(time_period_ps(2400000000), 417); /* 416.67 */
    cr_assert_eq(time_period_ps(3000000000), 333); /* 333.33 */
}

Test(time_align_up_ps, keeps_an_edge_and_moves_everything_else_to_the_next)
{
    cr_assert_eq(time_align_up_ps(0, 417), 0);
    cr_assert_eq(time_align_up_ps(1, 417), 417);
    cr_assert_eq(time_align_up_ps(416, 417), 417);
    cr_assert_eq(time_align_up_ps(417, 417), 417);
    cr_assert_eq(time_align_up_ps(418, 417), 834);
}

Test(time_align_up_ps, is_exact_beyond_the_precision_of_a_double)
{
    uint64_t edge = UINT64_C(417) * 30000000000000000;
    cr_assert_eq(time_align_up_ps(edge - 1, 417), edge);
    cr_assert_eq(time_align_up_ps(edge + 1, 417), edge + 417);
}
