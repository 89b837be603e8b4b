/* One-line errors and the end of the road for simulator bugs. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Texts quote what a file says; nothing of that may end the line or reach the terminal as a control. */
static void keep_one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

int base_fail(base_error_t *error, int negative_errno, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof(error->text), format, args);
        va_end(args);
        keep_one_line(error->text);
    }
    return negative_errno;
}

_Noreturn void base_bug_at(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "mesim: internal error: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, " (%s:%d)\n", file, line);
    va_end(args);
    abort();
}
