/* Semantics of Arm ARM C4.1, Advanced SIMD table lookup, permute, extract, copy, modified immediate, three different,
 * by element, and cryptography. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_OTHER_H
#define MESIM_CPU_ISA_EXEC_SIMD_OTHER_H

#include "cpu/isa/crypto.h"
#include "cpu/isa/exec_simd_misc.h"

/* --- table lookup; imm: bytes of the table --- */

static void simd_table(cpu_t *cpu, const cpu_insn_t *in, vector_t result)
{
    vector_t indices = get_v(cpu, in->rm);
    for (unsigned i = 0; i < 16; i++) {
        unsigned index = indices.u8[i];
        if (index < (unsigned)in->imm)
            result.u8[i] = ((const uint8_t *)cpu->v[(in->rn + index / 16) % 32])[index % 16];
    }
    set_v(cpu, in, result);
}

EXEC_FP(TBL)
{
    simd_table(cpu, in, (vector_t){0});
}

EXEC_FP(TBX)
{
    simd_table(cpu, in, get_v(cpu, in->rd));
}

/* --- permute: element i of the result is element `at` of Vm:Vn --- */

#define EXEC_PERMUTE(name, at)                                                                                         \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = get_v(cpu, in->rm), d = {0};                                              \
        unsigned size = simd_size(in), lanes = simd_lanes(in);                                                         \
        for (unsigned i = 0; i < lanes; i++) {                                                                         \
            unsigned from = (at);                                                                                      \
            set_lane(&d, size, i, get_lane(from < lanes ? &n : &m, size, from % lanes));                               \
        }                                                                                                              \
        set_v(cpu, in, d);                                                                                             \
    }
EXEC_PERMUTE(UZP1, 2 * i)
EXEC_PERMUTE(UZP2, 2 * i + 1)
EXEC_PERMUTE(ZIP1, i / 2 + i % 2 * lanes)
EXEC_PERMUTE(ZIP2, (lanes + i) / 2 + i % 2 * lanes)
EXEC_PERMUTE(TRN1, (i & ~1u) + i % 2 * lanes)
EXEC_PERMUTE(TRN2, (i | 1) + i % 2 * lanes)

/* imm: the first byte that is taken of Vm:Vn. */
EXEC_FP(EXT)
{
    uint8_t bytes[32];
    unsigned half = simd_q(in) ? 16 : 8;
    vector_t d;
    memcpy(bytes, cpu->v[in->rn], 16);
    memcpy(bytes + half, cpu->v[in->rm], 16);
    memcpy(&d, bytes + in->imm, 16);
    set_v(cpu, in, d);
}

/* --- copy; imm: the index, and in bits 15:8 that of the source of INS --- */

static void simd_fill(cpu_t *cpu, const cpu_insn_t *in, uint64_t element)
{
    vector_t d;
    for (unsigned i = 0; i < 16u >> simd_size(in); i++)
        set_lane(&d, simd_size(in), i, element);
    set_v(cpu, in, d);
}

static uint64_t simd_element(const cpu_t *cpu, const cpu_insn_t *in, unsigned index)
{
    vector_t n = get_v(cpu, in->rn);
    return get_lane(&n, simd_size(in), index);
}

static void simd_insert(cpu_t *cpu, const cpu_insn_t *in, uint64_t element)
{
    vector_t d = get_v(cpu, in->rd);
    set_lane(&d, simd_size(in), in->imm & 0xff, element);
    set_q(cpu, in->rd, d);
}

EXEC_FP(DUP_ELEMENT)
{
    simd_fill(cpu, in, simd_element(cpu, in, (unsigned)in->imm));
}

EXEC_FP(DUP_GENERAL)
{
    simd_fill(cpu, in, get_x(cpu, in->rn));
}

EXEC_FP(DUP_SCALAR)
{
    set_scalar(cpu, in->rd, simd_element(cpu, in, (unsigned)in->imm));
}

EXEC_FP(SMOV)
{
    uint64_t value = (uint64_t)bits_sign_extend(simd_element(cpu, in, (unsigned)in->imm), 8u << simd_size(in));
    set_x(cpu, in->rd, simd_q(in) ? value : (uint32_t)value);
}

EXEC_FP(UMOV)
{
    set_x(cpu, in->rd, simd_element(cpu, in, (unsigned)in->imm));
}

EXEC_FP(INS_GENERAL)
{
    simd_insert(cpu, in, get_x(cpu, in->rn));
}

EXEC_FP(INS_ELEMENT)
{
    simd_insert(cpu, in, simd_element(cpu, in, in->imm >> 8 & 0xff));
}

/* --- modified immediate; imm: the constant --- */

CPU_INLINE void simd_constant(cpu_t *cpu, const cpu_insn_t *in)
{
    set_v(cpu, in, (vector_t){.u64 = {(uint64_t)in->imm, (uint64_t)in->imm}});
}

CPU_INLINE void simd_ORR_IMM(cpu_t *cpu, const cpu_insn_t *in)
{
    uint64_t constant = (uint64_t)in->imm;
    set_v(cpu, in, (vector_t){.u64 = {cpu->v[in->rd][0] | constant, cpu->v[in->rd][1] | constant}});
}

CPU_INLINE void simd_BIC_IMM(cpu_t *cpu, const cpu_insn_t *in)
{
    uint64_t constant = (uint64_t)in->imm;
    set_v(cpu, in, (vector_t){.u64 = {cpu->v[in->rd][0] & ~constant, cpu->v[in->rd][1] & ~constant}});
}

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

/* Modified immediate. */
EXEC_IS(MOVI_S, simd_constant)
EXEC_IS(ORR_IMM_S, simd_ORR_IMM)
EXEC_IS(MOVI_H, simd_constant)
EXEC_IS(ORR_IMM_H, simd_ORR_IMM)
EXEC_IS(MOVI_MSL, simd_constant)
EXEC_IS(MOVI_B, simd_constant)
EXEC_IS(FMOV_IMM_V_S, simd_constant)
EXEC_IS(MVNI_S, simd_constant)
EXEC_IS(BIC_IMM_S, simd_BIC_IMM)
EXEC_IS(MVNI_H, simd_constant)
EXEC_IS(BIC_IMM_H, simd_BIC_IMM)
EXEC_IS(MVNI_MSL, simd_constant)
EXEC_IS(MOVI_D, simd_constant)
EXEC_IS(FMOV_IMM_V_D, simd_constant)
EXEC_IS(FMOV_IMM_V_HALF, simd_constant)

/* --- cryptography: functions over whole registers (crypto.h) --- */

#define EXEC_CRYPTO_N(name, function)                                                                                  \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t d = get_v(cpu, in->rd), n = get_v(cpu, in->rn);                                                       \
        function(&d, &n);                                                                                              \
        set_q(cpu, in->rd, d);                                                                                         \
    }
#define EXEC_CRYPTO_NM(name, function)                                                                                 \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t d = get_v(cpu, in->rd), n = get_v(cpu, in->rn), m = get_v(cpu, in->rm);                               \
        function(&d, &n, &m);                                                                                          \
        set_q(cpu, in->rd, d);                                                                                         \
    }
EXEC_CRYPTO_N(AESE, crypto_AESE)
EXEC_CRYPTO_N(AESD, crypto_AESD)
EXEC_CRYPTO_N(AESMC, crypto_AESMC)
EXEC_CRYPTO_N(AESIMC, crypto_AESIMC)
EXEC_CRYPTO_N(SHA1H, crypto_SHA1H)
EXEC_CRYPTO_N(SHA1SU1, crypto_SHA1SU1)
EXEC_CRYPTO_N(SHA256SU0, crypto_SHA256SU0)
EXEC_CRYPTO_N(SHA512SU0, crypto_SHA512SU0)
EXEC_CRYPTO_NM(SHA1C, crypto_SHA1C)
EXEC_CRYPTO_NM(SHA1P, crypto_SHA1P)
EXEC_CRYPTO_NM(SHA1M, crypto_SHA1M)
EXEC_CRYPTO_NM(SHA1SU0, crypto_SHA1SU0)
EXEC_CRYPTO_NM(SHA256H, crypto_SHA256H)
EXEC_CRYPTO_NM(SHA256H2, crypto_SHA256H2)
EXEC_CRYPTO_NM(SHA256SU1, crypto_SHA256SU1)
EXEC_CRYPTO_NM(SHA512H, crypto_SHA512H)
EXEC_CRYPTO_NM(SHA512H2, crypto_SHA512H2)
EXEC_CRYPTO_NM(SHA512SU1, crypto_SHA512SU1)

#define EXEC_WORDS(name, expression)                                                                                   \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t d;                                                                                                    \
        for (unsigned i = 0; i < 2; i++) {                                                                             \
            const uint64_t a = cpu->v[in->rn][i], b = cpu->v[in->rm][i];                                               \
            d.u64[i] = (expression);                                                                                   \
        }                                                                                                              \
        set_q(cpu, in->rd, d);                                                                                         \
    }
EXEC_WORDS(EOR3, a ^ b ^ cpu->v[in->ra][i])
EXEC_WORDS(BCAX, a ^ (b & ~cpu->v[in->ra][i]))
EXEC_WORDS(RAX1, a ^ rotate_right_x(b, 63))
EXEC_WORDS(XAR, rotate_right_x(a ^ b, (unsigned)in->imm))

#endif
