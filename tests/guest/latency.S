/* Follows a chain of pointers, one a cache line, through an array: each load needs the value of the one before. The
 * words at the end are set by the test: bytes of the array, and loads / 8. To be linked at 0x40080000, as a raw image. */
        .text
        .globl  _start
_start: adr     x20, parameters
        ldp     x21, x22, [x20]         /* bytes of the array, loads / 8 */
        adr     x0, table               /* level 1, 1 GiB a descriptor: devices, then RAM */
        bic     x0, x0, #0xfff
        mov     x1, #0x405              /* block, AttrIndx 1, AF */
        str     x1, [x0]
        mov     x1, #0x701              /* block, AttrIndx 0, inner shareable, AF */
        movk    x1, #0x4000, lsl #16
        str     x1, [x0, #8]
        dsb     sy
        msr     ttbr0_el1, x0
        mov     x1, #0x00ff             /* MAIR_EL1: 0 write-back, 1 Device-nGnRnE */
        msr     mair_el1, x1
        ldr     x1, =0x280003519        /* TCR_EL1: T0SZ 25, write-back walks, inner shareable, 40 bits, no TTBR1 */
        orr     x1, x1, #(1 << 23)
        msr     tcr_el1, x1
        isb
        mrs     x1, sctlr_el1
        mov     x2, #0x1005             /* M, C, I */
        orr     x1, x1, x2
        msr     sctlr_el1, x1
        isb

        mov     x3, #0x41000000         /* the array */
        add     x4, x3, x21
        mov     x5, x3
0:      add     x6, x5, #64
        cmp     x6, x4
        csel    x6, x6, x3, lo
        str     x6, [x5]
        mov     x5, x6
        cmp     x5, x3
        b.ne    0b
        dsb     sy

1:      ldr     x5, [x5]
        ldr     x5, [x5]
        ldr     x5, [x5]
        ldr     x5, [x5]
        ldr     x5, [x5]
        ldr     x5, [x5]
        ldr     x5, [x5]
        ldr     x5, [x5]
        subs    x22, x22, #1
        b.ne    1b

        mov     w0, #0x84000000         /* PSCI SYSTEM_OFF */
        orr     w0, w0, #8
        hvc     #0
        b       .
        .ltorg
        .balign 8
parameters:
        .quad   0x4000, 100
        .balign 4096
table:  .fill   512, 8, 0
