/* Defects that the tests inject on purpose, to show that they would be found (mmu_config_t.defect). They exist only in
 * a build with MESIM_FAULTS; elsewhere the checks vanish and mmu_new refuses to inject. */
#ifndef MESIM_MMU_DEFECT_H
#define MESIM_MMU_DEFECT_H

#include "mmu/mmu.h"

#if MESIM_FAULTS
#define MMU_DEFECT(injected, name) ((injected) == MMU_DEFECT_##name)
#else
#define MMU_DEFECT(injected, name) ((void)(injected), false)
#endif

#endif
