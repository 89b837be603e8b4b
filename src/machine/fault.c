#include "machine/fault.h"

#include "cpu/fault.h"

#include <errno.h>
#include <glib.h>

#define NAME(id, text) #id,
static const char *const cpu_names[] = {"", CPU_SYSTEM_FAULTS(NAME) "",
                                        CPU_MEMORY_FAULTS(NAME) CPU_FEATURE_FAULTS(NAME) CPU_ORDER_FAULTS(NAME) NULL};
static const char *const cache_names[] = {CACHE_FAULTS(NAME) NULL};
static const char *const mmu_names[] = {"", MMU_DEFECTS(NAME) NULL};
static const char *const machine_names[] = {"", MACHINE_FAULTS(NAME) NULL};

/* The number of the identifier that `name` spells; 0, "nothing", when there is none. */
static unsigned number_of(const char *const *names, const char *name)
{
    unsigned number = 0;
    char *identifier = g_strdelimit(g_ascii_strup(name, -1), "-", '_');
    for (unsigned i = 1; names[i]; i++)
        if (g_str_equal(names[i], identifier))
            number = i;
    g_free(identifier);
    return number;
}

int machine_fault_find(const char *name, machine_fault_t *ret_fault, base_error_t *error)
{
    machine_fault_t fault = {
        .cpu = number_of(cpu_names, name),
        .cache = (cache_fault_t)number_of(cache_names, name),
        .mmu = (mmu_defect_t)number_of(mmu_names, name),
        .machine = (machine_injected_fault_t)number_of(machine_names, name),
    };
    if (!*name || !(fault.cpu || fault.cache || fault.mmu || fault.machine))
        return base_fail(error, -EINVAL,
                         "there is no fault '%s'; see cpu/fault.h, cache/fault.h, mmu/mmu.h and machine/fault.h", name);
    *ret_fault = fault;
    return 0;
}
