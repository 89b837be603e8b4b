/* System registers of the core: their storage, and access by encoding. */
#ifndef MESIM_CPU_SYSREG_H
#define MESIM_CPU_SYSREG_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/insn.h"

/* Storage of the registers that are not kept elsewhere, named as in the Arm manual. */
typedef struct cpu_sysregs {
    uint64_t SCTLR_EL1, TCR_EL1, TTBR0_EL1, TTBR1_EL1, MAIR_EL1, AMAIR_EL1, CONTEXTIDR_EL1, VBAR_EL1;
    uint64_t ESR_EL1, ELR_EL1, SPSR_EL1, FAR_EL1, PAR_EL1, AFSR0_EL1, AFSR1_EL1, CPACR_EL1, ACTLR_EL1, CSSELR_EL1;
    uint64_t TPIDR_EL0, TPIDRRO_EL0, TPIDR_EL1;
    uint64_t MPIDR_EL1, MIDR_EL1;
    bool event_register; /* of WFE (Arm ARM D1.6.1) */
} cpu_sysregs_t;

#endif
