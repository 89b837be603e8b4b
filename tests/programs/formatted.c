/* Formatted output of integers, strings and doubles; numbers read back. */
#include "program.h"

static const double values[] = {0.0,  -0.0,     1.0,     -1.5,     3.14159265358979, 1e100,    1e-100, 123456789.0,
                                0.1,  2.5,      3.5,     0.5,      99999.99999,      999999.5, 1e15,   1e16,
                                1e17, 4.9e-324, 1.7e308, 2.2e-308, 1.0 / 3,          2.0 / 3};

/* Decimal digits to the nearest double by way of a wide integer: exact for those of 19 digits and few zeros. */
static double read_double(const char *text)
{
    uint64_t mantissa = 0;
    int exponent = 0, sign = 1, written = 0;
    bool point = false;
    if (*text == '-') {
        sign = -1;
        text++;
    }
    for (; (*text >= '0' && *text <= '9') || *text == '.'; text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        mantissa = mantissa * 10 + (uint64_t)(*text - '0');
        exponent -= point;
    }
    if (*text == 'e') {
        int direction = text[1] == '-' ? -1 : 1;
        for (text += 2; *text >= '0' && *text <= '9'; text++)
            written = written * 10 + (*text - '0');
        exponent += direction * written;
    }
    double value = (double)mantissa;
    for (; exponent > 0; exponent--)
        value *= 10;
    for (; exponent < 0; exponent++)
        value /= 10;
    return sign * value;
}

void program(void)
{
    static const char *const formats[] = {"[%g]",      "[%f]",      "[%e]",    "[%.0f]",  "[%+.3e]", "[%12.4g]",
                                          "[%-14.2f]", "[%014.3f]", "[% .1f]", "[%#.0f]", "[%.17g]"};
    char text[1024];
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
        for (unsigned j = 0; j < sizeof formats / sizeof formats[0]; j++) {
            _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"") put_to(text, sizeof text, formats[j], values[i]);
            put("%.100s%s", text, j % 4 == 3 || j == 10 ? "\n" : " ");
        }
    put("%d %i %u %x %X %o %#x %c %%\n", -42, 42, 42u, 0xbeef, 0xbeef, 8u, 255, 'x');
    put("[%5d] [%-5d] [%05d] [%+d] [% d] [%.5d] [%8.3d]\n", 42, 42, 42, 42, 42, 42, -42);
    put("%ld %lu %lx %lld %zu\n", (long)INT64_MIN, (unsigned long)UINT64_MAX, (unsigned long)INT64_MAX,
        (long long)INT64_MAX, (size_t)123456789012);
    put("%hd %hu %hhd %hhu\n", (short)40000, (unsigned short)70000, (signed char)200, (unsigned char)300);
    put("[%s] [%10s] [%-10s] [%.3s] [%*.*s]\n", "hello", "hello", "hello", "hello", 8, 2, "hello");
    put("%d characters\n", put_to(text, 8, "%s and %d more", "cut off", 12345));
    put("[%s]\n", text);
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        put_to(text, sizeof text, "%.17g", values[i]);
        double back = read_double(text);
        put("%s -> %.17g\n", text, back);
    }
}
