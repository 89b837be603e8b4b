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

FP_INLINE bool fp_fast_mode(fp_env_t env)
{
    return fp_env_rounding(env) == FP_TIE_EVEN;
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
