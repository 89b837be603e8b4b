/* The table of cores: which counters it shows, and in which order. */
#include "cpu/core.h"
#include "gic/latency.h"
#include "machine/internal.h"
#include "machine/report.h"
#include "machine/table.h"

#include <glib.h>

typedef uint64_t value_t(const machine_core_t *core);

/* --- plain counters --- */

#define CPU_VALUE(field)                                                                                               \
    static uint64_t field(const machine_core_t *core)                                                                  \
    {                                                                                                                  \
        return stats_since_reset(core->machine->stats, &core->cpu->stats.field);                                       \
    }
#define L1D_VALUE(field)                                                                                               \
    static uint64_t l1d_##field(const machine_core_t *core)                                                            \
    {                                                                                                                  \
        return stats_since_reset(core->machine->stats, &cache_l1d_stats(core->cpu->core->l1d)->field);                 \
    }

CPU_VALUE(instructions)
CPU_VALUE(cycles)
CPU_VALUE(sleep_cycles)
CPU_VALUE(loads)
CPU_VALUE(stores)
CPU_VALUE(branches)
CPU_VALUE(mispredicts)
CPU_VALUE(exceptions)
CPU_VALUE(irqs)
CPU_VALUE(l1i_accesses)
CPU_VALUE(l1i_misses)
CPU_VALUE(itlb_misses)
CPU_VALUE(dtlb_misses)
CPU_VALUE(l2tlb_misses)
CPU_VALUE(device_accesses)
CPU_VALUE(barriers_dmb)
CPU_VALUE(barriers_dsb)
CPU_VALUE(barriers_isb)
CPU_VALUE(atomics)
CPU_VALUE(exclusive_loads)
CPU_VALUE(exclusive_stores)
CPU_VALUE(exclusive_fail_snoop)
CPU_VALUE(exclusive_fail_eviction)
CPU_VALUE(exclusive_fail_exception)
CPU_VALUE(exclusive_fail_clear)
CPU_VALUE(exclusive_fail_address)
L1D_VALUE(load_misses)
L1D_VALUE(store_misses)
L1D_VALUE(upgrades)
L1D_VALUE(evictions_clean)
L1D_VALUE(evictions_dirty)
L1D_VALUE(snoops_received)
L1D_VALUE(snoop_hits)
L1D_VALUE(snoop_data_supplied)
L1D_VALUE(fills_from_l2)
L1D_VALUE(fills_cache_to_cache)
L1D_VALUE(fills_from_memory)

static uint64_t sgi_targets(const machine_core_t *core)
{
    return stats_since_reset(core->machine->stats, &gic_cpuif_stats(core->gic)->sgi_targets);
}

static uint64_t sgi_received(const machine_core_t *core)
{
    return stats_since_reset(core->machine->stats, &gic_cpuif_stats(core->gic)->sgi_received);
}

typedef struct line {
    const char *heading; /* or: */
    const char *label, *unit;
    value_t *value;
} line_t;

static const line_t execution_lines[] = {
    {.heading = "execution"},
    {NULL, "instructions", "count", instructions},
    {NULL, "cycles since power-on", "cycles", cycles},
    {NULL, "of these asleep", "cycles", sleep_cycles},
    {0},
};

static const line_t main_lines[] = {
    {NULL, "loads", "count", loads},
    {NULL, "stores", "count", stores},
    {NULL, "branches", "count", branches},
    {NULL, "mispredicted", "count", mispredicts},
    {NULL, "exceptions", "count", exceptions},
    {NULL, "of these interrupts", "count", irqs},
    {.heading = "caches and translation"},
    {NULL, "L1I lines fetched", "count", l1i_accesses},
    {NULL, "L1I misses", "count", l1i_misses},
    {NULL, "L1D load misses", "count", l1d_load_misses},
    {NULL, "L1D store misses", "count", l1d_store_misses},
    {NULL, "L1D upgrades S to M", "count", l1d_upgrades},
    {NULL, "filled from another core", "lines", l1d_fills_cache_to_cache},
    {NULL, "filled from the L2", "lines", l1d_fills_from_l2},
    {NULL, "filled from memory", "lines", l1d_fills_from_memory},
    {NULL, "evicted clean", "lines", l1d_evictions_clean},
    {NULL, "evicted dirty", "lines", l1d_evictions_dirty},
    {NULL, "instruction micro-TLB misses", "count", itlb_misses},
    {NULL, "data micro-TLB misses", "count", dtlb_misses},
    {NULL, "translation-table walks", "count", l2tlb_misses},
    {NULL, "device accesses", "count", device_accesses},
    {.heading = "snoops"},
    {NULL, "received", "count", l1d_snoops_received},
    {NULL, "that found the line", "count", l1d_snoop_hits},
    {NULL, "answered with its data", "count", l1d_snoop_data_supplied},
    {0},
};

static const line_t synchronisation_lines[] = {
    {.heading = "synchronisation"},
    {NULL, "DMB", "count", barriers_dmb},
    {NULL, "DSB", "count", barriers_dsb},
    {NULL, "ISB", "count", barriers_isb},
    {NULL, "LSE atomics", "count", atomics},
    {NULL, "load-exclusives", "count", exclusive_loads},
    {NULL, "store-exclusives", "count", exclusive_stores},
    {NULL, "failed: snoop took the line", "count", exclusive_fail_snoop},
    {NULL, "failed: line evicted", "count", exclusive_fail_eviction},
    {NULL, "failed: exception return", "count", exclusive_fail_exception},
    {NULL, "failed: CLREX", "count", exclusive_fail_clear},
    {NULL, "failed: no or other address", "count", exclusive_fail_address},
    {0},
};

static const line_t interrupt_lines[] = {
    {.heading = "inter-processor interrupts"},
    {NULL, "sent, a target each", "count", sgi_targets},
    {NULL, "received", "count", sgi_received},
    {0},
};

typedef struct report {
    const machine_t *machine;
    table_t *table;
    uint64_t values[CHI_MAX_CORES];
} report_t;

static void add_lines(report_t *report, const line_t *lines)
{
    for (; lines->heading || lines->label; lines++) {
        if (lines->heading) {
            table_heading(report->table, lines->heading);
            continue;
        }
        for (unsigned i = 0; i < report->machine->config.cores; i++)
            report->values[i] = lines->value(&report->machine->cores[i]);
        table_sum(report->table, lines->label, lines->unit, report->values);
    }
}

/* --- what is computed --- */

static void add_ipc(report_t *report)
{
    uint64_t all_instructions = 0, all_cycles = 0;
    for (unsigned i = 0; i < report->machine->config.cores; i++) {
        const machine_core_t *core = &report->machine->cores[i];
        uint64_t core_instructions = instructions(core), core_cycles = cycles(core);
        report->values[i] = core_cycles ? core_instructions * 100 / core_cycles : 0;
        all_instructions += core_instructions;
        all_cycles += core_cycles;
    }
    table_row(report->table, "IPC", "per cycle", TABLE_HUNDREDTHS, report->values,
              all_cycles ? all_instructions * 100 / all_cycles : 0);
}

static void add_transactions(report_t *report)
{
    table_heading(report->table, "coherence transactions sent");
    for (unsigned opcode = 0; opcode < CHI_OPCODE_COUNT; opcode++) {
        for (unsigned i = 0; i < report->machine->config.cores; i++)
            report->values[i] = stats_since_reset(
                report->machine->stats, &cache_l1d_stats(report->machine->cores[i].cpu->core->l1d)->requests[opcode]);
        table_sum(report->table, chi_opcode_name((chi_opcode_t)opcode), "count", report->values);
    }
}

static void add_stalls(report_t *report, unsigned kind)
{
    for (unsigned block = CPU_RUNNING + 1; block < CPU_BLOCK_COUNT; block++) {
        if (block == CPU_BLOCK_OFF || block == CPU_BLOCK_HALTED || block == CPU_BLOCK_WFI || block == CPU_BLOCK_WFE)
            continue; /* sleep, which has its own row */
        for (unsigned i = 0; i < report->machine->config.cores; i++)
            report->values[i] =
                stats_since_reset(report->machine->stats, &report->machine->cores[i].cpu->core->stalls[kind][block]);
        char *label =
            g_strdup_printf("%s: %s", cpu_stall_kind_name((cpu_stall_kind_t)kind), cpu_block_name((cpu_block_t)block));
        table_sum(report->table, label, "cycles", report->values);
        g_free(label);
    }
}

static void add_all_stalls(report_t *report)
{
    table_heading(report->table, "stalls of barriers, acquires, exclusives and atomics, by cause");
    for (unsigned kind = 0; kind < CPU_STALL_KIND_COUNT; kind++)
        if (kind != CPU_STALL_PLAIN)
            add_stalls(report, kind);
    table_heading(report->table, "stalls of other instructions, by cause");
    add_stalls(report, CPU_STALL_PLAIN);
}

/* All cores' histograms of a phase as one. */
static void merge(const machine_t *machine, gic_phase_t phase, stats_histogram_t *ret_merged)
{
    *ret_merged = (stats_histogram_t){.minimum = UINT64_MAX};
    for (unsigned i = 0; i < machine->config.cores; i++) {
        const stats_histogram_t *histogram = &gic_cpuif_latency(machine->cores[i].gic)->phase[phase];
        if (!histogram->count)
            continue;
        ret_merged->count += histogram->count;
        ret_merged->minimum = MIN(ret_merged->minimum, histogram->minimum);
        ret_merged->maximum = MAX(ret_merged->maximum, histogram->maximum);
        for (unsigned bucket = 0; bucket < STATS_HISTOGRAM_BUCKETS; bucket++)
            ret_merged->buckets[bucket] += histogram->buckets[bucket];
    }
}

static void add_latency(report_t *report)
{
    stats_histogram_t merged;
    merge(report->machine, GIC_PHASE_TOTAL, &merged);
    if (!merged.count)
        return;
    const struct {
        const char *label;
        size_t offset;
        uint64_t overall;
    } rows[] = {
        {"latency, minimum", offsetof(machine_summary_t, minimum_ps), merged.minimum},
        {"latency, median", offsetof(machine_summary_t, median_ps), stats_histogram_quantile(&merged, 500)},
        {"latency, 99th percentile", offsetof(machine_summary_t, p99_ps), stats_histogram_quantile(&merged, 990)},
        {"latency, maximum", offsetof(machine_summary_t, maximum_ps), merged.maximum},
    };
    for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
        for (unsigned i = 0; i < report->machine->config.cores; i++) {
            const char *summary = (const char *)&report->machine->cores[i].latency[GIC_PHASE_TOTAL];
            report->values[i] = *(const uint64_t *)(const void *)(summary + rows[row].offset);
        }
        table_row(report->table, rows[row].label, "ns", TABLE_PS_AS_NS, report->values, rows[row].overall);
    }
}

void machine_report_cores(const machine_t *machine, FILE *stream)
{
    report_t report = {.machine = machine, .table = table_new((unsigned)machine->config.cores)};
    add_lines(&report, execution_lines);
    add_ipc(&report);
    add_lines(&report, main_lines);
    add_transactions(&report);
    add_lines(&report, synchronisation_lines);
    add_all_stalls(&report);
    add_lines(&report, interrupt_lines);
    add_latency(&report);
    table_print(report.table, stream);
    table_free(report.table);
}
