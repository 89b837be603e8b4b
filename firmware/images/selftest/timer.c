/* The generic timer and its counter. */
#include "timer.h"

#include "atomic.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "layout.h"
#include "selftest.h"
#include "smp.h"
#include "sysreg.h"

enum { SOON = 2000 }; /* ticks: long enough to be asleep by then */

static bool one_interrupt_after(uint32_t before)
{
    const uint64_t deadline = deadline_from_now();
    while (read_once(&timer_interrupts) == before && timer_now() < deadline)
        cpu_relax();
    return timer_interrupts == before + 1;
}

static const char *timer_in_the_past_fires_at_once(void)
{
    const uint32_t before = timer_interrupts;
    timer_set(timer_now() - 1);
    EXPECT(one_interrupt_after(before));
    return NULL;
}

static const char *timer_fires_at_its_time(void)
{
    const uint32_t before = timer_interrupts;
    const uint64_t time = timer_now() + SOON;
    timer_set(time);
    EXPECT(one_interrupt_after(before));
    EXPECT(timer_interrupt_time >= time);
    return NULL;
}

static const char *timer_ends_wfi(void)
{
    const uint32_t before = timer_interrupts;
    const uint64_t time = timer_now() + SOON;
    timer_set(time);
    interrupts_sleep_until(&timer_interrupts, before + 1);
    EXPECT(timer_interrupt_time >= time);
    return NULL;
}

static const char *timer_value_is_signed_and_relative(void)
{
    const uint64_t before = timer_now();
    write_sysreg(cntv_tval_el0, (uint32_t)-1000);
    const uint64_t compare = read_sysreg(cntv_cval_el0);
    EXPECT(compare - (before - 1000) <= timer_now() - before);
    write_sysreg(cntv_cval_el0, timer_now() + 1000000000);
    isb();
    const int32_t left = (int32_t)read_sysreg(cntv_tval_el0);
    EXPECT(left > 0 && left <= 1000000000);
    return NULL;
}

static const char *timer_mask_hides_the_interrupt(void)
{
    const uint32_t before = timer_interrupts;
    write_sysreg(cntv_cval_el0, timer_now());
    write_sysreg(cntv_ctl_el0, CNTV_CTL_ENABLE | CNTV_CTL_IMASK);
    isb();
    const uint64_t control = read_sysreg(cntv_ctl_el0);
    const bool pending = gic_private_is_pending(board_get()->virtual_timer_intid);
    const uint32_t while_masked = timer_interrupts;
    write_sysreg(cntv_ctl_el0, CNTV_CTL_ENABLE);
    isb();
    EXPECT(one_interrupt_after(before));
    EXPECT((control & CNTV_CTL_ISTATUS) != 0);
    EXPECT(!pending && while_masked == before);
    return NULL;
}

/* The counter is one for all: a time passed from core to core is never later than the receiver's own. */
static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t latest;
    uint32_t went_back;
} relay;

static void pass_the_time(void *data)
{
    (void)data;
    for (unsigned lap = 0; lap < 10; lap++) {
        smp_wait_for_turn();
        const uint64_t now = timer_now();
        relay.went_back += now < relay.latest;
        relay.latest = now;
        smp_pass_turn();
    }
}

static const char *counter_is_the_same_everywhere(void)
{
    relay.latest = relay.went_back = 0;
    smp_run_on_all(pass_the_time, NULL);
    EXPECT(relay.went_back == 0);
    EXPECT(relay.latest != 0);
    return NULL;
}

const check_t timer_checks[] = {
    {"timer-in-the-past-fires-at-once", timer_in_the_past_fires_at_once, 1, false},
    {"timer-fires-at-its-time", timer_fires_at_its_time, 1, false},
    {"timer-ends-wfi", timer_ends_wfi, 1, false},
    {"timer-value-is-signed-and-relative", timer_value_is_signed_and_relative, 1, false},
    {"timer-mask-hides-the-interrupt", timer_mask_hides_the_interrupt, 1, false},
    {"counter-is-the-same-everywhere", counter_is_the_same_everywhere, 1, false},
    {NULL, NULL, 0, false},
};
