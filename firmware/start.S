/* From reset to C: EL1, the MMU, a stack. Until the MMU is on, all data touched is in memory and not in a cache. */
#include "layout.h"
#include "sysreg.h"

    .section .text.start, "ax"

/* The boot core. x0: the device tree, or anything. */
    .globl  _start
_start:
    mov     x19, x0
    bl      enter_el1
    bl      set_known_state
    ldr     x0, =cpus /* as core 0 until the tree has been read */
    msr     tpidr_el1, x0
    ldr     x0, =boot_stack_top
    mov     sp, x0
    mov     x0, x19
    bl      boot_prepare /* finds the tree and builds the tables; returns the tree */
    mov     x19, x0
    bl      enable_mmu

    ldr     x0, =bss_start /* with the caches on, or they might keep what was there before */
    ldr     x1, =bss_end
1:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    1b

    ldr     x0, =boot_stack_top
    mov     sp, x0
    mov     x0, x19
    mov     x29, xzr
    bl      kernel_main
    b       .

/* Every other core, from PSCI CPU_ON. x0: its cpu_t, which is in the other cores' caches and so out of reach until
 * the MMU is on. */
    .globl  secondary_start
secondary_start:
    mov     x19, x0
    bl      enter_el1
    bl      set_known_state
    msr     tpidr_el1, x19
    bl      enable_mmu
    ldr     x0, [x19, #CPU_STACK_TOP]
    mov     sp, x0
    mov     x0, x19
    mov     x29, xzr
    bl      secondary_main
    b       .

/* Returns at EL1, whether called at EL1 or EL2. At EL3 nobody would serve PSCI, so there the core stops. */
enter_el1:
    mrs     x9, currentel
    cmp     x9, #1 << 2
    b.eq    3f
    cmp     x9, #2 << 2
1:  b.ne    1b

    mov     x9, #1 << 31 /* HCR_EL2.RW: EL1 is AArch64; nothing is trapped */
    msr     hcr_el2, x9
    mov     x9, #0x33ff /* CPTR_EL2: its RES1 bits, no traps */
    msr     cptr_el2, x9
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mrs     x9, midr_el1 /* EL1 sees the real identity */
    msr     vpidr_el2, x9
    mrs     x9, mpidr_el1
    msr     vmpidr_el2, x9
    mov     x9, #3 /* CNTHCTL_EL2: counter and timer are EL1's too */
    msr     cnthctl_el2, x9
    msr     cntvoff_el2, xzr

    mrs     x9, id_aa64dfr0_el1 /* MDCR_EL2.HPMN: all event counters are EL1's */
    ubfx    x9, x9, #8, #4
    cbz     x9, 2f
    mrs     x9, pmcr_el0
    ubfx    x9, x9, #11, #5
2:  msr     mdcr_el2, x9

    mrs     x9, id_aa64pfr0_el1 /* the GIC's system registers, if it has them */
    ubfx    x9, x9, #24, #4
    cbz     x9, 2f
    mov     x9, #0xf /* ICC_SRE_EL2: SRE, no bypass, EL1 may set its own */
    msr     icc_sre_el2, x9
    isb
    msr     ich_hcr_el2, xzr
2:
    ldr     x9, =SCTLR_RES1
    msr     sctlr_el1, x9
    mov     x9, #PSTATE_EL1H_MASKED
    msr     spsr_el2, x9
    msr     elr_el2, x30
    eret
3:  ret

/* What reset leaves unknown and this kernel relies on. */
set_known_state:
    msr     daifset, #15
    msr     spsel, #1
    ic      iallu
    dsb     nsh
    ldr     x9, =SCTLR_RES1 | SCTLR_I /* MMU and data caches off; instructions may be cached from the start */
    msr     sctlr_el1, x9
    ldr     x9, =vectors
    msr     vbar_el1, x9
    msr     cpacr_el1, xzr /* FP and SIMD trap: no code here uses them */
    msr     cntkctl_el1, xzr
    msr     cntv_ctl_el0, xzr
    msr     cntp_ctl_el0, xzr
    msr     mdscr_el1, xzr
    msr     contextidr_el1, xzr
    isb
    ret

/* The tables are the same for all cores. No TLB entry from before may survive. */
enable_mmu:
    ldr     x9, =MAIR_VALUE
    msr     mair_el1, x9
    ldr     x9, =TCR_VALUE
    mrs     x10, id_aa64mmfr0_el1 /* physical addresses as wide as the core has them */
    ubfx    x10, x10, #0, #4
    mov     x11, #PARANGE_48_BITS
    cmp     x10, x11
    csel    x10, x10, x11, ls
    bfi     x9, x10, #TCR_IPS_SHIFT, #3
    msr     tcr_el1, x9
    ldr     x9, =vm_tables /* ASID 0 */
    msr     ttbr0_el1, x9
    msr     ttbr1_el1, xzr
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    ldr     x9, =SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_SA0
    msr     sctlr_el1, x9
    isb
    ret

    .section .bss.boot_stack, "aw", %nobits
    .balign CACHE_LINE_BYTES
    .skip   STACK_BYTES
