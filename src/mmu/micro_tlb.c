#include "mmu/micro_tlb.h"

#include "mmu/conflict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void empty(mmu_micro_entry_t *entry)
{
    entry->va = MMU_MICRO_TLB_EMPTY;
    entry->page_mask = 0;
    entry->key = 0;
}

int mmu_micro_tlb_init(mmu_micro_tlb_t *tlb, uint32_t count, bool fetch, uint8_t defect, const mmu_client_t *client,
                       base_error_t *error)
{
    /* An access across two pages needs both entries at once to make progress. */
    if (count < 2 || count > MMU_MICRO_TLB_MAX_ENTRIES)
        return base_fail(error, -EINVAL, "micro-TLB of %u entries: give 2 to %d", count, MMU_MICRO_TLB_MAX_ENTRIES);
    *tlb = (mmu_micro_tlb_t){.count = count, .fetch = fetch, .defect = defect, .client = client};
    tlb->entries = calloc(count, sizeof(*tlb->entries));
    if (!tlb->entries)
        return base_fail(error, -ENOMEM, "no memory for a micro-TLB of %u entries", count);
    for (uint32_t slot = 0; slot < count; slot++) {
        tlb->entries[slot].slot = (uint8_t)slot;
        empty(&tlb->entries[slot]);
    }
    for (unsigned i = 0; i < MMU_MICRO_TLB_HINTS; i++)
        tlb->hints[i] = tlb->entries;
    return 0;
}

void mmu_micro_tlb_done(mmu_micro_tlb_t *tlb)
{
    free(tlb->entries);
    *tlb = (mmu_micro_tlb_t){0};
}

static void tell_client(const mmu_micro_tlb_t *tlb, uint64_t va, uint64_t bytes)
{
    if (tlb->client->on_micro_tlb_drop)
        tlb->client->on_micro_tlb_drop(tlb->client->self, tlb->fetch, va, bytes);
}

static void unchain(mmu_micro_tlb_t *tlb, uint32_t slot)
{
    uint16_t *link = &tlb->buckets[mmu_micro_tlb_bucket(tlb->entries[slot].key)];
    while (*link != slot + 1)
        link = &tlb->entries[*link - 1].next;
    *link = tlb->entries[slot].next;
}

static void drop_at(mmu_micro_tlb_t *tlb, uint32_t slot)
{
    mmu_micro_entry_t *entry = &tlb->entries[slot];
    unchain(tlb, slot);
    mmu_census_remove(&tlb->census, entry->leaf.shift);
    empty(entry);
    tell_client(tlb, entry->leaf.va, mmu_leaf_bytes(&entry->leaf));
}

/* Lists the slots of entries that overlap a leaf, whatever their ASID; returns how many. */
static uint32_t find_overlapping(const mmu_micro_tlb_t *tlb, const mmu_leaf_t *leaf,
                                 uint16_t ret_slots[MMU_MICRO_TLB_MAX_ENTRIES])
{
    uint32_t found = 0;
    if (tlb->census.present & bits_mask(leaf->shift)) { /* smaller entries may be in any bucket */
        for (uint32_t slot = 0; slot < tlb->count; slot++) {
            if (tlb->entries[slot].key && mmu_leaf_overlaps(&tlb->entries[slot].leaf, leaf->va, leaf->shift))
                ret_slots[found++] = (uint16_t)slot;
        }
        return found;
    }
    uint32_t sizes = tlb->census.present;
    while (sizes) {
        uint64_t key = mmu_key(leaf->va, mmu_next_size(&sizes));
        for (uint32_t i = tlb->buckets[mmu_micro_tlb_bucket(key)]; i; i = tlb->entries[i - 1].next) {
            if (tlb->entries[i - 1].key == key)
                ret_slots[found++] = (uint16_t)(i - 1);
        }
    }
    return found;
}

/* Drops the entries that would match together with `leaf` for some ASID. */
static void drop_overlapping(mmu_micro_tlb_t *tlb, const mmu_leaf_t *leaf)
{
    uint16_t slots[MMU_MICRO_TLB_MAX_ENTRIES];
    uint32_t found = find_overlapping(tlb, leaf, slots);
    for (uint32_t i = 0; i < found; i++) {
        if (leaf->global || mmu_leaf_matches_asid(&tlb->entries[slots[i]].leaf, leaf->asid))
            drop_at(tlb, slots[i]);
    }
}

const mmu_micro_entry_t *mmu_micro_tlb_find(mmu_micro_tlb_t *tlb, uint64_t va, uint16_t asid)
{
    uint32_t sizes = tlb->census.present;
    while (sizes) {
        uint64_t key = mmu_key(va, mmu_next_size(&sizes));
        for (uint32_t i = tlb->buckets[mmu_micro_tlb_bucket(key)]; i; i = tlb->entries[i - 1].next) {
            mmu_micro_entry_t *entry = &tlb->entries[i - 1];
            if (entry->key == key && mmu_micro_tlb_matches(tlb, entry, va, asid)) {
                *mmu_micro_tlb_hint(tlb, va) = entry;
                return entry;
            }
        }
    }
    return NULL;
}

const mmu_micro_entry_t *mmu_micro_tlb_fill(mmu_micro_tlb_t *tlb, const mmu_leaf_t *leaf, uint16_t permissions,
                                            chi_memory_type_t type, chi_shareability_t shareability)
{
    drop_overlapping(tlb, leaf);
    mmu_micro_entry_t *entry = &tlb->entries[tlb->victim];
    if (entry->key)
        drop_at(tlb, tlb->victim);
    tlb->victim = tlb->victim + 1 == tlb->count ? 0 : tlb->victim + 1;

    uint64_t key = mmu_key(leaf->va, leaf->shift);
    uint16_t *bucket = &tlb->buckets[mmu_micro_tlb_bucket(key)];
    *entry = (mmu_micro_entry_t){.va = leaf->va,
                                 .page_mask = ~(mmu_leaf_bytes(leaf) - 1),
                                 .output = leaf->output,
                                 .asid = leaf->asid,
                                 .asid_mask = leaf->global ? 0 : UINT16_MAX,
                                 .permissions = permissions,
                                 .slot = entry->slot,
                                 .memory_type = (uint8_t)type & 15,
                                 .shareability = (uint8_t)shareability & 15,
                                 .key = key,
                                 .next = *bucket,
                                 .leaf = *leaf};
    *bucket = (uint16_t)(entry->slot + 1);
    mmu_census_add(&tlb->census, leaf->shift);
    return entry;
}

void mmu_micro_tlb_drop(mmu_micro_tlb_t *tlb, const mmu_scope_t *scope)
{
    if (scope->every_va && scope->every_asid) {
        mmu_micro_tlb_drop_all(tlb);
        return;
    }
    if (MMU_DEFECT(tlb->defect, TLBI_MISSES_MICRO_TLBS))
        return;
    for (uint32_t slot = 0; slot < tlb->count; slot++) {
        const mmu_micro_entry_t *entry = &tlb->entries[slot];
        if (entry->key && mmu_scope_covers_leaf(scope, &entry->leaf))
            drop_at(tlb, slot);
    }
}

void mmu_micro_tlb_drop_all(mmu_micro_tlb_t *tlb)
{
    for (uint32_t slot = 0; slot < tlb->count; slot++)
        empty(&tlb->entries[slot]);
    memset(tlb->buckets, 0, sizeof(tlb->buckets));
    tlb->census = (mmu_size_census_t){0};
    tell_client(tlb, 0, 0);
}

mmu_conflict_t mmu_micro_tlb_find_conflict(const mmu_micro_tlb_t *tlb, const mmu_leaf_t *fresh)
{
    uint16_t slots[MMU_MICRO_TLB_MAX_ENTRIES];
    uint32_t found = find_overlapping(tlb, fresh, slots);
    mmu_conflict_t conflict = MMU_CONFLICT_NONE;
    for (uint32_t i = 0; i < found && !conflict; i++)
        conflict = mmu_conflict_between(&tlb->entries[slots[i]].leaf, fresh);
    return conflict;
}
