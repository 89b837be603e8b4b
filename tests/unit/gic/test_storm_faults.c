/* The random load notices faults whose directed tests look elsewhere. */
#include "storm.h"

#include <criterion/criterion.h>

static bool notices(gic_fault_t fault)
{
    for (uint64_t seed = 1; seed <= 10; seed++)
        if (storm_run(&(storm_config_t){.cores = 6, .seed = seed, .rounds = 300, .fault = fault}).wrong)
            return true;
    return false;
}

Test(gic_storm_faults, without_a_fault_are_none)
{
    cr_assert_not(notices(GIC_FAULT_NONE));
}

Test(gic_storm_faults, lost_activates_are_noticed)
{
    cr_assert(notices(GIC_FAULT_CLEAR_LOSES_ACTIVATE));
}

Test(gic_storm_faults, an_spi_presented_to_all_cores_is_noticed)
{
    cr_assert(notices(GIC_FAULT_SPI_TO_ALL));
}

Test(gic_storm_faults, interrupts_lost_while_active_are_noticed)
{
    cr_assert(notices(GIC_FAULT_ACTIVE_NOT_REPENDED));
}
