#include "report/document.h"

#include "loader/file.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum { DEPTH_MAX = 32 };
#define FILE_MAX_BYTES (UINT64_C(64) << 20)

/* --- what is at a path --- */

static JsonNode *find(JsonObject *object, const char *path)
{
    const char *dot;
    while (object && (dot = strchr(path, '.'))) {
        char *name = g_strndup(path, (gsize)(dot - path));
        JsonNode *node = json_object_get_member(object, name);
        g_free(name);
        object = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        path = dot + 1;
    }
    return object ? json_object_get_member(object, path) : NULL;
}

static bool holds(JsonNode *node, GType type)
{
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

int64_t report_integer(JsonObject *object, const char *path, int64_t otherwise)
{
    JsonNode *node = find(object, path);
    return holds(node, G_TYPE_INT64) ? json_node_get_int(node) : otherwise;
}

uint64_t report_number(JsonObject *object, const char *path)
{
    return (uint64_t)MAX(report_integer(object, path, 0), 0);
}

double report_real(JsonObject *object, const char *path)
{
    JsonNode *node = find(object, path);
    return holds(node, G_TYPE_DOUBLE) ? json_node_get_double(node) : (double)report_integer(object, path, 0);
}

bool report_flag(JsonObject *object, const char *path)
{
    JsonNode *node = find(object, path);
    return holds(node, G_TYPE_BOOLEAN) && json_node_get_boolean(node);
}

const char *report_text(JsonObject *object, const char *path)
{
    JsonNode *node = find(object, path);
    return holds(node, G_TYPE_STRING) ? json_node_get_string(node) : "";
}

JsonObject *report_object(JsonObject *object, const char *path)
{
    JsonNode *node = find(object, path);
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *report_array(JsonObject *object, const char *path)
{
    JsonNode *node = find(object, path);
    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

unsigned report_array_length(JsonArray *array)
{
    return array ? json_array_get_length(array) : 0;
}

JsonObject *report_element(JsonArray *array, unsigned index)
{
    JsonNode *node = json_array_get_element(array, index);
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* --- documents --- */

int report_document_init(report_document_t *document, JsonObject *root, const char *name, base_error_t *error)
{
    JsonArray *cores = report_array(root, "cores");
    unsigned count = report_array_length(cores);
    uint64_t schema = report_number(root, "schema");
    if (!schema || !report_object(root, "sim"))
        return base_fail(error, -EINVAL, "%s: these are no statistics of mesim; give what `mesim run --stats` wrote",
                         name);
    if (schema != REPORT_SCHEMA)
        return base_fail(error, -EINVAL,
                         "%s: statistics of schema %" G_GUINT64_FORMAT ", and this mesim reads schema %d; "
                         "use the mesim that wrote them",
                         name, schema, REPORT_SCHEMA);
    if (!count || count > REPORT_MAX_CORES)
        return base_fail(error, -EINVAL, "%s: statistics of %u cores; a machine has 1 to %d", name, count,
                         REPORT_MAX_CORES);
    report_document_t made = {.core_count = count};
    for (unsigned i = 0; i < count; i++) {
        made.cores[i] = report_element(cores, i);
        if (!made.cores[i])
            return base_fail(error, -EINVAL, "%s: core %u has no counters; the file is damaged", name, i);
    }
    made.root = root;
    *document = made;
    return 0;
}

/* The parser calls itself for what is nested, so a file decides how much stack it takes. */
static bool is_too_deep(const char *text, size_t bytes)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < bytes; i++) {
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string && (text[i] == '{' || text[i] == '[') && ++depth > DEPTH_MAX)
            return true;
        else if (!in_string && (text[i] == '}' || text[i] == ']') && depth)
            depth--;
    }
    return false;
}

int report_document_read_memory(const char *text, size_t bytes, const char *name, report_document_t *ret_document,
                                base_error_t *error)
{
    if (is_too_deep(text, bytes))
        return base_fail(error, -EINVAL, "%s: nested too deeply for statistics of mesim", name);
    JsonParser *parser = json_parser_new();
    GError *problem = NULL;
    JsonObject *root = NULL;
    int result = 0;
    if (!json_parser_load_from_data(parser, text, (gssize)bytes, &problem)) {
        result = base_fail(error, -EINVAL, "%s: no JSON: %s; give what `mesim run --stats` wrote", name,
                           problem ? problem->message : "it is empty");
        g_clear_error(&problem);
    } else {
        JsonNode *node = json_parser_get_root(parser);
        root = node && JSON_NODE_HOLDS_OBJECT(node) ? json_object_ref(json_node_get_object(node)) : NULL;
        result = report_document_init(ret_document, root, name, error);
    }
    if (result < 0 && root)
        json_object_unref(root);
    g_object_unref(parser);
    return result;
}

int report_document_read(const char *path, report_document_t *ret_document, base_error_t *error)
{
    loader_file_t file;
    int result = loader_file_read(path, FILE_MAX_BYTES, &file, error);
    if (result < 0)
        return result;
    result =
        report_document_read_memory((const char *)file.data, file.bytes, loader_shown_name(path), ret_document, error);
    loader_file_done(&file);
    return result;
}

void report_document_done(report_document_t *document)
{
    if (document->root)
        json_object_unref(document->root);
    *document = (report_document_t){0};
}
