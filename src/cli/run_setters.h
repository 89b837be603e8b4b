/* What the files of `mesim run`'s command line share. Nobody else includes this. */
#ifndef MESIM_CLI_RUN_SETTERS_H
#define MESIM_CLI_RUN_SETTERS_H

#include "cli/run_options.h"

/* --cores 8 is the setting cores.count=8, shown in messages as it was written. */
typedef struct cli_setting {
    const char *key; /* NULL: value is key=value */
    const char *shown, *value;
} cli_setting_t;

/* As cli_option_t.set. run_files.c: options whose argument is a file or folder with suboptions. */
int cli_set_drive(void *target, const char *shown, const char *value, base_error_t *error);
int cli_set_virtio_console(void *target, const char *shown, const char *value, base_error_t *error);
int cli_set_semihosting(void *target, const char *shown, const char *value, base_error_t *error);
int cli_set_symbols(void *target, const char *shown, const char *value, base_error_t *error);
/* run_network.c */
int cli_set_network(void *target, const char *shown, const char *value, base_error_t *error);

#endif
