/* Where presets are found. */
#include "machine/presets.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

char **machine_preset_folders(const char *program)
{
    char *folder = g_path_get_dirname(program);
    char *parent = g_path_get_dirname(folder);
    char **folders = g_new0(char *, 3);
    folders[0] = g_build_filename(parent, "share", "mesim", "presets", NULL);
    folders[1] = g_build_filename(parent, "share", "presets", NULL);
    g_free(parent);
    g_free(folder);
    return folders;
}

static int apply_file(machine_config_t *config, const char *path, base_error_t *error)
{
    char *text = NULL;
    gsize bytes = 0;
    GError *reason = NULL;
    if (!g_file_get_contents(path, &text, &bytes, &reason)) {
        int result = base_fail(error, -ENOENT, "cannot read the preset: %s", reason->message);
        g_error_free(reason);
        return result;
    }
    int result = memchr(text, '\0', bytes)
                     ? base_fail(error, -EINVAL, "%s is no preset: it is not text of lines key = value", path)
                     : machine_config_read(config, path, text, error);
    g_free(text);
    return result;
}

/* The file of that name in the first folder that has one, or NULL. */
static char *find_file(const char *const *folders, const char *name)
{
    for (; folders && *folders; folders++) {
        char *base = g_strconcat(name, ".conf", NULL);
        char *path = g_build_filename(*folders, base, NULL);
        g_free(base);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return path;
        g_free(path);
    }
    return NULL;
}

static int fail_unknown(const char *const *folders, const char *name, base_error_t *error)
{
    GString *names = g_string_new(NULL);
    machine_preset_t *presets = machine_presets_list(folders);
    for (const machine_preset_t *preset = presets; preset->name; preset++)
        g_string_append_printf(names, "%s%s", preset == presets ? "" : ", ", preset->name);
    machine_presets_free(presets);
    int result = base_fail(error, -ENOENT, "there is no preset '%s'; give one of %s, or a file as ./NAME.conf", name,
                           names->str);
    g_string_free(names, TRUE);
    return result;
}

int machine_preset_apply(machine_config_t *config, const char *const *folders, const char *name, base_error_t *error)
{
    if (strchr(name, '/') || g_str_has_suffix(name, ".conf"))
        return apply_file(config, name, error);
    char *path = find_file(folders, name);
    if (path) {
        int result = apply_file(config, path, error);
        g_free(path);
        return result;
    }
    for (const machine_preset_text_t *preset = machine_preset_texts; preset->name; preset++)
        if (!strcmp(preset->name, name))
            return machine_config_read(config, name, preset->text, error);
    return fail_unknown(folders, name, error);
}

/* "# Text" of the first line. */
static char *summary_of(const char *text)
{
    if (*text != '#')
        return g_strdup("");
    const char *end = strchr(text, '\n');
    return g_strstrip(end ? g_strndup(text + 1, (gsize)(end - text - 1)) : g_strdup(text + 1));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const machine_preset_t *)a)->name, ((const machine_preset_t *)b)->name);
}

static void add(GArray *presets, const char *name, const char *path, const char *text)
{
    for (guint i = 0; i < presets->len; i++)
        if (!strcmp(g_array_index(presets, machine_preset_t, i).name, name))
            return;
    machine_preset_t preset = {.name = g_strdup(name), .path = g_strdup(path), .summary = summary_of(text)};
    g_array_append_val(presets, preset);
}

static void add_folder(GArray *presets, const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *entry;
    while (dir && (entry = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, entry, NULL), *text = NULL;
        if (g_str_has_suffix(entry, ".conf") && g_file_get_contents(path, &text, NULL, NULL)) {
            char *name = g_strndup(entry, strlen(entry) - strlen(".conf"));
            add(presets, name, path, text);
            g_free(name);
        }
        g_free(text);
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
}

machine_preset_t *machine_presets_list(const char *const *folders)
{
    GArray *presets = g_array_new(TRUE, TRUE, sizeof(machine_preset_t));
    for (; folders && *folders; folders++)
        add_folder(presets, *folders);
    for (const machine_preset_text_t *preset = machine_preset_texts; preset->name; preset++)
        add(presets, preset->name, NULL, preset->text);
    g_array_sort(presets, by_name);
    return (machine_preset_t *)(void *)g_array_free(presets, FALSE);
}

void machine_presets_free(machine_preset_t *presets)
{
    for (machine_preset_t *preset = presets; preset && preset->name; preset++) {
        g_free(preset->name);
        g_free(preset->path);
        g_free(preset->summary);
    }
    g_free(presets);
}
