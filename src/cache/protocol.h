/* The coherence protocol as tables: one cell for each (state, event), in the manner of Sorin, Hill and Wood, "A Primer
 * on Memory Consistency and Cache Coherence", 2nd ed., chapter 8 (directory MESI).
 *
 * cache/protocol_l1.def is the private L1D, cache/protocol_l2.def the directory in the L2. The same tables drive the
 * controllers, the coverage counters, docs/protocol.md and the model check. A cell is one of
 *     RULE(state, event, next, action, ...)  the actions run in order, with the line already in `next`
 *     HIT(state, event)                      allowed as things are: nothing happens
 *     MERGE(state, event)                    the request in flight will do
 *     STALL(state, event)                    the requester waits or tries again
 *     NEVER(state, event, "why")             a simulator bug, reported with time, core, line, state and event */
#ifndef MESIM_CACHE_PROTOCOL_H
#define MESIM_CACHE_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

typedef enum cache_cell_kind {
    CACHE_CELL_MISSING, /* the table says nothing: a test forbids it */
    CACHE_CELL_RULE,
    CACHE_CELL_HIT,
    CACHE_CELL_MERGE,
    CACHE_CELL_STALL,
    CACHE_CELL_NEVER,
} cache_cell_kind_t;

typedef enum cache_controller { CACHE_PROTOCOL_L1, CACHE_PROTOCOL_L2, CACHE_PROTOCOL_COUNT } cache_controller_t;

/* One cell, for documents and coverage. next and actions are "" except for a RULE, why except for a NEVER. */
typedef struct cache_protocol_row {
    cache_controller_t controller;
    cache_cell_kind_t kind;
    unsigned state_number, event_number;
    unsigned cell; /* index into the coverage counters: state_number * events + event_number */
    const char *state, *event, *next, *actions, *why;
} cache_protocol_row_t;

/* Visits all cells, controller by controller, state by state. */
void cache_protocol_each_row(void (*visit)(void *self, const cache_protocol_row_t *row), void *self);

/* Number of coverage counters of a controller. */
size_t cache_protocol_cells(cache_controller_t controller);

/* What a state or event stands for, one phrase. */
typedef struct cache_protocol_term {
    const char *name, *meaning;
} cache_protocol_term_t;
/* Tables that end with {NULL, NULL}. */
const cache_protocol_term_t *cache_protocol_states(cache_controller_t controller);
const cache_protocol_term_t *cache_protocol_events(cache_controller_t controller);

/* The protocol as a Markdown page (docs/protocol.md). Returns a string to be freed with free(). */
char *cache_protocol_page(void);

#endif
