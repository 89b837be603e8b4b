/* WFE, SEV, WFI: no wake-up is lost (DDI 0487 D1.6). A sleep that nothing ends is ended by the virtual timer, and the
 * check sees that it was. */
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "timer.h"
#include "traps.h"

enum { DELAYS = 240, STEP = 3 }; /* cycles; a core leaves a meeting later than the boot core */

static _Alignas(CACHE_LINE_BYTES) uint32_t flag;

/* Some simulated milliseconds: longer than anything here takes. */
static void set_alarm(void)
{
    timer_interrupts = 0;
    timer_set(timer_now() + timer_hz() / 500);
}

const char *early_event_is_kept(void)
{
    set_alarm();
    sevl();
    wfe(); /* uses up any older event with this one */
    sevl();
    wfe();
    sev(); /* is for this core as well */
    wfe();
    timer_stop();
    EXPECT(timer_interrupts == 0);
    /* And an event is one: the next WFE sleeps. */
    set_alarm();
    wfe();
    EXPECT(timer_interrupts == 1);
    return NULL;
}

/* Tests the flag and then sleeps: what comes in between must not be lost. */
static void sleep_until_flag_by_event(unsigned core)
{
    for (unsigned delay = 0; delay < DELAYS; delay += STEP) {
        if (core == 0) {
            flag = 0;
            if (!meet())
                return;
            spin(delay);
            write_once(&flag, 1);
            dsb_ish(); /* before the SEV, or the other core could wake, see 0 and sleep for ever */
            sev();
        } else {
            sevl();
            wfe();
            if (!meet())
                return;
            while (atomic_load_acquire(&flag) == 0)
                wfe();
        }
        if (!meet())
            return;
    }
}

const char *sev_is_not_lost(void)
{
    EXPECT(run_parts(2, sleep_until_flag_by_event));
    return NULL;
}

static bool sets_by_atomic;

static void set_flag(void)
{
    if (sets_by_atomic)
        __asm__ volatile(".arch_extension lse\n stset %w1, %0\n .arch_extension nolse" : "+Q"(flag) : "r"(1));
    else
        write_once(&flag, 1);
}

static void sleep_until_flag_by_monitor(unsigned core)
{
    for (unsigned delay = 0; delay < DELAYS; delay += STEP) {
        if (core == 0) {
            flag = 0;
            if (!meet())
                return;
            spin(delay);
            set_flag(); /* takes the line, which clears the other core's monitor, which is an event there */
        } else {
            sevl();
            wfe();
            if (!meet())
                return;
            while (atomic_load_exclusive_acquire(&flag) == 0)
                wfe();
        }
        if (!meet())
            return;
    }
}

const char *lost_monitor_wakes(void)
{
    sets_by_atomic = false;
    EXPECT(run_parts(2, sleep_until_flag_by_monitor));
    return NULL;
}

const char *far_atomic_wakes(void)
{
    sets_by_atomic = true;
    EXPECT(run_parts(2, sleep_until_flag_by_monitor));
    return NULL;
}

const char *event_stream_wakes(void)
{
    enum { EVNTEN = 1 << 2, EVNTI_SHIFT = 4, EVERY = 5 }; /* an event at each rise of bit 5: every 64 ticks */
    const uint64_t before = read_sysreg(cntkctl_el1);
    set_alarm();
    write_sysreg(cntkctl_el1, before | EVNTEN | EVERY << EVNTI_SHIFT);
    isb();
    const uint64_t start = timer_now();
    for (unsigned i = 0; i < 8; i++)
        wfe();
    const uint64_t ticks = timer_now() - start;
    write_sysreg(cntkctl_el1, before);
    isb();
    timer_stop();
    EXPECT(timer_interrupts == 0);
    /* A WFE that slept may leave the event register set or clear it (DDI 0487, WaitForEvent): four to eight events. */
    EXPECT(ticks >= 2 * 64 && ticks <= 9 * 64);
    return NULL;
}

/* PSTATE.I keeps the interrupt from being taken, not from ending the sleep. */
const char *masked_interrupt_ends_wfi(void)
{
    interrupts_push_off();
    timer_interrupts = 0;
    timer_set(timer_now() + 100);
    wfi();
    const bool pending = read_sysreg(isr_el1) >> 7 & 1;
    const bool masked = !interrupts_are_on();
    interrupts_off();
    const uint32_t taken = read_once(&timer_interrupts);
    timer_stop();
    interrupts_pop();
    EXPECT(pending && masked && taken == 0);
    return NULL;
}
