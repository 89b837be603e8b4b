/* Each trap's scenario fails on a model with the corresponding fault, and holds on the same build without it; each
 * fault of the list has its scenario. */
#include "register_map.h"
#include "traps.h"

#include <criterion/criterion.h>

static const char *trap_write_masks(gic_fault_t fault)
{
    const map_machine_t machine = {.cores = 3, .spis = 256, .core = 1};
    return map_wrong_write(&machine, fault);
}

static const struct {
    trap_t *trap;
    gic_fault_t fault;
} rows[] = {
    {trap_range_selector_flat, GIC_FAULT_NO_RANGE_SELECTOR},
    {trap_range_selector_in_clusters, GIC_FAULT_NO_RANGE_SELECTOR},
    {trap_affinity_1, GIC_FAULT_NO_AFFINITY_1},
    {trap_broadcast, GIC_FAULT_BROADCAST_TO_SELF},
    {trap_group_of_sgi, GIC_FAULT_ANY_GROUP},
    {trap_asleep, GIC_FAULT_WAKES_SLEEPER},
    {trap_wake_request, GIC_FAULT_NO_WAKE_REQUEST},
    {trap_eoimode, GIC_FAULT_EOI_DEACTIVATES},
    {trap_dir_out_of_order, GIC_FAULT_EOI_DEACTIVATES},
    {trap_nested_priorities, GIC_FAULT_DROP_ALL},
    {trap_priority_mask, GIC_FAULT_NO_PRIORITY_MASK},
    {trap_stray_eoi, GIC_FAULT_STRAY_EOI},
    {trap_level_stays_high, GIC_FAULT_LEVEL_AS_EDGE},
    {trap_edge_while_active, GIC_FAULT_ACTIVE_NOT_REPENDED},
    {trap_sgi_while_active, GIC_FAULT_ACTIVE_NOT_REPENDED},
    {trap_one_of_n, GIC_FAULT_SPI_TO_ALL},
    {trap_clear_crosses_activate, GIC_FAULT_CLEAR_LOSES_ACTIVATE},
    {trap_eoimode, GIC_FAULT_ACTIVE_FORWARDED},
    {trap_spi_affinity, GIC_FAULT_SPI_BY_AFF0},
    {trap_group_priority, GIC_FAULT_NO_BINARY_POINT},
    {trap_interface_reset, GIC_FAULT_INTERFACE_NOT_RESET},
    {trap_lpi_reaches_its_collection, GIC_FAULT_MAP_TO_WRONG_COLLECTION},
    {trap_lpi_is_acknowledged_once, GIC_FAULT_LPI_STAYS_PENDING},
    {trap_lpi_priorities, GIC_FAULT_LPI_PRIORITY_IGNORED},
    {trap_lpi_pending_while_disabled, GIC_FAULT_LPI_LOST_WHILE_DISABLED},
    {trap_disabled_lpis_are_stored, GIC_FAULT_PENDING_NOT_STORED},
    {trap_inv_reads_the_configuration, GIC_FAULT_INV_IGNORED},
    {trap_move_takes_pending_along, GIC_FAULT_MOVE_LEAVES_PENDING},
    {trap_discard_clears_pending, GIC_FAULT_DISCARD_KEEPS_PENDING},
    {trap_queue_wraps, GIC_FAULT_QUEUE_NOT_WRAPPED},
    {trap_tables_end, GIC_FAULT_TABLES_UNBOUNDED},
    {trap_write_masks, GIC_FAULT_WRITE_MASK},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const char *const texts[] = {
#define TEXT(id, text) [GIC_FAULT_##id] = text,
    GIC_FAULTS(TEXT)
#undef TEXT
};

Test(gic_faults, are_each_noticed_by_their_trap, .timeout = 120)
{
    for (unsigned i = 0; i < ROWS; i++) {
        const char *wrong = rows[i].trap(GIC_FAULT_NONE);
        cr_assert_null(wrong, "row %u does not hold without its fault: %s", i, wrong);
        cr_assert_not_null(rows[i].trap(rows[i].fault), "row %u does not notice: %s", i, texts[rows[i].fault]);
    }
}

Test(gic_faults, of_the_list_have_all_their_trap)
{
    for (gic_fault_t fault = GIC_FAULT_NONE + 1; fault < GIC_FAULT_COUNT; fault++) {
        bool found = false;
        for (unsigned i = 0; i < ROWS; i++)
            found = found || rows[i].fault == fault;
        cr_assert(found, "nothing notices: %s", texts[fault]);
    }
}
