#include "axiomatic/axiomatic.h"

#include "axiomatic/search.h"
#include "axiomatic/thread.h"
#include "litmus/assemble.h"

#include <string.h>

typedef struct session {
    const litmus_test_t *test;
    uint32_t *words[LITMUS_MAX_THREADS];
    GPtrArray *traces[LITMUS_MAX_THREADS];
    axiomatic_writes_t writes;
    bool loops;
    base_error_t *error;
} session_t;

static int assemble(session_t *session)
{
    int result = 0;
    for (unsigned thread = 0; thread < session->test->thread_count && result == 0; thread++) {
        unsigned lines = session->test->threads[thread].lines;
        session->words[thread] = g_new0(uint32_t, lines + 1);
        result = litmus_assemble_thread(session->test, thread, session->words[thread], lines, session->error);
    }
    return result;
}

static int follow_threads(session_t *session)
{
    int result = 0;
    session->loops = false;
    for (unsigned thread = 0; thread < session->test->thread_count && result == 0; thread++) {
        g_ptr_array_set_size(session->traces[thread], 0);
        result = axiomatic_thread_traces(session->test, thread, session->words[thread], &session->writes,
                                         session->traces[thread], &session->loops, session->error);
    }
    return result;
}

/* Notes what the traces wrote. False: all of it was known. */
static bool note_writes(session_t *session)
{
    bool fresh = false;
    for (unsigned thread = 0; thread < session->test->thread_count; thread++)
        for (guint i = 0; i < session->traces[thread]->len; i++) {
            const axiomatic_trace_t *trace = session->traces[thread]->pdata[i];
            for (unsigned j = 0; j < trace->count; j++) {
                const axiomatic_event_t *event = &trace->events[j];
                axiomatic_write_t write = {.address = event->address, .bytes = event->bytes};
                memcpy(write.value, event->value, sizeof(write.value));
                if (event->kind == AXIOMATIC_WRITE)
                    fresh |= axiomatic_writes_add(&session->writes, &write);
            }
        }
    return fresh;
}

/* How many writes an execution has at most whose value or place comes from a load: no value takes a longer way from
 * write to write. */
static unsigned longest_way(const session_t *session)
{
    unsigned sum = 0;
    for (unsigned thread = 0; thread < session->test->thread_count; thread++) {
        unsigned most = 0;
        for (guint i = 0; i < session->traces[thread]->len; i++) {
            const axiomatic_trace_t *trace = session->traces[thread]->pdata[i];
            unsigned writes = 0;
            for (unsigned j = 0; j < trace->count; j++) {
                const axiomatic_event_t *event = &trace->events[j];
                writes += event->kind == AXIOMATIC_WRITE && (event->pair >= 0 || event->for_data.pick ||
                                                             event->for_address.pick || event->for_control.pick);
            }
            most = writes > most ? writes : most;
        }
        sum += most;
    }
    return sum;
}

/* Loads return what traces write, and traces write what loads returned: round for round, until nothing is new. */
static int close_traces(session_t *session)
{
    int result = follow_threads(session);
    for (unsigned round = 0; result == 0; round++) {
        unsigned limit = longest_way(session);
        if (round > limit || !note_writes(session))
            return 0;
        result = follow_threads(session);
    }
    return result;
}

int axiomatic_allowed(const litmus_test_t *test, const axiomatic_options_t *options, litmus_result_t *ret_result,
                      bool *ret_loops, base_error_t *error)
{
    session_t session = {.test = test, .error = error};
    litmus_histogram_t allowed;
    litmus_result_t found = {0};
    axiomatic_writes_init(&session.writes, test);
    litmus_histogram_init(&allowed, test);
    for (unsigned thread = 0; thread < test->thread_count; thread++)
        session.traces[thread] = g_ptr_array_new_with_free_func((GDestroyNotify)axiomatic_trace_free);
    int result = assemble(&session);
    if (result == 0)
        result = close_traces(&session);
    if (result == 0)
        result = axiomatic_search(test, session.traces, options->interrupted, options->self, &allowed, error);
    litmus_histogram_finish(&allowed, &found);
    for (unsigned thread = 0; thread < test->thread_count; thread++) {
        g_ptr_array_free(session.traces[thread], TRUE);
        g_free(session.words[thread]);
    }
    axiomatic_writes_done(&session.writes);
    if (result < 0) {
        litmus_result_done(&found);
        return result;
    }
    *ret_loops = session.loops;
    *ret_result = found;
    return 0;
}
