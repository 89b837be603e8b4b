/* The unified L2 TLB: set-associative, least recently used way replaced. A lookup tries each page size it holds, the
 * smallest first; the set is chosen by the page number of that size. */
#ifndef MESIM_MMU_TLB_H
#define MESIM_MMU_TLB_H

#include "base/error.h"
#include "mmu/leaf.h"
#include "mmu/mmu.h"
#include "mmu/scope.h"

#include <stdint.h>

/* Entry i of set s is element s * ways + i of each array. */
typedef struct mmu_tlb {
    uint64_t *keys; /* 0: empty */
    mmu_leaf_t *leaves;
    uint64_t *last_uses; /* values of clock */
    uint64_t clock;      /* lookups that hit, and insertions */
    uint32_t sets, ways;
    mmu_size_census_t census;
    uint8_t defect; /* mmu_defect_t */
} mmu_tlb_t;

/* entries / ways must be a power of two. */
int mmu_tlb_init(mmu_tlb_t *tlb, uint32_t entries, uint32_t ways, uint8_t defect, base_error_t *error);
void mmu_tlb_done(mmu_tlb_t *tlb);

const mmu_leaf_t *mmu_tlb_lookup(mmu_tlb_t *tlb, uint64_t va, uint16_t asid);
void mmu_tlb_insert(mmu_tlb_t *tlb, const mmu_leaf_t *leaf);
void mmu_tlb_drop(mmu_tlb_t *tlb, const mmu_scope_t *scope);

/* The first entry found that `fresh` may not coexist with decides. */
mmu_conflict_t mmu_tlb_find_conflict(const mmu_tlb_t *tlb, const mmu_leaf_t *fresh);

/* For reports: element i of 0 to sets * ways - 1, NULL when empty. */
const mmu_leaf_t *mmu_tlb_at(const mmu_tlb_t *tlb, uint32_t i);

#endif
