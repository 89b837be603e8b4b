/* The profile: the most expensive places first, each with its symbol. */
#include "report/report.h"
#include "report/table.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN_ROWS = 10, SHOWN_LINES = 4, SHOWN_ACCESSES = 6 };

/* A table: which rows, and what they are sorted by. */
typedef struct part {
    const char *heading, *path;
    bool (*shown)(JsonObject *row);
    void (*write)(char *text, size_t bytes, JsonObject *row);
    bool by_count;
} part_t;

typedef struct sums {
    uint64_t count, cycles, rows;
} sums_t;

static bool is_plain(JsonObject *row)
{
    return !strcmp(report_text(row, "kind"), REPORT_PLAIN);
}

static bool is_ordering(JsonObject *row)
{
    return !is_plain(row);
}

static bool is_any(JsonObject *row)
{
    (void)row;
    return true;
}

static void write_stall(char *text, size_t bytes, JsonObject *row)
{
    g_snprintf(text, (gulong)bytes, "%s: %s", report_text(row, "kind"), report_text(row, "cause"));
}

static void write_failure(char *text, size_t bytes, JsonObject *row)
{
    g_strlcpy(text, report_text(row, "cause"), bytes);
}

static void write_miss(char *text, size_t bytes, JsonObject *row)
{
    const char *from = report_text(row, "from");
    g_snprintf(text, (gulong)bytes, "from %s", !strcmp(from, "core") ? "another core" : from);
}

/* What `array` adds up to, of the rows that are shown; an entry of the rest stands for `rows`. */
static void add_up(JsonArray *array, const part_t *part, sums_t *sums)
{
    for (unsigned i = 0; i < report_array_length(array); i++) {
        JsonObject *row = report_element(array, i);
        if (!row || !part->shown(row))
            continue;
        sums->count += report_number(row, "count");
        sums->cycles += report_number(row, "cycles");
        sums->rows += (uint64_t)MAX(report_integer(row, "rows", 1), 0);
    }
}

static uint64_t cost_of(const part_t *part, const sums_t *sums)
{
    return part->by_count ? sums->count : sums->cycles;
}

static void print_row(const part_t *part, const sums_t *row, uint64_t total, const char *pc, const char *why,
                      const char *symbol, FILE *stream)
{
    char cycles[REPORT_TABLE_CELL_BYTES], count[REPORT_TABLE_CELL_BYTES];
    uint64_t permille = report_ratio(cost_of(part, row), 1000, total);
    report_table_write_number(cycles, row->cycles);
    report_table_write_number(count, row->count);
    if (!part->by_count)
        fprintf(stream, "  %15s", cycles);
    fprintf(stream, "  %12s  %3" PRIu64 ".%u%%  ", count, permille / 10, (unsigned)(permille % 10));
    if (*symbol)
        fprintf(stream, "%-18s  %-28s  %s\n", pc, why, symbol);
    else if (*why)
        fprintf(stream, "%-18s  %s\n", pc, why);
    else
        fprintf(stream, "%s\n", pc);
}

/* Prints the first rows, and takes them off the rest. */
static void print_first(const part_t *part, JsonArray *rows, uint64_t total, sums_t *rest, FILE *stream)
{
    unsigned shown = 0;
    for (unsigned i = 0; i < report_array_length(rows) && shown < SHOWN_ROWS; i++) {
        JsonObject *row = report_element(rows, i);
        char why[64];
        if (!row || !part->shown(row))
            continue;
        sums_t here = {report_number(row, "count"), report_number(row, "cycles"), 1};
        part->write(why, sizeof(why), row);
        print_row(part, &here, total, report_text(row, "pc"), why, report_text(row, "symbol"), stream);
        *rest = (sums_t){rest->count - here.count, rest->cycles - here.cycles, rest->rows - 1};
        shown++;
    }
}

static void print_part(JsonObject *profile, const part_t *part, FILE *stream)
{
    JsonObject *object = report_object(profile, part->path);
    JsonArray *rows = report_array(object, "rows");
    sums_t sums = {0};
    add_up(rows, part, &sums);
    uint64_t listed = sums.rows;
    add_up(report_array(object, "rest"), part, &sums);
    uint64_t total = cost_of(part, &sums);
    if (!total)
        return;
    fprintf(stream, "%s; %" PRIu64 " of %" PRIu64 " rows\n", part->heading, MIN(listed, SHOWN_ROWS), sums.rows);
    if (!part->by_count)
        fprintf(stream, "  %15s", "cycles");
    fprintf(stream, "  %12s  %6s  %-18s  %-28s  %s\n", "times", "share", "pc", "why", "symbol");
    print_first(part, rows, total, &sums, stream);
    if (sums.count)
        print_row(part, &sums, total, "the others", "", "", stream);
    fputc('\n', stream);
}

static void print_access(JsonObject *access, FILE *stream)
{
    char count[REPORT_TABLE_CELL_BYTES];
    uint64_t offset = report_number(access, "offset");
    report_table_write_number(count, report_number(access, "count"));
    fprintf(stream, "  %12s    core %-2" PRIu64 "  %-6s  bytes %2" PRIu64 " to %2" PRIu64 "  %-18s  %s\n", count,
            report_number(access, "core"), report_text(access, "access"), offset,
            offset + report_number(access, "bytes") - 1, report_text(access, "pc"), report_text(access, "symbol"));
}

static void print_line(JsonObject *line, FILE *stream)
{
    char count[REPORT_TABLE_CELL_BYTES];
    const char *symbol = report_text(line, "symbol");
    JsonArray *accesses = report_array(line, "accesses");
    uint64_t others = report_number(line, "count");
    report_table_write_number(count, others);
    fprintf(stream, "  %12s  line %s %s%s%s\n", count, report_text(line, "address"), symbol, *symbol ? ", " : "",
            report_flag(line, "false_sharing") ? "false sharing: no byte is used by two cores"
                                               : "bytes used by several cores");
    for (unsigned i = 0; i < report_array_length(accesses) && i < SHOWN_ACCESSES; i++) {
        JsonObject *access = report_element(accesses, i);
        if (!access)
            continue;
        print_access(access, stream);
        others -= report_number(access, "count");
    }
    report_table_write_number(count, others);
    if (others)
        fprintf(stream, "  %12s    others\n", count);
}

static void print_sharing(JsonObject *profile, FILE *stream)
{
    JsonArray *lines = report_array(profile, "sharing.lines");
    unsigned count = report_array_length(lines);
    if (!count)
        return;
    fprintf(stream, "lines that went from core to core, by how often; %u of %" PRIu64 "\n", MIN(count, SHOWN_LINES),
            count + report_number(profile, "sharing.rest_lines"));
    for (unsigned i = 0; i < count && i < SHOWN_LINES; i++)
        if (report_element(lines, i))
            print_line(report_element(lines, i), stream);
    fputc('\n', stream);
}

void report_print_profile(const report_document_t *document, FILE *stream)
{
    static const part_t parts[] = {
        {"where barriers, acquires, exclusives and atomics waited, by cost", "stalls", is_ordering, write_stall, false},
        {"where other instructions waited, by cost", "stalls", is_plain, write_stall, false},
        {"loads that waited for a line, by latency", "load_misses", is_any, write_miss, false},
        {"store-exclusives that failed, by cause", "exclusive_failures", is_any, write_failure, true},
    };
    JsonObject *profile = report_object(document->root, "profile");
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        print_part(profile, &parts[i], stream);
    print_sharing(profile, stream);
}
