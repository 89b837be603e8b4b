/* Semantics of Arm ARM C4.1, Advanced SIMD two-register miscellaneous, across lanes, scalar pairwise and shift by
 * immediate. Expressions as in exec_simd_same.h; imm is the shift. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_MISC_H
#define MESIM_CPU_ISA_EXEC_SIMD_MISC_H

#include "cpu/isa/exec_fp_scalar.h"
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

/* --- narrowing: from elements twice as long, to the half of Vd that Q says; shift 0 for XTN and its kind --- */

typedef enum simd_narrowing {
    SIMD_TRUNCATE,
    SIMD_SIGNED,
    SIMD_UNSIGNED,
    SIMD_SIGNED_TO_UNSIGNED,
} simd_narrowing_t;

CPU_INLINE void simd_narrow(cpu_t *cpu, const cpu_insn_t *in, simd_narrowing_t how, bool round)
{
    vector_t n = get_v(cpu, in->rn), d = {0};
    unsigned size = simd_size(in), bits = 8u << size, shift = (unsigned)in->imm;
    unsigned lanes = in->ra & SIMD_SCALAR ? 1 : 8u >> size;
    bool qc = false;
    for (unsigned i = 0; i < lanes; i++) {
        uint64_t value = how == SIMD_SIGNED || how == SIMD_SIGNED_TO_UNSIGNED ? get_lane_signed(&n, size + 1, i)
                                                                              : get_lane(&n, size + 1, i);
        if (shift)
            value = how == SIMD_SIGNED || how == SIMD_SIGNED_TO_UNSIGNED
                        ? (uint64_t)simd_shift_right_signed((int64_t)value, shift, round)
                        : simd_shift_right_unsigned(value, shift, round);
        if (how == SIMD_SIGNED)
            value = (uint64_t)simd_saturate_signed((int64_t)value, bits, &qc);
        else if (how == SIMD_SIGNED_TO_UNSIGNED)
            value = simd_saturate_unsigned((int64_t)value, bits, &qc);
        else if (how == SIMD_UNSIGNED)
            value = simd_saturate_unsigned_from(value, bits, &qc);
        set_lane(&d, size, i, value);
    }
    if (qc)
        cpu->fpsr |= FPSR_QC;
    if (in->ra & SIMD_SCALAR)
        set_scalar(cpu, in->rd, d.u64[0]);
    else
        set_narrow(cpu, in, d.u64[0]);
}

#define EXEC_NARROW(name, how, round)                                                                                  \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        simd_narrow(cpu, in, how, round);                                                                              \
    }                                                                                                                  \
    EXEC_IS(name, simd_##name)
EXEC_NARROW(XTN, SIMD_TRUNCATE, false)
EXEC_NARROW(SQXTN, SIMD_SIGNED, false)
EXEC_NARROW(UQXTN, SIMD_UNSIGNED, false)
EXEC_NARROW(SQXTUN, SIMD_SIGNED_TO_UNSIGNED, false)
EXEC_NARROW(SHRN, SIMD_TRUNCATE, false)
EXEC_NARROW(RSHRN, SIMD_TRUNCATE, true)
EXEC_NARROW(SQSHRN, SIMD_SIGNED, false)
EXEC_NARROW(SQRSHRN, SIMD_SIGNED, true)
EXEC_NARROW(UQSHRN, SIMD_UNSIGNED, false)
EXEC_NARROW(UQRSHRN, SIMD_UNSIGNED, true)
EXEC_NARROW(SQSHRUN, SIMD_SIGNED_TO_UNSIGNED, false)
EXEC_NARROW(SQRSHRUN, SIMD_SIGNED_TO_UNSIGNED, true)

/* --- lengthening: the half of Vn that Q says --- */

CPU_INLINE void simd_lengthen(cpu_t *cpu, const cpu_insn_t *in, bool is_signed, unsigned shift)
{
    vector_t n = get_v(cpu, in->rn), d;
    unsigned size = simd_size(in), lanes = 8u >> size, first = simd_q(in) ? lanes : 0;
    for (unsigned i = 0; i < lanes; i++) {
        uint64_t value = is_signed ? get_lane_signed(&n, size, first + i) : get_lane(&n, size, first + i);
        set_lane(&d, size + 1, i, value << shift);
    }
    set_q(cpu, in->rd, d);
}

EXEC_FP(SSHLL)
{
    simd_lengthen(cpu, in, true, (unsigned)in->imm);
}

EXEC_FP(USHLL)
{
    simd_lengthen(cpu, in, false, (unsigned)in->imm);
}

EXEC_FP(SHLL)
{
    simd_lengthen(cpu, in, false, 8u << simd_size(in));
}

/* --- shift by immediate --- */

EXEC_MISC(SSHR, s, simd_shift_right_signed(a, shift, false))
EXEC_MISC(USHR, u, simd_shift_right_unsigned(a, shift, false))
EXEC_MISC(SRSHR, s, simd_shift_right_signed(a, shift, true))
EXEC_MISC(URSHR, u, simd_shift_right_unsigned(a, shift, true))
EXEC_MISC(SSRA, s, old + (uint64_t)simd_shift_right_signed(a, shift, false))
EXEC_MISC(USRA, u, old + simd_shift_right_unsigned(a, shift, false))
EXEC_MISC(SRSRA, s, old + (uint64_t)simd_shift_right_signed(a, shift, true))
EXEC_MISC(URSRA, u, old + simd_shift_right_unsigned(a, shift, true))
EXEC_MISC(SHL, u, (uint64_t)a << shift)
EXEC_MISC(SLI, u, (uint64_t)a << shift | (old & bits_mask(shift)))
EXEC_MISC(SRI, u, simd_shift_right_unsigned(a, shift, false) | (old & ~(bits_mask(BITS) >> (shift - 1) >> 1)))
EXEC_MISC_SATURATING(SQSHL_IMM, s, simd_shift_signed(a, (int)shift, BITS, false, &qc))
EXEC_MISC_SATURATING(UQSHL_IMM, u, simd_shift_unsigned(a, (int)shift, BITS, false, &qc))
EXEC_MISC_SATURATING(SQSHLU, s, simd_shift_to_unsigned(a, (int)shift, BITS, &qc))

/* --- floating point, lane by lane --- */

#define SIMD_FP_MISC(name, op16, op32, op64)                                                                           \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = n, d = {0};                                                               \
        const unsigned fraction = (unsigned)in->imm;                                                                   \
        EXEC_UNUSED(fraction);                                                                                         \
        FP_BODY(op16, op32, op64)                                                                                      \
        if (in->ra & SIMD_SCALAR)                                                                                      \
            set_scalar(cpu, in->rd, get_lane(&d, simd_size(in), 0));                                                   \
        else                                                                                                           \
            set_v(cpu, in, d);                                                                                         \
    }
#define FP_OF(op, ...)                                                                                                 \
    fp16_##op(env, a, ##__VA_ARGS__), fp32_##op(env, a, ##__VA_ARGS__), fp64_##op(env, a, ##__VA_ARGS__)
#define FP_ROUNDING(rounding, exact) FP_OF(round, rounding, exact)
#define FP_TO(is_unsigned, rounding)                                                                                   \
    fp16_to_fixed(env, a, 16, fraction, is_unsigned, rounding),                                                        \
        fp32_to_fixed(env, a, 32, fraction, is_unsigned, rounding),                                                    \
        fp64_to_fixed(env, a, 64, fraction, is_unsigned, rounding)
#define FP_SIGNED(bits) (uint64_t) bits_sign_extend(a, bits)
#define FP_FROM_SIGNED                                                                                                 \
    fp16_from_fixed(env, FP_SIGNED(16), fraction, false), fp32_from_fixed(env, FP_SIGNED(32), fraction, false),        \
        fp64_from_fixed(env, a, fraction, false)

FP_EXPANDED(SIMD_FP_MISC, FRINTN_V, FP_ROUNDING(FP_TIE_EVEN, false))
FP_EXPANDED(SIMD_FP_MISC, FRINTP_V, FP_ROUNDING(FP_POSITIVE, false))
FP_EXPANDED(SIMD_FP_MISC, FRINTM_V, FP_ROUNDING(FP_NEGATIVE, false))
FP_EXPANDED(SIMD_FP_MISC, FRINTZ_V, FP_ROUNDING(FP_TO_ZERO, false))
FP_EXPANDED(SIMD_FP_MISC, FRINTA_V, FP_ROUNDING(FP_TIE_AWAY, false))
FP_EXPANDED(SIMD_FP_MISC, FRINTX_V, FP_ROUNDING(fp_env_rounding(env), true))
FP_EXPANDED(SIMD_FP_MISC, FRINTI_V, FP_ROUNDING(fp_env_rounding(env), false))
FP_EXPANDED(SIMD_FP_MISC, FRINT32Z_V, FP_OF(round_to, FP_TO_ZERO, 32))
FP_EXPANDED(SIMD_FP_MISC, FRINT32X_V, FP_OF(round_to, fp_env_rounding(env), 32))
FP_EXPANDED(SIMD_FP_MISC, FRINT64Z_V, FP_OF(round_to, FP_TO_ZERO, 64))
FP_EXPANDED(SIMD_FP_MISC, FRINT64X_V, FP_OF(round_to, fp_env_rounding(env), 64))
FP_EXPANDED(SIMD_FP_MISC, FCVTNS_V, FP_TO(false, FP_TIE_EVEN))
FP_EXPANDED(SIMD_FP_MISC, FCVTNU_V, FP_TO(true, FP_TIE_EVEN))
FP_EXPANDED(SIMD_FP_MISC, FCVTPS_V, FP_TO(false, FP_POSITIVE))
FP_EXPANDED(SIMD_FP_MISC, FCVTPU_V, FP_TO(true, FP_POSITIVE))
FP_EXPANDED(SIMD_FP_MISC, FCVTMS_V, FP_TO(false, FP_NEGATIVE))
FP_EXPANDED(SIMD_FP_MISC, FCVTMU_V, FP_TO(true, FP_NEGATIVE))
FP_EXPANDED(SIMD_FP_MISC, FCVTZS_V, FP_TO(false, FP_TO_ZERO))
FP_EXPANDED(SIMD_FP_MISC, FCVTZU_V, FP_TO(true, FP_TO_ZERO))
FP_EXPANDED(SIMD_FP_MISC, FCVTAS_V, FP_TO(false, FP_TIE_AWAY))
FP_EXPANDED(SIMD_FP_MISC, FCVTAU_V, FP_TO(true, FP_TIE_AWAY))
FP_EXPANDED(SIMD_FP_MISC, SCVTF_V, FP_FROM_SIGNED)
FP_EXPANDED(SIMD_FP_MISC, UCVTF_V, FP_OF(from_fixed, fraction, true))
FP_EXPANDED(SIMD_FP_MISC, FCMGT_ZERO, FP_COMPARING(a, 0, true, FP_TEST_GT))
FP_EXPANDED(SIMD_FP_MISC, FCMGE_ZERO, FP_COMPARING(a, 0, true, FP_TEST_GE))
FP_EXPANDED(SIMD_FP_MISC, FCMEQ_ZERO, FP_COMPARING(a, 0, false, FP_TEST_EQ))
FP_EXPANDED(SIMD_FP_MISC, FCMLE_ZERO, FP_COMPARING(0, a, true, FP_TEST_GE))
FP_EXPANDED(SIMD_FP_MISC, FCMLT_ZERO, FP_COMPARING(0, a, true, FP_TEST_GT))
SIMD_FP_MISC(FABS_V, a & ~sign, a & ~sign, a & ~sign)
SIMD_FP_MISC(FNEG_V, a ^ sign, a ^ sign, a ^ sign)
FP_EXPANDED(SIMD_FP_MISC, FRECPE, FP_OF(recpe))
FP_EXPANDED(SIMD_FP_MISC, FRSQRTE, FP_OF(rsqrte))
FP_EXPANDED(SIMD_FP_MISC, FRECPX, FP_OF(recpx))
FP_EXPANDED(SIMD_FP_MISC, FSQRT_V, FP_OF(sqrt))
SIMD_FP_MISC(URECPE, 0, fp_estimate_reciprocal((uint32_t)a), 0)
SIMD_FP_MISC(URSQRTE, 0, fp_estimate_reciprocal_root((uint32_t)a), 0)
EXEC_IS(URECPE, simd_URECPE)
EXEC_IS(URSQRTE, simd_URSQRTE)

#define EXEC_FIXED(name, function)                                                                                     \
    EXEC_IS(name##_S, function)                                                                                        \
    EXEC_IS(name##_D, function)                                                                                        \
    EXEC_IS(name##_HALF, function)
#define EXEC_FP_MISC(name)                                                                                             \
    EXEC_IS(name, simd_##name)                                                                                         \
    EXEC_IS(name##_HALF, simd_##name)
EXEC_FP_MISC(FRINTN_V)
EXEC_FP_MISC(FRINTM_V)
EXEC_FP_MISC(FCVTNS_V)
EXEC_FP_MISC(FCVTMS_V)
EXEC_FP_MISC(FCVTAS_V)
EXEC_FP_MISC(SCVTF_V)
EXEC_FP_MISC(FCMGT_ZERO)
EXEC_FP_MISC(FCMEQ_ZERO)
EXEC_FP_MISC(FCMLT_ZERO)
EXEC_FP_MISC(FABS_V)
EXEC_FP_MISC(FRINTP_V)
EXEC_FP_MISC(FRINTZ_V)
EXEC_FP_MISC(FCVTPS_V)
EXEC_FP_MISC(FCVTZS_V)
EXEC_FP_MISC(FRECPE)
EXEC_FP_MISC(FRINTA_V)
EXEC_FP_MISC(FRINTX_V)
EXEC_FP_MISC(FCVTNU_V)
EXEC_FP_MISC(FCVTMU_V)
EXEC_FP_MISC(FCVTAU_V)
EXEC_FP_MISC(UCVTF_V)
EXEC_FP_MISC(FCMGE_ZERO)
EXEC_FP_MISC(FCMLE_ZERO)
EXEC_FP_MISC(FNEG_V)
EXEC_FP_MISC(FRINTI_V)
EXEC_FP_MISC(FCVTPU_V)
EXEC_FP_MISC(FCVTZU_V)
EXEC_FP_MISC(FRSQRTE)
EXEC_FP_MISC(FSQRT_V)
EXEC_IS(FRINT32Z_V, simd_FRINT32Z_V)
EXEC_IS(FRINT32X_V, simd_FRINT32X_V)
EXEC_IS(FRINT64Z_V, simd_FRINT64Z_V)
EXEC_IS(FRINT64X_V, simd_FRINT64X_V)
EXEC_IS(SUQADD_SCALAR, simd_SUQADD)
EXEC_IS(SQABS_SCALAR, simd_SQABS)
EXEC_IS(CMGT_ZERO_SCALAR, simd_CMGT_ZERO)
EXEC_IS(CMEQ_ZERO_SCALAR, simd_CMEQ_ZERO)
EXEC_IS(CMLT_ZERO_SCALAR, simd_CMLT_ZERO)
EXEC_IS(ABS_SCALAR, simd_ABS_V)
EXEC_IS(SQXTN_SCALAR, simd_SQXTN)
EXEC_IS(USQADD_SCALAR, simd_USQADD)
EXEC_IS(SQNEG_SCALAR, simd_SQNEG)
EXEC_IS(CMGE_ZERO_SCALAR, simd_CMGE_ZERO)
EXEC_IS(CMLE_ZERO_SCALAR, simd_CMLE_ZERO)
EXEC_IS(NEG_SCALAR, simd_NEG_V)
EXEC_IS(SQXTUN_SCALAR, simd_SQXTUN)
EXEC_IS(UQXTN_SCALAR, simd_UQXTN)
EXEC_IS(FCVTNS_SCALAR, simd_FCVTNS_V)
EXEC_IS(FCVTMS_SCALAR, simd_FCVTMS_V)
EXEC_IS(FCVTAS_SCALAR, simd_FCVTAS_V)
EXEC_IS(SCVTF_SCALAR, simd_SCVTF_V)
EXEC_IS(FCMGT_ZERO_SCALAR, simd_FCMGT_ZERO)
EXEC_IS(FCMEQ_ZERO_SCALAR, simd_FCMEQ_ZERO)
EXEC_IS(FCMLT_ZERO_SCALAR, simd_FCMLT_ZERO)
EXEC_IS(FCVTPS_SCALAR, simd_FCVTPS_V)
EXEC_IS(FCVTZS_SCALAR, simd_FCVTZS_V)
EXEC_IS(FRECPE_SCALAR, simd_FRECPE)
EXEC_IS(FCVTNU_SCALAR, simd_FCVTNU_V)
EXEC_IS(FCVTMU_SCALAR, simd_FCVTMU_V)
EXEC_IS(FCVTAU_SCALAR, simd_FCVTAU_V)
EXEC_IS(UCVTF_SCALAR, simd_UCVTF_V)
EXEC_IS(FCMGE_ZERO_SCALAR, simd_FCMGE_ZERO)
EXEC_IS(FCMLE_ZERO_SCALAR, simd_FCMLE_ZERO)
EXEC_IS(FCVTPU_SCALAR, simd_FCVTPU_V)
EXEC_IS(FCVTZU_SCALAR, simd_FCVTZU_V)
EXEC_IS(FRSQRTE_SCALAR, simd_FRSQRTE)
EXEC_IS(FRECPX_SCALAR, simd_FRECPX)
EXEC_IS(FCVTNS_SCALAR_HALF, simd_FCVTNS_V)
EXEC_IS(FCVTMS_SCALAR_HALF, simd_FCVTMS_V)
EXEC_IS(FCVTAS_SCALAR_HALF, simd_FCVTAS_V)
EXEC_IS(SCVTF_SCALAR_HALF, simd_SCVTF_V)
EXEC_IS(FCMGT_ZERO_SCALAR_HALF, simd_FCMGT_ZERO)
EXEC_IS(FCMEQ_ZERO_SCALAR_HALF, simd_FCMEQ_ZERO)
EXEC_IS(FCMLT_ZERO_SCALAR_HALF, simd_FCMLT_ZERO)
EXEC_IS(FCVTPS_SCALAR_HALF, simd_FCVTPS_V)
EXEC_IS(FCVTZS_SCALAR_HALF, simd_FCVTZS_V)
EXEC_IS(FRECPE_SCALAR_HALF, simd_FRECPE)
EXEC_IS(FCVTNU_SCALAR_HALF, simd_FCVTNU_V)
EXEC_IS(FCVTMU_SCALAR_HALF, simd_FCVTMU_V)
EXEC_IS(FCVTAU_SCALAR_HALF, simd_FCVTAU_V)
EXEC_IS(UCVTF_SCALAR_HALF, simd_UCVTF_V)
EXEC_IS(FCMGE_ZERO_SCALAR_HALF, simd_FCMGE_ZERO)
EXEC_IS(FCMLE_ZERO_SCALAR_HALF, simd_FCMLE_ZERO)
EXEC_IS(FCVTPU_SCALAR_HALF, simd_FCVTPU_V)
EXEC_IS(FCVTZU_SCALAR_HALF, simd_FCVTZU_V)
EXEC_IS(FRSQRTE_SCALAR_HALF, simd_FRSQRTE)
EXEC_IS(FRECPX_SCALAR_HALF, simd_FRECPX)
EXEC_IS(SSHR_SCALAR, simd_SSHR)
EXEC_IS(SSRA_SCALAR, simd_SSRA)
EXEC_IS(SRSHR_SCALAR, simd_SRSHR)
EXEC_IS(SRSRA_SCALAR, simd_SRSRA)
EXEC_IS(SHL_SCALAR, simd_SHL)
EXEC_IS(SQSHL_IMM_SCALAR, simd_SQSHL_IMM)
EXEC_IS(SQSHRN_SCALAR, simd_SQSHRN)
EXEC_IS(SQRSHRN_SCALAR, simd_SQRSHRN)
EXEC_FIXED(SCVTF_V_FIXED, simd_SCVTF_V)
EXEC_FIXED(SCVTF_FIXED_SCALAR, simd_SCVTF_V)
EXEC_FIXED(FCVTZS_V_FIXED, simd_FCVTZS_V)
EXEC_FIXED(FCVTZS_FIXED_SCALAR, simd_FCVTZS_V)
EXEC_IS(USHR_SCALAR, simd_USHR)
EXEC_IS(USRA_SCALAR, simd_USRA)
EXEC_IS(URSHR_SCALAR, simd_URSHR)
EXEC_IS(URSRA_SCALAR, simd_URSRA)
EXEC_IS(SRI_SCALAR, simd_SRI)
EXEC_IS(SLI_SCALAR, simd_SLI)
EXEC_IS(SQSHLU_SCALAR, simd_SQSHLU)
EXEC_IS(UQSHL_IMM_SCALAR, simd_UQSHL_IMM)
EXEC_IS(SQSHRUN_SCALAR, simd_SQSHRUN)
EXEC_IS(SQRSHRUN_SCALAR, simd_SQRSHRUN)
EXEC_IS(UQSHRN_SCALAR, simd_UQSHRN)
EXEC_IS(UQRSHRN_SCALAR, simd_UQRSHRN)
EXEC_FIXED(UCVTF_V_FIXED, simd_UCVTF_V)
EXEC_FIXED(UCVTF_FIXED_SCALAR, simd_UCVTF_V)
EXEC_FIXED(FCVTZU_V_FIXED, simd_FCVTZU_V)
EXEC_FIXED(FCVTZU_FIXED_SCALAR, simd_FCVTZU_V)

/* Between formats; size is that of the shorter one. */

EXEC_FP(FCVTL)
{
    vector_t n = get_v(cpu, in->rn), d;
    const fp_env_t env = fp_env(cpu);
    if (simd_size(in) == 1)
        for (unsigned i = 0; i < 4; i++)
            d.u32[i] = (uint32_t)fp_convert_16_to_32(env, n.u16[i + (simd_q(in) ? 4 : 0)]);
    else
        for (unsigned i = 0; i < 2; i++)
            d.u64[i] = fp_convert_32_to_64(env, n.u32[i + (simd_q(in) ? 2 : 0)]);
    set_q(cpu, in->rd, d);
}

EXEC_FP(FCVTN)
{
    vector_t n = get_v(cpu, in->rn), d;
    const fp_env_t env = fp_env(cpu);
    if (simd_size(in) == 1)
        for (unsigned i = 0; i < 4; i++)
            d.u16[i] = (uint16_t)fp_convert_32_to_16(env, n.u32[i]);
    else
        for (unsigned i = 0; i < 2; i++)
            d.u32[i] = (uint32_t)fp_convert_64_to_32(env, n.u64[i]);
    set_narrow(cpu, in, d.u64[0]);
}

EXEC_FP(FCVTXN)
{
    uint64_t low = fp_convert_64_to_32_odd(fp_env(cpu), cpu->v[in->rn][0]);
    uint64_t high = fp_convert_64_to_32_odd(fp_env(cpu), cpu->v[in->rn][1]);
    set_narrow(cpu, in, low | high << 32);
}

EXEC_FP(FCVTXN_SCALAR)
{
    set_scalar(cpu, in->rd, fp_convert_64_to_32_odd(fp_env(cpu), cpu->v[in->rn][0]));
}

/* --- across lanes --- */

#define EXEC_ACROSS(name, is_signed, long_result, type, expression)                                                    \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn);                                                                               \
        unsigned size = simd_size(in);                                                                                 \
        type a = (type)(is_signed ? get_lane_signed(&n, size, 0) : get_lane(&n, size, 0));                             \
        for (unsigned i = 1; i < simd_lanes(in); i++) {                                                                \
            type b = (type)(is_signed ? get_lane_signed(&n, size, i) : get_lane(&n, size, i));                         \
            a = (expression);                                                                                          \
        }                                                                                                              \
        set_scalar(cpu, in->rd, (uint64_t)a &bits_mask((8u << size) << (long_result)));                                \
    }
EXEC_ACROSS(SADDLV, true, 1, int64_t, a + b)
EXEC_ACROSS(UADDLV, false, 1, uint64_t, a + b)
EXEC_ACROSS(ADDV, false, 0, uint64_t, a + b)
EXEC_ACROSS(SMAXV, true, 0, int64_t, a > b ? a : b)
EXEC_ACROSS(SMINV, true, 0, int64_t, a < b ? a : b)
EXEC_ACROSS(UMAXV, false, 0, uint64_t, a > b ? a : b)
EXEC_ACROSS(UMINV, false, 0, uint64_t, a < b ? a : b)

/* Reduce of the manual halves the vector again and again: neighbours meet first in the tree. */
typedef uint64_t fp_binary_t(fp_env_t env, uint64_t a, uint64_t b);

static uint64_t fp_reduce(fp_env_t env, const vector_t *n, unsigned size, unsigned first, unsigned lanes,
                          fp_binary_t *function)
{
    if (lanes == 1)
        return get_lane(n, size, first);
    uint64_t low = fp_reduce(env, n, size, first, lanes / 2, function);
    uint64_t high = fp_reduce(env, n, size, first + lanes / 2, lanes / 2, function);
    return function(env, low, high);
}

static void simd_fp_across(cpu_t *cpu, const cpu_insn_t *in, unsigned lanes, fp_binary_t *op16, fp_binary_t *op32,
                           fp_binary_t *op64)
{
    vector_t n = get_v(cpu, in->rn);
    unsigned size = simd_size(in);
    set_scalar(cpu, in->rd, fp_reduce(fp_env(cpu), &n, size, 0, lanes, size == 1 ? op16 : size == 2 ? op32 : op64));
}

#define EXEC_FP_ACROSS(name, op)                                                                                       \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        simd_fp_across(cpu, in, simd_lanes(in), fp16_##op, fp32_##op, fp64_##op);                                      \
    }                                                                                                                  \
    EXEC_IS(name##_HALF, exec_##name)
EXEC_FP_ACROSS(FMAXV, max)
EXEC_FP_ACROSS(FMINV, min)
EXEC_FP_ACROSS(FMAXNMV, maxnm)
EXEC_FP_ACROSS(FMINNMV, minnm)

/* --- scalar pairwise --- */

EXEC_FP(ADDP_SCALAR)
{
    set_scalar(cpu, in->rd, cpu->v[in->rn][0] + cpu->v[in->rn][1]);
}

#define EXEC_FP_PAIR(name, op)                                                                                         \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        simd_fp_across(cpu, in, 2, fp16_##op, fp32_##op, fp64_##op);                                                   \
    }                                                                                                                  \
    EXEC_IS(name##_HALF, exec_##name)
EXEC_FP_PAIR(FADDP_SCALAR, add)
EXEC_FP_PAIR(FMAXP_SCALAR, max)
EXEC_FP_PAIR(FMINP_SCALAR, min)
EXEC_FP_PAIR(FMAXNMP_SCALAR, maxnm)
EXEC_FP_PAIR(FMINNMP_SCALAR, minnm)

#endif
