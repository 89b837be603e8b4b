/* Semantics of Arm ARM C4.1, Data Processing -- Register. What the operands hold is said in format_register.c.
 *
 * Groups whose members differ in one expression are written as one macro, a line a member: `a` is Rn and `b` the second
 * operand, both at the width of the instruction. */
#ifndef MESIM_CPU_ISA_EXEC_DP_REGISTER_H
#define MESIM_CPU_ISA_EXEC_DP_REGISTER_H

#include "cpu/isa/crc32.h"
#include "cpu/isa/exec.h"

#define EXEC_OPERANDS_W(name, second, expression)                                                                      \
    EXEC_ALU(name)                                                                                                     \
    {                                                                                                                  \
        uint32_t a = get_w(cpu, in->rn), b = second;                                                                   \
        set_w(cpu, in->rd, expression);                                                                                \
    }
#define EXEC_OPERANDS_X(name, second, expression)                                                                      \
    EXEC_ALU(name)                                                                                                     \
    {                                                                                                                  \
        uint64_t a = get_x(cpu, in->rn), b = second;                                                                   \
        set_x(cpu, in->rd, expression);                                                                                \
    }
#define EXEC_NM_W(name, expression) EXEC_OPERANDS_W(name, get_w(cpu, in->rm), expression)
#define EXEC_NM_X(name, expression) EXEC_OPERANDS_X(name, get_x(cpu, in->rm), expression)

/* Data-processing (2 source). Division by zero gives zero, the most negative number by -1 itself (C3.4.8). */

EXEC_NM_W(UDIV_W, b ? a / b : 0)
EXEC_NM_W(SDIV_W, b == UINT32_MAX ? -a : b ? (uint32_t)((int32_t)a / (int32_t)b) : 0)
EXEC_NM_W(LSLV_W, a << (b & 31))
EXEC_NM_W(LSRV_W, a >> (b & 31))
EXEC_NM_W(ASRV_W, (uint32_t)((int32_t)a >> (b & 31)))
EXEC_NM_W(RORV_W, rotate_right_w(a, b & 31))
EXEC_NM_X(UDIV_X, b ? a / b : 0)
EXEC_NM_X(SDIV_X, b == UINT64_MAX ? -a : b ? (uint64_t)((int64_t)a / (int64_t)b) : 0)
EXEC_NM_X(LSLV_X, a << (b & 63))
EXEC_NM_X(LSRV_X, a >> (b & 63))
EXEC_NM_X(ASRV_X, (uint64_t)((int64_t)a >> (b & 63)))
EXEC_NM_X(RORV_X, rotate_right_x(a, b & 63))

#define EXEC_CRC(name, table, bits)                                                                                    \
    EXEC_ALU(name)                                                                                                     \
    {                                                                                                                  \
        set_w(cpu, in->rd, crc32_bits(table, get_w(cpu, in->rn), get_x(cpu, in->rm), bits));                           \
    }
EXEC_CRC(CRC32B, cpu_crc32_ieee, 8)
EXEC_CRC(CRC32H, cpu_crc32_ieee, 16)
EXEC_CRC(CRC32W, cpu_crc32_ieee, 32)
EXEC_CRC(CRC32X, cpu_crc32_ieee, 64)
EXEC_CRC(CRC32CB, cpu_crc32_castagnoli, 8)
EXEC_CRC(CRC32CH, cpu_crc32_castagnoli, 16)
EXEC_CRC(CRC32CW, cpu_crc32_castagnoli, 32)
EXEC_CRC(CRC32CX, cpu_crc32_castagnoli, 64)
#undef EXEC_CRC

/* Data-processing (1 source) */

static inline uint64_t swap_bytes_in_halfwords(uint64_t value)
{
    const uint64_t low = UINT64_C(0x00ff00ff00ff00ff);
    return (value & low) << 8 | (value >> 8 & low);
}

/* Bits reversed within each byte. */
static inline uint64_t reverse_bits_in_bytes(uint64_t value)
{
    value = (value & UINT64_C(0x5555555555555555)) << 1 | (value >> 1 & UINT64_C(0x5555555555555555));
    value = (value & UINT64_C(0x3333333333333333)) << 2 | (value >> 2 & UINT64_C(0x3333333333333333));
    return (value & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4 | (value >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f));
}

#define EXEC_N_W(name, expression) EXEC_OPERANDS_W(name, 0, ((void)b, expression))
#define EXEC_N_X(name, expression) EXEC_OPERANDS_X(name, 0, ((void)b, expression))

EXEC_N_W(RBIT_W, (uint32_t)reverse_bits_in_bytes(__builtin_bswap32(a)))
EXEC_N_W(REV16_W, (uint32_t)swap_bytes_in_halfwords(a))
EXEC_N_W(REV_W, __builtin_bswap32(a))
EXEC_N_W(CLZ_W, a ? (uint32_t)__builtin_clz(a) : 32)
EXEC_N_W(CLS_W, (uint32_t)__builtin_clrsb((int)a))
EXEC_N_X(RBIT_X, reverse_bits_in_bytes(__builtin_bswap64(a)))
EXEC_N_X(REV16_X, swap_bytes_in_halfwords(a))
EXEC_N_X(REV32_X, rotate_right_x(__builtin_bswap64(a), 32))
EXEC_N_X(REV_X, __builtin_bswap64(a))
EXEC_N_X(CLZ_X, a ? (uint64_t)__builtin_clzll(a) : 64)
EXEC_N_X(CLS_X, (uint64_t)__builtin_clrsbll((long long)a))
#undef EXEC_N_W
#undef EXEC_N_X

/* Logical, add/subtract (shifted register): the second operand is Rm shifted by imm */

#define SHIFTED_LSL_W (get_w(cpu, in->rm) << in->imm)
#define SHIFTED_LSR_W (get_w(cpu, in->rm) >> in->imm)
#define SHIFTED_ASR_W ((uint32_t)((int32_t)get_w(cpu, in->rm) >> in->imm))
#define SHIFTED_ROR_W (rotate_right_w(get_w(cpu, in->rm), (unsigned)in->imm))
#define SHIFTED_LSL_X (get_x(cpu, in->rm) << in->imm)
#define SHIFTED_LSR_X (get_x(cpu, in->rm) >> in->imm)
#define SHIFTED_ASR_X ((uint64_t)((int64_t)get_x(cpu, in->rm) >> in->imm))
#define SHIFTED_ROR_X (rotate_right_x(get_x(cpu, in->rm), (unsigned)in->imm))

#define EXEC_SHIFTED_W(name, expression)                                                                               \
    EXEC_OPERANDS_W(name##_LSL_W, SHIFTED_LSL_W, expression)                                                           \
    EXEC_OPERANDS_W(name##_LSR_W, SHIFTED_LSR_W, expression)                                                           \
    EXEC_OPERANDS_W(name##_ASR_W, SHIFTED_ASR_W, expression)
#define EXEC_SHIFTED_X(name, expression)                                                                               \
    EXEC_OPERANDS_X(name##_LSL_X, SHIFTED_LSL_X, expression)                                                           \
    EXEC_OPERANDS_X(name##_LSR_X, SHIFTED_LSR_X, expression)                                                           \
    EXEC_OPERANDS_X(name##_ASR_X, SHIFTED_ASR_X, expression)
#define EXEC_LOGICAL_W(name, expression)                                                                               \
    EXEC_SHIFTED_W(name, expression)                                                                                   \
    EXEC_OPERANDS_W(name##_ROR_W, SHIFTED_ROR_W, expression)
#define EXEC_LOGICAL_X(name, expression)                                                                               \
    EXEC_SHIFTED_X(name, expression)                                                                                   \
    EXEC_OPERANDS_X(name##_ROR_X, SHIFTED_ROR_X, expression)

EXEC_LOGICAL_W(AND, a &b)
EXEC_LOGICAL_W(BIC, a & ~b)
EXEC_LOGICAL_W(ORR, a | b)
EXEC_LOGICAL_W(ORN, a | ~b)
EXEC_LOGICAL_W(EOR, a ^ b)
EXEC_LOGICAL_W(EON, a ^ ~b)
EXEC_LOGICAL_W(ANDS, flags_and_w(cpu, a, b))
EXEC_LOGICAL_W(BICS, flags_and_w(cpu, a, ~b))
EXEC_LOGICAL_X(AND, a &b)
EXEC_LOGICAL_X(BIC, a & ~b)
EXEC_LOGICAL_X(ORR, a | b)
EXEC_LOGICAL_X(ORN, a | ~b)
EXEC_LOGICAL_X(EOR, a ^ b)
EXEC_LOGICAL_X(EON, a ^ ~b)
EXEC_LOGICAL_X(ANDS, flags_and_x(cpu, a, b))
EXEC_LOGICAL_X(BICS, flags_and_x(cpu, a, ~b))

EXEC_SHIFTED_W(ADD, a + b)
EXEC_SHIFTED_W(ADDS, flags_add_w(cpu, a, b))
EXEC_SHIFTED_W(SUB, a - b)
EXEC_SHIFTED_W(SUBS, flags_sub_w(cpu, a, b))
EXEC_SHIFTED_X(ADD, a + b)
EXEC_SHIFTED_X(ADDS, flags_add_x(cpu, a, b))
EXEC_SHIFTED_X(SUB, a - b)
EXEC_SHIFTED_X(SUBS, flags_sub_x(cpu, a, b))

/* Add/subtract (extended register) */

static inline uint64_t extended_operand(const cpu_t *cpu, const cpu_insn_t *in)
{
    uint64_t low = get_x(cpu, in->rm) << in->ra >> in->ra;
    return extend_from(low, (uint32_t)in->imm) << (in->imm >> 32);
}

EXEC_OPERANDS_W(ADD_EXT_W, (uint32_t)extended_operand(cpu, in), a + b)
EXEC_OPERANDS_W(ADDS_EXT_W, (uint32_t)extended_operand(cpu, in), flags_add_w(cpu, a, b))
EXEC_OPERANDS_W(SUB_EXT_W, (uint32_t)extended_operand(cpu, in), a - b)
EXEC_OPERANDS_W(SUBS_EXT_W, (uint32_t)extended_operand(cpu, in), flags_sub_w(cpu, a, b))
EXEC_OPERANDS_X(ADD_EXT_X, extended_operand(cpu, in), a + b)
EXEC_OPERANDS_X(ADDS_EXT_X, extended_operand(cpu, in), flags_add_x(cpu, a, b))
EXEC_OPERANDS_X(SUB_EXT_X, extended_operand(cpu, in), a - b)
EXEC_OPERANDS_X(SUBS_EXT_X, extended_operand(cpu, in), flags_sub_x(cpu, a, b))

/* Add/subtract (with carry) */

EXEC_NM_W(ADC_W, a + b + flags_carry(cpu))
EXEC_NM_W(ADCS_W, flags_adc_w(cpu, a, b))
EXEC_NM_W(SBC_W, a + ~b + flags_carry(cpu))
EXEC_NM_W(SBCS_W, flags_sbc_w(cpu, a, b))
EXEC_NM_X(ADC_X, a + b + flags_carry(cpu))
EXEC_NM_X(ADCS_X, flags_adc_x(cpu, a, b))
EXEC_NM_X(SBC_X, a + ~b + flags_carry(cpu))
EXEC_NM_X(SBCS_X, flags_sbc_x(cpu, a, b))

/* Rotate right into flags, evaluate into flags */

EXEC_ALU(RMIF)
{
    uint64_t mask = (uint64_t)in->ra << 28;
    uint64_t rotated = rotate_right_x(get_x(cpu, in->rn), (unsigned)in->imm) << 28;
    set_nzcv(cpu, (get_nzcv(cpu) & ~mask) | (rotated & mask));
}

/* N and Z of the low `width` bits, V where the bit above differs from their sign; C stays. */
static inline void evaluate_into_flags(cpu_t *cpu, uint32_t value, unsigned width)
{
    bool n = bit_get(value, width - 1), z = bits_get(value, 0, width) == 0, v = n != bit_get(value, width);
    set_nzcv(cpu, (uint64_t)n << 31 | (uint64_t)z << 30 | (uint64_t)flags_carry(cpu) << 29 | (uint64_t)v << 28);
}

EXEC_ALU(SETF8)
{
    evaluate_into_flags(cpu, get_w(cpu, in->rn), 8);
}

EXEC_ALU(SETF16)
{
    evaluate_into_flags(cpu, get_w(cpu, in->rn), 16);
}

/* Conditional compare (register) and (immediate) */

#define EXEC_COMPARE_IF(name, compare, first, second)                                                                  \
    EXEC_ALU(name)                                                                                                     \
    {                                                                                                                  \
        if (flags_hold(cpu, (uint16_t)in->imm))                                                                        \
            compare(cpu, first, second);                                                                               \
        else                                                                                                           \
            set_nzcv(cpu, (uint64_t)in->ra << 28);                                                                     \
    }
EXEC_COMPARE_IF(CCMN_W, flags_add_w, get_w(cpu, in->rn), get_w(cpu, in->rm))
EXEC_COMPARE_IF(CCMP_W, flags_sub_w, get_w(cpu, in->rn), get_w(cpu, in->rm))
EXEC_COMPARE_IF(CCMN_X, flags_add_x, get_x(cpu, in->rn), get_x(cpu, in->rm))
EXEC_COMPARE_IF(CCMP_X, flags_sub_x, get_x(cpu, in->rn), get_x(cpu, in->rm))
EXEC_COMPARE_IF(CCMN_IMM_W, flags_add_w, get_w(cpu, in->rn), in->rm)
EXEC_COMPARE_IF(CCMP_IMM_W, flags_sub_w, get_w(cpu, in->rn), in->rm)
EXEC_COMPARE_IF(CCMN_IMM_X, flags_add_x, get_x(cpu, in->rn), in->rm)
EXEC_COMPARE_IF(CCMP_IMM_X, flags_sub_x, get_x(cpu, in->rn), in->rm)
#undef EXEC_COMPARE_IF

/* Conditional select */

EXEC_NM_W(CSEL_W, flags_hold(cpu, (uint16_t)in->imm) ? a : b)
EXEC_NM_W(CSINC_W, flags_hold(cpu, (uint16_t)in->imm) ? a : b + 1)
EXEC_NM_W(CSINV_W, flags_hold(cpu, (uint16_t)in->imm) ? a : ~b)
EXEC_NM_W(CSNEG_W, flags_hold(cpu, (uint16_t)in->imm) ? a : -b)
EXEC_NM_X(CSEL_X, flags_hold(cpu, (uint16_t)in->imm) ? a : b)
EXEC_NM_X(CSINC_X, flags_hold(cpu, (uint16_t)in->imm) ? a : b + 1)
EXEC_NM_X(CSINV_X, flags_hold(cpu, (uint16_t)in->imm) ? a : ~b)
EXEC_NM_X(CSNEG_X, flags_hold(cpu, (uint16_t)in->imm) ? a : -b)

/* Data-processing (3 source) */

static inline int64_t signed_w(const cpu_t *cpu, unsigned slot)
{
    return (int32_t)get_w(cpu, slot);
}

EXEC_NM_W(MADD_W, get_w(cpu, in->ra) + a * b)
EXEC_NM_W(MSUB_W, get_w(cpu, in->ra) - a * b)
EXEC_NM_X(MADD_X, get_x(cpu, in->ra) + a * b)
EXEC_NM_X(MSUB_X, get_x(cpu, in->ra) - a * b)

EXEC_ALU(SMADDL)
{
    set_x(cpu, in->rd, get_x(cpu, in->ra) + (uint64_t)(signed_w(cpu, in->rn) * signed_w(cpu, in->rm)));
}

EXEC_ALU(SMSUBL)
{
    set_x(cpu, in->rd, get_x(cpu, in->ra) - (uint64_t)(signed_w(cpu, in->rn) * signed_w(cpu, in->rm)));
}

EXEC_ALU(SMULH)
{
    __int128 product = (__int128)(int64_t)get_x(cpu, in->rn) * (int64_t)get_x(cpu, in->rm);
    set_x(cpu, in->rd, (uint64_t)(product >> 64));
}

EXEC_ALU(UMADDL)
{
    set_x(cpu, in->rd, get_x(cpu, in->ra) + (uint64_t)get_w(cpu, in->rn) * get_w(cpu, in->rm));
}

EXEC_ALU(UMSUBL)
{
    set_x(cpu, in->rd, get_x(cpu, in->ra) - (uint64_t)get_w(cpu, in->rn) * get_w(cpu, in->rm));
}

EXEC_ALU(UMULH)
{
    unsigned __int128 product = (unsigned __int128)get_x(cpu, in->rn) * get_x(cpu, in->rm);
    set_x(cpu, in->rd, (uint64_t)(product >> 64));
}

#endif
