/* Data processing (DDI 0487, C4.1.86 and C4.1.89). */
#include "axiomatic/walk.h"
#include "base/bits.h"

static bool is_wide(uint32_t word)
{
    return bit_get(word, 31);
}

static axiomatic_value_t combine(uint64_t bits, axiomatic_value_t a, axiomatic_value_t b)
{
    return (axiomatic_value_t){bits, axiomatic_join(a.from, b.from)};
}

static uint64_t with_width(uint64_t bits, bool wide)
{
    return wide ? bits : (uint32_t)bits;
}

/* AddWithCarry and its flags. */
static uint64_t add_with_carry(uint64_t a, uint64_t b, bool carry, bool wide, uint64_t *ret_flags)
{
    unsigned width = wide ? 64 : 32;
    __extension__ typedef unsigned __int128 wide_t;
    wide_t sum = (wide_t)a + b + carry;
    uint64_t result = with_width((uint64_t)sum, wide), sign = UINT64_C(1) << (width - 1);
    bool overflows = ~(a ^ b) & (a ^ result) & sign;
    *ret_flags = (uint64_t) !!(result & sign) << 31 | (uint64_t)!result << 30 | (uint64_t)((sum >> width) & 1) << 29 |
                 (uint64_t)overflows << 28;
    return result;
}

static void add_sub(axiomatic_walk_t *walk, uint32_t word, axiomatic_value_t a, axiomatic_value_t b)
{
    bool wide = is_wide(word), subtracts = bit_get(word, 30);
    uint64_t flags;
    uint64_t sum = add_with_carry(a.bits, with_width(subtracts ? ~b.bits : b.bits, wide), subtracts, wide, &flags);
    axiomatic_walk_set(walk, word & 31, wide, combine(sum, a, b));
    if (bit_get(word, 29))
        walk->flags = combine(flags, a, b);
}

/* SP has no place in a litmus test. */
static bool uses_sp(axiomatic_walk_t *walk, uint32_t word)
{
    bool used = bits_get(word, 5, 5) == 31 || ((word & 31) == 31 && !bit_get(word, 29));
    if (used)
        axiomatic_walk_fail(walk, "it does not know SP");
    return used;
}

void axiomatic_add_sub_immediate(axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_value_t immediate = {.bits = bits_get(word, 10, 12) << (bit_get(word, 22) ? 12 : 0)};
    if (!uses_sp(walk, word))
        add_sub(walk, word, axiomatic_walk_get(walk, bits_get(word, 5, 5), is_wide(word)), immediate);
}

/* LSL, LSR, ASR, ROR. */
static uint64_t shifted(uint64_t bits, unsigned kind, unsigned amount, bool wide)
{
    unsigned width = wide ? 64 : 32;
    switch (kind) {
    case 0: return with_width(bits << amount, wide);
    case 1: return with_width(bits, wide) >> amount;
    case 2: return with_width((uint64_t)(bits_sign_extend(bits, width) >> amount), wide);
    default: return bits_rotate_right(bits, amount, width);
    }
}

static axiomatic_value_t shifted_operand(const axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_value_t value = axiomatic_walk_get(walk, bits_get(word, 16, 5), is_wide(word));
    value.bits = shifted(value.bits, (unsigned)bits_get(word, 22, 2), (unsigned)bits_get(word, 10, 6), is_wide(word));
    return value;
}

void axiomatic_add_sub_shifted(axiomatic_walk_t *walk, uint32_t word)
{
    add_sub(walk, word, axiomatic_walk_get(walk, bits_get(word, 5, 5), is_wide(word)), shifted_operand(walk, word));
}

void axiomatic_add_sub_extended(axiomatic_walk_t *walk, uint32_t word)
{
    unsigned option = (unsigned)bits_get(word, 13, 3), width = 8u << (option & 3);
    axiomatic_value_t value = axiomatic_walk_get(walk, bits_get(word, 16, 5), true);
    value.bits = option & 4 ? (uint64_t)bits_sign_extend(value.bits, width) : value.bits & bits_mask(width);
    value.bits = with_width(value.bits << bits_get(word, 10, 3), is_wide(word));
    if (!uses_sp(walk, word))
        add_sub(walk, word, axiomatic_walk_get(walk, bits_get(word, 5, 5), is_wide(word)), value);
}

static void logical(axiomatic_walk_t *walk, uint32_t word, axiomatic_value_t b)
{
    bool wide = is_wide(word);
    unsigned operation = (unsigned)bits_get(word, 29, 2);
    axiomatic_value_t a = axiomatic_walk_get(walk, bits_get(word, 5, 5), wide);
    uint64_t bits = operation == 1 ? a.bits | b.bits : operation == 2 ? a.bits ^ b.bits : a.bits & b.bits;
    bits = with_width(bits, wide);
    axiomatic_walk_set(walk, word & 31, wide, combine(bits, a, b));
    if (operation == 3)
        walk->flags = combine(bit_get(bits, wide ? 63 : 31) << 31 | (uint64_t)!bits << 30, a, b);
}

void axiomatic_logical_shifted(axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_value_t value = shifted_operand(walk, word);
    if (bit_get(word, 21))
        value.bits = with_width(~value.bits, is_wide(word));
    logical(walk, word, value);
}

/* DecodeBitMasks: wmask of a logical immediate. */
static uint64_t bitmask(uint32_t word)
{
    unsigned pattern = (unsigned)(bits_get(word, 22, 1) << 6 | (~word >> 10 & 63));
    unsigned log2 = 31u - (unsigned)__builtin_clz(pattern), size = 1u << log2;
    unsigned ones = (unsigned)bits_get(word, 10, log2) + 1, rotation = (unsigned)bits_get(word, 16, log2);
    uint64_t element = bits_rotate_right(bits_mask(ones), rotation, size);
    for (; size < 64; size *= 2)
        element |= element << size;
    return element;
}

void axiomatic_logical_immediate(axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_value_t immediate = {.bits = with_width(bitmask(word), is_wide(word))};
    if ((word & 31) == 31 && bits_get(word, 29, 2) != 3)
        axiomatic_walk_fail(walk, "it does not know SP");
    logical(walk, word, immediate);
}

void axiomatic_move_wide(axiomatic_walk_t *walk, uint32_t word)
{
    unsigned shift = (unsigned)bits_get(word, 21, 2) * 16;
    axiomatic_value_t value = {.bits = bits_get(word, 5, 16) << shift};
    if (bits_get(word, 29, 2) == 0) {
        value.bits = ~value.bits;
    } else if (bits_get(word, 29, 2) == 3) {
        axiomatic_value_t old = axiomatic_walk_get(walk, word & 31, is_wide(word));
        value = combine((old.bits & ~(UINT64_C(0xffff) << shift)) | value.bits, old, value);
    }
    axiomatic_walk_set(walk, word & 31, is_wide(word), value);
}

/* SBFM, BFM, UBFM. */
void axiomatic_bitfield(axiomatic_walk_t *walk, uint32_t word)
{
    bool wide = is_wide(word);
    unsigned width = wide ? 64 : 32, r = (unsigned)bits_get(word, 16, 6), s = (unsigned)bits_get(word, 10, 6);
    unsigned kind = (unsigned)bits_get(word, 29, 2), length = s >= r ? s - r + 1 : s + 1, at = s >= r ? 0 : width - r;
    axiomatic_value_t from = axiomatic_walk_get(walk, bits_get(word, 5, 5), wide), old = {0};
    uint64_t field = bits_get(from.bits, s >= r ? r : 0, length);
    uint64_t bits = field << at;
    if (kind == 0)
        bits = (uint64_t)bits_sign_extend(field, length) << at;
    if (kind == 1) {
        old = axiomatic_walk_get(walk, word & 31, wide);
        bits = bits_set(old.bits, at, length, field);
    }
    axiomatic_walk_set(walk, word & 31, wide, combine(bits, from, old));
}

/* EXTR; ROR by a number is one. */
void axiomatic_extract(axiomatic_walk_t *walk, uint32_t word)
{
    bool wide = is_wide(word);
    unsigned width = wide ? 64 : 32, lsb = (unsigned)bits_get(word, 10, 6);
    axiomatic_value_t high = axiomatic_walk_get(walk, bits_get(word, 5, 5), wide);
    axiomatic_value_t low = axiomatic_walk_get(walk, bits_get(word, 16, 5), wide);
    uint64_t bits = lsb ? low.bits >> lsb | high.bits << (width - lsb) : low.bits;
    axiomatic_walk_set(walk, word & 31, wide, combine(bits, high, low));
}

/* CSEL and its kin: a value from the register that is selected, and no more than a pick from the flags. */
void axiomatic_select(axiomatic_walk_t *walk, uint32_t word)
{
    bool wide = is_wide(word), holds = axiomatic_condition_holds(walk->flags.bits, (unsigned)bits_get(word, 12, 4));
    axiomatic_value_t value = axiomatic_walk_get(walk, bits_get(word, holds ? 5 : 16, 5), wide);
    if (!holds && bit_get(word, 30))
        value.bits = ~value.bits;
    if (!holds && bit_get(word, 10))
        value.bits++;
    value.from.pick |= walk->flags.from.pick;
    axiomatic_walk_set(walk, word & 31, wide, value);
}

static uint64_t quotient(uint64_t a, uint64_t b, bool is_signed, bool wide)
{
    if (!b)
        return 0;
    if (!is_signed)
        return a / b;
    int64_t dividend = bits_sign_extend(a, wide ? 64 : 32), divisor = bits_sign_extend(b, wide ? 64 : 32);
    return divisor == -1 ? 0 - (uint64_t)dividend : (uint64_t)(dividend / divisor);
}

/* UDIV, SDIV, LSLV, LSRV, ASRV, RORV. */
void axiomatic_two_sources(axiomatic_walk_t *walk, uint32_t word)
{
    bool wide = is_wide(word);
    unsigned operation = (unsigned)bits_get(word, 10, 6);
    axiomatic_value_t a = axiomatic_walk_get(walk, bits_get(word, 5, 5), wide);
    axiomatic_value_t b = axiomatic_walk_get(walk, bits_get(word, 16, 5), wide);
    uint64_t bits = 0;
    if (operation == 2 || operation == 3)
        bits = quotient(a.bits, b.bits, operation == 3, wide);
    else if (operation >= 8 && operation <= 11)
        bits = shifted(a.bits, operation - 8, (unsigned)b.bits & (wide ? 63 : 31), wide);
    else
        axiomatic_walk_fail(walk, "it does not know this instruction");
    axiomatic_walk_set(walk, word & 31, wide, combine(bits, a, b));
}

void axiomatic_multiply_add(axiomatic_walk_t *walk, uint32_t word)
{
    bool wide = is_wide(word);
    axiomatic_value_t a = axiomatic_walk_get(walk, bits_get(word, 5, 5), wide);
    axiomatic_value_t b = axiomatic_walk_get(walk, bits_get(word, 16, 5), wide);
    axiomatic_value_t addend = axiomatic_walk_get(walk, bits_get(word, 10, 5), wide);
    uint64_t product = a.bits * b.bits;
    uint64_t bits = bit_get(word, 15) ? addend.bits - product : addend.bits + product;
    axiomatic_walk_set(walk, word & 31, wide, combine(bits, combine(0, a, b), addend));
}
