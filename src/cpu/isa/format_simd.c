/* Formats of Arm ARM C4.1, Advanced SIMD. rd, rn, rm are V registers unless it is said otherwise; ra is the arrangement
 * (format_simd.h).
 *
 * Most are one function with a description of what the encoding group allows; what it refuses is reserved. */
#include "cpu/isa/format_simd.h"

#include "cpu/isa/fields.h"

/* What a group allows and reads. */
enum {
    ALLOW_B = 1 << 0, /* size, bits 23:22 */
    ALLOW_H = 1 << 1,
    ALLOW_S = 1 << 2,
    ALLOW_D = 1 << 3,
    SIZE_OF_FP = 1 << 4,   /* bit 22: S or D */
    SIZE_IS_HALF = 1 << 5, /* FP16 */
    SIZE_IS_NONE = 1 << 6, /* B, whatever bits 23:22 are */
    SIZE_OF_FCVT = 1 << 7, /* bit 22: H or S, the shorter of the two formats */
    WITH_M = 1 << 8,
    READS_D = 1 << 9,
    READS_D_IF_Q = 1 << 10,
    SCALAR = 1 << 11,
    ANY_D = 1 << 12, /* 64-bit elements without Q as well */
    ALLOW_BHS = ALLOW_B | ALLOW_H | ALLOW_S,
    ALLOW_ALL = ALLOW_BHS | ALLOW_D,
};

static void vector_read(cpu_decoded_t *decoded, unsigned number)
{
    decoded->reads |= vector_bit(number);
}

static void vector_n(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = (uint8_t)field_register(word, FIELD_N);
    vector_read(decoded, decoded->insn.rn);
}

static void vector_m(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rm = (uint8_t)field_register(word, FIELD_M);
    vector_read(decoded, decoded->insn.rm);
}

static void vector_d(uint32_t word, cpu_decoded_t *decoded, bool reads)
{
    decoded->insn.rd = (uint8_t)field_register(word, FIELD_D);
    decoded->writes |= vector_bit(decoded->insn.rd);
    if (reads)
        vector_read(decoded, decoded->insn.rd);
}

static unsigned size_of(uint32_t word, unsigned group)
{
    if (group & SIZE_OF_FP)
        return 2 + field(word, 22, 1);
    if (group & SIZE_OF_FCVT)
        return 1 + field(word, 22, 1);
    return group & SIZE_IS_HALF ? 1 : group & SIZE_IS_NONE ? 0 : field(word, 22, 2);
}

static void arrange(cpu_decoded_t *decoded, unsigned size, bool q, unsigned group)
{
    decoded->insn.ra = (uint8_t)(size | (q ? SIMD_Q : 0) | (group & SCALAR ? SIMD_SCALAR : 0) |
                                 (group & READS_D ? SIMD_ACCUMULATES : 0));
}

/* Registers and arrangement. */
static bool group_operands(uint32_t word, cpu_decoded_t *decoded, unsigned group)
{
    unsigned size = size_of(word, group);
    bool q = field(word, 30, 1), named = !(group & (SIZE_OF_FP | SIZE_IS_HALF | SIZE_IS_NONE | SIZE_OF_FCVT));
    if (named && !(group >> size & 1))
        return false;
    if (size == 3 && !q && !(group & (SCALAR | ANY_D)))
        return false;
    vector_n(word, decoded);
    if (group & WITH_M)
        vector_m(word, decoded);
    vector_d(word, decoded, group & READS_D || (group & READS_D_IF_Q && q));
    arrange(decoded, size, q && !(group & SCALAR), group);
    return true;
}

#define FORMAT(name, group)                                                                                            \
    bool cpu_format_##name(uint32_t word, cpu_decoded_t *decoded)                                                      \
    {                                                                                                                  \
        return group_operands(word, decoded, group);                                                                   \
    }
FORMAT(same, ALLOW_ALL | WITH_M)
FORMAT(same_bhs, ALLOW_BHS | WITH_M)
FORMAT(same_hs, ALLOW_H | ALLOW_S | WITH_M)
FORMAT(same_b, ALLOW_B | WITH_M)
FORMAT(same_acc_bhs, ALLOW_BHS | WITH_M | READS_D)
FORMAT(same_acc_hs, ALLOW_H | ALLOW_S | WITH_M | READS_D)
FORMAT(same_acc_bits, SIZE_IS_NONE | WITH_M | READS_D)
FORMAT(bits, SIZE_IS_NONE | WITH_M)
FORMAT(bits_acc, SIZE_IS_NONE | WITH_M | READS_D)
FORMAT(same_fp, SIZE_OF_FP | WITH_M)
FORMAT(same_fp_acc, SIZE_OF_FP | WITH_M | READS_D)
FORMAT(same_half, SIZE_IS_HALF | WITH_M)
FORMAT(same_half_acc, SIZE_IS_HALF | WITH_M | READS_D)
FORMAT(scalar_same, ALLOW_ALL | WITH_M | SCALAR)
FORMAT(scalar_same_hs, ALLOW_H | ALLOW_S | WITH_M | SCALAR)
FORMAT(scalar_same_acc_hs, ALLOW_H | ALLOW_S | WITH_M | SCALAR | READS_D)
FORMAT(scalar_same_fp, SIZE_OF_FP | WITH_M | SCALAR)
FORMAT(scalar_same_half, SIZE_IS_HALF | WITH_M | SCALAR)
FORMAT(misc, ALLOW_ALL)
FORMAT(misc_bhs, ALLOW_BHS)
FORMAT(misc_bh, ALLOW_B | ALLOW_H)
FORMAT(misc_bits, SIZE_IS_NONE)
FORMAT(misc_words, ALLOW_S)
FORMAT(misc_acc, ALLOW_ALL | READS_D)
FORMAT(misc_acc_bhs, ALLOW_BHS | READS_D)
FORMAT(misc_narrow, ALLOW_BHS | READS_D_IF_Q)
FORMAT(misc_fp, SIZE_OF_FP)
FORMAT(misc_half, SIZE_IS_HALF)
FORMAT(misc_fcvt_narrow, SIZE_OF_FCVT | READS_D_IF_Q)
FORMAT(misc_fcvt_long, SIZE_OF_FCVT)
FORMAT(scalar_misc, ALLOW_ALL | SCALAR)
FORMAT(scalar_misc_bhs, ALLOW_BHS | SCALAR)
FORMAT(scalar_misc_acc, ALLOW_ALL | SCALAR | READS_D)
FORMAT(scalar_misc_fp, SIZE_OF_FP | SCALAR)
FORMAT(scalar_misc_half, SIZE_IS_HALF | SCALAR)
FORMAT(scalar_fcvtxn, SIZE_OF_FCVT | SCALAR)
FORMAT(across_fp, SIZE_OF_FP)
FORMAT(across_half, SIZE_IS_HALF)
FORMAT(pair_d, ALLOW_D | SCALAR)
FORMAT(pair_fp, SIZE_OF_FP | SCALAR)
FORMAT(pair_half, SIZE_IS_HALF | SCALAR)
FORMAT(long_bhs, ALLOW_BHS | WITH_M)
FORMAT(long_hs, ALLOW_H | ALLOW_S | WITH_M)
FORMAT(long_d, ALLOW_D | WITH_M | ANY_D)
FORMAT(long_acc_bhs, ALLOW_BHS | WITH_M | READS_D)
FORMAT(long_acc_hs, ALLOW_H | ALLOW_S | WITH_M | READS_D)
FORMAT(narrow_m, ALLOW_BHS | WITH_M | READS_D_IF_Q)
FORMAT(scalar_long_hs, ALLOW_H | ALLOW_S | WITH_M | SCALAR)
FORMAT(scalar_long_acc_hs, ALLOW_H | ALLOW_S | WITH_M | SCALAR | READS_D)
FORMAT(crypto, SIZE_IS_NONE)
FORMAT(crypto_acc, SIZE_IS_NONE | READS_D)
FORMAT(crypto_nm, SIZE_IS_NONE | WITH_M)
FORMAT(crypto_acc_m, SIZE_IS_NONE | WITH_M | READS_D)
#undef FORMAT

/* Words only as 4S: two of them are a pairwise instruction's business. */
bool cpu_format_across(uint32_t word, cpu_decoded_t *decoded)
{
    return group_operands(word, decoded, ALLOW_BHS) && (field(word, 22, 2) != 2 || field(word, 30, 1));
}

/* ra is a register. */
bool cpu_format_crypto_nma(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_crypto_nm(word, decoded);
    decoded->insn.ra = (uint8_t)field_register(word, FIELD_A);
    vector_read(decoded, decoded->insn.ra);
    return true;
}

/* imm: the rotation. */
bool cpu_format_crypto_rotate(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 10, 6);
    return cpu_format_crypto_nm(word, decoded);
}

/* --- complex numbers; imm: the rotation --- */

static bool complex_size(uint32_t word)
{
    unsigned size = field(word, 22, 2);
    return size != 0 && (size != 3 || field(word, 30, 1));
}

bool cpu_format_complex_mul(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 11, 2);
    return complex_size(word) && group_operands(word, decoded, ALLOW_ALL | WITH_M | READS_D);
}

bool cpu_format_complex_add(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 12, 1);
    return complex_size(word) && group_operands(word, decoded, ALLOW_ALL | WITH_M);
}

/* imm: the rotation in bits 1:0, the index of the complex number above. */
bool cpu_format_element_complex(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned size = field(word, 22, 2), high = field(word, 11, 1), low = field(word, 21, 1), q = field(word, 30, 1);
    if ((size != 1 && size != 2) || (size == 1 && high && !q) || (size == 2 && (low || !q)))
        return false;
    decoded->insn.imm = field(word, 13, 2) | (size == 1 ? high << 1 | low : high) << 2;
    return group_operands(word, decoded, ALLOW_ALL | WITH_M | READS_D);
}

/* --- by element; imm: the index --- */

/* H elements are H:L:M of one of sixteen registers, S H:L, D H. */
static bool element(uint32_t word, cpu_decoded_t *decoded, unsigned group)
{
    unsigned size = size_of(word, group), low = field(word, 21, 1), m = field(word, 20, 1);
    unsigned index = field(word, 11, 1);
    if (!group_operands(word, decoded, group) || (size == 3 && low))
        return false;
    if (size < 3)
        index = index << 1 | low;
    decoded->insn.rm = (uint8_t)field(word, 16, size == 1 ? 4 : 5);
    if (size == 1)
        index = index << 1 | m;
    vector_read(decoded, decoded->insn.rm);
    decoded->insn.imm = index;
    decoded->insn.ra |= SIMD_ELEMENT;
    return true;
}

#define FORMAT(name, group)                                                                                            \
    bool cpu_format_##name(uint32_t word, cpu_decoded_t *decoded)                                                      \
    {                                                                                                                  \
        return element(word, decoded, group);                                                                          \
    }
FORMAT(element, ALLOW_H | ALLOW_S)
FORMAT(element_acc, ALLOW_H | ALLOW_S | READS_D)
FORMAT(element_dot, ALLOW_S | READS_D)
FORMAT(element_fp, SIZE_OF_FP)
FORMAT(element_fp_acc, SIZE_OF_FP | READS_D)
FORMAT(element_half, SIZE_IS_HALF)
FORMAT(element_half_acc, SIZE_IS_HALF | READS_D)
FORMAT(scalar_element, ALLOW_H | ALLOW_S | SCALAR)
FORMAT(scalar_element_acc, ALLOW_H | ALLOW_S | SCALAR | READS_D)
FORMAT(scalar_element_fp, SIZE_OF_FP | SCALAR)
FORMAT(scalar_element_fp_acc, SIZE_OF_FP | SCALAR | READS_D)
FORMAT(scalar_element_half, SIZE_IS_HALF | SCALAR)
FORMAT(scalar_element_half_acc, SIZE_IS_HALF | SCALAR | READS_D)
#undef FORMAT

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

/* --- table lookup, extract --- */

/* imm: bytes of the table. */
static bool table(uint32_t word, cpu_decoded_t *decoded, unsigned group)
{
    unsigned registers = field(word, 13, 2) + 1;
    group_operands(word, decoded, group);
    for (unsigned i = 0; i < registers; i++)
        vector_read(decoded, (decoded->insn.rn + i) % 32);
    if (registers > 2)
        decoded->cost = COST_SIMD_TABLE;
    decoded->insn.imm = registers * 16;
    return true;
}

bool cpu_format_table(uint32_t word, cpu_decoded_t *decoded)
{
    return table(word, decoded, SIZE_IS_NONE | WITH_M);
}

bool cpu_format_table_acc(uint32_t word, cpu_decoded_t *decoded)
{
    return table(word, decoded, SIZE_IS_NONE | WITH_M | READS_D);
}

/* imm: the first byte. */
bool cpu_format_extract_v(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 11, 4);
    group_operands(word, decoded, SIZE_IS_NONE | WITH_M);
    return field(word, 30, 1) || decoded->insn.imm < 8;
}

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
