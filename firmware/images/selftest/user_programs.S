/* Programs for EL0; user_programs.h says what they do. Position-independent: they run where they are mapped. */
    .section .user_text, "ax"

.macro program name
    .balign 64
    .globl  \name
\name:
.endm

program user_svc
    add     x0, x0, #1
    svc     #0x123
    b       .

program user_load
    ldr     x0, [x0]
    svc     #0
    b       .

program user_store
    str     x1, [x0]
    svc     #0
    b       .

program user_mask
    msr     daifset, #2
    svc     #0
    b       .

program user_undefined
    udf     #0
    svc     #0
    b       .

program user_spin
    mov     x2, #1 << 20
1:  ldr     w1, [x0]
    cbnz    w1, 2f
    subs    x2, x2, #1
    b.ne    1b
2:  svc     #0
    b       .

program user_spoil_sp
    sub     sp, sp, #8
    ldr     x0, [sp]
    svc     #0
    b       .
