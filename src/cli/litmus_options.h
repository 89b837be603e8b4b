/* The command line of `mesim litmus`. */
#ifndef MESIM_CLI_LITMUS_OPTIONS_H
#define MESIM_CLI_LITMUS_OPTIONS_H

#include "base/error.h"
#include "cli/options.h"
#include "litmus/runner.h"

#include <glib.h>
#include <stdbool.h>

typedef struct cli_litmus_options {
    litmus_options_t litmus;
    const char *preset;
    GPtrArray *paths;    /* files and folders, of argv */
    GPtrArray *settings; /* KEY=VALUE of -C, of argv */
    bool explain, quiet;
    bool axiomatic; /* no runs: the model's outcomes */
    bool compare;   /* runs beside the model's outcomes */
} cli_litmus_options_t;

extern const cli_option_t cli_litmus_option_table[];

/* 0 and options for cli_litmus_options_done, or -errno and one line. */
int cli_litmus_options_parse(int argc, char *const *argv, cli_litmus_options_t *ret_options, base_error_t *error);
void cli_litmus_options_done(cli_litmus_options_t *options);

#endif
