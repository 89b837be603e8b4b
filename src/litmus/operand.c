#include "litmus/operand.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

typedef struct scan {
    const char *at, *end;
    const char *expected, *where;
} scan_t;

static bool fail(scan_t *scan, const char *expected)
{
    scan->expected = expected;
    scan->where = scan->at;
    return false;
}

static void skip_blanks(scan_t *scan)
{
    while (scan->at < scan->end && isspace((unsigned char)*scan->at))
        scan->at++;
}

static bool next_is(scan_t *scan, char c)
{
    skip_blanks(scan);
    return scan->at < scan->end && *scan->at == c;
}

static bool take(scan_t *scan, char c)
{
    bool found = next_is(scan, c);
    scan->at += found;
    return found;
}

static bool same(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && !g_ascii_strncasecmp(text, name, length);
}

static size_t word_length(const scan_t *scan)
{
    const char *at = scan->at;
    while (at < scan->end && (isalnum((unsigned char)*at) || *at == '_'))
        at++;
    return (size_t)(at - scan->at);
}

/* Xn, Wn, XZR, WZR, SP, WSP, LR. */
static bool read_register(const char *text, size_t length, litmus_operand_t *operand)
{
    static const struct {
        const char *name;
        bool wide, is_sp;
        uint8_t number;
    } named[] = {{"XZR", true, false, 31},
                 {"WZR", false, false, 31},
                 {"SP", true, true, 31},
                 {"WSP", false, true, 31},
                 {"LR", true, false, 30}};
    operand->kind = LITMUS_OPERAND_REGISTER;
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (same(text, length, named[i].name)) {
            operand->wide = named[i].wide;
            operand->is_sp = named[i].is_sp;
            operand->number = named[i].number;
            return true;
        }
    if (length < 2 || length > 3 || !strchr("xXwW", text[0]) || !isdigit((unsigned char)text[1]) ||
        (length == 3 && (!isdigit((unsigned char)text[2]) || text[1] == '0')))
        return false;
    unsigned number = (unsigned)(text[1] - '0');
    if (length == 3)
        number = number * 10 + (unsigned)(text[2] - '0');
    operand->wide = toupper((unsigned char)text[0]) == 'X';
    operand->number = (uint8_t)number;
    return number < 31;
}

static bool take_immediate(scan_t *scan, int64_t *ret_value)
{
    char digits[24];
    take(scan, '#');
    skip_blanks(scan);
    bool negative = scan->at < scan->end && *scan->at == '-';
    scan->at += negative;
    size_t length = word_length(scan);
    if (!length || length >= sizeof(digits) || !isdigit((unsigned char)*scan->at))
        return fail(scan, "a number");
    memcpy(digits, scan->at, length);
    digits[length] = '\0';
    char *end = NULL;
    errno = 0;
    bool hexadecimal = digits[0] == '0' && toupper((unsigned char)digits[1]) == 'X';
    uint64_t value = g_ascii_strtoull(digits, &end, hexadecimal ? 16 : 10);
    if (errno || *end)
        return fail(scan, "a number");
    scan->at += length;
    *ret_value = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

/* LSL #2, SXTW, UXTX #3; nothing is taken where none comes next. */
static bool take_extend(scan_t *scan, litmus_extend_t *ret_extend)
{
    static const char *const names[] = {"LSL",  "LSR",  "ASR",  "ROR",  "UXTB", "UXTH",
                                        "UXTW", "UXTX", "SXTB", "SXTH", "SXTW", "SXTX"};
    skip_blanks(scan);
    size_t length = word_length(scan);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!same(scan->at, length, names[i]))
            continue;
        int64_t amount = 0;
        *ret_extend = (litmus_extend_t){.present = true, .is_shift = i < 4, .option = (uint8_t)(i < 4 ? i : i - 4)};
        scan->at += length;
        skip_blanks(scan);
        ret_extend->has_amount = scan->at < scan->end && (*scan->at == '#' || isdigit((unsigned char)*scan->at));
        if (ret_extend->has_amount && (!take_immediate(scan, &amount) || amount < 0 || amount > 63))
            return fail(scan, "an amount from 0 to 63");
        ret_extend->amount = (uint8_t)amount;
        return true;
    }
    return true;
}

/* What may follow the base in brackets. */
static bool take_offset(scan_t *scan, litmus_operand_t *operand)
{
    skip_blanks(scan);
    size_t length = word_length(scan);
    litmus_operand_t index = {0};
    if (!read_register(scan->at, length, &index) || index.is_sp)
        return take_immediate(scan, &operand->immediate) || fail(scan, "an offset or a register");
    scan->at += length;
    operand->addressing = LITMUS_INDEXED;
    operand->index = index.number;
    operand->wide = index.wide;
    if (!take(scan, ','))
        return true;
    if (!take_extend(scan, &operand->extend))
        return false;
    return operand->extend.present || fail(scan, "LSL, UXTW, SXTW or SXTX");
}

static bool take_memory(scan_t *scan, litmus_operand_t *operand)
{
    litmus_operand_t base = {0};
    operand->kind = LITMUS_OPERAND_MEMORY;
    skip_blanks(scan);
    size_t length = word_length(scan);
    if (!read_register(scan->at, length, &base) || !base.wide || (base.number == LITMUS_ZR && !base.is_sp))
        return fail(scan, "a base register X0 to X30 or SP");
    scan->at += length;
    operand->number = base.number;
    if (take(scan, ',') && !take_offset(scan, operand))
        return false;
    if (!take(scan, ']'))
        return fail(scan, "']'");
    if (take(scan, '!'))
        operand->addressing = LITMUS_PRE_INDEX;
    return true;
}

static bool take_operand(scan_t *scan, litmus_operand_t *operand)
{
    *operand = (litmus_operand_t){.text = scan->at};
    if (take(scan, '['))
        return take_memory(scan, operand);
    size_t length = word_length(scan);
    if (next_is(scan, '#') || next_is(scan, '-') || (length && isdigit((unsigned char)*scan->at))) {
        operand->kind = LITMUS_OPERAND_IMMEDIATE;
        return take_immediate(scan, &operand->immediate);
    }
    if (!length)
        return fail(scan, "an operand");
    if (read_register(scan->at, length, operand)) {
        scan->at += length;
        return true;
    }
    *operand = (litmus_operand_t){.kind = LITMUS_OPERAND_EXTEND, .text = scan->at};
    if (!take_extend(scan, &operand->extend))
        return false;
    if (operand->extend.present)
        return true;
    operand->kind = LITMUS_OPERAND_NAME;
    scan->at += length;
    return true;
}

/* [X1],#4 is one operand. */
static bool joins_as_post_index(const litmus_operand_t *memory, const litmus_operand_t *next)
{
    return memory->kind == LITMUS_OPERAND_MEMORY && memory->addressing == LITMUS_OFFSET && !memory->immediate &&
           next->kind == LITMUS_OPERAND_IMMEDIATE;
}

int litmus_operands_parse(const char *at, const char *end, litmus_operand_t *ret_operands, const char **ret_expected,
                          const char **ret_where)
{
    scan_t scan = {.at = at, .end = end};
    int count = 0;
    skip_blanks(&scan);
    while (scan.at < scan.end) {
        litmus_operand_t operand;
        skip_blanks(&scan);
        if (count == LITMUS_MAX_OPERANDS ? !fail(&scan, "fewer operands") : !take_operand(&scan, &operand))
            break;
        operand.length = (size_t)(scan.at - operand.text);
        if (count && joins_as_post_index(&ret_operands[count - 1], &operand)) {
            ret_operands[count - 1].addressing = LITMUS_POST_INDEX;
            ret_operands[count - 1].immediate = operand.immediate;
        } else {
            ret_operands[count++] = operand;
        }
        skip_blanks(&scan);
        if (scan.at == scan.end)
            break;
        if (!take(&scan, ',')) {
            fail(&scan, "',' or the end of the instruction");
            break;
        }
        skip_blanks(&scan);
        if (scan.at == scan.end)
            fail(&scan, "an operand");
    }
    *ret_expected = scan.expected;
    *ret_where = scan.where;
    return scan.expected ? -1 : count;
}

int litmus_condition_code(const char *text, size_t length)
{
    static const struct {
        const char *name;
        int code;
    } conditions[] = {{"EQ", 0},  {"NE", 1},  {"CS", 2},  {"HS", 2},  {"CC", 3},  {"LO", 3},
                      {"MI", 4},  {"PL", 5},  {"VS", 6},  {"VC", 7},  {"HI", 8},  {"LS", 9},
                      {"GE", 10}, {"LT", 11}, {"GT", 12}, {"LE", 13}, {"AL", 14}, {"NV", 15}};
    for (size_t i = 0; i < G_N_ELEMENTS(conditions); i++)
        if (same(text, length, conditions[i].name))
            return conditions[i].code;
    return -1;
}
