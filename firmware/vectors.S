/* The exception vectors (DDI 0487, "Exception vectors"): save every register, call C, restore, return. */
#include "layout.h"

/* The registers of the interrupted code onto the kernel's stack, as frame_t. */
.macro save_frame from_el0
    sub     sp, sp, #FRAME_BYTES
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    .if \from_el0
    mrs     x1, sp_el0
    .else
    add     x1, sp, #FRAME_BYTES
    .endif
    stp     x30, x1, [sp, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #FRAME_ELR]
    mrs     x4, esr_el1
    mrs     x5, far_el1
    stp     x4, x5, [sp, #FRAME_ESR]
    mov     x0, sp
.endm

/* The interrupted code goes on. ERET synchronises the context and clears the exclusive monitor: a LDXR before the
 * exception and a STXR after it never make a pair. */
.macro restore_frame from_el0
    ldp     x2, x3, [sp, #FRAME_ELR]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    .if \from_el0
    ldr     x1, [sp, #FRAME_SP]
    msr     sp_el0, x1
    .endif
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x30, [sp, #240]
    add     sp, sp, #FRAME_BYTES
    eret
.endm

/* A vector has room for 32 instructions, so each only branches to its code. */
.macro vector target
    .balign 128
    b       \target
.endm

.macro handler name, function, from_el0
\name:
    save_frame \from_el0
    bl      \function
    restore_frame \from_el0
.endm

.macro unexpected name, text, from_el0
\name:
    save_frame \from_el0
    adr     x1, 1f
    bl      exception_unexpected
1:  .asciz  "\text"
    .balign 4
.endm

    .text
    .balign 2048
    .globl  vectors
vectors:
    vector  sp0_sync /* EL1 with SP_EL0: this kernel never runs so */
    vector  sp0_irq
    vector  sp0_fiq
    vector  sp0_serror
    vector  kernel_sync /* EL1 with its own stack */
    vector  kernel_irq
    vector  kernel_fiq
    vector  kernel_serror
    vector  user_sync /* EL0, AArch64 */
    vector  user_irq
    vector  user_fiq
    vector  user_serror
    vector  user32_sync /* EL0, AArch32 */
    vector  user32_irq
    vector  user32_fiq
    vector  user32_serror

/* A fault may come from the stack itself, and then saving anything there would fault again, for ever. So SP is looked
 * at first, with room for the frame and the handler. The two registers this takes wait where EL0 would keep its thread
 * pointers; nothing at EL0 here has any. */
kernel_sync:
    msr     tpidr_el0, x0
    msr     tpidrro_el0, x1
    mrs     x1, tpidr_el1
    ldr     x1, [x1, #CPU_STACK_TOP]
    mov     x0, sp
    sub     x1, x1, x0 /* so much of the stack is in use */
    add     x1, x1, #1024
    lsr     x1, x1, #STACK_BITS
    cbnz    x1, bad_stack
    mrs     x0, tpidr_el0
    mrs     x1, tpidrro_el0
    save_frame 0
    bl      exception_kernel_sync
    restore_frame 0

bad_stack: /* there is one stack for this, so the first core takes it, and the others sleep while it reports */
    ldr     x1, =crash_stack_taken
1:  ldaxr   w0, [x1]
    cbnz    w0, 2f
    stxr    w0, w1, [x1] /* w1: anything but 0 */
    cbnz    w0, 1b
    mov     x0, sp
    ldr     x1, =crash_stack_top
    mov     sp, x1
    mov     x1, x0
    mrs     x0, tpidr_el0
    msr     tpidr_el0, x1
    mrs     x1, tpidrro_el0
    save_frame 0
    mrs     x1, tpidr_el0
    str     x1, [sp, #FRAME_SP]
    adr     x1, 1f
    bl      exception_unexpected
1:  .asciz  "synchronous exception on a bad stack"
    .balign 4
2:  wfi
    b       2b

    handler kernel_irq, exception_irq, 0
    handler user_sync, exception_user_sync, 1
    handler user_irq, exception_irq, 1

    unexpected sp0_sync, "synchronous exception on SP_EL0", 0
    unexpected sp0_irq, "IRQ on SP_EL0", 0
    unexpected sp0_fiq, "FIQ on SP_EL0", 0
    unexpected sp0_serror, "SError on SP_EL0", 0
    unexpected kernel_fiq, "FIQ", 0
    unexpected kernel_serror, "SError", 0
    unexpected user_fiq, "FIQ from EL0", 1
    unexpected user_serror, "SError from EL0", 1
    unexpected user32_sync, "synchronous exception from AArch32", 1
    unexpected user32_irq, "IRQ from AArch32", 1
    unexpected user32_fiq, "FIQ from AArch32", 1
    unexpected user32_serror, "SError from AArch32", 1

    .section .bss.crash_stack, "aw", %nobits
    .balign CACHE_LINE_BYTES
    .skip   PAGE_BYTES
crash_stack_top:
crash_stack_taken:
    .skip   CACHE_LINE_BYTES
