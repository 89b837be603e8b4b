/* The scenarios of the real-time clock and the power key notice injected faults. */
#include "rtc_gpio_traps.h"

#include <criterion/criterion.h>

Test(pl031_faults, an_alarm_that_is_lost_is_noticed)
{
    cr_assert_null(wrong_alarm(DEVICE_FAULT_NONE));
    cr_assert_not_null(wrong_alarm(DEVICE_FAULT_ALARM_LOST));
}

Test(pl031_faults, a_line_that_stays_high_is_noticed)
{
    cr_assert_not_null(wrong_alarm(DEVICE_FAULT_LINE_NOT_LOWERED));
}

Test(pl061_faults, an_edge_that_is_lost_is_noticed)
{
    cr_assert_null(wrong_key_edge(DEVICE_FAULT_NONE));
    cr_assert_not_null(wrong_key_edge(DEVICE_FAULT_EDGE_LOST));
}

Test(pl061_faults, a_mask_that_is_ignored_is_noticed)
{
    cr_assert_not_null(wrong_key_edge(DEVICE_FAULT_MASK_IGNORED));
}

Test(pl061_faults, a_line_that_does_not_follow_its_level_is_noticed)
{
    cr_assert_null(wrong_key_level(DEVICE_FAULT_NONE));
    cr_assert_not_null(wrong_key_level(DEVICE_FAULT_LINE_NOT_LOWERED));
}
