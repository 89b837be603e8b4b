/* The initial state: { TYPE 0:X1=VALUE; TYPE x=VALUE; TYPE x[N]={VALUE, ...}; ... } */
#include "litmus/parse.h"

#include <errno.h>
#include <string.h>

/* The names of types in C, as far as they say a size. */
static const struct {
    const char *name;
    litmus_type_t type;
} types[] = {
    {"int", {4, false}},      {"unsigned", {4, true}},  {"char", {1, true}},      {"short", {2, false}},
    {"long", {8, false}},     {"int8_t", {1, false}},   {"uint8_t", {1, true}},   {"int16_t", {2, false}},
    {"uint16_t", {2, true}},  {"int32_t", {4, false}},  {"uint32_t", {4, true}},  {"int64_t", {8, false}},
    {"uint64_t", {8, true}},  {"intptr_t", {8, false}}, {"uintptr_t", {8, true}}, {"size_t", {8, true}},
    {"volatile", {0, false}}, {"const", {0, false}},
};

static int take_one_type(litmus_cursor_t *cursor, litmus_type_t *type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (!litmus_take_word(cursor, types[i].name))
            continue;
        if (types[i].type.size_bytes) {
            bool is_unsigned = type->is_unsigned || types[i].type.is_unsigned;
            *type = types[i].type;
            type->is_unsigned = is_unsigned;
        }
        return 1;
    }
    return 0;
}

/* Takes the words of a type; size 0 when there is none. */
static void take_type(litmus_cursor_t *cursor, litmus_type_t *ret_type)
{
    *ret_type = (litmus_type_t){0};
    while (take_one_type(cursor, ret_type))
        ;
    while (litmus_take(cursor, "*") || litmus_take_word(cursor, "volatile"))
        *ret_type = (litmus_type_t){.size_bytes = 8, .is_unsigned = true};
}

static int parse_register(litmus_cursor_t *cursor, litmus_type_t type, unsigned thread, unsigned number)
{
    litmus_thread_t *owner = &cursor->test->threads[thread];
    if (type.size_bytes)
        owner->types[number] = type;
    return litmus_take(cursor, "=") ? litmus_take_value(cursor, &owner->initial[number]) : 0;
}

static int parse_length(litmus_cursor_t *cursor, litmus_location_t *location)
{
    uint64_t elements;
    const char *at = cursor->at;
    if (!litmus_take_number(cursor, &elements))
        return litmus_expected(cursor, "the number of elements");
    if (elements < 1 || elements > LITMUS_MAX_CELLS)
        return litmus_fail_at(cursor->test, at, cursor->error, "expected 1 to %d elements", LITMUS_MAX_CELLS);
    location->elements = (unsigned)elements;
    location->is_array = true;
    return litmus_take(cursor, "]") ? 0 : litmus_expected(cursor, "']'");
}

static int parse_elements(litmus_cursor_t *cursor, unsigned index)
{
    unsigned element = 0;
    do {
        litmus_value_t value;
        int result = litmus_take_value(cursor, &value); /* may move the locations */
        if (result < 0)
            return result;
        litmus_location_t *location = &cursor->test->locations[index];
        if (element == location->elements)
            return litmus_fail_at(cursor->test, cursor->at, cursor->error, "expected no more than %u elements",
                                  location->elements);
        location->initial[element++] = value;
    } while (litmus_take(cursor, ","));
    return litmus_take(cursor, "}") ? 0 : litmus_expected(cursor, "',' or '}'");
}

/* A pointer needs eight bytes, whether or not its type is told. */
static int check_pointers(litmus_cursor_t *cursor, const char *at, unsigned index, bool declared)
{
    litmus_location_t *location = &cursor->test->locations[index];
    for (unsigned i = 0; i < location->elements; i++) {
        if (location->initial[i].location < 0 || location->type.size_bytes == 8)
            continue;
        if (declared)
            return litmus_fail_at(cursor->test, at, cursor->error, "expected a type of 64 bits to hold an address");
        location->type = (litmus_type_t){.size_bytes = 8, .is_unsigned = true};
    }
    return 0;
}

static int parse_location(litmus_cursor_t *cursor, litmus_type_t type)
{
    size_t length;
    bool brackets = litmus_take(cursor, "[");
    const char *name = litmus_take_name(cursor, &length);
    if (!name)
        return litmus_expected(cursor, "THREAD:REGISTER or the name of a location");
    if (brackets && !litmus_take(cursor, "]"))
        return litmus_expected(cursor, "']'");
    unsigned index = litmus_location_index(cursor->test, name, length);
    if (type.size_bytes)
        cursor->test->locations[index].type = type;
    int result = 0;
    if (litmus_take(cursor, "["))
        result = parse_length(cursor, &cursor->test->locations[index]);
    if (result == 0 && litmus_take(cursor, "=")) {
        litmus_value_t value;
        if (litmus_take(cursor, "{"))
            result = parse_elements(cursor, index);
        else if ((result = litmus_take_value(cursor, &value)) == 0)
            cursor->test->locations[index].initial[0] = value;
    }
    return result < 0 ? result : check_pointers(cursor, name, index, type.size_bytes != 0);
}

int litmus_parse_init(litmus_cursor_t *cursor)
{
    if (!litmus_take(cursor, "{"))
        return litmus_expected(cursor, "'{' and the initial state");
    while (!litmus_take(cursor, "}")) {
        litmus_type_t type;
        unsigned thread, number;
        bool found;
        if (litmus_take(cursor, ";"))
            continue;
        take_type(cursor, &type);
        int result = litmus_take_register(cursor, &found, &thread, &number);
        if (result == 0)
            result = found ? parse_register(cursor, type, thread, number) : parse_location(cursor, type);
        if (result < 0)
            return result;
        litmus_skip_blanks(cursor);
        if (*cursor->at != ';' && *cursor->at != '}')
            return litmus_expected(cursor, "';' or '}'");
    }
    return 0;
}
