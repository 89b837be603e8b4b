/* `mesim run`: from the command line to the report. */
#include "cli/cli.h"
#include "cli/host.h"
#include "cli/run_options.h"
#include "cpu/row_counts.h"
#include "machine/report.h"
#include "machine/statistics.h"
#include "observe/output_file.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char *help(void)
{
    char *options = cli_options_help(cli_run_option_table);
    char *page = g_strconcat(
        "DESCRIPTION\n"
        "    Simulates a machine of N AArch64 cores with private level-1 caches, MESI coherence over a snoop control\n"
        "    unit with the shared level-2 cache, GICv3, generic timers and PSCI, at the addresses of QEMU's virt "
        "machine\n"
        "    with gic-version=3, and runs IMAGE on it: an ELF file for AArch64 that is loaded by its program headers, "
        "a\n"
        "    Linux Image, or, where it is neither, machine code that is put 0x80000 above the base of RAM. Each may "
        "be\n"
        "    packed with gzip.\n"
        "\n"
        "    The boot core starts at the entry at EL1 with the MMU off and the device tree's address in x0. A run "
        "ends\n"
        "    when the guest calls PSCI SYSTEM_OFF, when it can no longer go on, or at a limit. SYSTEM_RESET boots it "
        "again.\n"
        "\n"
        "    What the guest writes to its UART goes to standard output. The report, the progress line and all "
        "messages\n"
        "    of mesim go to standard error, so `mesim run kernel.elf > log` keeps the guest's output alone. The "
        "progress\n"
        "    line appears on a terminal only. Ctrl-C ends the run and prints the report so far.\n"
        "\n"
        "    The same program, configuration, seed and image give the same trace and statistics, to the byte.\n",
        options,
        "\n"
        "EXIT STATUS\n"
        "    0    the guest switched the machine off, or asked for a reset with --no-reboot\n"
        "    N    the guest ended the run with status N (--semihosting: SYS_EXIT gives the low 8 bits, and 1 for any\n"
        "         reason but an application's exit; core.m5ops: exit is 0, fail gives its code, 255 at most)\n"
        "    1    a file could not be read or written, the image cannot be loaded, or --check found a violation\n"
        "    2    the command line or the machine it describes is wrong\n"
        "    3    the guest crashed (exceptions without vectors) or hangs (nothing can happen any more)\n"
        "    4    --max-cycles or --timeout was reached\n"
        "    130  interrupted\n"
        "\n"
        "EXAMPLES\n"
        "    mesim run ipi.elf --cores 4\n"
        "    mesim run ipi.elf --cores 4 --append 'rounds=1000' --trace ipi.trace --stats ipi.json\n"
        "    mesim run vmlinuz --initrd initrd.gz --cores 4 --append 'console=ttyAMA0' --symbols System.map\n"
        "    mesim run lock.elf --preset neoverse-n1 -C l2.size=512K -C link.core=6\n"
        "    mesim run --preset cortex-a53 --dump-config > my.conf; mesim run hello.elf --preset ./my.conf\n",
        NULL);
    g_free(options);
    return page;
}

/* The statistics are written when the run is over; that their file cannot be is said before it begins. */
static int check_writable(const char *path, base_error_t *error)
{
    char *folder = g_path_get_dirname(path);
    const char *asked = access(path, F_OK) == 0 ? path : folder;
    struct stat status;
    int failed = access(asked, asked == folder ? W_OK | X_OK : W_OK) ? errno : 0;
    if (!failed && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        failed = EISDIR;
    g_free(folder);
    return failed ? base_fail(error, -failed, "cannot write the statistics to %s: %s; choose a writable path", path,
                              g_strerror(failed))
                  : 0;
}

static int open_outputs(machine_t *machine, const cli_run_options_t *options, cli_host_t *host, base_error_t *error)
{
    int result = options->stats_path ? check_writable(options->stats_path, error) : 0;
    if (result == 0 && options->virtio_console_path) {
        host->virtio_console = fopen(options->virtio_console_path, "we");
        if (!host->virtio_console)
            result = base_fail(error, -errno, "cannot write the virtio console to %s: %s; choose a writable path",
                               options->virtio_console_path, g_strerror(errno));
    }
    return result < 0 || !options->trace_path ? result : machine_trace_open(machine, options->trace_path, error);
}

static int close_virtio_console(const cli_run_options_t *options, cli_host_t *host, base_error_t *error)
{
    FILE *stream = host->virtio_console;
    host->virtio_console = NULL;
    if (!stream)
        return 0;
    bool failed = ferror(stream);
    return fclose(stream) || failed
               ? base_fail(error, -EIO, "writing the virtio console to %s failed; is the disk full?",
                           options->virtio_console_path)
               : 0;
}

static int write_statistics(const machine_t *machine, const cli_run_options_t *options, const char *path,
                            double seconds, base_error_t *error)
{
    observe_output_file_t *file;
    int result = observe_output_file_open(path, "statistics", &file, error);
    if (result < 0)
        return result;
    machine_statistics_write(machine, options->host_statistics ? seconds : -1, observe_output_file_stream(file));
    return observe_output_file_close(file, error);
}

/* The guest's dump number n is FILE.n beside the FILE of the end. */
static void on_dump(void *self, const machine_t *machine)
{
    cli_host_t *host = self;
    base_error_t error;
    if (!host->options->stats_path || host->dump_failed)
        return;
    char *path = g_strdup_printf("%s.%u", host->options->stats_path, ++host->dumps);
    if (write_statistics(machine, host->options, path, cli_host_seconds(host), &error) < 0) {
        host->dump_failed = true;
        cli_fail(CLI_FAILED, "%s", error.text);
    }
    g_free(path);
}

/* Both, whatever becomes of the first; the first failure is told. */
static int close_outputs(machine_t *machine, const cli_run_options_t *options, double seconds, base_error_t *error)
{
    int traced = machine_trace_close(machine, error);
    int counted = options->stats_path
                      ? write_statistics(machine, options, options->stats_path, seconds, traced < 0 ? NULL : error)
                      : 0;
    return traced < 0 ? traced : counted;
}

static int status_of(machine_end_t end, cli_host_stop_t stop)
{
    if (stop == CLI_HOST_CONSOLE_FAILED)
        return CLI_FAILED;
    switch (end) {
    case MACHINE_OFF:
    case MACHINE_RESET:
    case MACHINE_ALL_OFF:
    case MACHINE_EXITED: return CLI_OK; /* or what the guest gave: simulate */
    case MACHINE_CRASHED:
    case MACHINE_DEADLOCK:
    case MACHINE_LIVELOCK: return CLI_GUEST;
    case MACHINE_CYCLE_LIMIT: return CLI_LIMIT;
    case MACHINE_STOPPED:
        return stop == CLI_HOST_TIMEOUT ? CLI_LIMIT : stop == CLI_HOST_INTERRUPTED ? CLI_INTERRUPTED : CLI_FAILED;
    case MACHINE_VIOLATION:
    case MACHINE_NOT_ENDED: break;
    }
    return CLI_FAILED;
}

static int explain(const machine_t *machine, const cli_run_options_t *options, const cli_host_t *host)
{
    machine_end_t end = machine_ended(machine);
    int status = status_of(end, host->stop);
    if (status == CLI_OK)
        return status;
    if (host->stop == CLI_HOST_CONSOLE_FAILED)
        return cli_fail(status, "cannot write the guest's console to standard output; is the disk full?");
    if (end == MACHINE_VIOLATION)
        return cli_fail(status, "%s; please report this: %s", machine_end_text(end), machine_first_violation(machine));
    machine_watchdog_print(machine, stderr);
    if (end == MACHINE_CYCLE_LIMIT)
        return cli_fail(status, "the guest was still running after %" G_GUINT64_FORMAT " cycles (--max-cycles)",
                        options->max_cycles);
    if (host->stop == CLI_HOST_TIMEOUT)
        return cli_fail(status, "the guest was still running after %" G_GUINT64_FORMAT " seconds (--timeout)",
                        options->timeout_seconds);
    if (host->stop == CLI_HOST_INTERRUPTED)
        return cli_fail(status, "interrupted by %s", g_strsignal(host->signal));
    return cli_fail(status, "%s", machine_end_text(end));
}

/* A reason that is no orderly end is told. */
static int exit_status(const machine_t *machine)
{
    int status = (int)MIN(machine_exit_code(machine), 255);
    const char *reason = machine_exit_reason(machine);
    return reason ? cli_fail(status, "the guest ended the run by semihosting: %s", reason) : status;
}

static int simulate(machine_t *machine, const cli_run_options_t *options, cli_host_t *host)
{
    base_error_t error = {0}, warning = {0};
    int result = machine_load(machine, &options->boot, &warning, &error);
    if (result == 0)
        result = open_outputs(machine, options, host, &error);
    if (result < 0) {
        close_virtio_console(options, host, NULL);
        return cli_fail(CLI_FAILED, "%s", error.text);
    }
    if (warning.text[0])
        fprintf(stderr, "mesim: warning: %s\n", warning.text);
    machine_end_t end = machine_run(machine, options->max_cycles);
    double seconds = cli_host_seconds(host);
    if (fflush(stdout) || ferror(stdout))
        host->stop = CLI_HOST_CONSOLE_FAILED;
    cli_host_done(host);
    result = close_outputs(machine, options, seconds, &error);
    if (close_virtio_console(options, host, result < 0 ? NULL : &error) < 0 && result == 0)
        result = -EIO;
    if (!options->quiet || status_of(end, host->stop) != CLI_OK)
        machine_report_print(machine, seconds, stderr);
    int status = explain(machine, options, host);
    if (status == CLI_OK && end == MACHINE_EXITED)
        status = exit_status(machine);
    if (status == CLI_OK && host->dump_failed)
        status = CLI_FAILED;
    return result < 0 ? cli_fail(status == CLI_OK ? CLI_FAILED : status, "%s", error.text) : status;
}

static int dump(const cli_run_options_t *options)
{
    base_error_t error = {0};
    if (options->dump_config) {
        char *text = machine_config_text(&options->config);
        fputs(text, stdout);
        g_free(text);
    }
    if (options->dump_dtb_path &&
        machine_dump_dtb(&options->config, options->boot.bootargs, options->dump_dtb_path, &error) < 0)
        return cli_fail(CLI_FAILED, "%s", error.text);
    return CLI_OK;
}

static int build_and_simulate(const cli_run_options_t *options)
{
    cli_host_t host;
    machine_t *machine;
    base_error_t error = {0};
    machine_host_t callbacks = cli_host_callbacks(&host);
    int status;
    callbacks.dump = on_dump;
    cli_host_init(&host, options->timeout_seconds, options->quiet);
    host.options = options;
    if (options->machine.input_fd >= 0)
        cli_host_interact(&host);
    if (machine_new(&options->config, &options->machine, &callbacks, &machine, &error) < 0) {
        status = cli_fail(CLI_USAGE, "%s", error.text);
    } else {
        status = simulate(machine, options, &host);
        machine_free(machine);
    }
    cli_host_done(&host);
    return status;
}

static int simulate_and_count_rows(cli_run_options_t *options)
{
    base_error_t error = {0};
    options->machine.row_counts = g_new0(cpu_row_counts_t, 1);
    int status = build_and_simulate(options);
    if (cpu_row_counts_append(options->machine.row_counts, options->row_counts_path, &error) < 0)
        status = cli_fail(CLI_FAILED, "%s", error.text);
    g_free(options->machine.row_counts);
    return status;
}

static int run(int argc, char *const *argv)
{
    cli_run_options_t options;
    base_error_t error = {0};
    if (cli_run_options_parse(argc, argv, &options, &error) < 0)
        return cli_fail(CLI_USAGE, "%s", error.text);
    int status;
    if (options.dump_config || options.dump_dtb_path)
        status = dump(&options);
    else if (options.row_counts_path)
        status = simulate_and_count_rows(&options);
    else
        status = build_and_simulate(&options);
    cli_run_options_done(&options);
    return status;
}

const cli_command_t cli_run_command = {
    .name = "run",
    .synopsis = "run IMAGE [OPTION...]",
    .summary = "simulate a machine that runs IMAGE",
    .help = help,
    .run = run,
};
