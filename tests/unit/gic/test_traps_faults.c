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
Test(gic_faults, an_active_interrupt_forwarded_again_is_noticed)
{
    notices(trap_eoimode, GIC_FAULT_ACTIVE_FORWARDED);
}
Test(gic_faults, an_spi_routed_by_aff0_alone_is_noticed)
{
    notices(trap_spi_affinity, GIC_FAULT_SPI_BY_AFF0);
}
Test(gic_faults, a_binary_point_not_applied_is_noticed)
{
    notices(trap_group_priority, GIC_FAULT_NO_BINARY_POINT);
}
Test(gic_faults, a_mapping_to_another_collection_is_noticed)
{
    notices(trap_lpi_reaches_its_collection, GIC_FAULT_MAP_TO_WRONG_COLLECTION);
}
Test(gic_faults, an_lpi_that_stays_pending_is_noticed)
{
    notices(trap_lpi_is_acknowledged_once, GIC_FAULT_LPI_STAYS_PENDING);
}
Test(gic_faults, lpi_priorities_not_applied_are_noticed)
{
    notices(trap_lpi_priorities, GIC_FAULT_LPI_PRIORITY_IGNORED);
}
Test(gic_faults, an_lpi_lost_while_disabled_is_noticed)
{
    notices(trap_lpi_pending_while_disabled, GIC_FAULT_LPI_LOST_WHILE_DISABLED);
}
Test(gic_faults, a_pending_table_not_written_is_noticed)
{
    notices(trap_disabled_lpis_are_stored, GIC_FAULT_PENDING_NOT_STORED);
}
Test(gic_faults, an_inv_without_effect_is_noticed)
{
    notices(trap_inv_reads_the_configuration, GIC_FAULT_INV_IGNORED);
}
Test(gic_faults, a_move_that_leaves_pending_behind_is_noticed)
{
    notices(trap_move_takes_pending_along, GIC_FAULT_MOVE_LEAVES_PENDING);
}
Test(gic_faults, a_discard_that_keeps_pending_is_noticed)
{
    notices(trap_discard_clears_pending, GIC_FAULT_DISCARD_KEEPS_PENDING);
}
Test(gic_faults, a_queue_that_does_not_wrap_is_noticed)
{
    notices(trap_queue_wraps, GIC_FAULT_QUEUE_NOT_WRAPPED);
}
Test(gic_faults, tables_without_an_end_are_noticed)
{
    notices(trap_tables_end, GIC_FAULT_TABLES_UNBOUNDED);
}
