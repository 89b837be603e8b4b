/* The scenarios of the power controller notice injected faults. */
#include "cores.h"

#include <criterion/criterion.h>

Test(power_faults, none_is_noticed_without_one)
{
    cr_assert_null(race_two_callers(DEVICE_FAULT_NONE));
    cr_assert_null(race_with_a_running_target(DEVICE_FAULT_NONE));
    cr_assert_null(halt_reaches_everybody(DEVICE_FAULT_NONE));
    cr_assert_null(off_and_on_again(DEVICE_FAULT_NONE));
}

Test(power_faults, a_second_success_for_a_starting_core_is_noticed)
{
    cr_assert_not_null(race_two_callers(DEVICE_FAULT_CPU_ON_NOT_PENDING));
}

Test(power_faults, a_second_start_of_a_running_core_is_noticed)
{
    cr_assert_not_null(race_with_a_running_target(DEVICE_FAULT_CPU_ON_OF_RUNNING));
}

Test(power_faults, a_caller_that_is_not_halted_is_noticed)
{
    cr_assert_not_null(halt_reaches_everybody(DEVICE_FAULT_HALT_SKIPS_CALLER));
}

Test(power_faults, a_core_that_stays_on_after_cpu_off_is_noticed)
{
    cr_assert_not_null(off_and_on_again(DEVICE_FAULT_CPU_OFF_STAYS_ON));
}
