/* Putting a machine together, taking it apart, and doing both when the guest resets it.
 *
 * A reset is a power cycle: every component is made anew from the configuration, and RAM is filled again from what the
 * loader read at the start. So nothing can be forgotten, and each boot begins as the first one did. What goes on is the
 * clock (PL031), the time that traces and reports tell, and what is typed at the console. */
#include "cache/checker.h"
#include "machine/check.h"
#include "machine/guest_errors.h"
#include "machine/internal.h"
#include "machine/leftovers.h"

static void on_window_end(void *self, uint64_t window_end_ps)
{
    trace_flush(((machine_t *)self)->trace, window_end_ps);
}

int machine_assemble(machine_t *machine, base_error_t *error)
{
    machine->engine = engine_new();
    machine->stats = stats_new();
    for (unsigned core = 0; core < machine->config.cores; core++)
        machine->cores[core].machine = machine;
    int result = machine_build(machine, error);
    if (result == 0)
        result = machine_wire(machine, error);
    if (result == 0 && machine->options.check)
        result = machine_check_attach(machine, error);
    if (result == 0 && machine->options.mode == MACHINE_FUNCTIONAL)
        result = machine_mode_enter_functional(machine, error);
    if (result < 0)
        return result;
    machine_counters_register(machine);
    engine_set_order(machine->engine, machine->functional ? ENGINE_FORWARD : machine->options.order,
                     machine->config.seed);
    if (machine->config.perturb_delay_ps)
        engine_perturb(machine->engine, machine->config.seed, machine->config.perturb_delay_ps);
    engine_set_window_hook(machine->engine, on_window_end, machine);
    return 0;
}

void machine_dismantle(machine_t *machine)
{
    for (unsigned core = 0; core < machine->config.cores; core++) {
        cpu_core_free(machine->cores[core].cpu);
        gic_cpuif_free(machine->cores[core].gic);
    }
    device_pl011_free(machine->uart);
    device_pl031_free(machine->rtc);
    device_pl061_free(machine->gpio);
    device_scu_free(machine->scu);
    device_virtio_free(machine->virtio);
    device_power_free(machine->power);
    semihosting_free(machine->semihosting);
    gic_distributor_free(machine->gic);
    interconnect_system_free(machine->system);
    cpu_functional_free(machine->functional);
    cache_cluster_free(machine->cluster);
    cache_checker_free(machine->checker);
    cpu_decoder_free(machine->decoder);
    stats_free(machine->stats);
    engine_free(machine->engine);
}

/* --- reset --- */

static void keep_guest_error(void *self, const char *where, const observe_guest_error_t *error)
{
    machine_past_error_t kept = {.error = *error};
    g_strlcpy(kept.where, where, sizeof(kept.where));
    g_array_append_val((GArray *)self, kept);
}

static machine_past_t past_of(const machine_t *machine)
{
    machine_past_t past = {
        .boots = machine->past.boots + 1,
        .ps = (machine_now_ps(machine) + machine->period_ps - 1) / machine->period_ps * machine->period_ps,
        .instructions = machine_instructions(machine),
        .guest_errors = g_array_new(FALSE, FALSE, sizeof(machine_past_error_t)),
        .guest_error_count = machine_guest_errors(machine),
        .typed = machine->past.typed + device_pl011_typed(machine->uart),
        .semihosting_read = machine->semihosting ? semihosting_input_read(machine->semihosting) : 0,
        .clock_start_seconds = device_pl031_start_seconds(machine->rtc),
    };
    machine_each_guest_error(machine, keep_guest_error, past.guest_errors);
    if (past.guest_errors->len > MACHINE_PAST_ERRORS)
        g_array_set_size(past.guest_errors, MACHINE_PAST_ERRORS);
    return past;
}

void machine_reboot(machine_t *machine)
{
    base_error_t error = {0};
    const machine_t next = {
        .config = machine->config,
        .options = machine->options,
        .host = machine->host,
        .period_ps = machine->period_ps,
        .trace = machine->trace,
        .boot = machine->boot,
        .boot_options = machine->boot_options,
        .input = machine->input,
        .virtio_files = machine->virtio_files,
        .semihosting_folder = machine->semihosting_folder,
        .semihosting_line = machine->semihosting_line,
        .past = past_of(machine),
    };
    if (machine->past.guest_errors)
        g_array_unref(machine->past.guest_errors);
    machine_leftovers_t leftovers = machine_leftovers_take(machine);
    machine_dismantle(machine);
    *machine = next;
    trace_restart(machine->trace, machine->past.ps);
    int result = machine_assemble(machine, &error);
    if (result == 0)
        result = machine_virtio_attach(machine, &machine->boot_options, &error);
    if (result == 0 && machine->functional)
        result = machine_mode_load(machine, &error);
    if (result < 0)
        base_bug("a machine that was built before cannot be built again: %s", error.text);
    if (machine->semihosting_folder)
        machine_semihosting_attach(machine);
    machine_leftovers_give_devices(machine, &leftovers);
    machine_begin(machine);
    machine_leftovers_give_cores(machine, &leftovers);
}
