/* From a line of text to a row of the table, its suffixes, and the row's form. */
#include "litmus/assemble.h"

#include "litmus/encode.h"
#include "litmus/parse.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

#define ROW(name, form, word, flags, acquire, release) {name, litmus_form_##form, word, flags, acquire, release},
const litmus_mnemonic_t litmus_mnemonics[] = {
#include "litmus/mnemonics.def"
    {0}};
#undef ROW

/* Where a thread's labels are looked up. */
typedef struct place {
    const litmus_test_t *test; /* NULL: an instruction on its own */
    unsigned thread, line;
} place_t;

static bool find_label(const void *context, const litmus_operand_t *name, int64_t *ret_words)
{
    const place_t *place = context;
    for (unsigned i = 0; i < place->test->label_count; i++) {
        const litmus_label_t *label = &place->test->labels[i];
        if (label->thread == place->thread && label->length == name->length &&
            !strncmp(label->name, name->text, name->length)) {
            *ret_words = (int64_t)label->line - (int64_t)place->line;
            return true;
        }
    }
    return false;
}

/* Takes A, L, AL and then B or H, as far as the row has them. True when nothing is left. */
static bool take_suffixes(litmus_insn_t *insn, const litmus_mnemonic_t *row, const char *at, const char *end)
{
    *insn = (litmus_insn_t){.row = row, .base = row->word, .size = -1};
    if (row->flags & LITMUS_ROW_ORDERS && at < end && *at == 'A') {
        insn->base |= row->acquire;
        at++;
    }
    if (row->flags & (LITMUS_ROW_ORDERS | LITMUS_ROW_RELEASES) && at < end && *at == 'L') {
        insn->base |= row->release;
        at++;
    }
    if (row->flags & LITMUS_ROW_SIZES && at < end && (*at == 'B' || *at == 'H'))
        insn->size = *at++ == 'H';
    return at == end;
}

/* The row of a mnemonic in capitals. */
static bool find_row(const char *name, litmus_insn_t *ret_insn)
{
    size_t length = strlen(name);
    bool branch = name[0] == 'B' && (length == 3 || (length == 4 && name[1] == '.'));
    int condition = branch ? litmus_condition_code(name + length - 2, 2) : -1;
    if (condition >= 0)
        name = "B.";
    for (const litmus_mnemonic_t *row = litmus_mnemonics; row->name; row++) {
        size_t stem = strlen(row->name);
        if (!strncmp(name, row->name, stem) && take_suffixes(ret_insn, row, name + stem, name + strlen(name))) {
            ret_insn->condition = condition;
            return condition >= 0 || strcmp(row->name, "B.") != 0;
        }
    }
    return false;
}

/* CMP W0,W1 is SUBS WZR,W0,W1. */
static void insert_zero_register(litmus_insn_t *insn)
{
    unsigned flags = insn->row->flags;
    int at = flags & LITMUS_ROW_ZR_FIRST ? 0 : flags & LITMUS_ROW_ZR_SECOND ? 1 : -1;
    if (at < 0 || insn->count < 1 || insn->count > LITMUS_MAX_OPERANDS ||
        insn->operands[0].kind != LITMUS_OPERAND_REGISTER)
        return;
    for (int i = insn->count++; i > at; i--)
        insn->operands[i] = insn->operands[i - 1];
    insn->operands[at] = (litmus_operand_t){.kind = LITMUS_OPERAND_REGISTER,
                                            .text = insn->operands[at ? 0 : 1].text,
                                            .wide = insn->operands[at ? 0 : 1].wide,
                                            .number = LITMUS_ZR};
}

/* What a line of assembly is about to become. */
typedef struct assembly {
    const char *begin, *end;
    const char *where; /* of a failure */
    char *message;     /* of a failure; to be freed */
    uint32_t word;
} assembly_t;

static bool fail(assembly_t *assembly, const char *where, const char *what)
{
    assembly->where = where;
    if (where >= assembly->end)
        assembly->message = g_strdup_printf("expected %s, found the end of the instruction", what);
    else
        assembly->message = g_strdup_printf("expected %s, found '%.*s'", what, (int)(assembly->end - where), where);
    return false;
}

static bool assemble(assembly_t *assembly, const place_t *place)
{
    litmus_insn_t insn;
    const char *expected, *where, *at = assembly->begin;
    while (at < assembly->end && (isalnum((unsigned char)*at) || *at == '.'))
        at++;
    char *name = g_ascii_strup(assembly->begin, at - assembly->begin);
    bool found = find_row(name, &insn);
    if (!found) {
        assembly->where = assembly->begin;
        assembly->message = g_strdup_printf("expected an instruction that mesim litmus assembles, found '%s'", name);
    }
    g_free(name);
    if (!found)
        return false;
    insn.context = place;
    insn.find_label = place->test ? find_label : NULL;
    insn.count = litmus_operands_parse(at, assembly->end, insn.operands, &expected, &where);
    if (insn.count < 0)
        return fail(assembly, where, expected);
    insert_zero_register(&insn);
    if (!insn.row->form(&insn))
        return fail(assembly, insn.where < insn.count ? insn.operands[insn.where].text : assembly->end, insn.expected);
    assembly->word = insn.word;
    return true;
}

int litmus_assemble_thread(const litmus_test_t *test, unsigned thread, uint32_t *ret_words, unsigned capacity,
                           base_error_t *error)
{
    const litmus_thread_t *owner = &test->threads[thread];
    if (owner->lines > capacity)
        return base_fail(error, -E2BIG, "%s: P%u has %u instructions; there is room for %u", test->file, thread,
                         owner->lines, capacity);
    for (unsigned i = 0; i < owner->lines; i++) {
        const litmus_line_t *line = &test->lines[owner->first_line + i];
        assembly_t assembly = {.begin = line->text, .end = line->text + line->length};
        if (!assemble(&assembly, &(place_t){.test = test, .thread = thread, .line = i})) {
            int result = litmus_fail_at(test, assembly.where, error, "%s", assembly.message);
            g_free(assembly.message);
            return result;
        }
        ret_words[i] = assembly.word;
    }
    return 0;
}

int litmus_assemble_text(const char *text, uint32_t *ret_word, base_error_t *error)
{
    assembly_t assembly = {.begin = text, .end = text + strlen(text)};
    if (!assemble(&assembly, &(place_t){0})) {
        base_fail(error, -EINVAL, "%s", assembly.message);
        g_free(assembly.message);
        return -EINVAL;
    }
    *ret_word = assembly.word;
    return 0;
}
