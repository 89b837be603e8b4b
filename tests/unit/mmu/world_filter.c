#include "base/bits.h"
#include "world_state.h"

void world_filter_drop(void *self, bool fetch, uint64_t va, uint64_t bytes)
{
    world_t *world = self;
    for (unsigned i = 0; i < WORLD_FILTER; i++) {
        world_filter_entry_t *entry = &world->filter[i];
        uint64_t end = entry->va + entry->translation.page_bytes, from = bits_get(va, 0, 56);
        if ((entry->access == MMU_FETCH) == fetch && (!bytes || (entry->va < from + bytes && from < end)))
            entry->valid = false;
    }
}

const world_filter_entry_t *world_filter_find(const world_t *world, const world_access_t *access)
{
    for (unsigned i = 0; i < WORLD_FILTER; i++) {
        const world_filter_entry_t *entry = &world->filter[i];
        if (entry->valid && entry->access == access->kind && entry->privileged == access->privileged &&
            entry->pan == access->pan && bits_get(access->va, 0, 56) - entry->va < entry->translation.page_bytes)
            return entry;
    }
    return NULL;
}

void world_filter_add(world_t *world, const world_access_t *access)
{
    world_filter_entry_t *entry = &world->filter[world->filter_next++ % WORLD_FILTER];
    *entry = (world_filter_entry_t){.valid = true,
                                    .va = bits_get(access->va, 0, 56) & ~(access->translation.page_bytes - 1),
                                    .access = access->kind,
                                    .privileged = access->privileged,
                                    .pan = access->pan,
                                    .translation = access->translation};
}

bool world_filter_agrees(const world_filter_entry_t *entry, const world_access_t *access)
{
    const mmu_translation_t *kept = &entry->translation, *got = &access->translation;
    uint64_t offset_mask = kept->page_bytes - 1;
    return access->result == MMU_OK && got->cycles == 0 &&
           got->physical == (kept->physical & ~offset_mask) + (access->va & offset_mask) &&
           got->page_bytes == kept->page_bytes && got->memory_type == kept->memory_type &&
           got->shareability == kept->shareability && got->writable == kept->writable;
}
