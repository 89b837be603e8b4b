#include "mmu/conflict.h"

#include "mmu/attributes.h"

static bool writable(const mmu_leaf_t *leaf)
{
    return !(leaf->ap & 2);
}

mmu_conflict_t mmu_conflict_between(const mmu_leaf_t *old, const mmu_leaf_t *fresh)
{
    if (!mmu_leaf_overlaps(old, fresh->va, fresh->shift))
        return MMU_CONFLICT_NONE;
    if (fresh->global && !old->global)
        return MMU_CONFLICT_GLOBAL;
    if (!mmu_leaf_matches_asid(old, fresh->asid))
        return MMU_CONFLICT_NONE;
    if (old->shift != fresh->shift)
        return MMU_CONFLICT_SIZE;
    /* Two read-only pages with the same contents may be exchanged; contents are not compared here. */
    if (old->output != fresh->output && (writable(old) || writable(fresh)))
        return MMU_CONFLICT_OUTPUT;
    if (mmu_memory_type(old->attribute) != mmu_memory_type(fresh->attribute))
        return MMU_CONFLICT_MEMORY_TYPE;
    return MMU_CONFLICT_NONE;
}

const char *mmu_conflict_name(mmu_conflict_t conflict)
{
    static const char *const names[] = {
        [MMU_CONFLICT_NONE] = "none",
        [MMU_CONFLICT_SIZE] = "page size changed",
        [MMU_CONFLICT_OUTPUT] = "output address changed",
        [MMU_CONFLICT_MEMORY_TYPE] = "memory type changed",
        [MMU_CONFLICT_GLOBAL] = "made global over a non-global entry",
    };
    return names[conflict];
}
