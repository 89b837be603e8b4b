/* Break-before-make: which changes of a valid translation need the old entry broken and invalidated before the new one
 * is made (Arm ARM D8.14.1). */
#ifndef MESIM_MMU_CONFLICT_H
#define MESIM_MMU_CONFLICT_H

#include "mmu/leaf.h"
#include "mmu/mmu.h"

/* What is wrong with `fresh`, just walked, while `old` is still in a TLB; MMU_CONFLICT_NONE when they may coexist.
 * A change of permissions alone needs no break. */
mmu_conflict_t mmu_conflict_between(const mmu_leaf_t *old, const mmu_leaf_t *fresh);

#endif
