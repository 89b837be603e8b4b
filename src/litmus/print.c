#include "litmus/print.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static void print_value(const litmus_test_t *test, litmus_type_t type, uint64_t value, FILE *stream)
{
    int index = litmus_location_at(test, value);
    if (index >= 0) {
        const litmus_location_t *location = &test->locations[index];
        uint64_t offset = value - LITMUS_DATA_BASE - location->offset_bytes;
        fprintf(stream, offset ? "%s+%" PRIu64 : "%s", location->name, offset);
    } else if (type.is_unsigned) {
        fprintf(stream, "%" PRIu64, value);
    } else {
        fprintf(stream, "%" PRId64, (int64_t)value);
    }
}

void litmus_print_state(const litmus_test_t *test, const uint64_t *values, FILE *stream)
{
    for (unsigned i = 0; i < test->observed_count; i++) {
        const litmus_observable_t *seen = &test->observed[i];
        fputs(i ? " " : "", stream);
        if (seen->is_register)
            fprintf(stream, "%u:X%u=", seen->thread, seen->number);
        else if (test->locations[seen->location].is_array)
            fprintf(stream, "%s[%u]=", test->locations[seen->location].name, seen->element);
        else
            fprintf(stream, "[%s]=", test->locations[seen->location].name);
        print_value(test, litmus_observable_type(test, seen), values[i], stream);
        fputc(';', stream);
    }
}

/* On one line, in parentheses. */
static void print_condition(const litmus_test_t *test, FILE *stream)
{
    static const char *const quantifiers[] = {
        [LITMUS_EXISTS] = "exists", [LITMUS_NOT_EXISTS] = "~exists", [LITMUS_FORALL] = "forall"};
    const char *text = test->condition_text;
    bool blank = false, parentheses = text[0] == '(';
    fprintf(stream, "%s %s", quantifiers[test->quantifier], parentheses ? "" : "(");
    size_t length = test->condition_length;
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    for (size_t i = 0; i < length; i++) {
        bool is_blank = isspace((unsigned char)text[i]);
        if (is_blank && !blank)
            fputc(' ', stream);
        else if (!is_blank)
            fputc(text[i], stream);
        blank = is_blank;
    }
    fputs(parentheses ? "" : ")", stream);
}

const char *litmus_observation(const litmus_result_t *result)
{
    if (!result->holding)
        return "Never";
    return result->failing ? "Sometimes" : "Always";
}

static const char *kind_of(const litmus_test_t *test)
{
    static const char *const kinds[] = {
        [LITMUS_EXISTS] = "Allowed", [LITMUS_NOT_EXISTS] = "Forbidden", [LITMUS_FORALL] = "Required"};
    return kinds[test->quantifier];
}

/* From the verdict on; the layouts of litmus7 and herd7 are the same but for blank lines. */
static void print_verdict(const litmus_test_t *test, const litmus_result_t *result, const char *blank, FILE *stream)
{
    bool inverted = test->quantifier == LITMUS_NOT_EXISTS, validated = litmus_validated(test, result);
    uint64_t positive = inverted ? result->failing : result->holding;
    uint64_t negative = inverted ? result->holding : result->failing;
    fprintf(stream, "%s\n%sWitnesses\nPositive: %" PRIu64 "%s Negative: %" PRIu64 "\nCondition ",
            validated ? "Ok" : "No", blank, positive, *blank ? "," : "", negative);
    print_condition(test, stream);
}

void litmus_print(const litmus_test_t *test, const litmus_result_t *result, double seconds, FILE *stream)
{
    fprintf(stream, "Test %s %s\nHistogram (%u states)\n", test->name, kind_of(test), result->outcome_count);
    for (unsigned i = 0; i < result->outcome_count; i++) {
        const litmus_outcome_t *outcome = &result->outcomes[i];
        bool starred = test->quantifier == LITMUS_FORALL ? !outcome->holds : outcome->holds;
        fprintf(stream, "%-6" PRIu64 "%c>", outcome->count, starred ? '*' : ':');
        litmus_print_state(test, outcome->values, stream);
        fputc('\n', stream);
    }
    print_verdict(test, result, "\n", stream);
    fprintf(stream, " is %svalidated\nHash=%s\n", litmus_validated(test, result) ? "" : "NOT ", test->hash);
    fprintf(stream, "Observation %s %s %" PRIu64 " %" PRIu64 "\nTime %s %.2f\n\n", test->name,
            litmus_observation(result), result->holding, result->failing, test->name, seconds);
}

void litmus_print_allowed(const litmus_test_t *test, const litmus_result_t *allowed, double seconds, FILE *stream)
{
    fprintf(stream, "Test %s %s\nStates %u\n", test->name, kind_of(test), allowed->outcome_count);
    for (unsigned i = 0; i < allowed->outcome_count; i++) {
        litmus_print_state(test, allowed->outcomes[i].values, stream);
        fputc('\n', stream);
    }
    print_verdict(test, allowed, "", stream);
    fprintf(stream, "\nObservation %s %s %" PRIu64 " %" PRIu64 "\nTime %s %.2f\nHash=%s\n\n", test->name,
            litmus_observation(allowed), allowed->holding, allowed->failing, test->name, seconds, test->hash);
}
