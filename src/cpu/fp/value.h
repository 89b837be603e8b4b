/* Numbers taken apart, and put together again: what every operation of cpu/fp shares. Private to cpu/fp.
 *
 * Functions take the format as its number of bits, a constant where they are called, and are inlined, so that there is
 * one text and three formats. */
#ifndef MESIM_CPU_FP_VALUE_H
#define MESIM_CPU_FP_VALUE_H

#include "cpu/fp/fp.h"

#define FP_INLINE static inline __attribute__((always_inline))

typedef enum fp_kind { FP_IS_ZERO, FP_IS_FINITE, FP_IS_INFINITE, FP_IS_QNAN, FP_IS_SNAN } fp_kind_t;

/* Finite and not zero: mantissa * 2^(exponent - 63), bit 63 of the mantissa set. */
typedef struct fp_value {
    uint64_t mantissa;
    int exponent;
    bool sign;
    fp_kind_t kind;
} fp_value_t;

/* --- formats --- */

FP_INLINE unsigned fp_fraction_bits(unsigned bits)
{
    return bits == 16 ? 10 : bits == 32 ? 23 : 52;
}

FP_INLINE int fp_bias(unsigned bits)
{
    return bits == 16 ? 15 : bits == 32 ? 127 : 1023;
}

FP_INLINE int fp_max_field(unsigned bits)
{
    return 2 * fp_bias(bits) + 1;
}

FP_INLINE uint64_t fp_sign_bit(unsigned bits)
{
    return UINT64_C(1) << (bits - 1);
}

FP_INLINE uint64_t fp_fraction_mask(unsigned bits)
{
    return (UINT64_C(1) << fp_fraction_bits(bits)) - 1;
}

FP_INLINE uint64_t fp_quiet_bit(unsigned bits)
{
    return UINT64_C(1) << (fp_fraction_bits(bits) - 1);
}

FP_INLINE uint64_t fp_signed(unsigned bits, bool sign, uint64_t magnitude)
{
    return magnitude | (sign ? fp_sign_bit(bits) : 0);
}

FP_INLINE uint64_t fp_zero(unsigned bits, bool sign)
{
    return fp_signed(bits, sign, 0);
}

FP_INLINE uint64_t fp_infinity(unsigned bits, bool sign)
{
    return fp_signed(bits, sign, (uint64_t)fp_max_field(bits) << fp_fraction_bits(bits));
}

FP_INLINE uint64_t fp_max_normal(unsigned bits, bool sign)
{
    return fp_signed(bits, sign, ((uint64_t)fp_max_field(bits) << fp_fraction_bits(bits)) - 1);
}

FP_INLINE uint64_t fp_default_nan(unsigned bits)
{
    return fp_infinity(bits, false) | fp_quiet_bit(bits);
}

/* `numerator` / 2, a power of two's multiple that every format holds: 2.0 is (4), 1.5 is (3). */
FP_INLINE uint64_t fp_halves(unsigned bits, unsigned numerator)
{
    uint64_t one = (uint64_t)fp_bias(bits) << fp_fraction_bits(bits), step = UINT64_C(1) << fp_fraction_bits(bits);
    return numerator == 4 ? one + step : one + step / 2;
}

FP_INLINE void fp_raise(fp_env_t env, unsigned flags)
{
    *env.fpsr |= flags;
}

FP_INLINE bool fp_flushes(unsigned bits, fp_env_t env)
{
    return env.fpcr & (bits == 16 ? FPCR_FZ16 : FPCR_FZ);
}

/* --- taking apart --- */

FP_INLINE bool fp_is_nan(fp_value_t value)
{
    return value.kind >= FP_IS_QNAN;
}

/* FPUnpackBase; `flush` and `alternative` (a half without infinities and NaNs) are the caller's to decide. */
FP_INLINE fp_value_t fp_unpack_as(unsigned bits, fp_env_t env, uint64_t a, bool flush, bool alternative)
{
    unsigned fraction_bits = fp_fraction_bits(bits);
    uint64_t fraction = a & fp_fraction_mask(bits);
    int field = (int)(a >> fraction_bits) & fp_max_field(bits);
    fp_value_t value = {.sign = a & fp_sign_bit(bits), .kind = FP_IS_FINITE};
    if (field == 0) {
        if (fraction && flush && bits != 16)
            fp_raise(env, FPSR_IDC);
        if (!fraction || flush) {
            value.kind = FP_IS_ZERO;
            return value;
        }
        int shift = __builtin_clzll(fraction);
        value.mantissa = fraction << shift;
        value.exponent = 1 - fp_bias(bits) - (int)fraction_bits + 63 - shift;
    } else if (field == fp_max_field(bits) && !alternative) {
        value.kind = !fraction ? FP_IS_INFINITE : fraction & fp_quiet_bit(bits) ? FP_IS_QNAN : FP_IS_SNAN;
    } else {
        value.mantissa = UINT64_C(1) << 63 | fraction << (63 - fraction_bits);
        value.exponent = field - fp_bias(bits);
    }
    return value;
}

FP_INLINE fp_value_t fp_unpack(unsigned bits, fp_env_t env, uint64_t a)
{
    return fp_unpack_as(bits, env, a, fp_flushes(bits, env), false);
}

/* FPProcessNaN. */
FP_INLINE uint64_t fp_process_nan(unsigned bits, fp_env_t env, uint64_t a, fp_kind_t kind)
{
    if (kind == FP_IS_SNAN)
        fp_raise(env, FPSR_IOC);
    return env.fpcr & FPCR_DN ? fp_default_nan(bits) : a | fp_quiet_bit(bits);
}

/* FPProcessNaNs: one of them is a NaN; signalling ones come first. */
FP_INLINE uint64_t fp_process_nans(unsigned bits, fp_env_t env, uint64_t a, fp_kind_t kind_a, uint64_t b,
                                   fp_kind_t kind_b)
{
    bool second = kind_a != FP_IS_SNAN && (kind_b == FP_IS_SNAN || kind_a != FP_IS_QNAN);
    if (fp_has_fault(env, FP_FAULT_FIRST_NAN_WINS))
        second = kind_a < FP_IS_QNAN;
    return fp_process_nan(bits, env, second ? b : a, second ? kind_b : kind_a);
}

FP_INLINE uint64_t fp_invalid(unsigned bits, fp_env_t env)
{
    fp_raise(env, FPSR_IOC);
    return fp_default_nan(bits);
}

/* --- putting together --- */

/* Shifted right; bits shifted out are or-ed into the lowest, so that rounding still sees them. */
FP_INLINE uint64_t fp_shift_right_jam(uint64_t mantissa, unsigned count)
{
    if (count == 0)
        return mantissa;
    if (count > 63)
        return mantissa != 0;
    return mantissa >> count | (mantissa << (64 - count) != 0);
}

/* Whether what lies above is increased by one, where `rest` lies below it and `half` is half of its last place. */
FP_INLINE bool fp_rounds_up(fp_rounding_t rounding, bool sign, bool odd, uint64_t rest, uint64_t half)
{
    switch (rounding) {
    case FP_TIE_EVEN: return rest > half || (rest == half && odd);
    case FP_TIE_AWAY: return rest >= half;
    case FP_POSITIVE: return rest && !sign;
    case FP_NEGATIVE: return rest && sign;
    case FP_TO_ODD: return rest && !odd;
    case FP_TO_ZERO: break;
    }
    return false;
}

FP_INLINE uint64_t fp_overflow(unsigned bits, fp_env_t env, bool sign, fp_rounding_t rounding)
{
    bool to_infinity = rounding == FP_TIE_EVEN || rounding == FP_TIE_AWAY || (rounding == FP_POSITIVE && !sign) ||
                       (rounding == FP_NEGATIVE && sign);
    fp_raise(env, FPSR_OFC | FPSR_IXC);
    return to_infinity ? fp_infinity(bits, sign) : fp_max_normal(bits, sign);
}

/* FPRoundBase of a number that is not zero: mantissa * 2^(exponent - 63), bit 63 set, bit 0 sticky. Tininess is
 * detected before rounding (A1.5.4). alternative: a half without infinities. */
FP_INLINE uint64_t fp_round_pack_as(unsigned bits, fp_env_t env, bool sign, int exponent, uint64_t mantissa,
                                    fp_rounding_t rounding, bool flush, bool alternative)
{
    unsigned below = 63 - fp_fraction_bits(bits);
    int field = exponent + fp_bias(bits);
    if (field < 1) {
        if (flush) {
            fp_raise(env, FPSR_UFC);
            return fp_zero(bits, sign);
        }
        mantissa = fp_shift_right_jam(mantissa, (unsigned)(1 - field));
    }
    uint64_t rest = mantissa & ((UINT64_C(1) << below) - 1), kept = mantissa >> below;
    kept += fp_rounds_up(rounding, sign, kept & 1, rest, UINT64_C(1) << (below - 1));
    int limit = fp_max_field(bits) + alternative;
    /* The mantissa's leading bit adds one to the exponent field; a carry out of the fraction one more. */
    if (field < limit)
        kept += (uint64_t)(field < 1 ? 0 : field - 1) << fp_fraction_bits(bits);
    if (field >= limit || kept >= (uint64_t)limit << fp_fraction_bits(bits)) {
        if (!alternative)
            return fp_overflow(bits, env, sign, rounding);
        fp_raise(env, FPSR_IOC);
        return fp_signed(bits, sign, fp_sign_bit(bits) - 1);
    }
    if (rest)
        fp_raise(env, field < 1 ? FPSR_UFC | FPSR_IXC : FPSR_IXC);
    return fp_signed(bits, sign, kept);
}

FP_INLINE uint64_t fp_round_pack(unsigned bits, fp_env_t env, bool sign, int exponent, uint64_t mantissa)
{
    return fp_round_pack_as(bits, env, sign, exponent, mantissa, fp_env_rounding(env), fp_flushes(bits, env), false);
}

/* The sign of an exact zero that is a sum of opposites. */
FP_INLINE uint64_t fp_sum_zero(unsigned bits, fp_env_t env)
{
    return fp_zero(bits, fp_env_rounding(env) == FP_NEGATIVE);
}

#endif
