#include "report/compare.h"

#include "report/table.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct counter {
    char *path;
    uint64_t values[2]; /* of the first and the second run */
} counter_t;

struct report_comparison {
    const report_document_t *documents[2];
    GArray *counters; /* of counter_t; when made, those that changed most first */
};

/* --- what is compared --- */

typedef struct collector {
    GArray *counters;
    GHashTable *known; /* path -> index in `counters` + 1 */
    unsigned run;
} collector_t;

static void add_value(collector_t *collector, const char *path, uint64_t value)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(collector->known, path));
    if (!index) {
        counter_t counter = {.path = g_strdup(path)};
        g_array_append_val(collector->counters, counter);
        index = collector->counters->len;
        g_hash_table_insert(collector->known, counter.path, GUINT_TO_POINTER(index));
    }
    g_array_index(collector->counters, counter_t, index - 1).values[collector->run] += value;
}

/* Adds the numbers at and below an object, but those below a member called `skipped`. */
static void add_object(collector_t *collector, JsonObject *object, const char *prefix, const char *const *skipped)
{
    GList *names = json_object_get_members(object);
    for (const GList *name = names; name; name = name->next) {
        const char *member = name->data;
        JsonNode *node = json_object_get_member(object, member);
        char *path = g_strconcat(prefix, *prefix ? "." : "", member, NULL);
        if (skipped && g_strv_contains(skipped, member))
            ;
        else if (JSON_NODE_HOLDS_OBJECT(node))
            add_object(collector, json_node_get_object(node), path, NULL);
        else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64)
            add_value(collector, path, (uint64_t)MAX(json_node_get_int(node), 0));
        g_free(path);
    }
    g_list_free(names);
}

static void add_document(collector_t *collector, const report_document_t *document)
{
    static const char *const no_counters[] = {"schema", "config", "description", "host", NULL};
    static const char *const no_sums[] = {"ipi_latency", NULL};
    add_object(collector, document->root, "", no_counters);
    for (unsigned core = 0; core < document->core_count; core++)
        add_object(collector, document->cores[core], "cores[]", no_sums);
}

static bool is_wanted(const counter_t *counter, const report_filter_t *filter)
{
    if (MAX(counter->values[0], counter->values[1]) < filter->least)
        return false;
    bool matches = !filter->parts;
    for (const char *const *part = filter->parts; part && *part && !matches; part++)
        matches = strstr(counter->path, *part) != NULL;
    return matches;
}

/* What is not wanted is dropped. */
static void apply_filter(GArray *counters, const report_filter_t *filter)
{
    guint kept = 0;
    for (guint i = 0; i < counters->len; i++) {
        counter_t counter = g_array_index(counters, counter_t, i);
        if (is_wanted(&counter, filter))
            g_array_index(counters, counter_t, kept++) = counter;
        else
            g_free(counter.path);
    }
    g_array_set_size(counters, kept);
}

/* --- by how much --- */

/* The greater value in multiples of the smaller: 1 where nothing changed, infinite where one is 0. */
static double change_of(const counter_t *counter)
{
    uint64_t least = MIN(counter->values[0], counter->values[1]), most = MAX(counter->values[0], counter->values[1]);
    return least == most ? 1 : least ? (double)most / (double)least : INFINITY;
}

static int by_change(const void *left, const void *right)
{
    const counter_t *a = left, *b = right;
    double change_a = change_of(a), change_b = change_of(b);
    if (change_a != change_b)
        return change_a > change_b ? -1 : 1;
    uint64_t most_a = MAX(a->values[0], a->values[1]), most_b = MAX(b->values[0], b->values[1]);
    return most_a != most_b ? (most_a > most_b ? -1 : 1) : strcmp(a->path, b->path);
}

report_comparison_t *report_comparison_new(const report_document_t *first, const report_document_t *second,
                                           const report_filter_t *filter)
{
    report_comparison_t *comparison = g_new0(report_comparison_t, 1);
    collector_t collector = {.counters = g_array_new(FALSE, FALSE, sizeof(counter_t)),
                             .known = g_hash_table_new(g_str_hash, g_str_equal)};
    comparison->documents[0] = first;
    comparison->documents[1] = second;
    for (; collector.run < 2; collector.run++)
        add_document(&collector, comparison->documents[collector.run]);
    g_hash_table_destroy(collector.known);
    comparison->counters = collector.counters;
    apply_filter(comparison->counters, filter);
    g_array_sort(comparison->counters, by_change);
    return comparison;
}

void report_comparison_free(report_comparison_t *comparison)
{
    if (!comparison)
        return;
    for (guint i = 0; i < comparison->counters->len; i++)
        g_free(g_array_index(comparison->counters, counter_t, i).path);
    g_array_free(comparison->counters, TRUE);
    g_free(comparison);
}

unsigned report_comparison_grown(const report_comparison_t *comparison, double percent, const char **ret_worst)
{
    unsigned grown = 0;
    for (guint i = 0; i < comparison->counters->len; i++) {
        const counter_t *counter = &g_array_index(comparison->counters, counter_t, i);
        double first = (double)counter->values[0], second = (double)counter->values[1];
        if (counter->values[1] <= counter->values[0] || (second - first) * 100 <= first * percent)
            continue;
        if (!grown++)
            *ret_worst = counter->path;
    }
    return grown;
}

/* --- for people --- */

static void print_parameters(JsonObject *first, JsonObject *second, const char *prefix, FILE *stream)
{
    GList *names = json_object_get_members(first);
    for (const GList *name = names; name; name = name->next) {
        char *path = g_strconcat(prefix, *prefix ? "." : "", (const char *)name->data, NULL);
        JsonNode *a = json_object_get_member(first, name->data), *b = json_object_get_member(second, name->data);
        if (b && JSON_NODE_HOLDS_OBJECT(a) && JSON_NODE_HOLDS_OBJECT(b)) {
            print_parameters(json_node_get_object(a), json_node_get_object(b), path, stream);
        } else if (b && !json_node_equal(a, b)) {
            char *shown_a = json_to_string(a, FALSE), *shown_b = json_to_string(b, FALSE);
            fprintf(stream, "  %-44s  %16s  %16s\n", path, shown_a, shown_b);
            g_free(shown_a);
            g_free(shown_b);
        }
        g_free(path);
    }
    g_list_free(names);
}

static void print_ratio(const counter_t *counter, FILE *stream)
{
    uint64_t first = counter->values[0], second = counter->values[1];
    if (!first)
        fprintf(stream, "  %9s\n", "new");
    else if (!second)
        fprintf(stream, "  %9s\n", "gone");
    else
        fprintf(stream, "  %9.3f\n", (double)second / (double)first);
}

void report_comparison_print(const report_comparison_t *comparison, FILE *stream)
{
    JsonObject *first = report_object(comparison->documents[0]->root, "config");
    JsonObject *second = report_object(comparison->documents[1]->root, "config");
    unsigned different = 0;
    fprintf(stream, "  %-44s  %16s  %16s  %9s\n", "", "first", "second", "ratio");
    if (first && second)
        print_parameters(first, second, "", stream);
    for (guint i = 0; i < comparison->counters->len; i++) {
        const counter_t *counter = &g_array_index(comparison->counters, counter_t, i);
        char cells[2][REPORT_TABLE_CELL_BYTES];
        if (counter->values[0] == counter->values[1])
            break; /* and so are all that follow */
        for (unsigned run = 0; run < 2; run++)
            report_table_write_number(cells[run], counter->values[run]);
        fprintf(stream, "  %-44s  %16s  %16s", counter->path, cells[0], cells[1]);
        print_ratio(counter, stream);
        different++;
    }
    fprintf(stream, "%u of %u counters differ\n", different, comparison->counters->len);
}
