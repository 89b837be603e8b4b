/* Each trap's scenario fails on a model with the corresponding fault, and holds on the same build without it. */
#include "traps.h"

#include <criterion/criterion.h>

static void notices(trap_t *trap, gic_fault_t fault)
{
    const char *wrong = trap(GIC_FAULT_NONE);
    cr_assert_null(wrong, "does not hold without a fault: %s", wrong);
    cr_assert_not_null(trap(fault), "fault %d goes unnoticed", fault);
}

Test(gic_faults, a_range_selector_taken_for_0_is_noticed_flat)
{
    notices(trap_range_selector_flat, GIC_FAULT_NO_RANGE_SELECTOR);
}
Test(gic_faults, a_range_selector_taken_for_0_is_noticed_in_clusters)
{
    notices(trap_range_selector_in_clusters, GIC_FAULT_NO_RANGE_SELECTOR);
}
Test(gic_faults, aff1_not_compared_is_noticed)
{
    notices(trap_affinity_1, GIC_FAULT_NO_AFFINITY_1);
}
Test(gic_faults, a_broadcast_to_the_sender_is_noticed)
{
    notices(trap_broadcast, GIC_FAULT_BROADCAST_TO_SELF);
}
Test(gic_faults, a_group_not_compared_is_noticed)
{
    notices(trap_group_of_sgi, GIC_FAULT_ANY_GROUP);
}
Test(gic_faults, a_sleeper_that_gets_interrupts_is_noticed)
{
    notices(trap_asleep, GIC_FAULT_WAKES_SLEEPER);
}
Test(gic_faults, a_sleeper_that_does_not_ask_for_its_core_is_noticed)
{
    notices(trap_wake_request, GIC_FAULT_NO_WAKE_REQUEST);
}
Test(gic_faults, an_eoi_that_deactivates_in_mode_1_is_noticed)
{
    notices(trap_eoimode, GIC_FAULT_EOI_DEACTIVATES);
}
Test(gic_faults, dir_without_effect_after_eoi_is_noticed)
{
    notices(trap_dir_out_of_order, GIC_FAULT_EOI_DEACTIVATES);
}
Test(gic_faults, a_drop_of_all_priorities_is_noticed)
{
    notices(trap_nested_priorities, GIC_FAULT_DROP_ALL);
}
Test(gic_faults, a_mask_not_compared_is_noticed)
{
    notices(trap_priority_mask, GIC_FAULT_NO_PRIORITY_MASK);
}
Test(gic_faults, a_stray_eoi_with_effect_is_noticed)
{
    notices(trap_stray_eoi, GIC_FAULT_STRAY_EOI);
}
Test(gic_faults, a_level_taken_for_an_edge_is_noticed)
{
    notices(trap_level_stays_high, GIC_FAULT_LEVEL_AS_EDGE);
}
Test(gic_faults, an_edge_lost_while_active_is_noticed)
{
    notices(trap_edge_while_active, GIC_FAULT_ACTIVE_NOT_REPENDED);
}
Test(gic_faults, an_sgi_lost_while_active_is_noticed)
{
    notices(trap_sgi_while_active, GIC_FAULT_ACTIVE_NOT_REPENDED);
}
Test(gic_faults, a_1_of_n_interrupt_presented_to_all_is_noticed)
{
    notices(trap_one_of_n, GIC_FAULT_SPI_TO_ALL);
}
Test(gic_faults, an_activate_lost_when_it_crosses_a_clear_is_noticed)
{
    notices(trap_clear_crosses_activate, GIC_FAULT_CLEAR_LOSES_ACTIVATE);
}
