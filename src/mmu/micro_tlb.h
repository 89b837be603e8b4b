/* An L1 micro-TLB, of instructions or of data: fully associative, replaced round-robin, so that a hit changes nothing
 * and a filter in front of it may leave hits out. Entries hold the answer for the current SCTLR_EL1.
 *
 * No two entries match the same address and ASID: a fill drops whatever overlaps. So the way an entry is found, by the
 * slot that hit last or through the hash index, cannot change the answer. */
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

enum { MMU_MICRO_TLB_MAX_ENTRIES = 256, MMU_MICRO_TLB_BUCKETS = 256 };

typedef struct mmu_micro_entry {
    mmu_leaf_t leaf;
    uint64_t key;         /* 0: empty */
    uint16_t permissions; /* mmu_permissions */
    uint16_t next;        /* slot + 1 of the next entry in the same bucket, 0 at the end */
    uint8_t memory_type, shareability;
} mmu_micro_entry_t;

typedef struct mmu_micro_tlb {
    mmu_micro_entry_t *entries;
    uint32_t count;
    uint32_t victim;   /* slot that the next fill takes */
    uint32_t last_hit; /* where to look first */
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

/* Takes the next slot for an entry whose key and chain are filled in here. Returns the slot. */
const mmu_micro_entry_t *mmu_micro_tlb_fill(mmu_micro_tlb_t *tlb, const mmu_micro_entry_t *entry);
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
    return entry->key && !((entry->leaf.va ^ va) >> entry->leaf.shift) &&
           (mmu_leaf_matches_asid(&entry->leaf, asid) || MMU_DEFECT(tlb->defect, ASID_IGNORED));
}

/* The entry for a normalised address, or NULL. */
static inline const mmu_micro_entry_t *mmu_micro_tlb_find(mmu_micro_tlb_t *tlb, uint64_t va, uint16_t asid)
{
    const mmu_micro_entry_t *last = &tlb->entries[tlb->last_hit];
    if (base_likely(mmu_micro_tlb_matches(tlb, last, va, asid)))
        return last;
    uint32_t sizes = tlb->census.present;
    while (sizes) {
        uint64_t key = mmu_key(va, mmu_next_size(&sizes));
        for (uint32_t i = tlb->buckets[mmu_micro_tlb_bucket(key)]; i; i = tlb->entries[i - 1].next) {
            const mmu_micro_entry_t *entry = &tlb->entries[i - 1];
            if (entry->key == key && mmu_micro_tlb_matches(tlb, entry, va, asid)) {
                tlb->last_hit = i - 1;
                return entry;
            }
        }
    }
    return NULL;
}

#endif
