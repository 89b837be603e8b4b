/* Shifts and saturating arithmetic on one element (Arm ARM C7.2, pseudocode of SSHL, SQADD, SQDMULH and their kind).
 * Elements are passed sign- or zero-extended; results are right in their low `bits` bits. Where qc is NULL nothing
 * saturates, else *qc becomes true when it does. */
#ifndef MESIM_CPU_ISA_SIMD_INTEGER_H
#define MESIM_CPU_ISA_SIMD_INTEGER_H

#include "base/bits.h"
#include "cpu/memory_inline.h"

CPU_INLINE int64_t simd_most(unsigned bits)
{
    return (int64_t)(UINT64_MAX >> 1 >> (64 - bits));
}

CPU_INLINE int64_t simd_saturate_signed(int64_t value, unsigned bits, bool *qc)
{
    int64_t most = simd_most(bits);
    if (value > most || value < -most - 1) {
        *qc = true;
        return value > most ? most : -most - 1;
    }
    return value;
}

/* A signed value to an unsigned range. */
CPU_INLINE uint64_t simd_saturate_unsigned(int64_t value, unsigned bits, bool *qc)
{
    if (value < 0) {
        *qc = true;
        return 0;
    }
    if ((uint64_t)value > bits_mask(bits)) {
        *qc = true;
        return bits_mask(bits);
    }
    return (uint64_t)value;
}

CPU_INLINE uint64_t simd_saturate_unsigned_from(uint64_t value, unsigned bits, bool *qc)
{
    if (value <= bits_mask(bits))
        return value;
    *qc = true;
    return bits_mask(bits);
}

/* Right shifts by 1 and more, however far. */
CPU_INLINE int64_t simd_shift_right_signed(int64_t value, unsigned count, bool round)
{
    int64_t shifted = value >> (count > 63 ? 63 : count);
    unsigned last = count - 1 > 63 ? 63 : count - 1;
    return shifted + (round ? value >> last & 1 : 0);
}

CPU_INLINE uint64_t simd_shift_right_unsigned(uint64_t value, unsigned count, bool round)
{
    uint64_t shifted = count > 63 ? 0 : value >> count;
    return shifted + (round && count <= 64 ? value >> (count - 1) & 1 : 0);
}

/* Left where count is positive, right where it is negative. */
CPU_INLINE uint64_t simd_shift_signed(int64_t value, int count, unsigned bits, bool round, bool *qc)
{
    if (count < 0)
        return (uint64_t)simd_shift_right_signed(value, (unsigned)-count, round);
    unsigned left = (unsigned)count;
    int64_t shifted = left < bits ? bits_sign_extend((uint64_t)value << left, bits) : 0;
    bool lost = left < bits ? shifted >> left != value : value != 0;
    if (!qc || !lost)
        return (uint64_t)shifted;
    *qc = true;
    return (uint64_t)(value < 0 ? -simd_most(bits) - 1 : simd_most(bits));
}

CPU_INLINE uint64_t simd_shift_unsigned(uint64_t value, int count, unsigned bits, bool round, bool *qc)
{
    if (count < 0)
        return simd_shift_right_unsigned(value, (unsigned)-count, round);
    unsigned left = (unsigned)count;
    uint64_t shifted = left < bits ? value << left & bits_mask(bits) : 0;
    bool lost = left < bits ? shifted >> left != value : value != 0;
    if (!qc || !lost)
        return shifted;
    *qc = true;
    return bits_mask(bits);
}

/* SQSHLU: a signed value to an unsigned result. */
CPU_INLINE uint64_t simd_shift_to_unsigned(int64_t value, int count, unsigned bits, bool *qc)
{
    if (value >= 0)
        return simd_shift_unsigned((uint64_t)value, count, bits, false, qc);
    *qc = true;
    return 0;
}

CPU_INLINE int64_t simd_add_signed(int64_t a, int64_t b, unsigned bits, bool *qc)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return simd_saturate_signed(sum, bits, qc);
    *qc = true;
    return a < 0 ? -simd_most(bits) - 1 : simd_most(bits);
}

CPU_INLINE int64_t simd_sub_signed(int64_t a, int64_t b, unsigned bits, bool *qc)
{
    int64_t difference;
    if (!__builtin_sub_overflow(a, b, &difference))
        return simd_saturate_signed(difference, bits, qc);
    *qc = true;
    return a < 0 ? -simd_most(bits) - 1 : simd_most(bits);
}

CPU_INLINE uint64_t simd_add_unsigned(uint64_t a, uint64_t b, unsigned bits, bool *qc)
{
    uint64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return simd_saturate_unsigned_from(sum, bits, qc);
    *qc = true;
    return bits_mask(bits);
}

CPU_INLINE uint64_t simd_sub_unsigned(uint64_t a, uint64_t b, bool *qc)
{
    if (a >= b)
        return a - b;
    *qc = true;
    return 0;
}

/* SUQADD: signed a plus unsigned b, signed. */
CPU_INLINE int64_t simd_add_unsigned_to_signed(int64_t a, uint64_t b, unsigned bits, bool *qc)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum) && sum <= simd_most(bits))
        return sum;
    *qc = true;
    return simd_most(bits);
}

/* USQADD: unsigned a plus signed b, unsigned. */
CPU_INLINE uint64_t simd_add_signed_to_unsigned(uint64_t a, int64_t b, unsigned bits, bool *qc)
{
    uint64_t sum;
    if (!__builtin_add_overflow(a, b, &sum) && sum <= bits_mask(bits))
        return sum;
    *qc = true;
    return b < 0 ? 0 : bits_mask(bits);
}

/* SQDMULH and its kind: the upper half of addend:0 + 2 * a * b, of elements of up to 32 bits. */
CPU_INLINE int64_t simd_mul_high(int64_t addend, int64_t a, int64_t b, unsigned bits, bool round, bool *qc)
{
    __int128 sum = (__int128)addend * ((int64_t)1 << (bits - 1)) + (__int128)a * b;
    if (round)
        sum += (int64_t)1 << (bits - 2);
    return simd_saturate_signed((int64_t)(sum >> (bits - 1)), bits, qc);
}

/* SQDMULL: 2 * a * b, of elements of 16 or 32 bits, as one of twice the width. */
CPU_INLINE int64_t simd_mul_double(int64_t a, int64_t b, unsigned wide_bits, bool *qc)
{
    return simd_add_signed(a * b, a * b, wide_bits, qc);
}

CPU_INLINE uint16_t simd_multiply_polynomial(uint8_t a, uint8_t b)
{
    unsigned product = 0;
    for (unsigned i = 0; i < 8; i++)
        product ^= b >> i & 1 ? (unsigned)a << i : 0;
    return (uint16_t)product;
}

#endif
