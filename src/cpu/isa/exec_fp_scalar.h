/* Semantics of Arm ARM C4.1, scalar floating point. What the operands hold is said in format_fp.c. */
#ifndef MESIM_CPU_ISA_EXEC_FP_SCALAR_H
#define MESIM_CPU_ISA_EXEC_FP_SCALAR_H

#include "cpu/isa/exec_simd.h"

/* --- conversion between floating-point and general registers --- */

static uint64_t fp_to_fixed(fp_env_t env, unsigned size, uint64_t a, unsigned width, unsigned fraction_bits,
                            bool is_unsigned, fp_rounding_t rounding)
{
    switch (size) {
    case 1: return fp16_to_fixed(env, (uint16_t)a, width, fraction_bits, is_unsigned, rounding);
    case 2: return fp32_to_fixed(env, (uint32_t)a, width, fraction_bits, is_unsigned, rounding);
    default: return fp64_to_fixed(env, a, width, fraction_bits, is_unsigned, rounding);
    }
}

static uint64_t fp_from_fixed(fp_env_t env, unsigned size, uint64_t value, unsigned fraction_bits, bool is_unsigned)
{
    switch (size) {
    case 1: return fp16_from_fixed(env, value, fraction_bits, is_unsigned);
    case 2: return fp32_from_fixed(env, value, fraction_bits, is_unsigned);
    default: return fp64_from_fixed(env, value, fraction_bits, is_unsigned);
    }
}

static void fp_to_general(cpu_t *cpu, const cpu_insn_t *in, bool is_unsigned, fp_rounding_t rounding)
{
    unsigned width = in->imm & FP_IS_X ? 64 : 32;
    set_x(cpu, in->rd,
          fp_to_fixed(fp_env(cpu), simd_size(in), cpu->v[in->rn][0], width, in->imm & FP_FRACTION_BITS, is_unsigned,
                      rounding));
}

static void fp_from_general(cpu_t *cpu, const cpu_insn_t *in, bool is_unsigned)
{
    uint64_t value = get_x(cpu, in->rn);
    if (!(in->imm & FP_IS_X))
        value = is_unsigned ? (uint32_t)value : (uint64_t)(int32_t)value;
    set_scalar(cpu, in->rd, fp_from_fixed(fp_env(cpu), simd_size(in), value, in->imm & FP_FRACTION_BITS, is_unsigned));
}

#define EXEC_TO(name, is_unsigned, rounding)                                                                           \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        fp_to_general(cpu, in, is_unsigned, rounding);                                                                 \
    }                                                                                                                  \
    EXEC_IS(name##_H, exec_##name)
EXEC_TO(FCVTNS, false, FP_TIE_EVEN)
EXEC_TO(FCVTNU, true, FP_TIE_EVEN)
EXEC_TO(FCVTPS, false, FP_POSITIVE)
EXEC_TO(FCVTPU, true, FP_POSITIVE)
EXEC_TO(FCVTMS, false, FP_NEGATIVE)
EXEC_TO(FCVTMU, true, FP_NEGATIVE)
EXEC_TO(FCVTZS, false, FP_TO_ZERO)
EXEC_TO(FCVTZU, true, FP_TO_ZERO)
EXEC_TO(FCVTAS, false, FP_TIE_AWAY)
EXEC_TO(FCVTAU, true, FP_TIE_AWAY)
EXEC_TO(FCVTZS_FIXED, false, FP_TO_ZERO)
EXEC_TO(FCVTZU_FIXED, true, FP_TO_ZERO)

#define EXEC_FROM(name, is_unsigned)                                                                                   \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        fp_from_general(cpu, in, is_unsigned);                                                                         \
    }                                                                                                                  \
    EXEC_IS(name##_H, exec_##name)
EXEC_FROM(SCVTF, false)
EXEC_FROM(UCVTF, true)
EXEC_FROM(SCVTF_FIXED, false)
EXEC_FROM(UCVTF_FIXED, true)

EXEC_FP(FMOV_W_S)
{
    set_w(cpu, in->rd, (uint32_t)cpu->v[in->rn][0]);
}

EXEC_FP(FMOV_S_W)
{
    set_scalar(cpu, in->rd, get_w(cpu, in->rn));
}

EXEC_FP(FMOV_X_D)
{
    set_x(cpu, in->rd, cpu->v[in->rn][0]);
}

EXEC_FP(FMOV_D_X)
{
    set_scalar(cpu, in->rd, get_x(cpu, in->rn));
}

EXEC_FP(FMOV_X_TOP)
{
    set_x(cpu, in->rd, cpu->v[in->rn][1]);
}

EXEC_FP(FMOV_TOP_X)
{
    cpu->v[in->rd][1] = get_x(cpu, in->rn);
}

EXEC_FP(FMOV_X_H)
{
    set_x(cpu, in->rd, (uint16_t)cpu->v[in->rn][0]);
}

EXEC_FP(FMOV_H_X)
{
    set_scalar(cpu, in->rd, (uint16_t)get_x(cpu, in->rn));
}

EXEC_FP(FJCVTZS)
{
    bool exact;
    set_w(cpu, in->rd, fp64_to_javascript(fp_env(cpu), cpu->v[in->rn][0], &exact));
    set_nzcv(cpu, exact ? UINT64_C(1) << 30 : 0);
}

/* --- arithmetic: one row a format; a, b, c are the operands, p the functions --- */

#define EXEC_TYPED(row, p, bits, ...)                                                                                  \
    EXEC_FP(row)                                                                                                       \
    {                                                                                                                  \
        enum { BITS = bits };                                                                                          \
        const uint64_t sign = UINT64_C(1) << (BITS - 1), a = get_scalar(cpu, in->rn, BITS);                            \
        const fp_env_t env = fp_env(cpu);                                                                              \
        EXEC_UNUSED(sign);                                                                                             \
        EXEC_UNUSED(a);                                                                                                \
        EXEC_UNUSED(env.fpcr);                                                                                         \
        __VA_ARGS__;                                                                                                   \
    }
#define OPERAND_B  get_scalar(cpu, in->rm, BITS)
#define OPERAND_C  get_scalar(cpu, in->ra, BITS)
#define SET_D(...) set_scalar(cpu, in->rd, (__VA_ARGS__))

/* The same for all formats. In the text FN(add) is the format's function. */
#define FN_16(name) fp16_##name
#define FN_32(name) fp32_##name
#define FN_64(name) fp64_##name
#define EXEC_1(name, function, ...)                                                                                    \
    EXEC_TYPED(name##_S, fp32, 32, SET_D(fp32_##function(env, a, ##__VA_ARGS__)))                                      \
    EXEC_TYPED(name##_D, fp64, 64, SET_D(fp64_##function(env, a, ##__VA_ARGS__)))                                      \
    EXEC_TYPED(name##_H, fp16, 16, SET_D(fp16_##function(env, a, ##__VA_ARGS__)))
#define EXEC_BITS(name, ...)                                                                                           \
    EXEC_TYPED(name##_S, fp32, 32, __VA_ARGS__)                                                                        \
    EXEC_TYPED(name##_D, fp64, 64, __VA_ARGS__)                                                                        \
    EXEC_TYPED(name##_H, fp16, 16, __VA_ARGS__)

/* 1 source */
EXEC_BITS(FMOV_V, SET_D(a))
EXEC_BITS(FABS, SET_D(a & ~sign))
EXEC_BITS(FNEG, SET_D(a ^ sign))
EXEC_1(FSQRT, sqrt)
EXEC_1(FRINTN, round, FP_TIE_EVEN, false)
EXEC_1(FRINTP, round, FP_POSITIVE, false)
EXEC_1(FRINTM, round, FP_NEGATIVE, false)
EXEC_1(FRINTZ, round, FP_TO_ZERO, false)
EXEC_1(FRINTA, round, FP_TIE_AWAY, false)
EXEC_1(FRINTX, round, fp_env_rounding(env), true)
EXEC_1(FRINTI, round, fp_env_rounding(env), false)
#define EXEC_ROUND_TO(name, rounding, int_bits)                                                                        \
    EXEC_TYPED(name##_S, fp32, 32, SET_D(fp32_round_to(env, a, rounding, int_bits)))                                   \
    EXEC_TYPED(name##_D, fp64, 64, SET_D(fp64_round_to(env, a, rounding, int_bits)))
EXEC_ROUND_TO(FRINT32Z, FP_TO_ZERO, 32)
EXEC_ROUND_TO(FRINT32X, fp_env_rounding(env), 32)
EXEC_ROUND_TO(FRINT64Z, FP_TO_ZERO, 64)
EXEC_ROUND_TO(FRINT64X, fp_env_rounding(env), 64)
EXEC_TYPED(FCVT_D_S, , 32, SET_D(fp_convert_32_to_64(env, a)))
EXEC_TYPED(FCVT_H_S, , 32, SET_D(fp_convert_32_to_16(env, a)))
EXEC_TYPED(FCVT_S_D, , 64, SET_D(fp_convert_64_to_32(env, a)))
EXEC_TYPED(FCVT_H_D, , 64, SET_D(fp_convert_64_to_16(env, a)))
EXEC_TYPED(FCVT_S_H, , 16, SET_D(fp_convert_16_to_32(env, a)))
EXEC_TYPED(FCVT_D_H, , 16, SET_D(fp_convert_16_to_64(env, a)))

/* 2 source */
EXEC_1(FADD, add, OPERAND_B)
EXEC_1(FSUB, sub, OPERAND_B)
EXEC_1(FMUL, mul, OPERAND_B)
EXEC_1(FDIV, div, OPERAND_B)
EXEC_1(FMAX, max, OPERAND_B)
EXEC_1(FMIN, min, OPERAND_B)
EXEC_1(FMAXNM, maxnm, OPERAND_B)
EXEC_1(FMINNM, minnm, OPERAND_B)
EXEC_TYPED(FNMUL_S, fp32, 32, SET_D(fp32_mul(env, a, OPERAND_B) ^ sign))
EXEC_TYPED(FNMUL_D, fp64, 64, SET_D(fp64_mul(env, a, OPERAND_B) ^ sign))
EXEC_TYPED(FNMUL_H, fp16, 16, SET_D(fp16_mul(env, a, OPERAND_B) ^ sign))

/* 3 source: signs change before NaNs are looked at. */
#define EXEC_MULADD(name, negate_addend, negate_product)                                                               \
    EXEC_TYPED(name##_S, fp32, 32,                                                                                     \
               SET_D(fp32_muladd(env, OPERAND_C ^ (negate_addend), a ^ (negate_product), OPERAND_B)))                  \
    EXEC_TYPED(name##_D, fp64, 64,                                                                                     \
               SET_D(fp64_muladd(env, OPERAND_C ^ (negate_addend), a ^ (negate_product), OPERAND_B)))                  \
    EXEC_TYPED(name##_H, fp16, 16,                                                                                     \
               SET_D(fp16_muladd(env, OPERAND_C ^ (negate_addend), a ^ (negate_product), OPERAND_B)))
EXEC_MULADD(FMADD, 0, 0)
EXEC_MULADD(FMSUB, 0, sign)
EXEC_MULADD(FNMADD, sign, sign)
EXEC_MULADD(FNMSUB, sign, 0)

/* Compare */
#define SET_FLAGS(...) set_nzcv(cpu, (uint64_t)(__VA_ARGS__) << 28)
#define EXEC_COMPARE(name, type, bits, signals)                                                                        \
    EXEC_TYPED(name##_##type, , bits, SET_FLAGS(fp##bits##_compare(env, a, OPERAND_B, signals)))                       \
    EXEC_TYPED(name##_ZERO_##type, , bits, SET_FLAGS(fp##bits##_compare(env, a, 0, signals)))
EXEC_COMPARE(FCMP, S, 32, false)
EXEC_COMPARE(FCMP, D, 64, false)
EXEC_COMPARE(FCMP, H, 16, false)
EXEC_COMPARE(FCMPE, S, 32, true)
EXEC_COMPARE(FCMPE, D, 64, true)
EXEC_COMPARE(FCMPE, H, 16, true)

/* imm: the condition's set of flags (cpu/flags.h); ra: the flags where it does not hold. */
#define EXEC_COMPARE_IF(name, type, bits, signals)                                                                     \
    EXEC_TYPED(name##_##type, , bits,                                                                                  \
               SET_FLAGS(flags_hold(cpu, in->imm) ? fp##bits##_compare(env, a, OPERAND_B, signals) : in->ra))
EXEC_COMPARE_IF(FCCMP, S, 32, false)
EXEC_COMPARE_IF(FCCMP, D, 64, false)
EXEC_COMPARE_IF(FCCMP, H, 16, false)
EXEC_COMPARE_IF(FCCMPE, S, 32, true)
EXEC_COMPARE_IF(FCCMPE, D, 64, true)
EXEC_COMPARE_IF(FCCMPE, H, 16, true)

EXEC_BITS(FCSEL, SET_D(flags_hold(cpu, in->imm) ? a : OPERAND_B))
EXEC_BITS(FMOV_IMM, SET_D((uint64_t)in->imm))

#endif
