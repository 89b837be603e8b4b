#include "report/table.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

enum { GAP = 2, MIN_WIDTH = 7 };

typedef struct row {
    char *label; /* of a heading when cells is NULL */
    const char *unit;
    char (*cells)[REPORT_TABLE_CELL_BYTES];
} row_t;

struct report_table {
    unsigned columns; /* of values */
    unsigned shown;   /* of cells */
    GArray *rows;
    const char *heading; /* waits for its first row */
};

report_table_t *report_table_new(unsigned columns)
{
    report_table_t *table = g_new0(report_table_t, 1);
    table->columns = columns;
    table->shown = columns == 1 ? 1 : columns > REPORT_TABLE_CORES ? 3 : columns + 1;
    table->rows = g_array_new(FALSE, FALSE, sizeof(row_t));
    return table;
}

void report_table_free(report_table_t *table)
{
    if (!table)
        return;
    for (guint i = 0; i < table->rows->len; i++) {
        g_free(g_array_index(table->rows, row_t, i).label);
        g_free(g_array_index(table->rows, row_t, i).cells);
    }
    g_array_free(table->rows, TRUE);
    g_free(table);
}

void report_table_heading(report_table_t *table, const char *text)
{
    table->heading = text;
}

void report_table_write_number(char cell[REPORT_TABLE_CELL_BYTES], uint64_t value)
{
    char digits[24];
    int length = g_snprintf(digits, sizeof(digits), "%" PRIu64, value), at = 0;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            cell[at++] = ',';
        cell[at++] = digits[i];
    }
    cell[at] = '\0';
}

static void write_cell(char cell[REPORT_TABLE_CELL_BYTES], report_table_form_t form, uint64_t value)
{
    switch (form) {
    case REPORT_TABLE_COUNT: report_table_write_number(cell, value); break;
    case REPORT_TABLE_HUNDREDTHS:
        g_snprintf(cell, REPORT_TABLE_CELL_BYTES, "%" PRIu64 ".%02u", value / 100, (unsigned)(value % 100));
        break;
    case REPORT_TABLE_PS_AS_NS:
        report_table_write_number(cell, (value + 50) / 1000);
        g_snprintf(cell + strlen(cell), 4, ".%u", (unsigned)((value + 50) / 100 % 10));
        break;
    }
}

static void add_pending_heading(report_table_t *table)
{
    if (!table->heading)
        return;
    row_t row = {.label = g_strdup(table->heading)};
    g_array_append_val(table->rows, row);
    table->heading = NULL;
}

static bool is_zero(const report_table_t *table, const uint64_t *values)
{
    for (unsigned i = 0; i < table->columns; i++)
        if (values[i])
            return false;
    return true;
}

void report_table_row(report_table_t *table, const char *label, const char *unit, report_table_form_t form,
                      const uint64_t *values, uint64_t overall)
{
    if (is_zero(table, values))
        return;
    add_pending_heading(table);
    row_t row = {.label = g_strdup(label), .unit = unit, .cells = g_malloc0(table->shown * sizeof(row.cells[0]))};
    if (table->columns > REPORT_TABLE_CORES) {
        uint64_t least = values[0], greatest = values[0];
        for (unsigned i = 1; i < table->columns; i++) {
            least = MIN(least, values[i]);
            greatest = MAX(greatest, values[i]);
        }
        write_cell(row.cells[0], form, overall);
        write_cell(row.cells[1], form, least);
        write_cell(row.cells[2], form, greatest);
    } else {
        for (unsigned i = 0; i < table->columns; i++)
            write_cell(row.cells[i], form, values[i]);
        if (table->columns > 1)
            write_cell(row.cells[table->columns], form, overall);
    }
    g_array_append_val(table->rows, row);
}

void report_table_sum(report_table_t *table, const char *label, const char *unit, const uint64_t *values)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < table->columns; i++)
        sum += values[i];
    report_table_row(table, label, unit, REPORT_TABLE_COUNT, values, sum);
}

static void column_title(const report_table_t *table, unsigned column, char title[REPORT_TABLE_CELL_BYTES])
{
    static const char *const summary[] = {"total", "least", "most"};
    if (table->columns > REPORT_TABLE_CORES)
        g_strlcpy(title, summary[column], REPORT_TABLE_CELL_BYTES);
    else if (column < table->columns)
        g_snprintf(title, REPORT_TABLE_CELL_BYTES, "core%u", column);
    else
        g_strlcpy(title, "total", REPORT_TABLE_CELL_BYTES);
}

static int column_width(const report_table_t *table, unsigned column)
{
    size_t width = MIN_WIDTH;
    for (guint i = 0; i < table->rows->len; i++) {
        const row_t *row = &g_array_index(table->rows, row_t, i);
        if (row->cells)
            width = MAX(width, strlen(row->cells[column]));
    }
    return (int)width;
}

static void print_titles(const report_table_t *table, int indent, const int *widths, FILE *stream)
{
    fprintf(stream, "%*s", indent, "");
    for (unsigned column = 0; column < table->shown; column++) {
        char title[REPORT_TABLE_CELL_BYTES];
        column_title(table, column, title);
        fprintf(stream, "%*s", widths[column], title);
    }
    fputc('\n', stream);
}

void report_table_print(const report_table_t *table, FILE *stream)
{
    int label_width = 0, unit_width = 0, widths[REPORT_TABLE_CORES + 1];
    for (guint i = 0; i < table->rows->len; i++) {
        const row_t *row = &g_array_index(table->rows, row_t, i);
        if (row->cells) {
            label_width = MAX(label_width, (int)strlen(row->label));
            unit_width = MAX(unit_width, (int)strlen(row->unit));
        }
    }
    for (unsigned column = 0; column < table->shown; column++)
        widths[column] = column_width(table, column) + GAP;
    if (table->columns > 1)
        print_titles(table, 2 + label_width + GAP + unit_width, widths, stream);
    for (guint i = 0; i < table->rows->len; i++) {
        const row_t *row = &g_array_index(table->rows, row_t, i);
        if (!row->cells) {
            fprintf(stream, "%s\n", row->label);
            continue;
        }
        fprintf(stream, "  %-*s  %-*s", label_width, row->label, unit_width, row->unit);
        for (unsigned column = 0; column < table->shown; column++)
            fprintf(stream, "%*s", widths[column], row->cells[column]);
        fputc('\n', stream);
    }
}
