/* Comparison, minimum and maximum. */
#include "cpu/fp/value.h"

/* Neither is a NaN. -1, 0 or 1. */
FP_INLINE int order(fp_value_t a, fp_value_t b)
{
    if (a.kind == FP_IS_ZERO && b.kind == FP_IS_ZERO)
        return 0;
    if (a.kind == FP_IS_ZERO)
        return b.sign ? 1 : -1;
    if (b.kind == FP_IS_ZERO || a.sign != b.sign)
        return a.sign ? -1 : 1;
    int greater = a.sign ? -1 : 1;
    if (a.kind != b.kind)
        return a.kind == FP_IS_INFINITE ? greater : -greater;
    if (a.kind == FP_IS_INFINITE)
        return 0;
    if (a.exponent != b.exponent)
        return a.exponent > b.exponent ? greater : -greater;
    return a.mantissa == b.mantissa ? 0 : a.mantissa > b.mantissa ? greater : -greater;
}

/* Neither NaNs nor, where denormals are flushed, any of those: numbers are ordered as their bits are. */
FP_INLINE bool is_plain(unsigned bits, fp_env_t env, uint64_t a)
{
    uint64_t magnitude = a & (fp_sign_bit(bits) - 1);
    return magnitude <= fp_infinity(bits, false) &&
           (!fp_flushes(bits, env) || magnitude > fp_fraction_mask(bits) || !magnitude);
}

/* The bits as an integer of the same order. */
FP_INLINE int64_t ordinal(unsigned bits, uint64_t a)
{
    int64_t magnitude = (int64_t)(a & (fp_sign_bit(bits) - 1));
    return a & fp_sign_bit(bits) ? -magnitude : magnitude;
}

FP_INLINE unsigned compare(unsigned bits, fp_env_t env, uint64_t a_bits, uint64_t b_bits, bool signals)
{
    if (is_plain(bits, env, a_bits) && is_plain(bits, env, b_bits)) {
        int64_t x = ordinal(bits, a_bits), y = ordinal(bits, b_bits);
        return x < y ? FP_LESS : x > y ? FP_GREATER : FP_EQUAL;
    }
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    if (fp_is_nan(a) || fp_is_nan(b)) {
        if (signals || a.kind == FP_IS_SNAN || b.kind == FP_IS_SNAN)
            fp_raise(env, FPSR_IOC);
        return FP_UNORDERED;
    }
    int sense = order(a, b);
    return sense < 0 ? FP_LESS : sense > 0 ? FP_GREATER : FP_EQUAL;
}

/* FPMax and FPMin. A denormal that is flushed comes out as zero. */
FP_INLINE uint64_t extreme(unsigned bits, fp_env_t env, uint64_t a_bits, uint64_t b_bits, bool max)
{
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    if (fp_is_nan(a) || fp_is_nan(b))
        return fp_process_nans(bits, env, a_bits, a.kind, b_bits, b.kind);
    bool take_a = max ? order(a, b) > 0 : order(a, b) < 0;
    fp_value_t taken = take_a ? a : b;
    if (taken.kind == FP_IS_ZERO) {
        bool both = a.kind == FP_IS_ZERO && b.kind == FP_IS_ZERO;
        bool sign = !both ? taken.sign : max ? a.sign && b.sign : a.sign || b.sign;
        return fp_zero(bits, sign);
    }
    return take_a ? a_bits : b_bits;
}

/* FPMaxNum and FPMinNum: a quiet NaN beside a number (or a signalling NaN) counts as the infinity that loses. */
FP_INLINE uint64_t extreme_number(unsigned bits, fp_env_t env, uint64_t a_bits, uint64_t b_bits, bool max)
{
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    if (a.kind == FP_IS_QNAN && b.kind != FP_IS_QNAN)
        a_bits = fp_infinity(bits, max);
    else if (a.kind != FP_IS_QNAN && b.kind == FP_IS_QNAN)
        b_bits = fp_infinity(bits, max);
    return extreme(bits, env, a_bits, b_bits, max);
}

#define INSTANCES(bits)                                                                                                \
    unsigned fp##bits##_compare(fp_env_t env, uint64_t a, uint64_t b, bool signals)                                    \
    {                                                                                                                  \
        return compare(bits, env, a, b, signals);                                                                      \
    }                                                                                                                  \
    uint64_t fp##bits##_max(fp_env_t env, uint64_t a, uint64_t b)                                                      \
    {                                                                                                                  \
        return extreme(bits, env, a, b, true);                                                                         \
    }                                                                                                                  \
    uint64_t fp##bits##_min(fp_env_t env, uint64_t a, uint64_t b)                                                      \
    {                                                                                                                  \
        return extreme(bits, env, a, b, false);                                                                        \
    }                                                                                                                  \
    uint64_t fp##bits##_maxnm(fp_env_t env, uint64_t a, uint64_t b)                                                    \
    {                                                                                                                  \
        return extreme_number(bits, env, a, b, true);                                                                  \
    }                                                                                                                  \
    uint64_t fp##bits##_minnm(fp_env_t env, uint64_t a, uint64_t b)                                                    \
    {                                                                                                                  \
        return extreme_number(bits, env, a, b, false);                                                                 \
    }
INSTANCES(16)
INSTANCES(32)
INSTANCES(64)
