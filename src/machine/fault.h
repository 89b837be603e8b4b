/* Faults by name, for `mesim-faults run` and `litmus --inject NAME`: those of the core (cpu/fault.h), of the caches
 * (cache/fault.h) and of the MMU (mmu_defect_t). They do something only in a build with MESIM_FAULTS=1. */
#ifndef MESIM_MACHINE_FAULT_H
#define MESIM_MACHINE_FAULT_H

#include "base/error.h"
#include "cache/fault.h"
#include "mmu/mmu.h"

/* At most one of them is not 0. */
typedef struct machine_fault {
    unsigned cpu; /* cpu_injected_fault_t; in force while the guest's TPIDRRO_EL0 is not 0 */
    cache_fault_t cache;
    mmu_defect_t mmu;
} machine_fault_t;

/* The name is the identifier in lower case with dashes, as in "monitor-by-value". -EINVAL and a line when there is none
 * such. */
int machine_fault_find(const char *name, machine_fault_t *ret_fault, base_error_t *error);

#endif
