/* The profile for people: the most expensive places first, each with its symbol. */
#include "cpu/profile.h"
#include "machine/internal.h"
#include "machine/profile.h"
#include "machine/report.h"
#include "machine/table.h"

#include <inttypes.h>

enum { SHOWN_ROWS = 10, SHOWN_LINES = 4, SHOWN_ACCESSES = 6 };

static void write_stall(char *text, size_t bytes, uint32_t what)
{
    g_snprintf(text, (gulong)bytes, "%s: %s", cpu_stall_kind_name((cpu_stall_kind_t)(what / CPU_BLOCK_COUNT)),
               cpu_block_name((cpu_block_t)(what % CPU_BLOCK_COUNT)));
}

static void write_failure(char *text, size_t bytes, uint32_t what)
{
    g_strlcpy(text, cpu_exclusive_failure_name(what), bytes);
}

static void write_miss(char *text, size_t bytes, uint32_t what)
{
    g_snprintf(text, (gulong)bytes, "from %s",
               what == CPU_FILL_CORE ? "another core" : cpu_fill_source_name((cpu_fill_source_t)what));
}

typedef void write_t(char *text, size_t bytes, uint32_t what);

static uint64_t cost_of(const machine_profile_row_t *row, bool by_count)
{
    return by_count ? row->count : row->amount;
}

static void print_row(const machine_t *machine, const machine_profile_row_t *row, uint64_t total, bool by_count,
                      write_t *write, FILE *stream)
{
    char text[64], cost[TABLE_CELL_BYTES], count[TABLE_CELL_BYTES], pc[24] = "the rest";
    char *symbol = machine_symbol_text(machine, row->pc);
    uint64_t permille = (uint64_t)((unsigned __int128)cost_of(row, by_count) * 1000 / total);
    write(text, sizeof(text), row->what);
    table_write_number(cost, row->amount);
    table_write_number(count, row->count);
    if (row->pc != OBSERVE_TALLY_REST)
        g_snprintf(pc, sizeof(pc), "0x%" PRIx64, row->pc);
    if (!by_count)
        fprintf(stream, "  %15s", cost);
    fprintf(stream, "  %12s  %3u.%u%%  %-18s  %-28s  %s\n", count, (unsigned)(permille / 10), (unsigned)(permille % 10),
            pc, text, symbol);
    g_free(symbol);
}

/* A table: which rows, how they are written, and by what they are sorted. */
typedef struct print {
    const char *heading;
    machine_profile_part_t part;
    bool (*shown)(uint32_t what);
    write_t *write;
    bool by_count;
} print_t;

static bool is_ordering(uint32_t what)
{
    return what / CPU_BLOCK_COUNT != CPU_STALL_PLAIN;
}

static bool is_plain(uint32_t what)
{
    return !is_ordering(what);
}

static bool is_any(uint32_t what)
{
    (void)what;
    return true;
}

/* Those that are shown, in their order, and the sum of their costs. */
static uint64_t keep_shown(GArray *rows, const print_t *print)
{
    uint64_t total = 0;
    guint kept = 0;
    for (guint i = 0; i < rows->len; i++) {
        machine_profile_row_t row = g_array_index(rows, machine_profile_row_t, i);
        if (!print->shown(row.what))
            continue;
        total += cost_of(&row, print->by_count);
        g_array_index(rows, machine_profile_row_t, kept++) = row;
    }
    g_array_set_size(rows, kept);
    return total;
}

static void print_part(const machine_t *machine, const print_t *print, FILE *stream)
{
    GArray *rows = machine_profile_rows(machine, print->part);
    uint64_t total = keep_shown(rows, print);
    if (total) {
        fprintf(stream, "%s; %u of %u rows\n", print->heading, MIN(rows->len, SHOWN_ROWS), rows->len);
        if (!print->by_count)
            fprintf(stream, "  %15s", "cycles");
        fprintf(stream, "  %12s  %6s  %-18s  %-28s  %s\n", "times", "share", "pc", "why", "symbol");
        for (guint i = 0; i < rows->len && i < SHOWN_ROWS; i++)
            print_row(machine, &g_array_index(rows, machine_profile_row_t, i), total, print->by_count, print->write,
                      stream);
        fputc('\n', stream);
    }
    g_array_free(rows, TRUE);
}

static void print_access(const machine_t *machine, const machine_sharing_access_t *access, FILE *stream)
{
    char count[TABLE_CELL_BYTES];
    char *symbol = machine_symbol_text(machine, access->pc);
    table_write_number(count, access->count);
    fprintf(stream, "  %12s    core %-2u  %-6s  bytes %2u to %2u  0x%-16" PRIx64 "  %s\n", count, access->core,
            cpu_sharing_access_name((cpu_sharing_access_t)(access->what % CPU_SHARING_ACCESSES)),
            (unsigned)(access->physical % CHI_LINE_BYTES),
            (unsigned)(access->physical % CHI_LINE_BYTES + access->what / CPU_SHARING_ACCESSES - 1), access->pc,
            symbol);
    g_free(symbol);
}

static void print_line(const machine_t *machine, const machine_sharing_t *sharing, const machine_shared_line_t *line,
                       FILE *stream)
{
    char count[TABLE_CELL_BYTES];
    char *symbol = machine_symbol_text(machine, line->address);
    table_write_number(count, line->count);
    fprintf(stream, "  %12s  line 0x%" PRIx64 " %s%s%s\n", count, line->address, symbol, *symbol ? ", " : "",
            line->false_sharing ? "false sharing: no byte is used by two cores" : "bytes used by several cores");
    for (unsigned i = 0; i < line->accesses && i < SHOWN_ACCESSES; i++)
        print_access(machine, &g_array_index(sharing->accesses, machine_sharing_access_t, line->first + i), stream);
    if (line->accesses > SHOWN_ACCESSES)
        fprintf(stream, "  %12s    and %u more\n", "", line->accesses - SHOWN_ACCESSES);
    g_free(symbol);
}

static void print_sharing(const machine_t *machine, FILE *stream)
{
    machine_sharing_t sharing;
    machine_sharing_init(&sharing, machine);
    unsigned shown = 0;
    if (sharing.lines->len)
        fprintf(stream, "lines that went from core to core, by how often; %u of %u\n",
                MIN(sharing.lines->len, SHOWN_LINES), sharing.lines->len);
    for (guint i = 0; i < sharing.lines->len && shown < SHOWN_LINES; i++) {
        const machine_shared_line_t *line = &g_array_index(sharing.lines, machine_shared_line_t, i);
        if (line->address == OBSERVE_TALLY_REST)
            continue;
        print_line(machine, &sharing, line, stream);
        shown++;
    }
    if (shown)
        fputc('\n', stream);
    machine_sharing_done(&sharing);
}

void machine_report_profile(const machine_t *machine, FILE *stream)
{
    static const print_t prints[] = {
        {"where barriers, acquires, exclusives and atomics waited, by cost", MACHINE_PROFILE_STALLS, is_ordering,
         write_stall, false},
        {"where other instructions waited, by cost", MACHINE_PROFILE_STALLS, is_plain, write_stall, false},
        {"loads that waited for a line, by latency", MACHINE_PROFILE_MISSES, is_any, write_miss, false},
        {"store-exclusives that failed, by cause", MACHINE_PROFILE_FAILURES, is_any, write_failure, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(prints); i++)
        print_part(machine, &prints[i], stream);
    print_sharing(machine, stream);
}
