/* A translation-table walk of stage 1 that can stop at any descriptor and go on later (Arm ARM D8.2, D8.3).
 *
 * The walk depends on the address and the regime alone, not on the access: permissions are the caller's business. A
 * descriptor is read once and what it said is kept across waits, as hardware would; whoever invalidates a TLB entry
 * must give up the walks in progress, or they would bring back what was invalidated. */
#ifndef MESIM_MMU_WALK_H
#define MESIM_MMU_WALK_H

#include "mmu/leaf.h"
#include "mmu/mmu.h"
#include "mmu/regime.h"
#include "mmu/walk_cache.h"

typedef struct mmu_walk {
    bool active;
    bool again;     /* not active, but was until a TLBI: the access that waits for it will begin it anew */
    uint64_t va;    /* normalised, of the access that began it */
    uint64_t table; /* physical address of the table to read next */
    uint8_t level;  /* of that table */
    mmu_table_limits_t limits;
    uint32_t reads; /* descriptors read so far */
    bool write;     /* marks the page as written to */
    bool updating;  /* the last descriptor read, `old`, is being replaced by `new` */
    uint64_t old, new;
} mmu_walk_t;

/* Fault status codes (Arm ARM D17.2.37): kind + level. */
typedef enum mmu_status {
    MMU_STATUS_ADDRESS_SIZE = 0x00,
    MMU_STATUS_TRANSLATION = 0x04,
    MMU_STATUS_ACCESS_FLAG = 0x08,
    MMU_STATUS_PERMISSION = 0x0c,
    MMU_STATUS_EXTERNAL_ON_WALK = 0x14,
    MMU_STATUS_UNSUPPORTED_UPDATE = 0x31, /* whatever the level */
} mmu_status_t;

/* Returns MMU_FAULT, so that `return mmu_walk_fault(...)` reads well. */
static inline mmu_result_t mmu_walk_fault(mmu_fault_t *ret_fault, mmu_status_t status, unsigned level)
{
    *ret_fault =
        (mmu_fault_t){.status_code = (uint8_t)(status + level), .external = status == MMU_STATUS_EXTERNAL_ON_WALK};
    return MMU_FAULT;
}

/* Where the descriptors come from and which tables are known already. */
typedef struct mmu_walk_source {
    const mmu_regime_t *regime;
    const mmu_client_t *client;
    mmu_walk_cache_t *cache;
    bool guarded_pages; /* FEAT_BTI */
    uint8_t defect;     /* mmu_defect_t */
} mmu_walk_source_t;

/* An access to this page is waiting for the walk. */
static inline bool mmu_walk_is_for(const mmu_walk_t *walk, uint64_t va)
{
    return (walk->active || walk->again) && !((walk->va ^ va) >> MMU_SHIFT_MIN);
}

/* Begins a walk for a normalised address: MMU_OK, or MMU_FAULT before any descriptor is read. */
mmu_result_t mmu_walk_begin(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t va, mmu_fault_t *ret_fault);

/* A walk that has just found a clean leaf goes back to its descriptor, to mark the page as written to. */
void mmu_walk_mark(mmu_walk_t *walk);

/* Goes on until the leaf, a fault or a wait. On MMU_OK and MMU_FAULT the walk is over. */
mmu_result_t mmu_walk_continue(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t now_ps, mmu_leaf_t *ret_leaf,
                               mmu_fault_t *ret_fault);

#endif
