/* Which entries a TLB invalidation reaches (Arm ARM C5.5 and D8.14). */
#ifndef MESIM_MMU_SCOPE_H
#define MESIM_MMU_SCOPE_H

#include "mmu/leaf.h"
#include "mmu/mmu.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct mmu_scope {
    uint64_t first, last; /* normalised addresses, both included; every entry that overlaps is reached */
    bool nothing;         /* no entry at all */
    bool every_va;
    bool every_asid;
    bool globals; /* global entries are reached too */
    bool last_level_only;
    uint16_t asid;
    uint8_t defect; /* mmu_defect_t */
} mmu_scope_t;

/* asid_mask: of TCR_EL1.AS; the ASID bits beyond it are ignored. */
mmu_scope_t mmu_scope_of(mmu_tlbi_t operation, uint64_t operand, uint16_t asid_mask, uint8_t defect);

static inline bool mmu_scope_covers(const mmu_scope_t *scope, uint64_t va, unsigned shift, uint16_t asid, bool global)
{
    bool in_range = scope->every_va || (va <= scope->last && (va | bits_mask(shift)) >= scope->first);
    bool in_space = scope->every_asid || (global ? scope->globals : scope->asid == asid);
    return in_range && in_space && !scope->nothing;
}

static inline bool mmu_scope_covers_leaf(const mmu_scope_t *scope, const mmu_leaf_t *leaf)
{
    return mmu_scope_covers(scope, leaf->va, leaf->shift, leaf->asid, leaf->global);
}

#endif
