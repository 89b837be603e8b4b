/* Semantics of Arm ARM C4.1, Advanced SIMD across lanes and scalar pairwise. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_ACROSS_H
#define MESIM_CPU_ISA_EXEC_SIMD_ACROSS_H

#include "cpu/isa/exec_fp_scalar.h"
#include "cpu/isa/exec_simd.h"

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
