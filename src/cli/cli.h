/* The program: subcommands, their help, and exit statuses. */
#ifndef MESIM_CLI_CLI_H
#define MESIM_CLI_CLI_H

#include "base/error.h"

/* Exit statuses; `mesim help run` tells users the same. */
enum {
    CLI_OK = 0,
    CLI_FAILED = 1,        /* a host file cannot be read or written, an image cannot be loaded, an invariant broke */
    CLI_USAGE = 2,         /* command line or configuration */
    CLI_GUEST = 3,         /* the guest crashed or hung */
    CLI_LIMIT = 4,         /* --max-cycles or --timeout */
    CLI_INTERRUPTED = 130, /* as shells report SIGINT */
};

/* A subcommand. */
typedef struct cli_command {
    const char *name;
    const char *synopsis; /* what follows "mesim " */
    const char *summary;  /* one line */
    /* The whole manual page after SYNOPSIS; to be freed with g_free. */
    char *(*help)(void);
    /* argv[0] is the first argument after the name; gives the exit status. */
    int (*run)(int argc, char *const *argv);
} cli_command_t;

extern const cli_command_t cli_run_command, cli_report_command, cli_litmus_command, cli_presets_command,
    cli_protocol_command;

/* The program; gives the exit status. */
int cli_main(int argc, char *const *argv);

/* Prints "mesim: " and the line on stderr; returns `status`. */
int cli_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The path of the running program, to be freed with g_free. */
char *cli_program_path(void);

#endif
