/* The table of parameters and what is done with one row of it: default, text to value, value to text. */
#include "machine/config.h"

#include "cpu/core_config.h"
#include "machine/units.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

static const char *const start_names[] = {[MACHINE_START_PSCI] = "psci", [MACHINE_START_ALL] = "all", NULL};
static const char *const replacement_names[] = {[CACHE_LRU] = "lru", [CACHE_PLRU] = "plru", NULL};
static const char *const atomics_names[] = {
    [CPU_ATOMICS_NEAR] = "near", [CPU_ATOMICS_FAR] = "far", [CPU_ATOMICS_AUTO] = "auto", NULL};
static const char *const protocol_names[] = {[MACHINE_PROTOCOL_MESI] = "mesi", NULL};

#define AT(member) offsetof(machine_config_t, member)

/* A section's row has no key: it only heads the next one. */
#define SECTION(text) {.section = text},
#define NUMBER(name, dotted, unit_name, value, low, high, text)                                                        \
    {.key = dotted,                                                                                                    \
     .kind = MACHINE_NUMBER,                                                                                           \
     .unit = MACHINE_UNIT_##unit_name,                                                                                 \
     .default_value = (value),                                                                                         \
     .least = (low),                                                                                                   \
     .most = (high),                                                                                                   \
     .description = text,                                                                                              \
     .offset = AT(name)},
#define SWITCH(name, dotted, value, text)                                                                              \
    {.key = dotted,                                                                                                    \
     .kind = MACHINE_SWITCH,                                                                                           \
     .default_value = (value),                                                                                         \
     .most = 1,                                                                                                        \
     .description = text,                                                                                              \
     .offset = AT(name)},
#define CHOICE(name, dotted, list, value, text)                                                                        \
    {.key = dotted,                                                                                                    \
     .kind = MACHINE_CHOICE,                                                                                           \
     .default_value = (value),                                                                                         \
     .names = list,                                                                                                    \
     .description = text,                                                                                              \
     .offset = AT(name)},
#define TEXT(name, dotted, value, text)                                                                                \
    {.key = dotted, .kind = MACHINE_TEXT, .default_text = value, .description = text, .offset = AT(name)},

static const machine_parameter_t rows[] = {
#include "machine/config.def"
};

const machine_parameter_t *machine_parameters(size_t *ret_count)
{
    *ret_count = G_N_ELEMENTS(rows);
    return rows;
}

static uint64_t *number_of(machine_config_t *config, const machine_parameter_t *row)
{
    return (uint64_t *)(void *)((char *)config + row->offset);
}

static uint64_t value_of(const machine_config_t *config, const machine_parameter_t *row)
{
    uint64_t value;
    memcpy(&value, (const char *)config + row->offset, sizeof(value));
    return value;
}

void machine_config_init(machine_config_t *config)
{
    memset(config, 0, sizeof(*config));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const machine_parameter_t *row = &rows[i];
        if (!row->key)
            continue;
        if (row->kind == MACHINE_TEXT)
            g_strlcpy((char *)config + row->offset, row->default_text, MACHINE_TEXT_BYTES);
        else
            *number_of(config, row) = row->default_value;
    }
}

static const machine_parameter_t *find_row(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].key && !strcmp(rows[i].key, key))
            return &rows[i];
    return NULL;
}

static int set_number(machine_config_t *config, const machine_parameter_t *row, const char *where, const char *text,
                      base_error_t *error)
{
    uint64_t value = 0;
    int result = machine_unit_parse(row->unit, text, &value);
    if (result == -EINVAL)
        return base_fail(error, -EINVAL, "%s: '%s' is no value for %s; give %s", where, text, row->key,
                         machine_unit_example(row->unit));
    if (result < 0 || value < row->least || value > row->most) {
        char least[MACHINE_UNIT_TEXT_BYTES], most[MACHINE_UNIT_TEXT_BYTES];
        return base_fail(error, -ERANGE, "%s: %s is out of range; %s takes %s to %s", where, text, row->key,
                         machine_unit_print(least, row->unit, row->least),
                         machine_unit_print(most, row->unit, row->most));
    }
    *number_of(config, row) = value;
    return 0;
}

static int set_switch(machine_config_t *config, const machine_parameter_t *row, const char *where, const char *text,
                      base_error_t *error)
{
    static const char *const words[][2] = {{"1", "0"}, {"on", "off"}, {"yes", "no"}, {"true", "false"}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        for (unsigned off = 0; off < 2; off++)
            if (!g_ascii_strcasecmp(words[i][off], text)) {
                *number_of(config, row) = !off;
                return 0;
            }
    return base_fail(error, -EINVAL, "%s: '%s' is no value for %s; give 1 or 0", where, text, row->key);
}

static int set_choice(machine_config_t *config, const machine_parameter_t *row, const char *where, const char *text,
                      base_error_t *error)
{
    for (uint64_t i = 0; row->names[i]; i++)
        if (!strcmp(row->names[i], text)) {
            *number_of(config, row) = i;
            return 0;
        }
    char *names = g_strjoinv(" or ", (char **)(void *)(uintptr_t)row->names);
    int result = base_fail(error, -EINVAL, "%s: '%s' is no value for %s; give %s", where, text, row->key, names);
    g_free(names);
    return result;
}

static int set_text(machine_config_t *config, const machine_parameter_t *row, const char *where, const char *text,
                    base_error_t *error)
{
    if (strlen(text) >= MACHINE_TEXT_BYTES)
        return base_fail(error, -ERANGE, "%s: the value of %s is longer than %d bytes", where, row->key,
                         MACHINE_TEXT_BYTES - 1);
    g_strlcpy((char *)config + row->offset, text, MACHINE_TEXT_BYTES);
    return 0;
}

int machine_config_set(machine_config_t *config, const char *where, const char *key, const char *value,
                       base_error_t *error)
{
    const machine_parameter_t *row = find_row(key);
    if (!row)
        return base_fail(error, -EINVAL, "%s: there is no parameter '%s'; did you mean %s? --dump-config lists all",
                         where, key, machine_parameter_nearest(key)->key);
    switch (row->kind) {
    case MACHINE_NUMBER: return set_number(config, row, where, value, error);
    case MACHINE_SWITCH: return set_switch(config, row, where, value, error);
    case MACHINE_CHOICE: return set_choice(config, row, where, value, error);
    case MACHINE_TEXT: return set_text(config, row, where, value, error);
    }
    base_bug("parameter %s has no kind", key);
}

/* Levenshtein's distance, letters compared without case. */
static unsigned edit_distance(const char *a, const char *b)
{
    size_t length = strlen(b);
    unsigned *row = g_new(unsigned, length + 1);
    for (size_t j = 0; j <= length; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i]; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < length; j++) {
            unsigned replaced = diagonal + (g_ascii_tolower(a[i]) != g_ascii_tolower(b[j]));
            diagonal = row[j + 1];
            row[j + 1] = MIN(replaced, MIN(row[j], row[j + 1]) + 1);
        }
    }
    unsigned distance = row[length];
    g_free(row);
    return distance;
}

const machine_parameter_t *machine_parameter_nearest(const char *key)
{
    const machine_parameter_t *nearest = NULL;
    unsigned least = UINT_MAX;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        unsigned distance = rows[i].key ? edit_distance(key, rows[i].key) : UINT_MAX;
        if (distance < least) {
            least = distance;
            nearest = &rows[i];
        }
    }
    return nearest;
}

char *machine_config_value_text(const machine_config_t *config, const machine_parameter_t *row)
{
    char text[MACHINE_UNIT_TEXT_BYTES];
    switch (row->kind) {
    case MACHINE_NUMBER: return g_strdup(machine_unit_print(text, row->unit, value_of(config, row)));
    case MACHINE_SWITCH: return g_strdup(value_of(config, row) ? "1" : "0");
    case MACHINE_CHOICE: return g_strdup(row->names[value_of(config, row)]);
    case MACHINE_TEXT: return g_strdup((const char *)config + row->offset);
    }
    base_bug("parameter %s has no kind", row->key);
}
