#include "axiomatic/local.h"

typedef axiomatic_event_t event_t;

static uint64_t bit(unsigned index)
{
    return UINT64_C(1) << index;
}

/* --- barrier-ordered-before --- */

static bool barrier_orders(const event_t *barrier, const event_t *a, const event_t *b)
{
    switch (barrier->kind) {
    case AXIOMATIC_FULL_BARRIER: return true;
    case AXIOMATIC_LOAD_BARRIER: return a->kind == AXIOMATIC_READ && !a->discards;
    case AXIOMATIC_STORE_BARRIER: return a->kind == AXIOMATIC_WRITE && b->kind == AXIOMATIC_WRITE;
    case AXIOMATIC_STORES_DONE: return a->kind == AXIOMATIC_WRITE;
    case AXIOMATIC_READ:
    case AXIOMATIC_WRITE:
    case AXIOMATIC_CONTEXT_SYNC: break;
    }
    return false;
}

static bool barrier_ordered(const axiomatic_trace_t *trace, unsigned first, unsigned second)
{
    const event_t *a = &trace->events[first], *b = &trace->events[second];
    bool acquires = a->acquire || a->acquire_pc;
    bool both = a->atomic && a->release && a->pair >= 0 && trace->events[a->pair].acquire; /* SWPAL and the like */
    if (acquires || both || b->release || (a->release && b->acquire))
        return true;
    for (unsigned between = first + 1; between < second; between++)
        if (barrier_orders(&trace->events[between], a, b))
            return true;
    return false;
}

/* --- dependency-ordered-before and pick-ordered-before --- */

static bool synchronised(const axiomatic_trace_t *trace, unsigned from, unsigned to, uint64_t branches_of)
{
    for (unsigned i = from + 1; i < to; i++)
        if (trace->events[i].kind == AXIOMATIC_CONTEXT_SYNC &&
            (!branches_of || trace->events[i].for_control.pick & branches_of))
            return true;
    return false;
}

/* Whether an access between, or `second`, has its address from `first`; then what follows it is ordered where it is a
 * write, and where an ISB stands between. */
static bool through_address(const axiomatic_trace_t *trace, unsigned first, unsigned second)
{
    for (unsigned i = first + 1; i < second; i++) {
        const event_t *access = &trace->events[i];
        if (axiomatic_is_memory(access) && access->for_address.pick & bit(first) &&
            (trace->events[second].kind == AXIOMATIC_WRITE || synchronised(trace, i, second, 0)))
            return true;
    }
    return false;
}

/* The latest write before `read` to a byte of it; -1: none. */
static int own_write(const axiomatic_trace_t *trace, unsigned read)
{
    for (unsigned i = read; i-- > 0;)
        if (trace->events[i].kind == AXIOMATIC_WRITE && axiomatic_overlap(&trace->events[i], &trace->events[read]))
            return (int)i;
    return -1;
}

static bool dependency_ordered(const axiomatic_trace_t *trace, unsigned first, unsigned second)
{
    const event_t *b = &trace->events[second];
    uint64_t self = bit(first);
    if ((b->for_address.full | b->for_data.full) & self)
        return true;
    if (b->kind == AXIOMATIC_WRITE && (b->for_address.pick | b->for_data.pick | b->for_control.pick) & self)
        return true;
    if (through_address(trace, first, second) || synchronised(trace, first, second, self))
        return true;
    int write = b->kind == AXIOMATIC_READ ? own_write(trace, second) : -1;
    return write >= 0 && (trace->events[write].for_address.full | trace->events[write].for_data.full) & self;
}

/* --- atomic-ordered-before, and same location --- */

static bool atomic_ordered(const axiomatic_trace_t *trace, unsigned first, unsigned second)
{
    const event_t *b = &trace->events[second];
    if (b->kind == AXIOMATIC_WRITE)
        return b->pair == (int)first || axiomatic_overlap(&trace->events[first], b);
    int write = b->acquire || b->acquire_pc ? own_write(trace, second) : -1;
    return write >= 0 && trace->events[write].pair == (int)first;
}

/* A read that was picked by others through memory is ordered for them as for itself, up to writes. */
static void order_picked(axiomatic_trace_t *trace)
{
    uint64_t writes = 0;
    for (unsigned i = 0; i < trace->count; i++)
        writes |= trace->events[i].kind == AXIOMATIC_WRITE ? bit(i) : 0;
    for (unsigned read = 0; read < trace->count; read++) {
        uint64_t after = trace->local[read];
        for (unsigned i = read + 1; i < trace->count; i++)
            if (after & bit(i))
                after |= trace->local[i];
        for (unsigned i = 0; i < read; i++)
            if (trace->events[read].picked_memory & bit(i))
                trace->local[i] |= after & writes;
    }
}

void axiomatic_local_order(axiomatic_trace_t *trace)
{
    for (unsigned second = 0; second < trace->count; second++) {
        if (!axiomatic_is_memory(&trace->events[second]))
            continue;
        for (unsigned first = 0; first < second; first++)
            if (axiomatic_is_memory(&trace->events[first]) &&
                (barrier_ordered(trace, first, second) || dependency_ordered(trace, first, second) ||
                 atomic_ordered(trace, first, second)))
                trace->local[first] |= bit(second);
    }
    order_picked(trace);
}
