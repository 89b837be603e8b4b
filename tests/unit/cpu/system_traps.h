/* The traps of instructions, system registers, exceptions, timers and firmware calls as properties: each returns
 * whether it holds on a core with the given fault injected (cpu/fault.h; CPU_INJECT_NONE in a build without faults). */
#ifndef MESIM_TESTS_CPU_SYSTEM_TRAPS_H
#define MESIM_TESTS_CPU_SYSTEM_TRAPS_H

#include "cpu/fault.h"

#include <stdbool.h>
#include <stddef.h>

typedef bool trap_t(cpu_injected_fault_t injected);

trap_t trap_counter_never_goes_back_between_cores;
trap_t trap_cval_of_all_ones_never_fires;
trap_t trap_negative_tval_fires_at_once;
trap_t trap_rearming_in_the_handler_lowers_the_line;
trap_t trap_sev_before_wfe_is_latched;
trap_t trap_event_stream_wakes_wfe;
trap_t trap_masked_irq_wakes_wfi_and_is_not_taken;
trap_t trap_eret_clears_the_monitor;
trap_t trap_svc_returns_behind_itself;
trap_t trap_entry_from_el0_uses_the_stack_of_el1;
trap_t trap_return_to_el2_is_illegal;
trap_t trap_entry_sets_pan_unless_span;
trap_t trap_branch_type_lasts_one_instruction;
trap_t trap_aborted_store_says_write;
trap_t trap_el0_cannot_read_el1_registers;
trap_t trap_read_only_registers_refuse_writes;
trap_t trap_res0_bits_are_not_stored;
trap_t trap_cpu_on_waits_for_the_power_controller;
trap_t trap_powerdown_wakes_at_its_entry;
trap_t trap_powerdown_hands_over_its_context;
trap_t trap_powerdown_wakes_for_a_sleeping_redistributor;
/* isa_traps.c */
trap_t trap_aborted_access_leaves_its_base;
trap_t trap_discarded_result_does_not_acquire;
trap_t trap_misaligned_stack_pointer_faults;
/* fp_traps.c */
trap_t trap_default_nan_replaces_nans;
trap_t trap_flush_to_zero_takes_denormals_for_zero;
trap_t trap_halves_flush_by_fz16_alone;
trap_t trap_rounding_is_that_of_fpcr;
trap_t trap_alternative_halves_have_no_infinity;
trap_t trap_multiply_add_rounds_once;
trap_t trap_signalling_nan_comes_before_a_quiet_one;
trap_t trap_flags_accumulate;

typedef struct trap_row {
    const char *name;
    cpu_injected_fault_t fault; /* with it the property does not hold */
    trap_t *holds;
} trap_row_t;

extern const trap_row_t trap_rows[];
extern const size_t trap_row_count;

#endif
