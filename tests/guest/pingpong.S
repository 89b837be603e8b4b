/* Two cores change a word in turn, by LDAXR and STLXR or by CASAL. The words at the end are set by the test: 1 for CASAL,
 * and the turns of each core. To be linked at 0x40080000, as a raw image, and started on both cores at once. */
        .arch   armv8.1-a
        .text
        .globl  _start
_start: adr     x20, parameters
        ldp     x21, x22, [x20]         /* CASAL, turns */
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

        mov     x3, #0x41000000         /* the word; RAM is zero at first */
        mrs     x9, mpidr_el1
        and     x9, x9, #0xff
        mov     w6, w9                  /* core 0 makes odd of even, core 1 even of odd */
        add     w8, w6, #1
        cbnz    x21, 4f

1:      ldaxr   w5, [x3]
        cmp     w5, w6
        b.ne    2f
        stlxr   w7, w8, [x3]
        cbnz    w7, 1b
        add     w6, w6, #2
        add     w8, w8, #2
        subs    x22, x22, #1
        b.ne    1b
        b       5f
2:      clrex
        b       1b

4:      mov     w5, w6
        casal   w5, w8, [x3]
        cmp     w5, w6
        b.ne    4b
        add     w6, w6, #2
        add     w8, w8, #2
        subs    x22, x22, #1
        b.ne    4b

5:      cbnz    x9, .
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
