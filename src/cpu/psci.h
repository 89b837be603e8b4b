/* The firmware interface of a core: PSCI 1.1 (DEN 0022) and SMC Calling Convention 1.1 (DEN 0028), over HVC and SMC.
 *
 * The machine plays the part of EL3 firmware. Calls that concern this core alone are answered here; those about other
 * cores or the system are requests to the power controller (device/power.h), which is the one place that knows who is
 * on: the core then waits (CPU_BLOCK_PSCI) for its answer, so races between callers are decided there, in simulated
 * time.
 *
 * CPU_SUSPEND: standby states wait as WFI does and return SUCCESS. From powerdown states the core starts at the entry
 * point that was given, with the context in X0 and registers reset, once an interrupt is pending or its sleeping
 * redistributor asks for it; timers, caches, TLBs and the GIC's view of the core stay as they were. */
#ifndef MESIM_CPU_PSCI_H
#define MESIM_CPU_PSCI_H

#include "cpu/insn.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum cpu_psci_function {
    PSCI_VERSION = 0x84000000,
    PSCI_CPU_SUSPEND = 0x84000001,
    PSCI_CPU_OFF = 0x84000002,
    PSCI_CPU_ON = 0x84000003,
    PSCI_AFFINITY_INFO = 0x84000004,
    PSCI_MIGRATE_INFO_TYPE = 0x84000006,
    PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009,
    PSCI_FEATURES = 0x8400000a,
    PSCI_CPU_SUSPEND_64 = 0xc4000001,
    PSCI_CPU_ON_64 = 0xc4000003,
    PSCI_AFFINITY_INFO_64 = 0xc4000004,
    SMCCC_VERSION = 0x80000000,
    SMCCC_ARCH_FEATURES = 0x80000001,
} cpu_psci_function_t;

typedef enum cpu_psci_result {
    PSCI_SUCCESS = 0,
    PSCI_NOT_SUPPORTED = -1,
    PSCI_INVALID_PARAMETERS = -2,
    PSCI_DENIED = -3,
    PSCI_ALREADY_ON = -4,
    PSCI_ON_PENDING = -5,
    PSCI_INTERNAL_FAILURE = -6,
    PSCI_INVALID_ADDRESS = -9,
} cpu_psci_result_t;

/* HVC #0 or SMC #0 at EL1: function in W0, arguments in X1 to X3, result to X0. CPU_RETRY: an argument is still being
 * loaded. CPU_LEAVE otherwise; cpu->block says whether the core waits. */
cpu_status_t cpu_psci_call(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);

/* A message from the power controller: the answer to a call, or the release of a core that is off. */
void cpu_psci_receive(cpu_t *cpu, uint64_t now_ps, const void *payload);

#endif
