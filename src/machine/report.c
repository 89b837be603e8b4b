#include "machine/report.h"

#include "machine/guest_errors.h"
#include "machine/internal.h"
#include "machine/table.h"
#include "machine/units.h"

#include <glib.h>
#include <inttypes.h>

static void print_shared(const machine_t *machine, FILE *stream)
{
    const cache_cluster_stats_t *cluster = cache_cluster_stats(machine->cluster);
    const interconnect_system_stats_t *memory = interconnect_system_stats(machine->system);
    const struct {
        const char *label, *unit;
        const uint64_t *counter;
    } rows[] = {
        {"L2 hits", "count", &cluster->l2_hits},
        {"L2 misses", "count", &cluster->l2_misses},
        {"passed from core to core", "lines", &cluster->cache_to_cache_transfers},
        {"answered without a snoop", "count", &cluster->snoops_filtered},
        {"requests that waited", "count", &cluster->stalled_requests},
        {"back-invalidations", "lines", &cluster->back_invalidations},
        {"written back to memory", "lines", &cluster->write_backs_to_memory},
        {"TLB and instruction-cache broadcasts", "count", &cluster->dvm_operations},
        {"memory reads", "count", &memory->dram_reads},
        {"memory writes", "count", &memory->dram_writes},
        {"accesses to no memory or device", "count", &memory->decode_errors},
    };
    table_t *table = table_new(1);
    table_heading(table, "shared: level-2 cache, snoop control unit, memory");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t value = stats_since_reset(machine->stats, rows[i].counter);
        table_sum(table, rows[i].label, rows[i].unit, &value);
    }
    table_print(table, stream);
    table_free(table);
}

typedef struct printer {
    const machine_t *machine;
    FILE *stream;
} printer_t;

static void print_guest_error(void *self, const char *where, const observe_guest_error_t *error)
{
    const printer_t *printer = self;
    uint64_t offset = 0;
    const char *symbol = error->pc && printer->machine->boot
                             ? loader_symbols_find(printer->machine->boot->symbols, error->pc, &offset)
                             : NULL;
    fprintf(printer->stream, "  %s at %" PRIu64 " ns", where, error->time_ps / 1000);
    if (error->core >= 0 && !g_str_has_prefix(where, "core"))
        fprintf(printer->stream, ", core %d", error->core);
    if (error->pc)
        fprintf(printer->stream, ", pc 0x%" PRIx64, error->pc);
    if (symbol)
        fprintf(printer->stream, " %s+0x%" PRIx64, symbol, offset);
    fprintf(printer->stream, ": %s\n", error->text);
}

static void print_guest_errors(const machine_t *machine, FILE *stream)
{
    uint64_t count = machine_guest_errors(machine);
    if (!count)
        return;
    fprintf(stream, "guest errors: %" PRIu64 "; the first of each component:\n", count);
    machine_each_guest_error(machine, print_guest_error, &(printer_t){.machine = machine, .stream = stream});
}

static void print_summary(const machine_t *machine, double host_seconds, FILE *stream)
{
    char clock[MACHINE_UNIT_TEXT_BYTES];
    uint64_t now_ps = machine_now_ps(machine), instructions = machine_instructions(machine);
    fprintf(stream, "%s after %" PRIu64 ".%03u us, %" PRIu64 " cycles at %s\n",
            machine_end_text(machine_ended(machine)), now_ps / 1000000, (unsigned)(now_ps / 1000 % 1000),
            now_ps / machine->period_ps, machine_unit_print(clock, MACHINE_UNIT_HZ, machine->config.core_hz));
    if (machine_boots(machine) > 1)
        fprintf(stream, "boot %u; the tables are of this boot alone\n", machine_boots(machine));
    fprintf(stream, "%" PRIu64 " instructions in %.2f s of the host: %.1f MIPS; trace hash %016" PRIx64 "\n",
            instructions, host_seconds, host_seconds > 0 ? (double)instructions / host_seconds / 1e6 : 0.0,
            machine_trace_hash(machine));
    if (machine->functional && !machine->switched)
        fprintf(stream, "functional mode: caches, coherence and memory latency were not simulated\n");
    else if (machine->counters_reset)
        fprintf(stream, "counted from %" PRIu64 ".%03u us on%s\n", machine->counted_from_ps / 1000000,
                (unsigned)(machine->counted_from_ps / 1000 % 1000),
                machine->functional ? "; functional mode before" : "");
}

void machine_report_print(const machine_t *machine, double host_seconds, FILE *stream)
{
    machine_report_cores(machine, stream);
    print_shared(machine, stream);
    machine_report_profile(machine, stream);
    print_guest_errors(machine, stream);
    print_summary(machine, host_seconds, stream);
}
