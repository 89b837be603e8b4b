#include "litmus/kinds.h"

#include "litmus/text.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

static const char *const names[] = {[LITMUS_KIND_NONE] = "-",
                                    [LITMUS_KIND_FORBIDDEN] = "Forbidden",
                                    [LITMUS_KIND_ALLOWED] = "Allowed",
                                    [LITMUS_KIND_REQUIRED] = "Required"};

struct litmus_kinds {
    GPtrArray *tests;
    GArray *kinds;
};

static int read_line(litmus_kinds_t *kinds, const char *path, unsigned number, const char *line, base_error_t *error)
{
    char **words = g_strsplit_set(line, " \t\r", -1);
    const char *found[2] = {"", ""};
    unsigned count = 0;
    for (char **word = words; *word && (*word)[0] != '#'; word++)
        if ((*word)[0] && count++ < 2)
            found[count - 1] = *word;
    litmus_kind_t kind = LITMUS_KIND_REQUIRED;
    while (kind != LITMUS_KIND_NONE && strcmp(names[kind], found[1]) != 0)
        kind--;
    int result = 0;
    if (count && (count != 2 || kind == LITMUS_KIND_NONE)) {
        result = base_fail(error, -EINVAL, "%s:%u: expected TEST and Forbidden, Allowed or Required, found '%.*s'",
                           path, number, (int)MIN(strcspn(line, "\r"), 60), line);
    } else if (count && litmus_kinds_find(kinds, found[0]) != LITMUS_KIND_NONE) {
        result = base_fail(error, -EINVAL, "%s:%u: expected each test once, found '%s' again", path, number, found[0]);
    } else if (count) {
        g_ptr_array_add(kinds->tests, g_strdup(found[0]));
        g_array_append_val(kinds->kinds, kind);
    }
    g_strfreev(words);
    return result;
}

int litmus_kinds_read(const char *path, litmus_kinds_t **ret_kinds, base_error_t *error)
{
    char *text = NULL;
    int result = litmus_text_read(path, &text, error);
    if (result < 0)
        return result;
    litmus_kinds_t *kinds = g_new0(litmus_kinds_t, 1);
    kinds->tests = g_ptr_array_new_with_free_func(g_free);
    kinds->kinds = g_array_new(FALSE, FALSE, sizeof(litmus_kind_t));
    char **lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i] && result == 0; i++)
        result = read_line(kinds, path, i + 1, lines[i], error);
    g_strfreev(lines);
    g_free(text);
    if (result < 0)
        litmus_kinds_free(kinds);
    else
        *ret_kinds = kinds;
    return result;
}

void litmus_kinds_free(litmus_kinds_t *kinds)
{
    if (!kinds)
        return;
    g_ptr_array_free(kinds->tests, TRUE);
    g_array_free(kinds->kinds, TRUE);
    g_free(kinds);
}

litmus_kind_t litmus_kinds_find(const litmus_kinds_t *kinds, const char *name)
{
    for (guint i = 0; i < kinds->tests->len; i++)
        if (!strcmp(kinds->tests->pdata[i], name))
            return g_array_index(kinds->kinds, litmus_kind_t, i);
    return LITMUS_KIND_NONE;
}

const char *litmus_kinds_name(const litmus_kinds_t *kinds, unsigned index)
{
    return index < kinds->tests->len ? kinds->tests->pdata[index] : NULL;
}

const char *litmus_kind_name(litmus_kind_t kind)
{
    return names[kind];
}

bool litmus_kind_agrees(litmus_kind_t kind, const litmus_result_t *result)
{
    switch (kind) {
    case LITMUS_KIND_FORBIDDEN: return result->holding == 0;
    case LITMUS_KIND_REQUIRED: return result->holding > 0 && result->failing == 0;
    case LITMUS_KIND_ALLOWED:
    case LITMUS_KIND_NONE: break;
    }
    return true;
}

bool litmus_kind_decides(litmus_kind_t kind, const litmus_result_t *all)
{
    return kind == LITMUS_KIND_ALLOWED ? all->holding > 0 : litmus_kind_agrees(kind, all);
}
