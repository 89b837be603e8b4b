/* An L1 micro-TLB, of instructions or of data: fully associative, replaced round-robin, so that a hit changes nothing
 * and a filter in front of it may leave hits out. Entries hold the answer for the current SCTLR_EL1.
 *
 * No two entries match the same address and ASID: a fill drops whatever overlaps. So the way an entry is found, by a
 * hint from the last hit on such an address or through the hash index, cannot change the answer. */
#ifndef MESIM_MMU_MICRO_TLB_H
#define MESIM_MMU_MICRO_TLB_H

#include "base/error.h"
#include "mmu/defect.h"
#include "mmu/leaf.h"
#include "mmu/mmu.h"
#include "mmu/scope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MMU_MICRO_TLB_MAX_ENTRIES = 256, MMU_MICRO_TLB_BUCKETS = 256, MMU_MICRO_TLB_HINTS = 64 };

/* va of an empty entry: with page_mask 0 nothing matches it. */
#define MMU_MICRO_TLB_EMPTY UINT64_MAX

typedef struct mmu_micro_entry {
    /* What a hit needs. */
    uint64_t va;        /* of the first byte; empty: MMU_MICRO_TLB_EMPTY */
    uint64_t page_mask; /* ones above the offset in the page; empty: 0 */
    uint64_t output;
    uint16_t asid, asid_mask; /* a global entry ignores the ASID: mask 0 */
    uint16_t permissions;     /* mmu_permissions */
    uint8_t slot;             /* its own */
    uint8_t memory_type : 4, shareability : 4;
    /* The rest. */
    uint64_t key;  /* mmu_key; 0: empty */
    uint16_t next; /* slot + 1 of the next entry in the same bucket, 0 at the end */
    mmu_leaf_t leaf;
} mmu_micro_entry_t;

typedef struct mmu_micro_tlb {
    mmu_micro_entry_t *hints[MMU_MICRO_TLB_HINTS]; /* where to look first, by page number; never NULL */
    mmu_micro_entry_t *entries;
    uint32_t count;
    uint32_t victim; /* slot that the next fill takes */
    bool fetch;
    uint8_t defect; /* mmu_defect_t */
    mmu_size_census_t census;
    const mmu_client_t *client;
    uint16_t buckets[MMU_MICRO_TLB_BUCKETS]; /* slot + 1 of the first entry, 0: none */
} mmu_micro_tlb_t;

/* client must outlive the micro-TLB. */
int mmu_micro_tlb_init(mmu_micro_tlb_t *tlb, uint32_t count, bool fetch, uint8_t defect, const mmu_client_t *client,
                       base_error_t *error);
void mmu_micro_tlb_done(mmu_micro_tlb_t *tlb);

/* Makes an entry in the next slot. */
const mmu_micro_entry_t *mmu_micro_tlb_fill(mmu_micro_tlb_t *tlb, const mmu_leaf_t *leaf, uint16_t permissions,
                                            chi_memory_type_t type, chi_shareability_t shareability);
void mmu_micro_tlb_drop(mmu_micro_tlb_t *tlb, const mmu_scope_t *scope);
void mmu_micro_tlb_drop_all(mmu_micro_tlb_t *tlb);
mmu_conflict_t mmu_micro_tlb_find_conflict(const mmu_micro_tlb_t *tlb, const mmu_leaf_t *fresh);

static inline uint32_t mmu_micro_tlb_bucket(uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 56);
}

static inline bool mmu_micro_tlb_matches(const mmu_micro_tlb_t *tlb, const mmu_micro_entry_t *entry, uint64_t va,
                                         uint16_t asid)
{
    return (va & entry->page_mask) == entry->va &&
           (!((entry->asid ^ asid) & entry->asid_mask) || MMU_DEFECT(tlb->defect, ASID_IGNORED));
}

static inline mmu_micro_entry_t **mmu_micro_tlb_hint(mmu_micro_tlb_t *tlb, uint64_t va)
{
    return &tlb->hints[va >> MMU_SHIFT_MIN & (MMU_MICRO_TLB_HINTS - 1)];
}

/* The entry for a normalised address, or NULL. */
const mmu_micro_entry_t *mmu_micro_tlb_find(mmu_micro_tlb_t *tlb, uint64_t va, uint16_t asid);

#endif
