/* The program: a column a thread, a row a line, labels before instructions. */
#include "litmus/parse.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

enum { MAX_LINES_OF_THREAD = 512 };

/* " P0 | P1 ;" */
static int parse_names(litmus_cursor_t *cursor)
{
    litmus_test_t *test = cursor->test;
    do {
        char name[8];
        if (test->thread_count == LITMUS_MAX_THREADS)
            return litmus_fail_at(test, cursor->at, cursor->error, "expected ';', as there is room for %d threads",
                                  LITMUS_MAX_THREADS);
        g_snprintf(name, sizeof(name), "P%u", test->thread_count);
        if (!litmus_take_word(cursor, name))
            return litmus_expected(cursor, name);
        if (*cursor->at == ':')
            return litmus_expected(cursor, "'|' or ';'; fault handlers are not supported");
        test->thread_count++;
    } while (litmus_take(cursor, "|"));
    return litmus_take(cursor, ";") ? 0 : litmus_expected(cursor, "'|' or ';'");
}

/* What follows the program. */
static bool at_end(litmus_cursor_t *cursor)
{
    static const char *const ends[] = {"exists", "~", "forall", "locations", "filter"};
    litmus_skip_blanks(cursor);
    const char *at = cursor->at;
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        bool found = ends[i][0] == '~' ? *at == '~' : litmus_take_word(cursor, ends[i]);
        cursor->at = at;
        if (found)
            return true;
    }
    return !*at;
}

static void trim(litmus_line_t *line)
{
    while (line->length && isspace((unsigned char)line->text[0])) {
        line->text++;
        line->length--;
    }
    while (line->length && isspace((unsigned char)line->text[line->length - 1]))
        line->length--;
}

/* The length of a label with its colon, or 0. */
static size_t label_length(const litmus_line_t *line)
{
    size_t length = 0;
    while (length < line->length && (isalnum((unsigned char)line->text[length]) || line->text[length] == '_'))
        length++;
    size_t end = length;
    while (end < line->length && line->text[end] == ' ')
        end++;
    return length && end < line->length && line->text[end] == ':' ? length : 0;
}

static int take_label(litmus_cursor_t *cursor, unsigned thread, unsigned line_number, litmus_line_t *line)
{
    litmus_test_t *test = cursor->test;
    size_t length = label_length(line);
    for (unsigned i = 0; i < test->label_count; i++) {
        const litmus_label_t *label = &test->labels[i];
        if (label->thread == thread && label->length == length && !strncmp(label->name, line->text, length))
            return litmus_fail_at(test, line->text, cursor->error, "expected a new label, found '%.*s' once more",
                                  (int)length, line->text);
    }
    test->labels = g_renew(litmus_label_t, test->labels, test->label_count + 1);
    test->labels[test->label_count++] =
        (litmus_label_t){.name = line->text, .length = length, .thread = thread, .line = line_number};
    const char *rest = memchr(line->text, ':', line->length);
    line->length -= (size_t)(rest + 1 - line->text);
    line->text = rest + 1;
    trim(line);
    return 0;
}

/* Cells are gathered by thread, as the test keeps them. */
static int take_cell(litmus_cursor_t *cursor, unsigned thread, litmus_line_t cell, GArray *lines)
{
    trim(&cell);
    while (label_length(&cell)) {
        int result = take_label(cursor, thread, lines->len, &cell);
        if (result < 0)
            return result;
    }
    if (cell.length && lines->len == MAX_LINES_OF_THREAD)
        return litmus_fail_at(cursor->test, cell.text, cursor->error, "expected at most %d instructions of a thread",
                              MAX_LINES_OF_THREAD);
    if (cell.length)
        g_array_append_val(lines, cell);
    return 0;
}

static int parse_row(litmus_cursor_t *cursor, GArray *const *columns)
{
    for (unsigned thread = 0; thread < cursor->test->thread_count; thread++) {
        bool last = thread + 1 == cursor->test->thread_count;
        litmus_line_t cell = {.text = cursor->at, .length = strcspn(cursor->at, "|;")};
        cursor->at += cell.length;
        if (*cursor->at != (last ? ';' : '|')) {
            char *what = g_strdup_printf("'%c' after the column of P%u", last ? ';' : '|', thread);
            int result = litmus_expected(cursor, what);
            g_free(what);
            return result;
        }
        cursor->at++;
        int result = take_cell(cursor, thread, cell, columns[thread]);
        if (result < 0)
            return result;
    }
    return 0;
}

static void join_columns(litmus_test_t *test, GArray *const *columns)
{
    for (unsigned thread = 0; thread < test->thread_count; thread++) {
        unsigned count = columns[thread]->len;
        test->threads[thread].first_line = test->line_count;
        test->threads[thread].lines = count;
        test->lines = g_renew(litmus_line_t, test->lines, test->line_count + count + 1);
        if (count)
            memcpy(test->lines + test->line_count, columns[thread]->data, count * sizeof(litmus_line_t));
        test->line_count += count;
    }
}

int litmus_parse_code(litmus_cursor_t *cursor)
{
    GArray *columns[LITMUS_MAX_THREADS];
    int result = parse_names(cursor);
    if (result < 0)
        return result;
    for (unsigned thread = 0; thread < cursor->test->thread_count; thread++)
        columns[thread] = g_array_new(FALSE, FALSE, sizeof(litmus_line_t));
    while (result == 0 && !at_end(cursor))
        result = parse_row(cursor, columns);
    if (result == 0)
        join_columns(cursor->test, columns);
    for (unsigned thread = 0; thread < cursor->test->thread_count; thread++)
        g_array_free(columns[thread], TRUE);
    return result;
}
