/* System registers: how to reach them, and the fields this kernel sets, by the manual's names (DDI 0487, part D). */
#ifndef MESIM_FIRMWARE_SYSREG_H
#define MESIM_FIRMWARE_SYSREG_H

/* SCTLR_EL1. The RES1 bits of Armv8.0 must be written as one. */
#define SCTLR_RES1 0x30d00800
#define SCTLR_M    (1 << 0)  /* the MMU */
#define SCTLR_C    (1 << 2)  /* data caches */
#define SCTLR_SA   (1 << 3)  /* SP must be 16-byte aligned when it is the base of an access */
#define SCTLR_SA0  (1 << 4)  /* the same at EL0 */
#define SCTLR_I    (1 << 12) /* instruction cache */

/* MAIR_EL1: attribute indices 0 to 5 in this order. An int would lose the last two: every shift is of 64 bits. */
#ifdef __ASSEMBLER__
#define U64(x) x
#else
#define U64(x) x##ull
#endif
#define MAIR_DEVICE_nGnRnE U64(0x00)
#define MAIR_DEVICE_nGnRE  U64(0x04)
#define MAIR_DEVICE_GRE    U64(0x0c)
#define MAIR_NORMAL_NC     U64(0x44)
#define MAIR_NORMAL_WT     U64(0xbb)
#define MAIR_NORMAL_WB     U64(0xff)
#define MAIR_VALUE                                                                                                     \
    (MAIR_DEVICE_nGnRnE << 0 | MAIR_DEVICE_nGnRE << 8 | MAIR_DEVICE_GRE << 16 | MAIR_NORMAL_NC << 24 |                 \
     MAIR_NORMAL_WT << 32 | MAIR_NORMAL_WB << 40)

/* TCR_EL1: TTBR0 alone, 39-bit addresses, 4 KiB granule, walks through the write-back inner-shareable caches, so
 * that a table entry written by any core is seen by every core's walker. IPS is filled in at run time. */
#define TCR_T0SZ_39BIT  (64 - 39)
#define TCR_IRGN0_WBWA  (1 << 8)
#define TCR_ORGN0_WBWA  (1 << 10)
#define TCR_SH0_INNER   (3 << 12)
#define TCR_EPD1        (1 << 23)
#define TCR_IPS_SHIFT   32
#define TCR_VALUE       (TCR_T0SZ_39BIT | TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER | TCR_EPD1)
#define PARANGE_48_BITS 5 /* larger values need a larger granule or descriptor format */

/* SPSR_EL1 */
#define SPSR_BTYPE (3 << 10)

/* MPIDR_EL1: the four affinity fields name a core; the other bits do not. */
#define MPIDR_AFFINITY_MASK U64(0xff00ffffff)

/* ESR_ELx */
#define ESR_EC_SHIFT         26
#define ESR_IL               (1 << 25)
#define ESR_EC_UNKNOWN       0x00
#define ESR_EC_WFX           0x01
#define ESR_EC_FP            0x07
#define ESR_EC_BRANCH_TARGET 0x0d
#define ESR_EC_SVC64         0x15
#define ESR_EC_SYSREG        0x18
#define ESR_EC_IABORT_LOWER  0x20
#define ESR_EC_IABORT        0x21
#define ESR_EC_PC_ALIGNMENT  0x22
#define ESR_EC_DABORT_LOWER  0x24
#define ESR_EC_DABORT        0x25
#define ESR_EC_SP_ALIGNMENT  0x26
#define ESR_EC_BRK64         0x3c
#define ESR_ISS_WNR          (1 << 6)
#define ESR_ISS_CM           (1 << 8)
#define FSC_TRANSLATION_L1   0x05
#define FSC_TRANSLATION_L3   0x07
#define FSC_ACCESS_FLAG_L3   0x0b
#define FSC_PERMISSION_L3    0x0f
#define FSC_ALIGNMENT        0x21

#ifndef __ASSEMBLER__
#include <stdint.h>

#define read_sysreg(name)                                                                                              \
    ({                                                                                                                 \
        uint64_t value_;                                                                                               \
        __asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory");                                                   \
        value_;                                                                                                        \
    })

/* The write takes effect for later instructions at the next context synchronisation: follow it with isb(). */
#define write_sysreg(name, value) __asm__ volatile("msr " #name ", %x0" ::"rZ"((uint64_t)(value)) : "memory")

static inline uint64_t esr_of(unsigned exception_class, uint64_t iss)
{
    return (uint64_t)exception_class << ESR_EC_SHIFT | ESR_IL | iss;
}
#endif

#endif
