/* What a leaf means under the controls of SCTLR_EL1: memory type, shareability and permissions
 * (Arm ARM D8.4 and D8.6). */
#ifndef MESIM_MMU_ATTRIBUTES_H
#define MESIM_MMU_ATTRIBUTES_H

#include "interconnect/chi.h"
#include "mmu/leaf.h"
#include "mmu/mmu.h"

/* Permissions are a set of bits, one for each access by EL0, by EL1, and by EL1 with PSTATE.PAN. */
static inline unsigned mmu_permission_bit(mmu_access_t access, bool privileged, bool pan)
{
    unsigned who = privileged ? 1u + pan : 0u;
    return 1u << (who * 3 + access);
}

/* Beside them: the page is guarded (FEAT_BTI). */
#define MMU_PERMISSION_GUARDED (1u << 15)

/* The memory type of an Attr<n> byte of MAIR_EL1. Caches know one cacheability: the weaker of inner and outer. */
chi_memory_type_t mmu_memory_type(uint8_t attribute);

/* The weaker of an inner and an outer cacheability as TCR_EL1.IRGNn and ORGNn encode them. */
chi_memory_type_t mmu_walk_memory_type(unsigned inner, unsigned outer);

/* The type an access gets: SCTLR_EL1.C or .I (`cacheable`) may take cacheability away, and an instruction fetch from
 * Device memory is treated as one from Normal Non-cacheable memory, which D8.6 leaves open. */
chi_memory_type_t mmu_effective_type(uint8_t attribute, bool fetch, bool cacheable);

/* SH<1:0> for a type: Device and Non-cacheable memory is always Outer Shareable; the reserved value too. */
chi_shareability_t mmu_shareability(unsigned sh, chi_memory_type_t type);

/* The permission bits of a leaf, with SCTLR_EL1.WXN. */
uint16_t mmu_permissions(const mmu_leaf_t *leaf, bool wxn);

#endif
