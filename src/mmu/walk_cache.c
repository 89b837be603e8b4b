#include "mmu/walk_cache.h"

#include <errno.h>
#include <stdlib.h>

int mmu_walk_cache_init(mmu_walk_cache_t *cache, uint32_t count, base_error_t *error)
{
    *cache = (mmu_walk_cache_t){.count = count};
    if (!count)
        return 0;
    cache->entries = calloc(count, sizeof(*cache->entries));
    if (!cache->entries)
        return base_fail(error, -ENOMEM, "no memory for a walk cache of %u entries", count);
    return 0;
}

void mmu_walk_cache_done(mmu_walk_cache_t *cache)
{
    free(cache->entries);
}

static bool same_region(const mmu_walk_cache_entry_t *entry, uint64_t va, uint16_t asid)
{
    return entry->valid && entry->asid == asid && !((entry->va ^ va) >> entry->shift);
}

const mmu_walk_cache_entry_t *mmu_walk_cache_find(const mmu_walk_cache_t *cache, uint64_t va, uint16_t asid)
{
    const mmu_walk_cache_entry_t *nearest = NULL;
    for (uint32_t i = 0; i < cache->count; i++) {
        const mmu_walk_cache_entry_t *entry = &cache->entries[i];
        if (same_region(entry, va, asid) && (!nearest || entry->shift < nearest->shift))
            nearest = entry;
    }
    return nearest;
}

void mmu_walk_cache_insert(mmu_walk_cache_t *cache, const mmu_walk_cache_entry_t *entry)
{
    if (!cache->count)
        return;
    for (uint32_t i = 0; i < cache->count; i++) {
        mmu_walk_cache_entry_t *old = &cache->entries[i];
        if (same_region(old, entry->va, entry->asid) && old->shift == entry->shift) {
            *old = *entry; /* two walks met the same table before either could use it */
            return;
        }
    }
    cache->entries[cache->next] = *entry;
    cache->next = (cache->next + 1) % cache->count;
}

void mmu_walk_cache_drop(mmu_walk_cache_t *cache, const mmu_scope_t *scope)
{
    if (scope->last_level_only)
        return;
    for (uint32_t i = 0; i < cache->count; i++) {
        mmu_walk_cache_entry_t *entry = &cache->entries[i];
        if (entry->valid && mmu_scope_covers(scope, entry->va, entry->shift, entry->asid, false))
            entry->valid = false;
    }
}
