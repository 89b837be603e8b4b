/* System registers of the core: their storage, and access by encoding. Names are the Arm manual's (DDI 0487, D17).
 *
 * sysreg.def has one row a register. The functions an instruction calls (MRS, MSR, SYS) are in cpu/system.h. */
#ifndef MESIM_CPU_SYSREG_H
#define MESIM_CPU_SYSREG_H

#include "cpu/insn.h"

#include <stdbool.h>
#include <stdint.h>

/* op0, op1, CRn, CRm, op2 of an MSR, MRS, SYS or SYSL in one number, as they lie in instruction bits 20:5. */
#define CPU_SYS_KEY(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
enum { CPU_SYS_KEYS = 1 << 16 };

/* As Cortex-A53 to A76 have; the last CPU_CONTEXT_BREAKPOINTS can match CONTEXTIDR_EL1. */
enum { CPU_BREAKPOINTS = 6, CPU_CONTEXT_BREAKPOINTS = 2, CPU_WATCHPOINTS = 4, CPU_MAX_CACHE_LEVELS = 3 };

/* Registers whose value depends on the configuration only; computed once (cpu/identification.c). */
typedef struct cpu_id_registers {
    uint64_t MIDR_EL1, MPIDR_EL1, REVIDR_EL1;
    uint64_t ID_AA64PFR0_EL1, ID_AA64PFR1_EL1, ID_AA64DFR0_EL1;
    uint64_t ID_AA64ISAR0_EL1, ID_AA64ISAR1_EL1;
    uint64_t ID_AA64MMFR0_EL1, ID_AA64MMFR1_EL1, ID_AA64MMFR2_EL1;
    uint64_t CTR_EL0, CLIDR_EL1, DCZID_EL0;
    uint64_t CCSIDR_EL1[CPU_MAX_CACHE_LEVELS][2]; /* by CSSELR_EL1.Level, InD; 0 where there is no such cache */
} cpu_id_registers_t;

/* Storage of the registers that are not kept elsewhere (timers: cpu/timer.h; PSTATE, FPCR, SP_EL0: cpu/cpu.h). */
typedef struct cpu_sysregs {
    uint64_t SCTLR_EL1, TCR_EL1, TTBR0_EL1, TTBR1_EL1, MAIR_EL1, AMAIR_EL1, CONTEXTIDR_EL1, VBAR_EL1;
    uint64_t ESR_EL1, ELR_EL1, SPSR_EL1, FAR_EL1, PAR_EL1, AFSR0_EL1, AFSR1_EL1, CPACR_EL1, ACTLR_EL1, CSSELR_EL1;
    uint64_t TPIDR_EL0, TPIDRRO_EL0, TPIDR_EL1;
    /* Debug: cpu/debug.h acts on them. */
    uint64_t MDSCR_EL1, MDCCINT_EL1, OSDTRRX_EL1, OSDTRTX_EL1, OSECCR_EL1, OSDLR_EL1, DBGPRCR_EL1, DBGCLAIM;
    uint64_t DBGBVR_EL1[CPU_BREAKPOINTS], DBGBCR_EL1[CPU_BREAKPOINTS];
    uint64_t DBGWVR_EL1[CPU_WATCHPOINTS], DBGWCR_EL1[CPU_WATCHPOINTS];
    bool os_locked;      /* OSLSR_EL1.OSLK */
    bool event_register; /* of WFE (Arm ARM D1.6.1) */
    cpu_id_registers_t id;
} cpu_sysregs_t;

/* SCTLR_EL1 (Arm ARM D17.2.118) */
#define CPU_SCTLR_M      (UINT64_C(1) << 0)
#define CPU_SCTLR_A      (UINT64_C(1) << 1)
#define CPU_CPACR_FPEN   (UINT64_C(3) << 20)
#define CPU_SCTLR_C      (UINT64_C(1) << 2)
#define CPU_SCTLR_SA     (UINT64_C(1) << 3)
#define CPU_SCTLR_SA0    (UINT64_C(1) << 4)
#define CPU_SCTLR_nAA    (UINT64_C(1) << 6)
#define CPU_SCTLR_UMA    (UINT64_C(1) << 9)
#define CPU_SCTLR_EnRCTX (UINT64_C(1) << 10)
#define CPU_SCTLR_I      (UINT64_C(1) << 12)
#define CPU_SCTLR_DZE    (UINT64_C(1) << 14)
#define CPU_SCTLR_UCT    (UINT64_C(1) << 15)
#define CPU_SCTLR_nTWI   (UINT64_C(1) << 16)
#define CPU_SCTLR_nTWE   (UINT64_C(1) << 18)
#define CPU_SCTLR_WXN    (UINT64_C(1) << 19)
#define CPU_SCTLR_SPAN   (UINT64_C(1) << 23)
#define CPU_SCTLR_UCI    (UINT64_C(1) << 26)
#define CPU_SCTLR_BT0    (UINT64_C(1) << 35)
#define CPU_SCTLR_BT1    (UINT64_C(1) << 36)

/* TCR_EL1.TBI0 and TBI1 (D17.2.131) */
#define CPU_TCR_TBI     (UINT64_C(3) << 37)
#define CPU_SCTLR_DSSBS (UINT64_C(1) << 44)

/* The name of the register with this key, NULL when mesim has none. */
const char *cpu_sysreg_name(unsigned key);

/* Every register takes its reset value; those that the manual leaves UNKNOWN become 0. */
void cpu_sysreg_reset(cpu_t *cpu);

#endif
