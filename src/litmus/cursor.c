/* Walking over the text of a test. */
#include "litmus/parse.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <string.h>

int litmus_fail_at(const litmus_test_t *test, const char *at, base_error_t *error, const char *format, ...)
{
    unsigned line = 1, column = 1;
    for (const char *c = test->text; c < at; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    va_list arguments;
    va_start(arguments, format);
    char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    base_fail(error, -EINVAL, "%s:%u:%u: %s", test->file, line, column, message);
    g_free(message);
    return -EINVAL;
}

int litmus_expected(litmus_cursor_t *cursor, const char *what)
{
    litmus_skip_blanks(cursor);
    size_t length = strcspn(cursor->at, " \t\r\n;|");
    if (!*cursor->at)
        return litmus_fail_at(cursor->test, cursor->at, cursor->error, "expected %s, found the end of the file", what);
    if (!length)
        length = 1;
    return litmus_fail_at(cursor->test, cursor->at, cursor->error, "expected %s, found '%.*s'", what,
                          (int)(length < 40 ? length : 40), cursor->at);
}

void litmus_skip_blanks(litmus_cursor_t *cursor)
{
    while (isspace((unsigned char)*cursor->at))
        cursor->at++;
}

bool litmus_take(litmus_cursor_t *cursor, const char *text)
{
    litmus_skip_blanks(cursor);
    if (strncmp(cursor->at, text, strlen(text)) != 0)
        return false;
    cursor->at += strlen(text);
    return true;
}

static bool continues_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool litmus_take_word(litmus_cursor_t *cursor, const char *word)
{
    litmus_skip_blanks(cursor);
    if (strncmp(cursor->at, word, strlen(word)) != 0 || continues_name(cursor->at[strlen(word)]))
        return false;
    cursor->at += strlen(word);
    return true;
}

const char *litmus_take_name(litmus_cursor_t *cursor, size_t *ret_length)
{
    litmus_skip_blanks(cursor);
    const char *name = cursor->at;
    if (!isalpha((unsigned char)*name) && *name != '_')
        return NULL;
    while (continues_name(*cursor->at) || *cursor->at == '.')
        cursor->at++;
    *ret_length = (size_t)(cursor->at - name);
    return name;
}

bool litmus_take_number(litmus_cursor_t *cursor, uint64_t *ret_number)
{
    litmus_skip_blanks(cursor);
    bool negative = *cursor->at == '-';
    const char *digits = cursor->at + negative;
    if (!isdigit((unsigned char)*digits))
        return false;
    bool hexadecimal = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    char *end = NULL;
    errno = 0;
    uint64_t number = g_ascii_strtoull(digits, &end, hexadecimal ? 16 : 10);
    if (errno || continues_name(*end))
        return false;
    cursor->at = end;
    *ret_number = negative ? 0 - number : number;
    return true;
}

int litmus_take_register(litmus_cursor_t *cursor, bool *ret_found, unsigned *ret_thread, unsigned *ret_number)
{
    uint64_t thread, number;
    size_t length;
    litmus_skip_blanks(cursor);
    *ret_found = isdigit((unsigned char)*cursor->at);
    if (!*ret_found)
        return 0;
    const char *start = cursor->at;
    if (!litmus_take_number(cursor, &thread) || !litmus_take(cursor, ":"))
        return litmus_expected(cursor, "THREAD:REGISTER, as in 0:X1");
    if (thread >= LITMUS_MAX_THREADS)
        return litmus_fail_at(cursor->test, start, cursor->error, "thread %" G_GUINT64_FORMAT " is one of more than %d",
                              thread, LITMUS_MAX_THREADS);
    litmus_skip_blanks(cursor);
    start = cursor->at;
    const char *name = litmus_take_name(cursor, &length);
    char *end = NULL;
    number = name && strchr("XxWw", *name) && isdigit((unsigned char)name[1]) ? g_ascii_strtoull(name + 1, &end, 10)
                                                                              : LITMUS_REGISTERS;
    cursor->at = start;
    if (number >= LITMUS_REGISTERS || end != name + length)
        return litmus_expected(cursor, "a register X0 to X30 or W0 to W30");
    cursor->at = end;
    *ret_thread = (unsigned)thread;
    *ret_number = (unsigned)number;
    return 0;
}

int litmus_take_value(litmus_cursor_t *cursor, litmus_value_t *ret_value)
{
    size_t length;
    *ret_value = (litmus_value_t){.location = -1};
    if (litmus_take_number(cursor, &ret_value->number))
        return 0;
    bool address = litmus_take(cursor, "&");
    const char *name = litmus_take_name(cursor, &length);
    if (!name)
        return litmus_expected(cursor, address ? "the name of a location" : "a number or the name of a location");
    if (*cursor->at == ':')
        return litmus_fail_at(cursor->test, name, cursor->error,
                              "expected a number or the name of a location; addresses of code are not supported");
    ret_value->location = (int)litmus_location_index(cursor->test, name, length);
    return 0;
}

int litmus_location_find(const litmus_test_t *test, const char *name, size_t length)
{
    for (unsigned i = 0; i < test->location_count; i++)
        if (strlen(test->locations[i].name) == length && !strncmp(test->locations[i].name, name, length))
            return (int)i;
    return -1;
}

unsigned litmus_location_index(litmus_test_t *test, const char *name, size_t length)
{
    int found = litmus_location_find(test, name, length);
    if (found >= 0)
        return (unsigned)found;
    test->locations = g_renew(litmus_location_t, test->locations, test->location_count + 1);
    litmus_location_t *location = &test->locations[test->location_count];
    *location = (litmus_location_t){.name = g_strndup(name, length), .type = {.size_bytes = 4}, .elements = 1};
    for (unsigned i = 0; i < LITMUS_MAX_CELLS; i++)
        location->initial[i].location = -1;
    return test->location_count++;
}
