/* Encoding of branches, barriers and cache maintenance (Arm ARM C4.1.87). */
#include "litmus/encode.h"

#include <glib.h>
#include <string.h>

static bool named(const litmus_operand_t *operand, const char *name)
{
    return operand->kind == LITMUS_OPERAND_NAME && operand->length == strlen(name) &&
           !g_ascii_strncasecmp(operand->text, name, operand->length);
}

bool litmus_form_none(litmus_insn_t *insn)
{
    insn->word = insn->base;
    return litmus_encode_end(insn, 0);
}

bool litmus_form_barrier(litmus_insn_t *insn)
{
    static const struct {
        const char *name;
        uint32_t crm;
    } options[] = {{"OSHLD", 1}, {"OSHST", 2},  {"OSH", 3},  {"NSHLD", 5}, {"NSHST", 6}, {"NSH", 7},
                   {"ISHLD", 9}, {"ISHST", 10}, {"ISH", 11}, {"LD", 13},   {"ST", 14},   {"SY", 15}};
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (insn->count && named(&insn->operands[0], options[i].name)) {
            insn->word = insn->base | options[i].crm << 8;
            return litmus_encode_end(insn, 1);
        }
    return litmus_encode_expected(insn, 0, "SY, LD, ST, or one of these with ISH, NSH or OSH");
}

bool litmus_form_isb(litmus_insn_t *insn)
{
    insn->word = insn->base;
    if (insn->count && !named(&insn->operands[0], "SY"))
        return litmus_encode_expected(insn, 0, "SY or nothing");
    return insn->count <= 1 || litmus_encode_end(insn, 1);
}

/* The distance in instructions, within `bits` signed bits. */
static bool take_target(litmus_insn_t *insn, int operand, unsigned bits, uint32_t *ret_field)
{
    const litmus_operand_t *target = &insn->operands[operand];
    int64_t words = 0;
    bool found = false;
    if (operand < insn->count && target->kind == LITMUS_OPERAND_NAME && insn->find_label)
        found = insn->find_label(insn->context, target, &words);
    else if (operand < insn->count && target->kind == LITMUS_OPERAND_IMMEDIATE && !insn->find_label) {
        words = target->immediate / 4;
        found = !(target->immediate & 3);
    }
    int64_t limit = INT64_C(1) << (bits - 1);
    if (!found || words < -limit || words >= limit)
        return litmus_encode_expected(insn, operand, "a label of this thread");
    *ret_field = (uint32_t)words & (uint32_t)((UINT64_C(1) << bits) - 1);
    return litmus_encode_end(insn, operand + 1);
}

bool litmus_form_branch(litmus_insn_t *insn)
{
    uint32_t field;
    if (!take_target(insn, 0, 26, &field))
        return false;
    insn->word = insn->base | field;
    return true;
}

bool litmus_form_branch_condition(litmus_insn_t *insn)
{
    uint32_t field;
    if (!take_target(insn, 0, 19, &field))
        return false;
    insn->word = insn->base | field << 5 | (uint32_t)insn->condition;
    return true;
}

bool litmus_form_compare_branch(litmus_insn_t *insn)
{
    uint32_t field;
    if (!litmus_encode_register(insn, 0) || !take_target(insn, 1, 19, &field))
        return false;
    insn->word = insn->base | (uint32_t)insn->operands[0].wide << 31 | field << 5 | insn->operands[0].number;
    return true;
}

bool litmus_form_test_branch(litmus_insn_t *insn)
{
    uint32_t field;
    if (!litmus_encode_register(insn, 0))
        return false;
    const litmus_operand_t *bit = &insn->operands[1];
    if (insn->count < 2 || bit->kind != LITMUS_OPERAND_IMMEDIATE ||
        (uint64_t)bit->immediate >= (insn->operands[0].wide ? 64 : 32))
        return litmus_encode_expected(insn, 1, "the number of a bit of the register");
    if (!take_target(insn, 2, 14, &field))
        return false;
    uint32_t number = (uint32_t)bit->immediate;
    insn->word = insn->base | (number >> 5) << 31 | (number & 31) << 19 | field << 5 | insn->operands[0].number;
    return true;
}

/* DC and IC with an address; base says which. */
bool litmus_form_cache(litmus_insn_t *insn)
{
    static const struct {
        uint32_t is_icache;
        const char *name;
        uint32_t word;
    } operations[] = {{0, "IVAC", 0xd5087620}, {0, "ZVA", 0xd50b7420},   {0, "CVAC", 0xd50b7a20},
                      {0, "CVAU", 0xd50b7b20}, {0, "CIVAC", 0xd50b7e20}, {0, "CVAP", 0xd50b7c20},
                      {1, "IVAU", 0xd50b7520}};
    for (size_t i = 0; i < G_N_ELEMENTS(operations); i++) {
        if (operations[i].is_icache != insn->base || !insn->count || !named(&insn->operands[0], operations[i].name))
            continue;
        if (!litmus_encode_register(insn, 1))
            return false;
        if (!insn->operands[1].wide)
            return litmus_encode_expected(insn, 1, "an X register");
        insn->word = operations[i].word | insn->operands[1].number;
        return litmus_encode_end(insn, 2);
    }
    return litmus_encode_expected(insn, 0, insn->base ? "IVAU" : "IVAC, CVAC, CVAU, CVAP, CIVAC or ZVA");
}
