/* A table of numbers for people: a column a core, aligned, units named, rows that are zero everywhere left out.
 *
 * Up to TABLE_CORES columns are shown with their total; of more, the total, the least and the greatest. */
#ifndef MESIM_MACHINE_TABLE_H
#define MESIM_MACHINE_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { TABLE_CORES = 8, TABLE_CELL_BYTES = 40 };

/* How a value is written. */
typedef enum table_form {
    TABLE_COUNT,      /* 1,234,567 */
    TABLE_HUNDREDTHS, /* 123 is 1.23 */
    TABLE_PS_AS_NS,   /* 1234567 is 1,234.6 */
} table_form_t;

typedef struct table table_t;

table_t *table_new(unsigned columns);
void table_free(table_t *table); /* NULL is fine */

/* Heads the rows that follow; left out when all of them are. */
void table_heading(table_t *table, const char *text);

/* `values` holds one a column; the last column is their sum. */
void table_sum(table_t *table, const char *label, const char *unit, const uint64_t *values);
/* The same with the last column given. */
void table_row(table_t *table, const char *label, const char *unit, table_form_t form, const uint64_t *values,
               uint64_t overall);

/* Digits in groups of three: 1,234,567. */
void table_write_number(char cell[TABLE_CELL_BYTES], uint64_t value);

void table_print(const table_t *table, FILE *stream);

#endif
