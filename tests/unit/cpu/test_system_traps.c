/* The traps hold on the core as it is; test_system_traps_faults.c shows that each would notice its fault. */
#include "system_traps.h"

#include <criterion/criterion.h>

Test(trap_counter, never_goes_back_between_cores)
{
    cr_expect(trap_counter_never_goes_back_between_cores(CPU_INJECT_NONE));
}

Test(trap_timer, cval_of_all_ones_never_fires)
{
    cr_expect(trap_cval_of_all_ones_never_fires(CPU_INJECT_NONE));
}

Test(trap_timer, negative_tval_fires_at_once)
{
    cr_expect(trap_negative_tval_fires_at_once(CPU_INJECT_NONE));
}

Test(trap_timer, rearming_in_the_handler_lowers_the_line)
{
    cr_expect(trap_rearming_in_the_handler_lowers_the_line(CPU_INJECT_NONE));
}

Test(trap_wfe, sev_before_wfe_is_latched)
{
    cr_expect(trap_sev_before_wfe_is_latched(CPU_INJECT_NONE));
}

Test(trap_wfe, event_stream_wakes_it)
{
    cr_expect(trap_event_stream_wakes_wfe(CPU_INJECT_NONE));
}

Test(trap_wfi, masked_irq_wakes_it_and_is_not_taken)
{
    cr_expect(trap_masked_irq_wakes_wfi_and_is_not_taken(CPU_INJECT_NONE));
}

Test(trap_monitor, eret_clears_it)
{
    cr_expect(trap_eret_clears_the_monitor(CPU_INJECT_NONE));
}

Test(trap_exception, svc_returns_behind_itself)
{
    cr_expect(trap_svc_returns_behind_itself(CPU_INJECT_NONE));
}

Test(trap_exception, entry_from_el0_uses_the_stack_of_el1)
{
    cr_expect(trap_entry_from_el0_uses_the_stack_of_el1(CPU_INJECT_NONE));
}

Test(trap_exception, return_to_el2_is_illegal)
{
    cr_expect(trap_return_to_el2_is_illegal(CPU_INJECT_NONE));
}

Test(trap_exception, aborted_store_says_write)
{
    cr_expect(trap_aborted_store_says_write(CPU_INJECT_NONE));
}

Test(trap_sysreg, el0_cannot_read_el1_registers)
{
    cr_expect(trap_el0_cannot_read_el1_registers(CPU_INJECT_NONE));
}

Test(trap_sysreg, read_only_registers_refuse_writes)
{
    cr_expect(trap_read_only_registers_refuse_writes(CPU_INJECT_NONE));
}

Test(trap_sysreg, res0_bits_are_not_stored)
{
    cr_expect(trap_res0_bits_are_not_stored(CPU_INJECT_NONE));
}

Test(trap_psci, cpu_on_waits_for_the_power_controller)
{
    cr_expect(trap_cpu_on_waits_for_the_power_controller(CPU_INJECT_NONE));
}

Test(trap_psci, powerdown_wakes_at_its_entry)
{
    cr_expect(trap_powerdown_wakes_at_its_entry(CPU_INJECT_NONE));
}

Test(trap_psci, powerdown_hands_over_its_context)
{
    cr_expect(trap_powerdown_hands_over_its_context(CPU_INJECT_NONE));
}

Test(trap_psci, powerdown_wakes_for_a_sleeping_redistributor)
{
    cr_expect(trap_powerdown_wakes_for_a_sleeping_redistributor(CPU_INJECT_NONE));
}

Test(trap_instruction, aborted_access_leaves_its_base)
{
    cr_expect(trap_aborted_access_leaves_its_base(CPU_INJECT_NONE));
}

Test(trap_instruction, discarded_result_does_not_acquire)
{
    cr_expect(trap_discarded_result_does_not_acquire(CPU_INJECT_NONE));
}

Test(trap_instruction, misaligned_stack_pointer_faults)
{
    cr_expect(trap_misaligned_stack_pointer_faults(CPU_INJECT_NONE));
}

Test(trap_fp, default_nan_replaces_nans)
{
    cr_expect(trap_default_nan_replaces_nans(CPU_INJECT_NONE));
}

Test(trap_fp, flush_to_zero_takes_denormals_for_zero)
{
    cr_expect(trap_flush_to_zero_takes_denormals_for_zero(CPU_INJECT_NONE));
}

Test(trap_fp, halves_flush_by_fz16_alone)
{
    cr_expect(trap_halves_flush_by_fz16_alone(CPU_INJECT_NONE));
}

Test(trap_fp, rounding_is_that_of_fpcr)
{
    cr_expect(trap_rounding_is_that_of_fpcr(CPU_INJECT_NONE));
}

Test(trap_fp, alternative_halves_have_no_infinity)
{
    cr_expect(trap_alternative_halves_have_no_infinity(CPU_INJECT_NONE));
}

Test(trap_fp, multiply_add_rounds_once)
{
    cr_expect(trap_multiply_add_rounds_once(CPU_INJECT_NONE));
}

Test(trap_fp, signalling_nan_comes_before_a_quiet_one)
{
    cr_expect(trap_signalling_nan_comes_before_a_quiet_one(CPU_INJECT_NONE));
}

Test(trap_fp, flags_accumulate)
{
    cr_expect(trap_flags_accumulate(CPU_INJECT_NONE));
}
