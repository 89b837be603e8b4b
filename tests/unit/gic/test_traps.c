/* The traps of interrupt controllers (shared/traps.md), on the model as it is. */
#include "traps.h"

#include <criterion/criterion.h>

static void holds(trap_t *trap)
{
    const char *wrong = trap(GIC_FAULT_NONE);
    cr_assert_null(wrong, "does not hold: %s", wrong);
}

Test(gic_sgi, to_core_17_of_20_flat_reaches_it_alone)
{
    holds(trap_range_selector_flat);
}
Test(gic_sgi, to_aff0_17_of_the_second_cluster_reaches_it_alone)
{
    holds(trap_range_selector_in_clusters);
}
Test(gic_sgi, to_one_of_five_clusters_reaches_no_other)
{
    holds(trap_affinity_1);
}
Test(gic_sgi, broadcast_excludes_the_sender)
{
    holds(trap_broadcast);
}
Test(gic_sgi, of_group_0_is_not_delivered_where_the_intid_is_group_1)
{
    holds(trap_group_of_sgi);
}
Test(gic_sgi, that_comes_while_active_is_delivered_after_the_eoi)
{
    holds(trap_sgi_while_active);
}
Test(gic_waker, keeps_an_interrupt_pending_while_asleep_and_delivers_it_after_wake)
{
    holds(trap_asleep);
}
Test(gic_waker, asks_for_a_core_that_an_interrupt_waits_for)
{
    holds(trap_wake_request);
}
Test(gic_eoimode, one_does_not_deliver_again_before_dir)
{
    holds(trap_eoimode);
}
Test(gic_eoimode, one_takes_dir_in_any_order)
{
    holds(trap_dir_out_of_order);
}
Test(gic_priority, drops_step_by_step_through_three_nested_interrupts)
{
    holds(trap_nested_priorities);
}
Test(gic_priority, equal_to_the_mask_is_masked)
{
    holds(trap_priority_mask);
}
Test(gic_eoi, without_acknowledge_is_a_logged_guest_error_without_effect)
{
    holds(trap_stray_eoi);
}
Test(gic_level, that_stays_high_pends_again_after_eoi)
{
    holds(trap_level_stays_high);
}
Test(gic_edge, while_active_makes_the_interrupt_active_and_pending)
{
    holds(trap_edge_while_active);
}
Test(gic_spi, one_of_n_is_acknowledged_once_when_all_cores_read_iar_together)
{
    holds(trap_one_of_n);
}
Test(gic_clear, that_crosses_an_acknowledge_neither_loses_nor_repeats_the_interrupt)
{
    holds(trap_clear_crosses_activate);
}
Test(gic_spi, reaches_the_affinity_of_its_route_alone)
{
    holds(trap_spi_affinity);
}
Test(gic_priority, of_the_same_group_does_not_preempt)
{
    holds(trap_group_priority);
}
Test(gic_cpuif_reset, forgets_registers_and_active_priorities)
{
    holds(trap_interface_reset);
}
Test(gic_lpi, reaches_the_core_of_its_collection)
{
    holds(trap_lpi_reaches_its_collection);
}
Test(gic_lpi, is_acknowledged_once)
{
    holds(trap_lpi_is_acknowledged_once);
}
Test(gic_lpi, of_the_highest_priority_comes_first)
{
    holds(trap_lpi_priorities);
}
Test(gic_lpi, that_comes_while_disabled_is_delivered_when_enabled)
{
    holds(trap_lpi_pending_while_disabled);
}
Test(gic_lpi, pending_when_lpis_are_disabled_is_in_the_pending_table)
{
    holds(trap_disabled_lpis_are_stored);
}
Test(gic_its, inv_and_invall_read_the_configuration_again)
{
    holds(trap_inv_reads_the_configuration);
}
Test(gic_its, movi_and_movall_take_what_is_pending_along)
{
    holds(trap_move_takes_pending_along);
}
Test(gic_its, discard_clears_what_is_pending)
{
    holds(trap_discard_clears_pending);
}
Test(gic_its, queue_wraps)
{
    holds(trap_queue_wraps);
}
Test(gic_its, tables_end_where_gits_baser_says)
{
    holds(trap_tables_end);
}
