/* Faults by name, for `mesim-faults run` and `litmus --inject NAME`: those of the core (cpu/fault.h), of the caches
 * (cache/fault.h), of the MMU (mmu_defect_t) and of the machine's reset, below. They do something only in a build with
 * MESIM_FAULTS=1. */
#ifndef MESIM_MACHINE_FAULT_H
#define MESIM_MACHINE_FAULT_H

#include "base/error.h"
#include "cache/fault.h"
#include "mmu/mmu.h"

/* X(identifier, "what goes wrong"); noticed by tests/system/test_psci.py. */
#define MACHINE_FAULTS(X)                                                                                              \
    X(RESET_KEEPS_MEMORY, "a reset does not clear RAM")                                                                \
    X(RESET_KEEPS_GIC, "a reset leaves the distributor and the redistributors as they are")                            \
    X(RESET_KEEPS_TIMERS, "a reset leaves the cores' timers as they are")

typedef enum machine_injected_fault {
    MACHINE_INJECT_NONE,
#define MACHINE_FAULT_ENUM(id, text) MACHINE_INJECT_##id,
    MACHINE_FAULTS(MACHINE_FAULT_ENUM)
#undef MACHINE_FAULT_ENUM
} machine_injected_fault_t;

/* At most one of them is not 0. */
typedef struct machine_fault {
    unsigned cpu; /* cpu_injected_fault_t; in force while the guest's TPIDRRO_EL0 is not 0 */
    cache_fault_t cache;
    mmu_defect_t mmu;
    machine_injected_fault_t machine;
} machine_fault_t;

/* The name is the identifier in lower case with dashes, as in "monitor-by-value". -EINVAL and a line when there is none
 * such. */
int machine_fault_find(const char *name, machine_fault_t *ret_fault, base_error_t *error);

#endif
