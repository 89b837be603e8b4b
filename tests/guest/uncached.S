/* Normal Non-cacheable memory: a chain of pointers, a line each, or a copy of lines. The words at the end are set by the
 * test: lines, and 0 for the chain or 1 for the copy. To be linked at 0x40080000, as a raw image. */
        .text
        .globl  _start
_start: adr     x20, parameters
        ldp     x21, x22, [x20]
        adr     x0, table               /* level 1, 1 GiB a descriptor: devices, RAM, and RAM again as Non-cacheable */
        bic     x0, x0, #0xfff
        mov     x1, #0x405              /* block, AttrIndx 1, AF */
        str     x1, [x0]
        mov     x1, #0x701              /* block, AttrIndx 0, inner shareable, AF */
        movk    x1, #0x4000, lsl #16
        str     x1, [x0, #8]
        mov     x1, #0x709              /* the same block, AttrIndx 2 */
        movk    x1, #0x4000, lsl #16
        str     x1, [x0, #16]
        dsb     sy
        msr     ttbr0_el1, x0
        mov     x1, #0x00ff             /* MAIR_EL1: 0 write-back, 1 Device-nGnRnE, 2 Non-cacheable */
        movk    x1, #0x0044, lsl #16
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

        mov     x5, #0x81000000
        mov     x6, #0x82000000
        mov     x4, x21
        mov     x7, x5
0:      add     x3, x7, #64
        str     x3, [x7]
        mov     x7, x3
        subs    x4, x4, #1
        b.ne    0b
        dsb     sy
        cbnz    x22, 2f

1:      ldr     x5, [x5]
        subs    x21, x21, #1
        b.ne    1b
        b       3f

2:      ldp     x8, x9, [x5]
        ldp     x10, x11, [x5, #16]
        ldp     x12, x13, [x5, #32]
        ldp     x14, x15, [x5, #48]
        stp     x8, x9, [x6]
        stp     x10, x11, [x6, #16]
        stp     x12, x13, [x6, #32]
        stp     x14, x15, [x6, #48]
        add     x5, x5, #64
        add     x6, x6, #64
        subs    x21, x21, #1
        b.ne    2b
        dsb     sy
        ldr     x8, [x6, #-64]          /* the last line's first word: its own address' successor */
        cmp     x8, x5
        b.eq    3f
        udf     #0

3:      mov     w0, #0x84000000         /* PSCI SYSTEM_OFF */
        orr     w0, w0, #8
        hvc     #0
        b       .
        .ltorg
        .balign 8
parameters:
        .quad   0x4000, 100
        .balign 4096
table:  .fill   512, 8, 0
