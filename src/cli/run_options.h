/* The command line of `mesim run`. */
#ifndef MESIM_CLI_RUN_OPTIONS_H
#define MESIM_CLI_RUN_OPTIONS_H

#include "base/error.h"
#include "cli/options.h"
#include "machine/config.h"
#include "machine/machine.h"

#include <stdbool.h>
#include <stdint.h>

/* Strings belong to argv unless said otherwise. */
typedef struct cli_run_options {
    machine_config_t config; /* resolved: preset, then settings */
    machine_options_t machine;
    machine_boot_options_t boot;
    const char *preset;
    struct cli_setting *settings; /* applied in the order in which they were written */
    unsigned setting_count;
    const char *trace_path, *stats_path, *dump_dtb_path, *row_counts_path;
    char *drive_paths[MACHINE_MAX_DRIVES];        /* of boot.drives */
    char *symbol_paths[MACHINE_MAX_SYMBOL_FILES]; /* of boot.symbol_files */
    char *semihosting_path;                       /* of boot */
    const char *virtio_console_path;              /* NULL: standard output */
    uint64_t max_cycles;                          /* UINT64_MAX: none */
    uint64_t timeout_seconds;                     /* of the host; UINT64_MAX: none */
    bool dump_config, quiet, host_statistics;
} cli_run_options_t;

extern const cli_option_t cli_run_option_table[];

/* 0 and options for cli_run_options_done, or -errno and one line. The configuration is checked; the files are not. */
int cli_run_options_parse(int argc, char *const *argv, cli_run_options_t *ret_options, base_error_t *error);
void cli_run_options_done(cli_run_options_t *options);

#endif
