/* Sequential device-tree writing with a sticky fault. */
#include "loader/fdt_writer.h"

#include <glib.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

void loader_fdt_begin(loader_fdt_t *fdt, void *blob, size_t capacity_bytes)
{
    fdt->blob = blob;
    fdt->fault = fdt_create(blob, (int)capacity_bytes);
    if (!fdt->fault)
        fdt->fault = fdt_finish_reservemap(blob);
}

int loader_fdt_finish(loader_fdt_t *fdt)
{
    if (!fdt->fault)
        fdt->fault = fdt_finish(fdt->blob);
    return fdt->fault ? fdt->fault : (int)fdt_totalsize(fdt->blob);
}

void loader_fdt_node(loader_fdt_t *fdt, const char *name)
{
    if (!fdt->fault)
        fdt->fault = fdt_begin_node(fdt->blob, name);
}

void loader_fdt_node_at(loader_fdt_t *fdt, const char *name, uint64_t unit_address)
{
    char full_name[64];
    int length = snprintf(full_name, sizeof(full_name), "%s@%" PRIx64, name, unit_address);
    if (!fdt->fault && length >= (int)sizeof(full_name))
        fdt->fault = -FDT_ERR_BADVALUE;
    loader_fdt_node(fdt, full_name);
}

void loader_fdt_end(loader_fdt_t *fdt)
{
    if (!fdt->fault)
        fdt->fault = fdt_end_node(fdt->blob);
}

static void write_bytes(loader_fdt_t *fdt, const char *name, const void *value, size_t bytes)
{
    if (fdt->fault)
        return;
    fdt->fault = bytes > INT_MAX ? -FDT_ERR_NOSPACE : fdt_property(fdt->blob, name, value, (int)bytes);
}

void loader_fdt_empty(loader_fdt_t *fdt, const char *name)
{
    write_bytes(fdt, name, "", 0);
}

void loader_fdt_cells(loader_fdt_t *fdt, const char *name, const uint32_t *cells, size_t count)
{
    fdt32_t *value = g_new(fdt32_t, count);
    for (size_t i = 0; i < count; i++)
        value[i] = cpu_to_fdt32(cells[i]);
    write_bytes(fdt, name, value, count * sizeof(*value));
    g_free(value);
}

void loader_fdt_u32(loader_fdt_t *fdt, const char *name, uint32_t value)
{
    loader_fdt_cells(fdt, name, &value, 1);
}

void loader_fdt_u64(loader_fdt_t *fdt, const char *name, uint64_t value)
{
    const uint32_t cells[] = {(uint32_t)(value >> 32), (uint32_t)value};
    loader_fdt_cells(fdt, name, cells, 2);
}

void loader_fdt_string(loader_fdt_t *fdt, const char *name, const char *text)
{
    write_bytes(fdt, name, text, strlen(text) + 1);
}

void loader_fdt_strings(loader_fdt_t *fdt, const char *name, const char *const *texts)
{
    GString *value = g_string_new(NULL);
    for (size_t i = 0; texts[i]; i++)
        g_string_append_len(value, texts[i], (gssize)strlen(texts[i]) + 1);
    write_bytes(fdt, name, value->str, value->len);
    g_string_free(value, true);
}

void loader_fdt_reg(loader_fdt_t *fdt, const loader_range_t *ranges, size_t count)
{
    uint32_t *cells = g_new(uint32_t, count * 4);
    for (size_t i = 0; i < count; i++) {
        cells[i * 4] = (uint32_t)(ranges[i].base >> 32);
        cells[i * 4 + 1] = (uint32_t)ranges[i].base;
        cells[i * 4 + 2] = (uint32_t)(ranges[i].bytes >> 32);
        cells[i * 4 + 3] = (uint32_t)ranges[i].bytes;
    }
    loader_fdt_cells(fdt, "reg", cells, count * 4);
    g_free(cells);
}

void loader_fdt_interrupts(loader_fdt_t *fdt, const uint32_t *intids, size_t count, uint32_t trigger)
{
    uint32_t *cells = g_new(uint32_t, count * 3);
    for (size_t i = 0; i < count; i++) {
        bool is_ppi = intids[i] >= 16 && intids[i] < 32;
        if (!fdt->fault && (intids[i] < 16 || intids[i] >= 1020))
            fdt->fault = -FDT_ERR_BADVALUE;
        cells[i * 3] = is_ppi ? 1 : 0;
        cells[i * 3 + 1] = intids[i] - (is_ppi ? 16 : 32);
        cells[i * 3 + 2] = trigger;
    }
    loader_fdt_cells(fdt, "interrupts", cells, count * 3);
    g_free(cells);
}
