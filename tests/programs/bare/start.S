/* From reset at EL1, the MMU off, to program(): translation with caches, FP and SIMD, a stack for each core. */
#define STACK_BYTES 0x40000
#define MAX_CORES   8

    .section .text.start, "ax"
    .globl _start
_start:
    mov x19, #0
    b start_core

/* PSCI CPU_ON ends here, with the number of the core in x0. */
    .globl start_secondary
start_secondary:
    mov x19, x0

start_core:
    mov x0, #3 << 20
    msr cpacr_el1, x0                /* FPEN: nothing is trapped */
    adrp x0, vectors
    msr vbar_el1, x0
    ldr x0, =0xff04                  /* attribute 0: Device-nGnRE, 1: Normal Write-Back */
    msr mair_el1, x0
    ldr x0, =0x100803519             /* T0SZ 25, Inner Shareable write-back walks, EPD1, 36 bits of address */
    msr tcr_el1, x0
    adrp x0, table
    msr ttbr0_el1, x0
    tlbi vmalle1
    dsb sy
    isb
    mrs x0, sctlr_el1
    ldr x1, =0x1005                  /* I, C, M */
    orr x0, x0, x1
    bic x0, x0, #2                   /* A: unaligned accesses are fine */
    msr sctlr_el1, x0
    isb
    adrp x0, stacks
    mov x1, #STACK_BYTES
    add x2, x19, #1
    madd x0, x1, x2, x0
    mov sp, x0
    mov x29, #0
    mov x30, #0
    mov x0, x19
    bl platform_start
1:  wfi
    b 1b

/* The first GiB holds devices, the second RAM: blocks of level 1. */
    .section .data.table, "aw"
    .balign 4096
table:
    .quad 0x0060000000000401         /* XN, AF, attribute 0 */
    .quad 0x0000000040000705         /* AF, Inner Shareable, attribute 1 */
    .space 4096 - 16

    .section .bss.stacks, "aw", %nobits
    .balign 4096
stacks:
    .space STACK_BYTES * MAX_CORES

    .section .text.vectors, "ax"
    .balign 4096
vectors:
    .rept 16
    .balign 128
    mrs x0, esr_el1
    mrs x1, elr_el1
    mrs x2, far_el1
    b platform_exception
    .endr

    .section .note.GNU-stack, "", %progbits
