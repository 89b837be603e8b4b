/* Semantics of Arm ARM C4.1, Advanced SIMD two-register miscellaneous, in floating point: rounding, conversions,
 * comparisons with zero, estimates. imm is the number of fraction bits. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_FP_MISC_H
#define MESIM_CPU_ISA_EXEC_SIMD_FP_MISC_H

#include "cpu/isa/exec_fp_scalar.h"
#include "cpu/isa/exec_simd_fp_same.h"

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
EXEC_FIXED(SCVTF_V_FIXED, simd_SCVTF_V)
EXEC_FIXED(SCVTF_FIXED_SCALAR, simd_SCVTF_V)
EXEC_FIXED(FCVTZS_V_FIXED, simd_FCVTZS_V)
EXEC_FIXED(FCVTZS_FIXED_SCALAR, simd_FCVTZS_V)
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

#endif
