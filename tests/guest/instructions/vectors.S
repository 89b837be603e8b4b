/* void run_with_vectors(vectors_t *vectors, code_t *code): calls code with X1, X2 and V0 to V31 of *vectors (structures.c),
 * and puts into it what they are afterwards. */
    .arch armv8-a+simd
    .globl run_with_vectors
    .type run_with_vectors, %function
run_with_vectors:
    stp x29, x30, [sp, #-32]!
    str x19, [sp, #16]
    mov x19, x0
    mov x9, x1
    add x10, x0, #16
    ldp q0, q1, [x10], #32
    ldp q2, q3, [x10], #32
    ldp q4, q5, [x10], #32
    ldp q6, q7, [x10], #32
    ldp q8, q9, [x10], #32
    ldp q10, q11, [x10], #32
    ldp q12, q13, [x10], #32
    ldp q14, q15, [x10], #32
    ldp q16, q17, [x10], #32
    ldp q18, q19, [x10], #32
    ldp q20, q21, [x10], #32
    ldp q22, q23, [x10], #32
    ldp q24, q25, [x10], #32
    ldp q26, q27, [x10], #32
    ldp q28, q29, [x10], #32
    ldp q30, q31, [x10], #32
    ldp x1, x2, [x0]
    blr x9
    stp x1, x2, [x19]
    add x10, x19, #16
    stp q0, q1, [x10], #32
    stp q2, q3, [x10], #32
    stp q4, q5, [x10], #32
    stp q6, q7, [x10], #32
    stp q8, q9, [x10], #32
    stp q10, q11, [x10], #32
    stp q12, q13, [x10], #32
    stp q14, q15, [x10], #32
    stp q16, q17, [x10], #32
    stp q18, q19, [x10], #32
    stp q20, q21, [x10], #32
    stp q22, q23, [x10], #32
    stp q24, q25, [x10], #32
    stp q26, q27, [x10], #32
    stp q28, q29, [x10], #32
    stp q30, q31, [x10], #32
    ldr x19, [sp, #16]
    ldp x29, x30, [sp], #32
    ret

    .section .note.GNU-stack, "", %progbits
