/* The locks: one ordered by barriers, as in the SMP document, and one by acquire and release. */
#include "spinlock.h"

#include "atomic.h"
#include "barrier.h"
#include "cpu.h"
#include "panic.h"

static uint32_t check_not_held(const uint32_t *holder, const char *name)
{
    const uint32_t self = cpu_self()->number + 1;
    if (read_once(holder) == self)
        panic("%s: this core already holds the lock", name);
    return self;
}

static void check_held(const uint32_t *holder, const char *name)
{
    if (read_once(holder) != cpu_self()->number + 1)
        panic("%s: released by a core that does not hold it", name);
}

void spinlock_acquire(spinlock_t *lock)
{
    interrupts_push_off();
    const uint32_t self = check_not_held(&lock->holder, lock->name);
    do {
        /* A release between the load and the WFE is not lost: its SEV stays in the event register. */
        while (read_once(&lock->value) != 0)
            wfe();
    } while (!atomic_compare_and_swap_relaxed(&lock->value, 0, 1));
    dmb_ish(); /* what follows stays inside; pairs with the DMB in spinlock_release() */
    write_once(&lock->holder, self);
}

void spinlock_release(spinlock_t *lock)
{
    check_held(&lock->holder, lock->name);
    write_once(&lock->holder, 0);
    dmb_ish(); /* what came before stays inside; pairs with the DMB in spinlock_acquire() */
    write_once(&lock->value, 0);
    dsb_ishst(); /* the lock is seen free before the SEV wakes a waiter to look at it */
    sev();
    interrupts_pop();
}

void ticketlock_acquire(ticketlock_t *lock)
{
    interrupts_push_off();
    const uint32_t self = check_not_held(&lock->holder, lock->name);
    const uint32_t ticket = atomic_fetch_add_relaxed(&lock->next, 1);
    atomic_wait_equal_acquire(&lock->serving, ticket); /* pairs with the store-release in ticketlock_release() */
    write_once(&lock->holder, self);
}

void ticketlock_release(ticketlock_t *lock)
{
    check_held(&lock->holder, lock->name);
    write_once(&lock->holder, 0);
    atomic_store_release(&lock->serving, read_once(&lock->serving) + 1); /* pairs with ticketlock_acquire() */
    interrupts_pop();
}
