#include "mmu/tlb.h"

#include "mmu/conflict.h"
#include "mmu/defect.h"

#include <errno.h>
#include <stdlib.h>

int mmu_tlb_init(mmu_tlb_t *tlb, uint32_t entries, uint32_t ways, uint8_t defect, base_error_t *error)
{
    if (!ways || entries % ways || !bits_is_power_of_two(entries / ways))
        return base_fail(error, -EINVAL,
                         "L2 TLB of %u entries in %u ways: entries divided by ways must be a power of two", entries,
                         ways);
    *tlb = (mmu_tlb_t){.sets = entries / ways, .ways = ways, .defect = defect};
    tlb->keys = calloc(entries, sizeof(*tlb->keys));
    tlb->leaves = calloc(entries, sizeof(*tlb->leaves));
    tlb->last_uses = calloc(entries, sizeof(*tlb->last_uses));
    if (!tlb->keys || !tlb->leaves || !tlb->last_uses) {
        mmu_tlb_done(tlb);
        return base_fail(error, -ENOMEM, "no memory for an L2 TLB of %u entries", entries);
    }
    return 0;
}

void mmu_tlb_done(mmu_tlb_t *tlb)
{
    free(tlb->keys);
    free(tlb->leaves);
    free(tlb->last_uses);
    *tlb = (mmu_tlb_t){0};
}

static uint32_t first_way(const mmu_tlb_t *tlb, uint64_t va, unsigned shift)
{
    return (uint32_t)(va >> shift & (tlb->sets - 1)) * tlb->ways;
}

const mmu_leaf_t *mmu_tlb_lookup(mmu_tlb_t *tlb, uint64_t va, uint16_t asid)
{
    uint32_t sizes = tlb->census.present;
    while (sizes) {
        unsigned shift = mmu_next_size(&sizes);
        uint64_t key = mmu_key(va, shift);
        uint32_t i = first_way(tlb, va, shift);
        for (uint32_t end = i + tlb->ways; i < end; i++) {
            if (tlb->keys[i] != key)
                continue;
            if (mmu_leaf_matches_asid(&tlb->leaves[i], asid) || MMU_DEFECT(tlb->defect, ASID_IGNORED)) {
                tlb->last_uses[i] = ++tlb->clock;
                return &tlb->leaves[i];
            }
        }
    }
    return NULL;
}

static void drop_at(mmu_tlb_t *tlb, uint32_t i)
{
    mmu_census_remove(&tlb->census, tlb->leaves[i].shift);
    tlb->keys[i] = 0;
    tlb->last_uses[i] = 0; /* empty ways are taken first */
}

/* The same page as before, but for what a walk has changed in its descriptor. */
static bool is_same_page(const mmu_leaf_t *a, const mmu_leaf_t *b)
{
    return a->global == b->global && (a->global || a->asid == b->asid);
}

void mmu_tlb_insert(mmu_tlb_t *tlb, const mmu_leaf_t *leaf)
{
    uint32_t first = first_way(tlb, leaf->va, leaf->shift), victim = first;
    uint64_t key = mmu_key(leaf->va, leaf->shift);
    for (uint32_t i = first; i < first + tlb->ways; i++) {
        bool same = tlb->keys[i] == key && is_same_page(&tlb->leaves[i], leaf);
        if (same || tlb->last_uses[i] < tlb->last_uses[victim])
            victim = i;
        if (same)
            break;
    }
    if (tlb->keys[victim])
        drop_at(tlb, victim);
    tlb->keys[victim] = key;
    tlb->leaves[victim] = *leaf;
    tlb->last_uses[victim] = ++tlb->clock;
    mmu_census_add(&tlb->census, leaf->shift);
}

static void drop_covered(mmu_tlb_t *tlb, const mmu_scope_t *scope, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        if (tlb->keys[i] && mmu_scope_covers_leaf(scope, &tlb->leaves[i]))
            drop_at(tlb, i);
    }
}

void mmu_tlb_drop(mmu_tlb_t *tlb, const mmu_scope_t *scope)
{
    bool one_page = !scope->every_va && !((scope->first ^ scope->last) >> MMU_SHIFT_MIN);
    if (!one_page) {
        drop_covered(tlb, scope, 0, tlb->sets * tlb->ways);
        return;
    }
    uint32_t sizes = tlb->census.present;
    while (sizes) {
        unsigned shift = mmu_next_size(&sizes);
        if (MMU_DEFECT(scope->defect, TLBI_LAST_LEVEL_MISSES_BLOCKS) && scope->last_level_only && shift > 16)
            continue;
        drop_covered(tlb, scope, first_way(tlb, scope->first, shift), tlb->ways);
    }
}

mmu_conflict_t mmu_tlb_find_conflict(const mmu_tlb_t *tlb, const mmu_leaf_t *fresh)
{
    mmu_conflict_t conflict = MMU_CONFLICT_NONE;
    /* Smaller entries under a block may be in any set. */
    bool anywhere = tlb->census.present & bits_mask(fresh->shift);
    if (anywhere) {
        for (uint32_t i = 0; i < tlb->sets * tlb->ways && !conflict; i++) {
            if (tlb->keys[i])
                conflict = mmu_conflict_between(&tlb->leaves[i], fresh);
        }
        return conflict;
    }
    uint32_t sizes = tlb->census.present;
    while (sizes && !conflict) {
        uint32_t first = first_way(tlb, fresh->va, mmu_next_size(&sizes));
        for (uint32_t i = first; i < first + tlb->ways && !conflict; i++) {
            if (tlb->keys[i])
                conflict = mmu_conflict_between(&tlb->leaves[i], fresh);
        }
    }
    return conflict;
}

const mmu_leaf_t *mmu_tlb_at(const mmu_tlb_t *tlb, uint32_t i)
{
    return tlb->keys[i] ? &tlb->leaves[i] : NULL;
}
