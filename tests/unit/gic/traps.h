/* The traps of an interrupt controller, each as a scenario that says what went wrong, or NULL when all is well. The
 * same scenarios run on the sound model and on one with an injected fault, which they must notice. */
#ifndef MESIM_TESTS_GIC_TRAPS_H
#define MESIM_TESTS_GIC_TRAPS_H

#include "gic/gic.h"

typedef const char *trap_t(gic_fault_t fault);

trap_t trap_range_selector_flat;
trap_t trap_range_selector_in_clusters;
trap_t trap_affinity_1;
trap_t trap_broadcast;
trap_t trap_group_of_sgi;
trap_t trap_asleep;
trap_t trap_wake_request;
trap_t trap_eoimode;
trap_t trap_dir_out_of_order;
trap_t trap_nested_priorities;
trap_t trap_stray_eoi;
trap_t trap_level_stays_high;
trap_t trap_edge_while_active;
trap_t trap_sgi_while_active;
trap_t trap_one_of_n;
trap_t trap_priority_mask;
trap_t trap_clear_crosses_activate;
trap_t trap_spi_affinity;
trap_t trap_group_priority;
trap_t trap_interface_reset;
trap_t trap_lpi_reaches_its_collection;
trap_t trap_lpi_is_acknowledged_once;
trap_t trap_lpi_priorities;
trap_t trap_lpi_pending_while_disabled;
trap_t trap_inv_reads_the_configuration;
trap_t trap_move_takes_pending_along;
trap_t trap_discard_clears_pending;
trap_t trap_queue_wraps;
trap_t trap_disabled_lpis_are_stored;
trap_t trap_tables_end;

#endif
