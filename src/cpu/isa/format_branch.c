/* Formats of Arm ARM C4.1, Branches, Exception Generating and System instructions. */
#include "cpu/flags.h"
#include "cpu/isa/fields.h"

/* imm: bytes from the instruction; rm, ra: the condition set, low and high byte. */
bool cpu_format_branch_condition(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned set = flags_condition_set(field(word, 0, 4));
    decoded->insn.imm = field_signed(word, 5, 19) * 4;
    decoded->insn.rm = (uint8_t)set;
    decoded->insn.ra = (uint8_t)(set >> 8);
    decoded->reads_flags = true;
    return true;
}

bool cpu_format_m5op(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 16, 8);
    return true;
}

bool cpu_format_imm16(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 5, 16);
    return true;
}

/* imm: CRm:op2. */
bool cpu_format_hint(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 5, 7);
    return true;
}

/* imm: CRm. */
bool cpu_format_barrier(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 8, 4);
    return true;
}

bool cpu_format_flags_only(uint32_t word, cpu_decoded_t *decoded)
{
    (void)word;
    decoded->reads_flags = true;
    decoded->writes_flags = true;
    return true;
}

/* imm: CRm; rm: op1; ra: op2. */
bool cpu_format_msr_imm(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 8, 4);
    decoded->insn.rm = (uint8_t)field(word, 16, 3);
    decoded->insn.ra = (uint8_t)field(word, 5, 3);
    return true;
}

/* imm: the key, op0:op1:CRn:CRm:op2; rd: Xt, read. NZCV is a register, too. */
bool cpu_format_system_write(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 5, 16);
    decoded->insn.rd = source(decoded, field_register(word, FIELD_T));
    decoded->writes_flags = true;
    return true;
}

/* The same with Xt written. */
bool cpu_format_system_read(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field(word, 5, 16);
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_T));
    decoded->reads_flags = true;
    return true;
}

bool cpu_format_branch_register(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    return true;
}

/* rd: X30. */
bool cpu_format_branch_register_link(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source(decoded, field_register(word, FIELD_N));
    decoded->insn.rd = destination(decoded, 30);
    return true;
}

/* imm: bytes from the instruction. */
bool cpu_format_branch(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field_signed(word, 0, 26) * 4;
    return true;
}

/* The same; rd: X30. */
bool cpu_format_branch_link(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field_signed(word, 0, 26) * 4;
    decoded->insn.rd = destination(decoded, 30);
    return true;
}

/* imm: bytes from the instruction; rn: the register tested. */
bool cpu_format_compare_branch(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field_signed(word, 5, 19) * 4;
    decoded->insn.rn = source(decoded, field_register(word, FIELD_T));
    return true;
}

/* The same; ra: the bit tested. */
bool cpu_format_test_branch(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field_signed(word, 5, 14) * 4;
    decoded->insn.rn = source(decoded, field_register(word, FIELD_T));
    decoded->insn.ra = (uint8_t)(field(word, 31, 1) << 5 | field(word, 19, 5));
    return true;
}
