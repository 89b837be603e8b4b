/* Formatted output without a C library. Doubles are printed from their exact decimal expansion. */
#include "program.h"

enum { LIMBS = 40, LIMB_DIGITS = 9, MAX_DIGITS = 800 };
#define LIMB_BASE UINT32_C(1000000000)

typedef struct sink {
    char *buffer;
    size_t size, count;
} sink_t;

typedef struct spec {
    bool left, zero, plus, space, alternate;
    int width, precision; /* -1: none */
    int length;           /* 0 int, 1 long and wider, -1 short, -2 char */
    char conversion;
} spec_t;

static void emit(sink_t *sink, char c)
{
    if (sink->count + 1 < sink->size)
        sink->buffer[sink->count] = c;
    sink->count++;
}

static size_t length_of(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

static void emit_padded(sink_t *sink, const spec_t *spec, const char *prefix, const char *digits, size_t count,
                        size_t zeros)
{
    size_t prefix_count = length_of(prefix), total = prefix_count + zeros + count;
    size_t padding = spec->width > 0 && (size_t)spec->width > total ? (size_t)spec->width - total : 0;
    for (size_t i = 0; !spec->left && !spec->zero && i < padding; i++)
        emit(sink, ' ');
    for (size_t i = 0; i < prefix_count; i++)
        emit(sink, prefix[i]);
    for (size_t i = 0; i < zeros + (spec->zero && !spec->left ? padding : 0); i++)
        emit(sink, '0');
    for (size_t i = 0; i < count; i++)
        emit(sink, digits[i]);
    for (size_t i = 0; spec->left && i < padding; i++)
        emit(sink, ' ');
}

static void emit_integer(sink_t *sink, spec_t spec, uint64_t value, bool negative, unsigned base, bool upper)
{
    char digits[64];
    size_t at = sizeof digits;
    bool is_zero = value == 0;
    while (value) {
        unsigned digit = (unsigned)(value % base);
        digits[--at] = (char)(digit < 10 ? '0' + digit : (upper ? 'A' : 'a') + digit - 10);
        value /= base;
    }
    size_t count = sizeof digits - at, zeros = 0, least = spec.precision < 0 ? 1 : (size_t)spec.precision;
    if (count < least)
        zeros = least - count;
    if (spec.precision >= 0)
        spec.zero = false;
    const char *prefix = negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
    if (spec.alternate && base == 16 && !is_zero)
        prefix = upper ? "0X" : "0x";
    emit_padded(sink, &spec, prefix, digits + at, count, zeros);
}

/* --- doubles --- */

/* Digits of value = mantissa * 2^exponent: `digits` without leading zeros, the point stands behind `*ret_point`. */
static size_t exact_digits(uint64_t mantissa, int exponent, char *digits, int *ret_point)
{
    static const uint32_t five_9 = 1953125; /* 5^9 */
    uint32_t limbs[2 * LIMBS * 3] = {0};
    size_t used = 0;
    int tens = 0; /* the value is limbs * 10^-tens */
    for (uint64_t rest = mantissa; rest; rest /= LIMB_BASE)
        limbs[used++] = (uint32_t)(rest % LIMB_BASE);
    int steps = exponent < 0 ? -exponent : exponent;
    while (steps) { /* times 2, or times 5 and a tenth */
        int chunk = steps < LIMB_DIGITS ? steps : LIMB_DIGITS;
        uint64_t factor = 1;
        for (int i = 0; i < chunk; i++)
            factor *= exponent < 0 ? 5 : 2;
        factor = exponent < 0 && chunk == LIMB_DIGITS ? five_9 : factor;
        uint64_t carry = 0;
        for (size_t i = 0; i < used; i++) {
            carry += limbs[i] * factor;
            limbs[i] = (uint32_t)(carry % LIMB_BASE);
            carry /= LIMB_BASE;
        }
        if (carry)
            limbs[used++] = (uint32_t)carry;
        tens += exponent < 0 ? chunk : 0;
        steps -= chunk;
    }
    size_t count = 0;
    for (size_t i = used; i-- > 0;) {
        uint32_t divisor = LIMB_BASE / 10;
        for (int j = 0; j < LIMB_DIGITS; j++, divisor /= 10) {
            char digit = (char)('0' + limbs[i] / divisor % 10);
            if (count || digit != '0')
                digits[count++] = digit;
        }
    }
    *ret_point = (int)count - tens;
    return count;
}

/* Keeps `keep` digits, rounded to nearest, ties to even. */
static size_t round_digits(char *digits, size_t count, long keep, int *point)
{
    if (keep >= (long)count)
        return count;
    if (keep < 0)
        return 0;
    bool above_half = false;
    for (size_t i = (size_t)keep + 1; i < count; i++)
        above_half |= digits[i] != '0';
    char next = digits[keep];
    bool odd = keep > 0 && (digits[keep - 1] - '0') % 2;
    bool up = next > '5' || (next == '5' && (above_half || odd));
    long at = keep;
    while (up && at > 0 && digits[at - 1] == '9')
        digits[--at] = '0';
    if (up && at > 0) {
        digits[at - 1]++;
    } else if (up) {
        for (long i = keep; i > 0; i--)
            digits[i] = digits[i - 1];
        digits[0] = '1';
        ++*point;
        return (size_t)keep + 1;
    }
    return (size_t)keep;
}

static char digit_at(const char *digits, size_t count, long index)
{
    return index >= 0 && index < (long)count ? digits[index] : '0';
}

static size_t write_fixed(char *text, const char *digits, size_t count, int point, int precision, bool alternate)
{
    size_t at = 0;
    for (long i = point > 0 ? 0 : point - 1; i < point; i++)
        text[at++] = digit_at(digits, count, i);
    if (precision > 0 || alternate)
        text[at++] = '.';
    for (int i = 0; i < precision; i++)
        text[at++] = digit_at(digits, count, point + i);
    return at;
}

static size_t write_exponent(char *text, const char *digits, size_t count, int point, int precision, bool alternate)
{
    size_t at = 0;
    int exponent = count ? point - 1 : 0;
    text[at++] = digit_at(digits, count, 0);
    if (precision > 0 || alternate)
        text[at++] = '.';
    for (int i = 1; i <= precision; i++)
        text[at++] = digit_at(digits, count, i);
    text[at++] = 'e';
    text[at++] = exponent < 0 ? '-' : '+';
    unsigned magnitude = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (magnitude >= 100)
        text[at++] = (char)('0' + magnitude / 100);
    text[at++] = (char)('0' + magnitude / 10 % 10);
    text[at++] = (char)('0' + magnitude % 10);
    return at;
}

static size_t strip_zeros(char *text, size_t count)
{
    size_t point = 0, end = count;
    while (point < count && text[point] != '.')
        point++;
    for (end = point; end < count && text[end] != 'e';)
        end++;
    size_t kept = end;
    while (kept > point && (text[kept - 1] == '0' || text[kept - 1] == '.'))
        if (text[--kept] == '.')
            break;
    for (size_t i = end; point < count && i < count; i++)
        text[kept++] = text[i];
    return point < count ? kept : count;
}

static void emit_double(sink_t *sink, spec_t spec, double value)
{
    static char digits[MAX_DIGITS * 2], text[MAX_DIGITS * 2];
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    const char *prefix = bits >> 63 ? "-" : spec.plus ? "+" : spec.space ? " " : "";
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int field = (int)(bits >> 52 & 0x7ff), point = 0, precision = spec.precision < 0 ? 6 : spec.precision;
    if (field == 0x7ff) {
        spec.zero = false;
        emit_padded(sink, &spec, prefix, fraction ? "nan" : "inf", 3, 0);
        return;
    }
    size_t count =
        exact_digits(field ? fraction | UINT64_C(1) << 52 : fraction, (field ? field : 1) - 1075, digits, &point);
    size_t used;
    if (spec.conversion == 'f') {
        count = round_digits(digits, count, (long)point + precision, &point);
        used = write_fixed(text, digits, count, point, precision, spec.alternate);
    } else if (spec.conversion == 'e') {
        count = round_digits(digits, count, precision + 1, &point);
        used = write_exponent(text, digits, count, point, precision, spec.alternate);
    } else {
        precision = precision ? precision : 1;
        count = round_digits(digits, count, precision, &point);
        int exponent = count ? point - 1 : 0;
        if (exponent < -4 || exponent >= precision)
            used = write_exponent(text, digits, count, point, precision - 1, spec.alternate);
        else
            used = write_fixed(text, digits, count, count ? point : 1, precision - 1 - exponent, spec.alternate);
        if (!spec.alternate)
            used = strip_zeros(text, used);
    }
    emit_padded(sink, &spec, prefix, text, used, 0);
}

/* --- the format --- */

static const char *read_number(const char *format, int *ret_number, va_list *arguments)
{
    if (*format == '*') {
        *ret_number = va_arg(*arguments, int);
        return format + 1;
    }
    for (*ret_number = 0; *format >= '0' && *format <= '9'; format++)
        *ret_number = *ret_number * 10 + (*format - '0');
    return format;
}

static const char *read_spec(const char *format, spec_t *ret_spec, va_list *arguments)
{
    spec_t spec = {.precision = -1};
    for (;; format++) {
        if (*format == '-')
            spec.left = true;
        else if (*format == '0')
            spec.zero = true;
        else if (*format == '+')
            spec.plus = true;
        else if (*format == ' ')
            spec.space = true;
        else if (*format == '#')
            spec.alternate = true;
        else
            break;
    }
    format = read_number(format, &spec.width, arguments);
    if (*format == '.')
        format = read_number(format + 1, &spec.precision, arguments);
    for (; *format == 'l' || *format == 'h' || *format == 'z' || *format == 'j'; format++)
        spec.length = *format == 'h' ? spec.length - 1 : 1;
    spec.conversion = *format;
    *ret_spec = spec;
    return format + 1;
}

static int64_t signed_argument(const spec_t *spec, va_list *arguments)
{
    if (spec->length > 0)
        return va_arg(*arguments, int64_t);
    int value = va_arg(*arguments, int);
    return spec->length == 0 ? value : spec->length == -1 ? (short)value : (signed char)value;
}

static uint64_t unsigned_argument(const spec_t *spec, va_list *arguments)
{
    if (spec->length > 0)
        return va_arg(*arguments, uint64_t);
    unsigned value = va_arg(*arguments, unsigned);
    return spec->length == 0 ? value : spec->length == -1 ? (unsigned short)value : (unsigned char)value;
}

static void emit_string(sink_t *sink, spec_t spec, const char *text)
{
    size_t length = 0;
    while ((spec.precision < 0 || length < (size_t)spec.precision) && text[length])
        length++;
    spec.zero = false;
    emit_padded(sink, &spec, "", text, length, 0);
}

static void emit_argument(sink_t *sink, spec_t spec, va_list *arguments)
{
    int64_t number;
    char character;
    switch (spec.conversion) {
    case 'd':
    case 'i':
        number = signed_argument(&spec, arguments);
        emit_integer(sink, spec, number < 0 ? -(uint64_t)number : (uint64_t)number, number < 0, 10, false);
        break;
    case 'u': emit_integer(sink, spec, unsigned_argument(&spec, arguments), false, 10, false); break;
    case 'o': emit_integer(sink, spec, unsigned_argument(&spec, arguments), false, 8, false); break;
    case 'x':
    case 'X': emit_integer(sink, spec, unsigned_argument(&spec, arguments), false, 16, spec.conversion == 'X'); break;
    case 'p':
        spec.alternate = true;
        emit_integer(sink, spec, (uintptr_t)va_arg(*arguments, void *), false, 16, false);
        break;
    case 'c':
        character = (char)va_arg(*arguments, int);
        emit_padded(sink, &spec, "", &character, 1, 0);
        break;
    case 's': emit_string(sink, spec, va_arg(*arguments, const char *)); break;
    case 'f':
    case 'e':
    case 'g': emit_double(sink, spec, va_arg(*arguments, double)); break;
    default: emit(sink, spec.conversion); break;
    }
}

int put_to_list(char *buffer, size_t size, const char *format, va_list list)
{
    sink_t sink = {.buffer = buffer, .size = size};
    va_list arguments;
    va_copy(arguments, list);
    while (*format) {
        if (*format != '%') {
            emit(&sink, *format++);
            continue;
        }
        spec_t spec;
        format = read_spec(format + 1, &spec, &arguments);
        emit_argument(&sink, spec, &arguments);
    }
    va_end(arguments);
    if (size)
        buffer[sink.count < size ? sink.count : size - 1] = 0;
    return (int)sink.count;
}

int put_to(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int count = put_to_list(buffer, size, format, arguments);
    va_end(arguments);
    return count;
}

void put(const char *format, ...)
{
    char buffer[2048];
    va_list arguments;
    va_start(arguments, format);
    int count = put_to_list(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    platform_write(buffer, (size_t)count < sizeof buffer ? (size_t)count : sizeof buffer - 1);
}

/* --- hashes and random numbers --- */

void hash_bytes(hash_t *hash, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < bytes; i++)
        hash->value = (hash->value ^ at[i]) * UINT64_C(0x100000001b3);
}

uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}
