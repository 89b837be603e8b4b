/* Formats of Arm ARM C4.1, Data Processing -- Immediate. Constants are worked out here, once, so that the instruction
 * itself is an operation or two. */
#include "cpu/isa/fields.h"

/* imm: the word, for reports. */
bool cpu_format_undefined(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = word;
    return true;
}

bool cpu_format_none(uint32_t word, cpu_decoded_t *decoded)
{
    (void)word;
    (void)decoded;
    return true;
}

static int64_t pc_relative_offset(uint32_t word)
{
    return field_signed(word, 5, 19) * 4 + field(word, 29, 2);
}

/* imm: bytes from the instruction. */
bool cpu_format_pc_relative(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    decoded->insn.imm = bits_sign_extend((uint64_t)pc_relative_offset(word), 21);
    return true;
}

/* imm: bytes from the instruction's 4 KB page. */
bool cpu_format_pc_relative_page(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_pc_relative(word, decoded);
    decoded->insn.imm *= 4096;
    return true;
}

static void addsub_operands(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source_sp(decoded, field_register(word, FIELD_N));
    decoded->insn.imm = (int64_t)field(word, 10, 12) << (field(word, 22, 1) ? 12 : 0);
}

/* imm: shifted. Rd may be SP. */
bool cpu_format_addsub_imm(uint32_t word, cpu_decoded_t *decoded)
{
    addsub_operands(word, decoded);
    decoded->insn.rd = destination_sp(decoded, field_register(word, FIELD_D));
    return true;
}

/* The same for ADDS and SUBS, where Rd may be XZR. */
bool cpu_format_addsub_imm_flags(uint32_t word, cpu_decoded_t *decoded)
{
    addsub_operands(word, decoded);
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    decoded->writes_flags = true;
    return true;
}

/* A pattern of `width` bits repeated over `total` bits. */
static uint64_t replicate(uint64_t pattern, unsigned width, unsigned total)
{
    for (; width < total; width *= 2)
        pattern |= pattern << width;
    return pattern;
}

/* DecodeBitMasks of the manual (J1.1) for logical immediates: the element size is given by the highest bit of N:~imms.
 */
static bool logical_constant(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned total = word >> 31 ? 64 : 32;
    unsigned imms = field(word, 10, 6), immr = field(word, 16, 6);
    unsigned selector = field(word, 22, 1) << 6 | (~imms & 0x3f);
    if (selector < 2)
        return false;
    unsigned width = 1u << (31 - __builtin_clz(selector));
    unsigned ones = (imms & (width - 1)) + 1;
    if (ones == width)
        return false;
    uint64_t element = bits_rotate_right(bits_mask(ones), immr & (width - 1), width);
    decoded->insn.imm = (int64_t)replicate(element, width, total);
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    return true;
}

/* imm: the constant. Rd may be SP. */
bool cpu_format_logical_imm(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination_sp(decoded, field_register(word, FIELD_D));
    return logical_constant(word, decoded);
}

/* The same for ANDS, where Rd may be XZR. */
bool cpu_format_logical_imm_flags(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    decoded->writes_flags = true;
    return logical_constant(word, decoded);
}

/* imm: the value Rd gets. */
bool cpu_format_move_wide(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    decoded->insn.imm = (int64_t)((uint64_t)field(word, 5, 16) << (field(word, 21, 2) * 16));
    return true;
}

bool cpu_format_move_wide_not(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_move_wide(word, decoded);
    decoded->insn.imm = ~decoded->insn.imm;
    if (!(word >> 31))
        decoded->insn.imm = (uint32_t)decoded->insn.imm;
    return true;
}

/* imm: the sixteen bits in their place; ra: that place. */
bool cpu_format_move_wide_keep(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_move_wide(word, decoded);
    decoded->insn.rn = source(decoded, field_register(word, FIELD_D));
    decoded->insn.ra = (uint8_t)(field(word, 21, 2) * 16);
    return true;
}

/* Operands of the bitfield group; immr and imms below are R and S of the manual. */
static void bitfield_operands(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
}

/* Rd is Rn shifted left by rm, then right by ra: the field's top bit goes to the top, then all to its place. */
bool cpu_format_bitfield_shifts(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned width = word >> 31 ? 64 : 32;
    unsigned imms = field(word, 10, 6), immr = field(word, 16, 6);
    bitfield_operands(word, decoded);
    decoded->insn.rm = (uint8_t)(width - 1 - imms);
    decoded->insn.ra = (uint8_t)(imms >= immr ? width - 1 - imms + immr : immr - imms - 1);
    return true;
}

/* Rd is Rn rotated right by ra, and the mask imm (wmask AND tmask of DecodeBitMasks). */
bool cpu_format_bitfield_mask(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned width = word >> 31 ? 64 : 32;
    unsigned imms = field(word, 10, 6), immr = field(word, 16, 6);
    bitfield_operands(word, decoded);
    decoded->insn.ra = (uint8_t)immr;
    decoded->insn.imm =
        imms >= immr ? (int64_t)bits_mask(imms - immr + 1) : (int64_t)(bits_mask(imms + 1) << (width - immr));
    return true;
}

/* The same; bits outside the mask stay, so Rd is read as well. */
bool cpu_format_bitfield_insert(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_bitfield_mask(word, decoded);
    decoded->insn.rm = source(decoded, field_register(word, FIELD_D));
    return true;
}

/* imm: how far Rn:Rm is shifted right. */
bool cpu_format_extract(uint32_t word, cpu_decoded_t *decoded)
{
    bitfield_operands(word, decoded);
    decoded->insn.rm = source(decoded, field_register(word, FIELD_M));
    decoded->insn.imm = field(word, 10, 6);
    return true;
}
