#include "report/report.h"

#include "base/time.h"
#include "report/table.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

void report_print_shared(const report_document_t *document, FILE *stream)
{
    static const struct {
        const char *label, *unit, *path;
    } rows[] = {
        {"L2 hits", "count", "cluster.l2_hits"},
        {"L2 misses", "count", "cluster.l2_misses"},
        {"passed from core to core", "lines", "cluster.cache_to_cache_transfers"},
        {"answered without a snoop", "count", "cluster.snoops_filtered"},
        {"requests that waited", "count", "cluster.stalled_requests"},
        {"back-invalidations", "lines", "cluster.back_invalidations"},
        {"written back to memory", "lines", "cluster.write_backs_to_memory"},
        {"TLB and instruction-cache broadcasts", "count", "cluster.dvm_operations"},
        {"memory reads", "count", "memory.dram_reads"},
        {"memory writes", "count", "memory.dram_writes"},
        {"accesses to no memory or device", "count", "memory.decode_errors"},
    };
    report_table_t *table = report_table_new(1);
    report_table_heading(table, "shared: level-2 cache, snoop control unit, memory");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t value = report_number(document->root, rows[i].path);
        report_table_sum(table, rows[i].label, rows[i].unit, &value);
    }
    report_table_print(table, stream);
    report_table_free(table);
}

static void print_guest_error(JsonObject *error, FILE *stream)
{
    const char *where = report_text(error, "component"), *pc = report_text(error, "pc");
    const char *symbol = report_text(error, "symbol");
    fprintf(stream, "  %s at %" PRIu64 " ns", where, report_number(error, "ps") / 1000);
    if (report_integer(error, "core", -1) >= 0 && !g_str_has_prefix(where, "core"))
        fprintf(stream, ", core %" PRIu64, report_number(error, "core"));
    if (*pc && strcmp(pc, "0x0") != 0)
        fprintf(stream, ", pc %s%s%s", pc, *symbol ? " " : "", symbol);
    fprintf(stream, ": %s\n", report_text(error, "text"));
}

static void print_guest_errors(const report_document_t *document, FILE *stream)
{
    uint64_t count = report_number(document->root, "guest_error_count");
    JsonArray *errors = report_array(document->root, "guest_errors");
    if (!count)
        return;
    fprintf(stream, "guest errors: %" PRIu64 "; the first of each component:\n", count);
    for (unsigned i = 0; i < report_array_length(errors); i++)
        if (report_element(errors, i))
            print_guest_error(report_element(errors, i), stream);
}

/* "1.234" microseconds. */
static void print_us(uint64_t ps, FILE *stream)
{
    fprintf(stream, "%" PRIu64 ".%03u us", ps / 1000000, (unsigned)(ps / 1000 % 1000));
}

static void print_mode(JsonObject *sim, FILE *stream)
{
    uint64_t from_ps = report_number(sim, "counted_from_ps");
    if (!strcmp(report_text(sim, "mode"), "functional")) {
        fprintf(stream, "functional mode: caches, coherence and memory latency were not simulated\n");
    } else if (from_ps) {
        fprintf(stream, "counted from ");
        print_us(from_ps, stream);
        fprintf(stream, " on%s\n",
                !strcmp(report_text(sim, "mode_before"), "functional") ? "; functional mode before" : "");
    }
}

static void print_summary(const report_document_t *document, FILE *stream)
{
    JsonObject *sim = report_object(document->root, "sim"), *host = report_object(document->root, "host");
    uint64_t ps = report_number(sim, "ps"), hz = report_number(document->root, "config.core.clock");
    uint64_t period_ps = hz ? time_period_ps(hz) : 0, boots = report_number(sim, "boots");
    fprintf(stream, "%s after ", report_text(sim, "end"));
    print_us(ps, stream);
    if (period_ps)
        fprintf(stream, ", %" PRIu64 " cycles at %.10gGHz", ps / period_ps, (double)hz / 1e9);
    fprintf(stream, "\n");
    if (boots > 1)
        fprintf(stream, "boot %" PRIu64 "; the tables are of this boot alone\n", boots);
    fprintf(stream, "%" PRIu64 " instructions", report_number(sim, "instructions"));
    if (host)
        fprintf(stream, " in %.2f s of the host: %.1f MIPS", report_real(host, "seconds"), report_real(host, "mips"));
    fprintf(stream, "; trace hash %s\n", report_text(sim, "trace_hash"));
    print_mode(sim, stream);
}

void report_print(const report_document_t *document, FILE *stream)
{
    report_print_cores(document, stream);
    report_print_shared(document, stream);
    report_print_profile(document, stream);
    print_guest_errors(document, stream);
    print_summary(document, stream);
}
