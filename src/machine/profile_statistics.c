#include "machine/profile_statistics.h"

#include "cpu/profile.h"
#include "machine/internal.h"
#include "machine/profile.h"

#include <inttypes.h>

enum { ROWS_MAX = 200, LINES_MAX = 100, ACCESSES_MAX = 64 };

static void set_number(JsonObject *object, const char *name, uint64_t value)
{
    json_object_set_int_member(object, name, (gint64)MIN(value, (uint64_t)INT64_MAX));
}

static void set_address(JsonObject *object, const char *name, uint64_t address)
{
    char text[24];
    g_snprintf(text, sizeof(text), "0x%" PRIx64, address);
    json_object_set_string_member(object, name, text);
}

/* name: an address; symbol_name: its symbol, left out where there is none. */
static void set_place(const machine_t *machine, JsonObject *object, const char *name, const char *symbol_name,
                      uint64_t address)
{
    char *symbol = machine_symbol_text(machine, address);
    set_address(object, name, address);
    if (*symbol)
        json_object_set_string_member(object, symbol_name, symbol);
    g_free(symbol);
}

/* --- rows by instruction --- */

typedef void describe_t(JsonObject *object, uint32_t what);

static void describe_stall(JsonObject *object, uint32_t what)
{
    json_object_set_string_member(object, "kind", cpu_stall_kind_name((cpu_stall_kind_t)(what / CPU_BLOCK_COUNT)));
    json_object_set_string_member(object, "cause", cpu_block_name((cpu_block_t)(what % CPU_BLOCK_COUNT)));
}

static void describe_failure(JsonObject *object, uint32_t what)
{
    json_object_set_string_member(object, "cause", cpu_exclusive_failure_name(what));
}

static void describe_miss(JsonObject *object, uint32_t what)
{
    json_object_set_string_member(object, "from", cpu_fill_source_name((cpu_fill_source_t)what));
}

static JsonObject *row_object(const machine_profile_row_t *row, describe_t *describe, bool has_cycles)
{
    JsonObject *object = json_object_new();
    describe(object, row->what);
    set_number(object, "count", row->count);
    if (has_cycles)
        set_number(object, "cycles", row->amount);
    return object;
}

/* What is not listed, summed by what it is. */
static JsonArray *rest_array(const GArray *rest, describe_t *describe, bool has_cycles)
{
    JsonArray *array = json_array_new();
    uint32_t whats = 0;
    for (guint i = 0; i < rest->len; i++)
        whats = MAX(whats, g_array_index(rest, machine_profile_row_t, i).what + 1);
    machine_profile_row_t *sums = g_new0(machine_profile_row_t, whats);
    uint64_t *counts = g_new0(uint64_t, whats);
    for (guint i = 0; i < rest->len; i++) {
        const machine_profile_row_t *row = &g_array_index(rest, machine_profile_row_t, i);
        sums[row->what].what = row->what;
        sums[row->what].count += row->count;
        sums[row->what].amount += row->amount;
        counts[row->what]++;
    }
    for (uint32_t what = 0; what < whats; what++) {
        if (!sums[what].count)
            continue;
        JsonObject *object = row_object(&sums[what], describe, has_cycles);
        set_number(object, "rows", counts[what]);
        json_array_add_object_element(array, object);
    }
    g_free(counts);
    g_free(sums);
    return array;
}

/* How rows of a part become JSON. */
typedef struct form {
    const char *name;
    machine_profile_part_t part;
    describe_t *describe;
    bool has_cycles;
    bool by_kind; /* plain stalls do not push the others out: ROWS_MAX of either */
} form_t;

static JsonObject *listed_object(const machine_t *machine, const machine_profile_row_t *row, const form_t *form)
{
    JsonObject *object = row_object(row, form->describe, form->has_cycles);
    set_place(machine, object, "pc", "symbol", row->pc);
    set_number(object, "cores", (uint64_t)__builtin_popcountll(row->cores));
    return object;
}

/* The tables' own rest goes to the rest. */
static void add_part(const machine_t *machine, JsonObject *parent, const form_t *form)
{
    JsonObject *object = json_object_new();
    JsonArray *array = json_array_new();
    GArray *rows = machine_profile_rows(machine, form->part);
    guint listed[2] = {0}, rest = 0;
    for (guint i = 0; i < rows->len; i++) {
        machine_profile_row_t row = g_array_index(rows, machine_profile_row_t, i);
        unsigned group = form->by_kind && row.what / CPU_BLOCK_COUNT == CPU_STALL_PLAIN;
        if (row.pc != OBSERVE_TALLY_REST && listed[group] < ROWS_MAX) {
            json_array_add_object_element(array, listed_object(machine, &row, form));
            listed[group]++;
        } else {
            g_array_index(rows, machine_profile_row_t, rest++) = row;
        }
    }
    g_array_set_size(rows, rest);
    json_object_set_array_member(object, "rows", array);
    json_object_set_array_member(object, "rest", rest_array(rows, form->describe, form->has_cycles));
    json_object_set_object_member(parent, form->name, object);
    g_array_free(rows, TRUE);
}

/* --- lines --- */

static JsonObject *access_object(const machine_t *machine, const machine_sharing_access_t *access)
{
    JsonObject *object = json_object_new();
    set_number(object, "core", access->core);
    json_object_set_string_member(object, "access",
                                  cpu_sharing_access_name((cpu_sharing_access_t)(access->what % CPU_SHARING_ACCESSES)));
    set_number(object, "offset", access->physical % CHI_LINE_BYTES);
    set_number(object, "bytes", access->what / CPU_SHARING_ACCESSES);
    set_number(object, "count", access->count);
    set_place(machine, object, "pc", "symbol", access->pc);
    return object;
}

static JsonObject *line_object(const machine_t *machine, const machine_sharing_t *sharing,
                               const machine_shared_line_t *line)
{
    JsonObject *object = json_object_new();
    JsonArray *accesses = json_array_new();
    set_place(machine, object, "address", "symbol", line->address);
    set_number(object, "count", line->count);
    set_number(object, "cores", (uint64_t)__builtin_popcountll(line->cores));
    json_object_set_boolean_member(object, "false_sharing", line->false_sharing);
    for (unsigned i = 0; i < line->accesses && i < ACCESSES_MAX; i++)
        json_array_add_object_element(
            accesses,
            access_object(machine, &g_array_index(sharing->accesses, machine_sharing_access_t, line->first + i)));
    json_object_set_array_member(object, "accesses", accesses);
    return object;
}

static JsonObject *sharing_object(const machine_t *machine)
{
    JsonObject *object = json_object_new();
    JsonArray *lines = json_array_new();
    machine_sharing_t sharing;
    machine_sharing_init(&sharing, machine);
    uint64_t rest = 0, rest_lines = 0;
    for (guint i = 0; i < sharing.lines->len; i++) {
        const machine_shared_line_t *line = &g_array_index(sharing.lines, machine_shared_line_t, i);
        if (line->address == OBSERVE_TALLY_REST || json_array_get_length(lines) == LINES_MAX) {
            rest += line->count;
            rest_lines++;
        } else {
            json_array_add_object_element(lines, line_object(machine, &sharing, line));
        }
    }
    json_object_set_array_member(object, "lines", lines);
    set_number(object, "rest", rest);
    set_number(object, "rest_lines", rest_lines);
    machine_sharing_done(&sharing);
    return object;
}

JsonObject *machine_profile_object(const machine_t *machine)
{
    static const form_t forms[] = {
        {"stalls", MACHINE_PROFILE_STALLS, describe_stall, true, true},
        {"load_misses", MACHINE_PROFILE_MISSES, describe_miss, true, false},
        {"exclusive_failures", MACHINE_PROFILE_FAILURES, describe_failure, false, false},
    };
    JsonObject *object = json_object_new();
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        add_part(machine, object, &forms[i]);
    json_object_set_object_member(object, "sharing", sharing_object(machine));
    return object;
}
