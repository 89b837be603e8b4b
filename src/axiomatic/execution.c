#include "axiomatic/execution.h"

#include "base/bits.h"

#include <string.h>

enum { ASK_EVERY_CANDIDATES = 1 << 16 };

typedef axiomatic_execution_t execution_t;

/* Of each event: the events that are ordered after it. */
typedef struct order {
    uint64_t rows[AXIOMATIC_MAX_EVENTS];
} order_t;

static bool is_acyclic(const order_t *order, unsigned count)
{
    uint64_t left = bits_mask(count);
    for (bool removed = true; left && removed;) {
        removed = false;
        for (uint64_t look = left; look; look &= look - 1) {
            unsigned i = (unsigned)__builtin_ctzll(look);
            if (order->rows[i] & left)
                continue;
            left &= ~(UINT64_C(1) << i);
            removed = true;
        }
    }
    return !left;
}

static bool writes_part(const execution_t *execution, unsigned event, unsigned part)
{
    return execution->events[event]->kind == AXIOMATIC_WRITE &&
           axiomatic_part_in(&execution->parts->parts[part], execution->events[event]);
}

static bool reads_part(const execution_t *execution, unsigned event, unsigned part)
{
    return execution->events[event]->kind == AXIOMATIC_READ &&
           axiomatic_part_in(&execution->parts->parts[part], execution->events[event]);
}

/* --- outcomes --- */

static uint64_t cell_value(const execution_t *execution, unsigned cell)
{
    unsigned size_bytes;
    uint8_t bytes[LITMUS_CELL_BYTES] = {0};
    uint64_t address = litmus_cell_address(execution->test, cell, &size_bytes);
    uint64_t raw = litmus_value_raw(execution->test, execution->test->cells[cell]);
    memcpy(bytes, &raw, size_bytes);
    for (unsigned part = 0; part < execution->parts->count; part++) {
        const axiomatic_part_t *place = &execution->parts->parts[part];
        unsigned last = 0;
        for (unsigned event = 0; event < execution->count; event++) {
            if (!writes_part(execution, event, part) || execution->position[event][part] < last)
                continue;
            last = execution->position[event][part];
            const uint8_t *value = axiomatic_part_value(place, execution->events[event]);
            for (unsigned i = 0; i < place->bytes; i++)
                if (place->address + i >= address && place->address + i < address + size_bytes)
                    bytes[place->address + i - address] = value[i];
        }
    }
    memcpy(&raw, bytes, sizeof(raw));
    return raw;
}

static void read_outcome(execution_t *execution)
{
    const litmus_test_t *test = execution->test;
    for (unsigned i = 0; i < test->observed_count; i++) {
        const litmus_observable_t *seen = &test->observed[i];
        uint64_t raw = seen->is_register
                           ? execution->traces[seen->thread]->x[seen->number]
                           : cell_value(execution, test->locations[seen->location].first_cell + seen->element);
        execution->outcome[i] = litmus_normalise(test, litmus_observable_type(test, seen), raw);
    }
}

static bool is_known(execution_t *execution)
{
    read_outcome(execution);
    return litmus_histogram_has(execution->allowed, execution->outcome);
}

static void allow(execution_t *execution)
{
    if (!is_known(execution))
        litmus_histogram_add(execution->allowed, execution->outcome, 0);
}

/* --- coherence of a part --- */

static unsigned place_of(const execution_t *execution, int write, unsigned part)
{
    return write == AXIOMATIC_INITIAL ? 0 : execution->position[write][part];
}

/* Internal visibility: what a read sees is no older than what its thread wrote or saw before, and older than what its
 * thread writes later. Writes of a thread are in program order already. */
static bool read_is_coherent(const execution_t *execution, unsigned read, unsigned part)
{
    unsigned seen = place_of(execution, execution->source[read][part], part), thread = execution->thread_of[read];
    for (unsigned event = 0; event < execution->count; event++) {
        if (execution->thread_of[event] != thread || event == read)
            continue;
        if (writes_part(execution, event, part)) {
            unsigned place = execution->position[event][part];
            if (event < read ? place > seen : place <= seen)
                return false;
        } else if (reads_part(execution, event, part) && event > read &&
                   place_of(execution, execution->source[event][part], part) < seen) {
            return false;
        }
    }
    return true;
}

/* Atomicity. */
static bool write_is_atomic(const execution_t *execution, unsigned write, unsigned part)
{
    unsigned thread = execution->thread_of[write];
    if (execution->events[write]->pair < 0)
        return true;
    unsigned read = execution->first_of[thread] + (unsigned)execution->events[write]->pair;
    unsigned from = place_of(execution, execution->source[read][part], part);
    for (unsigned event = 0; event < execution->count; event++)
        if (execution->thread_of[event] != thread && writes_part(execution, event, part) &&
            execution->position[event][part] > from &&
            execution->position[event][part] < execution->position[write][part])
            return false;
    return true;
}

static bool is_coherent(const execution_t *execution, unsigned part)
{
    for (unsigned event = 0; event < execution->count; event++)
        if ((reads_part(execution, event, part) && !read_is_coherent(execution, event, part)) ||
            (writes_part(execution, event, part) && !write_is_atomic(execution, event, part)))
            return false;
    return true;
}

/* Coherence between threads: writes before later writes, reads before the writes that come after what they saw. */
static void observe(const execution_t *execution, unsigned part, order_t *order)
{
    for (unsigned event = 0; event < execution->count; event++) {
        bool reads = reads_part(execution, event, part);
        if (!reads && !writes_part(execution, event, part))
            continue;
        unsigned place =
            reads ? place_of(execution, execution->source[event][part], part) : execution->position[event][part];
        for (unsigned write = 0; write < execution->count; write++)
            if (execution->thread_of[write] != execution->thread_of[event] && writes_part(execution, write, part) &&
                execution->position[write][part] > place)
                order->rows[event] |= UINT64_C(1) << write;
    }
}

/* --- the choices: coherence orders, after reads-from --- */

static void order_part(execution_t *execution, unsigned part, const order_t *order);

static void end_part(execution_t *execution, unsigned part, const order_t *order)
{
    execution->candidates++;
    if (execution->candidates >= AXIOMATIC_MAX_CANDIDATES ||
        (execution->candidates % ASK_EVERY_CANDIDATES == 0 && execution->interrupted &&
         execution->interrupted(execution->self)))
        execution->stopped = true;
    if (!is_coherent(execution, part))
        return;
    order_t longer = *order;
    observe(execution, part, &longer);
    if (is_acyclic(&longer, execution->count))
        order_part(execution, part + 1, &longer);
}

/* A write may come next when it is not placed and its thread's earlier ones are. */
static bool may_be_next(const execution_t *execution, unsigned write, unsigned part)
{
    if (!writes_part(execution, write, part) || execution->position[write][part])
        return false;
    for (unsigned i = execution->first_of[execution->thread_of[write]]; i < write; i++)
        if (writes_part(execution, i, part) && !execution->position[i][part])
            return false;
    return true;
}

static void place_next(execution_t *execution, unsigned part, unsigned place, const order_t *order)
{
    bool ended = true;
    for (unsigned write = 0; write < execution->count && !execution->stopped; write++) {
        if (!may_be_next(execution, write, part))
            continue;
        ended = false;
        execution->position[write][part] = place;
        place_next(execution, part, place + 1, order);
        execution->position[write][part] = 0;
    }
    if (ended && !execution->stopped)
        end_part(execution, part, order);
}

static void order_part(execution_t *execution, unsigned part, const order_t *order)
{
    if (part < execution->parts->count)
        place_next(execution, part, 1, order);
    else
        allow(execution);
}

/* The latest write of the read's thread before it, or AXIOMATIC_INITIAL. */
static int own_write(const execution_t *execution, unsigned read, unsigned part)
{
    for (unsigned i = read; i-- > execution->first_of[execution->thread_of[read]];)
        if (writes_part(execution, i, part))
            return (int)i;
    return AXIOMATIC_INITIAL;
}

/* The next pair of read and part; false: there is none. */
static bool next_read(const execution_t *execution, unsigned *read, unsigned *part)
{
    while (*read < execution->count) {
        for (; *part < execution->parts->count; ++*part)
            if (reads_part(execution, *read, *part))
                return true;
        ++*read;
        *part = 0;
    }
    return false;
}

/* What each read's part reads from: another thread's write, or what is newest for its own thread. */
static void read_from(execution_t *execution, unsigned read, unsigned part, const order_t *order)
{
    if (!next_read(execution, &read, &part)) {
        if (is_acyclic(order, execution->count))
            order_part(execution, 0, order);
        return;
    }
    const axiomatic_part_t *place = &execution->parts->parts[part];
    const uint8_t *value = axiomatic_part_value(place, execution->events[read]);
    int own = own_write(execution, read, part);
    const uint8_t *newest =
        own == AXIOMATIC_INITIAL ? place->initial : axiomatic_part_value(place, execution->events[own]);
    if (!memcmp(newest, value, place->bytes)) {
        execution->source[read][part] = own;
        read_from(execution, read, part + 1, order);
    }
    for (unsigned write = 0; write < execution->count && !execution->stopped; write++) {
        if (execution->thread_of[write] == execution->thread_of[read] || !writes_part(execution, write, part) ||
            memcmp(axiomatic_part_value(place, execution->events[write]), value, place->bytes) != 0)
            continue;
        order_t longer = *order;
        longer.rows[write] |= UINT64_C(1) << read;
        execution->source[read][part] = (int)write;
        read_from(execution, read, part + 1, &longer);
    }
}

bool axiomatic_execution_try(axiomatic_execution_t *execution)
{
    order_t order = {0};
    if (!execution->observes_memory && is_known(execution))
        return true;
    execution->count = 0;
    for (unsigned thread = 0; thread < execution->test->thread_count; thread++) {
        const axiomatic_trace_t *trace = execution->traces[thread];
        unsigned first = execution->count;
        if (first + trace->count > AXIOMATIC_MAX_EVENTS)
            return false;
        execution->first_of[thread] = first;
        for (unsigned i = 0; i < trace->count; i++) {
            execution->events[first + i] = &trace->events[i];
            execution->thread_of[first + i] = thread;
            order.rows[first + i] = trace->local[i] << first;
        }
        execution->count += trace->count;
    }
    memset(execution->position, 0, sizeof(execution->position));
    read_from(execution, 0, 0, &order);
    return true;
}
