/* Semantics of Arm ARM C4.1, Advanced SIMD three different, and by element. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_DIFFERENT_H
#define MESIM_CPU_ISA_EXEC_SIMD_DIFFERENT_H

#include "cpu/isa/crypto.h"
#include "cpu/isa/exec_simd_fp_same.h"

/* --- three different: elements of the halves that Q says, extended to 64 bits --- */

/* a, b: elements of Vn and Vm; wide: of Vn where that is of the result's width; old: of Vd. */
#define SIMD_LONG(name, is_signed, expression)                                                                         \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = get_m(cpu, in), old_d = get_v(cpu, in->rd), d = {0};                      \
        const unsigned size = simd_size(in), bits = 16u << size, scalar = in->ra & SIMD_SCALAR;                        \
        const unsigned lanes = scalar ? 1 : 8u >> size, first = simd_q(in) && !scalar ? lanes : 0;                     \
        bool qc = false;                                                                                               \
        EXEC_UNUSED(bits);                                                                                             \
        for (unsigned i = 0; i < lanes; i++) {                                                                         \
            const uint64_t a = is_signed ? get_lane_signed(&n, size, first + i) : get_lane(&n, size, first + i);       \
            const uint64_t b = is_signed ? get_lane_signed(&m, size, first + i) : get_lane(&m, size, first + i);       \
            const uint64_t wide = get_lane(&n, size + 1, i), old = get_lane_signed(&old_d, size + 1, i);               \
            EXEC_UNUSED(a);                                                                                            \
            EXEC_UNUSED(wide);                                                                                         \
            EXEC_UNUSED(old);                                                                                          \
            set_lane(&d, size + 1, i, (uint64_t)(expression));                                                         \
        }                                                                                                              \
        if (qc)                                                                                                        \
            cpu->fpsr |= FPSR_QC;                                                                                      \
        set_q(cpu, in->rd, d);                                                                                         \
    }
#define EXEC_LONG(name, is_signed, expression)                                                                         \
    SIMD_LONG(name, is_signed, expression)                                                                             \
    EXEC_IS(name, simd_##name)
#define ABSOLUTE_DIFFERENCE(type) ((type)a > (type)b ? a - b : b - a)
#define MUL_DOUBLE                simd_mul_double((int64_t)a, (int64_t)b, bits, &qc)

EXEC_LONG(SADDL, true, a + b)
EXEC_LONG(UADDL, false, a + b)
EXEC_LONG(SADDW, true, wide + b)
EXEC_LONG(UADDW, false, wide + b)
EXEC_LONG(SSUBL, true, a - b)
EXEC_LONG(USUBL, false, a - b)
EXEC_LONG(SSUBW, true, wide - b)
EXEC_LONG(USUBW, false, wide - b)
EXEC_LONG(SABDL, true, ABSOLUTE_DIFFERENCE(int64_t))
EXEC_LONG(UABDL, false, ABSOLUTE_DIFFERENCE(uint64_t))
EXEC_LONG(SABAL, true, old + ABSOLUTE_DIFFERENCE(int64_t))
EXEC_LONG(UABAL, false, old + ABSOLUTE_DIFFERENCE(uint64_t))
EXEC_LONG(SMULL_V, true, a *b)
EXEC_LONG(UMULL_V, false, a *b)
EXEC_LONG(SMLAL, true, old + a * b)
EXEC_LONG(UMLAL, false, old + a * b)
EXEC_LONG(SMLSL, true, old - a * b)
EXEC_LONG(UMLSL, false, old - a * b)
EXEC_LONG(SQDMULL, true, MUL_DOUBLE)
EXEC_LONG(SQDMLAL, true, simd_add_signed((int64_t)old, MUL_DOUBLE, bits, &qc))
EXEC_LONG(SQDMLSL, true, simd_sub_signed((int64_t)old, MUL_DOUBLE, bits, &qc))
EXEC_LONG(PMULL, false, simd_multiply_polynomial((uint8_t)a, (uint8_t)b))

EXEC_FP(PMULL_D)
{
    unsigned half = simd_q(in) ? 1 : 0;
    uint64_t product[2];
    crypto_multiply_polynomial(cpu->v[in->rn][half], cpu->v[in->rm][half], product);
    memcpy(cpu->v[in->rd], product, sizeof product);
}

/* The upper halves of sums, rounded or not. */
static void simd_high_narrow(cpu_t *cpu, const cpu_insn_t *in, bool subtract, bool round)
{
    vector_t n = get_v(cpu, in->rn), m = get_v(cpu, in->rm), d = {0};
    unsigned size = simd_size(in), bits = 8u << size;
    for (unsigned i = 0; i < 8u >> size; i++) {
        uint64_t a = get_lane(&n, size + 1, i), b = get_lane(&m, size + 1, i);
        uint64_t sum = (subtract ? a - b : a + b) + (round ? UINT64_C(1) << (bits - 1) : 0);
        set_lane(&d, size, i, sum >> bits);
    }
    set_narrow(cpu, in, d.u64[0]);
}

#define EXEC_HIGH_NARROW(name, subtract, round)                                                                        \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        simd_high_narrow(cpu, in, subtract, round);                                                                    \
    }
EXEC_HIGH_NARROW(ADDHN, false, false)
EXEC_HIGH_NARROW(SUBHN, true, false)
EXEC_HIGH_NARROW(RADDHN, false, true)
EXEC_HIGH_NARROW(RSUBHN, true, true)

/* --- by element: get_m does it --- */

EXEC_IS(MUL_ELEMENT, simd_MUL_V)
EXEC_IS(MLA_ELEMENT, simd_MLA)
EXEC_IS(MLS_ELEMENT, simd_MLS)
EXEC_IS(SMULL_ELEMENT, simd_SMULL_V)
EXEC_IS(UMULL_ELEMENT, simd_UMULL_V)
EXEC_IS(SMLAL_ELEMENT, simd_SMLAL)
EXEC_IS(UMLAL_ELEMENT, simd_UMLAL)
EXEC_IS(SMLSL_ELEMENT, simd_SMLSL)
EXEC_IS(UMLSL_ELEMENT, simd_UMLSL)
#define EXEC_ELEMENT(name, function)                                                                                   \
    EXEC_IS(name##_ELEMENT, function)                                                                                  \
    EXEC_IS(name##_SCALAR_ELEMENT, function)
EXEC_ELEMENT(SQDMULL, simd_SQDMULL)
EXEC_ELEMENT(SQDMLAL, simd_SQDMLAL)
EXEC_ELEMENT(SQDMLSL, simd_SQDMLSL)
EXEC_ELEMENT(SQDMULH, simd_SQDMULH)
EXEC_ELEMENT(SQRDMULH, simd_SQRDMULH)
EXEC_ELEMENT(SQRDMLAH, simd_SQRDMLAH)
EXEC_ELEMENT(SQRDMLSH, simd_SQRDMLSH)
#define EXEC_FP_ELEMENT(name, function)                                                                                \
    EXEC_ELEMENT(name, function)                                                                                       \
    EXEC_IS(name##_ELEMENT_HALF, function)                                                                             \
    EXEC_IS(name##_SCALAR_ELEMENT_HALF, function)
EXEC_FP_ELEMENT(FMLA, simd_FMLA_V)
EXEC_FP_ELEMENT(FMLS, simd_FMLS_V)
EXEC_FP_ELEMENT(FMUL, simd_FMUL_V)
EXEC_FP_ELEMENT(FMULX, simd_FMULX)
EXEC_IS(SDOT_ELEMENT, simd_SDOT)
EXEC_IS(UDOT_ELEMENT, simd_UDOT)

/* imm: the rotation in bits 1:0, the index of the complex number above. */
EXEC_FP(FCMLA_ELEMENT)
{
    vector_t n = get_v(cpu, in->rn), m = get_v(cpu, in->rm), d = get_v(cpu, in->rd);
    for (unsigned i = 0; i < simd_lanes(in); i += 2)
        simd_complex_muladd(fp_env(cpu), in, &d, &n, &m, i, (unsigned)(in->imm >> 2) * 2);
    set_v(cpu, in, d);
}

/* Scalar three different. */
EXEC_IS(SQDMLAL_SCALAR, simd_SQDMLAL)
EXEC_IS(SQDMLSL_SCALAR, simd_SQDMLSL)
EXEC_IS(SQDMULL_SCALAR, simd_SQDMULL)

#endif
