#include "cli/host.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { PROGRESS_FIRST_US = 1000000, PROGRESS_EVERY_US = 250000 };

static void interrupting_signals(sigset_t *ret_set)
{
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGINT);
    sigaddset(ret_set, SIGTERM);
    sigaddset(ret_set, SIGHUP);
}

void cli_host_init(cli_host_t *host, uint64_t timeout_seconds, bool quiet)
{
    *host = (cli_host_t){.timeout_seconds = timeout_seconds, .progress = !quiet && isatty(STDERR_FILENO)};
    sigset_t set;
    interrupting_signals(&set);
    sigprocmask(SIG_BLOCK, &set, &host->former_signals);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    host->start_us = host->shown_us = g_get_monotonic_time();
}

static void wipe_line(cli_host_t *host)
{
    if (host->line_shown)
        fputs("\r\033[K", stderr);
    host->line_shown = false;
}

void cli_host_interact(cli_host_t *host)
{
    host->interactive = true;
    host->progress = false;
    host->raw = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &host->former_terminal) == 0;
    if (!host->raw)
        return;
    struct termios keys = host->former_terminal;
    keys.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
    keys.c_iflag &= (tcflag_t) ~(ICRNL | IXON);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
}

void cli_host_done(cli_host_t *host)
{
    wipe_line(host);
    if (host->raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &host->former_terminal);
    sigprocmask(SIG_SETMASK, &host->former_signals, NULL);
}

double cli_host_seconds(const cli_host_t *host)
{
    return (double)(g_get_monotonic_time() - host->start_us) / 1e6;
}

static void on_console(void *self, const char *bytes, size_t count)
{
    cli_host_t *host = self;
    wipe_line(host);
    fwrite(bytes, 1, count, stdout);
}

static void on_virtio_console(void *self, const char *bytes, size_t count)
{
    cli_host_t *host = self;
    if (host->virtio_console)
        fwrite(bytes, 1, count, host->virtio_console);
    else
        on_console(self, bytes, count);
}

/* Simulated and host speed, over the last interval. */
static void show_progress(cli_host_t *host, const machine_t *machine, int64_t now_us)
{
    int64_t interval_us = host->shown_us == host->start_us ? PROGRESS_FIRST_US : PROGRESS_EVERY_US;
    if (!host->progress || !machine || now_us - host->shown_us < interval_us)
        return;
    uint64_t instructions = machine_instructions(machine);
    double mips = (double)(instructions - host->shown_instructions) / (double)(now_us - host->shown_us);
    fprintf(stderr, "\r\033[K%.1f million instructions, %.3f ms simulated, %.1f MIPS", (double)instructions / 1e6,
            (double)machine_now_ps(machine) / 1e9, mips);
    host->line_shown = true;
    host->shown_us = now_us;
    host->shown_instructions = instructions;
}

/* Waits where simulated time is ahead of the host's: slices are short, so a key is never late for it. */
static void keep_pace(const cli_host_t *host, const machine_t *machine, int64_t now_us)
{
    if (!host->interactive || !machine)
        return;
    int64_t ahead_us = (int64_t)(machine_now_ps(machine) / 1000000) - (now_us - host->start_us);
    if (ahead_us > 0)
        g_usleep((gulong)MIN(ahead_us, 100000));
}

static bool on_poll(void *self, const machine_t *machine)
{
    cli_host_t *host = self;
    int64_t now_us = g_get_monotonic_time();
    sigset_t set;
    interrupting_signals(&set);
    if (fflush(stdout) || ferror(stdout))
        host->stop = CLI_HOST_CONSOLE_FAILED;
    else if ((host->signal = sigtimedwait(&set, NULL, &(struct timespec){0})) > 0)
        host->stop = CLI_HOST_INTERRUPTED;
    else if ((uint64_t)(now_us - host->start_us) / 1000000 >= host->timeout_seconds)
        host->stop = CLI_HOST_TIMEOUT;
    else
        show_progress(host, machine, now_us);
    if (host->stop == CLI_HOST_RUNS)
        keep_pace(host, machine, now_us);
    return host->stop != CLI_HOST_RUNS;
}

machine_host_t cli_host_callbacks(cli_host_t *host)
{
    return (machine_host_t){.self = host, .console = on_console, .virtio_console = on_virtio_console, .poll = on_poll};
}
