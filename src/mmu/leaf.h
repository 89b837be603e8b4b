/* A translation as the tables gave it: what the L2 TLB keeps and the micro-TLBs derive their answers from. Nothing in
 * it depends on SCTLR_EL1, so it outlives changes of that register (Arm ARM D8.13).
 *
 * A page or block is named by its shift, log2 of its bytes: 12, 14, 16 (pages), 21, 25, 29, 30 (blocks). A key packs
 * the virtual address of its first byte with the shift; no valid key is 0. */
#ifndef MESIM_MMU_LEAF_H
#define MESIM_MMU_LEAF_H

#include "base/bits.h"

#include <stdbool.h>
#include <stdint.h>

enum { MMU_SHIFT_MIN = 12, MMU_SHIFT_MAX = 30, MMU_SHIFTS = 32 };

typedef struct mmu_leaf {
    uint64_t va;          /* of the first byte, normalised (mmu/regime.h) */
    uint64_t output;      /* physical address of the first byte */
    uint16_t asid;        /* meaningless when global */
    uint8_t shift;        /* log2 of the size in bytes */
    uint8_t level;        /* of the descriptor, for the status code of permission faults */
    uint8_t attribute;    /* the byte of MAIR_EL1 that AttrIndx selected at the walk */
    uint8_t shareability; /* SH<1:0> of the descriptor */
    uint8_t ap;           /* AP<2:1>, APTable applied */
    bool uxn, pxn;        /* UXNTable, PXNTable applied */
    bool guarded;         /* GP, where FEAT_BTI exists */
    bool global;
    bool clean; /* read-only until its first write: DBM, with TCR_EL1.HD at the walk */
} mmu_leaf_t;

static inline uint64_t mmu_leaf_bytes(const mmu_leaf_t *leaf)
{
    return UINT64_C(1) << leaf->shift;
}

static inline uint64_t mmu_key(uint64_t va, unsigned shift)
{
    return (va >> shift << shift) | shift;
}

static inline bool mmu_leaf_matches_asid(const mmu_leaf_t *leaf, uint16_t asid)
{
    return leaf->global || leaf->asid == asid;
}

static inline bool mmu_leaf_overlaps(const mmu_leaf_t *leaf, uint64_t va, unsigned shift)
{
    unsigned larger = leaf->shift > shift ? leaf->shift : shift;
    return !((leaf->va ^ va) >> larger);
}

/* How many entries of each size a TLB holds, so that only those sizes are looked for. */
typedef struct mmu_size_census {
    uint32_t present; /* bit n: count[n] is not 0 */
    uint32_t count[MMU_SHIFTS];
} mmu_size_census_t;

static inline void mmu_census_add(mmu_size_census_t *census, unsigned shift)
{
    census->count[shift] += 1;
    census->present |= UINT32_C(1) << shift;
}

static inline void mmu_census_remove(mmu_size_census_t *census, unsigned shift)
{
    census->count[shift] -= 1;
    if (!census->count[shift])
        census->present &= ~(UINT32_C(1) << shift);
}

/* The smallest size in `sizes`, which must not be 0, taken out of it: while (sizes) { shift = mmu_next_size(&sizes); */
static inline unsigned mmu_next_size(uint32_t *sizes)
{
    unsigned shift = (unsigned)__builtin_ctz(*sizes);
    *sizes &= *sizes - 1;
    return shift;
}

#endif
