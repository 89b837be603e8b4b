/* A table of numbers for people: a column a core, aligned, units named, rows that are zero everywhere left out.
 *
 * Up to REPORT_TABLE_CORES columns are shown with their total; of more, the total, the least and the greatest. */
#ifndef MESIM_REPORT_TABLE_H
#define MESIM_REPORT_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { REPORT_TABLE_CORES = 8, REPORT_TABLE_CELL_BYTES = 40 };

/* How a value is written. */
typedef enum report_table_form {
    REPORT_TABLE_COUNT,      /* 1,234,567 */
    REPORT_TABLE_HUNDREDTHS, /* 123 is 1.23 */
    REPORT_TABLE_PS_AS_NS,   /* 1234567 is 1,234.6 */
} report_table_form_t;

typedef struct report_table report_table_t;

report_table_t *report_table_new(unsigned columns);
void report_table_free(report_table_t *table); /* NULL is fine */

/* Heads the rows that follow; left out when all of them are. */
void report_table_heading(report_table_t *table, const char *text);

/* `values` holds one a column; the last column is their sum. */
void report_table_sum(report_table_t *table, const char *label, const char *unit, const uint64_t *values);
/* The same with the last column given. */
void report_table_row(report_table_t *table, const char *label, const char *unit, report_table_form_t form,
                      const uint64_t *values, uint64_t overall);

/* Digits in groups of three: 1,234,567. */
void report_table_write_number(char cell[REPORT_TABLE_CELL_BYTES], uint64_t value);

void report_table_print(const report_table_t *table, FILE *stream);

#endif
