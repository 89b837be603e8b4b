/* locations [...], filter, and the condition: exists, ~exists or forall of a proposition.
 *
 *   proposition := implied [ => proposition ]     implied := disjunct { \/ disjunct }
 *   disjunct := factor { /\ factor }              factor := not factor | ~ factor | ( proposition ) | true | atom
 *   atom := observable ( = | != | <> ) value */
#include "litmus/parse.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

static int parse_proposition(litmus_cursor_t *cursor, unsigned depth, unsigned *ret_node);

static unsigned add_node(litmus_test_t *test, litmus_node_t node)
{
    test->nodes = g_renew(litmus_node_t, test->nodes, test->node_count + 1);
    test->nodes[test->node_count] = node;
    return test->node_count++;
}

static unsigned add_observable(litmus_test_t *test, litmus_observable_t wanted)
{
    for (unsigned i = 0; i < test->observed_count; i++) {
        const litmus_observable_t *seen = &test->observed[i];
        if (seen->is_register == wanted.is_register && seen->thread == wanted.thread && seen->number == wanted.number &&
            seen->location == wanted.location && seen->element == wanted.element)
            return i;
    }
    test->observed = g_renew(litmus_observable_t, test->observed, test->observed_count + 1);
    test->observed[test->observed_count] = wanted;
    return test->observed_count++;
}

/* x, [x], x[1], *x */
static int parse_memory(litmus_cursor_t *cursor, litmus_observable_t *ret_observable)
{
    size_t length;
    bool brackets = litmus_take(cursor, "[");
    if (!brackets)
        litmus_take(cursor, "*");
    const char *name = litmus_take_name(cursor, &length);
    if (!name)
        return litmus_expected(cursor, "THREAD:REGISTER or the name of a location");
    unsigned index = litmus_location_index(cursor->test, name, length);
    uint64_t element = 0;
    if (litmus_take(cursor, "[")) {
        const char *at = cursor->at;
        if (!litmus_take_number(cursor, &element))
            return litmus_expected(cursor, "the number of an element");
        if (element >= cursor->test->locations[index].elements)
            return litmus_fail_at(cursor->test, at, cursor->error, "expected an element below %u",
                                  cursor->test->locations[index].elements);
        if (!litmus_take(cursor, "]"))
            return litmus_expected(cursor, "']'");
    }
    if (brackets && !litmus_take(cursor, "]"))
        return litmus_expected(cursor, "']'");
    *ret_observable = (litmus_observable_t){.location = index, .element = (unsigned)element};
    return 0;
}

static int parse_observable(litmus_cursor_t *cursor, unsigned *ret_index)
{
    litmus_observable_t observable = {.is_register = true};
    bool found;
    litmus_skip_blanks(cursor);
    const char *at = cursor->at;
    int result = litmus_take_register(cursor, &found, &observable.thread, &observable.number);
    if (result == 0 && found && observable.thread >= cursor->test->thread_count)
        return litmus_fail_at(cursor->test, at, cursor->error, "expected a thread below %u",
                              cursor->test->thread_count);
    if (result == 0 && !found)
        result = parse_memory(cursor, &observable);
    if (result == 0)
        *ret_index = add_observable(cursor->test, observable);
    return result;
}

static int parse_atom(litmus_cursor_t *cursor, unsigned *ret_node)
{
    litmus_node_t node = {.kind = LITMUS_EQUAL};
    if (litmus_take_word(cursor, "true")) {
        *ret_node = add_node(cursor->test, (litmus_node_t){.kind = LITMUS_TRUE});
        return 0;
    }
    int result = parse_observable(cursor, &node.observable);
    if (result < 0)
        return result;
    if (litmus_take(cursor, "!=") || litmus_take(cursor, "<>"))
        node.kind = LITMUS_DIFFERENT;
    else if (!litmus_take(cursor, "="))
        return litmus_expected(cursor, "'=' or '!='");
    result = litmus_take_value(cursor, &node.value);
    if (result == 0)
        *ret_node = add_node(cursor->test, node);
    return result;
}

static int parse_factor(litmus_cursor_t *cursor, unsigned depth, unsigned *ret_node)
{
    litmus_node_t node = {.kind = LITMUS_NOT};
    if (depth > MAX_DEPTH)
        return litmus_expected(cursor, "a condition of fewer parentheses");
    if (litmus_take_word(cursor, "not") || litmus_take(cursor, "~")) {
        int result = parse_factor(cursor, depth + 1, &node.left);
        if (result == 0)
            *ret_node = add_node(cursor->test, node);
        return result;
    }
    if (!litmus_take(cursor, "("))
        return parse_atom(cursor, ret_node);
    int result = parse_proposition(cursor, depth + 1, ret_node);
    if (result == 0 && !litmus_take(cursor, ")"))
        return litmus_expected(cursor, "'/\\', '\\/' or ')'");
    return result;
}

static int parse_conjunction(litmus_cursor_t *cursor, unsigned depth, unsigned *ret_node)
{
    litmus_node_t node = {.kind = LITMUS_AND};
    int result = parse_factor(cursor, depth, ret_node);
    while (result == 0 && litmus_take(cursor, "/\\")) {
        node.left = *ret_node;
        result = parse_factor(cursor, depth, &node.right);
        if (result == 0)
            *ret_node = add_node(cursor->test, node);
    }
    return result;
}

static int parse_disjunction(litmus_cursor_t *cursor, unsigned depth, unsigned *ret_node)
{
    litmus_node_t node = {.kind = LITMUS_OR};
    int result = parse_conjunction(cursor, depth, ret_node);
    while (result == 0 && litmus_take(cursor, "\\/")) {
        node.left = *ret_node;
        result = parse_conjunction(cursor, depth, &node.right);
        if (result == 0)
            *ret_node = add_node(cursor->test, node);
    }
    return result;
}

static int parse_proposition(litmus_cursor_t *cursor, unsigned depth, unsigned *ret_node)
{
    litmus_node_t node = {.kind = LITMUS_IMPLIES};
    int result = parse_disjunction(cursor, depth, ret_node);
    if (result < 0 || !litmus_take(cursor, "=>"))
        return result;
    node.left = *ret_node;
    if (depth > MAX_DEPTH)
        return litmus_expected(cursor, "a condition of fewer implications");
    result = parse_proposition(cursor, depth + 1, &node.right);
    if (result == 0)
        *ret_node = add_node(cursor->test, node);
    return result;
}

/* locations [0:X1; x;] */
static int parse_locations(litmus_cursor_t *cursor)
{
    unsigned index;
    if (!litmus_take(cursor, "["))
        return litmus_expected(cursor, "'['");
    while (!litmus_take(cursor, "]")) {
        if (litmus_take(cursor, ";"))
            continue;
        int result = parse_observable(cursor, &index);
        if (result < 0)
            return result;
        litmus_skip_blanks(cursor);
        if (*cursor->at != ';' && *cursor->at != ']')
            return litmus_expected(cursor, "';' or ']'");
    }
    return 0;
}

static int parse_filter(litmus_cursor_t *cursor)
{
    unsigned node;
    int result = parse_proposition(cursor, 0, &node);
    if (result == 0)
        cursor->test->filter = (int)node;
    litmus_take(cursor, ";");
    return result;
}

static int parse_quantifier(litmus_cursor_t *cursor, litmus_quantifier_t *ret_quantifier)
{
    *ret_quantifier = LITMUS_EXISTS;
    if (litmus_take_word(cursor, "forall"))
        *ret_quantifier = LITMUS_FORALL;
    else if (litmus_take_word(cursor, "~exists"))
        *ret_quantifier = LITMUS_NOT_EXISTS;
    else if (litmus_take(cursor, "~") && litmus_take_word(cursor, "exists"))
        *ret_quantifier = LITMUS_NOT_EXISTS;
    else if (!litmus_take_word(cursor, "exists"))
        return litmus_expected(cursor, "locations, filter, exists, ~exists or forall");
    return 0;
}

/* Registers by thread and number, then locations as they were first named; nodes follow. */
static bool comes_after(const litmus_observable_t *a, const litmus_observable_t *b)
{
    if (a->is_register != b->is_register)
        return b->is_register;
    if (!a->is_register)
        return a->location != b->location ? a->location > b->location : a->element > b->element;
    return a->thread != b->thread ? a->thread > b->thread : a->number > b->number;
}

static void sort_observed(litmus_test_t *test)
{
    unsigned count = test->observed_count;
    litmus_observable_t *sorted = g_new(litmus_observable_t, count + 1);
    unsigned *place = g_new(unsigned, count + 1);
    for (unsigned i = 0; i < count; i++) {
        place[i] = 0;
        for (unsigned j = 0; j < count; j++)
            place[i] += comes_after(&test->observed[i], &test->observed[j]);
        sorted[place[i]] = test->observed[i];
    }
    for (unsigned i = 0; i < test->node_count; i++)
        if (test->nodes[i].kind == LITMUS_EQUAL || test->nodes[i].kind == LITMUS_DIFFERENT)
            test->nodes[i].observable = place[test->nodes[i].observable];
    g_free(test->observed);
    g_free(place);
    test->observed = sorted;
}

int litmus_parse_condition(litmus_cursor_t *cursor)
{
    litmus_test_t *test = cursor->test;
    int result = 0;
    for (;;) {
        bool locations = litmus_take_word(cursor, "locations");
        if (!locations && !litmus_take_word(cursor, "filter"))
            break;
        result = locations ? parse_locations(cursor) : parse_filter(cursor);
        if (result < 0)
            return result;
    }
    result = parse_quantifier(cursor, &test->quantifier);
    litmus_skip_blanks(cursor);
    test->condition_text = cursor->at;
    if (result == 0)
        result = parse_proposition(cursor, 0, &test->condition);
    if (result < 0)
        return result;
    test->condition_length = (size_t)(cursor->at - test->condition_text);
    litmus_take(cursor, ";");
    litmus_skip_blanks(cursor);
    if (*cursor->at)
        return litmus_expected(cursor, "'/\\', '\\/' or the end of the file");
    sort_observed(test);
    return 0;
}
