/* Formats of Arm ARM C4.1, Data Processing -- Register. */
#include "cpu/flags.h"
#include "cpu/isa/fields.h"

bool cpu_format_registers_n(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    return true;
}

bool cpu_format_registers_nm(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_registers_n(word, decoded);
    decoded->insn.rm = source(decoded, field_register(word, FIELD_M));
    return true;
}

bool cpu_format_registers_nma(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_registers_nm(word, decoded);
    decoded->insn.ra = source(decoded, field_register(word, FIELD_A));
    return true;
}

/* imm: the amount by which Rm is shifted; the row says how. Not shifting costs nothing. */
bool cpu_format_shifted(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_registers_nm(word, decoded);
    decoded->insn.imm = field(word, 10, 6);
    if (!decoded->insn.imm)
        decoded->cost = COST_ALU;
    return true;
}

bool cpu_format_shifted_flags(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->writes_flags = true;
    return cpu_format_shifted(word, decoded);
}

/* Rm is shifted left and right by ra to leave the field; XOR and minus imm<31:0> extend its sign (0: unsigned), and it
 * is shifted left by imm >> 32. Rn may be SP. */
static bool extended_operands(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned option = field(word, 13, 3), shift = field(word, 10, 3), bits = 8u << (option & 3);
    if (shift > 4)
        return false;
    bool is_signed = option & 4 && bits < 64;
    decoded->insn.rn = source_sp(decoded, field_register(word, FIELD_N));
    decoded->insn.rm = source(decoded, field_register(word, FIELD_M));
    decoded->insn.ra = (uint8_t)(64 - bits);
    decoded->insn.imm = (int64_t)((uint64_t)shift << 32 | (is_signed ? UINT64_C(1) << (bits - 1) : 0));
    if (shift == 0 && (option == 3 || (option == 2 && !(word >> 31))))
        decoded->cost = COST_ALU; /* LSL #0 */
    return true;
}

bool cpu_format_extended(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination_sp(decoded, field_register(word, FIELD_D));
    return extended_operands(word, decoded);
}

bool cpu_format_extended_flags(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_D));
    decoded->writes_flags = true;
    return extended_operands(word, decoded);
}

bool cpu_format_carry(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->reads_flags = true;
    return cpu_format_registers_nm(word, decoded);
}

bool cpu_format_carry_flags(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->writes_flags = true;
    return cpu_format_carry(word, decoded);
}

/* imm: the rotation; ra: which flags are written. */
bool cpu_format_rotate_into_flags(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    decoded->insn.imm = field(word, 15, 6);
    decoded->insn.ra = (uint8_t)field(word, 0, 4);
    return cpu_format_flags_only(word, decoded);
}

bool cpu_format_evaluate_into_flags(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    return cpu_format_flags_only(word, decoded);
}

/* imm<15:0>: the condition set; ra: NZCV where it fails. */
static bool compare_operands(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    decoded->insn.ra = (uint8_t)field(word, 0, 4);
    decoded->insn.imm = flags_condition_set(field(word, 12, 4));
    return cpu_format_flags_only(word, decoded);
}

bool cpu_format_compare_if(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rm = source(decoded, field_register(word, FIELD_M));
    return compare_operands(word, decoded);
}

/* rm: the immediate. */
bool cpu_format_compare_imm_if(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rm = (uint8_t)field(word, 16, 5);
    return compare_operands(word, decoded);
}

/* imm: the condition set. */
bool cpu_format_select(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = flags_condition_set(field(word, 12, 4));
    decoded->reads_flags = true;
    return cpu_format_registers_nm(word, decoded);
}
