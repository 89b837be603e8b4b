/* The EL1&0 translation regime: SCTLR_EL1, TCR_EL1, TTBRn_EL1 and MAIR_EL1 decoded once for the walks that follow
 * (Arm ARM D8.2). */
#ifndef MESIM_MMU_REGIME_H
#define MESIM_MMU_REGIME_H

#include "base/bits.h"
#include "interconnect/chi.h"
#include "mmu/mmu.h"

#include <stdbool.h>
#include <stdint.h>

/* One of the two VA ranges: what TTBRn_EL1 and its half of TCR_EL1 say. */
typedef struct mmu_range {
    uint64_t base;      /* of the first table */
    uint8_t input_bits; /* 64 - TnSZ; 0: every access faults (EPDn, or TnSZ outside 16 to 39) */
    uint8_t granule_shift;
    uint8_t start_level;
    bool tbi;               /* VA<63:56> is a tag */
    bool hpd;               /* HPDn: limits in table descriptors are ignored */
    bool base_out_of_range; /* the base is beyond the output size */
    uint8_t walk_type;      /* chi_memory_type_t of descriptor reads */
    uint8_t walk_shareability;
} mmu_range_t;

typedef struct mmu_regime {
    mmu_range_t range[2];
    uint64_t mair;
    bool enabled; /* SCTLR_EL1.M */
    bool wxn;
    bool cacheable[2]; /* of data and of instructions: SCTLR_EL1.C and .I */
    bool access_flag;  /* TCR_EL1.HA: hardware sets the access flag */
    bool dirty_state;  /* and with TCR_EL1.HD marks pages that are written */
    bool big_endian;   /* SCTLR_EL1.EE: descriptors are big-endian */
    uint8_t output_bits;
    uint8_t physical_address_bits;
    uint16_t asid, asid_mask; /* the current ASID; how many of its bits count */
} mmu_regime_t;

void mmu_regime_decode(const mmu_context_t *context, unsigned physical_address_bits, mmu_regime_t *ret_regime);

/* Whether translations derived under one context would be wrong under another, and not merely stale as Arm ARM D8.13
 * allows of TLB entries. */
bool mmu_regime_invalidates_micro_tlbs(const mmu_regime_t *old_regime, const mmu_regime_t *new_regime);

/* A virtual address without its tag: VA<63:56> are copies of VA<55> where top-byte-ignore is on for that half. All
 * TLBs know addresses in this form. */
static inline uint64_t mmu_regime_normalise(const mmu_regime_t *regime, uint64_t va)
{
    return regime->range[bit_get(va, 55)].tbi ? (uint64_t)bits_sign_extend(va, 56) : va;
}

/* log2 of the bytes that one descriptor of `level` maps. */
static inline unsigned mmu_level_shift(unsigned granule_shift, unsigned level)
{
    return granule_shift + (3 - level) * (granule_shift - 3);
}

#endif
