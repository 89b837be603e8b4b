/* Bit fields. Positions follow the Arm manual: bit 0 is the least significant, fields are named <msb:lsb>. */
#ifndef MESIM_BASE_BITS_H
#define MESIM_BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>

#define base_likely(x)   __builtin_expect(!!(x), 1)
#define base_unlikely(x) __builtin_expect(!!(x), 0)

/* A mask of `width` ones from bit 0; width 0 to 64. */
static inline uint64_t bits_mask(unsigned width)
{
    return width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1;
}

/* value<lsb+width-1:lsb>, right-aligned. */
static inline uint64_t bits_get(uint64_t value, unsigned lsb, unsigned width)
{
    return (value >> lsb) & bits_mask(width);
}

static inline uint64_t bits_set(uint64_t value, unsigned lsb, unsigned width, uint64_t field)
{
    uint64_t mask = bits_mask(width) << lsb;
    return (value & ~mask) | ((field << lsb) & mask);
}

static inline bool bit_get(uint64_t value, unsigned bit)
{
    return (value >> bit) & 1;
}

/* Sign-extends the low `width` bits (1 to 64). */
static inline int64_t bits_sign_extend(uint64_t value, unsigned width)
{
    return (int64_t)(value << (64 - width)) >> (64 - width);
}

/* Rotates the low `width` bits right; width is 1 to 64 and amount is below width. */
static inline uint64_t bits_rotate_right(uint64_t value, unsigned amount, unsigned width)
{
    value &= bits_mask(width);
    return amount ? ((value >> amount) | (value << (width - amount))) & bits_mask(width) : value;
}

static inline bool bits_is_power_of_two(uint64_t value)
{
    return value && !(value & (value - 1));
}

/* Log2 of a power of two. */
static inline unsigned bits_log2(uint64_t value)
{
    return 63u - (unsigned)__builtin_clzll(value);
}

#endif
