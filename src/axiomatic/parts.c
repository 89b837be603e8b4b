#include "axiomatic/parts.h"

#include <string.h>

typedef struct value {
    unsigned part;
    uint8_t bytes[AXIOMATIC_ACCESS_BYTES];
} value_t;

static int compare_addresses(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void note_edges(GArray *edges, const axiomatic_trace_t *trace)
{
    for (unsigned i = 0; i < trace->count; i++) {
        const axiomatic_event_t *event = &trace->events[i];
        uint64_t ends[2] = {event->address, event->address + event->bytes};
        if (axiomatic_is_memory(event))
            g_array_append_vals(edges, ends, 2);
    }
}

/* The bytes of initial values. */
static void fill_initial(axiomatic_part_t *part, const litmus_test_t *test)
{
    for (unsigned cell = 0; cell < test->cell_count; cell++) {
        unsigned size_bytes;
        uint64_t address = litmus_cell_address(test, cell, &size_bytes);
        uint64_t raw = litmus_value_raw(test, test->cells[cell]);
        for (unsigned i = 0; i < size_bytes; i++)
            if (address + i >= part->address && address + i < part->address + part->bytes)
                part->initial[address + i - part->address] = (uint8_t)(raw >> (i * 8));
    }
}

static bool is_accessed(GPtrArray *const *traces, unsigned threads, const axiomatic_part_t *part)
{
    for (unsigned thread = 0; thread < threads; thread++)
        for (guint i = 0; i < traces[thread]->len; i++) {
            const axiomatic_trace_t *trace = traces[thread]->pdata[i];
            for (unsigned j = 0; j < trace->count; j++)
                if (axiomatic_part_in(part, &trace->events[j]))
                    return true;
        }
    return false;
}

bool axiomatic_parts_init(axiomatic_parts_t *parts, const litmus_test_t *test, GPtrArray *const *traces)
{
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    bool fits = true;
    parts->count = 0;
    parts->values = g_array_new(FALSE, TRUE, sizeof(value_t));
    for (unsigned thread = 0; thread < test->thread_count; thread++)
        for (guint i = 0; i < traces[thread]->len; i++)
            note_edges(edges, traces[thread]->pdata[i]);
    g_array_sort(edges, compare_addresses);
    for (guint i = 0; i + 1 < edges->len && fits; i++) {
        uint64_t from = g_array_index(edges, uint64_t, i), to = g_array_index(edges, uint64_t, i + 1);
        axiomatic_part_t part = {.address = from, .bytes = (unsigned)(to - from)};
        if (from == to || to - from > AXIOMATIC_ACCESS_BYTES || !is_accessed(traces, test->thread_count, &part))
            continue;
        fits = parts->count < AXIOMATIC_MAX_PARTS;
        fill_initial(&part, test);
        if (fits)
            parts->parts[parts->count++] = part;
    }
    g_array_free(edges, TRUE);
    return fits;
}

void axiomatic_parts_done(axiomatic_parts_t *parts)
{
    g_array_free(parts->values, TRUE);
}

/* Sets the bit of the value in the part; false: there is none left. */
static bool insert(axiomatic_parts_t *parts, unsigned part, const uint8_t *bytes, axiomatic_value_set_t *set)
{
    unsigned size_bytes = parts->parts[part].bytes, place = 0;
    while (place < parts->values->len) {
        const value_t *value = &g_array_index(parts->values, value_t, place);
        if (value->part == part && !memcmp(value->bytes, bytes, size_bytes))
            break;
        place++;
    }
    if (place == AXIOMATIC_VALUE_WORDS * 64)
        return false;
    if (place == parts->values->len) {
        value_t fresh = {.part = part};
        memcpy(fresh.bytes, bytes, size_bytes);
        g_array_append_val(parts->values, fresh);
    }
    set->words[place / 64] |= UINT64_C(1) << place % 64;
    return true;
}

bool axiomatic_parts_sets(axiomatic_parts_t *parts, const axiomatic_trace_t *trace, axiomatic_value_set_t *ret_needs,
                          axiomatic_value_set_t *ret_offers)
{
    bool fits = true;
    *ret_needs = *ret_offers = (axiomatic_value_set_t){0};
    for (unsigned i = 0; i < trace->count; i++) {
        const axiomatic_event_t *event = &trace->events[i];
        for (unsigned part = 0; part < parts->count && fits; part++)
            if (axiomatic_part_in(&parts->parts[part], event))
                fits = insert(parts, part, axiomatic_part_value(&parts->parts[part], event),
                              event->kind == AXIOMATIC_READ ? ret_needs : ret_offers);
    }
    return fits;
}

bool axiomatic_parts_initial_set(axiomatic_parts_t *parts, axiomatic_value_set_t *ret_offers)
{
    bool fits = true;
    *ret_offers = (axiomatic_value_set_t){0};
    for (unsigned part = 0; part < parts->count && fits; part++)
        fits = insert(parts, part, parts->parts[part].initial, ret_offers);
    return fits;
}
