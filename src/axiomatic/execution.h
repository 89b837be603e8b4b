/* One trace a thread, and the executions that they can make together. Nobody outside src/axiomatic includes this. */
#ifndef MESIM_AXIOMATIC_EXECUTION_H
#define MESIM_AXIOMATIC_EXECUTION_H

#include "axiomatic/parts.h"
#include "litmus/histogram.h"

enum { AXIOMATIC_MAX_CANDIDATES = 100000000, AXIOMATIC_INITIAL = -1 /* what a read reads from when it is no event */ };

typedef struct axiomatic_execution {
    const litmus_test_t *test;
    const axiomatic_parts_t *parts;
    litmus_histogram_t *allowed;
    bool observes_memory;
    const axiomatic_trace_t *traces[LITMUS_MAX_THREADS];

    /* events of all threads, numbered one thread after another */
    const axiomatic_event_t *events[AXIOMATIC_MAX_EVENTS];
    unsigned thread_of[AXIOMATIC_MAX_EVENTS], first_of[LITMUS_MAX_THREADS];
    unsigned count;

    int source[AXIOMATIC_MAX_EVENTS][AXIOMATIC_MAX_PARTS];        /* of a read's part: a write */
    unsigned position[AXIOMATIC_MAX_EVENTS][AXIOMATIC_MAX_PARTS]; /* of a write in a part's coherence order, from 1 */
    uint64_t *outcome;                                            /* scratch: one a test->observed */
    bool (*interrupted)(void *self);                              /* may be NULL */
    void *self;
    bool stopped;        /* interrupted, or too many candidates */
    uint64_t candidates; /* looked at, of all traces so far */
} axiomatic_execution_t;

/* Adds the outcomes of the traces in execution->traces to execution->allowed. False: too many events. */
bool axiomatic_execution_try(axiomatic_execution_t *execution);

#endif
