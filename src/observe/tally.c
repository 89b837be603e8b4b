#include "observe/tally.h"

#include <glib.h>
#include <stdbool.h>

enum { FIRST_CAPACITY = 64 };

void observe_tally_init(observe_tally_t *tally, uint32_t limit)
{
    *tally = (observe_tally_t){.limit = limit};
}

void observe_tally_done(observe_tally_t *tally)
{
    g_free(tally->entries);
    *tally = (observe_tally_t){0};
}

static uint32_t slot_of(const observe_tally_t *tally, uint64_t place, uint64_t pc, uint32_t what)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = (((place * odd) ^ pc) * odd ^ what) * odd;
    return (uint32_t)(hash >> 32) & (tally->capacity - 1);
}

/* The entry of the key, or the empty one where it belongs. At most half of all are used, so there is one. */
static observe_tally_entry_t *find(const observe_tally_t *tally, uint64_t place, uint64_t pc, uint32_t what)
{
    uint32_t slot = slot_of(tally, place, pc, what);
    for (;; slot = (slot + 1) & (tally->capacity - 1)) {
        observe_tally_entry_t *entry = &tally->entries[slot];
        if (!entry->count || (entry->pc == pc && entry->what == what && entry->place == place))
            return entry;
    }
}

static void grow(observe_tally_t *tally)
{
    observe_tally_t old = *tally;
    tally->capacity = old.capacity ? old.capacity * 2 : FIRST_CAPACITY;
    tally->entries = g_new0(observe_tally_entry_t, tally->capacity);
    for (uint32_t i = 0; i < old.capacity; i++) {
        const observe_tally_entry_t *entry = &old.entries[i];
        if (entry->count)
            *find(tally, entry->place, entry->pc, entry->what) = *entry;
    }
    g_free(old.entries);
}

void observe_tally_add(observe_tally_t *tally, uint64_t place, uint64_t pc, uint32_t what, uint64_t count,
                       uint64_t amount)
{
    if (tally->used * 2 >= tally->capacity)
        grow(tally);
    observe_tally_entry_t *entry = find(tally, place, pc, what);
    bool absent = !entry->count;
    if (absent && tally->used >= tally->limit && (place != OBSERVE_TALLY_REST || pc != OBSERVE_TALLY_REST)) {
        observe_tally_add(tally, OBSERVE_TALLY_REST, OBSERVE_TALLY_REST, what, count, amount);
        return;
    }
    if (absent) {
        *entry = (observe_tally_entry_t){.place = place, .pc = pc, .what = what, .count = count ? count : 1};
        entry->amount = amount;
        tally->used++;
        return;
    }
    entry->count += count;
    entry->amount += amount;
}

void observe_tally_each(const observe_tally_t *tally, observe_tally_visit_t *visit, void *self)
{
    for (uint32_t i = 0; i < tally->capacity; i++)
        if (tally->entries[i].count)
            visit(self, &tally->entries[i]);
}
