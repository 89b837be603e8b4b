/* Semantics of Arm ARM C4.1, Advanced SIMD three same, vector and scalar, on integers.
 *
 * An instruction is an expression over the elements of one lane: a of Vn, b of Vm, old of Vd, of the type that is said,
 * and ua, ub, which are unsigned in any case. Where no flag can come of it all 128 bits are computed, whatever Q. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_SAME_H
#define MESIM_CPU_ISA_EXEC_SIMD_SAME_H

#include "cpu/isa/exec_simd.h"
#include "cpu/isa/simd_integer.h"

#define SIMD_LANE(sign, bits, expression)                                                                              \
    {                                                                                                                  \
        typeof(n.sign##bits[0]) a = n.sign##bits[i], b = m.sign##bits[i];                                              \
        uint##bits##_t ua = n.u##bits[i], ub = m.u##bits[i], old = d.u##bits[i];                                       \
        enum { BITS = bits };                                                                                          \
        EXEC_UNUSED(a);                                                                                                \
        EXEC_UNUSED(b);                                                                                                \
        EXEC_UNUSED(ua);                                                                                               \
        EXEC_UNUSED(ub);                                                                                               \
        EXEC_UNUSED(old);                                                                                              \
        d.u##bits[i] = (uint##bits##_t)(expression);                                                                   \
    }
#define SIMD_LANES(sign, bits, count, expression)                                                                      \
    for (unsigned i = 0; i < (count); i++)                                                                             \
    SIMD_LANE(sign, bits, expression)

/* All lanes, whatever Q. */
#define SIMD_WHOLE(name, sign, expression)                                                                             \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = get_m(cpu, in), d = get_v(cpu, in->rd);                                   \
        switch (simd_size(in)) {                                                                                       \
        case 0: SIMD_LANES(sign, 8, 16, expression) break;                                                             \
        case 1: SIMD_LANES(sign, 16, 8, expression) break;                                                             \
        case 2: SIMD_LANES(sign, 32, 4, expression) break;                                                             \
        default: SIMD_LANES(sign, 64, 2, expression) break;                                                            \
        }                                                                                                              \
        set_v(cpu, in, d);                                                                                             \
    }
#define EXEC_WHOLE(name, sign, expression)                                                                             \
    SIMD_WHOLE(name, sign, expression)                                                                                 \
    EXEC_IS(name, simd_##name)

/* Only the lanes there are, as the expression may saturate: it says so by &qc. */
#define EXEC_SATURATING(name, sign, expression)                                                                        \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = get_m(cpu, in), old_d = get_v(cpu, in->rd), d = {0};                      \
        unsigned lanes = simd_lanes(in);                                                                               \
        bool qc = false;                                                                                               \
        if (in->ra & SIMD_ACCUMULATES)                                                                                 \
            d = old_d;                                                                                                 \
        switch (simd_size(in)) {                                                                                       \
        case 0: SIMD_LANES(sign, 8, lanes, expression) break;                                                          \
        case 1: SIMD_LANES(sign, 16, lanes, expression) break;                                                         \
        case 2: SIMD_LANES(sign, 32, lanes, expression) break;                                                         \
        default: SIMD_LANES(sign, 64, lanes, expression) break;                                                        \
        }                                                                                                              \
        if (qc)                                                                                                        \
            cpu->fpsr |= FPSR_QC;                                                                                      \
        if (in->ra & SIMD_SCALAR)                                                                                      \
            set_scalar(cpu, in->rd, get_lane(&d, simd_size(in), 0));                                                   \
        else                                                                                                           \
            set_v(cpu, in, d);                                                                                         \
    }                                                                                                                  \
    EXEC_IS(name, simd_##name)

#define ALL_ONES_IF(condition) (-(uint64_t)(condition))

/* --- integer --- */

EXEC_WHOLE(SHADD, s, (a & b) + ((a ^ b) >> 1))
EXEC_WHOLE(UHADD, u, (a & b) + ((a ^ b) >> 1))
EXEC_WHOLE(SRHADD, s, (a | b) - ((a ^ b) >> 1))
EXEC_WHOLE(URHADD, u, (a | b) - ((a ^ b) >> 1))
EXEC_WHOLE(SHSUB, s, (a >> 1) - (b >> 1) - (~a & b & 1))
EXEC_WHOLE(UHSUB, u, (a >> 1) - (b >> 1) - (~a & b & 1))
EXEC_WHOLE(CMGT, s, ALL_ONES_IF(a > b))
EXEC_WHOLE(CMGE, s, ALL_ONES_IF(a >= b))
EXEC_WHOLE(CMHI, u, ALL_ONES_IF(a > b))
EXEC_WHOLE(CMHS, u, ALL_ONES_IF(a >= b))
EXEC_WHOLE(CMEQ, u, ALL_ONES_IF(a == b))
EXEC_WHOLE(CMTST, u, ALL_ONES_IF((a & b) != 0))
EXEC_WHOLE(SMAX, s, a > b ? a : b)
EXEC_WHOLE(UMAX, u, a > b ? a : b)
EXEC_WHOLE(SMIN, s, a < b ? a : b)
EXEC_WHOLE(UMIN, u, a < b ? a : b)
EXEC_WHOLE(SABD, s, a > b ? ua - ub : ub - ua)
EXEC_WHOLE(UABD, u, a > b ? ua - ub : ub - ua)
EXEC_WHOLE(SABA, s, old + (a > b ? ua - ub : ub - ua))
EXEC_WHOLE(UABA, u, old + (a > b ? ua - ub : ub - ua))
EXEC_WHOLE(ADD_V, u, a + b)
EXEC_WHOLE(SUB_V, u, a - b)
EXEC_WHOLE(MUL_V, u, (uint64_t)a *b)
EXEC_WHOLE(MLA, u, old + (uint64_t)a * b)
EXEC_WHOLE(MLS, u, old - (uint64_t)a * b)
EXEC_WHOLE(PMUL, u, simd_multiply_polynomial((uint8_t)a, (uint8_t)b))
EXEC_WHOLE(SSHL, s, simd_shift_signed(a, (int8_t)b, BITS, false, NULL))
EXEC_WHOLE(SRSHL, s, simd_shift_signed(a, (int8_t)b, BITS, true, NULL))
EXEC_WHOLE(USHL, u, simd_shift_unsigned(a, (int8_t)b, BITS, false, NULL))
EXEC_WHOLE(URSHL, u, simd_shift_unsigned(a, (int8_t)b, BITS, true, NULL))
EXEC_SATURATING(SQSHL, s, simd_shift_signed(a, (int8_t)b, BITS, false, &qc))
EXEC_SATURATING(SQRSHL, s, simd_shift_signed(a, (int8_t)b, BITS, true, &qc))
EXEC_SATURATING(UQSHL, u, simd_shift_unsigned(a, (int8_t)b, BITS, false, &qc))
EXEC_SATURATING(UQRSHL, u, simd_shift_unsigned(a, (int8_t)b, BITS, true, &qc))
EXEC_SATURATING(SQADD, s, simd_add_signed(a, b, BITS, &qc))
EXEC_SATURATING(UQADD, u, simd_add_unsigned(a, b, BITS, &qc))
EXEC_SATURATING(SQSUB, s, simd_sub_signed(a, b, BITS, &qc))
EXEC_SATURATING(UQSUB, u, simd_sub_unsigned(a, b, &qc))
EXEC_SATURATING(SQDMULH, s, simd_mul_high(0, a, b, BITS, false, &qc))
EXEC_SATURATING(SQRDMULH, s, simd_mul_high(0, a, b, BITS, true, &qc))
EXEC_SATURATING(SQRDMLAH, s, simd_mul_high(bits_sign_extend(old, BITS), a, b, BITS, true, &qc))
EXEC_SATURATING(SQRDMLSH, s, simd_mul_high(bits_sign_extend(old, BITS), -(int64_t)a, b, BITS, true, &qc))
EXEC_IS(SQADD_SCALAR, simd_SQADD)
EXEC_IS(SQSUB_SCALAR, simd_SQSUB)
EXEC_IS(CMGT_SCALAR, simd_CMGT)
EXEC_IS(CMGE_SCALAR, simd_CMGE)
EXEC_IS(SSHL_SCALAR, simd_SSHL)
EXEC_IS(SQSHL_SCALAR, simd_SQSHL)
EXEC_IS(SRSHL_SCALAR, simd_SRSHL)
EXEC_IS(SQRSHL_SCALAR, simd_SQRSHL)
EXEC_IS(ADD_SCALAR, simd_ADD_V)
EXEC_IS(CMTST_SCALAR, simd_CMTST)
EXEC_IS(SQDMULH_SCALAR, simd_SQDMULH)
EXEC_IS(UQADD_SCALAR, simd_UQADD)
EXEC_IS(UQSUB_SCALAR, simd_UQSUB)
EXEC_IS(CMHI_SCALAR, simd_CMHI)
EXEC_IS(CMHS_SCALAR, simd_CMHS)
EXEC_IS(USHL_SCALAR, simd_USHL)
EXEC_IS(UQSHL_SCALAR, simd_UQSHL)
EXEC_IS(URSHL_SCALAR, simd_URSHL)
EXEC_IS(UQRSHL_SCALAR, simd_UQRSHL)
EXEC_IS(SUB_SCALAR, simd_SUB_V)
EXEC_IS(CMEQ_SCALAR, simd_CMEQ)
EXEC_IS(SQRDMULH_SCALAR, simd_SQRDMULH)
EXEC_IS(SQRDMLAH_SCALAR, simd_SQRDMLAH)
EXEC_IS(SQRDMLSH_SCALAR, simd_SQRDMLSH)

/* --- pairwise: the elements of Vm:Vn, two by two --- */

/* Elements 2i and 2i + 1 of Vm:Vn; a and b of the lanes of the result. */
static void simd_pairs(cpu_t *cpu, const cpu_insn_t *in, vector_t *ret_even, vector_t *ret_odd)
{
    vector_t n = get_v(cpu, in->rn), m = get_v(cpu, in->rm);
    unsigned size = simd_size(in), half = simd_lanes(in) / 2;
    for (unsigned i = 0; i < half; i++) {
        set_lane(ret_even, size, i, get_lane(&n, size, 2 * i));
        set_lane(ret_odd, size, i, get_lane(&n, size, 2 * i + 1));
        set_lane(ret_even, size, half + i, get_lane(&m, size, 2 * i));
        set_lane(ret_odd, size, half + i, get_lane(&m, size, 2 * i + 1));
    }
}

#define EXEC_PAIRS(name, sign, expression)                                                                             \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = {0}, m = {0}, d = {0};                                                                            \
        simd_pairs(cpu, in, &n, &m);                                                                                   \
        switch (simd_size(in)) {                                                                                       \
        case 0: SIMD_LANES(sign, 8, 16, expression) break;                                                             \
        case 1: SIMD_LANES(sign, 16, 8, expression) break;                                                             \
        case 2: SIMD_LANES(sign, 32, 4, expression) break;                                                             \
        default: SIMD_LANES(sign, 64, 2, expression) break;                                                            \
        }                                                                                                              \
        set_v(cpu, in, d);                                                                                             \
    }                                                                                                                  \
    EXEC_IS(name, simd_##name)
EXEC_PAIRS(ADDP, u, a + b)
EXEC_PAIRS(SMAXP, s, a > b ? a : b)
EXEC_PAIRS(UMAXP, u, a > b ? a : b)
EXEC_PAIRS(SMINP, s, a < b ? a : b)
EXEC_PAIRS(UMINP, u, a < b ? a : b)

/* --- bits --- */

#define EXEC_V_BITS(name, expression)                                                                                  \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        const uint64_t *n = cpu->v[in->rn], *m = cpu->v[in->rm], *d = cpu->v[in->rd];                                  \
        vector_t result;                                                                                               \
        for (unsigned i = 0; i < 2; i++) {                                                                             \
            uint64_t a = n[i], b = m[i], old = d[i];                                                                   \
            EXEC_UNUSED(old);                                                                                          \
            result.u64[i] = (expression);                                                                              \
        }                                                                                                              \
        set_v(cpu, in, result);                                                                                        \
    }
EXEC_V_BITS(AND_V, a &b)
EXEC_V_BITS(BIC_V, a & ~b)
EXEC_V_BITS(ORR_V, a | b)
EXEC_V_BITS(ORN_V, a | ~b)
EXEC_V_BITS(EOR_V, a ^ b)
EXEC_V_BITS(BSL, b ^ ((b ^ a) & old))
EXEC_V_BITS(BIT, old ^ ((old ^ a) & b))
EXEC_V_BITS(BIF, old ^ ((old ^ a) & ~b))

/* --- dot product --- */

#define EXEC_DOT(name, sign)                                                                                           \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = get_m(cpu, in), d = get_v(cpu, in->rd);                                   \
        for (unsigned i = 0; i < 16; i++)                                                                              \
            d.u32[i / 4] += (uint32_t)(n.sign##8 [i] * m.sign##8 [i]);                                                 \
        set_v(cpu, in, d);                                                                                             \
    }                                                                                                                  \
    EXEC_IS(name, simd_##name)
EXEC_DOT(SDOT, s)
EXEC_DOT(UDOT, u)

#endif
