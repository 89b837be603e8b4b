/* Trace ports: hash chains, the merge of a window, the text lines. */
#include "observe/trace.h"

#include "base/error.h"
#include "base/hash.h"
#include "observe/output_file.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trace_port {
    trace_t *trace;
    char *component;
    const trace_names_t *names;
    uint64_t hash, records;
    trace_record_t *kept; /* of the present window, in emission order */
    size_t kept_count, kept_capacity;
};

/* A kept record in the merge order. */
typedef struct merged {
    const trace_port_t *port;
    uint32_t port_index;
    uint32_t sequence;
    trace_record_t record;
} merged_t;

struct trace {
    GPtrArray *ports;
    observe_output_file_t *file;
    trace_listener_t *listen;
    void *listener;
    GArray *merge;     /* merged_t; empty between flushes */
    uint64_t start_ps; /* trace_restart */
    guint given;       /* ports given since */
};

trace_t *trace_new(void)
{
    trace_t *trace = g_new0(trace_t, 1);
    trace->ports = g_ptr_array_new();
    trace->merge = g_array_new(FALSE, FALSE, sizeof(merged_t));
    return trace;
}

void trace_free(trace_t *trace)
{
    if (!trace)
        return;
    observe_output_file_abandon(trace->file); /* a trace that nobody closed is not complete */
    for (guint i = 0; i < trace->ports->len; i++) {
        trace_port_t *port = trace->ports->pdata[i];
        g_free(port->component);
        g_free(port->kept);
        g_free(port);
    }
    g_ptr_array_free(trace->ports, TRUE);
    g_array_free(trace->merge, TRUE);
    g_free(trace);
}

trace_port_t *trace_port_new(trace_t *trace, const char *component, const trace_names_t *names)
{
    if (trace->given < trace->ports->len) {
        trace_port_t *again = trace->ports->pdata[trace->given++];
        if (strcmp(again->component, component))
            base_bug("trace port %s, which was %s before the restart", component, again->component);
        return again;
    }
    trace->given++;
    trace_port_t *port = g_new0(trace_port_t, 1);
    port->trace = trace;
    port->component = g_strdup(component);
    port->names = names;
    port->hash = BASE_HASH_INIT;
    g_ptr_array_add(trace->ports, port);
    return port;
}

void trace_restart(trace_t *trace, uint64_t start_ps)
{
    trace_flush(trace, UINT64_MAX);
    trace->start_ps = start_ps;
    trace->given = 0;
}

static void keep(trace_port_t *port, const trace_record_t *record)
{
    if (port->kept_count == port->kept_capacity) {
        port->kept_capacity = port->kept_capacity ? port->kept_capacity * 2 : 64;
        port->kept = g_renew(trace_record_t, port->kept, port->kept_capacity);
    }
    port->kept[port->kept_count++] = *record;
}

void trace_emit(trace_port_t *port, const trace_record_t *record)
{
    uint64_t hash = base_hash_fold(port->hash, record->time_ps);
    hash = base_hash_fold(hash, record->address);
    hash = base_hash_fold(hash, record->cause_pc);
    port->hash = base_hash_fold(hash, (uint64_t)record->event << 48 | (uint64_t)record->old_state << 32 |
                                          (uint64_t)record->new_state << 16 | (uint16_t)record->cause_core);
    if (record->value)
        port->hash = base_hash_fold(port->hash, record->value);
    port->records++;
    if (port->trace->file || port->trace->listen)
        keep(port, record);
}

int trace_open(trace_t *trace, const char *path, base_error_t *error)
{
    int result = observe_output_file_open(path, "trace", &trace->file, error);
    if (result < 0)
        return result;
    fprintf(observe_output_file_stream(trace->file), "# %12s %-12s %-14s %-18s %-15s %4s %s\n", "time_ps", "component",
            "address", "event", "old>new", "core", "pc");
    return 0;
}

static const char *name_of(const char *const *names, unsigned index, char *buffer, size_t bytes)
{
    for (unsigned i = 0; names && names[i]; i++)
        if (i == index)
            return names[i];
    snprintf(buffer, bytes, "%u", index);
    return buffer;
}

static void write_line(FILE *stream, const merged_t *merged)
{
    const trace_names_t *names = merged->port->names;
    const trace_record_t *record = &merged->record;
    char event[16], old_state[16], new_state[16], states[48], core[8] = "-";
    snprintf(states, sizeof(states), "%s>%s", name_of(names->states, record->old_state, old_state, sizeof(old_state)),
             name_of(names->states, record->new_state, new_state, sizeof(new_state)));
    if (record->cause_core >= 0)
        snprintf(core, sizeof(core), "%d", record->cause_core);
    fprintf(stream, "%14" PRIu64 " %-12s 0x%012" PRIx64 " %-18s %-15s %4s 0x%" PRIx64 "\n", record->time_ps,
            merged->port->component, record->address, name_of(names->events, record->event, event, sizeof(event)),
            states, core, record->cause_pc);
}

static int compare_merged(const void *a_pointer, const void *b_pointer)
{
    const merged_t *a = a_pointer, *b = b_pointer;
    if (a->record.time_ps != b->record.time_ps)
        return a->record.time_ps < b->record.time_ps ? -1 : 1;
    if (a->port_index != b->port_index)
        return a->port_index < b->port_index ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* Moves the port's records before the window's end to the merge; later ones stay for their own window. */
static void gather(trace_t *trace, guint index, uint64_t window_end_ps)
{
    trace_port_t *port = trace->ports->pdata[index];
    size_t later = 0;
    for (size_t i = 0; i < port->kept_count; i++) {
        if (port->kept[i].time_ps >= window_end_ps) {
            port->kept[later++] = port->kept[i];
            continue;
        }
        merged_t merged = {.port = port, .port_index = index, .sequence = (uint32_t)i, .record = port->kept[i]};
        merged.record.time_ps += trace->start_ps;
        g_array_append_val(trace->merge, merged);
    }
    port->kept_count = later;
}

void trace_flush(trace_t *trace, uint64_t window_end_ps)
{
    if (!trace->file && !trace->listen)
        return;
    for (guint i = 0; i < trace->ports->len; i++)
        if (((trace_port_t *)trace->ports->pdata[i])->kept_count)
            gather(trace, i, window_end_ps);
    if (!trace->merge->len)
        return;
    if (trace->merge->len > 1)
        qsort(trace->merge->data, trace->merge->len, sizeof(merged_t), compare_merged);
    for (guint i = 0; i < trace->merge->len; i++) {
        const merged_t *merged = &g_array_index(trace->merge, merged_t, i);
        if (trace->file)
            write_line(observe_output_file_stream(trace->file), merged);
        if (trace->listen)
            trace->listen(trace->listener, merged->port->component, merged->port->names, &merged->record);
    }
    g_array_set_size(trace->merge, 0);
}

void trace_listen(trace_t *trace, trace_listener_t *listen, void *self)
{
    if (trace->listen && !listen)
        trace_flush(trace, UINT64_MAX);
    trace->listen = listen;
    trace->listener = self;
}

int trace_close(trace_t *trace, base_error_t *error)
{
    if (!trace->file)
        return 0;
    trace_flush(trace, UINT64_MAX);
    int result = observe_output_file_close(trace->file, error);
    trace->file = NULL;
    return result;
}

uint64_t trace_hash(const trace_t *trace)
{
    uint64_t hash = BASE_HASH_INIT;
    for (guint i = 0; i < trace->ports->len; i++)
        hash = base_hash_fold(hash, ((const trace_port_t *)trace->ports->pdata[i])->hash);
    return hash;
}

uint64_t trace_records(const trace_t *trace)
{
    uint64_t records = 0;
    for (guint i = 0; i < trace->ports->len; i++)
        records += ((const trace_port_t *)trace->ports->pdata[i])->records;
    return records;
}
