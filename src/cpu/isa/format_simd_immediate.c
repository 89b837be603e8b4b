/* Formats of Arm ARM C4.1, Advanced SIMD, whose element size stands in an immediate: shift by immediate, copy, modified
 * immediate. Registers as in format_simd.c. */
#include "cpu/isa/format_simd_group.h"

/* --- shift by immediate; imm: the shift --- */

enum { SHIFT_RIGHT = 1 << 16, SHIFT_LEFT = 0 };

/* The leading one of immh says the size; of immh:immb what is above esize is a left shift, what is below twice that a
 * right one. */
static bool shift(uint32_t word, cpu_decoded_t *decoded, unsigned group)
{
    unsigned immh = field(word, 19, 4), immhb = field(word, 16, 7);
    if (!immh)
        return false;
    unsigned size = (unsigned)bits_log2(immh), bits = 8u << size;
    bool q = field(word, 30, 1);
    if (!(group >> size & 1) || (size == 3 && !q && !(group & SCALAR)))
        return false;
    vector_n(word, decoded);
    vector_d(word, decoded, group & READS_D || (group & READS_D_IF_Q && q && !(group & SCALAR)));
    arrange(decoded, size, q && !(group & SCALAR), group);
    decoded->insn.imm = group & SHIFT_RIGHT ? 2 * bits - immhb : immhb - bits;
    return true;
}

#define FORMAT(name, group)                                                                                            \
    bool cpu_format_##name(uint32_t word, cpu_decoded_t *decoded)                                                      \
    {                                                                                                                  \
        return shift(word, decoded, group);                                                                            \
    }
FORMAT(shift_right, ALLOW_ALL | SHIFT_RIGHT)
FORMAT(shift_right_acc, ALLOW_ALL | SHIFT_RIGHT | READS_D)
FORMAT(shift_left, ALLOW_ALL | SHIFT_LEFT)
FORMAT(shift_left_acc, ALLOW_ALL | SHIFT_LEFT | READS_D)
FORMAT(shift_long, ALLOW_BHS | SHIFT_LEFT)
FORMAT(shift_narrow, ALLOW_BHS | SHIFT_RIGHT | READS_D_IF_Q)
FORMAT(scalar_shift_right, ALLOW_D | SHIFT_RIGHT | SCALAR)
FORMAT(scalar_shift_right_acc, ALLOW_D | SHIFT_RIGHT | SCALAR | READS_D)
FORMAT(scalar_shift_left_d, ALLOW_D | SHIFT_LEFT | SCALAR)
FORMAT(scalar_shift_left, ALLOW_ALL | SHIFT_LEFT | SCALAR)
FORMAT(scalar_shift_left_acc, ALLOW_D | SHIFT_LEFT | SCALAR | READS_D)
FORMAT(scalar_shift_narrow, ALLOW_BHS | SHIFT_RIGHT | SCALAR)
FORMAT(shift_fixed, ALLOW_H | ALLOW_S | ALLOW_D | SHIFT_RIGHT)
FORMAT(scalar_shift_fixed, ALLOW_H | ALLOW_S | ALLOW_D | SHIFT_RIGHT | SCALAR)
#undef FORMAT

/* --- copy; imm: the index (of Vd for INS, with that of Vn in bits 15:8) --- */

/* The lowest one of imm5 says the size, what is above it the index. */
static bool copy(uint32_t word, cpu_decoded_t *decoded, bool q)
{
    unsigned imm5 = field(word, 16, 5);
    if (!(imm5 & 15))
        return false;
    unsigned size = (unsigned)__builtin_ctz(imm5);
    decoded->insn.imm = imm5 >> (size + 1);
    arrange(decoded, size, q, 0);
    return size < 3 || q;
}

bool cpu_format_duplicate(uint32_t word, cpu_decoded_t *decoded)
{
    vector_n(word, decoded);
    vector_d(word, decoded, false);
    return copy(word, decoded, field(word, 30, 1));
}

bool cpu_format_duplicate_scalar(uint32_t word, cpu_decoded_t *decoded)
{
    vector_n(word, decoded);
    vector_d(word, decoded, false);
    return copy(word, decoded, true);
}

/* rn is a general register; there is no index. */
bool cpu_format_duplicate_x(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    vector_d(word, decoded, false);
    bool allowed = copy(word, decoded, field(word, 30, 1));
    decoded->insn.imm = 0;
    return allowed;
}

/* rd is a general register. */
static bool move_element(uint32_t word, cpu_decoded_t *decoded)
{
    vector_n(word, decoded);
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    return copy(word, decoded, field(word, 30, 1));
}

bool cpu_format_move_signed(uint32_t word, cpu_decoded_t *decoded)
{
    return move_element(word, decoded) && (decoded->insn.ra & SIMD_SIZE) < (field(word, 30, 1) ? 3 : 2);
}

bool cpu_format_move_unsigned(uint32_t word, cpu_decoded_t *decoded)
{
    return move_element(word, decoded) && ((decoded->insn.ra & SIMD_SIZE) == 3) == field(word, 30, 1);
}

bool cpu_format_insert_x(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    vector_d(word, decoded, true);
    return copy(word, decoded, true);
}

bool cpu_format_insert_element(uint32_t word, cpu_decoded_t *decoded)
{
    vector_n(word, decoded);
    vector_d(word, decoded, true);
    if (!copy(word, decoded, true))
        return false;
    decoded->insn.imm |= (int64_t)(field(word, 11, 4) >> (decoded->insn.ra & SIMD_SIZE)) << 8;
    return true;
}

/* --- modified immediate; imm: the constant (AdvSIMDExpandImm), inverted for MVNI --- */

static uint64_t expand_bytes(unsigned imm8)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++)
        value |= imm8 >> i & 1 ? UINT64_C(0xff) << (8 * i) : 0;
    return value;
}

static uint64_t constant(uint32_t word)
{
    const uint64_t words = UINT64_C(0x0000000100000001), halves = UINT64_C(0x0001000100010001);
    unsigned cmode = field(word, 12, 4), op = field(word, 29, 1);
    unsigned imm8 = field(word, 16, 3) << 5 | field(word, 5, 5);
    if (cmode < 8)
        return ((uint64_t)imm8 << (cmode >> 1) * 8) * words;
    if (cmode < 12)
        return ((uint64_t)imm8 << (cmode >> 1 & 1) * 8) * halves;
    if (cmode < 14)
        return (cmode & 1 ? (uint64_t)imm8 << 16 | 0xffff : (uint64_t)imm8 << 8 | 0xff) * words;
    if (cmode == 14)
        return op ? expand_bytes(imm8) : imm8 * UINT64_C(0x0101010101010101);
    if (field(word, 11, 1))
        return cpu_format_expand_fp(imm8, 1) * halves;
    return op ? cpu_format_expand_fp(imm8, 3) : cpu_format_expand_fp(imm8, 2) * words;
}

bool cpu_format_modified(uint32_t word, cpu_decoded_t *decoded)
{
    vector_d(word, decoded, false);
    arrange(decoded, 0, field(word, 30, 1), 0);
    uint64_t value = constant(word);
    bool inverts = field(word, 29, 1) && field(word, 12, 4) < 14;
    decoded->insn.imm = (int64_t)(inverts ? ~value : value);
    return true;
}

/* ORR and BIC; the constant as it is. */
bool cpu_format_modified_acc(uint32_t word, cpu_decoded_t *decoded)
{
    vector_d(word, decoded, true);
    arrange(decoded, 0, field(word, 30, 1), 0);
    decoded->insn.imm = (int64_t)constant(word);
    return true;
}
