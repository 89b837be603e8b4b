/* Named machine descriptions: files of share/presets, also compiled into the program.
 *
 * A name is looked for beside the program (../share/mesim/presets of an installation, ../share/presets of a build in
 * the source tree), so that a description can be added or changed without a compiler, then among those compiled in.
 * A name with a slash or ending in .conf is a file. */
#ifndef MESIM_MACHINE_PRESETS_H
#define MESIM_MACHINE_PRESETS_H

#include "base/error.h"
#include "machine/config.h"

/* The compiled-in table; ends with a NULL name. */
typedef struct machine_preset_text {
    const char *name;
    const char *text;
} machine_preset_text_t;
extern const machine_preset_text_t machine_preset_texts[];

/* The folders looked in, to be freed with g_strfreev; `program` is the path of the running program. */
char **machine_preset_folders(const char *program);

/* Applies the preset. `folders` as machine_preset_folders gives, or NULL: only compiled-in ones. -ENOENT and one line
 * with the names there are; else as machine_config_read. */
int machine_preset_apply(machine_config_t *config, const char *const *folders, const char *name, base_error_t *error);

typedef struct machine_preset {
    char *name;
    char *path;    /* NULL: compiled in */
    char *summary; /* its first comment line, or "" */
} machine_preset_t;

/* All presets, by name; ends with a NULL name. To be freed with machine_presets_free. */
machine_preset_t *machine_presets_list(const char *const *folders);
void machine_presets_free(machine_preset_t *presets);

#endif
