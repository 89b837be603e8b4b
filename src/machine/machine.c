/* Making, loading and freeing a machine. */
#include "machine/machine.h"

#include "base/time.h"
#include "cache/checker.h"
#include "loader/file.h"
#include "machine/check.h"
#include "machine/internal.h"
#include "observe/output_file.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_INPUT_BYTES = 16 << 20 };

int machine_new(const machine_config_t *config, const machine_options_t *options, const machine_host_t *host,
                machine_t **ret_machine, base_error_t *error)
{
    machine_t *machine = g_new0(machine_t, 1);
    machine->config = *config;
    machine->options = *options;
    machine->host = *host;
    machine->period_ps = time_period_ps(config->core_hz);
    machine->trace = trace_new();
    machine->past.clock_start_seconds = (uint32_t)config->rtc_start;
    int result = machine_assemble(machine, error);
    if (result < 0) {
        machine_free(machine);
        return result;
    }
    *ret_machine = machine;
    return 0;
}

void machine_free(machine_t *machine)
{
    if (!machine)
        return;
    machine_dismantle(machine);
    loader_boot_free(machine->boot);
    machine_virtio_close(machine);
    semihosting_folder_free(machine->semihosting_folder);
    g_free(machine->semihosting_line);
    if (machine->past.guest_errors)
        g_array_unref(machine->past.guest_errors);
    if (machine->input)
        g_bytes_unref(machine->input);
    trace_free(machine->trace);
    g_free(machine);
}

/* --- loading --- */

static void write_ram(void *context, uint64_t address, const void *data, size_t bytes)
{
    memcpy((uint8_t *)context + (address - BOARD_RAM_BASE), data, bytes);
}

static int read_standard_input(loader_file_t *ret_file, base_error_t *error)
{
    GByteArray *bytes = g_byte_array_new();
    uint8_t part[4096];
    ssize_t count;
    while ((count = read(STDIN_FILENO, part, sizeof(part))) > 0 && bytes->len <= MAX_INPUT_BYTES)
        g_byte_array_append(bytes, part, (guint)count);
    if (count < 0 || bytes->len > MAX_INPUT_BYTES) {
        g_byte_array_free(bytes, TRUE);
        return base_fail(error, -EIO, "cannot read standard input as --input: %s",
                         count < 0 ? g_strerror(errno) : "it is larger than 16 MiB");
    }
    ret_file->bytes = bytes->len;
    ret_file->data = g_byte_array_free(bytes, FALSE);
    return 0;
}

static int read_input(machine_t *machine, const char *path, base_error_t *error)
{
    loader_file_t input = {0};
    bool standard = !strcmp(path, "-");
    int result = standard ? read_standard_input(&input, error) : loader_file_read(path, MAX_INPUT_BYTES, &input, error);
    if (result < 0)
        return result;
    machine->input = g_bytes_new(input.data, input.bytes);
    if (standard)
        g_free(input.data);
    else
        loader_file_done(&input);
    return 0;
}

static void type_input(machine_t *machine)
{
    gsize count = 0;
    const char *bytes = machine->input ? g_bytes_get_data(machine->input, &count) : NULL;
    if (count > machine->past.typed)
        device_pl011_type(machine->uart, 0, bytes + machine->past.typed, count - machine->past.typed);
}

static void release_cores(machine_t *machine)
{
    unsigned count = machine->config.start == MACHINE_START_ALL ? (unsigned)machine->config.cores : 1;
    for (unsigned core = 0; core < count; core++)
        cpu_core_start(machine->cores[core].cpu, machine->boot->entry, machine->boot->dtb.base);
}

void machine_begin(machine_t *machine)
{
    /* RAM is clear, so nothing needs to be cleared. */
    loader_boot_copy(machine->boot,
                     &(loader_sink_t){.context = interconnect_system_ram(machine->system), .write = write_ram});
    type_input(machine);
    release_cores(machine);
}

int machine_load(machine_t *machine, const machine_boot_options_t *options, base_error_t *ret_warning,
                 base_error_t *error)
{
    loader_window_t windows[BOARD_WINDOWS];
    loader_dtb_cpu_t cpus[CHI_MAX_CORES];
    loader_memory_t memory = board_memory(&machine->config, windows);
    loader_dtb_machine_t description = board_description(&machine->config, cpus);
    loader_boot_options_t boot = {
        .image_path = options->image_path,
        .image_format = options->raw ? LOADER_FORMAT_RAW : LOADER_FORMAT_DETECT,
        .initrd_path = options->initrd_path,
        .dtb_path = options->dtb_path,
        .bootargs = options->bootargs,
        .symbol_files = options->symbol_files,
        .symbol_file_count = options->symbol_file_count,
    };
    int result = loader_boot_prepare(&boot, &memory, &description, &machine->boot, error);
    if (result == 0)
        result = machine_virtio_open(machine, options, error);
    if (result == 0)
        result = machine_virtio_attach(machine, options, error);
    machine->boot_options = *options;
    if (result == 0 && options->input_path)
        result = read_input(machine, options->input_path, error);
    if (result == 0 && options->semihosting_path)
        result = machine_semihosting_open(machine, options, error);
    if (result == 0 && machine->semihosting_folder)
        machine_semihosting_attach(machine);
    if (result == 0 && machine->functional)
        result = machine_mode_load(machine, error);
    if (result < 0)
        return result;
    machine_begin(machine);
    *ret_warning = machine->boot->warning;
    return 0;
}

int machine_dump_dtb(const machine_config_t *config, const char *bootargs, const char *path, base_error_t *error)
{
    loader_dtb_cpu_t cpus[CHI_MAX_CORES];
    loader_dtb_machine_t description = board_description(config, cpus);
    description.chosen.bootargs = bootargs;
    loader_dtb_t dtb;
    int result = loader_dtb_build(&description, &dtb, error);
    if (result < 0)
        return result;
    observe_output_file_t *file;
    result = observe_output_file_open(path, "device tree", &file, error);
    if (result == 0) {
        fwrite(dtb.data, 1, dtb.bytes, observe_output_file_stream(file));
        result = observe_output_file_close(file, error);
    }
    loader_dtb_done(&dtb);
    return result;
}

int machine_trace_open(machine_t *machine, const char *path, base_error_t *error)
{
    return trace_open(machine->trace, path, error);
}

int machine_trace_close(machine_t *machine, base_error_t *error)
{
    return trace_close(machine->trace, error);
}

const machine_config_t *machine_config(const machine_t *machine)
{
    return &machine->config;
}

uint64_t machine_now_ps(const machine_t *machine)
{
    return machine->past.ps + engine_now_ps(machine->engine);
}

uint64_t machine_instructions(const machine_t *machine)
{
    uint64_t instructions = machine->past.instructions;
    for (unsigned core = 0; core < machine->config.cores; core++)
        instructions += machine->cores[core].cpu->stats.instructions;
    return instructions;
}

unsigned machine_boots(const machine_t *machine)
{
    return machine->past.boots + 1;
}

uint64_t machine_trace_hash(const machine_t *machine)
{
    return trace_hash(machine->trace);
}

uint64_t machine_exit_code(const machine_t *machine)
{
    return machine->exit_code;
}

const char *machine_exit_reason(const machine_t *machine)
{
    return machine->exit_reason[0] ? machine->exit_reason : NULL;
}

machine_end_t machine_ended(const machine_t *machine)
{
    return machine->end;
}
