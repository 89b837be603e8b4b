#include "machine/guest_errors.h"

#include "machine/internal.h"

#include <glib.h>

typedef void log_visit_t(void *self, const char *where, const observe_guest_log_t *log);

static void each_log(const machine_t *machine, log_visit_t *visit, void *self)
{
    for (unsigned i = 0; i < machine->config.cores; i++) {
        const machine_core_t *core = &machine->cores[i];
        visit(self, engine_component_name(core->cpu->component), &core->cpu->guest_log);
        visit(self, engine_component_name(core->cpu->component), gic_cpuif_guest_log(core->gic));
    }
    visit(self, "gic", gic_distributor_guest_log(machine->gic));
    visit(self, "uart", device_port_guest_log(device_pl011_port(machine->uart)));
    visit(self, "rtc", device_port_guest_log(device_pl031_port(machine->rtc)));
    visit(self, "gpio", device_port_guest_log(device_pl061_port(machine->gpio)));
    visit(self, "virtio", device_port_guest_log(device_virtio_port(machine->virtio)));
    if (machine->semihosting)
        visit(self, "semihosting", semihosting_guest_log(machine->semihosting));
    visit(self, "scu-registers", device_port_guest_log(device_scu_port(machine->scu)));
}

typedef struct entries {
    machine_guest_error_visit_t *visit;
    void *self;
    uint64_t start_ps; /* of this boot */
} entries_t;

static void visit_entries(void *self, const char *where, const observe_guest_log_t *log)
{
    const entries_t *entries = self;
    for (size_t i = 0; i < observe_guest_log_kept(log); i++) {
        observe_guest_error_t entry = log->first[i];
        entry.time_ps += entries->start_ps;
        entries->visit(entries->self, where, &entry);
    }
}

void machine_each_guest_error(const machine_t *machine, machine_guest_error_visit_t *visit, void *self)
{
    const GArray *past = machine->past.guest_errors;
    for (guint i = 0; past && i < past->len; i++) {
        const machine_past_error_t *entry = &g_array_index(past, machine_past_error_t, i);
        visit(self, entry->where, &entry->error);
    }
    each_log(machine, visit_entries, &(entries_t){.visit = visit, .self = self, .start_ps = machine->past.ps});
}

static void count(void *self, const char *where, const observe_guest_log_t *log)
{
    (void)where;
    *(uint64_t *)self += log->count;
}

uint64_t machine_guest_errors(const machine_t *machine)
{
    uint64_t errors = machine->past.guest_error_count;
    each_log(machine, count, &errors);
    for (unsigned core = 0; core < machine->config.cores; core++)
        errors += machine->cores[core].cpu->guest_errors_repeated;
    return errors;
}
