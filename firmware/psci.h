/* Power control by the firmware above (ARM DEN 0022). */
#ifndef MESIM_FIRMWARE_PSCI_H
#define MESIM_FIRMWARE_PSCI_H

#include <stdint.h>

/* Return values. */
enum {
    PSCI_SUCCESS = 0,
    PSCI_NOT_SUPPORTED = -1,
    PSCI_INVALID_PARAMETERS = -2,
    PSCI_DENIED = -3,
    PSCI_ALREADY_ON = -4,
    PSCI_ON_PENDING = -5,
};

/* What psci_affinity_info() returns for one core. */
enum { PSCI_AFFINITY_ON = 0, PSCI_AFFINITY_OFF = 1, PSCI_AFFINITY_ON_PENDING = 2 };

/* Major version in bits 31:16, minor in 15:0. */
uint32_t psci_version(void);

/* Starts a core at entry (a physical address) with context in x0, at the caller's exception level, MMU off. */
int psci_cpu_on(uint64_t mpidr, uintptr_t entry, uintptr_t context);

/* Switches the calling core off; returns only if that is denied. */
int psci_cpu_off(void);

int psci_affinity_info(uint64_t mpidr);

_Noreturn void psci_system_off(void);

#endif
