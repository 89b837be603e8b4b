/* Directed checks of what a kernel relies on, one line each: "ok NAME" or "FAIL NAME: what was not so". */
#include "selftest/selftest.h"

#include "board.h"
#include "gic.h"
#include "image.h"
#include "print.h"
#include "smp.h"
#include "timer.h"

option_t image_options[] = {
    {.name = "strict", .value = 0, .least = 0, .most = 1}, /* 1: also what QEMU does not do */
    {.name = NULL},
};

static void on_timer(uint32_t intid, void *data)
{
    (void)intid;
    (void)data;
    timer_interrupt_time = timer_now();
    timer_stop(); /* it asserts its line as long as the time is past */
    timer_interrupts++;
}

static void run_list(const check_t *check)
{
    for (; check->name != NULL; check++) {
        if (check->strict && options_get(image_options, "strict") == 0)
            continue;
        if (check->cores > smp_cores()) {
            print("skip %s: needs %u cores\n", check->name, check->cores);
            continue;
        }
        const char *wrong = check->function();
        if (image_check(wrong == NULL))
            print("ok %s\n", check->name);
        else
            print("FAIL %s: %s\n", check->name, wrong);
    }
}

void image_main(void)
{
    const uint32_t intid = board_get()->virtual_timer_intid;
    gic_set_handler(intid, on_timer, NULL);
    gic_enable_private(intid);

    run_list(exception_checks);
    run_list(memory_checks);
    run_list(atomic_checks);
    run_list(interrupt_checks);
    run_list(timer_checks);
    run_list(power_checks);
}
