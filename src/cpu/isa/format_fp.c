/* Formats of Arm ARM C4.1, scalar floating point. rd, rn, rm, ra are V registers unless it is said otherwise. */
#include "cpu/flags.h"
#include "cpu/isa/fields.h"
#include "cpu/isa/format_simd.h"

/* ptype: S, D, -, H as log2 of its bytes. */
static unsigned type_size(uint32_t word)
{
    static const uint8_t sizes[4] = {2, 3, 4, 1};
    return sizes[field(word, 22, 2)];
}

static uint8_t read_v(cpu_decoded_t *decoded, unsigned number)
{
    decoded->reads |= vector_bit(number);
    return (uint8_t)number;
}

static uint8_t write_v(cpu_decoded_t *decoded, unsigned number)
{
    decoded->writes |= vector_bit(number);
    return (uint8_t)number;
}

/* --- between V and general registers; ra: the arrangement, imm: fraction bits and FP_IS_X --- */

static void conversion(uint32_t word, cpu_decoded_t *decoded, bool to_general)
{
    unsigned rd = field_register(word, FIELD_D), rn = field_register(word, FIELD_N);
    decoded->insn.rd = to_general ? destination(decoded, rd) : write_v(decoded, rd);
    decoded->insn.rn = to_general ? read_v(decoded, rn) : source(decoded, rn);
    decoded->insn.ra = (uint8_t)type_size(word);
    decoded->insn.imm = word >> 31 ? FP_IS_X : 0;
}

bool cpu_format_to_integer(uint32_t word, cpu_decoded_t *decoded)
{
    conversion(word, decoded, true);
    return true;
}

bool cpu_format_from_integer(uint32_t word, cpu_decoded_t *decoded)
{
    conversion(word, decoded, false);
    return true;
}

/* 64 - scale fraction bits; no more than the general register has. */
static bool fixed_point(uint32_t word, cpu_decoded_t *decoded, bool to_general)
{
    unsigned fraction_bits = 64 - field(word, 10, 6);
    conversion(word, decoded, to_general);
    decoded->insn.imm |= fraction_bits;
    return word >> 31 || fraction_bits <= 32;
}

bool cpu_format_to_fixed(uint32_t word, cpu_decoded_t *decoded)
{
    return fixed_point(word, decoded, true);
}

bool cpu_format_from_fixed(uint32_t word, cpu_decoded_t *decoded)
{
    return fixed_point(word, decoded, false);
}

bool cpu_format_to_javascript(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->writes_flags = true;
    return cpu_format_to_integer(word, decoded);
}

bool cpu_format_move_to_x(uint32_t word, cpu_decoded_t *decoded)
{
    return cpu_format_to_integer(word, decoded);
}

bool cpu_format_move_from_x(uint32_t word, cpu_decoded_t *decoded)
{
    return cpu_format_from_integer(word, decoded);
}

/* The lower half of Vd stays. */
bool cpu_format_move_from_x_top(uint32_t word, cpu_decoded_t *decoded)
{
    read_v(decoded, field_register(word, FIELD_D));
    return cpu_format_from_integer(word, decoded);
}

/* --- V registers only --- */

bool cpu_format_v_n(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = write_v(decoded, field_register(word, FIELD_D));
    decoded->insn.rn = read_v(decoded, field_register(word, FIELD_N));
    return true;
}

bool cpu_format_v_nm(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rm = read_v(decoded, field_register(word, FIELD_M));
    return cpu_format_v_n(word, decoded);
}

bool cpu_format_v_nma(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.ra = read_v(decoded, field_register(word, FIELD_A));
    return cpu_format_v_nm(word, decoded);
}

/* imm: the constant (VFPExpandImm): sign, an exponent of three bits, four bits of fraction. */
uint64_t cpu_format_expand_fp(unsigned imm8, unsigned size)
{
    unsigned fraction_bits = size == 1 ? 10 : size == 2 ? 23 : 52, bits = 8u << size;
    unsigned exponent_bits = bits - 1 - fraction_bits;
    uint64_t b = imm8 >> 6 & 1, repeated = b ? bits_mask(exponent_bits - 3) : 0;
    uint64_t exponent = (b ^ 1) << (exponent_bits - 1) | repeated << 2 | (imm8 >> 4 & 3);
    return (uint64_t)(imm8 >> 7) << (bits - 1) | exponent << fraction_bits |
           (uint64_t)(imm8 & 15) << (fraction_bits - 4);
}

bool cpu_format_fp_imm(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = write_v(decoded, field_register(word, FIELD_D));
    decoded->insn.imm = (int64_t)cpu_format_expand_fp(field(word, 13, 8), type_size(word));
    return true;
}

/* --- flags --- */

bool cpu_format_compare_fp_zero(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = read_v(decoded, field_register(word, FIELD_N));
    decoded->writes_flags = true;
    return true;
}

bool cpu_format_compare_fp(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rm = read_v(decoded, field_register(word, FIELD_M));
    return cpu_format_compare_fp_zero(word, decoded);
}

/* imm: the condition set; ra: the flags where it does not hold. */
bool cpu_format_compare_fp_if(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = flags_condition_set(field(word, 12, 4));
    decoded->insn.ra = (uint8_t)field(word, 0, 4);
    decoded->reads_flags = true;
    return cpu_format_compare_fp(word, decoded);
}

bool cpu_format_fp_select(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = flags_condition_set(field(word, 12, 4));
    decoded->reads_flags = true;
    return cpu_format_v_nm(word, decoded);
}
