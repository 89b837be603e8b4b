/* Semantics of Arm ARM C4.1, Advanced SIMD two-register miscellaneous, on integers. Expressions as in
 * exec_simd_same.h. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_MISC_H
#define MESIM_CPU_ISA_EXEC_SIMD_MISC_H

#include "cpu/isa/exec_simd_same.h"

/* --- integer, lane by lane; b is of Vm of register 0 and not used --- */

#define SIMD_MISC_CASES(sign, lanes8, lanes16, lanes32, lanes64, expression)                                           \
    switch (simd_size(in)) {                                                                                           \
    case 0: SIMD_LANES(sign, 8, lanes8, expression) break;                                                             \
    case 1: SIMD_LANES(sign, 16, lanes16, expression) break;                                                           \
    case 2: SIMD_LANES(sign, 32, lanes32, expression) break;                                                           \
    default: SIMD_LANES(sign, 64, lanes64, expression) break;                                                          \
    }
#define SIMD_MISC(name, sign, expression)                                                                              \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = n, d = get_v(cpu, in->rd);                                                \
        const unsigned shift = (unsigned)in->imm;                                                                      \
        EXEC_UNUSED(shift);                                                                                            \
        SIMD_MISC_CASES(sign, 16, 8, 4, 2, expression)                                                                 \
        set_v(cpu, in, d);                                                                                             \
    }
#define SIMD_MISC_SATURATING(name, sign, expression)                                                                   \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = n, d = {0};                                                               \
        const unsigned lanes = simd_lanes(in), shift = (unsigned)in->imm;                                              \
        bool qc = false;                                                                                               \
        EXEC_UNUSED(shift);                                                                                            \
        if (in->ra & SIMD_ACCUMULATES)                                                                                 \
            d = get_v(cpu, in->rd);                                                                                    \
        SIMD_MISC_CASES(sign, lanes, lanes, lanes, lanes, expression)                                                  \
        if (qc)                                                                                                        \
            cpu->fpsr |= FPSR_QC;                                                                                      \
        if (in->ra & SIMD_SCALAR)                                                                                      \
            set_scalar(cpu, in->rd, get_lane(&d, simd_size(in), 0));                                                   \
        else                                                                                                           \
            set_v(cpu, in, d);                                                                                         \
    }
#define EXEC_MISC(name, sign, expression)                                                                              \
    SIMD_MISC(name, sign, expression)                                                                                  \
    EXEC_IS(name, simd_##name)
#define EXEC_MISC_SATURATING(name, sign, expression)                                                                   \
    SIMD_MISC_SATURATING(name, sign, expression)                                                                       \
    EXEC_IS(name, simd_##name)

static unsigned simd_leading_zeros(uint64_t value, unsigned bits)
{
    return value ? (unsigned)__builtin_clzll(value) - (64 - bits) : bits;
}

static uint8_t simd_reverse_bits(uint8_t value)
{
    value = (uint8_t)(value >> 4 | value << 4);
    value = (uint8_t)((value >> 2 & 0x33) | (value & 0x33) << 2);
    return (uint8_t)((value >> 1 & 0x55) | (value & 0x55) << 1);
}

EXEC_MISC(CLS_V, u, simd_leading_zeros((uint64_t)((a ^ (a << 1)) & (bits_mask(BITS) - 1)) | 1, BITS))
EXEC_MISC(CLZ_V, u, simd_leading_zeros(a, BITS))
EXEC_MISC(CNT_V, u, __builtin_popcount((unsigned)a))
EXEC_MISC(NOT_V, u, ~a)
EXEC_MISC(RBIT_V, u, simd_reverse_bits((uint8_t)a))
EXEC_MISC(CMGT_ZERO, s, ALL_ONES_IF(a > 0))
EXEC_MISC(CMGE_ZERO, s, ALL_ONES_IF(a >= 0))
EXEC_MISC(CMEQ_ZERO, s, ALL_ONES_IF(a == 0))
EXEC_MISC(CMLE_ZERO, s, ALL_ONES_IF(a <= 0))
EXEC_MISC(CMLT_ZERO, s, ALL_ONES_IF(a < 0))
EXEC_MISC(ABS_V, s, a < 0 ? -(uint64_t)ua : ua)
EXEC_MISC(NEG_V, u, -(uint64_t)a)
EXEC_MISC_SATURATING(SQABS, s, a < 0 ? simd_sub_signed(0, a, BITS, &qc) : a)
EXEC_MISC_SATURATING(SQNEG, s, simd_sub_signed(0, a, BITS, &qc))
EXEC_MISC_SATURATING(SUQADD, u, simd_add_unsigned_to_signed(bits_sign_extend(old, BITS), a, BITS, &qc))
EXEC_MISC_SATURATING(USQADD, s, simd_add_signed_to_unsigned(old, a, BITS, &qc))

EXEC_IS(SUQADD_SCALAR, simd_SUQADD)
EXEC_IS(SQABS_SCALAR, simd_SQABS)
EXEC_IS(CMGT_ZERO_SCALAR, simd_CMGT_ZERO)
EXEC_IS(CMEQ_ZERO_SCALAR, simd_CMEQ_ZERO)
EXEC_IS(CMLT_ZERO_SCALAR, simd_CMLT_ZERO)
EXEC_IS(ABS_SCALAR, simd_ABS_V)
EXEC_IS(USQADD_SCALAR, simd_USQADD)
EXEC_IS(SQNEG_SCALAR, simd_SQNEG)
EXEC_IS(CMGE_ZERO_SCALAR, simd_CMGE_ZERO)
EXEC_IS(CMLE_ZERO_SCALAR, simd_CMLE_ZERO)
EXEC_IS(NEG_SCALAR, simd_NEG_V)

/* Elements of `size` reversed in containers of 2^container bytes. */
static void simd_reverse(cpu_t *cpu, const cpu_insn_t *in, unsigned container)
{
    vector_t n = get_v(cpu, in->rn), d;
    unsigned size = simd_size(in), flip = (1u << (container - size)) - 1;
    for (unsigned i = 0; i < 16u >> size; i++)
        set_lane(&d, size, i, get_lane(&n, size, i ^ flip));
    set_v(cpu, in, d);
}

EXEC_FP(REV64)
{
    simd_reverse(cpu, in, 3);
}

EXEC_FP(REV32_V)
{
    simd_reverse(cpu, in, 2);
}

EXEC_FP(REV16)
{
    simd_reverse(cpu, in, 1);
}

/* --- pairs of neighbours added to a longer element --- */

static void simd_add_long_pairs(cpu_t *cpu, const cpu_insn_t *in, bool is_signed, bool accumulate)
{
    vector_t n = get_v(cpu, in->rn), d = get_v(cpu, in->rd);
    unsigned size = simd_size(in);
    for (unsigned i = 0; i < 8u >> size; i++) {
        uint64_t sum = is_signed ? get_lane_signed(&n, size, 2 * i) + get_lane_signed(&n, size, 2 * i + 1)
                                 : get_lane(&n, size, 2 * i) + get_lane(&n, size, 2 * i + 1);
        set_lane(&d, size + 1, i, sum + (accumulate ? get_lane(&d, size + 1, i) : 0));
    }
    set_v(cpu, in, d);
}

EXEC_FP(SADDLP)
{
    simd_add_long_pairs(cpu, in, true, false);
}

EXEC_FP(UADDLP)
{
    simd_add_long_pairs(cpu, in, false, false);
}

EXEC_FP(SADALP)
{
    simd_add_long_pairs(cpu, in, true, true);
}

EXEC_FP(UADALP)
{
    simd_add_long_pairs(cpu, in, false, true);
}

#endif
