/* Tables for people. */
#include "report/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *printed(const report_table_t *table)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    report_table_print(table, stream);
    fclose(stream);
    return text;
}

Test(report_table, columns_are_aligned_and_summed)
{
    report_table_t *table = report_table_new(2);
    report_table_heading(table, "things");
    report_table_sum(table, "first", "count", (const uint64_t[]){1, 1234567});
    report_table_row(table, "second one", "ns", REPORT_TABLE_PS_AS_NS, (const uint64_t[]){1500, 1234567}, 99960);
    report_table_row(table, "ratio", "", REPORT_TABLE_HUNDREDTHS, (const uint64_t[]){5, 150}, 77);
    char *text = printed(table);
    cr_expect_str_eq(text,
                     "                       core0      core1      total\n"
                     "things\n"
                     "  first       count        1  1,234,567  1,234,568\n"
                     "  second one  ns         1.5    1,234.6      100.0\n"
                     "  ratio                 0.05       1.50       0.77\n",
                     "\n%s", text);
    free(text);
    report_table_free(table);
}

Test(report_table, rows_of_zeros_and_headings_without_rows_are_left_out)
{
    report_table_t *table = report_table_new(2);
    report_table_heading(table, "nothing");
    report_table_sum(table, "zero", "count", (const uint64_t[]){0, 0});
    report_table_heading(table, "something");
    report_table_sum(table, "one", "count", (const uint64_t[]){0, 1});
    char *text = printed(table);
    cr_expect_null(strstr(text, "nothing"));
    cr_expect_null(strstr(text, "zero"));
    cr_expect_not_null(strstr(text, "something"));
    free(text);
    report_table_free(table);
}

Test(report_table, many_columns_become_total_least_and_most)
{
    uint64_t values[REPORT_TABLE_CORES + 1];
    for (unsigned i = 0; i <= REPORT_TABLE_CORES; i++)
        values[i] = i + 3;
    report_table_t *table = report_table_new(REPORT_TABLE_CORES + 1);
    report_table_sum(table, "row", "count", values);
    char *text = printed(table);
    cr_expect_str_eq(text,
                     "                total    least     most\n"
                     "  row  count       63        3       11\n",
                     "\n%s", text);
    free(text);
    report_table_free(table);
}
