/* Each unit is a list of suffixes, largest first. */
#include "machine/units.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct suffix {
    const char *text;
    uint64_t factor;
    bool printed; /* the one of this factor that output uses */
} suffix_t;

static const suffix_t none[] = {{"", 1, true}, {0}};
static const suffix_t cycles[] = {{"", 1, true}, {"c", 1, false}, {"cycles", 1, false}, {0}};
static const suffix_t bytes[] = {
    {"G", 1 << 30, true},    {"GB", 1 << 30, false},  {"GiB", 1 << 30, false}, {"M", 1 << 20, true},
    {"MB", 1 << 20, false},  {"MiB", 1 << 20, false}, {"K", 1 << 10, true},    {"KB", 1 << 10, false},
    {"KiB", 1 << 10, false}, {"", 1, true},           {"B", 1, false},         {0},
};
static const suffix_t hertz[] = {
    {"GHz", 1000000000, true}, {"G", 1000000000, false}, {"MHz", 1000000, true},
    {"M", 1000000, false},     {"kHz", 1000, true},      {"k", 1000, false},
    {"Hz", 1, true},           {"", 1, false},           {0},
};
static const suffix_t picoseconds[] = {
    {"s", 1000000000000, true},
    {"ms", 1000000000, true},
    {"us", 1000000, true},
    {"ns", 1000, true},
    {"ps", 1, true},
    {"", 1, false},
    {0},
};

static const struct {
    const suffix_t *suffixes;
    const char *name;
    const char *example;
    bool decimals; /* output may have a fraction */
} units[] = {
    [MACHINE_UNIT_COUNT] = {none, "count", "a number", false},
    [MACHINE_UNIT_BYTES] = {bytes, "bytes", "a size such as 48K or 2M", false},
    [MACHINE_UNIT_HZ] = {hertz, "Hz", "a frequency such as 2GHz or 62.5MHz", true},
    [MACHINE_UNIT_PS] = {picoseconds, "ps", "a time such as 90ns or 500ps", true},
    [MACHINE_UNIT_CYCLES] = {cycles, "cycles", "a number of cycles", false},
};

const char *machine_unit_name(machine_unit_t unit)
{
    return units[unit].name;
}

const char *machine_unit_example(machine_unit_t unit)
{
    return units[unit].example;
}

static const suffix_t *find_suffix(machine_unit_t unit, const char *text)
{
    for (const suffix_t *suffix = units[unit].suffixes; suffix->text; suffix++)
        if (!g_ascii_strcasecmp(suffix->text, text))
            return suffix;
    return NULL;
}

/* Digits after the point become an exact part of `factor`; *at is moved behind them. */
static int parse_fraction(const char **at, uint64_t *ret_digits, uint64_t *ret_scale)
{
    const char *start = *at + 1;
    char *end = NULL;
    *ret_digits = 0;
    *ret_scale = 1;
    if (!g_ascii_isdigit(*start))
        return -EINVAL;
    *ret_digits = g_ascii_strtoull(start, &end, 10);
    if (end - start > 12)
        return -EINVAL;
    for (long i = 0; i < end - start; i++)
        *ret_scale *= 10;
    *at = end;
    return 0;
}

int machine_unit_parse(machine_unit_t unit, const char *text, uint64_t *ret_value)
{
    if (!g_ascii_isdigit(*text))
        return -EINVAL;
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end = NULL;
    errno = 0;
    uint64_t whole = g_ascii_strtoull(text, &end, hexadecimal ? 16 : 10);
    if (errno == ERANGE)
        return -ERANGE;
    uint64_t digits = 0, scale = 1;
    const char *at = end;
    if (*at == '.' && (hexadecimal || parse_fraction(&at, &digits, &scale) < 0))
        return -EINVAL;
    while (*at == ' ')
        at++;
    const suffix_t *suffix = find_suffix(unit, at);
    if (!suffix)
        return -EINVAL;
    unsigned __int128 fraction = (unsigned __int128)digits * suffix->factor;
    if (fraction % scale)
        return -EINVAL;
    unsigned __int128 value = (unsigned __int128)whole * suffix->factor + fraction / scale;
    if (value > UINT64_MAX)
        return -ERANGE;
    *ret_value = (uint64_t)value;
    return 0;
}

/* Writes value / factor where that has at most three digits after the point. */
static bool print_scaled(char text[MACHINE_UNIT_TEXT_BYTES], const suffix_t *suffix, bool decimals, uint64_t value)
{
    uint64_t whole = value / suffix->factor, rest = value % suffix->factor;
    unsigned places = 0;
    uint64_t digits = 0;
    if (rest && (!decimals || suffix->factor < 1000 || rest % (suffix->factor / 1000)))
        return false;
    if (rest) {
        digits = rest / (suffix->factor / 1000);
        for (places = 3; digits % 10 == 0; places--)
            digits /= 10;
    }
    if (places)
        snprintf(text, MACHINE_UNIT_TEXT_BYTES, "%" PRIu64 ".%0*" PRIu64 "%s", whole, (int)places, digits,
                 suffix->text);
    else
        snprintf(text, MACHINE_UNIT_TEXT_BYTES, "%" PRIu64 "%s", whole, suffix->text);
    return true;
}

const char *machine_unit_print(char text[MACHINE_UNIT_TEXT_BYTES], machine_unit_t unit, uint64_t value)
{
    for (const suffix_t *suffix = units[unit].suffixes; suffix->text; suffix++) {
        bool fits = value >= suffix->factor || suffix->factor == 1;
        if (suffix->printed && fits && print_scaled(text, suffix, units[unit].decimals, value))
            return text;
    }
    snprintf(text, MACHINE_UNIT_TEXT_BYTES, "%" PRIu64, value);
    return text;
}
