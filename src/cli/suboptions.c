#include "cli/suboptions.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

static int set_part(const cli_suboptions_t *form, const char *text, const char *part, void *target, base_error_t *error)
{
    const char *equals = strchr(part, '=');
    char *name = equals ? g_strndup(part, (gsize)(equals - part)) : g_strdup(part);
    int result = form->set(target, name, equals ? equals + 1 : NULL);
    g_free(name);
    return result < 0
               ? base_fail(error, result, "%s '%s': '%s' is not known; give %s", form->shown, text, part, form->names)
               : 0;
}

int cli_suboptions_parse(const cli_suboptions_t *form, const char *text, void *target, char **ret_head,
                         base_error_t *error)
{
    char **parts = g_strsplit(text, ",", -1);
    int result = *parts && **parts ? 0 : base_fail(error, -EINVAL, "%s needs %s", form->shown, form->head);
    for (char **part = parts + 1; result == 0 && *part; part++)
        result = set_part(form, text, *part, target, error);
    if (result == 0)
        *ret_head = g_strdup(*parts);
    g_strfreev(parts);
    return result;
}
