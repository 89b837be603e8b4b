#include "axiomatic/writes.h"

#include <string.h>

void axiomatic_writes_init(axiomatic_writes_t *writes, const litmus_test_t *test)
{
    writes->all = g_array_new(FALSE, FALSE, sizeof(axiomatic_write_t));
    for (unsigned cell = 0; cell < test->cell_count; cell++) {
        axiomatic_write_t write = {0};
        uint64_t raw = litmus_value_raw(test, test->cells[cell]);
        write.address = litmus_cell_address(test, cell, &write.bytes);
        memcpy(write.value, &raw, write.bytes);
        axiomatic_writes_add(writes, &write);
    }
}

void axiomatic_writes_done(axiomatic_writes_t *writes)
{
    g_array_free(writes->all, TRUE);
}

bool axiomatic_writes_add(axiomatic_writes_t *writes, const axiomatic_write_t *write)
{
    for (guint i = 0; i < writes->all->len; i++) {
        const axiomatic_write_t *old = &g_array_index(writes->all, axiomatic_write_t, i);
        if (old->address == write->address && old->bytes == write->bytes &&
            !memcmp(old->value, write->value, write->bytes))
            return false;
    }
    g_array_append_vals(writes->all, write, 1);
    return true;
}

/* The first address after `from` at which a write begins or ends, at most `end`. */
static uint64_t next_cut(const axiomatic_writes_t *writes, uint64_t from, uint64_t end)
{
    for (guint i = 0; i < writes->all->len; i++) {
        const axiomatic_write_t *write = &g_array_index(writes->all, axiomatic_write_t, i);
        uint64_t edges[2] = {write->address, write->address + write->bytes};
        for (unsigned j = 0; j < 2; j++)
            if (edges[j] > from && edges[j] < end)
                end = edges[j];
    }
    return end;
}

/* The different bytes that writes left in [from, to). */
static GArray *values_of_part(const axiomatic_writes_t *writes, uint64_t from, uint64_t to)
{
    GArray *values = g_array_new(FALSE, TRUE, AXIOMATIC_ACCESS_BYTES);
    for (guint i = 0; i < writes->all->len; i++) {
        const axiomatic_write_t *write = &g_array_index(writes->all, axiomatic_write_t, i);
        if (write->address > from || write->address + write->bytes < to)
            continue;
        const uint8_t *bytes = write->value + (from - write->address);
        bool known = false;
        for (guint j = 0; j < values->len; j++)
            known |= !memcmp(values->data + j * AXIOMATIC_ACCESS_BYTES, bytes, to - from);
        if (known)
            continue;
        g_array_set_size(values, values->len + 1);
        memcpy(values->data + (values->len - 1) * AXIOMATIC_ACCESS_BYTES, bytes, to - from);
    }
    return values;
}

/* Each value so far with each of the part's. */
static GArray *extend(GArray *values, const GArray *part, uint64_t offset, uint64_t bytes)
{
    GArray *longer = g_array_new(FALSE, TRUE, AXIOMATIC_ACCESS_BYTES);
    for (guint i = 0; i < values->len; i++)
        for (guint j = 0; j < part->len; j++) {
            g_array_append_vals(longer, values->data + i * AXIOMATIC_ACCESS_BYTES, 1);
            memcpy(longer->data + (longer->len - 1) * AXIOMATIC_ACCESS_BYTES + offset,
                   part->data + j * AXIOMATIC_ACCESS_BYTES, bytes);
        }
    g_array_free(values, TRUE);
    return longer;
}

GArray *axiomatic_writes_values(const axiomatic_writes_t *writes, uint64_t address, unsigned bytes)
{
    GArray *values = g_array_new(FALSE, TRUE, AXIOMATIC_ACCESS_BYTES);
    g_array_set_size(values, 1);
    for (uint64_t from = address, end = address + bytes; from < end;) {
        uint64_t to = next_cut(writes, from, end);
        GArray *part = values_of_part(writes, from, to);
        values = extend(values, part, from - address, to - from);
        g_array_free(part, TRUE);
        from = to;
    }
    return values;
}
