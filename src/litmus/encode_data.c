/* Encoding of data processing instructions (Arm ARM C4.1.86, C4.1.89). */
#include "litmus/encode.h"

#include <string.h>

bool litmus_encode_expected(litmus_insn_t *insn, int operand, const char *what)
{
    insn->expected = what;
    insn->where = operand;
    return false;
}

bool litmus_encode_end(litmus_insn_t *insn, int count)
{
    if (insn->count == count)
        return true;
    return litmus_encode_expected(insn, count, insn->count < count ? "one more operand" : "no more operands");
}

bool litmus_encode_register(litmus_insn_t *insn, int operand)
{
    const litmus_operand_t *given = &insn->operands[operand];
    if (operand < insn->count && given->kind == LITMUS_OPERAND_REGISTER && !given->is_sp)
        return true;
    return litmus_encode_expected(insn, operand, "a register");
}

static bool is_register(const litmus_insn_t *insn, int operand)
{
    return operand < insn->count && insn->operands[operand].kind == LITMUS_OPERAND_REGISTER;
}

static bool is_immediate(const litmus_insn_t *insn, int operand)
{
    return operand < insn->count && insn->operands[operand].kind == LITMUS_OPERAND_IMMEDIATE;
}

/* Operands 0 to count - 1 are registers of one width. */
static bool take_registers(litmus_insn_t *insn, int count)
{
    for (int i = 0; i < count; i++) {
        if (!litmus_encode_register(insn, i))
            return false;
        if (insn->operands[i].wide != insn->operands[0].wide)
            return litmus_encode_expected(insn, i, "a register of the same width as the first");
    }
    return true;
}

static uint32_t width_bit(const litmus_insn_t *insn)
{
    return (uint32_t)insn->operands[0].wide << 31;
}

static uint32_t registers(const litmus_insn_t *insn)
{
    return (uint32_t)insn->operands[1].number << 5 | insn->operands[0].number;
}

/* --- ADD and SUB --- */

static bool add_sub_immediate(litmus_insn_t *insn)
{
    int64_t value = insn->operands[2].immediate;
    uint32_t word = insn->base | 0x11000000 | width_bit(insn) | registers(insn);
    if (value < 0) {
        value = -value;
        word ^= 0x40000000;
    }
    unsigned shift = 0;
    if (insn->count == 4) {
        const litmus_extend_t *extend = &insn->operands[3].extend;
        if (!extend->is_shift || extend->option || (extend->amount != 0 && extend->amount != 12))
            return litmus_encode_expected(insn, 3, "LSL #0 or LSL #12");
        shift = extend->amount / 12;
    } else if (value > 4095 && !(value & 4095)) {
        shift = 1;
        value >>= 12;
    }
    if (value > 4095)
        return litmus_encode_expected(insn, 2, "an immediate from 0 to 4095, or a multiple of 4096 up to 16773120");
    insn->word = word | shift << 22 | (uint32_t)value << 10;
    return true;
}

static bool add_sub_extended(litmus_insn_t *insn, const litmus_extend_t *extend)
{
    const litmus_operand_t *index = &insn->operands[2];
    unsigned option = extend->present && !extend->is_shift ? extend->option : insn->operands[0].wide ? 3 : 2;
    if (extend->amount > 4 || (extend->is_shift && extend->option))
        return litmus_encode_expected(insn, 3, "an extension by up to 4");
    if (index->wide && (!insn->operands[0].wide || (option & 3) != 3))
        return litmus_encode_expected(insn, 2, "a W register");
    insn->word = insn->base | 0x0b200000 | width_bit(insn) | registers(insn) | (uint32_t)index->number << 16 |
                 option << 13 | (uint32_t)extend->amount << 10;
    return true;
}

static bool add_sub_register(litmus_insn_t *insn)
{
    const litmus_extend_t *extend = &insn->operands[3].extend;
    bool uses_sp = insn->operands[0].is_sp || insn->operands[1].is_sp;
    if (!litmus_encode_register(insn, 2))
        return false;
    if (uses_sp || (extend->present && !extend->is_shift))
        return add_sub_extended(insn, extend);
    if (insn->operands[2].wide != insn->operands[0].wide)
        return litmus_encode_expected(insn, 2, "a register of the same width as the first");
    if (extend->present && (extend->option == 3 || extend->amount > (insn->operands[0].wide ? 63 : 31)))
        return litmus_encode_expected(insn, 3, "LSL, LSR or ASR by less than the width");
    insn->word = insn->base | 0x0b000000 | width_bit(insn) | registers(insn) |
                 (uint32_t)insn->operands[2].number << 16 | (uint32_t)extend->option << 22 |
                 (uint32_t)extend->amount << 10;
    return true;
}

static bool takes_extend(litmus_insn_t *insn, int operand)
{
    if (insn->count <= operand)
        return true;
    if (insn->operands[operand].kind != LITMUS_OPERAND_EXTEND)
        return litmus_encode_expected(insn, operand, "a shift or extension");
    return litmus_encode_end(insn, operand + 1);
}

bool litmus_form_add_sub(litmus_insn_t *insn)
{
    if (!is_register(insn, 0) || !is_register(insn, 1))
        return litmus_encode_expected(insn, is_register(insn, 0) ? 1 : 0, "a register");
    if (insn->operands[0].wide != insn->operands[1].wide)
        return litmus_encode_expected(insn, 1, "a register of the same width as the first");
    if (!takes_extend(insn, 3))
        return false;
    return is_immediate(insn, 2) ? add_sub_immediate(insn) : add_sub_register(insn);
}

/* --- logical --- */

bool litmus_encode_bitmask(uint64_t value, bool wide, uint32_t *ret_fields)
{
    if (!wide)
        value = (value & 0xffffffff) | value << 32;
    if (!value || !~value)
        return false;
    unsigned size = 64;
    while (size > 2 &&
           (value & ((UINT64_C(1) << size / 2) - 1)) == (value >> size / 2 & ((UINT64_C(1) << size / 2) - 1)))
        size /= 2;
    uint64_t mask = UINT64_MAX >> (64 - size), element = value & mask;
    for (unsigned rotation = 0; rotation < size; rotation++) {
        uint64_t rotated = rotation ? ((element << rotation) | element >> (size - rotation)) & mask : element;
        if (rotated & (rotated + 1))
            continue;
        unsigned ones = (unsigned)__builtin_popcountll(rotated);
        uint32_t imms = (uint32_t)((~(size * 2 - 1) & 0x3f) | (ones - 1));
        *ret_fields = (uint32_t)(size == 64) << 22 | rotation << 16 | imms << 10;
        return true;
    }
    return false;
}

bool litmus_form_logical(litmus_insn_t *insn)
{
    uint32_t fields;
    if (is_immediate(insn, 2) && is_register(insn, 0) && litmus_encode_register(insn, 1)) {
        uint64_t value = (uint64_t)insn->operands[2].immediate;
        bool inverted = insn->base & 0x00200000;
        if (insn->operands[0].wide != insn->operands[1].wide)
            return litmus_encode_expected(insn, 1, "a register of the same width as the first");
        if (!litmus_encode_bitmask(inverted ? ~value : value, insn->operands[0].wide, &fields))
            return litmus_encode_expected(insn, 2, "an immediate that is a repeated run of ones");
        insn->word = (insn->base & ~0x00200000u) | 0x12000000 | width_bit(insn) | fields | registers(insn);
        return litmus_encode_end(insn, 3);
    }
    if (!take_registers(insn, 3) || !takes_extend(insn, 3))
        return false;
    const litmus_extend_t *extend = &insn->operands[3].extend;
    if (extend->present && (!extend->is_shift || extend->amount > (insn->operands[0].wide ? 63 : 31)))
        return litmus_encode_expected(insn, 3, "LSL, LSR, ASR or ROR by less than the width");
    insn->word = insn->base | 0x0a000000 | width_bit(insn) | registers(insn) |
                 (uint32_t)insn->operands[2].number << 16 | (uint32_t)extend->option << 22 |
                 (uint32_t)extend->amount << 10;
    return true;
}

/* --- moves --- */

static bool mov_immediate(litmus_insn_t *insn)
{
    bool wide = insn->operands[0].wide;
    uint64_t mask = wide ? UINT64_MAX : UINT32_MAX, value = (uint64_t)insn->operands[1].immediate & mask;
    uint32_t fields;
    for (uint32_t half = 0; half < (wide ? 4 : 2); half++) {
        uint64_t chunk = UINT64_C(0xffff) << half * 16;
        bool zeros = !(value & ~chunk), ones = !(~value & mask & ~chunk);
        if (!zeros && (!ones || insn->word))
            continue; /* MOVZ first, then the lowest MOVN, as GNU as has it */
        uint64_t part = (zeros ? value : ~value) >> half * 16 & 0xffff;
        insn->word = (zeros ? 0x52800000 : 0x12800000) | width_bit(insn) | half << 21 | (uint32_t)part << 5 |
                     insn->operands[0].number;
        if (zeros)
            return true;
    }
    if (insn->word)
        return true;
    if (!litmus_encode_bitmask(value, wide, &fields))
        return litmus_encode_expected(insn, 1, "an immediate that one MOVZ, MOVN or ORR can make");
    insn->word = 0x320003e0 | width_bit(insn) | fields | insn->operands[0].number;
    return true;
}

bool litmus_form_mov(litmus_insn_t *insn)
{
    if (!is_register(insn, 0))
        return litmus_encode_expected(insn, 0, "a register");
    if (!is_register(insn, 1) && !is_immediate(insn, 1))
        return litmus_encode_expected(insn, 1, "a register or an immediate");
    if (!litmus_encode_end(insn, 2))
        return false;
    if (is_immediate(insn, 1))
        return litmus_encode_register(insn, 0) && mov_immediate(insn);
    if (insn->operands[0].wide != insn->operands[1].wide)
        return litmus_encode_expected(insn, 1, "a register of the same width as the first");
    if (insn->operands[0].is_sp || insn->operands[1].is_sp)
        insn->word = 0x11000000 | width_bit(insn) | registers(insn);
    else
        insn->word = 0x2a0003e0 | width_bit(insn) | (uint32_t)insn->operands[1].number << 16 | insn->operands[0].number;
    return true;
}

bool litmus_form_mov_wide(litmus_insn_t *insn)
{
    if (!take_registers(insn, 1))
        return false;
    if (!is_immediate(insn, 1) || (uint64_t)insn->operands[1].immediate > 0xffff)
        return litmus_encode_expected(insn, 1, "an immediate from 0 to 65535");
    if (!takes_extend(insn, 2))
        return false;
    const litmus_extend_t *extend = &insn->operands[2].extend;
    if (extend->present && (!extend->is_shift || extend->option || extend->amount % 16 ||
                            extend->amount > (insn->operands[0].wide ? 48 : 16)))
        return litmus_encode_expected(insn, 2, "LSL by 0, 16, 32 or 48 within the width");
    insn->word = insn->base | width_bit(insn) | (uint32_t)extend->amount / 16 << 21 |
                 (uint32_t)insn->operands[1].immediate << 5 | insn->operands[0].number;
    return true;
}

/* --- conditional select --- */

/* The condition is operand `at`; `invert` for the aliases. */
static bool select(litmus_insn_t *insn, int at, bool invert, uint32_t fields)
{
    const litmus_operand_t *name = &insn->operands[at];
    int code =
        at < insn->count && name->kind == LITMUS_OPERAND_NAME ? litmus_condition_code(name->text, name->length) : -1;
    if (code < 0 || (invert && code >= 14))
        return litmus_encode_expected(insn, at, "a condition such as EQ");
    insn->word =
        insn->base | width_bit(insn) | fields | (uint32_t)(code ^ (int)invert) << 12 | insn->operands[0].number;
    return litmus_encode_end(insn, at + 1);
}

bool litmus_form_csel(litmus_insn_t *insn)
{
    return take_registers(insn, 3) &&
           select(insn, 3, false, (uint32_t)insn->operands[2].number << 16 | (uint32_t)insn->operands[1].number << 5);
}

bool litmus_form_cset(litmus_insn_t *insn)
{
    return take_registers(insn, 1) && select(insn, 1, true, 0);
}

bool litmus_form_cinc(litmus_insn_t *insn)
{
    return take_registers(insn, 2) &&
           select(insn, 2, true, (uint32_t)insn->operands[1].number << 16 | (uint32_t)insn->operands[1].number << 5);
}

/* --- shifts, multiplication --- */

static bool shift_immediate(litmus_insn_t *insn)
{
    bool wide = insn->operands[0].wide;
    uint32_t width = wide ? 64 : 32, amount = (uint32_t)insn->operands[2].immediate, kind = insn->base;
    if ((uint64_t)insn->operands[2].immediate >= width)
        return litmus_encode_expected(insn, 2, "a shift by less than the width");
    uint32_t fields = width_bit(insn) | (uint32_t)wide << 22 | registers(insn);
    if (kind == 0)
        insn->word = 0x53000000 | fields | (width - amount) % width << 16 | (width - 1 - amount) << 10;
    else if (kind == 3)
        insn->word = 0x13800000 | fields | (uint32_t)insn->operands[1].number << 16 | amount << 10;
    else
        insn->word = (kind == 1 ? 0x53000000 : 0x13000000) | fields | amount << 16 | (width - 1) << 10;
    return litmus_encode_end(insn, 3);
}

bool litmus_form_shift(litmus_insn_t *insn)
{
    if (!take_registers(insn, 2))
        return false;
    if (is_immediate(insn, 2))
        return shift_immediate(insn);
    if (!take_registers(insn, 3))
        return false;
    insn->word =
        0x1ac02000 | insn->base << 10 | width_bit(insn) | (uint32_t)insn->operands[2].number << 16 | registers(insn);
    return litmus_encode_end(insn, 3);
}

/* SXTW X0,W1: the 64-bit forms are the signed ones only. */
bool litmus_form_extend(litmus_insn_t *insn)
{
    bool is_signed = !(insn->base & 0x40000000);
    if (!litmus_encode_register(insn, 0) || !litmus_encode_register(insn, 1))
        return false;
    if (insn->operands[1].wide || (insn->operands[0].wide && !is_signed))
        return litmus_encode_expected(insn, insn->operands[1].wide ? 1 : 0, "a W register");
    if (!insn->operands[0].wide && insn->base == 0x13007c00)
        return litmus_encode_expected(insn, 0, "an X register");
    insn->word = insn->base | width_bit(insn) | (uint32_t)insn->operands[0].wide << 22 | registers(insn);
    return litmus_encode_end(insn, 2);
}

bool litmus_form_three(litmus_insn_t *insn)
{
    if (!take_registers(insn, 3))
        return false;
    insn->word = insn->base | width_bit(insn) | (uint32_t)insn->operands[2].number << 16 | registers(insn);
    return litmus_encode_end(insn, 3);
}

bool litmus_form_madd(litmus_insn_t *insn)
{
    if (!take_registers(insn, 4))
        return false;
    insn->word = insn->base | width_bit(insn) | (uint32_t)insn->operands[2].number << 16 |
                 (uint32_t)insn->operands[3].number << 10 | registers(insn);
    return litmus_encode_end(insn, 4);
}
