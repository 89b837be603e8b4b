/* Semihosting: the folder, what calls are told of the machine, and the host's links. */
#include "machine/internal.h"

#include <glib.h>

int machine_semihosting_open(machine_t *machine, const machine_boot_options_t *options, base_error_t *error)
{
    int result = semihosting_folder_new(options->semihosting_path, options->semihosting_writable,
                                        &machine->semihosting_folder, error);
    if (result < 0)
        return result;
    /* As QEMU has it, but without the folder of the image: a run does not depend on where its files lie. */
    char *name = g_path_get_basename(options->image_path);
    machine->semihosting_line = g_strjoin(" ", name, options->bootargs, NULL);
    g_free(name);
    return 0;
}

static void on_console(void *self, const char *bytes, size_t count)
{
    const machine_t *machine = self;
    if (machine->host.console)
        machine->host.console(machine->host.self, bytes, count);
}

static void on_end(void *self, unsigned core, uint64_t reason, uint64_t subcode)
{
    machine_t *machine = self;
    const char *name = semihosting_reason_name(reason);
    if (machine->end != MACHINE_NOT_ENDED)
        return; /* another core was first in the same window */
    machine->end = MACHINE_EXITED;
    machine->end_core = core;
    machine->exit_code = reason == SEMIHOSTING_APPLICATION_EXIT ? subcode & 0xff : 1;
    if (reason != SEMIHOSTING_APPLICATION_EXIT)
        g_snprintf(machine->exit_reason, sizeof(machine->exit_reason), "%s%s (0x%" G_GINT64_MODIFIER "x)",
                   name ? "ADP_Stopped_" : "an unknown reason", name ? name : "", reason);
    engine_request_stop(machine->engine);
}

static uint64_t page_up(uint64_t address)
{
    return (address + 4095) & ~UINT64_C(4095);
}

/* The largest stretch of RAM without image, initrd or device tree, in whole pages. */
static void find_heap(const machine_t *machine, uint64_t *ret_base, uint64_t *ret_end)
{
    const loader_boot_t *boot = machine->boot;
    const loader_range_t ram = {BOARD_RAM_BASE, machine->config.ram_bytes};
    const loader_range_t used[] = {{ram.base, 0}, boot->image->range, boot->initrd, boot->dtb};
    *ret_base = *ret_end = ram.base;
    for (size_t i = 0; i < G_N_ELEMENTS(used); i++) { /* free memory begins where something ends */
        uint64_t begin = MAX(page_up(loader_range_end(used[i])), ram.base), end = loader_range_end(ram);
        for (size_t j = 0; j < G_N_ELEMENTS(used); j++)
            if (used[j].bytes && loader_range_end(used[j]) > begin && used[j].base < end)
                end = MAX(used[j].base, begin);
        end &= ~UINT64_C(4095);
        if (end > begin && end - begin > *ret_end - *ret_base) {
            *ret_base = begin;
            *ret_end = end;
        }
    }
}

static void wire(machine_t *machine)
{
    uint64_t latency_ps = machine->config.semihosting_link_ps;
    engine_component_t *host = semihosting_component(machine->semihosting);
    for (unsigned i = 0; i < machine->config.cores; i++) {
        cpu_t *cpu = machine->cores[i].cpu;
        engine_link_t *to_host = machine_link_new(machine, cpu->component, host, latency_ps, 0);
        engine_link_t *to_core = machine_link_new(machine, host, cpu->component, latency_ps, 0);
        semihosting_attach_core(machine->semihosting, i, to_core);
        cpu_core_attach_semihosting(cpu, to_host, to_core);
    }
}

void machine_semihosting_attach(machine_t *machine)
{
    gsize input_bytes = 0;
    const uint8_t *input = machine->input ? g_bytes_get_data(machine->input, &input_bytes) : NULL;
    semihosting_config_t config = {
        .cores = (unsigned)machine->config.cores,
        .folder = machine->semihosting_folder,
        .console = {.output = on_console,
                    .self = machine,
                    .input = input,
                    .input_bytes = input_bytes,
                    .input_start = machine->past.semihosting_read},
        .command_line = machine->semihosting_line,
        .clock_start_seconds = machine->config.rtc_start,
        .age_ps = machine->past.ps,
        .ended = on_end,
        .self = machine,
    };
    find_heap(machine, &config.heap_base, &config.heap_end);
    machine->semihosting = semihosting_new(machine->engine, &config);
    wire(machine);
    stats_add_group(machine->stats, "semihosting", semihosting_counters, semihosting_stats(machine->semihosting));
}
