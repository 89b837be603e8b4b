/* One lock, all cores, and next to nothing done while it is held: the cost of contention itself. */
#include "image.h"
#include "print.h"
#include "smp.h"
#include "spinlock.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "iterations", .value = 50000, .least = 1, .most = 1000000000},
    {.name = "ticket", .value = 0, .least = 0, .most = 1}, /* 0: spinlock, 1: ticketlock */
    {.name = NULL},
};

static spinlock_t spinlock = SPINLOCK_INIT("bench-lock");
static ticketlock_t ticketlock = TICKETLOCK_INIT("bench-lock, tickets");
static _Alignas(64) uint64_t guarded;

static void contend_for_spinlock(void *data)
{
    const uint64_t iterations = *(const uint64_t *)data;
    smp_rendezvous();
    for (uint64_t i = 0; i < iterations; i++) {
        spinlock_acquire(&spinlock);
        guarded++;
        spinlock_release(&spinlock);
    }
}

static void contend_for_ticketlock(void *data)
{
    const uint64_t iterations = *(const uint64_t *)data;
    smp_rendezvous();
    for (uint64_t i = 0; i < iterations; i++) {
        ticketlock_acquire(&ticketlock);
        guarded++;
        ticketlock_release(&ticketlock);
    }
}

void image_main(void)
{
    uint64_t iterations = options_get(image_options, "iterations");
    const bool tickets = options_get(image_options, "ticket") == 1;
    print("%u cores, %lu times each through the %s\n", smp_cores(), iterations, tickets ? "ticketlock" : "spinlock");
    smp_run_on_all(tickets ? contend_for_ticketlock : contend_for_spinlock, &iterations);
    const uint64_t expected = iterations * smp_cores();
    print("counted %lu, expected %lu: %s\n", guarded, expected, image_verdict(guarded == expected));
}
