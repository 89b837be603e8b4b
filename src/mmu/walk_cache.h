/* The walk cache: table descriptors met by earlier walks, so that a walk starts as near to the leaf as it can (Arm ARM
 * D8.13: TLBs may hold intermediate entries, which are tied to an ASID even on the way to a global leaf). Fully
 * associative, replaced round-robin. A TLBI by last level leaves it alone: freeing a table needs VAE1, not VALE1. */
#ifndef MESIM_MMU_WALK_CACHE_H
#define MESIM_MMU_WALK_CACHE_H

#include "base/error.h"
#include "mmu/scope.h"

#include <stdbool.h>
#include <stdint.h>

/* What the table descriptors on the way impose on the leaf (Arm ARM D8.4). */
typedef struct mmu_table_limits {
    uint8_t ap; /* APTable<1:0>: bit 0 no access by EL0, bit 1 no writes */
    bool uxn, pxn;
} mmu_table_limits_t;

typedef struct mmu_walk_cache_entry {
    bool valid;
    uint8_t shift; /* log2 of the bytes that the table maps */
    uint8_t level; /* of the table */
    uint16_t asid;
    mmu_table_limits_t limits;
    uint64_t va;    /* of the first byte that the table maps, normalised */
    uint64_t table; /* physical address */
} mmu_walk_cache_entry_t;

typedef struct mmu_walk_cache {
    mmu_walk_cache_entry_t *entries;
    uint32_t count, next;
} mmu_walk_cache_t;

/* count 0: no walk cache. */
int mmu_walk_cache_init(mmu_walk_cache_t *cache, uint32_t count, base_error_t *error);
void mmu_walk_cache_done(mmu_walk_cache_t *cache);

/* The table nearest to the leaf of va, or NULL. */
const mmu_walk_cache_entry_t *mmu_walk_cache_find(const mmu_walk_cache_t *cache, uint64_t va, uint16_t asid);
void mmu_walk_cache_insert(mmu_walk_cache_t *cache, const mmu_walk_cache_entry_t *entry);
void mmu_walk_cache_drop(mmu_walk_cache_t *cache, const mmu_scope_t *scope);

#endif
