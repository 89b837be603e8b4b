/* The table of cores: which counters it shows, and in which order. */
#include "report/report.h"
#include "report/table.h"

#include <glib.h>
#include <string.h>

typedef struct line {
    const char *heading; /* or: */
    const char *label, *unit;
    const char *path; /* below a core */
} line_t;

static const line_t execution_lines[] = {
    {.heading = "execution"},
    {NULL, "instructions", "count", "instructions"},
    {NULL, "cycles since power-on", "cycles", "cycles"},
    {NULL, "of these asleep", "cycles", "sleep_cycles"},
    {0},
};

static const line_t main_lines[] = {
    {NULL, "loads", "count", "loads"},
    {NULL, "stores", "count", "stores"},
    {NULL, "branches", "count", "branches"},
    {NULL, "mispredicted", "count", "mispredicts"},
    {NULL, "exceptions", "count", "exceptions"},
    {NULL, "of these interrupts", "count", "irqs"},
    {.heading = "caches and translation"},
    {NULL, "L1I lines fetched", "count", "l1i_accesses"},
    {NULL, "L1I misses", "count", "l1i_misses"},
    {NULL, "L1D load misses", "count", "l1d.load_misses"},
    {NULL, "L1D store misses", "count", "l1d.store_misses"},
    {NULL, "L1D upgrades S to M", "count", "l1d.upgrades"},
    {NULL, "filled from another core", "lines", "l1d.fills_cache_to_cache"},
    {NULL, "filled from the L2", "lines", "l1d.fills_from_l2"},
    {NULL, "filled from memory", "lines", "l1d.fills_from_memory"},
    {NULL, "evicted clean", "lines", "l1d.evictions_clean"},
    {NULL, "evicted dirty", "lines", "l1d.evictions_dirty"},
    {NULL, "instruction micro-TLB misses", "count", "itlb_misses"},
    {NULL, "data micro-TLB misses", "count", "dtlb_misses"},
    {NULL, "translation-table walks", "count", "l2tlb_misses"},
    {NULL, "device accesses", "count", "device_accesses"},
    {.heading = "snoops"},
    {NULL, "received", "count", "l1d.snoops_received"},
    {NULL, "that found the line", "count", "l1d.snoop_hits"},
    {NULL, "answered with its data", "count", "l1d.snoop_data_supplied"},
    {0},
};

static const line_t synchronisation_lines[] = {
    {.heading = "synchronisation"},
    {NULL, "DMB", "count", "barriers_dmb"},
    {NULL, "DSB", "count", "barriers_dsb"},
    {NULL, "ISB", "count", "barriers_isb"},
    {NULL, "LSE atomics", "count", "atomics"},
    {NULL, "performed in the L2", "count", "atomics_far"},
    {NULL, "load-exclusives", "count", "exclusive_loads"},
    {NULL, "store-exclusives", "count", "exclusive_stores"},
    {NULL, "failed: snoop took the line", "count", "exclusive_fail_snoop"},
    {NULL, "failed: line evicted", "count", "exclusive_fail_eviction"},
    {NULL, "failed: exception return", "count", "exclusive_fail_exception"},
    {NULL, "failed: CLREX", "count", "exclusive_fail_clear"},
    {NULL, "failed: no or other address", "count", "exclusive_fail_address"},
    {0},
};

static const line_t interrupt_lines[] = {
    {.heading = "inter-processor interrupts"},
    {NULL, "sent, a target each", "count", "gic.sgi_targets"},
    {NULL, "received", "count", "gic.sgi_received"},
    {0},
};

typedef struct cores {
    const report_document_t *document;
    report_table_t *table;
    uint64_t values[REPORT_MAX_CORES];
} cores_t;

static void read_values(cores_t *cores, const char *path)
{
    for (unsigned i = 0; i < cores->document->core_count; i++)
        cores->values[i] = report_number(cores->document->cores[i], path);
}

static void add_counter(cores_t *cores, const char *label, const char *unit, const char *path)
{
    read_values(cores, path);
    report_table_sum(cores->table, label, unit, cores->values);
}

static void add_lines(cores_t *cores, const line_t *lines)
{
    for (; lines->heading || lines->label; lines++) {
        if (lines->heading)
            report_table_heading(cores->table, lines->heading);
        else
            add_counter(cores, lines->label, lines->unit, lines->path);
    }
}

static void add_ipc(cores_t *cores)
{
    uint64_t all_instructions = 0, all_cycles = 0;
    for (unsigned i = 0; i < cores->document->core_count; i++) {
        uint64_t instructions = report_number(cores->document->cores[i], "instructions");
        uint64_t cycles = report_number(cores->document->cores[i], "cycles");
        cores->values[i] = report_ratio(instructions, 100, cycles);
        all_instructions += instructions;
        all_cycles += cycles;
    }
    report_table_row(cores->table, "IPC", "per cycle", REPORT_TABLE_HUNDREDTHS, cores->values,
                     report_ratio(all_instructions, 100, all_cycles));
}

/* A row for each counter of an object of the first core, which has the same ones as the others. */
static void add_members(cores_t *cores, const char *path, const char *unit, const char *prefix,
                        bool (*shown)(const char *name))
{
    JsonObject *object = report_object(cores->document->cores[0], path);
    GList *names = object ? json_object_get_members(object) : NULL;
    for (const GList *name = names; name; name = name->next) {
        if (!shown(name->data))
            continue;
        char *label = g_strconcat(prefix, name->data, NULL);
        char *full = g_strdup_printf("%s.%s", path, (const char *)name->data);
        add_counter(cores, label, unit, full);
        g_free(label);
        g_free(full);
    }
    g_list_free(names);
}

static bool is_any(const char *name)
{
    (void)name;
    return true;
}

/* Sleep is no stall, and has its own row. */
static bool is_awake(const char *cause)
{
    static const char *const asleep[] = {"off", "halted", "wfi", "wfe", NULL};
    return !g_strv_contains(asleep, cause);
}

static void add_stalls_of(cores_t *cores, const char *kind)
{
    char *path = g_strdup_printf("stalls.%s", kind), *prefix = g_strdup_printf("%s: ", kind);
    add_members(cores, path, "cycles", prefix, is_awake);
    g_free(path);
    g_free(prefix);
}

static void add_stalls(cores_t *cores)
{
    JsonObject *kinds = report_object(cores->document->cores[0], "stalls");
    GList *names = kinds ? json_object_get_members(kinds) : NULL;
    report_table_heading(cores->table, "stalls of barriers, acquires, exclusives and atomics, by cause");
    for (const GList *name = names; name; name = name->next)
        if (strcmp(name->data, REPORT_PLAIN) != 0)
            add_stalls_of(cores, name->data);
    report_table_heading(cores->table, "stalls of other instructions, by cause");
    add_stalls_of(cores, REPORT_PLAIN);
    g_list_free(names);
}

/* The last column is of all interrupts together. */
static void add_latency(cores_t *cores)
{
    static const struct {
        const char *label, *name;
    } rows[] = {
        {"latency, minimum", "minimum_ps"},
        {"latency, median", "median_ps"},
        {"latency, 99th percentile", "p99_ps"},
        {"latency, maximum", "maximum_ps"},
    };
    for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
        char *of_core = g_strdup_printf("ipi_latency.total.%s", rows[row].name);
        read_values(cores, of_core);
        report_table_row(cores->table, rows[row].label, "ns", REPORT_TABLE_PS_AS_NS, cores->values,
                         report_number(cores->document->root, of_core));
        g_free(of_core);
    }
}

void report_print_cores(const report_document_t *document, FILE *stream)
{
    cores_t cores = {.document = document, .table = report_table_new(document->core_count)};
    add_lines(&cores, execution_lines);
    add_ipc(&cores);
    add_lines(&cores, main_lines);
    report_table_heading(cores.table, "coherence transactions sent");
    add_members(&cores, "l1d.requests", "count", "", is_any);
    add_lines(&cores, synchronisation_lines);
    add_stalls(&cores);
    add_lines(&cores, interrupt_lines);
    add_latency(&cores);
    report_table_print(cores.table, stream);
    report_table_free(cores.table);
}
