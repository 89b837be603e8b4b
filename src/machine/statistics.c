#include "machine/statistics.h"

#include "machine/guest_errors.h"
#include "machine/internal.h"
#include "machine/profile.h"
#include "machine/profile_statistics.h"
#include "report/document.h"

#include <glib.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* --- objects at dotted paths --- */

static JsonObject *member_object(JsonObject *object, const char *name)
{
    if (!json_object_has_member(object, name))
        json_object_set_object_member(object, name, json_object_new());
    return json_object_get_object_member(object, name);
}

/* The object that holds the last name of a path; *ret_name is that name. */
static JsonObject *holder(JsonObject *object, const char *path, const char **ret_name)
{
    const char *dot;
    while ((dot = strchr(path, '.'))) {
        char *name = g_strndup(path, (gsize)(dot - path));
        object = member_object(object, name);
        g_free(name);
        path = dot + 1;
    }
    *ret_name = path;
    return object;
}

static void set_number(JsonObject *object, const char *path, uint64_t value)
{
    const char *name;
    JsonObject *at = holder(object, path, &name);
    json_object_set_int_member(at, name, (gint64)value);
}

static void set_text(JsonObject *object, const char *path, const char *value)
{
    const char *name;
    JsonObject *at = holder(object, path, &name);
    json_object_set_string_member(at, name, value);
}

/* --- parts of the document --- */

static void describe(JsonObject *descriptions, const char *path, const char *unit, const char *text)
{
    if (json_object_has_member(descriptions, path))
        return;
    JsonObject *description = json_object_new();
    json_object_set_string_member(description, "unit", unit);
    json_object_set_string_member(description, "description", text);
    json_object_set_object_member(descriptions, path, description);
}

static JsonObject *config_object(const machine_config_t *config)
{
    JsonObject *object = json_object_new();
    size_t count = 0;
    const machine_parameter_t *rows = machine_parameters(&count);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].key)
            continue;
        uint64_t value = 0;
        char *text = machine_config_value_text(config, &rows[i]);
        if (rows[i].kind == MACHINE_NUMBER || rows[i].kind == MACHINE_SWITCH) {
            memcpy(&value, (const char *)config + rows[i].offset, sizeof(value));
            set_number(object, rows[i].key, value);
        } else {
            set_text(object, rows[i].key, text);
        }
        g_free(text);
    }
    return object;
}

static JsonObject *sim_object(const machine_t *machine, JsonObject *descriptions)
{
    JsonObject *sim = json_object_new();
    char hash[20];
    g_snprintf(hash, sizeof(hash), "%016" PRIx64, machine_trace_hash(machine));
    json_object_set_string_member(sim, "end", machine_end_text(machine->end));
    json_object_set_string_member(sim, "mode", machine->functional && !machine->switched ? "functional" : "timing");
    if (machine->functional && machine->switched)
        json_object_set_string_member(sim, "mode_before", "functional");
    set_number(sim, "ps", machine_now_ps(machine));
    set_number(sim, "counted_from_ps", machine->counted_from_ps);
    set_number(sim, "instructions", machine_instructions(machine));
    set_number(sim, "boots", machine_boots(machine));
    set_number(sim, "trace_records", trace_records(machine->trace));
    json_object_set_string_member(sim, "trace_hash", hash);
    set_number(sim, "lookahead_ps", engine_lookahead_ps(machine->engine));
    describe(descriptions, "sim.ps", "ps", "simulated time at the end of the run");
    describe(descriptions, "sim.mode", "name", "functional: caches, coherence and memory latency were not simulated");
    describe(descriptions, "sim.mode_before", "name", "the mode in which the run began, where it is another one");
    describe(descriptions, "sim.counted_from_ps", "ps",
             "counters but those of sim count from here: where timing mode began");
    describe(descriptions, "sim.instructions", "count", "instructions executed by all cores");
    describe(descriptions, "sim.boots", "count", "starts of the machine; all counters but sim.* are of the last one");
    describe(descriptions, "sim.trace_records", "count", "trace records, written or not");
    describe(descriptions, "sim.trace_hash", "hash", "all trace records folded into 64 bits");
    describe(descriptions, "sim.lookahead_ps", "ps", "the shortest link, and the length of a simulation window");
    return sim;
}

typedef struct counters {
    JsonObject *root, *descriptions;
    JsonArray *cores;
} counters_t;

static JsonObject *core_object(counters_t *counters, guint64 index)
{
    while (json_array_get_length(counters->cores) <= index)
        json_array_add_object_element(counters->cores, json_object_new());
    return json_array_get_object_element(counters->cores, (guint)index);
}

/* "core3.l1d" and "load_misses" become cores[3].l1d.load_misses, described as cores[].l1d.load_misses. */
static void add_counter(void *self, const char *path, const stats_counter_t *counter, uint64_t value)
{
    counters_t *counters = self;
    JsonObject *object = counters->root;
    const char *prefix = "";
    if (g_str_has_prefix(path, "core") && g_ascii_isdigit(path[4])) {
        char *end = NULL;
        object = core_object(counters, g_ascii_strtoull(path + 4, &end, 10));
        prefix = *end ? "cores[]." : "cores[]";
        path = *end ? end + 1 : end;
    }
    char *full = *path ? g_strdup_printf("%s.%s", path, counter->name) : g_strdup(counter->name);
    char *described = g_strdup_printf("%s%s%s", prefix, *path ? "" : ".", full);
    set_number(object, full, value);
    describe(counters->descriptions, described, counter->unit, counter->description);
    g_free(described);
    g_free(full);
}

typedef struct guest_errors {
    const machine_t *machine;
    JsonArray *array;
} guest_errors_t;

static void add_guest_error(void *self, const char *where, const observe_guest_error_t *error)
{
    const guest_errors_t *errors = self;
    JsonObject *object = json_object_new();
    char *symbol = error->pc ? machine_symbol_text(errors->machine, error->pc) : g_strdup("");
    char *pc = g_strdup_printf("0x%" PRIx64, error->pc);
    set_number(object, "ps", error->time_ps);
    json_object_set_string_member(object, "component", where);
    json_object_set_int_member(object, "core", error->core);
    json_object_set_string_member(object, "pc", pc);
    if (*symbol)
        json_object_set_string_member(object, "symbol", symbol);
    json_object_set_string_member(object, "text", error->text);
    json_array_add_object_element(errors->array, object);
    g_free(symbol);
    g_free(pc);
}

static void add_host(JsonObject *root, JsonObject *descriptions, double seconds, uint64_t instructions)
{
    JsonObject *host = json_object_new();
    json_object_set_double_member(host, "seconds", seconds);
    json_object_set_double_member(host, "mips", seconds > 0 ? (double)instructions / seconds / 1e6 : 0);
    json_object_set_object_member(root, "host", host);
    describe(descriptions, "host.seconds", "s", "time the run took on the host");
    describe(descriptions, "host.mips", "million/s", "million guest instructions executed a second of the host");
}

JsonObject *machine_statistics_object(const machine_t *machine, double host_seconds)
{
    JsonObject *root = json_object_new(), *descriptions = json_object_new();
    json_object_set_int_member(root, "schema", REPORT_SCHEMA);
    json_object_set_string_member(root, "mesim", MESIM_VERSION);
    json_object_set_object_member(root, "sim", sim_object(machine, descriptions));
    counters_t counters = {.root = root, .descriptions = descriptions, .cores = json_array_new()};
    json_object_set_array_member(root, "cores", counters.cores);
    stats_each(machine->stats, add_counter, &counters);
    json_object_set_object_member(root, "profile", machine_profile_object(machine));
    guest_errors_t errors = {.machine = machine, .array = json_array_new()};
    machine_each_guest_error(machine, add_guest_error, &errors);
    json_object_set_array_member(root, "guest_errors", errors.array);
    set_number(root, "guest_error_count", machine_guest_errors(machine));
    describe(descriptions, "guest_error_count", "count", "what the guest did that the architecture forbids");
    json_object_set_object_member(root, "config", config_object(&machine->config));
    json_object_set_object_member(root, "description", descriptions);
    if (host_seconds >= 0)
        add_host(root, descriptions, host_seconds, machine_instructions(machine));
    return root;
}

void machine_statistics_write(const machine_t *machine, double host_seconds, FILE *stream)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, machine_statistics_object(machine, host_seconds));
    JsonGenerator *generator = json_generator_new();
    json_generator_set_pretty(generator, TRUE);
    json_generator_set_indent(generator, 1);
    json_generator_set_root(generator, node);
    gsize length = 0;
    char *text = json_generator_to_data(generator, &length);
    fwrite(text, 1, length, stream);
    fputc('\n', stream);
    g_free(text);
    g_object_unref(generator);
    json_node_unref(node);
}
