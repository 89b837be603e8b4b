#include "axiomatic/thread.h"

#include "axiomatic/local.h"
#include "axiomatic/walk.h"

#include <errno.h>
#include <string.h>

enum { MAX_TRACES = 100000 };

void axiomatic_trace_free(axiomatic_trace_t *trace)
{
    if (!trace)
        return;
    g_free(trace->events);
    g_free(trace->local);
    g_free(trace);
}

static axiomatic_trace_t *keep(const axiomatic_walk_t *walk)
{
    axiomatic_trace_t *trace = g_new0(axiomatic_trace_t, 1);
    trace->count = walk->count;
    trace->events = g_new(axiomatic_event_t, walk->count + 1);
    memcpy(trace->events, walk->events, walk->count * sizeof(axiomatic_event_t));
    trace->local = g_new0(uint64_t, walk->count + 1);
    for (unsigned i = 0; i < LITMUS_REGISTERS; i++)
        trace->x[i] = walk->x[i].bits;
    axiomatic_local_order(trace);
    return trace;
}

static void walk_once(axiomatic_walk_t *walk, const uint32_t *words)
{
    const litmus_thread_t *thread = &walk->test->threads[walk->thread];
    for (unsigned i = 0; i < LITMUS_REGISTERS; i++)
        walk->x[i] = (axiomatic_value_t){.bits = litmus_value_raw(walk->test, thread->initial[i])};
    while (walk->result == 0 && !walk->cut && walk->line < thread->lines)
        axiomatic_walk_step(walk, words[walk->line]);
}

/* Counts on to the next choices; false: all were made. */
static bool next(axiomatic_choices_t *choices)
{
    while (choices->count) {
        unsigned last = choices->count - 1;
        if (++choices->taken[last] < choices->options[last])
            return true;
        choices->count = last;
    }
    return false;
}

int axiomatic_thread_traces(const litmus_test_t *test, unsigned thread, const uint32_t *words,
                            const axiomatic_writes_t *writes, GPtrArray *traces, bool *ret_cut, base_error_t *error)
{
    axiomatic_choices_t choices = {.count = 0};
    axiomatic_walk_t *walk = g_new(axiomatic_walk_t, 1);
    int result = 0;
    do {
        *walk = (axiomatic_walk_t){
            .test = test, .thread = thread, .writes = writes, .choices = &choices, .exclusive = -1, .error = error};
        walk_once(walk, words);
        result = walk->result;
        *ret_cut |= walk->cut;
        if (result == 0 && !walk->cut)
            g_ptr_array_add(traces, keep(walk));
        if (traces->len > MAX_TRACES)
            result = base_fail(error, -E2BIG, "%s: P%u can go more than %d ways, too many to check", test->file, thread,
                               MAX_TRACES);
    } while (result == 0 && next(&choices));
    g_free(walk);
    return result;
}
