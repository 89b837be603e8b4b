/* Writes a flattened device tree from start to end, over libfdt's sequential-write functions.
 *
 * The first failure sticks and makes every later call do nothing, so a tree is written without a check a line and
 * tested once at the end. Lists of strings end with NULL. */
#ifndef MESIM_LOADER_FDT_WRITER_H
#define MESIM_LOADER_FDT_WRITER_H

#include "loader/memory.h"

#include <stddef.h>
#include <stdint.h>

typedef struct loader_fdt {
    void *blob;
    int fault; /* 0, or a negative FDT_ERR_ code */
} loader_fdt_t;

void loader_fdt_begin(loader_fdt_t *fdt, void *blob, size_t capacity_bytes);

/* Closes the tree; gives its size, or a negative FDT_ERR_ code. */
int loader_fdt_finish(loader_fdt_t *fdt);

void loader_fdt_node(loader_fdt_t *fdt, const char *name);
void loader_fdt_node_at(loader_fdt_t *fdt, const char *name, uint64_t unit_address);
void loader_fdt_end(loader_fdt_t *fdt);

void loader_fdt_empty(loader_fdt_t *fdt, const char *name);
void loader_fdt_cells(loader_fdt_t *fdt, const char *name, const uint32_t *cells, size_t count);
void loader_fdt_u32(loader_fdt_t *fdt, const char *name, uint32_t value);
void loader_fdt_u64(loader_fdt_t *fdt, const char *name, uint64_t value);
void loader_fdt_string(loader_fdt_t *fdt, const char *name, const char *text);
void loader_fdt_strings(loader_fdt_t *fdt, const char *name, const char *const *texts);

/* "reg" with two cells each for addresses and sizes. */
void loader_fdt_reg(loader_fdt_t *fdt, const loader_range_t *ranges, size_t count);

/* "interrupts" by the arm,gic-v3 binding, all with one trigger. An INTID that is neither PPI (16-31) nor SPI (32-1019)
 * is a fault. */
void loader_fdt_interrupts(loader_fdt_t *fdt, const uint32_t *intids, size_t count, uint32_t trigger);

#endif
