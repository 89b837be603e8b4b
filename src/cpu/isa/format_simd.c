/* Formats of Arm ARM C4.1, Advanced SIMD. rd, rn, rm are V registers unless it is said otherwise; ra is the arrangement
 * (format_simd.h).
 *
 * Most are one function with a description of what the encoding group allows; what it refuses is reserved. */
#include "cpu/isa/format_simd_group.h"

static unsigned size_of(uint32_t word, unsigned group)
{
    if (group & SIZE_OF_FP)
        return 2 + field(word, 22, 1);
    if (group & SIZE_OF_FCVT)
        return 1 + field(word, 22, 1);
    return group & SIZE_IS_HALF ? 1 : group & SIZE_IS_NONE ? 0 : field(word, 22, 2);
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
