/* A reader of flattened device trees (Devicetree Specification v0.4, chapter 5). It walks the tree once, in order, and
 * shows each node to a visitor. Nothing outside the tree's own bytes is read, whatever they say. */
#ifndef MESIM_FIRMWARE_FDT_H
#define MESIM_FIRMWARE_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fdt {
    const uint8_t *bytes;
    uint32_t struct_offset;
    uint32_t struct_end;
    uint32_t strings_offset;
    uint32_t strings_end;
} fdt_t;

typedef struct fdt_node {
    const fdt_t *tree;
    const char *name; /* with its @address */
    unsigned depth;   /* 0: the root */
    uint32_t properties_offset;
    uint32_t address_cells; /* the parent's: how this node's reg is written */
    uint32_t size_cells;
} fdt_node_t;

/* A property's value: big-endian bytes inside the tree. data is NULL where there is no such property. */
typedef struct fdt_value {
    const uint8_t *data;
    uint32_t bytes;
} fdt_value_t;

/* The size of the tree that begins here, or 0 if none does. */
size_t fdt_total_bytes(const void *at);

/* Checks the header. */
bool fdt_open(fdt_t *tree, const void *at);

/* Calls visit for every node from the root down; returns false if the tree is damaged. Nodes whose status says that
 * they are not to be used are left out, but not their children. */
bool fdt_walk(const fdt_t *tree, void (*visit)(const fdt_node_t *node, void *context), void *context);

fdt_value_t fdt_property(const fdt_node_t *node, const char *name);

/* The n-th 32-bit cell of a value; 0 beyond its end. */
uint32_t fdt_cell(fdt_value_t value, unsigned n);

/* A number of `cells` cells (1 or 2) from cell n on. */
uint64_t fdt_number(fdt_value_t value, unsigned n, unsigned cells);

/* Entry `index` of the node's reg; false if there is none. Addresses are taken as the CPU's: a bus with a translating
 * `ranges` is not followed. */
bool fdt_reg(const fdt_node_t *node, unsigned index, uint64_t *ret_address, uint64_t *ret_size);

/* Whether a property that holds a list of strings has this one. */
bool fdt_has_string(const fdt_node_t *node, const char *property, const char *text);

#endif
