/* What the parsers of a litmus file's sections share. Nobody outside src/litmus includes this.
 *
 * A cursor walks over litmus_test_t.text, in which comments are blanks already. Every function that can fail returns 0
 * or -errno with the error filled; on success the cursor stands behind what was taken. */
#ifndef MESIM_LITMUS_PARSE_H
#define MESIM_LITMUS_PARSE_H

#include "litmus/test.h"

typedef struct litmus_cursor {
    litmus_test_t *test;
    const char *at;
    base_error_t *error;
} litmus_cursor_t;

/* "file:line:column: " and the message, where `at` is a place in test->text. */
int litmus_fail_at(const litmus_test_t *test, const char *at, base_error_t *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "expected WHAT, found ..." at the cursor. */
int litmus_expected(litmus_cursor_t *cursor, const char *what);

void litmus_skip_blanks(litmus_cursor_t *cursor);
/* Skips blanks; takes the text when it comes next. */
bool litmus_take(litmus_cursor_t *cursor, const char *text);
/* The same for a word: no letter, digit or underscore may follow. */
bool litmus_take_word(litmus_cursor_t *cursor, const char *word);
/* Takes a name [A-Za-z_][A-Za-z0-9_.]*; NULL when none comes next. */
const char *litmus_take_name(litmus_cursor_t *cursor, size_t *ret_length);
/* Takes a number, decimal or 0x..., with an optional minus. False when none comes next. */
bool litmus_take_number(litmus_cursor_t *cursor, uint64_t *ret_number);
/* Takes "THREAD:Xn" when a digit comes next. *ret_found says whether there was one. */
int litmus_take_register(litmus_cursor_t *cursor, bool *ret_found, unsigned *ret_thread, unsigned *ret_number);
/* Takes a number or the name of a location, with or without &. */
int litmus_take_value(litmus_cursor_t *cursor, litmus_value_t *ret_value);

/* The location of that name; made when there is none. */
unsigned litmus_location_index(litmus_test_t *test, const char *name, size_t length);
int litmus_location_find(const litmus_test_t *test, const char *name, size_t length);

/* The sections, in the order of the file. */
int litmus_parse_init(litmus_cursor_t *cursor);
int litmus_parse_code(litmus_cursor_t *cursor);
int litmus_parse_condition(litmus_cursor_t *cursor);

#endif
