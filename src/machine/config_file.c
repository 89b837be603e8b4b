/* The configuration as text, both ways: lines `key = value` with # comments. */
#include "machine/config.h"
#include "machine/units.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

int machine_config_set_pair(machine_config_t *config, const char *where, const char *pair, base_error_t *error)
{
    const char *equals = strchr(pair, '=');
    if (!equals)
        return base_fail(error, -EINVAL, "%s: '%s' has no '='; write key=value", where, pair);
    char *key = g_strstrip(g_strndup(pair, (gsize)(equals - pair)));
    char *value = g_strstrip(g_strdup(equals + 1));
    int result = *value || !strcmp(key, "core.features")
                     ? machine_config_set(config, where, key, value, error)
                     : base_fail(error, -EINVAL, "%s: no value for '%s'; write key=value", where, key);
    g_free(value);
    g_free(key);
    return result;
}

int machine_config_read(machine_config_t *config, const char *name, const char *text, base_error_t *error)
{
    char **lines = g_strsplit(text, "\n", -1);
    int result = 0;
    for (unsigned i = 0; lines[i] && result == 0; i++) {
        char *comment = strchr(lines[i], '#');
        if (comment)
            *comment = '\0';
        g_strstrip(lines[i]);
        if (!*lines[i])
            continue;
        char *where = g_strdup_printf("%s:%u", name, i + 1);
        result = machine_config_set_pair(config, where, lines[i], error);
        g_free(where);
    }
    g_strfreev(lines);
    return result;
}

static void append_range(GString *text, const machine_parameter_t *row)
{
    char least[MACHINE_UNIT_TEXT_BYTES], most[MACHINE_UNIT_TEXT_BYTES];
    switch (row->kind) {
    case MACHINE_NUMBER:
        if (row->most == UINT64_MAX)
            g_string_append(text, " (any number)");
        else
            g_string_append_printf(text, " (%s to %s%s)", machine_unit_print(least, row->unit, row->least),
                                   machine_unit_print(most, row->unit, row->most),
                                   row->unit == MACHINE_UNIT_CYCLES ? " cycles" : "");
        break;
    case MACHINE_SWITCH: g_string_append(text, " (1 or 0)"); break;
    case MACHINE_CHOICE:
        for (unsigned i = 0; row->names[i]; i++)
            g_string_append_printf(text, "%s%s", i ? " or " : " (", row->names[i]);
        g_string_append_c(text, ')');
        break;
    case MACHINE_TEXT: break;
    }
}

char *machine_config_text(const machine_config_t *config)
{
    GString *text =
        g_string_new("# mesim machine description: key = value; a file like this is read with --preset FILE\n");
    size_t count = 0;
    const machine_parameter_t *rows = machine_parameters(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].section) {
            g_string_append_printf(text, "\n# --- %s ---\n", rows[i].section);
            continue;
        }
        char *value = machine_config_value_text(config, &rows[i]);
        g_string_append_printf(text, "%-20s = %-12s # %s", rows[i].key, value, rows[i].description);
        append_range(text, &rows[i]);
        g_string_append_c(text, '\n');
        g_free(value);
    }
    return g_string_free(text, FALSE);
}
