/* Semantics of Arm ARM C4.1, Advanced SIMD three same, vector and scalar, in floating point, and complex numbers. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_FP_SAME_H
#define MESIM_CPU_ISA_EXEC_SIMD_FP_SAME_H

#include "cpu/isa/exec_simd_same.h"

/* --- floating point: the expression calls P(op) for the lane's format --- */

#define FP_LANES(bits, expression)                                                                                     \
    for (unsigned i = 0; i < lanes; i++) {                                                                             \
        const uint64_t a = n.u##bits[i], b = m.u##bits[i], old = d.u##bits[i], sign = UINT64_C(1) << (bits - 1);       \
        EXEC_UNUSED(a);                                                                                                \
        EXEC_UNUSED(b);                                                                                                \
        EXEC_UNUSED(old);                                                                                              \
        EXEC_UNUSED(sign);                                                                                             \
        d.u##bits[i] = (uint##bits##_t)(expression);                                                                   \
    }
#define FP_BODY(op16, op32, op64)                                                                                      \
    const fp_env_t env = fp_env(cpu);                                                                                  \
    const unsigned lanes = simd_lanes(in);                                                                             \
    EXEC_UNUSED(env.fpcr);                                                                                             \
    switch (simd_size(in)) {                                                                                           \
    case 1: FP_LANES(16, op16) break;                                                                                  \
    case 2: FP_LANES(32, op32) break;                                                                                  \
    default: FP_LANES(64, op64) break;                                                                                 \
    }
/* d starts as Vd, or zero for scalars, whose other elements become zero. */
#define SIMD_FP_LANES(name, op16, op32, op64)                                                                          \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = get_m(cpu, in), d = {0};                                                  \
        if (in->ra & SIMD_ACCUMULATES)                                                                                 \
            d = get_v(cpu, in->rd);                                                                                    \
        FP_BODY(op16, op32, op64)                                                                                      \
        if (in->ra & SIMD_SCALAR)                                                                                      \
            set_scalar(cpu, in->rd, get_lane(&d, simd_size(in), 0));                                                   \
        else                                                                                                           \
            set_v(cpu, in, d);                                                                                         \
    }
#define SIMD_FP_PAIRS(name, op16, op32, op64)                                                                          \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = {0}, m = {0}, d = {0};                                                                            \
        simd_pairs(cpu, in, &n, &m);                                                                                   \
        FP_BODY(op16, op32, op64)                                                                                      \
        set_v(cpu, in, d);                                                                                             \
    }
#define FP_ALL(op) fp16_##op(env, a, b), fp32_##op(env, a, b), fp64_##op(env, a, b)
#define FP_ADDING(factor)                                                                                              \
    fp16_muladd(env, old, factor, b), fp32_muladd(env, old, factor, b), fp64_muladd(env, old, factor, b)
#define FP_COMPARING(a, b, signals, test)                                                                              \
    ALL_ONES_IF(fp16_compare(env, a, b, signals) test), ALL_ONES_IF(fp32_compare(env, a, b, signals) test),            \
        ALL_ONES_IF(fp64_compare(env, a, b, signals) test)
#define FP_EXPANDED(macro, name, ...) macro(name, __VA_ARGS__)

/* NZCV of a comparison: C without unordered is greater or equal. */
#define FP_TEST_EQ == FP_EQUAL
#define FP_TEST_GT == FP_GREATER
#define FP_TEST_GE % 4 == 2

FP_EXPANDED(SIMD_FP_LANES, FADD_V, FP_ALL(add))
FP_EXPANDED(SIMD_FP_LANES, FSUB_V, FP_ALL(sub))
FP_EXPANDED(SIMD_FP_LANES, FMUL_V, FP_ALL(mul))
FP_EXPANDED(SIMD_FP_LANES, FMULX, FP_ALL(mulx))
FP_EXPANDED(SIMD_FP_LANES, FDIV_V, FP_ALL(div))
FP_EXPANDED(SIMD_FP_LANES, FMAX_V, FP_ALL(max))
FP_EXPANDED(SIMD_FP_LANES, FMIN_V, FP_ALL(min))
FP_EXPANDED(SIMD_FP_LANES, FMAXNM_V, FP_ALL(maxnm))
FP_EXPANDED(SIMD_FP_LANES, FMINNM_V, FP_ALL(minnm))
FP_EXPANDED(SIMD_FP_LANES, FRECPS, FP_ALL(recps))
FP_EXPANDED(SIMD_FP_LANES, FRSQRTS, FP_ALL(rsqrts))
FP_EXPANDED(SIMD_FP_LANES, FMLA_V, FP_ADDING(a))
FP_EXPANDED(SIMD_FP_LANES, FMLS_V, FP_ADDING(a ^ sign))
SIMD_FP_LANES(FABD, fp16_sub(env, a, b) & ~sign, fp32_sub(env, a, b) & ~sign, fp64_sub(env, a, b) & ~sign)
FP_EXPANDED(SIMD_FP_LANES, FCMEQ, FP_COMPARING(a, b, false, FP_TEST_EQ))
FP_EXPANDED(SIMD_FP_LANES, FCMGE, FP_COMPARING(a, b, true, FP_TEST_GE))
FP_EXPANDED(SIMD_FP_LANES, FCMGT, FP_COMPARING(a, b, true, FP_TEST_GT))
FP_EXPANDED(SIMD_FP_LANES, FACGE, FP_COMPARING(a & ~sign, b & ~sign, true, FP_TEST_GE))
FP_EXPANDED(SIMD_FP_LANES, FACGT, FP_COMPARING(a & ~sign, b & ~sign, true, FP_TEST_GT))
FP_EXPANDED(SIMD_FP_PAIRS, FADDP, FP_ALL(add))
FP_EXPANDED(SIMD_FP_PAIRS, FMAXP, FP_ALL(max))
FP_EXPANDED(SIMD_FP_PAIRS, FMINP, FP_ALL(min))
FP_EXPANDED(SIMD_FP_PAIRS, FMAXNMP, FP_ALL(maxnm))
FP_EXPANDED(SIMD_FP_PAIRS, FMINNMP, FP_ALL(minnm))

#define EXEC_FP_LANES(name)                                                                                            \
    EXEC_IS(name, simd_##name)                                                                                         \
    EXEC_IS(name##_HALF, simd_##name)
EXEC_FP_LANES(FMAXNM_V)
EXEC_FP_LANES(FMLA_V)
EXEC_FP_LANES(FADD_V)
EXEC_FP_LANES(FMULX)
EXEC_FP_LANES(FCMEQ)
EXEC_FP_LANES(FMAX_V)
EXEC_FP_LANES(FRECPS)
EXEC_FP_LANES(FMINNM_V)
EXEC_FP_LANES(FMLS_V)
EXEC_FP_LANES(FSUB_V)
EXEC_FP_LANES(FMIN_V)
EXEC_FP_LANES(FRSQRTS)
EXEC_FP_LANES(FMAXNMP)
EXEC_FP_LANES(FADDP)
EXEC_FP_LANES(FMUL_V)
EXEC_FP_LANES(FCMGE)
EXEC_FP_LANES(FACGE)
EXEC_FP_LANES(FMAXP)
EXEC_FP_LANES(FDIV_V)
EXEC_FP_LANES(FMINNMP)
EXEC_FP_LANES(FABD)
EXEC_FP_LANES(FCMGT)
EXEC_FP_LANES(FACGT)
EXEC_FP_LANES(FMINP)

EXEC_IS(FMULX_SCALAR, simd_FMULX)
EXEC_IS(FMULX_SCALAR_HALF, simd_FMULX)
EXEC_IS(FCMEQ_SCALAR, simd_FCMEQ)
EXEC_IS(FCMEQ_SCALAR_HALF, simd_FCMEQ)
EXEC_IS(FRECPS_SCALAR, simd_FRECPS)
EXEC_IS(FRECPS_SCALAR_HALF, simd_FRECPS)
EXEC_IS(FRSQRTS_SCALAR, simd_FRSQRTS)
EXEC_IS(FRSQRTS_SCALAR_HALF, simd_FRSQRTS)
EXEC_IS(FCMGE_SCALAR, simd_FCMGE)
EXEC_IS(FCMGE_SCALAR_HALF, simd_FCMGE)
EXEC_IS(FACGE_SCALAR, simd_FACGE)
EXEC_IS(FACGE_SCALAR_HALF, simd_FACGE)
EXEC_IS(FABD_SCALAR, simd_FABD)
EXEC_IS(FABD_SCALAR_HALF, simd_FABD)
EXEC_IS(FCMGT_SCALAR, simd_FCMGT)
EXEC_IS(FCMGT_SCALAR_HALF, simd_FCMGT)
EXEC_IS(FACGT_SCALAR, simd_FACGT)
EXEC_IS(FACGT_SCALAR_HALF, simd_FACGT)

/* --- complex numbers --- */

static uint64_t fp_add_of(unsigned size, fp_env_t env, uint64_t a, uint64_t b)
{
    return size == 1 ? fp16_add(env, a, b) : size == 2 ? fp32_add(env, a, b) : fp64_add(env, a, b);
}

static uint64_t fp_muladd_of(unsigned size, fp_env_t env, uint64_t addend, uint64_t a, uint64_t b)
{
    return size == 1   ? fp16_muladd(env, addend, a, b)
           : size == 2 ? fp32_muladd(env, addend, a, b)
                       : fp64_muladd(env, addend, a, b);
}

/* One complex number: real at element `at`, imaginary behind it. imm: the rotation in quarter turns. */
static void simd_complex_muladd(fp_env_t env, const cpu_insn_t *in, vector_t *d, const vector_t *n, const vector_t *m,
                                unsigned at, unsigned m_at)
{
    unsigned size = simd_size(in), turns = in->imm & 3;
    uint64_t sign = UINT64_C(1) << ((8u << size) - 1);
    uint64_t factor = get_lane(n, size, at + (turns & 1));
    uint64_t real = get_lane(m, size, m_at + (turns & 1)), imaginary = get_lane(m, size, m_at + !(turns & 1));
    real ^= turns == 1 || turns == 2 ? sign : 0;
    imaginary ^= turns >= 2 ? sign : 0;
    set_lane(d, size, at, fp_muladd_of(size, env, get_lane(d, size, at), factor, real));
    set_lane(d, size, at + 1, fp_muladd_of(size, env, get_lane(d, size, at + 1), factor, imaginary));
}

EXEC_FP(FCMLA)
{
    vector_t n = get_v(cpu, in->rn), m = get_v(cpu, in->rm), d = get_v(cpu, in->rd);
    for (unsigned i = 0; i < simd_lanes(in); i += 2)
        simd_complex_muladd(fp_env(cpu), in, &d, &n, &m, i, i);
    set_v(cpu, in, d);
}

/* imm: 0 for 90 degrees, 1 for 270. */
EXEC_FP(FCADD)
{
    vector_t n = get_v(cpu, in->rn), m = get_v(cpu, in->rm), d = {0};
    unsigned size = simd_size(in);
    uint64_t sign = UINT64_C(1) << ((8u << size) - 1);
    for (unsigned i = 0; i < simd_lanes(in); i += 2) {
        uint64_t real = get_lane(&m, size, i + 1) ^ (in->imm ? 0 : sign), imaginary = get_lane(&m, size, i);
        imaginary ^= in->imm ? sign : 0;
        set_lane(&d, size, i, fp_add_of(size, fp_env(cpu), get_lane(&n, size, i), real));
        set_lane(&d, size, i + 1, fp_add_of(size, fp_env(cpu), get_lane(&n, size, i + 1), imaginary));
    }
    set_v(cpu, in, d);
}

#endif
