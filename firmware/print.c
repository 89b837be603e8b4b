/* printf for the kernel: one call is one undivided piece of output. */
#include "print.h"

#include "spinlock.h"
#include "uart.h"

#include <stdbool.h>
#include <stdint.h>

static spinlock_t print_lock = SPINLOCK_INIT("print");

/* One conversion: what stands between % and its letter. */
typedef struct field {
    bool left;
    bool zeros;
    bool is_long;
    unsigned width;
} field_t;

static void put_padding(const field_t *field, unsigned length, char with)
{
    for (unsigned i = length; i < field->width; i++)
        uart_put(with);
}

static void put_text(const field_t *field, const char *text)
{
    unsigned length = 0;
    while (text[length] != '\0')
        length++;
    if (!field->left)
        put_padding(field, length, ' ');
    for (unsigned i = 0; i < length; i++)
        uart_put(text[i]);
    if (field->left)
        put_padding(field, length, ' ');
}

static void put_number(const field_t *field, uint64_t value, unsigned base, bool negative)
{
    char text[24];
    char *p = &text[sizeof text - 1];
    *p = '\0';
    do {
        *--p = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    const unsigned digits = (unsigned)(&text[sizeof text - 1] - p) + negative;
    if (field->zeros) {
        if (negative)
            uart_put('-');
        put_padding(field, digits, '0');
        put_text(&(field_t){0}, p);
    } else {
        if (negative)
            *--p = '-';
        put_text(field, p);
    }
}

static const char *parse_field(const char *format, field_t *field)
{
    *field = (field_t){0};
    for (;; format++) {
        if (*format == '-')
            field->left = true;
        else if (*format == '0')
            field->zeros = true;
        else
            break;
    }
    while (*format >= '0' && *format <= '9')
        field->width = field->width * 10 + (unsigned)(*format++ - '0');
    while (*format == 'l' || *format == 'z') {
        field->is_long = true; /* int is 32 bits here, long and long long are 64 */
        format++;
    }
    return format;
}

static void put_conversion(char letter, const field_t *field, va_list *arguments)
{
    switch (letter) {
    case 'd': {
        const int64_t value = field->is_long ? va_arg(*arguments, int64_t) : va_arg(*arguments, int32_t);
        put_number(field, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, value < 0);
        break;
    }
    case 'u':
    case 'x': {
        const uint64_t value = field->is_long ? va_arg(*arguments, uint64_t) : va_arg(*arguments, uint32_t);
        put_number(field, value, letter == 'x' ? 16 : 10, false);
        break;
    }
    case 'p': put_number(field, va_arg(*arguments, uint64_t), 16, false); break;
    case 's': put_text(field, va_arg(*arguments, const char *)); break;
    case 'c': uart_put((char)va_arg(*arguments, int)); break;
    default: uart_put(letter); break; /* %% */
    }
}

static void put_formatted(const char *format, va_list *arguments)
{
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            uart_put(*format);
            continue;
        }
        field_t field;
        format = parse_field(format + 1, &field);
        if (*format == '\0')
            return;
        put_conversion(*format, &field, arguments);
    }
}

void print_unlocked(const char *format, va_list arguments)
{
    va_list copy;
    va_copy(copy, arguments);
    put_formatted(format, &copy);
    va_end(copy);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    spinlock_acquire(&print_lock);
    print_unlocked(format, arguments);
    spinlock_release(&print_lock);
    va_end(arguments);
}
