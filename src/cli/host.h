/* The terminal's side of a run: the guest's console on standard output, the progress line on standard error, Ctrl-C and
 * the time limit. */
#ifndef MESIM_CLI_HOST_H
#define MESIM_CLI_HOST_H

#include "machine/machine.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

/* Why the host ended a run. */
typedef enum cli_host_stop {
    CLI_HOST_RUNS,
    CLI_HOST_TIMEOUT,
    CLI_HOST_INTERRUPTED,
    CLI_HOST_CONSOLE_FAILED, /* standard output takes nothing more */
} cli_host_stop_t;

typedef struct cli_host {
    cli_host_stop_t stop;
    int signal;               /* that interrupted */
    uint64_t timeout_seconds; /* UINT64_MAX: none */
    bool progress;            /* standard error is a terminal and wants a line */
    bool line_shown;
    int64_t start_us, shown_us; /* g_get_monotonic_time */
    uint64_t shown_instructions;
    sigset_t former_signals;
    FILE *virtio_console;                  /* where the guest's virtio console goes; NULL: to standard output */
    const struct cli_run_options *options; /* for what the guest asks to have written; NULL: nothing */
    unsigned dumps;                        /* how often it has */
    bool dump_failed;                      /* and one could not be written: said already */
    bool interactive, raw;                 /* raw: former_terminal is to be restored */
    struct termios former_terminal;
} cli_host_t;

/* Blocks SIGINT, SIGTERM and SIGHUP, so that between slices they can be asked for; SIGPIPE and SIGXFSZ become
 * write errors. */
void cli_host_init(cli_host_t *host, uint64_t timeout_seconds, bool quiet);
/* Standard input is typed at the guest as it comes: a terminal gives each key at once and leaves the echo to the guest
 * (Ctrl-C stays the host's), there is no progress line, and simulated time never runs ahead of the host's, so that an
 * idle guest waits for its user. */
void cli_host_interact(cli_host_t *host);
/* Wipes the progress line, restores signals and terminal. */
void cli_host_done(cli_host_t *host);

machine_host_t cli_host_callbacks(cli_host_t *host);

/* Since cli_host_init. */
double cli_host_seconds(const cli_host_t *host);

#endif
