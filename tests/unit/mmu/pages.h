/* A rig with a hundred numbered pages: page n of the lower half, not global, lies at physical page 1000 + n. */
#ifndef MESIM_TEST_MMU_PAGES_H
#define MESIM_TEST_MMU_PAGES_H

#include "rig.h"

#define PAGE_BITS (DESC_AF | DESC_SH(3))

/* The address of page n. */
uint64_t page(unsigned n);
void pages_init(rig_t *rig, const mmu_config_t *config);
/* The same with TLBs that are soon full: 4 and 16 entries. */
void pages_init_small(rig_t *rig);
/* Translates page n, which must succeed. */
mmu_translation_t pages_read(rig_t *rig, unsigned n, mmu_access_t access);

#endif
