/* Estimates of reciprocals and reciprocal square roots (shared pseudocode FPRecipEstimate, FPRSqrtEstimate, FPRecpX,
 * UnsignedRecipEstimate, UnsignedRSqrtEstimate). */
#include "cpu/fp/value.h"

/* RecipEstimate: a in [256, 512), the result as well: of 1 / (a / 512) in 1/256. */
static unsigned reciprocal(unsigned a)
{
    unsigned middle = a * 2 + 1;
    return ((1u << 19) / middle + 1) / 2;
}

/* RecipSqrtEstimate: a in [128, 512), the result in [256, 512). */
static unsigned reciprocal_root(unsigned a)
{
    unsigned middle = a < 256 ? a * 2 + 1 : (a / 2 * 2 + 1) * 2;
    unsigned root = 512;
    while (middle * (root + 1) * (root + 1) < 1u << 28)
        root++;
    return (root + 1) / 2;
}

uint32_t fp_estimate_reciprocal(uint32_t a)
{
    return a >> 31 ? reciprocal(a >> 23) << 23 : UINT32_MAX;
}

uint32_t fp_estimate_reciprocal_root(uint32_t a)
{
    return a >> 30 ? reciprocal_root(a >> 23) << 23 : UINT32_MAX;
}

FP_INLINE uint64_t recpe(unsigned bits, fp_env_t env, uint64_t a_bits)
{
    fp_value_t a = fp_unpack(bits, env, a_bits);
    unsigned fraction_bits = fp_fraction_bits(bits);
    if (fp_is_nan(a))
        return fp_process_nan(bits, env, a_bits, a.kind);
    if (a.kind == FP_IS_INFINITE)
        return fp_zero(bits, a.sign);
    if (a.kind == FP_IS_ZERO) {
        fp_raise(env, FPSR_DZC);
        return fp_infinity(bits, a.sign);
    }
    /* Below 2^-128 for singles and so on, the reciprocal overflows. */
    if (a.exponent < -(fp_bias(bits) + 1))
        return fp_overflow(bits, env, a.sign, fp_env_rounding(env));
    int field = -1 - a.exponent + fp_bias(bits); /* of the result; 0 and -1 are denormals */
    if (field < 1 && fp_flushes(bits, env)) {
        fp_raise(env, FPSR_UFC);
        return fp_zero(bits, a.sign);
    }
    uint64_t estimate = reciprocal((unsigned)(a.mantissa >> 55));
    uint64_t fraction = (estimate & 0xff) << (fraction_bits - 8);
    if (field < 1) {
        fraction = (fraction | UINT64_C(1) << fraction_bits) >> (1 - field);
        field = 0;
    }
    return fp_signed(bits, a.sign, (uint64_t)field << fraction_bits | fraction);
}

FP_INLINE uint64_t rsqrte(unsigned bits, fp_env_t env, uint64_t a_bits)
{
    fp_value_t a = fp_unpack(bits, env, a_bits);
    unsigned fraction_bits = fp_fraction_bits(bits);
    if (fp_is_nan(a))
        return fp_process_nan(bits, env, a_bits, a.kind);
    if (a.kind == FP_IS_ZERO) {
        fp_raise(env, FPSR_DZC);
        return fp_infinity(bits, a.sign);
    }
    if (a.sign)
        return fp_invalid(bits, env);
    if (a.kind == FP_IS_INFINITE)
        return fp_zero(bits, false);
    /* An even exponent takes eight bits behind the leading one, an odd one seven and half the value. */
    bool odd = a.exponent & 1;
    unsigned scaled = (unsigned)(a.mantissa >> (odd ? 55 : 56));
    int field = fp_bias(bits) - 1 - (a.exponent - odd) / 2;
    uint64_t estimate = reciprocal_root(scaled);
    return (uint64_t)field << fraction_bits | (estimate & 0xff) << (fraction_bits - 8);
}

FP_INLINE uint64_t recpx(unsigned bits, fp_env_t env, uint64_t a_bits)
{
    fp_value_t a = fp_unpack(bits, env, a_bits);
    unsigned fraction_bits = fp_fraction_bits(bits);
    if (fp_is_nan(a))
        return fp_process_nan(bits, env, a_bits, a.kind);
    uint64_t max = (uint64_t)fp_max_field(bits), field = a_bits >> fraction_bits & max;
    return fp_signed(bits, a.sign, (field ? field ^ max : max - 1) << fraction_bits);
}

#define INSTANCES(bits)                                                                                                \
    uint64_t fp##bits##_recpe(fp_env_t env, uint64_t a)                                                                \
    {                                                                                                                  \
        return recpe(bits, env, a);                                                                                    \
    }                                                                                                                  \
    uint64_t fp##bits##_rsqrte(fp_env_t env, uint64_t a)                                                               \
    {                                                                                                                  \
        return rsqrte(bits, env, a);                                                                                   \
    }                                                                                                                  \
    uint64_t fp##bits##_recpx(fp_env_t env, uint64_t a)                                                                \
    {                                                                                                                  \
        return recpx(bits, env, a);                                                                                    \
    }
INSTANCES(16)
INSTANCES(32)
INSTANCES(64)
