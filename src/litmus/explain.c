#include "litmus/explain.h"

#include "cpu/memory_trace.h"
#include "litmus/print.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

/* Where the lines of a run go, and what names need. */
typedef struct story {
    const litmus_test_t *test;
    const litmus_rig_t *rig;
    uint64_t first_cycle; /* at which a thread starts; 0: no record has come */
    GString *lines;
} story_t;

static void append_instruction(story_t *story, uint64_t pc)
{
    unsigned thread, line;
    if (!litmus_rig_find_line(story->rig, pc, &thread, &line))
        return;
    const litmus_line_t *text = &story->test->lines[story->test->threads[thread].first_line + line];
    g_string_append_printf(story->lines, "  P%u: %.*s", thread, (int)text->length, text->text);
}

static const char *name_of(const char *const *names, unsigned index)
{
    for (unsigned i = 0; names && names[i]; i++)
        if (i == index)
            return names[i];
    return "?";
}

/* "core1.l1d" becomes "P0 L1D": threads are dealt to cores anew in every run. */
static char *who(const story_t *story, const char *component)
{
    unsigned core;
    char part[16] = "";
    if (sscanf(component, "core%u.%15s", &core, part) < 1)
        return g_strdup(component);
    for (unsigned thread = 0; thread < story->test->thread_count; thread++)
        if (litmus_rig_core_of(story->rig, thread) == core)
            return g_strdup_printf("P%u %s", thread, part);
    return g_strdup(component);
}

static uint64_t first_cycle(const story_t *story)
{
    uint64_t first = UINT64_MAX;
    for (unsigned thread = 0; thread < story->test->thread_count; thread++)
        if (litmus_rig_start_cycle(story->rig, thread) < first)
            first = litmus_rig_start_cycle(story->rig, thread);
    return first;
}

static bool has_value(unsigned memory_event)
{
    return memory_event != CPU_MEMORY_LOAD_WAITS && memory_event != CPU_MEMORY_LOAD_AROUND &&
           memory_event != CPU_MEMORY_ATOMIC_DONE;
}

static void on_record(void *self, const char *component, const trace_names_t *names, const trace_record_t *record)
{
    story_t *story = self;
    int index = litmus_location_at(story->test, record->address);
    bool memory = g_str_has_suffix(component, ".mem");
    if (index < 0 && (!memory || record->address))
        return; /* code and translation tables */
    story->first_cycle = first_cycle(story);
    char *name = who(story, component);
    g_string_append_printf(story->lines, "%8" PRIu64 "  %-8s %-4s ",
                           record->time_ps / litmus_rig_period_ps(story->rig) - story->first_cycle, name,
                           index < 0 ? "" : story->test->locations[index].name);
    g_free(name);
    if (index < 0)
        g_string_append_printf(story->lines, "%-38s", name_of(names->events, record->event));
    else if (memory && !has_value(record->event))
        g_string_append_printf(story->lines, "%-38s", name_of(names->events, record->event));
    else if (memory)
        g_string_append_printf(story->lines, "%-32s %-5" PRIu64, name_of(names->events, record->event), record->value);
    else
        g_string_append_printf(story->lines, "%-18s %6s -> %-9s", name_of(names->events, record->event),
                               name_of(names->states, record->old_state), name_of(names->states, record->new_state));
    append_instruction(story, record->cause_pc);
    g_string_append_c(story->lines, '\n');
}

static bool find_witness(const litmus_test_t *test, const litmus_result_t *result, uint64_t *ret_run)
{
    bool wanted = test->quantifier != LITMUS_FORALL, found = false;
    for (unsigned i = 0; i < result->outcome_count; i++) {
        const litmus_outcome_t *outcome = &result->outcomes[i];
        if (outcome->holds != wanted || (found && outcome->first_run > *ret_run))
            continue;
        *ret_run = outcome->first_run;
        found = true;
    }
    return found;
}

/* Repeats the runs before the witness, then listens. */
static int repeat(const litmus_options_t *options, litmus_rig_t *rig, story_t *story, uint64_t run, uint64_t *values,
                  base_error_t *error)
{
    int result = 0;
    int64_t asked_us = g_get_monotonic_time();
    for (uint64_t i = 0; i < run && result == 0; i++) {
        result = litmus_rig_run(rig, values, error);
        if (result == 0 && litmus_interrupted(options, &asked_us))
            result = base_fail(error, -EINTR, "%s: interrupted", story->test->file);
    }
    litmus_rig_listen(rig, on_record, story);
    return result < 0 ? result : litmus_rig_run(rig, values, error);
}

static void print_story(const story_t *story, uint64_t run, const uint64_t *values, FILE *stream)
{
    const litmus_test_t *test = story->test;
    fprintf(stream, "Explanation of %s: run %" PRIu64 ", ", test->name, run);
    litmus_print_state(test, values, stream);
    fprintf(stream, "\n");
    for (unsigned thread = 0; thread < test->thread_count; thread++)
        fprintf(stream, "P%u starts at cycle %" PRIu64 " on core %u\n", thread,
                litmus_rig_start_cycle(story->rig, thread) - story->first_cycle,
                litmus_rig_core_of(story->rig, thread));
    fprintf(stream, "   cycle  where    line event\n%s\n", story->lines->str);
}

static int tell(const litmus_test_t *test, const litmus_options_t *options, uint64_t run, FILE *stream,
                base_error_t *error)
{
    litmus_rig_options_t how = options->rig;
    litmus_rig_t *rig;
    how.trace_memory = true;
    int result = litmus_rig_new(test, &how, &rig, error);
    if (result < 0)
        return result;
    uint64_t *values = g_new0(uint64_t, test->observed_count + 1);
    story_t story = {.test = test, .rig = rig, .lines = g_string_new(NULL)};
    result = repeat(options, rig, &story, run, values, error);
    if (result == 0)
        print_story(&story, run, values, stream);
    g_string_free(story.lines, TRUE);
    g_free(values);
    litmus_rig_free(rig);
    return result;
}

int litmus_explain(const litmus_test_t *test, const litmus_options_t *options, const litmus_result_t *result,
                   FILE *stream, base_error_t *error)
{
    uint64_t run = 0;
    if (!find_witness(test, result, &run)) {
        fprintf(stream, "Explanation of %s: no run had the outcome; try more runs (-n) or a higher --perturb\n\n",
                test->name);
        return 0;
    }
    return tell(test, options, run, stream, error);
}
