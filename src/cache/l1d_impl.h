/* What the parts of the L1 data cache share: l1d.c (the core's side), l1d_maintain.c, l1d_protocol.c (the table) and
 * l1d_view.c. Nobody else but tests includes this. */
#ifndef MESIM_CACHE_L1D_IMPL_H
#define MESIM_CACHE_L1D_IMPL_H

#include "base/random.h"
#include "cache/array.h"
#include "cache/l1d.h"
#include "cache/mshr.h"

typedef enum l1_state {
#define L1_STATE(name, meaning) L1_##name,
#include "cache/protocol_l1.def"
    L1_STATES
} l1_state_t;

typedef enum l1_event {
#define L1_EVENT(name, meaning) L1_EVENT_##name,
#include "cache/protocol_l1.def"
    L1_EVENTS
} l1_event_t;

/* `transaction` of a request: what its answer belongs to. */
enum {
    L1_TRANSACTION_ENTRY = 1 << 16,       /* low bits: write-back entry; without a kind: miss register */
    L1_TRANSACTION_MAINTENANCE = 2 << 16, /* only counted */
    L1_TRANSACTION_ATOMIC = 4 << 16,      /* low bits: miss register, without a line */
    L1_TRANSACTION_INDEX = 0xffff,
};

/* Per line, beside cache_line_t. */
enum {
    L1_LINE_PRIVATE = 1,     /* allocated by a Non-shareable access: other cores are not snooped for it */
    L1_LINE_MAINTENANCE = 2, /* write-back entry that a set/way operation caused */
};

struct cache_l1d {
    cache_l1d_config_t config;
    unsigned core;
    engine_link_t *link;
    trace_port_t *port;
    cache_l1d_client_t client;
    struct cache_checker *checker;
    cache_array_t array; /* its extra lines are the write-back buffer */
    uint8_t *line_flags; /* L1_LINE_*, by line index */
    uint64_t free_entries;
    uint32_t first_entry; /* line index of write-back entry 0 */
    cache_mshr_file_t mshrs;
    cache_line_t *pinned; /* while on_fill runs */
    unsigned maintenance_requests, maintenance_entries;
    uint64_t snoop_delay_ps;
    base_random_t random;
    cache_l1d_stats_t stats;
    uint64_t coverage[L1_STATES * L1_EVENTS];
};

/* One event on one line. message: what came from the cluster, NULL when the core acts. line: NULL in I, for an ATOMIC.
 */
typedef struct l1_step {
    cache_l1d_t *l1d;
    uint64_t now_ps, address, pc;
    cache_line_t *line;
    const chi_message_t *message;
    const chi_message_t *atomic; /* the far atomic to send */
    uint32_t transaction;        /* of the request to send, when the core acts */
} l1_step_t;

/* What the table says to (state, event): the kind of the cell. Counted unless it is a RULE, which is counted when
 * performed. A NEVER cell does not return. */
unsigned cache_l1d_plan(const l1_step_t *step, unsigned state, l1_event_t event);
/* Carries out the rule for (line->state, event); it must be one. */
void cache_l1d_perform(l1_step_t *step, l1_event_t event);

/* Moves a stable line into the write-back buffer and gives it up from there (REPLACE, DROP). flags: L1_LINE_*. False:
 * the buffer is full, nothing has changed. */
bool cache_l1d_give_up(cache_l1d_t *l1d, uint64_t now_ps, cache_line_t *line, l1_event_t event, unsigned flags,
                       uint64_t pc);

static inline bool l1_is_stable(unsigned state)
{
    return state <= L1_M;
}

static inline uint32_t cache_l1d_entry_number(const cache_l1d_t *l1d, const cache_line_t *line)
{
    return cache_array_index(&l1d->array, line) - l1d->first_entry;
}

#endif
