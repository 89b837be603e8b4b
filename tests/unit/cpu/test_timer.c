/* Generic timers at 62.5 MHz: 16000 ps a count, 32 core cycles. */
#include "base/time.h"
#include "system_bench.h"

#include <criterion/criterion.h>

enum {
    CNTFRQ = CPU_SYS_KEY(3, 3, 14, 0, 0),
    CNTPCT = CPU_SYS_KEY(3, 3, 14, 0, 1),
    CNTVCT = CPU_SYS_KEY(3, 3, 14, 0, 2),
    CNTP_TVAL = CPU_SYS_KEY(3, 3, 14, 2, 0),
    CNTP_CTL = CPU_SYS_KEY(3, 3, 14, 2, 1),
    CNTP_CVAL = CPU_SYS_KEY(3, 3, 14, 2, 2),
    CNTV_TVAL = CPU_SYS_KEY(3, 3, 14, 3, 0),
    CNTV_CTL = CPU_SYS_KEY(3, 3, 14, 3, 1),
    CNTV_CVAL = CPU_SYS_KEY(3, 3, 14, 3, 2),
    CNTKCTL = CPU_SYS_KEY(3, 0, 14, 1, 0),
};

/* The cycle at which the counter becomes `count`. */
static uint64_t cycle_of(uint64_t count)
{
    return count * BENCH_TICK_CYCLES;
}

Test(system_counter, is_simulated_time_in_counts_rounded_down)
{
    cr_expect_eq(cpu_counter_at(62500000, 0), 0);
    cr_expect_eq(cpu_counter_at(62500000, 15999), 0);
    cr_expect_eq(cpu_counter_at(62500000, 16000), 1);
    cr_expect_eq(cpu_counter_at(62500000, TIME_PS_PER_SECOND), 62500000);
    cr_expect_eq(cpu_counter_at(24000000, TIME_PS_PER_SECOND), 24000000, "24 MHz divides no picosecond period");
    cr_expect_eq(cpu_counter_at(1000000000, UINT64_MAX), UINT64_MAX / 1000);
}

/* The time found for a count is the first at which the counter has it, for frequencies with and without a whole period.
 */
Test(system_counter, time_of_a_count_is_the_first_with_that_count)
{
    static const uint64_t hz[] = {62500000, 24000000, 19200000, 1000000000, 1};
    for (unsigned i = 0; i < sizeof(hz) / sizeof(hz[0]); i++) {
        for (uint64_t count = 1; count < UINT64_C(1) << 20; count = count * 3 + 1) {
            uint64_t ps = cpu_counter_time_ps(hz[i], count);
            if (ps == TIME_NEVER)
                break;
            cr_assert_eq(cpu_counter_at(hz[i], ps), count, "%lu Hz, count %lu", hz[i], count);
            cr_assert_eq(cpu_counter_at(hz[i], ps - 1), count - 1, "%lu Hz, count %lu", hz[i], count);
        }
    }
    cr_expect_eq(cpu_counter_time_ps(62500000, UINT64_MAX), TIME_NEVER);
}

Test(system_counter, physical_and_virtual_count_are_the_same)
{
    bench_t *bench = bench_new();
    cr_expect_eq(bench_mrs(bench, CNTFRQ, 0), 62500000);
    cr_expect_eq(bench_mrs(bench, CNTPCT, cycle_of(100) - 1), 99);
    cr_expect_eq(bench_mrs(bench, CNTVCT, cycle_of(100)), 100, "CNTVOFF_EL2 is 0");
    cr_expect_eq(bench_mrs(bench, CNTPCT, cycle_of(100)), 100);
    bench_msr(bench, CNTFRQ, 1000, 0);
    cr_expect_eq(bench_mrs(bench, CNTPCT, cycle_of(100)), 100, "CNTFRQ_EL0 is only a note");
    bench_free(bench);
}

Test(timer_compare, fires_at_cval_and_not_one_count_before)
{
    bench_t *bench = bench_new();
    bool level = false;
    bench_msr(bench, CNTP_CVAL, 1000, 0);
    bench_msr(bench, CNTP_CTL, 1, 0);
    cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), 1000 * BENCH_TICK_PS);
    cpu_timer_update(&bench->cpu, 1000 * BENCH_TICK_PS - 1);
    cr_expect_eq(bench_mrs(bench, CNTP_CTL, cycle_of(1000) - 1), 1);
    bench_deliver(bench, 999 * BENCH_TICK_PS);
    cr_expect_eq(bench_wires(bench, 30, &level), 0);
    cpu_timer_update(&bench->cpu, 1000 * BENCH_TICK_PS);
    cr_expect_eq(bench_mrs(bench, CNTP_CTL, cycle_of(1000)), 5, "ISTATUS");
    cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), TIME_NEVER, "a level does not change by itself");
    bench_deliver(bench, 1000 * BENCH_TICK_PS);
    cr_expect_eq(bench_wires(bench, 30, &level), 1);
    cr_expect(level);
    cr_expect_eq(bench_wires(bench, 27, &level), 0);
    bench_free(bench);
}

Test(timer_compare, virtual_timer_is_intid_27_and_independent)
{
    bench_t *bench = bench_new();
    bool level = false;
    bench_msr(bench, CNTV_CVAL, 10, 0);
    bench_msr(bench, CNTV_CTL, 1, 0);
    bench_msr(bench, CNTP_CVAL, 5, 0); /* not enabled */
    cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), 10 * BENCH_TICK_PS);
    cpu_timer_update(&bench->cpu, 10 * BENCH_TICK_PS);
    bench_deliver(bench, 10 * BENCH_TICK_PS);
    cr_expect_eq(bench_wires(bench, 27, &level), 1);
    cr_expect_eq(bench_wires(bench, 30, &level), 0);
    bench_free(bench);
}

Test(timer_control, mask_and_enable_gate_the_line_but_mask_not_the_status)
{
    bench_t *bench = bench_new();
    bool level = false;
    bench_msr(bench, CNTP_CVAL, 10, 0);
    bench_msr(bench, CNTP_CTL, 3, 0);
    cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), TIME_NEVER, "masked: nothing to do");
    cr_expect_eq(bench_mrs(bench, CNTP_CTL, cycle_of(10)), 7);
    bench_msr(bench, CNTP_CTL, 1, cycle_of(11));
    bench_deliver(bench, 11 * BENCH_TICK_PS);
    cr_expect_eq(bench_wires(bench, 30, &level), 1);
    cr_expect(level, "unmasking raises the line at once");
    bench_msr(bench, CNTP_CTL, 3, cycle_of(20));
    bench_deliver(bench, 20 * BENCH_TICK_PS);
    cr_expect_eq(bench_wires(bench, 30, &level), 2);
    cr_expect_not(level);
    bench_msr(bench, CNTP_CTL, 2, cycle_of(30));
    cr_expect_eq(bench_mrs(bench, CNTP_CTL, cycle_of(100)), 2, "disabled: no status");
    bench_free(bench);
}

Test(timer_value, tval_is_signed_32_bits_relative_to_the_counter)
{
    bench_t *bench = bench_new();
    uint64_t now = cycle_of(UINT64_C(0x100000000));
    bench_msr(bench, CNTP_TVAL, 50, now);
    cr_expect_eq(bench_mrs(bench, CNTP_CVAL, now), UINT64_C(0x100000032));
    cr_expect_eq(bench_mrs(bench, CNTP_TVAL, now + 20 * BENCH_TICK_CYCLES), 30);
    cr_expect_eq(bench_mrs(bench, CNTP_TVAL, now + 51 * BENCH_TICK_CYCLES), 0xffffffff, "-1, upper half zero");
    bench_msr(bench, CNTV_TVAL, 0xffffffff, now);
    cr_expect_eq(bench_mrs(bench, CNTV_CVAL, now), UINT64_C(0xffffffff), "-1");
    bench_msr(bench, CNTV_TVAL, 0x80000000, now);
    cr_expect_eq(bench_mrs(bench, CNTV_CVAL, now), UINT64_C(0x80000000));
    bench_msr(bench, CNTV_TVAL, UINT64_C(0xffffffff00000005), now);
    cr_expect_eq(bench_mrs(bench, CNTV_CVAL, now), UINT64_C(0x100000005), "bits 63:32 are ignored");
    bench_free(bench);
}

Test(timer_reset, lowers_lines_and_forgets_enables)
{
    bench_t *bench = bench_new();
    bool level = true;
    bench_msr(bench, CNTP_CTL, 1, 0); /* CVAL 0: fires at once */
    bench_msr(bench, CNTKCTL, 0x3ff, 0);
    cpu_power_up(&bench->cpu, 1000, 0x40000000, 0);
    bench_deliver(bench, 1000);
    cr_expect_eq(bench_wires(bench, 30, &level), 2);
    cr_expect_not(level);
    cr_expect_eq(bench_mrs(bench, CNTP_CTL, 10), 0);
    cr_expect_eq(bench_mrs(bench, CNTKCTL, 10), 0);
    bench_free(bench);
}

/* --- event stream --- */

static uint64_t event_control(unsigned bit, bool falling)
{
    return 1 << 2 | (uint64_t)falling << 3 | bit << 4;
}

Test(event_stream, wakes_wfe_at_the_chosen_edge)
{
    static const struct {
        unsigned bit;
        bool falling;
        uint64_t first, second;
    } rows[] = {{4, false, 16, 48}, {4, true, 32, 64}, {0, false, 1, 3}, {0, true, 2, 4}, {15, false, 32768, 98304}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_t *bench = bench_new();
        bench_msr(bench, CNTKCTL, event_control(rows[i].bit, rows[i].falling), 0);
        cr_assert_eq(cpu_wait_for_event(&bench->cpu, bench->in, 0), CPU_LEAVE);
        cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), rows[i].first * BENCH_TICK_PS, "row %u", i);
        cpu_timer_update(&bench->cpu, rows[i].first * BENCH_TICK_PS - 1);
        cr_expect_not(cpu_wakes(&bench->cpu), "row %u", i);
        cpu_timer_update(&bench->cpu, rows[i].first * BENCH_TICK_PS);
        cr_expect(cpu_wakes(&bench->cpu), "row %u", i);
        bench->cpu.sys.event_register = false;
        cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), rows[i].second * BENCH_TICK_PS, "row %u", i);
        bench_free(bench);
    }
}

Test(event_stream, is_latched_while_the_core_runs_and_costs_it_nothing)
{
    bench_t *bench = bench_new();
    bench_msr(bench, CNTKCTL, event_control(4, false), 0);
    cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), TIME_NEVER, "running: nobody needs to look");
    cr_expect_eq(cpu_wait_for_event(&bench->cpu, bench->in, cycle_of(17)), CPU_OK, "the edge at 16 was latched");
    cr_expect_eq(cpu_wait_for_event(&bench->cpu, bench->in, cycle_of(18)), CPU_LEAVE);
    bench_free(bench);
}

Test(event_stream, does_nothing_unless_enabled)
{
    bench_t *bench = bench_new();
    bench_msr(bench, CNTKCTL, event_control(4, false) & ~4u, 0);
    cr_assert_eq(cpu_wait_for_event(&bench->cpu, bench->in, cycle_of(1000)), CPU_LEAVE);
    cr_expect_eq(cpu_timer_next_event_ps(&bench->cpu), TIME_NEVER);
    cpu_timer_update(&bench->cpu, 100000 * UINT64_C(16000));
    cr_expect_not(cpu_wakes(&bench->cpu));
    bench_msr(bench, CNTKCTL, event_control(4, false), cycle_of(100000));
    cr_expect_not(bench->cpu.sys.event_register, "edges before it was enabled do not count");
    bench_free(bench);
}

Test(system_counter, frequencies_out_of_range_are_refused)
{
    cpu_t *cpu = &bench_new()->cpu;
    base_error_t error;
    cr_expect_lt(cpu_system_init(cpu, &(cpu_system_config_t){.counter_hz = 0}, &error), 0);
    cr_expect_str_eq(error.text, "system counter of 0 Hz: choose 1 to 1000000000");
    cr_expect_lt(cpu_system_init(cpu, &(cpu_system_config_t){.counter_hz = 1000000001}, &error), 0);
    bench_free(cpu->port_state);
}
