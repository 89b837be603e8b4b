/* Encoding of loads, stores, exclusives and atomics (Arm ARM C4.1.88). */
#include "litmus/encode.h"

/* Bits 31:30: of the suffix B or H, else of operand i's width. */
static uint32_t size_field(const litmus_insn_t *insn, int operand)
{
    unsigned size = insn->size >= 0 ? (unsigned)insn->size : insn->operands[operand].wide ? 3 : 2;
    return size << 30;
}

/* A register that a suffix B or H wants as W. */
static bool take_data(litmus_insn_t *insn, int operand)
{
    if (!litmus_encode_register(insn, operand))
        return false;
    if (insn->size >= 0 && insn->operands[operand].wide)
        return litmus_encode_expected(insn, operand, "a W register");
    return true;
}

static bool take_memory(litmus_insn_t *insn, int operand)
{
    if (operand < insn->count && insn->operands[operand].kind == LITMUS_OPERAND_MEMORY)
        return litmus_encode_end(insn, operand + 1);
    return litmus_encode_expected(insn, operand, "an address such as [X1]");
}

/* [Xn] and nothing more. */
static bool take_base(litmus_insn_t *insn, int operand)
{
    if (!take_memory(insn, operand))
        return false;
    const litmus_operand_t *memory = &insn->operands[operand];
    if (memory->addressing != LITMUS_OFFSET || memory->immediate)
        return litmus_encode_expected(insn, operand, "an address [Xn] without an offset");
    return true;
}

static uint32_t base_field(const litmus_insn_t *insn, int operand)
{
    return (uint32_t)insn->operands[operand].number << 5;
}

/* --- LDR, STR --- */

static bool by_register(litmus_insn_t *insn, uint32_t fixed, unsigned size)
{
    const litmus_operand_t *memory = &insn->operands[1];
    const litmus_extend_t *extend = &memory->extend;
    unsigned option = extend->present && !extend->is_shift ? extend->option : 3;
    if (!memory->wide && (!extend->present || extend->is_shift || (option & 3) != 2))
        return litmus_encode_expected(insn, 1, "a W index with UXTW or SXTW");
    if (memory->wide && (option & 3) != 3)
        return litmus_encode_expected(insn, 1, "an X index with LSL or SXTX");
    if ((extend->is_shift && extend->option) || (extend->amount && extend->amount != size))
        return litmus_encode_expected(insn, 1, "a shift by 0 or by the size of the access");
    bool scaled = size ? extend->amount != 0 : extend->has_amount;
    insn->word = fixed | 0x38200800 | (uint32_t)memory->index << 16 | option << 13 | (uint32_t)scaled << 12;
    return true;
}

static bool by_immediate(litmus_insn_t *insn, uint32_t fixed, unsigned size)
{
    const litmus_operand_t *memory = &insn->operands[1];
    int64_t offset = memory->immediate;
    uint32_t nine = ((uint32_t)offset & 0x1ff) << 12;
    bool fits_nine = offset >= -256 && offset <= 255;
    if (memory->addressing == LITMUS_OFFSET && offset >= 0 && !(offset & ((1 << size) - 1)) && offset >> size <= 4095)
        insn->word = fixed | 0x39000000 | (uint32_t)(offset >> size) << 10;
    else if (!fits_nine)
        return litmus_encode_expected(insn, 1,
                                      "an offset from -256 to 255, or a multiple of the size up to 4095 times it");
    else if (memory->addressing == LITMUS_OFFSET)
        insn->word = fixed | 0x38000000 | nine;
    else
        insn->word = fixed | (memory->addressing == LITMUS_PRE_INDEX ? 0x38000c00u : 0x38000400u) | nine;
    return true;
}

bool litmus_form_load_store(litmus_insn_t *insn)
{
    bool sign_extends = insn->base & 0x00800000;
    if (!take_data(insn, 0) || !take_memory(insn, 1))
        return false;
    uint32_t fixed = insn->base;
    if (!sign_extends)
        fixed |= size_field(insn, 0);
    else if (!insn->operands[0].wide)
        fixed |= 0x00400000;
    if (sign_extends && !insn->operands[0].wide && fixed >> 30 == 2)
        return litmus_encode_expected(insn, 0, "an X register");
    unsigned size = fixed >> 30;
    bool done = insn->operands[1].addressing == LITMUS_INDEXED ? by_register(insn, fixed, size)
                                                               : by_immediate(insn, fixed, size);
    insn->word |= base_field(insn, 1) | insn->operands[0].number;
    return done;
}

bool litmus_form_unscaled(litmus_insn_t *insn)
{
    if (!take_data(insn, 0) || !take_memory(insn, 1))
        return false;
    const litmus_operand_t *memory = &insn->operands[1];
    if (memory->addressing != LITMUS_OFFSET || memory->immediate < -256 || memory->immediate > 255)
        return litmus_encode_expected(insn, 1, "an offset from -256 to 255");
    insn->word = insn->base | size_field(insn, 0) | ((uint32_t)memory->immediate & 0x1ff) << 12 | base_field(insn, 1) |
                 insn->operands[0].number;
    return true;
}

/* --- pairs --- */

bool litmus_form_pair(litmus_insn_t *insn)
{
    if (!take_data(insn, 0) || !take_data(insn, 1) || !take_memory(insn, 2))
        return false;
    const litmus_operand_t *memory = &insn->operands[2];
    bool wide = insn->operands[0].wide, words = insn->base & 0x40000000;
    if (insn->operands[1].wide != wide || (words && !wide))
        return litmus_encode_expected(insn, 1, words ? "X registers" : "a register of the same width as the first");
    unsigned size = wide && !words ? 3 : 2;
    int64_t scaled = memory->immediate >> size;
    if (memory->addressing == LITMUS_INDEXED || memory->immediate & ((1 << size) - 1) || scaled < -64 || scaled > 63)
        return litmus_encode_expected(insn, 2, "an offset that is a multiple of the size, from -64 to 63 times it");
    static const uint32_t addressing[] = {
        [LITMUS_OFFSET] = 0x29000000, [LITMUS_PRE_INDEX] = 0x29800000, [LITMUS_POST_INDEX] = 0x28800000};
    insn->word = insn->base | addressing[memory->addressing] | (uint32_t)(wide && !words) << 31 |
                 ((uint32_t)scaled & 0x7f) << 15 | (uint32_t)insn->operands[1].number << 10 | base_field(insn, 2) |
                 insn->operands[0].number;
    return true;
}

/* --- ordered and exclusive --- */

bool litmus_form_base_only(litmus_insn_t *insn)
{
    if (!take_data(insn, 0) || !take_base(insn, 1))
        return false;
    insn->word = insn->base | size_field(insn, 0) | base_field(insn, 1) | insn->operands[0].number;
    return true;
}

static bool take_status(litmus_insn_t *insn)
{
    if (!litmus_encode_register(insn, 0))
        return false;
    return !insn->operands[0].wide || litmus_encode_expected(insn, 0, "a W register for the status");
}

/* The status register may be neither the data nor the base (Arm ARM C6.2, STXR). */
static bool check_status(litmus_insn_t *insn, int data, int pair, int memory)
{
    unsigned status = insn->operands[0].number;
    bool clash = status == insn->operands[data].number || status == insn->operands[pair].number;
    clash = clash || (status == insn->operands[memory].number && status != LITMUS_ZR);
    return !clash || litmus_encode_expected(insn, 0, "a status register that is neither data nor base");
}

bool litmus_form_store_exclusive(litmus_insn_t *insn)
{
    if (!take_status(insn) || !take_data(insn, 1) || !take_base(insn, 2) || !check_status(insn, 1, 1, 2))
        return false;
    insn->word = insn->base | size_field(insn, 1) | (uint32_t)insn->operands[0].number << 16 | base_field(insn, 2) |
                 insn->operands[1].number;
    return true;
}

bool litmus_form_load_pair_exclusive(litmus_insn_t *insn)
{
    if (!take_data(insn, 0) || !take_data(insn, 1) || !take_base(insn, 2))
        return false;
    if (insn->operands[0].wide != insn->operands[1].wide || insn->operands[0].number == insn->operands[1].number)
        return litmus_encode_expected(insn, 1, "another register of the same width as the first");
    insn->word = insn->base | (uint32_t)insn->operands[0].wide << 30 | (uint32_t)insn->operands[1].number << 10 |
                 base_field(insn, 2) | insn->operands[0].number;
    return true;
}

bool litmus_form_store_pair_exclusive(litmus_insn_t *insn)
{
    if (!take_status(insn) || !take_data(insn, 1) || !take_data(insn, 2) || !take_base(insn, 3) ||
        !check_status(insn, 1, 2, 3))
        return false;
    if (insn->operands[1].wide != insn->operands[2].wide)
        return litmus_encode_expected(insn, 2, "a register of the same width as the one before");
    insn->word = insn->base | (uint32_t)insn->operands[1].wide << 30 | (uint32_t)insn->operands[0].number << 16 |
                 (uint32_t)insn->operands[2].number << 10 | base_field(insn, 3) | insn->operands[1].number;
    return true;
}

/* --- LSE atomics --- */

bool litmus_form_swap(litmus_insn_t *insn)
{
    if (!take_data(insn, 0) || !take_data(insn, 1) || !take_base(insn, 2))
        return false;
    if (insn->operands[0].wide != insn->operands[1].wide)
        return litmus_encode_expected(insn, 1, "a register of the same width as the first");
    insn->word = insn->base | size_field(insn, 0) | (uint32_t)insn->operands[0].number << 16 | base_field(insn, 2) |
                 insn->operands[1].number;
    return true;
}

bool litmus_form_store_op(litmus_insn_t *insn)
{
    if (!take_data(insn, 0) || !take_base(insn, 1))
        return false;
    insn->word = insn->base | size_field(insn, 0) | (uint32_t)insn->operands[0].number << 16 | base_field(insn, 1);
    return true;
}

bool litmus_form_cas_pair(litmus_insn_t *insn)
{
    for (int i = 0; i < 4; i++) {
        if (!take_data(insn, i))
            return false;
        bool second = i & 1;
        if (insn->operands[i].wide != insn->operands[0].wide)
            return litmus_encode_expected(insn, i, "a register of the same width as the first");
        if (second ? insn->operands[i].number != insn->operands[i - 1].number + 1 : insn->operands[i].number & 1)
            return litmus_encode_expected(insn, i, second ? "the register after it" : "a register of even number");
    }
    if (!take_base(insn, 4))
        return false;
    insn->word = insn->base | (uint32_t)insn->operands[0].wide << 30 | (uint32_t)insn->operands[0].number << 16 |
                 base_field(insn, 4) | insn->operands[2].number;
    return true;
}

/* PRFM of kind PLD or PST, level 1 to 3, KEEP or STRM, as in PLDL1KEEP. */
bool litmus_form_prefetch(litmus_insn_t *insn)
{
    const litmus_operand_t *name = &insn->operands[0];
    const char *text = name->text;
    bool known = insn->count && name->kind == LITMUS_OPERAND_NAME && name->length == 9 && text[0] == 'P' &&
                 (text[1] == 'L' || text[1] == 'S') && text[2] == (text[1] == 'L' ? 'D' : 'T') && text[3] == 'L' &&
                 text[4] >= '1' && text[4] <= '3' && (text[5] == 'K' || text[5] == 'S');
    if (!known)
        return litmus_encode_expected(insn, 0, "a prefetch such as PLDL1KEEP");
    if (!take_base(insn, 1))
        return false;
    uint32_t operation = (text[1] == 'S' ? 16u : 0u) | (uint32_t)(text[4] - '1') << 1 | (text[5] == 'S' ? 1u : 0u);
    insn->word = insn->base | base_field(insn, 1) | operation;
    return true;
}
