/* Errors that reach a person.
 *
 * A function that can fail for a host reason (a file, a size, a configuration) returns 0 or a negative
 * errno and fills a base_error_t with one line: what is wrong, its name, and what to do. Libraries never
 * print; the CLI prints the line. Outputs named ret_* are untouched on failure. Passing NULL for the
 * error is allowed and drops the text. */
#ifndef MESIM_BASE_ERROR_H
#define MESIM_BASE_ERROR_H

enum { BASE_ERROR_BYTES = 512 };

typedef struct base_error {
    char text[BASE_ERROR_BYTES]; /* one line, no trailing newline; "" when nothing failed */
} base_error_t;

/* Formats the message, with '?' for control characters, and returns negative_errno, so `return base_fail(error,
 * -EINVAL, "...")` reads well. */
int base_fail(base_error_t *error, int negative_errno, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A simulator bug: prints "mesim: internal error: ..." with source position on stderr and aborts. */
_Noreturn void base_bug_at(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
#define base_bug(...) base_bug_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
