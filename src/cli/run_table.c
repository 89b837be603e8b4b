/* The option table of `mesim run`, with the setters of plain values. */
#include "cli/run_setters.h"
#include "machine/units.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

static int add_setting(cli_run_options_t *options, const char *shown, const char *key, const char *value)
{
    options->settings = g_renew(cli_setting_t, options->settings, options->setting_count + 1);
    options->settings[options->setting_count++] = (cli_setting_t){.key = key, .shown = shown, .value = value};
    return 0;
}

static int set_parameter(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    return add_setting(target, "-C", NULL, value);
}

static int set_cores(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    return add_setting(target, "--cores", "cores.count", value);
}

static int set_memory(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    return add_setting(target, "--mem", "memory.size", value);
}

static int set_start(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    return add_setting(target, "--start", "cores.start", value);
}

static int set_seed(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    return add_setting(target, "--seed", "perturb.seed", value);
}

/* Setters of one string or flag each. */
#define STRING_SETTER(name, member)                                                                                    \
    static int name(void *target, const char *shown, const char *value, base_error_t *error)                           \
    {                                                                                                                  \
        cli_run_options_t *options = target;                                                                           \
        if (!*value)                                                                                                   \
            return base_fail(error, -EINVAL, "%s needs an argument that is not empty", shown);                         \
        options->member = value;                                                                                       \
        return 0;                                                                                                      \
    }
#define FLAG_SETTER(name, member, to)                                                                                  \
    static int name(void *target, const char *shown, const char *value, base_error_t *error)                           \
    {                                                                                                                  \
        cli_run_options_t *options = target;                                                                           \
        (void)shown;                                                                                                   \
        (void)value;                                                                                                   \
        (void)error;                                                                                                   \
        options->member = to;                                                                                          \
        return 0;                                                                                                      \
    }

STRING_SETTER(set_preset, preset)
STRING_SETTER(set_timing_from, machine.timing_from)
STRING_SETTER(set_trace, trace_path)
STRING_SETTER(set_stats, stats_path)
STRING_SETTER(set_dump_dtb, dump_dtb_path)
STRING_SETTER(set_dtb, boot.dtb_path)
STRING_SETTER(set_initrd, boot.initrd_path)
STRING_SETTER(set_input, boot.input_path)
STRING_SETTER(set_virtio_input, boot.virtio_console_path)
#if MESIM_FAULTS
static int set_fault(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    return machine_fault_find(value, &((cli_run_options_t *)target)->machine.fault, error);
}

static int set_count_rows(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    cli_run_options_t *options = target;
    options->row_counts_path = value;
    options->machine.fast_path = false;
    return 0;
}
#endif
FLAG_SETTER(set_raw, boot.raw, true)
FLAG_SETTER(set_entropy, boot.has_entropy, true)
FLAG_SETTER(set_check, machine.check, true)
FLAG_SETTER(set_no_fast_path, machine.fast_path, false)
FLAG_SETTER(set_interactive, machine.input_fd, STDIN_FILENO)
FLAG_SETTER(set_dump_config, dump_config, true)
FLAG_SETTER(set_no_reboot, machine.reboot, false)
FLAG_SETTER(set_quiet, quiet, true)
FLAG_SETTER(set_no_host_statistics, host_statistics, false)

static int set_append(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    ((cli_run_options_t *)target)->boot.bootargs = value;
    return 0;
}

static int set_mode(void *target, const char *shown, const char *value, base_error_t *error)
{
    machine_mode_t *mode = &((cli_run_options_t *)target)->machine.mode;
    if (!strcmp(value, "timing"))
        *mode = MACHINE_TIMING;
    else if (!strcmp(value, "functional"))
        *mode = MACHINE_FUNCTIONAL;
    else
        return base_fail(error, -EINVAL, "%s '%s' is not known; give timing or functional", shown, value);
    return 0;
}

static int set_order(void *target, const char *shown, const char *value, base_error_t *error)
{
    static const char *const names[] = {
        [ENGINE_FORWARD] = "forward", [ENGINE_BACKWARD] = "backward", [ENGINE_SHUFFLED] = "shuffled"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (!strcmp(value, names[i])) {
            ((cli_run_options_t *)target)->machine.order = (engine_order_t)i;
            return 0;
        }
    return base_fail(error, -EINVAL, "%s '%s' is not known; give forward, backward or shuffled", shown, value);
}

static int set_number(uint64_t *target, const char *shown, const char *value, const char *what, base_error_t *error)
{
    if (machine_unit_parse(MACHINE_UNIT_COUNT, value, target) == 0 && *target)
        return 0;
    return base_fail(error, -EINVAL, "%s '%s' is no number of %s; give 1 or more", shown, value, what);
}

static int set_max_cycles(void *target, const char *shown, const char *value, base_error_t *error)
{
    return set_number(&((cli_run_options_t *)target)->max_cycles, shown, value, "core cycles", error);
}

static int set_timeout(void *target, const char *shown, const char *value, base_error_t *error)
{
    return set_number(&((cli_run_options_t *)target)->timeout_seconds, shown, value, "seconds", error);
}

const cli_option_t cli_run_option_table[] = {
    {.name = "The machine"},
    {"cores", 'n', "N", "Cores, 1 to 64. As -C cores.count=N.", set_cores},
    {"mem", 'm', "SIZE", "RAM from 0x40000000 up, as in 512M. As -C memory.size=SIZE.", set_memory},
    {"preset", 'p', "NAME",
     "A machine description: a name that `mesim presets` lists, or a file (with a slash, or ending "
     "in .conf). Applied before all of -C, wherever it stands.",
     set_preset},
    {"config", 'C', "KEY=VALUE",
     "Sets a parameter of the machine; may be repeated, the last one counts. --dump-config "
     "lists them all.",
     set_parameter},
    {"start", 0, "HOW",
     "psci: the first core starts, the others wait for CPU_ON; all: every core starts at the entry. As "
     "-C cores.start=HOW.",
     set_start},
    {"seed", 0, "N", "Seed of every random choice. As -C perturb.seed=N.", set_seed},
    {"mode", 0, "MODE",
     "timing: caches, coherence and memory with their time; functional: memory is perfect, for boot and "
     "bring-up. Default: timing.",
     set_mode},
    {"timing-from", 0, "WHERE",
     "Starts in functional mode and goes over to timing mode, with empty caches and counters at 0: before the "
     "instruction at a symbol or an address (0x...), or after so many instructions (as 100M).",
     set_timing_from},
    {"dump-config", 0, NULL,
     "Prints all parameters with values, ranges and meaning, and ends. The output is a file for "
     "--preset.",
     set_dump_config},
    {.name = "The guest"},
    {"append", 0, "STRING", "Boot arguments: /chosen/bootargs of the device tree.", set_append},
    {"initrd", 0, "FILE", "Initial RAM disk, placed in RAM and named in the device tree.", set_initrd},
    {"dtb", 0, "FILE", "A device tree to hand over instead of the one made from the machine.", set_dtb},
    {"dump-dtb", 0, "FILE", "Writes the device tree made from the machine and ends; IMAGE is not needed.",
     set_dump_dtb},
    {"symbols", 0, "FILE[,offset=N]",
     "Names for addresses, for the report, --stats and --timing-from, besides those of an ELF image: an ELF file such "
     "as "
     "vmlinux, or a map as nm, System.map or /proc/kallsyms have it. offset is added to each address, for code that "
     "runs elsewhere than linked. May be repeated.",
     cli_set_symbols},
    {"raw", 0, NULL, "IMAGE is machine code from its first byte on, whatever it looks like.", set_raw},
    {"input", 0, "FILE",
     "What is typed at the guest's console, sent from the start at the line's speed. - reads standard "
     "input to its end first.",
     set_input},
    {"interactive", 'i', NULL, "Standard input is typed at the console as it comes; such a run cannot be repeated.",
     set_interactive},
    {"semihosting", 0, "FOLDER[,writable]",
     "Serves semihosting calls (HLT #0xF000) with the files of FOLDER and no others, with the console, and with an "
     "exit status. Without writable the guest can only read files. The program's command line is IMAGE's name and "
     "--append.",
     cli_set_semihosting},
    {.name = "virtio devices, from slot 0 up in this order"},
    {"drive", 'd', "FILE[,writable]",
     "A disk whose contents are FILE, whole sectors of 512 bytes. May be repeated. Without writable the guest can only "
     "read it; with it the guest changes FILE.",
     cli_set_drive},
    {"virtio-console", 0, "FILE",
     "A console besides the UART; what the guest writes to it goes to FILE, or with - to standard output.",
     cli_set_virtio_console},
    {"virtio-input", 0, "FILE", "What is typed at that console, from the start.", set_virtio_input},
    {"entropy", 0, NULL, "A source of random numbers, which depend on --seed alone.", set_entropy},
    {"net", 0, "user[,restrict=off][,hostfwd=...]",
     "A network card on a network of its own, 10.0.2.0/24, whose gateway 10.0.2.2 gives the guest 10.0.2.15 by DHCP "
     "and "
     "answers pings. The guest reaches nothing else. With restrict=off it reaches what the host reaches, but not the "
     "host itself; such a run cannot be repeated, and does not run faster than the host's clock. "
     "hostfwd=tcp:[ADDRESS]:PORT-[ADDRESS]:PORT then hands connections to a port of the host (of 127.0.0.1 unless said "
     "otherwise) to a port of the guest, and may be repeated.",
     cli_set_network},
    {.name = "What is written"},
    {"trace", 't', "FILE",
     "One line a coherence transition, exception and interrupt. FILE appears when it is complete.", set_trace},
    {"stats", 's', "FILE",
     "All counters as JSON, each with unit and description. FILE appears when it is complete. What the guest dumps "
     "on the way (-C core.m5ops=on) becomes FILE.1, FILE.2 and so on.",
     set_stats},
    {"no-host-stats", 0, NULL,
     "Leaves host.* (time taken, speed) out of --stats, so that the same run gives the same "
     "bytes.",
     set_no_host_statistics},
    {"quiet", 'q', NULL, "No report at the end of an orderly run, no progress line.", set_quiet},
    {.name = "How far and how carefully"},
    {"max-cycles", 0, "N", "Ends the run when the cores' clock reaches N, with status 4.", set_max_cycles},
    {"timeout", 0, "SECONDS", "Ends the run after so many seconds of the host, with status 4.", set_timeout},
    {"no-reboot", 0, NULL, "Ends the run when the guest asks for a reset, with status 0, instead of booting again.",
     set_no_reboot},
    {"check", 0, NULL,
     "Checks the coherence invariants at every event: one writer or many readers, the value read is the "
     "last written, the L2 includes the L1s. Slower; the results are the same.",
     set_check},
    {"no-fast-path", 0, NULL, "Takes no shortcut in the simulator. Slower; the results are the same.",
     set_no_fast_path},
    {"order", 0, "ORDER",
     "For tests: how components are visited inside a window: forward, backward or shuffled (by "
     "--seed). The results are the same.",
     set_order},
#if MESIM_FAULTS
    {"inject", 0, "FAULT",
     "For tests: makes the mistake of that name (src/cpu/fault.h, src/cache/fault.h, src/mmu/mmu.h).", set_fault},
    {"count-rows", 0, "FILE",
     "For tests: appends to FILE how often each row of the decode table was executed (src/cpu/row_counts.h). Implies "
     "--no-fast-path.",
     set_count_rows},
#endif
    {"help", 'h', NULL, "This page.", set_quiet /* taken before options are parsed */},
    {0},
};
