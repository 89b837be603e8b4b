/* The power controller: PSCI's states, races and end. */
#include "cores.h"

#include <criterion/criterion.h>

static void holds(const char *wrong)
{
    cr_assert_null(wrong, "does not hold: %s", wrong);
}

Test(power_cpu_on, by_three_callers_at_once_succeeds_once_and_is_pending_for_the_others)
{
    holds(race_two_callers(DEVICE_FAULT_NONE));
}

Test(power_cpu_on, of_a_starting_core_is_pending_and_of_a_running_one_already_on)
{
    holds(race_with_a_running_target(DEVICE_FAULT_NONE));
}

Test(power_cpu_on, hands_entry_and_context_over_after_the_power_up_time)
{
    cores_t *cores = cores_new(2, 1, DEVICE_FAULT_NONE);
    uint64_t start_ps = cores_now_ps(cores);
    cr_assert_eq(cores_cpu_on(cores, 0, 1, 0x40001000), DEVICE_POWER_SUCCESS);
    cr_assert_eq(cores_view(cores, 0)->result_ps, start_ps + 2 * CORES_LINK_PS + CORES_RESPONSE_PS);
    cr_assert_eq(cores_view(cores, 1)->starts, 0);
    cores_settle(cores);
    const core_view_t *view = cores_view(cores, 1);
    cr_assert_eq(view->entry, 0x40001000);
    cr_assert_eq(view->context, 0x40001001);
    cr_assert_eq(view->start_ps, start_ps + 2 * CORES_LINK_PS + 1 + CORES_POWER_UP_PS);
    cores_free(cores);
}

Test(power_cpu_on, refuses_targets_that_do_not_exist)
{
    static const uint64_t targets[] = {5, 0x200, UINT64_C(1) << 32, 0x80000001, UINT64_MAX};
    cores_t *cores = cores_new(5, 1, DEVICE_FAULT_NONE);
    for (unsigned i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        cores_send(cores, 0,
                   (device_power_message_t){.kind = DEVICE_POWER_CPU_ON, .target = targets[i], .entry = 0x40000000});
        cores_settle(cores);
        cr_assert_eq(cores_view(cores, 0)->result, DEVICE_POWER_INVALID_PARAMETERS, "%lx", (unsigned long)targets[i]);
    }
    cores_free(cores);
}

Test(power_cpu_on, refuses_entries_outside_memory_or_not_aligned)
{
    cores_t *cores = cores_new(2, 1, DEVICE_FAULT_NONE);
    cr_assert_eq(cores_cpu_on(cores, 0, 1, 0x3ffffffc), DEVICE_POWER_INVALID_ADDRESS);
    cr_assert_eq(cores_cpu_on(cores, 0, 1, 0x50000000), DEVICE_POWER_INVALID_ADDRESS);
    cr_assert_eq(cores_cpu_on(cores, 0, 1, 0x40000002), DEVICE_POWER_INVALID_ADDRESS);
    cores_settle(cores);
    cr_assert_eq(cores_view(cores, 1)->starts, 0);
    cr_assert_eq(cores_cpu_on(cores, 0, 1, 0x4ffffffc), DEVICE_POWER_SUCCESS);
    cores_free(cores);
}

Test(power_cpu_off, lets_the_core_be_turned_on_again)
{
    holds(off_and_on_again(DEVICE_FAULT_NONE));
}

Test(power_affinity_info, tells_on_off_and_pending)
{
    cores_t *cores = cores_new(6, 1, DEVICE_FAULT_NONE);
    cr_assert_eq(cores_affinity_info(cores, 0, cores_mpidr(0), 0), DEVICE_POWER_IS_ON);
    cr_assert_eq(cores_affinity_info(cores, 0, cores_mpidr(5), 0), DEVICE_POWER_IS_OFF);
    cr_assert_eq(cores_cpu_on(cores, 0, 5, 0x40000000), DEVICE_POWER_SUCCESS);
    cr_assert_eq(cores_affinity_info(cores, 0, cores_mpidr(5), 0), DEVICE_POWER_IS_ON_PENDING);
    cores_settle(cores);
    cores_run_ps(cores, 1);
    cr_assert_eq(cores_affinity_info(cores, 0, cores_mpidr(5), 0), DEVICE_POWER_IS_ON);
    cores_free(cores);
}

Test(power_affinity_info, of_a_higher_level_is_on_with_any_core_on)
{
    cores_t *cores = cores_new(6, 1, DEVICE_FAULT_NONE);
    cr_assert_eq(cores_affinity_info(cores, 0, 0x000, 1), DEVICE_POWER_IS_ON);
    cr_assert_eq(cores_affinity_info(cores, 0, 0x100, 1), DEVICE_POWER_IS_OFF);
    cr_assert_eq(cores_cpu_on(cores, 0, 4, 0x40000000), DEVICE_POWER_SUCCESS);
    cr_assert_eq(cores_affinity_info(cores, 0, 0x103, 1), DEVICE_POWER_IS_ON_PENDING, "Aff0 does not count");
    cr_assert_eq(cores_affinity_info(cores, 0, 0x200, 1), DEVICE_POWER_INVALID_PARAMETERS);
    cr_assert_eq(cores_affinity_info(cores, 0, 0x000, 4), DEVICE_POWER_INVALID_PARAMETERS);
    cr_assert_eq(cores_affinity_info(cores, 0, 0x004, 0), DEVICE_POWER_INVALID_PARAMETERS);
    cores_free(cores);
}

Test(power_system_off, halts_every_core_at_an_exact_time_and_then_tells_the_machine)
{
    holds(halt_reaches_everybody(DEVICE_FAULT_NONE));
}

Test(power_system_reset, is_told_apart_and_the_first_request_counts)
{
    cores_t *cores = cores_new(3, 7, DEVICE_FAULT_NONE);
    cores_send(cores, 2, (device_power_message_t){.kind = DEVICE_POWER_SYSTEM_RESET});
    cores_run_ps(cores, 10);
    cores_send(cores, 0, (device_power_message_t){.kind = DEVICE_POWER_SYSTEM_OFF});
    cores_send(cores, 1, (device_power_message_t){.kind = DEVICE_POWER_AFFINITY_INFO, .target = cores_mpidr(0)});
    cores_settle(cores);
    cr_assert_eq(cores_end(cores)->calls, 1);
    cr_assert_eq(cores_end(cores)->end, DEVICE_POWER_ENDED_RESET);
    cr_assert_eq(cores_end(cores)->core, 2);
    cr_assert_eq(cores_view(cores, 1)->results, 0, "nobody lives to hear an answer");
    cores_free(cores);
}

Test(power_config, that_cannot_be_built_is_refused_with_its_reason)
{
    static const uint64_t mpidr[] = {0, 1, 1};
    static const device_power_config_t bad[] = {
        {.cores = 0, .mpidr = mpidr},
        {.cores = 65, .mpidr = mpidr},
        {.cores = 2, .mpidr = mpidr, .on = 4},
        {.cores = 3, .mpidr = mpidr},
    };
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        engine_t *engine = engine_new();
        device_power_t *power = NULL;
        base_error_t error = {.text = ""};
        cr_assert_lt(device_power_new(engine, &bad[i], &power, &error), 0);
        cr_assert_null(power);
        cr_assert_str_not_empty(error.text);
        engine_free(engine);
    }
}
