/* A small printf: %d %u %x %s %c %p %%, with - 0 width, and l or ll. Lines from different cores do not mix. */
#ifndef MESIM_FIRMWARE_PRINT_H
#define MESIM_FIRMWARE_PRINT_H

#include <stdarg.h>

void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For a core that is dying, perhaps with the lock in its hand. */
void print_unlocked(const char *format, va_list arguments);

#endif
