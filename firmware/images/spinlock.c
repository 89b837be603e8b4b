/* Every core adds to two plain words under a lock, first of one kind, then of the other. If a lock ever let two cores
 * in, additions would be lost and the words would differ. */
#include "spinlock.h"

#include "image.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "iterations", .value = 5000, .least = 1, .most = 100000000},
    {.name = NULL},
};

static spinlock_t spinlock = SPINLOCK_INIT("spinlock image");
static ticketlock_t ticketlock = TICKETLOCK_INIT("spinlock image, tickets");

/* What the lock protects. Not atomic and on two lines, on purpose. */
static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t first;
    _Alignas(CACHE_LINE_BYTES) uint64_t second;
    uint64_t seen_unequal;
} guarded;

static void add_one(void)
{
    guarded.seen_unequal += guarded.first != guarded.second;
    guarded.first++;
    guarded.second++;
}

static void add_under_spinlock(void *data)
{
    const uint64_t iterations = *(const uint64_t *)data;
    smp_rendezvous(); /* all at once */
    for (uint64_t i = 0; i < iterations; i++) {
        spinlock_acquire(&spinlock);
        add_one();
        spinlock_release(&spinlock);
    }
}

static void add_under_ticketlock(void *data)
{
    const uint64_t iterations = *(const uint64_t *)data;
    smp_rendezvous();
    for (uint64_t i = 0; i < iterations; i++) {
        ticketlock_acquire(&ticketlock);
        add_one();
        ticketlock_release(&ticketlock);
    }
}

static void run(const char *name, void (*function)(void *data), uint64_t iterations)
{
    guarded.first = guarded.second = guarded.seen_unequal = 0;
    smp_run_on_all(function, &iterations);
    const uint64_t expected = iterations * smp_cores();
    const bool right = guarded.first == expected && guarded.second == expected && guarded.seen_unequal == 0;
    print("%s: %lu and %lu, expected %lu: %s\n", name, guarded.first, guarded.second, expected, image_verdict(right));
}

void image_main(void)
{
    const uint64_t iterations = options_get(image_options, "iterations");
    print("%u cores, %lu additions each under each lock\n", smp_cores(), iterations);
    run("spinlock  ", add_under_spinlock, iterations);
    run("ticketlock", add_under_ticketlock, iterations);
}
