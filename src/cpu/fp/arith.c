/* Addition, multiplication, division, square root. */
#include "cpu/fp/fast.h"

/* --- addition --- */

FP_INLINE uint64_t add_finite(unsigned bits, fp_env_t env, fp_value_t a, fp_value_t b)
{
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.mantissa < b.mantissa)) {
        fp_value_t swap = a;
        a = b;
        b = swap;
    }
    uint64_t small = fp_shift_right_jam(b.mantissa, (unsigned)(a.exponent - b.exponent));
    if (a.sign == b.sign) {
        uint64_t sum = a.mantissa + small;
        if (sum >= a.mantissa)
            return fp_round_pack(bits, env, a.sign, a.exponent, sum);
        return fp_round_pack(bits, env, a.sign, a.exponent + 1, UINT64_C(1) << 63 | sum >> 1 | (sum & 1));
    }
    uint64_t difference = a.mantissa - small;
    if (!difference)
        return fp_sum_zero(bits, env);
    int shift = __builtin_clzll(difference);
    return fp_round_pack(bits, env, a.sign, a.exponent - shift, difference << shift);
}

/* FPAdd, FPSub: b is negated after NaNs have been looked at. */
FP_INLINE uint64_t add(unsigned bits, fp_env_t env, uint64_t a_bits, uint64_t b_bits, bool negate)
{
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    if (fp_is_nan(a) || fp_is_nan(b))
        return fp_process_nans(bits, env, a_bits, a.kind, b_bits, b.kind);
    b.sign ^= negate;
    if (a.kind == FP_IS_FINITE && b.kind == FP_IS_FINITE)
        return add_finite(bits, env, a, b);
    if (a.kind == FP_IS_INFINITE && b.kind == FP_IS_INFINITE)
        return a.sign == b.sign ? fp_infinity(bits, a.sign) : fp_invalid(bits, env);
    if (a.kind == FP_IS_INFINITE || b.kind == FP_IS_INFINITE)
        return fp_infinity(bits, a.kind == FP_IS_INFINITE ? a.sign : b.sign);
    if (a.kind == FP_IS_ZERO && b.kind == FP_IS_ZERO)
        return a.sign == b.sign ? fp_zero(bits, a.sign) : fp_sum_zero(bits, env);
    fp_value_t rest = a.kind == FP_IS_ZERO ? b : a;
    return fp_round_pack(bits, env, rest.sign, rest.exponent, rest.mantissa);
}

/* --- multiplication --- */

FP_INLINE uint64_t mul_finite(unsigned bits, fp_env_t env, fp_value_t a, fp_value_t b)
{
    unsigned __int128 product = (unsigned __int128)a.mantissa * b.mantissa;
    int exponent = a.exponent + b.exponent + 1;
    if (!(product >> 127)) {
        product <<= 1;
        exponent--;
    }
    return fp_round_pack(bits, env, a.sign ^ b.sign, exponent, (uint64_t)(product >> 64) | ((uint64_t)product != 0));
}

FP_INLINE uint64_t mul(unsigned bits, fp_env_t env, uint64_t a_bits, uint64_t b_bits, bool extended)
{
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    if (fp_is_nan(a) || fp_is_nan(b))
        return fp_process_nans(bits, env, a_bits, a.kind, b_bits, b.kind);
    if (a.kind == FP_IS_FINITE && b.kind == FP_IS_FINITE)
        return mul_finite(bits, env, a, b);
    bool sign = a.sign ^ b.sign, zero = a.kind == FP_IS_ZERO || b.kind == FP_IS_ZERO;
    if (a.kind != FP_IS_INFINITE && b.kind != FP_IS_INFINITE)
        return fp_zero(bits, sign);
    if (!zero)
        return fp_infinity(bits, sign);
    return extended ? fp_signed(bits, sign, fp_halves(bits, 4)) : fp_invalid(bits, env);
}

/* --- division and square root --- */

FP_INLINE uint64_t div_finite(unsigned bits, fp_env_t env, fp_value_t a, fp_value_t b)
{
    bool less = a.mantissa < b.mantissa;
    unsigned __int128 dividend = (unsigned __int128)a.mantissa << (less ? 64 : 63);
    uint64_t quotient = (uint64_t)(dividend / b.mantissa);
    bool rest = (unsigned __int128)quotient * b.mantissa != dividend;
    return fp_round_pack(bits, env, a.sign ^ b.sign, a.exponent - b.exponent - less, quotient | rest);
}

FP_INLINE uint64_t divide(unsigned bits, fp_env_t env, uint64_t a_bits, uint64_t b_bits)
{
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    if (fp_is_nan(a) || fp_is_nan(b))
        return fp_process_nans(bits, env, a_bits, a.kind, b_bits, b.kind);
    bool sign = a.sign ^ b.sign;
    if (a.kind == FP_IS_FINITE && b.kind == FP_IS_FINITE)
        return div_finite(bits, env, a, b);
    if (a.kind == b.kind)
        return fp_invalid(bits, env); /* 0 / 0, infinity / infinity */
    if (a.kind == FP_IS_INFINITE)
        return fp_infinity(bits, sign);
    if (b.kind == FP_IS_ZERO) {
        fp_raise(env, FPSR_DZC);
        return fp_infinity(bits, sign);
    }
    return fp_zero(bits, sign);
}

/* The root of a number in [2^62, 2^64), rounded down. */
static uint64_t root_64(uint64_t a)
{
    uint64_t root = 0, rest = a;
    for (uint64_t bit = UINT64_C(1) << 62; bit; bit >>= 2) {
        uint64_t trial = root + bit;
        root >>= 1;
        if (rest >= trial) {
            rest -= trial;
            root += bit;
        }
    }
    return root;
}

/* The root of a number in [2^126, 2^128), rounded down: 32 digits from the upper half, the rest by division. */
static uint64_t root_128(unsigned __int128 a)
{
    uint64_t high = root_64((uint64_t)(a >> 64));
    unsigned __int128 rest = (a >> 64) - (unsigned __int128)high * high;
    unsigned __int128 root = ((unsigned __int128)high << 32) + (rest << 32 | (uint32_t)(a >> 32)) / (2 * high);
    if (root > UINT64_MAX)
        root = UINT64_MAX;
    while (root * root > a)
        root--;
    return (uint64_t)root;
}

FP_INLINE uint64_t square_root(unsigned bits, fp_env_t env, uint64_t a_bits)
{
    fp_value_t a = fp_unpack(bits, env, a_bits);
    if (fp_is_nan(a))
        return fp_process_nan(bits, env, a_bits, a.kind);
    if (a.kind == FP_IS_ZERO)
        return fp_zero(bits, a.sign);
    if (a.sign)
        return fp_invalid(bits, env);
    if (a.kind == FP_IS_INFINITE)
        return fp_infinity(bits, false);
    bool odd = a.exponent & 1;
    unsigned __int128 radicand = (unsigned __int128)a.mantissa << (odd ? 64 : 63);
    uint64_t root = root_128(radicand);
    bool rest = (unsigned __int128)root * root != radicand;
    return fp_round_pack(bits, env, false, (a.exponent - odd) / 2, root | rest);
}

/* FAST is the short cut of fast.h, or nothing; result is its place. */
#define INSTANCE(name, parameters, fast, slow)                                                                         \
    uint64_t name parameters                                                                                           \
    {                                                                                                                  \
        uint64_t result;                                                                                               \
        return fast ? result : slow;                                                                                   \
    }
#if FP_HOST_SQRT
#define FAST_SQRT(bits) fp_fast_sqrt(bits, env, a, &result)
#else
#define FAST_SQRT(bits) (result = 0, false)
#endif
#define TWO (fp_env_t env, uint64_t a, uint64_t b)
#define ONE (fp_env_t env, uint64_t a)
#define INSTANCES(bits)                                                                                                \
    INSTANCE(fp##bits##_add, TWO, fp##bits##_fast_add(env, a, b, &result), add(bits, env, a, b, false))                \
    INSTANCE(fp##bits##_sub, TWO, fp##bits##_fast_add(env, a, b ^ fp_sign_bit(bits), &result),                         \
             add(bits, env, a, b, true))                                                                               \
    INSTANCE(fp##bits##_mul, TWO, fp##bits##_fast_mul(env, a, b, &result), mul(bits, env, a, b, false))                \
    INSTANCE(fp##bits##_mulx, TWO, fp##bits##_fast_mul(env, a, b, &result), mul(bits, env, a, b, true))                \
    INSTANCE(fp##bits##_div, TWO, fp##bits##_fast_div(env, a, b, &result), divide(bits, env, a, b))                    \
    INSTANCE(fp##bits##_sqrt, ONE, FAST_SQRT(bits), square_root(bits, env, a))
INSTANCES(32)
INSTANCES(64)

uint64_t fp16_add(fp_env_t env, uint64_t a, uint64_t b)
{
    return add(16, env, a, b, false);
}

uint64_t fp16_sub(fp_env_t env, uint64_t a, uint64_t b)
{
    return add(16, env, a, b, true);
}

uint64_t fp16_mul(fp_env_t env, uint64_t a, uint64_t b)
{
    return mul(16, env, a, b, false);
}

uint64_t fp16_mulx(fp_env_t env, uint64_t a, uint64_t b)
{
    return mul(16, env, a, b, true);
}

uint64_t fp16_div(fp_env_t env, uint64_t a, uint64_t b)
{
    return divide(16, env, a, b);
}

uint64_t fp16_sqrt(fp_env_t env, uint64_t a)
{
    return square_root(16, env, a);
}
