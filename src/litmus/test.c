/* A test as a whole: header, sections in order, layout; and its values. */
#include "litmus/test.h"

#include "litmus/parse.h"
#include "litmus/text.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

/* Comments, which may nest, become blanks, so that places in the text stay what they are. */
static int blank_comments(litmus_test_t *test, base_error_t *error)
{
    unsigned depth = 0;
    char *opened = NULL;
    for (char *at = test->text; *at; at++) {
        bool opens = at[0] == '(' && at[1] == '*', closes = depth && at[0] == '*' && at[1] == ')';
        if (opens && !depth++)
            opened = at;
        else if (opens)
            (void)0;
        if (depth && *at != '\n')
            at[0] = ' ';
        if (opens || closes)
            *++at = ' ';
        depth -= closes;
    }
    return depth ? litmus_fail_at(test, opened, error, "expected '*)' to end this comment") : 0;
}

static char *trimmed(const char *begin, const char *end)
{
    while (begin < end && isspace((unsigned char)*begin))
        begin++;
    while (begin < end && isspace((unsigned char)end[-1]))
        end--;
    return g_strndup(begin, (gsize)(end - begin));
}

static int parse_architecture(litmus_cursor_t *cursor)
{
    size_t length;
    litmus_skip_blanks(cursor);
    const char *start = cursor->at, *name = litmus_take_name(cursor, &length);
    if (!name || length != strlen("AArch64") || strncmp(name, "AArch64", length) != 0) {
        cursor->at = start;
        return litmus_expected(cursor, "AArch64, the only architecture that mesim runs");
    }
    const char *end = cursor->at + strcspn(cursor->at, "\n");
    cursor->test->name = trimmed(cursor->at, end);
    cursor->at = end;
    return cursor->test->name[0] ? 0 : litmus_expected(cursor, "the name of the test after AArch64");
}

/* Quoted text and KEY=VALUE lines, to the brace that begins the initial state. */
static int parse_header(litmus_cursor_t *cursor)
{
    int result = parse_architecture(cursor);
    while (result == 0) {
        litmus_skip_blanks(cursor);
        if (*cursor->at == '{')
            return 0;
        if (*cursor->at == '"') {
            size_t length = strcspn(cursor->at + 1, "\"");
            if (!cursor->at[length + 1])
                return litmus_fail_at(cursor->test, cursor->at, cursor->error, "expected '\"' to end this string");
            cursor->at += length + 2;
            continue;
        }
        const char *line = cursor->at;
        size_t length = strcspn(line, "\n");
        if (!isalpha((unsigned char)*line) || !memchr(line, '=', length))
            return litmus_expected(cursor, "a quoted string, KEY=VALUE, or '{' and the initial state");
        cursor->at += length;
        if (!strncmp(line, "Hash=", 5)) { /* the last one counts */
            g_free(cursor->test->hash);
            cursor->test->hash = trimmed(line + 5, cursor->at);
        }
    }
    return result;
}

/* Locations one after another, and their elements numbered. */
static int lay_out(litmus_test_t *test, base_error_t *error)
{
    unsigned cells = 0;
    for (unsigned i = 0; i < test->location_count; i++) {
        litmus_location_t *location = &test->locations[i];
        location->offset_bytes = (uint64_t)i * LITMUS_STRIDE_BYTES;
        location->first_cell = cells;
        for (unsigned j = 0; j < location->elements && cells + j < LITMUS_MAX_CELLS; j++)
            test->cells[cells + j] = location->initial[j];
        cells += location->elements;
    }
    test->cell_count = cells;
    if (cells > LITMUS_MAX_CELLS)
        return base_fail(error, -E2BIG, "%s: %u memory cells; there is room for %d", test->file, cells,
                         LITMUS_MAX_CELLS);
    return 0;
}

static int parse_sections(litmus_cursor_t *cursor)
{
    int result = parse_header(cursor);
    const char *body = cursor->at;
    if (result == 0)
        result = litmus_parse_init(cursor);
    if (result == 0)
        result = litmus_parse_code(cursor);
    if (result == 0)
        result = litmus_parse_condition(cursor);
    if (result == 0)
        result = lay_out(cursor->test, cursor->error);
    if (result == 0 && !cursor->test->hash)
        cursor->test->hash = g_compute_checksum_for_string(G_CHECKSUM_MD5, body, -1);
    return result;
}

int litmus_test_parse(const char *file, const char *text, litmus_test_t **ret_test, base_error_t *error)
{
    litmus_test_t *test = g_new0(litmus_test_t, 1);
    test->file = g_strdup(file);
    test->text = g_strdup(text);
    test->filter = -1;
    for (unsigned thread = 0; thread < LITMUS_MAX_THREADS; thread++)
        for (unsigned i = 0; i < LITMUS_REGISTERS; i++)
            test->threads[thread].initial[i].location = -1;
    litmus_cursor_t cursor = {.test = test, .at = test->text, .error = error};
    int result = blank_comments(test, error);
    if (result == 0)
        result = parse_sections(&cursor);
    if (result < 0) {
        litmus_test_free(test);
        return result;
    }
    *ret_test = test;
    return 0;
}

int litmus_test_read(const char *path, litmus_test_t **ret_test, base_error_t *error)
{
    char *text = NULL;
    int result = litmus_text_read(path, &text, error);
    if (result == 0)
        result = litmus_test_parse(path, text, ret_test, error);
    g_free(text);
    return result;
}

void litmus_test_free(litmus_test_t *test)
{
    if (!test)
        return;
    for (unsigned i = 0; i < test->location_count; i++)
        g_free(test->locations[i].name);
    g_free(test->locations);
    g_free(test->lines);
    g_free(test->labels);
    g_free(test->observed);
    g_free(test->nodes);
    g_free(test->file);
    g_free(test->text);
    g_free(test->name);
    g_free(test->hash);
    g_free(test);
}

uint64_t litmus_value_raw(const litmus_test_t *test, litmus_value_t value)
{
    if (value.location < 0)
        return value.number;
    return LITMUS_DATA_BASE + test->locations[value.location].offset_bytes + value.number;
}

litmus_type_t litmus_observable_type(const litmus_test_t *test, const litmus_observable_t *observable)
{
    if (observable->is_register)
        return test->threads[observable->thread].types[observable->number];
    return test->locations[observable->location].type;
}

int litmus_location_at(const litmus_test_t *test, uint64_t address)
{
    for (unsigned i = 0; i < test->location_count; i++) {
        const litmus_location_t *location = &test->locations[i];
        uint64_t begin = LITMUS_DATA_BASE + location->offset_bytes;
        if (address >= begin && address < begin + LITMUS_LINE_BYTES)
            return (int)i;
    }
    return -1;
}

uint64_t litmus_normalise(const litmus_test_t *test, litmus_type_t type, uint64_t raw)
{
    unsigned bits = type.size_bytes * 8u;
    if (!bits)
        bits = raw >> 32 ? 64 : 32;
    if (bits == 64 || litmus_location_at(test, raw) >= 0)
        return raw;
    uint64_t low = raw & ((UINT64_C(1) << bits) - 1), sign = UINT64_C(1) << (bits - 1);
    return type.is_unsigned ? low : (low ^ sign) - sign;
}

uint64_t litmus_cell_address(const litmus_test_t *test, unsigned cell, unsigned *ret_size_bytes)
{
    for (unsigned i = 0; i < test->location_count; i++) {
        const litmus_location_t *location = &test->locations[i];
        *ret_size_bytes = location->type.size_bytes;
        if (cell >= location->first_cell && cell < location->first_cell + location->elements)
            return LITMUS_DATA_BASE + location->offset_bytes +
                   (uint64_t)(cell - location->first_cell) * location->type.size_bytes;
    }
    base_bug("litmus: no cell %u", cell);
}

static bool equals(const litmus_test_t *test, const litmus_node_t *node, const uint64_t *values)
{
    litmus_type_t type = litmus_observable_type(test, &test->observed[node->observable]);
    return values[node->observable] == litmus_normalise(test, type, litmus_value_raw(test, node->value));
}

bool litmus_holds(const litmus_test_t *test, unsigned index, const uint64_t *values)
{
    const litmus_node_t *node = &test->nodes[index];
    switch (node->kind) {
    case LITMUS_TRUE: return true;
    case LITMUS_EQUAL: return equals(test, node, values);
    case LITMUS_DIFFERENT: return !equals(test, node, values);
    case LITMUS_NOT: return !litmus_holds(test, node->left, values);
    case LITMUS_AND: return litmus_holds(test, node->left, values) && litmus_holds(test, node->right, values);
    case LITMUS_OR: return litmus_holds(test, node->left, values) || litmus_holds(test, node->right, values);
    case LITMUS_IMPLIES: return !litmus_holds(test, node->left, values) || litmus_holds(test, node->right, values);
    }
    base_bug("litmus: node of kind %d", (int)node->kind);
}
