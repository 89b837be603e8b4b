/* The JSON of a run. */
#include "guest.h"
#include "machine/statistics.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t guest[] = {GUEST_NOP, GUEST_PSCI, GUEST_SYSTEM_OFF, GUEST_HVC, GUEST_BRANCH_TO_SELF};

static char *statistics(const char *settings, machine_options_t options, double host_seconds)
{
    machine_t *machine = guest_machine(guest_write(guest, 5), settings, options, NULL);
    cr_assert_eq(GUEST_RUN(machine), MACHINE_OFF);
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    machine_statistics_write(machine, host_seconds, stream);
    fclose(stream);
    machine_free(machine);
    return text;
}

static JsonObject *parsed(JsonParser *parser, const char *text)
{
    cr_assert(json_parser_load_from_data(parser, text, -1, NULL));
    return json_node_get_object(json_parser_get_root(parser));
}

Test(machine_statistics, hold_what_a_reader_relies_on)
{
    char *text = statistics("cores.count=3\n", guest_options(), 0.5);
    JsonParser *parser = json_parser_new();
    JsonObject *root = parsed(parser, text);
    cr_expect_eq(json_object_get_int_member(root, "schema"), 1);
    JsonObject *host = json_object_get_object_member(root, "host");
    cr_expect_eq(json_object_get_double_member(host, "seconds"), 0.5);
    cr_expect(json_object_has_member(host, "mips"));
    JsonObject *sim = json_object_get_object_member(root, "sim");
    cr_expect_eq(json_object_get_int_member(sim, "instructions"), 4);
    cr_expect_gt(json_object_get_int_member(sim, "ps"), 0);
    cr_expect_eq(strlen(json_object_get_string_member(sim, "trace_hash")), 16);
    JsonArray *cores = json_object_get_array_member(root, "cores");
    cr_expect_eq(json_array_get_length(cores), 3);
    cr_expect_eq(json_object_get_int_member(json_array_get_object_element(cores, 0), "instructions"), 4);
    JsonObject *config = json_object_get_object_member(root, "config");
    cr_expect_eq(json_object_get_int_member(json_object_get_object_member(config, "cores"), "count"), 3);
    g_object_unref(parser);
    free(text);
}

/* Every number of a core is described, and nothing is described that is not there. */
static void expect_described(JsonObject *object, const char *path, JsonObject *descriptions, unsigned *ret_count)
{
    GList *members = json_object_get_members(object);
    for (GList *member = members; member; member = member->next) {
        char *full = g_strdup_printf("%s.%s", path, (const char *)member->data);
        JsonNode *node = json_object_get_member(object, member->data);
        if (JSON_NODE_HOLDS_OBJECT(node)) {
            expect_described(json_node_get_object(node), full, descriptions, ret_count);
        } else {
            cr_expect(json_object_has_member(descriptions, full), "%s has no description", full);
            *ret_count += 1;
        }
        g_free(full);
    }
    g_list_free(members);
}

Test(machine_statistics, describe_every_counter_of_a_core)
{
    char *text = statistics("cores.count=2\n", guest_options(), -1);
    JsonParser *parser = json_parser_new();
    JsonObject *root = parsed(parser, text), *descriptions = json_object_get_object_member(root, "description");
    unsigned count = 0, described = 0;
    expect_described(json_array_get_object_element(json_object_get_array_member(root, "cores"), 1), "cores[]",
                     descriptions, &count);
    GList *paths = json_object_get_members(descriptions);
    for (GList *path = paths; path; path = path->next) {
        JsonObject *description = json_object_get_object_member(descriptions, path->data);
        described += g_str_has_prefix(path->data, "cores[].");
        cr_expect(*json_object_get_string_member(description, "unit"), "%s", (const char *)path->data);
        cr_expect(*json_object_get_string_member(description, "description"), "%s", (const char *)path->data);
    }
    cr_expect_eq(count, described);
    cr_expect_gt(count, 100);
    g_list_free(paths);
    g_object_unref(parser);
    free(text);
}

Test(machine_statistics, are_equal_to_the_byte_for_equal_runs)
{
    char *first = statistics("cores.start=all\n", guest_options(), -1);
    char *second = statistics("cores.start=all\n", guest_options(), -1);
    machine_options_t slow = guest_options();
    slow.fast_path = false;
    slow.order = ENGINE_BACKWARD;
    char *third = statistics("cores.start=all\n", slow, -1);
    cr_expect_str_eq(first, second);
    cr_expect_str_eq(first, third);
    cr_expect_null(strstr(first, "\"host\""));
    free(first);
    free(second);
    free(third);
}
