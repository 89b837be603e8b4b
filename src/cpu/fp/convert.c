/* Between formats, to and from integers and fixed point, and to integral values. */
#include "base/bits.h"
#include "cpu/fp/value.h"

/* --- formats --- */

/* FPConvertNaN: the payload keeps its upper end. */
FP_INLINE uint64_t convert_nan(unsigned from, unsigned to, uint64_t a)
{
    uint64_t payload = (a & fp_fraction_mask(from)) << (52 - fp_fraction_bits(from));
    return fp_signed(to, a & fp_sign_bit(from), fp_default_nan(to) | payload >> (52 - fp_fraction_bits(to)));
}

FP_INLINE uint64_t convert(unsigned from, unsigned to, fp_env_t env, uint64_t a_bits, fp_rounding_t rounding)
{
    bool alternative = env.fpcr & FPCR_AHP, to_alternative = to == 16 && alternative;
    fp_value_t a = fp_unpack_as(from, env, a_bits, from != 16 && env.fpcr & FPCR_FZ, from == 16 && alternative);
    switch (a.kind) {
    case FP_IS_QNAN:
    case FP_IS_SNAN:
        if (a.kind == FP_IS_SNAN || to_alternative)
            fp_raise(env, FPSR_IOC);
        if (to_alternative)
            return fp_zero(to, a.sign);
        return env.fpcr & FPCR_DN ? fp_default_nan(to) : convert_nan(from, to, a_bits);
    case FP_IS_INFINITE:
        if (!to_alternative)
            return fp_infinity(to, a.sign);
        fp_raise(env, FPSR_IOC);
        return fp_signed(to, a.sign, fp_sign_bit(to) - 1);
    case FP_IS_ZERO: return fp_zero(to, a.sign);
    case FP_IS_FINITE: break;
    }
    return fp_round_pack_as(to, env, a.sign, a.exponent, a.mantissa, rounding, to != 16 && env.fpcr & FPCR_FZ,
                            to_alternative);
}

uint64_t fp_convert_16_to_32(fp_env_t env, uint64_t a)
{
    return convert(16, 32, env, a, fp_env_rounding(env));
}

uint64_t fp_convert_16_to_64(fp_env_t env, uint64_t a)
{
    return convert(16, 64, env, a, fp_env_rounding(env));
}

uint64_t fp_convert_32_to_16(fp_env_t env, uint64_t a)
{
    return convert(32, 16, env, a, fp_env_rounding(env));
}

uint64_t fp_convert_32_to_64(fp_env_t env, uint64_t a)
{
    return convert(32, 64, env, a, fp_env_rounding(env));
}

uint64_t fp_convert_64_to_16(fp_env_t env, uint64_t a)
{
    return convert(64, 16, env, a, fp_env_rounding(env));
}

uint64_t fp_convert_64_to_32(fp_env_t env, uint64_t a)
{
    return convert(64, 32, env, a, fp_env_rounding(env));
}

uint64_t fp_convert_64_to_32_odd(fp_env_t env, uint64_t a)
{
    return convert(64, 32, env, a, FP_TO_ODD);
}

/* --- integers --- */

/* The integer part of mantissa * 2^(exponent - 63), rounded; exponent below 64. *ret_inexact: something was lost. A
 * rounding up from 2^64 - 1 gives 0 with *ret_carry. */
FP_INLINE uint64_t round_integer(fp_value_t a, fp_rounding_t rounding, bool *ret_inexact, bool *ret_carry)
{
    uint64_t whole = 0, rest = a.mantissa, half = UINT64_C(1) << 63;
    if (a.exponent == 63) {
        whole = a.mantissa;
        rest = 0;
    } else if (a.exponent >= 0) {
        whole = a.mantissa >> (63 - a.exponent);
        rest = a.mantissa << (a.exponent + 1);
    } else {
        rest = fp_shift_right_jam(a.mantissa, (unsigned)(-1 - a.exponent));
    }
    bool up = fp_rounds_up(rounding, a.sign, whole & 1, rest, half);
    *ret_inexact = rest != 0;
    *ret_carry = up && whole == UINT64_MAX;
    return whole + up;
}

/* FPToFixed. */
FP_INLINE uint64_t to_fixed(unsigned bits, fp_env_t env, uint64_t a_bits, unsigned width, unsigned fraction_bits,
                            bool is_unsigned, fp_rounding_t rounding)
{
    fp_value_t a = fp_unpack(bits, env, a_bits);
    uint64_t ones = bits_mask(width), top = UINT64_C(1) << (width - 1);
    uint64_t most = is_unsigned ? ones : top - 1, least = is_unsigned ? 0 : top;
    if (fp_is_nan(a)) {
        fp_raise(env, FPSR_IOC);
        return 0;
    }
    if (a.kind == FP_IS_ZERO)
        return 0;
    a.exponent += (int)fraction_bits;
    bool inexact = false, too_large = a.kind == FP_IS_INFINITE || a.exponent > 63;
    uint64_t magnitude = too_large ? 0 : round_integer(a, rounding, &inexact, &too_large);
    if (too_large || magnitude > (a.sign ? least : most)) {
        fp_raise(env, FPSR_IOC);
        return a.sign ? least : most;
    }
    if (inexact)
        fp_raise(env, FPSR_IXC);
    return (a.sign ? -magnitude : magnitude) & ones;
}

/* FixedToFP. */
FP_INLINE uint64_t from_fixed(unsigned bits, fp_env_t env, uint64_t value, unsigned fraction_bits, bool is_unsigned)
{
    bool sign = !is_unsigned && value >> 63;
    uint64_t magnitude = sign ? -value : value;
    if (!magnitude)
        return 0;
    int shift = __builtin_clzll(magnitude);
    return fp_round_pack(bits, env, sign, 63 - shift - (int)fraction_bits, magnitude << shift);
}

/* --- integral values --- */

/* FPRoundInt. The result always fits: a fraction is only cut off where the format has room for all digits before it. */
FP_INLINE uint64_t round_integral(unsigned bits, fp_env_t env, uint64_t a_bits, fp_rounding_t rounding, bool exact)
{
    fp_value_t a = fp_unpack(bits, env, a_bits);
    if (fp_is_nan(a))
        return fp_process_nan(bits, env, a_bits, a.kind);
    if (a.kind == FP_IS_ZERO)
        return fp_zero(bits, a.sign);
    if (a.kind == FP_IS_INFINITE || a.exponent >= (int)fp_fraction_bits(bits))
        return a_bits;
    bool inexact, carry;
    uint64_t whole = round_integer(a, rounding, &inexact, &carry);
    if (inexact && exact)
        fp_raise(env, FPSR_IXC);
    if (!whole)
        return fp_zero(bits, a.sign);
    int shift = __builtin_clzll(whole);
    return fp_round_pack(bits, env, a.sign, 63 - shift, whole << shift);
}

/* FPRoundIntN. */
FP_INLINE uint64_t round_to(unsigned bits, fp_env_t env, uint64_t a_bits, fp_rounding_t rounding, unsigned int_bits)
{
    fp_value_t a = fp_unpack(bits, env, a_bits);
    uint64_t least = fp_signed(bits, true, (uint64_t)(fp_bias(bits) + (int)int_bits - 1) << fp_fraction_bits(bits));
    if (a.kind == FP_IS_ZERO)
        return fp_zero(bits, a.sign);
    bool inexact = false, too_large = a.kind != FP_IS_FINITE || a.exponent > 63;
    uint64_t whole = too_large ? 0 : round_integer(a, rounding, &inexact, &too_large);
    uint64_t top = UINT64_C(1) << (int_bits - 1);
    if (too_large || whole > (a.sign ? top : top - 1)) {
        fp_raise(env, FPSR_IOC);
        return least;
    }
    if (inexact)
        fp_raise(env, FPSR_IXC);
    if (!whole)
        return fp_zero(bits, a.sign);
    int shift = __builtin_clzll(whole);
    return fp_round_pack(bits, env, a.sign, 63 - shift, whole << shift);
}

/* FPToFixedJS. */
uint32_t fp64_to_javascript(fp_env_t env, uint64_t a_bits, bool *ret_exact)
{
    fp_value_t a = fp_unpack(64, env, a_bits);
    *ret_exact = false;
    if (fp_is_nan(a) || a.kind == FP_IS_INFINITE) {
        fp_raise(env, FPSR_IOC);
        return 0;
    }
    if (a.kind == FP_IS_ZERO) {
        *ret_exact = a_bits == 0;
        return 0;
    }
    bool inexact = false, carry;
    uint64_t whole = 0;
    if (a.exponent < 64)
        whole = round_integer(a, FP_TO_ZERO, &inexact, &carry);
    else if (a.exponent < 64 + 32)
        whole = a.mantissa << (a.exponent - 63);
    bool too_large = a.exponent > 31 || whole > (a.sign ? UINT64_C(1) << 31 : (UINT64_C(1) << 31) - 1);
    if (too_large)
        fp_raise(env, FPSR_IOC);
    else if (inexact)
        fp_raise(env, FPSR_IXC);
    *ret_exact = !too_large && !inexact;
    return (uint32_t)(a.sign ? -whole : whole);
}

#define INSTANCES(bits)                                                                                                \
    uint64_t fp##bits##_to_fixed(fp_env_t env, uint64_t a, unsigned width, unsigned fraction_bits, bool is_unsigned,   \
                                 fp_rounding_t rounding)                                                               \
    {                                                                                                                  \
        return to_fixed(bits, env, a, width, fraction_bits, is_unsigned, rounding);                                    \
    }                                                                                                                  \
    uint64_t fp##bits##_from_fixed(fp_env_t env, uint64_t value, unsigned fraction_bits, bool is_unsigned)             \
    {                                                                                                                  \
        return from_fixed(bits, env, value, fraction_bits, is_unsigned);                                               \
    }                                                                                                                  \
    uint64_t fp##bits##_round(fp_env_t env, uint64_t a, fp_rounding_t rounding, bool exact)                            \
    {                                                                                                                  \
        return round_integral(bits, env, a, rounding, exact);                                                          \
    }                                                                                                                  \
    uint64_t fp##bits##_round_to(fp_env_t env, uint64_t a, fp_rounding_t rounding, unsigned int_bits)                  \
    {                                                                                                                  \
        return round_to(bits, env, a, rounding, int_bits);                                                             \
    }
INSTANCES(16)
INSTANCES(32)
INSTANCES(64)
