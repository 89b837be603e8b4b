/* Counts and amounts by place: what happened where, how often, and what it cost.
 *
 * A tally is a hash table of bounded size. Keys that come when it is full are added under OBSERVE_TALLY_REST with their
 * `what`, so that the sum over all entries of a `what` is always the sum of all that was added for it. Adding costs a
 * hash and a compare; it belongs on paths that wait, not on the hot one. */
#ifndef MESIM_OBSERVE_TALLY_H
#define MESIM_OBSERVE_TALLY_H

#include <stdint.h>

#define OBSERVE_TALLY_REST UINT64_MAX /* place and pc of what found no room */

typedef struct observe_tally_entry {
    uint64_t place; /* an address, where that matters; else 0 */
    uint64_t pc;
    uint32_t what;          /* numbers that the owner of the tally gives, below 2^16 */
    uint64_t count, amount; /* amount: in the unit of the owner */
} observe_tally_entry_t;

typedef struct observe_tally {
    observe_tally_entry_t *entries; /* capacity of them, a power of two; those with count 0 are empty */
    uint32_t capacity, used;
    uint32_t limit; /* of distinct keys */
} observe_tally_t;

/* limit: at least 1. Takes no memory until the first addition. */
void observe_tally_init(observe_tally_t *tally, uint32_t limit);
void observe_tally_done(observe_tally_t *tally);
/* count may be 0 for an entry that is there: the amount belongs to what was counted before. */
void observe_tally_add(observe_tally_t *tally, uint64_t place, uint64_t pc, uint32_t what, uint64_t count,
                       uint64_t amount);

/* Visits all entries, in no particular order, but always in the same for the same additions. */
typedef void observe_tally_visit_t(void *self, const observe_tally_entry_t *entry);
void observe_tally_each(const observe_tally_t *tally, observe_tally_visit_t *visit, void *self);

#endif
