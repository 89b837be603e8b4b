/* What a thread of a litmus test does to memory in one of its possible walks: its trace, a list of events.
 *
 * An event is a read, a write or a barrier; which memory effects there are, and what depends on what, follows DDI 0487,
 * B2.3.2. Sets of events of one trace are masks: bit i is event i. */
#ifndef MESIM_AXIOMATIC_EVENT_H
#define MESIM_AXIOMATIC_EVENT_H

#include "litmus/test.h"

enum {
    AXIOMATIC_MAX_EVENTS = 64, /* of all threads together */
    AXIOMATIC_ACCESS_BYTES = 16,
};

typedef enum axiomatic_kind {
    AXIOMATIC_READ,
    AXIOMATIC_WRITE,
    AXIOMATIC_FULL_BARRIER,  /* DMB and DSB of SY and its domains */
    AXIOMATIC_LOAD_BARRIER,  /* DMB and DSB of LD */
    AXIOMATIC_STORE_BARRIER, /* DMB ST */
    AXIOMATIC_STORES_DONE,   /* DSB ST: later loads wait, too */
    AXIOMATIC_CONTEXT_SYNC,  /* ISB */
} axiomatic_kind_t;

/* Dependencies of two strengths. Whatever is in full is in pick, too. */
typedef struct axiomatic_sources {
    uint64_t full; /* through values */
    uint64_t pick; /* through values and selections: CSEL, and the comparison of a CAS that stores */
} axiomatic_sources_t;

typedef struct axiomatic_event {
    axiomatic_kind_t kind;
    bool acquire, acquire_pc, release; /* LDAR; LDAPR; STLR: A, Q and L of the manual */
    bool discards;                     /* a read of an atomic whose result goes to the zero register */
    bool atomic;                       /* of an LSE instruction */
    int pair;                          /* of a write that belongs to a read-modify-write: the read; else -1 */
    uint64_t address;
    unsigned bytes;
    uint8_t value[AXIOMATIC_ACCESS_BYTES];
    axiomatic_sources_t for_address, for_data, for_control; /* control: branches before the event */
    uint64_t picked_memory; /* of a read: what a write that it may read from was picked by */
} axiomatic_event_t;

typedef struct axiomatic_trace {
    axiomatic_event_t *events;
    unsigned count;
    uint64_t x[LITMUS_REGISTERS]; /* final */
    uint64_t *local;              /* of each event: the events that it is locally ordered before */
} axiomatic_trace_t;

void axiomatic_trace_free(axiomatic_trace_t *trace); /* NULL is fine */

static inline bool axiomatic_is_memory(const axiomatic_event_t *event)
{
    return event->kind == AXIOMATIC_READ || event->kind == AXIOMATIC_WRITE;
}

static inline bool axiomatic_overlap(const axiomatic_event_t *a, const axiomatic_event_t *b)
{
    return axiomatic_is_memory(a) && axiomatic_is_memory(b) && a->address < b->address + b->bytes &&
           b->address < a->address + a->bytes;
}

#endif
