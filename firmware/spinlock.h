/* Two locks, each on a line of its own. Both mask interrupts while they are held, so that a handler cannot wait for the
 * code it interrupted, and both check themselves: taking a lock twice or releasing another core's lock is a panic. */
#ifndef MESIM_FIRMWARE_SPINLOCK_H
#define MESIM_FIRMWARE_SPINLOCK_H

#include "layout.h"

#include <stdint.h>

/* Whoever is first after a release gets it. Waiters read a shared copy and sleep in WFE until a SEV. */
typedef struct spinlock {
    _Alignas(CACHE_LINE_BYTES) uint32_t value; /* 0 free, 1 taken */
    uint32_t holder;                           /* core number + 1 */
    const char *name;
} spinlock_t;
#define SPINLOCK_INIT(lock_name) ((spinlock_t){.name = (lock_name)})

void spinlock_acquire(spinlock_t *lock);
void spinlock_release(spinlock_t *lock);

/* First come, first served. Waiters sleep until the line they watch is taken away; nobody sends a SEV. */
typedef struct ticketlock {
    _Alignas(CACHE_LINE_BYTES) uint32_t next; /* the ticket the next customer draws */
    uint32_t serving;                         /* the ticket whose turn it is */
    uint32_t holder;                          /* core number + 1 */
    const char *name;
} ticketlock_t;
#define TICKETLOCK_INIT(lock_name) ((ticketlock_t){.name = (lock_name)})

void ticketlock_acquire(ticketlock_t *lock);
void ticketlock_release(ticketlock_t *lock);

#endif
