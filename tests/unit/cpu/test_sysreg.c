/* Every encoding of op0 2 and 3 against a list written from the manual's encoding tables: who may read and write it,
 * and what a write of all ones and of zero leaves. What the list does not name must be UNDEFINED. */
#include "system_bench.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ID_SPACE_FIRST = 0xc008, ID_SPACE_LAST = 0xc03f, EC_UNKNOWN = 0, EC_TRAP = 0x18 };

/* el1, el0: "r", "w", "rw" or "" when UNDEFINED; a capital letter: trapped to EL1 with EC 0x18, with all enables 0.
 * ones, zeros: what reads back at EL1 after writing ~0 and 0, where `stored`. */
typedef struct expected {
    const char *name;
    uint8_t op0, op1, crn, crm, op2;
    const char *el1, *el0;
    bool stored;
    uint64_t ones, zeros;
} expected_t;

#define ALL UINT64_MAX
static const expected_t registers[] = {
    /* debug */
    {"OSDTRRX_EL1", 2, 0, 0, 0, 2, "rw", "", true, 0xffffffff, 0},
    {"DBGBVR0_EL1", 2, 0, 0, 0, 4, "rw", "", true, ALL - 3, 0},
    {"DBGBCR0_EL1", 2, 0, 0, 0, 5, "rw", "", true, 0xffe1e7, 0},
    {"DBGWVR0_EL1", 2, 0, 0, 0, 6, "rw", "", true, ALL - 3, 0},
    {"DBGWCR0_EL1", 2, 0, 0, 0, 7, "rw", "", true, 0x1f1fffff, 0},
    {"DBGBVR1_EL1", 2, 0, 0, 1, 4, "rw", "", true, ALL - 3, 0},
    {"DBGBCR1_EL1", 2, 0, 0, 1, 5, "rw", "", true, 0xffe1e7, 0},
    {"DBGWVR1_EL1", 2, 0, 0, 1, 6, "rw", "", true, ALL - 3, 0},
    {"DBGWCR1_EL1", 2, 0, 0, 1, 7, "rw", "", true, 0x1f1fffff, 0},
    {"DBGBVR2_EL1", 2, 0, 0, 2, 4, "rw", "", true, ALL - 3, 0},
    {"DBGBCR2_EL1", 2, 0, 0, 2, 5, "rw", "", true, 0xffe1e7, 0},
    {"DBGWVR2_EL1", 2, 0, 0, 2, 6, "rw", "", true, ALL - 3, 0},
    {"DBGWCR2_EL1", 2, 0, 0, 2, 7, "rw", "", true, 0x1f1fffff, 0},
    {"DBGBVR3_EL1", 2, 0, 0, 3, 4, "rw", "", true, ALL - 3, 0},
    {"DBGBCR3_EL1", 2, 0, 0, 3, 5, "rw", "", true, 0xffe1e7, 0},
    {"DBGWVR3_EL1", 2, 0, 0, 3, 6, "rw", "", true, ALL - 3, 0},
    {"DBGWCR3_EL1", 2, 0, 0, 3, 7, "rw", "", true, 0x1f1fffff, 0},
    {"DBGBVR4_EL1", 2, 0, 0, 4, 4, "rw", "", true, ALL, 0},
    {"DBGBCR4_EL1", 2, 0, 0, 4, 5, "rw", "", true, 0xffe1e7, 0},
    {"DBGBVR5_EL1", 2, 0, 0, 5, 4, "rw", "", true, ALL, 0},
    {"DBGBCR5_EL1", 2, 0, 0, 5, 5, "rw", "", true, 0xffe1e7, 0},
    {"MDCCINT_EL1", 2, 0, 0, 2, 0, "rw", "", true, 0x60000000, 0},
    {"MDSCR_EL1", 2, 0, 0, 2, 2, "rw", "", true, 0xb001, 0},
    {"OSDTRTX_EL1", 2, 0, 0, 3, 2, "rw", "", true, 0xffffffff, 0},
    {"OSECCR_EL1", 2, 0, 0, 6, 2, "rw", "", true, 0xffffffff, 0},
    {"MDRAR_EL1", 2, 0, 1, 0, 0, "r", "", false, 0, 0},
    {"OSLAR_EL1", 2, 0, 1, 0, 4, "w", "", false, 0, 0},
    {"OSLSR_EL1", 2, 0, 1, 1, 4, "r", "", false, 0, 0},
    {"OSDLR_EL1", 2, 0, 1, 3, 4, "rw", "", true, 1, 0},
    {"DBGPRCR_EL1", 2, 0, 1, 4, 4, "rw", "", true, 1, 0},
    {"DBGCLAIMSET_EL1", 2, 0, 7, 8, 6, "rw", "", true, 0xff, 0xff},
    {"DBGCLAIMCLR_EL1", 2, 0, 7, 9, 6, "rw", "", true, 0, 0},
    {"DBGAUTHSTATUS_EL1", 2, 0, 7, 14, 6, "r", "", false, 0, 0},
    {"MDCCSR_EL0", 2, 3, 0, 1, 0, "r", "r", false, 0, 0},
    {"DBGDTR_EL0", 2, 3, 0, 4, 0, "rw", "rw", true, 0, 0},
    {"DBGDTRRX_EL0", 2, 3, 0, 5, 0, "rw", "rw", true, 0, 0},
    /* identification outside the reserved space, which the test knows by range */
    {"MIDR_EL1", 3, 0, 0, 0, 0, "r", "", false, 0, 0},
    {"MPIDR_EL1", 3, 0, 0, 0, 5, "r", "", false, 0, 0},
    {"REVIDR_EL1", 3, 0, 0, 0, 6, "r", "", false, 0, 0},
    /* control and translation: without AArch32, ITD and SED are RES1, CP15BEN RES0 */
    {"SCTLR_EL1", 3, 0, 1, 0, 0, "rw", "", true, 0x101834dddbdf, 0x30500980},
    {"ACTLR_EL1", 3, 0, 1, 0, 1, "rw", "", true, 0, 0},
    {"CPACR_EL1", 3, 0, 1, 0, 2, "rw", "", true, 0x300000, 0},
    {"TTBR0_EL1", 3, 0, 2, 0, 0, "rw", "", true, ALL, 0},
    {"TTBR1_EL1", 3, 0, 2, 0, 1, "rw", "", true, ALL, 0},
    {"TCR_EL1", 3, 0, 2, 0, 2, "rw", "", true, 0x7fff7ffffffbf, 0},
    {"SPSR_EL1", 3, 0, 4, 0, 0, "rw", "", true, 0xf1f01fdf, 0},
    {"ELR_EL1", 3, 0, 4, 0, 1, "rw", "", true, ALL, 0},
    {"SP_EL0", 3, 0, 4, 1, 0, "rw", "", true, ALL, 0},
    {"SPSel", 3, 0, 4, 2, 0, "rw", "", true, 1, 0},
    {"CurrentEL", 3, 0, 4, 2, 2, "r", "", false, 0, 0},
    {"PAN", 3, 0, 4, 2, 3, "rw", "", true, 1 << 22, 0},
    {"UAO", 3, 0, 4, 2, 4, "rw", "", true, 1 << 23, 0},
    {"ICC_PMR_EL1", 3, 0, 4, 6, 0, "rw", "", true, 0xf8, 0},
    {"AFSR0_EL1", 3, 0, 5, 1, 0, "rw", "", true, 0, 0},
    {"AFSR1_EL1", 3, 0, 5, 1, 1, "rw", "", true, 0, 0},
    {"ESR_EL1", 3, 0, 5, 2, 0, "rw", "", true, 0xffffffff, 0},
    {"FAR_EL1", 3, 0, 6, 0, 0, "rw", "", true, ALL, 0},
    {"PAR_EL1", 3, 0, 7, 4, 0, "rw", "", true, ALL, 0},
    {"MAIR_EL1", 3, 0, 10, 2, 0, "rw", "", true, ALL, 0},
    {"AMAIR_EL1", 3, 0, 10, 3, 0, "rw", "", true, 0, 0},
    {"LORSA_EL1", 3, 0, 10, 4, 0, "rw", "", true, 0, 0},
    {"LOREA_EL1", 3, 0, 10, 4, 1, "rw", "", true, 0, 0},
    {"LORN_EL1", 3, 0, 10, 4, 2, "rw", "", true, 0, 0},
    {"LORC_EL1", 3, 0, 10, 4, 3, "rw", "", true, 0, 0},
    {"LORID_EL1", 3, 0, 10, 4, 7, "r", "", false, 0, 0},
    {"VBAR_EL1", 3, 0, 12, 0, 0, "rw", "", true, ALL - 0x7ff, 0},
    {"RVBAR_EL1", 3, 0, 12, 0, 1, "r", "", false, 0, 0},
    {"ISR_EL1", 3, 0, 12, 1, 0, "r", "", false, 0, 0},
    /* GIC; what they hold is the business of src/gic */
    {"ICC_IAR0_EL1", 3, 0, 12, 8, 0, "r", "", false, 0, 0},
    {"ICC_EOIR0_EL1", 3, 0, 12, 8, 1, "w", "", false, 0, 0},
    {"ICC_HPPIR0_EL1", 3, 0, 12, 8, 2, "r", "", false, 0, 0},
    {"ICC_BPR0_EL1", 3, 0, 12, 8, 3, "rw", "", false, 0, 0},
    {"ICC_AP0R0_EL1", 3, 0, 12, 8, 4, "rw", "", false, 0, 0},
    {"ICC_AP1R0_EL1", 3, 0, 12, 9, 0, "rw", "", false, 0, 0},
    {"ICC_DIR_EL1", 3, 0, 12, 11, 1, "w", "", false, 0, 0},
    {"ICC_RPR_EL1", 3, 0, 12, 11, 3, "r", "", false, 0, 0},
    {"ICC_SGI1R_EL1", 3, 0, 12, 11, 5, "w", "", false, 0, 0},
    {"ICC_ASGI1R_EL1", 3, 0, 12, 11, 6, "w", "", false, 0, 0},
    {"ICC_SGI0R_EL1", 3, 0, 12, 11, 7, "w", "", false, 0, 0},
    {"ICC_IAR1_EL1", 3, 0, 12, 12, 0, "r", "", false, 0, 0},
    {"ICC_EOIR1_EL1", 3, 0, 12, 12, 1, "w", "", false, 0, 0},
    {"ICC_HPPIR1_EL1", 3, 0, 12, 12, 2, "r", "", false, 0, 0},
    {"ICC_BPR1_EL1", 3, 0, 12, 12, 3, "rw", "", false, 0, 0},
    {"ICC_CTLR_EL1", 3, 0, 12, 12, 4, "rw", "", false, 0, 0},
    {"ICC_SRE_EL1", 3, 0, 12, 12, 5, "rw", "", false, 0, 0},
    {"ICC_IGRPEN0_EL1", 3, 0, 12, 12, 6, "rw", "", true, 1, 0},
    {"ICC_IGRPEN1_EL1", 3, 0, 12, 12, 7, "rw", "", true, 1, 0},
    /* threads, timers, caches */
    {"CONTEXTIDR_EL1", 3, 0, 13, 0, 1, "rw", "", true, 0xffffffff, 0},
    {"TPIDR_EL1", 3, 0, 13, 0, 4, "rw", "", true, ALL, 0},
    {"CNTKCTL_EL1", 3, 0, 14, 1, 0, "rw", "", true, 0x3ff, 0},
    {"CCSIDR_EL1", 3, 1, 0, 0, 0, "r", "", false, 0, 0},
    {"CLIDR_EL1", 3, 1, 0, 0, 1, "r", "", false, 0, 0},
    {"AIDR_EL1", 3, 1, 0, 0, 7, "r", "", false, 0, 0},
    {"CSSELR_EL1", 3, 2, 0, 0, 0, "rw", "", true, 0xf, 0},
    {"CTR_EL0", 3, 3, 0, 0, 1, "r", "R", false, 0, 0},
    {"DCZID_EL0", 3, 3, 0, 0, 7, "r", "r", false, 0, 0},
    {"NZCV", 3, 3, 4, 2, 0, "rw", "rw", true, 0xf0000000, 0},
    {"DAIF", 3, 3, 4, 2, 1, "rw", "RW", true, 0x3c0, 0},
    {"DIT", 3, 3, 4, 2, 5, "rw", "rw", true, 1 << 24, 0},
    {"SSBS", 3, 3, 4, 2, 6, "rw", "rw", true, 1 << 12, 0},
    {"FPCR", 3, 3, 4, 4, 0, "rw", "rw", true, 0x07c80000, 0},
    {"FPSR", 3, 3, 4, 4, 1, "rw", "rw", true, 0x0800009f, 0},
    {"TPIDR_EL0", 3, 3, 13, 0, 2, "rw", "rw", true, ALL, 0},
    {"TPIDRRO_EL0", 3, 3, 13, 0, 3, "rw", "r", true, ALL, 0},
    {"CNTFRQ_EL0", 3, 3, 14, 0, 0, "rw", "R", true, 0xffffffff, 0},
    {"CNTPCT_EL0", 3, 3, 14, 0, 1, "r", "R", false, 0, 0},
    {"CNTVCT_EL0", 3, 3, 14, 0, 2, "r", "R", false, 0, 0},
    {"CNTP_TVAL_EL0", 3, 3, 14, 2, 0, "rw", "RW", true, 0xffffffff, 0},
    /* CVAL is 0 after reset, so an enabled timer has ISTATUS */
    {"CNTP_CTL_EL0", 3, 3, 14, 2, 1, "rw", "RW", true, 7, 0},
    {"CNTP_CVAL_EL0", 3, 3, 14, 2, 2, "rw", "RW", true, ALL, 0},
    {"CNTV_TVAL_EL0", 3, 3, 14, 3, 0, "rw", "RW", true, 0xffffffff, 0},
    {"CNTV_CTL_EL0", 3, 3, 14, 3, 1, "rw", "RW", true, 7, 0},
    {"CNTV_CVAL_EL0", 3, 3, 14, 3, 2, "rw", "RW", true, ALL, 0},
    /* performance monitors: 6 event counters and the cycle counter; beyond them counters are UNDEFINED */
    {"PMCR_EL0", 3, 3, 9, 12, 0, "rw", "RW", true, 0x3069, 0x3000},
    {"PMCNTENSET_EL0", 3, 3, 9, 12, 1, "rw", "RW", true, 0x8000003f, 0},
    {"PMCNTENCLR_EL0", 3, 3, 9, 12, 2, "rw", "RW", true, 0, 0},
    {"PMOVSCLR_EL0", 3, 3, 9, 12, 3, "rw", "RW", true, 0, 0},
    {"PMSWINC_EL0", 3, 3, 9, 12, 4, "w", "W", false, 0, 0},
    {"PMSELR_EL0", 3, 3, 9, 12, 5, "rw", "RW", true, 0x1f, 0},
    {"PMCEID0_EL0", 3, 3, 9, 12, 6, "r", "R", false, 0, 0},
    {"PMCEID1_EL0", 3, 3, 9, 12, 7, "r", "R", false, 0, 0},
    {"PMCCNTR_EL0", 3, 3, 9, 13, 0, "rw", "RW", true, ALL, 0},
    {"PMXEVTYPER_EL0", 3, 3, 9, 13, 1, "rw", "RW", true, 0xc000ffff, 0},
    {"PMXEVCNTR_EL0", 3, 3, 9, 13, 2, "rw", "RW", true, 0xffffffff, 0},
    {"PMUSERENR_EL0", 3, 3, 9, 14, 0, "rw", "r", true, 0xf, 0},
    {"PMINTENSET_EL1", 3, 0, 9, 14, 1, "rw", "", true, 0x8000003f, 0},
    {"PMINTENCLR_EL1", 3, 0, 9, 14, 2, "rw", "", true, 0, 0},
    {"PMOVSSET_EL0", 3, 3, 9, 14, 3, "rw", "RW", true, 0x8000003f, 0},
    {"PMCCFILTR_EL0", 3, 3, 14, 15, 7, "rw", "RW", true, 0xc0000000, 0},
    {"PMEVCNTR0_EL0", 3, 3, 14, 8, 0, "rw", "RW", true, 0xffffffff, 0},
    {"PMEVCNTR1_EL0", 3, 3, 14, 8, 1, "rw", "RW", true, 0xffffffff, 0},
    {"PMEVCNTR2_EL0", 3, 3, 14, 8, 2, "rw", "RW", true, 0xffffffff, 0},
    {"PMEVCNTR3_EL0", 3, 3, 14, 8, 3, "rw", "RW", true, 0xffffffff, 0},
    {"PMEVCNTR4_EL0", 3, 3, 14, 8, 4, "rw", "RW", true, 0xffffffff, 0},
    {"PMEVCNTR5_EL0", 3, 3, 14, 8, 5, "rw", "RW", true, 0xffffffff, 0},
    {"PMEVCNTR6_EL0", 3, 3, 14, 8, 6, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR7_EL0", 3, 3, 14, 8, 7, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR8_EL0", 3, 3, 14, 9, 0, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR9_EL0", 3, 3, 14, 9, 1, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR10_EL0", 3, 3, 14, 9, 2, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR11_EL0", 3, 3, 14, 9, 3, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR12_EL0", 3, 3, 14, 9, 4, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR13_EL0", 3, 3, 14, 9, 5, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR14_EL0", 3, 3, 14, 9, 6, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR15_EL0", 3, 3, 14, 9, 7, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR16_EL0", 3, 3, 14, 10, 0, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR17_EL0", 3, 3, 14, 10, 1, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR18_EL0", 3, 3, 14, 10, 2, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR19_EL0", 3, 3, 14, 10, 3, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR20_EL0", 3, 3, 14, 10, 4, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR21_EL0", 3, 3, 14, 10, 5, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR22_EL0", 3, 3, 14, 10, 6, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR23_EL0", 3, 3, 14, 10, 7, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR24_EL0", 3, 3, 14, 11, 0, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR25_EL0", 3, 3, 14, 11, 1, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR26_EL0", 3, 3, 14, 11, 2, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR27_EL0", 3, 3, 14, 11, 3, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR28_EL0", 3, 3, 14, 11, 4, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR29_EL0", 3, 3, 14, 11, 5, "", "RW", false, 0xffffffff, 0},
    {"PMEVCNTR30_EL0", 3, 3, 14, 11, 6, "", "RW", false, 0xffffffff, 0},
    {"PMEVTYPER0_EL0", 3, 3, 14, 12, 0, "rw", "RW", true, 0xc000ffff, 0},
    {"PMEVTYPER1_EL0", 3, 3, 14, 12, 1, "rw", "RW", true, 0xc000ffff, 0},
    {"PMEVTYPER2_EL0", 3, 3, 14, 12, 2, "rw", "RW", true, 0xc000ffff, 0},
    {"PMEVTYPER3_EL0", 3, 3, 14, 12, 3, "rw", "RW", true, 0xc000ffff, 0},
    {"PMEVTYPER4_EL0", 3, 3, 14, 12, 4, "rw", "RW", true, 0xc000ffff, 0},
    {"PMEVTYPER5_EL0", 3, 3, 14, 12, 5, "rw", "RW", true, 0xc000ffff, 0},
    {"PMEVTYPER6_EL0", 3, 3, 14, 12, 6, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER7_EL0", 3, 3, 14, 12, 7, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER8_EL0", 3, 3, 14, 13, 0, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER9_EL0", 3, 3, 14, 13, 1, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER10_EL0", 3, 3, 14, 13, 2, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER11_EL0", 3, 3, 14, 13, 3, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER12_EL0", 3, 3, 14, 13, 4, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER13_EL0", 3, 3, 14, 13, 5, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER14_EL0", 3, 3, 14, 13, 6, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER15_EL0", 3, 3, 14, 13, 7, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER16_EL0", 3, 3, 14, 14, 0, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER17_EL0", 3, 3, 14, 14, 1, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER18_EL0", 3, 3, 14, 14, 2, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER19_EL0", 3, 3, 14, 14, 3, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER20_EL0", 3, 3, 14, 14, 4, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER21_EL0", 3, 3, 14, 14, 5, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER22_EL0", 3, 3, 14, 14, 6, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER23_EL0", 3, 3, 14, 14, 7, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER24_EL0", 3, 3, 14, 15, 0, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER25_EL0", 3, 3, 14, 15, 1, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER26_EL0", 3, 3, 14, 15, 2, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER27_EL0", 3, 3, 14, 15, 3, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER28_EL0", 3, 3, 14, 15, 4, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER29_EL0", 3, 3, 14, 15, 5, "", "RW", false, 0xc000ffff, 0},
    {"PMEVTYPER30_EL0", 3, 3, 14, 15, 6, "", "RW", false, 0xc000ffff, 0},
};
enum { REGISTERS = sizeof(registers) / sizeof(registers[0]) };

static unsigned key_of(const expected_t *reg)
{
    return (unsigned)(reg->op0 << 14 | reg->op1 << 11 | reg->crn << 7 | reg->crm << 3 | reg->op2);
}

static const expected_t *find(unsigned key)
{
    static const expected_t reserved = {"reserved ID register", .el1 = "r", .el0 = ""};
    for (unsigned i = 0; i < REGISTERS; i++)
        if (key_of(&registers[i]) == key)
            return &registers[i];
    return key >= ID_SPACE_FIRST && key <= ID_SPACE_LAST ? &reserved : NULL;
}

/* At reset, but that CPACR_EL1 lets FPCR and FPSR be accessed. */
static void reset_with_fp(bench_t *bench)
{
    bench_reset(bench);
    bench->cpu.sys.CPACR_EL1 = CPU_CPACR_FPEN;
}

/* One access at reset; returns 0 when it was done, else 'u' (UNDEFINED) or 't' (trapped). */
static char try_access(bench_t *bench, unsigned key, bool read, bool el0)
{
    reset_with_fp(bench);
    if (el0)
        bench_to_el0(bench);
    cpu_status_t status =
        read ? cpu_sys_mrs(&bench->cpu, bench->in, 0, key, 5) : cpu_sys_msr(&bench->cpu, bench->in, 0, key, 0);
    if (status != CPU_JUMP)
        return 0;
    cr_assert(bench_class(bench) == EC_UNKNOWN || bench_class(bench) == EC_TRAP, "key %#x: EC %#x", key,
              bench_class(bench));
    return bench_class(bench) == EC_TRAP ? 't' : 'u';
}

static char want(const expected_t *reg, bool read, bool el0)
{
    const char *allowed = !reg ? "" : el0 ? reg->el0 : reg->el1;
    if (strchr(allowed, read ? 'R' : 'W'))
        return 't';
    return strchr(allowed, read ? 'r' : 'w') ? 0 : 'u';
}

Test(sysreg_matrix, every_encoding_reads_and_writes_as_the_manual_lists_it)
{
    bench_t *bench = bench_new();
    unsigned done = 0;
    for (unsigned key = 2u << 14; key < CPU_SYS_KEYS; key++) {
        const expected_t *reg = find(key);
        for (unsigned way = 0; way < 4; way++) {
            bool read = way & 1, el0 = way & 2;
            char got = try_access(bench, key, read, el0), wanted = want(reg, read, el0);
            cr_expect_eq(got, wanted, "%s S%u_%u_C%u_C%u_%u (%s) at EL%d: '%c', wanted '%c'", read ? "MRS" : "MSR",
                         key >> 14, key >> 11 & 7, key >> 7 & 15, key >> 3 & 15, key & 7, reg ? reg->name : "none",
                         el0 ? 0 : 1, got ? got : '-', wanted ? wanted : '-');
            done += !got;
        }
    }
    cr_expect_gt(done, 200u);
    bench_free(bench);
}

Test(sysreg_masks, all_ones_and_zeros_leave_what_the_fields_allow)
{
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < REGISTERS; i++) {
        const expected_t *reg = &registers[i];
        unsigned key = key_of(reg);
        if (!reg->stored)
            continue;
        reset_with_fp(bench);
        cr_assert_eq(bench_msr(bench, key, UINT64_MAX, 0), CPU_OK);
        cr_expect_eq(bench_mrs(bench, key, 0), reg->ones, "%s after ones: %#lx", reg->name, bench->cpu.x[5]);
        reset_with_fp(bench);
        cr_assert_eq(bench_msr(bench, key, 0, 0), CPU_OK);
        cr_expect_eq(bench_mrs(bench, key, 0), reg->zeros, "%s after zeros: %#lx", reg->name, bench->cpu.x[5]);
    }
    bench_free(bench);
}

/* What the manual leaves UNKNOWN at reset is 0 here, and SCTLR_EL1 as on QEMU's cortex-a57. */
Test(sysreg_reset, each_register_begins_with_its_reset_value_whatever_was_written)
{
    static const struct {
        const char *name;
        uint64_t value;
    } others[] = {
        {"SCTLR_EL1", 0x30d50998}, {"DBGCLAIMSET_EL1", 0xff}, {"SPSel", 1},
        {"DAIF", 0x3c0},           {"PMCR_EL0", 0x3000},      {"CNTFRQ_EL0", 62500000},
    };
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < REGISTERS; i++) {
        const expected_t *reg = &registers[i];
        uint64_t wanted = 0;
        for (unsigned o = 0; o < sizeof(others) / sizeof(others[0]); o++)
            wanted = strcmp(others[o].name, reg->name) ? wanted : others[o].value;
        if (!reg->stored)
            continue;
        reset_with_fp(bench);
        bench_msr(bench, key_of(reg), UINT64_MAX, 0);
        reset_with_fp(bench);
        if (!strcmp(reg->name, "CPACR_EL1") || !strcmp(reg->name, "VBAR_EL1"))
            continue; /* set by the bench */
        cr_expect_eq(bench_mrs(bench, key_of(reg), 0), wanted, "%s: %#lx", reg->name, bench->cpu.x[5]);
    }
    bench_free(bench);
}

Test(sysreg_matrix, names_agree_with_the_list)
{
    for (unsigned i = 0; i < REGISTERS; i++)
        cr_expect_str_eq(cpu_sysreg_name(key_of(&registers[i])), registers[i].name);
    cr_expect_null(cpu_sysreg_name(CPU_SYS_KEY(3, 0, 9, 14, 6)), "PMMIR_EL1 does not exist");
}

/* With one feature its registers exist, with none they do not. */
Test(sysreg_matrix, registers_of_a_feature_appear_with_it)
{
    static const struct {
        cpu_feature_t feature;
        unsigned key;
        uint64_t ones;
        bool el0;
    } rows[] = {
        {CPU_FEAT_PAN, CPU_SYS_KEY(3, 0, 4, 2, 3), 1 << 22, false},
        {CPU_FEAT_UAO, CPU_SYS_KEY(3, 0, 4, 2, 4), 1 << 23, false},
        {CPU_FEAT_DIT, CPU_SYS_KEY(3, 3, 4, 2, 5), 1 << 24, true},
        {CPU_FEAT_SSBS2, CPU_SYS_KEY(3, 3, 4, 2, 6), 1 << 12, true},
        {CPU_FEAT_LOR, CPU_SYS_KEY(3, 0, 10, 4, 0), 0, false},
        {CPU_FEAT_PMU3, CPU_SYS_KEY(3, 3, 9, 12, 5), 0x1f, false},
        {CPU_FEAT_PMU3, CPU_SYS_KEY(3, 3, 14, 12, 0), 0xc00003ff, false},
        {CPU_FEAT_FP, CPU_SYS_KEY(3, 3, 4, 4, 0), 0x07c00000, true},
        {CPU_FEAT_FP, CPU_SYS_KEY(3, 3, 4, 4, 1), 0x0800009f, true},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_t *bench = bench_new_with((cpu_features_t){CPU_FEATURE_BIT(rows[i].feature)});
        bench->cpu.sys.CPACR_EL1 = 3 << 20;
        cr_expect_eq(bench_msr(bench, rows[i].key, UINT64_MAX, 0), CPU_OK);
        cr_expect_eq(bench_mrs(bench, rows[i].key, 0), rows[i].ones, "row %u", i);
        bench_to_el0(bench);
        cr_expect_eq(bench_msr(bench, rows[i].key, 0, 0), rows[i].el0 ? CPU_OK : CPU_JUMP, "row %u", i);
        bench_free(bench);
    }
}

Test(sysreg_traps, enables_of_cntkctl_open_timers_to_el0_one_by_one)
{
    static const struct {
        unsigned bit, crm, op2;
    } rows[] = {{0, 0, 1}, {1, 0, 2}, {9, 2, 0}, {9, 2, 1}, {9, 2, 2}, {8, 3, 0}, {8, 3, 1}, {8, 3, 2}};
    bench_t *bench = bench_new();
    for (unsigned bit = 0; bit < 10; bit++) {
        for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            unsigned key = CPU_SYS_KEY(3u, 3u, 14u, rows[i].crm, rows[i].op2);
            bench_reset(bench);
            bench_msr(bench, CPU_SYS_KEY(3, 0, 14, 1, 0), UINT64_C(1) << bit, 0);
            bench_to_el0(bench);
            cpu_status_t status = cpu_sys_mrs(&bench->cpu, bench->in, 0, key, 5);
            cr_expect_eq(status, rows[i].bit == bit ? CPU_OK : CPU_JUMP, "CNTKCTL bit %u, CRm %u, op2 %u", bit,
                         rows[i].crm, rows[i].op2);
        }
        bench_reset(bench);
        bench_msr(bench, CPU_SYS_KEY(3, 0, 14, 1, 0), UINT64_C(1) << bit, 0);
        bench_to_el0(bench);
        cr_expect_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 3, 14, 0, 0), 5),
                     bit < 2 ? CPU_OK : CPU_JUMP, "CNTFRQ_EL0 with CNTKCTL bit %u", bit);
    }
    bench_free(bench);
}

Test(sysreg_traps, uct_and_uma_and_tdcc_decide_at_el0_only)
{
    static const struct {
        unsigned control, key;
        uint64_t opens, closes;
    } rows[] = {
        {CPU_SYS_KEY(3, 0, 1, 0, 0), CPU_SYS_KEY(3, 3, 0, 0, 1), 1 << 15, 0}, /* SCTLR_EL1.UCT: CTR_EL0 */
        {CPU_SYS_KEY(3, 0, 1, 0, 0), CPU_SYS_KEY(3, 3, 4, 2, 1), 1 << 9, 0},  /* SCTLR_EL1.UMA: DAIF */
        {CPU_SYS_KEY(2, 0, 0, 2, 2), CPU_SYS_KEY(2, 3, 0, 1, 0), 0, 1 << 12}, /* MDSCR_EL1.TDCC: MDCCSR_EL0 */
    };
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned way = 0; way < 4; way++) {
            bool open = way & 1, el0 = way & 2;
            bench_reset(bench);
            bench_msr(bench, rows[i].control, open ? rows[i].opens : rows[i].closes, 0);
            if (el0)
                bench_to_el0(bench);
            cpu_status_t status = cpu_sys_mrs(&bench->cpu, bench->in, 0, rows[i].key, 5);
            cr_expect_eq(status, open || !el0 ? CPU_OK : CPU_JUMP, "row %u, %s, EL%d", i, open ? "open" : "closed",
                         !el0);
        }
    }
    bench_free(bench);
}

/* Arm ARM, ESR_EL1 for EC 0x18: Op0 3 (21:20), Op2 1 (19:17), Op1 3 (16:14), CRn 0 (13:10), Rt 7 (9:5), CRm 0 (4:1), a
 * read (0). */
Test(sysreg_traps, syndrome_names_register_rt_and_direction)
{
    bench_t *bench = bench_new();
    bench->line[3].rd = 7;
    bench_to_el0(bench);
    cr_assert_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 3, 0, 0, 1), 7), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, 0x18u << 26 | 1u << 25 | 3 << 20 | 1 << 17 | 3 << 14 | 7 << 5 | 1);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);

    bench_reset(bench);
    bench->line[3].rd = CPU_XZR; /* MSR DAIF, XZR: S3_3_C4_C2_1 */
    bench_to_el0(bench);
    cr_assert_eq(bench_msr(bench, CPU_SYS_KEY(3, 3, 4, 2, 1), 0, 0), CPU_JUMP);
    cr_expect_eq(bench_iss(bench), 3u << 20 | 1 << 17 | 3 << 14 | 4 << 10 | 31 << 5 | 2 << 1);
    bench_free(bench);
}

Test(sysreg_special, a_failed_read_leaves_the_destination)
{
    bench_t *bench = bench_new();
    bench->cpu.x[9] = 77;
    cr_assert_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 0, 9, 14, 6), 9), CPU_JUMP);
    cr_expect_eq(bench->cpu.x[9], 77);
    bench_free(bench);
}

Test(sysreg_special, sp_el0_is_undefined_while_it_is_the_stack_pointer)
{
    bench_t *bench = bench_new();
    bench_msr(bench, CPU_SYS_KEY(3, 0, 4, 1, 0), 0x1230, 0);
    cr_assert_eq(cpu_sys_msr_immediate(&bench->cpu, bench->in, 0, 0, 5, 0), CPU_OK);
    cr_expect_eq(bench->cpu.x[CPU_SP], 0x1230, "SPSel 0 brings SP_EL0 in");
    cr_expect_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 0, 4, 1, 0), 5), CPU_JUMP);
    cr_expect_eq(bench_class(bench), EC_UNKNOWN);
    bench_free(bench);
}

Test(sysreg_special, isr_shows_an_irq_that_is_masked)
{
    bench_t *bench = bench_new();
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 1, 0), 0), 0);
    bench_raise_irq(bench);
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 1, 0), 0), 1 << 7);
    bench->core.serror_pending = true;
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 1, 0), 0), 1 << 8 | 1 << 7);
    bench_free(bench);
}

Test(sysreg_special, dczid_prohibits_at_el0_without_dze)
{
    bench_t *bench = bench_new();
    unsigned key = CPU_SYS_KEY(3, 3, 0, 0, 7);
    cr_expect_eq(bench_mrs(bench, key, 0), 4, "64 bytes");
    bench_to_el0(bench);
    cr_expect_eq(bench_mrs(bench, key, 0), 4 | 16);
    bench->cpu.sys.SCTLR_EL1 |= CPU_SCTLR_DZE;
    cr_expect_eq(bench_mrs(bench, key, 0), 4);
    bench_free(bench);
}

Test(sysreg_special, os_lock_is_set_at_reset_and_oslar_moves_it)
{
    bench_t *bench = bench_new();
    unsigned oslar = CPU_SYS_KEY(2, 0, 1, 0, 4), oslsr = CPU_SYS_KEY(2, 0, 1, 1, 4);
    cr_expect_eq(bench_mrs(bench, oslsr, 0), 0xa);
    bench_msr(bench, oslar, 0, 0);
    cr_expect_eq(bench_mrs(bench, oslsr, 0), 0x8);
    bench_msr(bench, oslar, 3, 0);
    cr_expect_eq(bench_mrs(bench, oslsr, 0), 0xa);
    bench_free(bench);
}

Test(sysreg_special, claim_tags_are_set_and_cleared_bit_by_bit)
{
    bench_t *bench = bench_new();
    unsigned set = CPU_SYS_KEY(2, 0, 7, 8, 6), clear = CPU_SYS_KEY(2, 0, 7, 9, 6);
    bench_msr(bench, set, 0x1f5, 0);
    cr_expect_eq(bench_mrs(bench, clear, 0), 0xf5);
    bench_msr(bench, clear, 0x11, 0);
    cr_expect_eq(bench_mrs(bench, clear, 0), 0xe4);
    bench_free(bench);
}

Test(sysreg_context, writes_that_change_translation_reach_mmu_and_port)
{
    static const unsigned keys[] = {CPU_SYS_KEY(3, 0, 1, 0, 0),  CPU_SYS_KEY(3, 0, 2, 0, 0),
                                    CPU_SYS_KEY(3, 0, 2, 0, 1),  CPU_SYS_KEY(3, 0, 2, 0, 2),
                                    CPU_SYS_KEY(3, 0, 10, 2, 0), CPU_SYS_KEY(3, 0, 13, 0, 1)};
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        bench_reset(bench);
        bench_msr(bench, keys[i], 0, 0);
        cr_expect_eq(bench->context_changes, 1, "row %u", i);
    }
    bench_reset(bench);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 13, 0, 4), 0, 0); /* TPIDR_EL1 */
    cr_expect_eq(bench->context_changes, 0);
    bench_free(bench);
}

Test(sysreg_log, an_unknown_register_is_logged_once_a_pc_and_privilege_at_el0_never)
{
    bench_t *bench = bench_new();
    cpu_sys_mrs(&bench->cpu, bench->in, 100, CPU_SYS_KEY(3, 0, 9, 14, 6), 5);
    cpu_sys_mrs(&bench->cpu, bench->in, 200, CPU_SYS_KEY(3, 0, 9, 14, 6), 5);
    cr_expect_eq(bench->cpu.guest_log.count, 1);
    cr_expect_eq(bench->cpu.guest_errors_repeated, 1);
    cr_expect_eq(bench->cpu.guest_log.first[0].pc, BENCH_PC);
    cr_expect_eq(bench->cpu.guest_log.first[0].time_ps, 100 * BENCH_PERIOD_PS);
    cr_expect_str_eq(bench->cpu.guest_log.first[0].text, "MRS of S3_0_C9_C14_6 at EL1: UNDEFINED");
    cpu_sys_msr(&bench->cpu, bench->in + 1, 300, CPU_SYS_KEY(3, 0, 0, 0, 0), 5);
    cr_expect_str_eq(bench->cpu.guest_log.first[1].text, "MSR to S3_0_C0_C0_0 (MIDR_EL1) at EL1: UNDEFINED");
    bench_to_el0(bench);
    cpu_sys_mrs(&bench->cpu, bench->in + 2, 400, CPU_SYS_KEY(3, 0, 0, 0, 0), 5);
    cr_expect_eq(bench->cpu.guest_log.count, 2, "operating systems emulate MIDR_EL1 for EL0");
    bench_free(bench);
}

Test(sysreg_gic, acknowledge_and_sgi_requests_are_counted)
{
    bench_t *bench = bench_new();
    bench_msr(bench, CPU_SYS_KEY(3, 0, 12, 11, 5), 0x5, 0); /* two targets */
    cr_expect_eq(bench->cpu.stats.ipis_sent, 2);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 12, 11, 5), UINT64_C(1) << 40, 0); /* IRM: the three others */
    cr_expect_eq(bench->cpu.stats.ipis_sent, 5);
    bench_raise_irq(bench);
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 12, 0), 0), 27);
    cr_expect_eq(bench->cpu.stats.ipis_received, 0, "a PPI is no IPI");
    bench_free(bench);
}
