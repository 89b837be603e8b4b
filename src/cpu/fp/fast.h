/* Short cuts through the host's arithmetic, taken only where they are exact, flags included. Private to cpu/fp.
 *
 * The host rounds to nearest even, so FPCR.RMode must say the same, operands must be zero or normal, and results zero
 * or normal with room to the ends of the range: then nothing is flushed, and no flag but IXC can be raised. Whether the
 * result is inexact is found without the host's flags:
 * - sums: TwoSum (Knuth, TAOCP 2, 4.2.2, theorem B) gives the rounding error itself;
 * - products: of the exact integer product of the significands the bits below the result's last place are looked at;
 *   they are among its low 64;
 * - quotients and roots: result times divisor, or result squared, is compared with the dividend. They differ by less
 * than the divisor's significand, so the low 64 bits of the integers tell. The narrowing to halves has no such short
 * cut. */
#ifndef MESIM_CPU_FP_FAST_H
#define MESIM_CPU_FP_FAST_H

#include "cpu/fp/value.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#define FP_HOST_SQRT 1
#else
#define FP_HOST_SQRT 0
#endif

typedef float fp_host32_t;
typedef double fp_host64_t;

/* Where the compiler may fuse a product and a sum, errors are not what they seem. */
#ifdef __FP_FAST_FMA
#define FP_HOST_FUSES 1
#else
#define FP_HOST_FUSES 0
#endif

FP_INLINE bool fp_fast_mode(fp_env_t env)
{
    return !FP_HOST_FUSES && fp_env_rounding(env) == FP_TIE_EVEN;
}

/* Exponent fields from 3 to max - 3, or zero. */
FP_INLINE bool fp_fast_range(unsigned bits, uint64_t a)
{
    uint64_t magnitude = a & (fp_sign_bit(bits) - 1);
    return (magnitude >> fp_fraction_bits(bits)) - 3 <= (uint64_t)fp_max_field(bits) - 6 || !magnitude;
}

FP_INLINE uint64_t fp_significand(unsigned bits, uint64_t a)
{
    return (a & fp_fraction_mask(bits)) | UINT64_C(1) << fp_fraction_bits(bits);
}

FP_INLINE int fp_field(unsigned bits, uint64_t a)
{
    return (int)(a >> fp_fraction_bits(bits)) & fp_max_field(bits);
}

FP_INLINE bool fp_is_zero(unsigned bits, uint64_t a)
{
    return !(a & (fp_sign_bit(bits) - 1));
}

/* Each gives the result and true, or false where the long way must be gone. */
#define FP_FAST(bits)                                                                                                  \
    FP_INLINE fp_host##bits##_t fp##bits##_to_host(uint64_t a)                                                         \
    {                                                                                                                  \
        uint##bits##_t raw = (uint##bits##_t)a;                                                                        \
        fp_host##bits##_t value;                                                                                       \
        memcpy(&value, &raw, sizeof value);                                                                            \
        return value;                                                                                                  \
    }                                                                                                                  \
    FP_INLINE uint64_t fp##bits##_from_host(fp_host##bits##_t value)                                                   \
    {                                                                                                                  \
        uint##bits##_t raw;                                                                                            \
        memcpy(&raw, &value, sizeof raw);                                                                              \
        return raw;                                                                                                    \
    }                                                                                                                  \
    FP_INLINE bool fp##bits##_fast_add(fp_env_t env, uint64_t a_bits, uint64_t b_bits, uint64_t *ret_sum)              \
    {                                                                                                                  \
        fp_host##bits##_t a = fp##bits##_to_host(a_bits), b = fp##bits##_to_host(b_bits), sum = a + b;                 \
        uint64_t raw = fp##bits##_from_host(sum);                                                                      \
        if (!fp_fast_mode(env) || !fp_fast_range(bits, a_bits) || !fp_fast_range(bits, b_bits) ||                      \
            !fp_fast_range(bits, raw))                                                                                 \
            return false;                                                                                              \
        fp_host##bits##_t b_part = sum - a, a_part = sum - b_part;                                                     \
        if ((a - a_part) + (b - b_part) != 0)                                                                          \
            fp_raise(env, FPSR_IXC);                                                                                   \
        *ret_sum = raw;                                                                                                \
        return true;                                                                                                   \
    }                                                                                                                  \
    FP_INLINE bool fp##bits##_fast_mul(fp_env_t env, uint64_t a, uint64_t b, uint64_t *ret_product)                    \
    {                                                                                                                  \
        uint64_t raw = fp##bits##_from_host(fp##bits##_to_host(a) * fp##bits##_to_host(b));                            \
        bool zero = fp_is_zero(bits, a) || fp_is_zero(bits, b);                                                        \
        if (!fp_fast_mode(env) || !fp_fast_range(bits, a) || !fp_fast_range(bits, b) || !fp_fast_range(bits, raw) ||   \
            fp_is_zero(bits, raw) != zero)                                                                             \
            return false;                                                                                              \
        uint64_t product = fp_significand(bits, a) * fp_significand(bits, b);                                          \
        int carry = fp_field(bits, raw) - fp_field(bits, a) - fp_field(bits, b) + fp_bias(bits);                       \
        unsigned below = fp_fraction_bits(bits) + (unsigned)carry;                                                     \
        if (!zero && product & ((UINT64_C(1) << below) - 1))                                                           \
            fp_raise(env, FPSR_IXC);                                                                                   \
        *ret_product = raw;                                                                                            \
        return true;                                                                                                   \
    }                                                                                                                  \
    FP_INLINE bool fp##bits##_fast_div(fp_env_t env, uint64_t a, uint64_t b, uint64_t *ret_quotient)                   \
    {                                                                                                                  \
        if (!fp_fast_mode(env) || !fp_fast_range(bits, a) || !fp_fast_range(bits, b) || fp_is_zero(bits, a) ||         \
            fp_is_zero(bits, b))                                                                                       \
            return false;                                                                                              \
        uint64_t raw = fp##bits##_from_host(fp##bits##_to_host(a) / fp##bits##_to_host(b));                            \
        if (!fp_fast_range(bits, raw) || fp_is_zero(bits, raw))                                                        \
            return false;                                                                                              \
        int shift =                                                                                                    \
            (int)fp_fraction_bits(bits) + fp_field(bits, a) - fp_field(bits, b) - fp_field(bits, raw) + fp_bias(bits); \
        if (fp_significand(bits, raw) * fp_significand(bits, b) != fp_significand(bits, a) << shift)                   \
            fp_raise(env, FPSR_IXC);                                                                                   \
        *ret_quotient = raw;                                                                                           \
        return true;                                                                                                   \
    }
FP_FAST(32)
FP_FAST(64)
#undef FP_FAST

/* Fused: the sum of addend and exact product is brought to a number that is odd where it is inexact, which still rounds
 * right once more (Boldo and Melquiond, Emulation of FMA and correctly rounded sums, 2008). Operands are so far from
 * the ends of the range that nothing on the way is, either. */

/* The number is not 0, and its exponent lies from -below to above. */
FP_INLINE bool fp_fast_exponent(unsigned bits, uint64_t a, int below, int above)
{
    return (unsigned)(fp_field(bits, a) - fp_bias(bits) + below) <= (unsigned)(below + above);
}

typedef struct fp_fast_sum {
    fp_host64_t sum, error; /* the exact sum is their sum */
} fp_fast_sum_t;

FP_INLINE fp_fast_sum_t fp_fast_two_sum(fp_host64_t a, fp_host64_t b)
{
    fp_host64_t sum = a + b, b_part = sum - a, a_part = sum - b_part;
    return (fp_fast_sum_t){sum, (a - a_part) + (b - b_part)};
}

/* The sum made odd: one step towards the error, unless it is exact or odd already. */
FP_INLINE fp_host64_t fp_fast_odd(fp_fast_sum_t a)
{
    uint64_t raw = fp64_from_host(a.sum);
    if (a.error != 0 && !(raw & 1))
        raw += (a.error > 0) == (a.sum > 0) ? 1 : UINT64_MAX;
    return fp64_to_host(raw);
}

/* The product of two singles is exact in a double. */
FP_INLINE bool fp32_fast_muladd(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b, uint64_t *ret_sum)
{
    enum { BELOW = 30, ABOVE = 60 };
    if (!fp_fast_mode(env) || !fp_fast_exponent(32, addend, BELOW, ABOVE) || !fp_fast_exponent(32, a, BELOW, ABOVE) ||
        !fp_fast_exponent(32, b, BELOW, ABOVE))
        return false;
    fp_host64_t product = (fp_host64_t)fp32_to_host(a) * (fp_host64_t)fp32_to_host(b);
    fp_fast_sum_t sum = fp_fast_two_sum(product, fp32_to_host(addend));
    fp_host64_t odd = fp_fast_odd(sum);
    fp_host32_t result = (fp_host32_t)odd;
    if (result == 0)
        return false;
    if (result != odd || sum.error != 0)
        fp_raise(env, FPSR_IXC);
    *ret_sum = fp32_from_host(result);
    return true;
}

/* Dekker's product: the upper 26 bits of each factor times those of the other are exact. */
FP_INLINE fp_fast_sum_t fp_fast_two_product(fp_host64_t a, fp_host64_t b)
{
    const fp_host64_t splitter = 134217729.0; /* 2^27 + 1 */
    fp_host64_t a_scaled = a * splitter, b_scaled = b * splitter, product = a * b;
    fp_host64_t a_high = a_scaled - (a_scaled - a), b_high = b_scaled - (b_scaled - b);
    fp_host64_t a_low = a - a_high, b_low = b - b_high;
    return (fp_fast_sum_t){product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)};
}

FP_INLINE bool fp64_fast_muladd(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b, uint64_t *ret_sum)
{
    enum { REACH = 300 };
    if (!fp_fast_mode(env) || !fp_fast_exponent(64, addend, REACH, REACH) || !fp_fast_exponent(64, a, REACH, REACH) ||
        !fp_fast_exponent(64, b, REACH, REACH))
        return false;
    fp_fast_sum_t product = fp_fast_two_product(fp64_to_host(a), fp64_to_host(b));
    fp_fast_sum_t low = fp_fast_two_sum(fp64_to_host(addend), product.error);
    fp_fast_sum_t high = fp_fast_two_sum(product.sum, low.sum);
    fp_fast_sum_t rest = fp_fast_two_sum(low.error, high.error);
    fp_fast_sum_t result = fp_fast_two_sum(high.sum, fp_fast_odd(rest));
    if (result.sum == 0)
        return false;
    if (result.error != 0 || rest.error != 0)
        fp_raise(env, FPSR_IXC);
    *ret_sum = fp64_from_host(result.sum);
    return true;
}

#if FP_HOST_SQRT
FP_INLINE uint64_t fp32_host_sqrt(uint64_t a)
{
    return fp32_from_host(_mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(fp32_to_host(a)))));
}

FP_INLINE uint64_t fp64_host_sqrt(uint64_t a)
{
    __m128d value = _mm_set_sd(fp64_to_host(a));
    return fp64_from_host(_mm_cvtsd_f64(_mm_sqrt_sd(value, value)));
}

FP_INLINE bool fp_fast_sqrt(unsigned bits, fp_env_t env, uint64_t a, uint64_t *ret_root)
{
    if (!fp_fast_mode(env) || !fp_fast_range(bits, a) || fp_is_zero(bits, a) || a & fp_sign_bit(bits))
        return false;
    uint64_t raw = bits == 32 ? fp32_host_sqrt(a) : fp64_host_sqrt(a), root = fp_significand(bits, raw);
    int shift = (int)fp_fraction_bits(bits) + fp_field(bits, a) - 2 * fp_field(bits, raw) + fp_bias(bits);
    if (root * root != fp_significand(bits, a) << shift)
        fp_raise(env, FPSR_IXC);
    *ret_root = raw;
    return true;
}
#endif

#endif
