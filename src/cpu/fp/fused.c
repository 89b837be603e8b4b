/* Multiply and add with one rounding, and the Newton-Raphson steps made of it. */
#include "cpu/fp/fast.h"

typedef unsigned __int128 wide_t;

static wide_t shift_right_jam(wide_t mantissa, unsigned count)
{
    if (count == 0)
        return mantissa;
    if (count > 127)
        return mantissa != 0;
    return mantissa >> count | (mantissa << (128 - count) != 0);
}

static int leading_zeros(wide_t mantissa)
{
    uint64_t high = (uint64_t)(mantissa >> 64);
    return high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)mantissa);
}

/* A finite number that is not zero, wide enough for any product: mantissa * 2^(exponent - 127), bit 127 set. */
typedef struct wide_value {
    wide_t mantissa;
    int exponent;
    bool sign;
} wide_value_t;

static wide_value_t product_of(fp_value_t a, fp_value_t b)
{
    wide_t product = (wide_t)a.mantissa * b.mantissa;
    bool top = product >> 127;
    return (wide_value_t){top ? product : product << 1, a.exponent + b.exponent + top, a.sign ^ b.sign};
}

static uint64_t narrow(wide_t mantissa)
{
    return (uint64_t)(mantissa >> 64) | ((uint64_t)mantissa != 0);
}

/* (a + b) * 2^scale */
FP_INLINE uint64_t add_wide(unsigned bits, fp_env_t env, wide_value_t a, wide_value_t b, int scale)
{
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.mantissa < b.mantissa)) {
        wide_value_t swap = a;
        a = b;
        b = swap;
    }
    wide_t small = shift_right_jam(b.mantissa, (unsigned)(a.exponent - b.exponent));
    int exponent = a.exponent + scale;
    if (a.sign == b.sign) {
        wide_t sum = a.mantissa + small;
        if (sum < a.mantissa) {
            sum = (wide_t)1 << 127 | sum >> 1 | (sum & 1);
            exponent++;
        }
        return fp_round_pack(bits, env, a.sign, exponent, narrow(sum));
    }
    wide_t difference = a.mantissa - small;
    if (!difference)
        return fp_sum_zero(bits, env);
    int shift = leading_zeros(difference);
    return fp_round_pack(bits, env, a.sign, exponent - shift, narrow(difference << shift));
}

/* (addend + a * b) * 2^scale, where all are finite, and perhaps zero. */
FP_INLINE uint64_t muladd_finite(unsigned bits, fp_env_t env, fp_value_t addend, fp_value_t a, fp_value_t b, int scale)
{
    bool sign = a.sign ^ b.sign, product_is_zero = a.kind == FP_IS_ZERO || b.kind == FP_IS_ZERO;
    if (product_is_zero && addend.kind == FP_IS_ZERO)
        return addend.sign == sign ? fp_zero(bits, sign) : fp_sum_zero(bits, env);
    if (product_is_zero)
        return fp_round_pack(bits, env, addend.sign, addend.exponent + scale, addend.mantissa);
    wide_value_t product = product_of(a, b);
    if (addend.kind == FP_IS_ZERO)
        return fp_round_pack(bits, env, sign, product.exponent + scale, narrow(product.mantissa));
    wide_value_t wide_addend = {(wide_t)addend.mantissa << 64, addend.exponent, addend.sign};
    return add_wide(bits, env, product, wide_addend, scale);
}

/* FPMulAdd. */
FP_INLINE uint64_t muladd(unsigned bits, fp_env_t env, uint64_t addend_bits, uint64_t a_bits, uint64_t b_bits)
{
    if (fp_has_fault(env, FP_FAULT_ROUNDS_TWICE))
        return bits == 16   ? fp16_add(env, fp16_mul(env, a_bits, b_bits), addend_bits)
               : bits == 32 ? fp32_add(env, fp32_mul(env, a_bits, b_bits), addend_bits)
                            : fp64_add(env, fp64_mul(env, a_bits, b_bits), addend_bits);
    fp_value_t addend = fp_unpack(bits, env, addend_bits);
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    bool infinite = a.kind == FP_IS_INFINITE || b.kind == FP_IS_INFINITE;
    bool invalid = infinite && (a.kind == FP_IS_ZERO || b.kind == FP_IS_ZERO);
    if (fp_is_nan(addend) || fp_is_nan(a) || fp_is_nan(b)) {
        if (addend.kind == FP_IS_QNAN && invalid)
            return fp_invalid(bits, env);
        if (addend.kind == FP_IS_SNAN || (addend.kind == FP_IS_QNAN && a.kind != FP_IS_SNAN && b.kind != FP_IS_SNAN))
            return fp_process_nan(bits, env, addend_bits, addend.kind);
        return fp_process_nans(bits, env, a_bits, a.kind, b_bits, b.kind);
    }
    bool sign = a.sign ^ b.sign;
    if (invalid || (infinite && addend.kind == FP_IS_INFINITE && addend.sign != sign))
        return fp_invalid(bits, env);
    if (infinite || addend.kind == FP_IS_INFINITE)
        return fp_infinity(bits, infinite ? sign : addend.sign);
    return muladd_finite(bits, env, addend, a, b, 0);
}

/* FPRecipStepFused and FPRSqrtStepFused: halves / 2 - a * b; scale -1 halves it. */
FP_INLINE uint64_t step(unsigned bits, fp_env_t env, uint64_t a_bits, uint64_t b_bits, uint64_t constant,
                        uint64_t otherwise, int scale)
{
    a_bits ^= fp_sign_bit(bits);
    fp_value_t a = fp_unpack(bits, env, a_bits), b = fp_unpack(bits, env, b_bits);
    if (fp_is_nan(a) || fp_is_nan(b))
        return fp_process_nans(bits, env, a_bits, a.kind, b_bits, b.kind);
    if (a.kind == FP_IS_INFINITE || b.kind == FP_IS_INFINITE) {
        bool zero = a.kind == FP_IS_ZERO || b.kind == FP_IS_ZERO;
        return zero ? otherwise : fp_infinity(bits, a.sign ^ b.sign);
    }
    return muladd_finite(bits, env, fp_unpack(bits, env, constant), a, b, scale);
}

FP_INLINE uint64_t recps(unsigned bits, fp_env_t env, uint64_t a, uint64_t b)
{
    return step(bits, env, a, b, fp_halves(bits, 4), fp_halves(bits, 4), 0);
}

FP_INLINE uint64_t rsqrts(unsigned bits, fp_env_t env, uint64_t a, uint64_t b)
{
    uint64_t one_and_a_half = fp_halves(bits, 3), three = one_and_a_half + (UINT64_C(1) << fp_fraction_bits(bits));
    return step(bits, env, a, b, three, one_and_a_half, -1);
}

#define INSTANCES(bits)                                                                                                \
    uint64_t fp##bits##_muladd_long(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b)                             \
    {                                                                                                                  \
        return muladd(bits, env, addend, a, b);                                                                        \
    }                                                                                                                  \
    uint64_t fp##bits##_recps(fp_env_t env, uint64_t a, uint64_t b)                                                    \
    {                                                                                                                  \
        return recps(bits, env, a, b);                                                                                 \
    }                                                                                                                  \
    uint64_t fp##bits##_rsqrts(fp_env_t env, uint64_t a, uint64_t b)                                                   \
    {                                                                                                                  \
        return rsqrts(bits, env, a, b);                                                                                \
    }
INSTANCES(16)
INSTANCES(32)
INSTANCES(64)

uint64_t fp16_muladd(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b)
{
    return fp16_muladd_long(env, addend, a, b);
}

uint64_t fp32_muladd(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b)
{
    uint64_t sum;
    return fp32_fast_muladd(env, addend, a, b, &sum) ? sum : fp32_muladd_long(env, addend, a, b);
}

uint64_t fp64_muladd(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b)
{
    uint64_t sum;
    return fp64_fast_muladd(env, addend, a, b, &sum) ? sum : fp64_muladd_long(env, addend, a, b);
}
