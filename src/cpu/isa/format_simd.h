/* How ra of FP and SIMD instructions holds their arrangement. Private to cpu/isa. */
#ifndef MESIM_CPU_ISA_FORMAT_SIMD_H
#define MESIM_CPU_ISA_FORMAT_SIMD_H

enum {
    SIMD_SIZE = 3,         /* log2 of an element's bytes */
    SIMD_Q = 4,            /* 128 bits, or the upper half */
    SIMD_SCALAR = 8,       /* one element */
    SIMD_ACCUMULATES = 16, /* Vd is read as well */
    SIMD_ELEMENT = 32,     /* Vm is one element, whose index is imm<7:0> */
};

/* imm of conversions between FP and general registers. */
enum {
    FP_FRACTION_BITS = 0xff,
    FP_IS_X = 0x100, /* the general register is 64 bits wide */
};

#endif
