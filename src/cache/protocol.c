/* The protocol tables as data for documents, coverage and messages. */
#include "cache/protocol.h"

#include "cache/cluster_impl.h"
#include "cache/l1d_impl.h"
#include "cache/protocol_impl.h"

#include <stddef.h>

#define L1_ROW(kind, state, event, next, actions, why)                                                                 \
    {CACHE_PROTOCOL_L1,                                                                                                \
     CACHE_CELL_##kind,                                                                                                \
     L1_##state,                                                                                                       \
     L1_EVENT_##event,                                                                                                 \
     L1_##state * L1_EVENTS + L1_EVENT_##event,                                                                        \
     #state,                                                                                                           \
     #event,                                                                                                           \
     next,                                                                                                             \
     actions,                                                                                                          \
     why},
#define L2_ROW(kind, state, event, next, actions, why)                                                                 \
    {CACHE_PROTOCOL_L2,                                                                                                \
     CACHE_CELL_##kind,                                                                                                \
     L2_##state,                                                                                                       \
     L2_EVENT_##event,                                                                                                 \
     L2_##state * L2_EVENTS + L2_EVENT_##event,                                                                        \
     #state,                                                                                                           \
     #event,                                                                                                           \
     next,                                                                                                             \
     actions,                                                                                                          \
     why},

static const cache_protocol_row_t l1_rows[] = {
#define RULE(state, event, next, ...) L1_ROW(RULE, state, event, #next, #__VA_ARGS__, "")
#define HIT(state, event)             L1_ROW(HIT, state, event, "", "", "")
#define MERGE(state, event)           L1_ROW(MERGE, state, event, "", "", "")
#define STALL(state, event)           L1_ROW(STALL, state, event, "", "", "")
#define NEVER(state, event, why)      L1_ROW(NEVER, state, event, "", "", why)
#include "cache/protocol_l1.def"
};

static const cache_protocol_row_t l2_rows[] = {
#define RULE(state, event, next, ...) L2_ROW(RULE, state, event, #next, #__VA_ARGS__, "")
#define STALL(state, event)           L2_ROW(STALL, state, event, "", "", "")
#define NEVER(state, event, why)      L2_ROW(NEVER, state, event, "", "", why)
#include "cache/protocol_l2.def"
};

#define TERM(name, meaning) {#name, meaning},
static const cache_protocol_term_t l1_states[] = {
#define L1_STATE TERM
#include "cache/protocol_l1.def"
    {NULL, NULL}};
static const cache_protocol_term_t l1_events[] = {
#define L1_EVENT TERM
#include "cache/protocol_l1.def"
    {NULL, NULL}};
static const cache_protocol_term_t l2_states[] = {
#define L2_STATE TERM
#include "cache/protocol_l2.def"
    {NULL, NULL}};
static const cache_protocol_term_t l2_events[] = {
#define L2_EVENT TERM
#include "cache/protocol_l2.def"
    {NULL, NULL}};

typedef struct protocol_table {
    const cache_protocol_row_t *rows;
    size_t row_count, cells;
    const cache_protocol_term_t *states, *events;
} protocol_table_t;

static const protocol_table_t tables[CACHE_PROTOCOL_COUNT] = {
    [CACHE_PROTOCOL_L1] = {l1_rows, sizeof l1_rows / sizeof l1_rows[0], (size_t)L1_STATES *L1_EVENTS, l1_states,
                           l1_events},
    [CACHE_PROTOCOL_L2] = {l2_rows, sizeof l2_rows / sizeof l2_rows[0], (size_t)L2_STATES *L2_EVENTS, l2_states,
                           l2_events},
};

void cache_protocol_each_row(void (*visit)(void *self, const cache_protocol_row_t *row), void *self)
{
    for (unsigned controller = 0; controller < CACHE_PROTOCOL_COUNT; controller++)
        for (size_t i = 0; i < tables[controller].row_count; i++)
            visit(self, &tables[controller].rows[i]);
}

size_t cache_protocol_cells(cache_controller_t controller)
{
    return tables[controller].cells;
}

const cache_protocol_term_t *cache_protocol_states(cache_controller_t controller)
{
    return tables[controller].states;
}

const cache_protocol_term_t *cache_protocol_events(cache_controller_t controller)
{
    return tables[controller].events;
}

const char *cache_protocol_why(cache_controller_t controller, unsigned state, unsigned event)
{
    const protocol_table_t *table = &tables[controller];
    for (size_t i = 0; i < table->row_count; i++)
        if (table->rows[i].state_number == state && table->rows[i].event_number == event)
            return table->rows[i].why;
    return "no such cell";
}
