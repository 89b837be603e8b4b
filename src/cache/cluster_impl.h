/* What the parts of a cluster share: cluster.c (component, pass-through), cluster_request.c (admission, waiting),
 * cluster_event.c (what a request is), cluster_protocol.c (the table; its actions in cluster_data.h and
 * cluster_holders.h), cluster_messages.c (what it sends), cluster_dvm.c (broadcasts), cluster_view.c. Nobody else but
 * tests includes this. */
#ifndef MESIM_CACHE_CLUSTER_IMPL_H
#define MESIM_CACHE_CLUSTER_IMPL_H

#include "cache/array.h"
#include "cache/cluster.h"

typedef enum l2_state {
#define L2_STATE(name, meaning) L2_##name,
#include "cache/protocol_l2.def"
    L2_STATES
} l2_state_t;
enum { L2_LAST_STABLE = L2_X };

typedef enum l2_event {
#define L2_EVENT(name, meaning) L2_EVENT_##name,
#include "cache/protocol_l2.def"
    L2_EVENTS
} l2_event_t;

enum {
    L2_NO_BUFFER = UINT16_MAX,
    L2_NO_NODE = UINT32_MAX,
    L2_NO_OWNER = -1,
    L2_TRANSACTION_POSTED = UINT32_MAX, /* a write to memory whose answer nobody awaits */
};

/* The directory entry of a line. */
typedef struct l2_directory {
    uint64_t sharers;  /* cores with S */
    uint64_t privates; /* cores with a private copy */
    uint16_t buffer;   /* transaction buffer working on the line, L2_NO_BUFFER: none */
    int8_t owner;      /* core with E or M, L2_NO_OWNER: none */
    bool dirty;        /* newer than memory */
    bool hollow;       /* the data here mean nothing */
} l2_directory_t;

/* A chain of waiting requests. */
typedef struct l2_queue {
    uint32_t head, tail; /* nodes; head is L2_NO_NODE when empty */
} l2_queue_t;

typedef struct l2_node {
    chi_message_t request;
    uint32_t next;
    uint32_t last_of_line,
        next_line; /* of the first request to a line that became free: its last, the next such line */
} l2_node_t;

/* A transaction buffer. Those from config.transactions on belong to victims, one to each victim line. */
typedef struct l2_buffer {
    chi_message_t request; /* without data */
    cache_line_t *line;
    l2_queue_t waiting; /* requests to the same line */
    uint32_t acks;      /* snoop responses awaited */
    bool owner_snooped; /* the one response comes from the owner */
    bool snooped;
    bool fetched;                         /* data came from memory */
    bool cache_to_cache;                  /* data came from a core */
    uint8_t operand_data[CHI_LINE_BYTES]; /* of a WriteUnique or far atomic */
} l2_buffer_t;

/* A broadcast that awaits responses. */
typedef struct l2_broadcast {
    chi_message_t request; /* without data */
    uint32_t awaited;
    uint32_t next_free;
} l2_broadcast_t;

struct cache_cluster {
    cache_cluster_config_t config;
    engine_component_t *component;
    engine_link_t *to_core[CHI_MAX_CORES];
    engine_link_t *to_system;
    uint64_t attached; /* bit a core */
    trace_port_t *port;
    struct cache_checker *checker;

    cache_array_t array; /* its extra lines are the victim buffers */
    l2_directory_t *directory;
    uint64_t *busy;        /* by set: bit a way with a transaction */
    uint32_t first_victim; /* line index of the first victim buffer */
    uint64_t use_counter;

    l2_buffer_t *buffers;
    uint16_t *free_buffers, *free_victims; /* stacks */
    uint32_t free_buffer_count, free_victim_count;

    l2_node_t *nodes;
    uint32_t node_capacity, free_nodes;
    uint32_t ready;     /* first requests to lines that became free, or L2_NO_NODE */
    l2_queue_t stalled; /* wait for a buffer or a way, in arrival order */
    bool retry;         /* a buffer was freed since `stalled` was last tried */

    l2_broadcast_t *broadcasts;
    uint32_t broadcast_capacity, free_broadcasts;

    uint64_t tag_free_ps;    /* the tag pipeline takes the next request then */
    uint64_t atomic_free_ps; /* the atomic unit the next far atomic */
    uint64_t tag_delay_ps, data_delay_ps, forward_delay_ps;
    cache_cluster_stats_t stats;
    uint64_t coverage[L2_STATES * L2_EVENTS];
};

/* One event on one line. line: NULL when not present. request: whose transaction it is; message: what brought the
 * event (the request itself, a response). */
typedef struct l2_step {
    cache_cluster_t *cluster;
    uint64_t now_ps, address;
    cache_line_t *line;
    l2_directory_t *directory; /* of line */
    l2_buffer_t *buffer;       /* of line, NULL: none */
    const chi_message_t *request, *message;
    uint64_t tag_delay_ps, data_delay_ps; /* from now to what leaves after the tags, after the data were read */
    int posted;                           /* event an action raised, -1: none */
} l2_step_t;

/* --- cluster.c --- */
/* One message that has arrived. */
void cache_cluster_receive(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *message);

/* --- cluster_protocol.c --- */
/* What the table says to (state, event): the kind of the cell, and the next state of a rule. Counted unless it is a
 * RULE, which is counted when performed. A NEVER cell does not return. */
unsigned cache_cluster_plan(const l2_step_t *step, unsigned state, l2_event_t event, unsigned *ret_next);
/* Carries out the rule for the line's state and the event, and those for the events its actions raise. A transient next
 * state takes a buffer, which must be free. */
void cache_cluster_perform(l2_step_t *step, l2_event_t event);

/* --- cluster_event.c --- */
/* entry: of the line, one without holders when it is not present. */
l2_event_t cache_cluster_event(const cache_cluster_t *cluster, const l2_directory_t *entry,
                               const chi_message_t *request);

/* --- cluster_messages.c --- */
/* ReadNoSnoop of the line to memory. */
void cache_cluster_fetch(l2_step_t *step);
/* WriteNoSnoop of the line; awaited: the buffer of the step gets the answer, else nobody. The line is then clean. */
void cache_cluster_write(l2_step_t *step, bool awaited);
/* The snoop to each core of a set; raises LAST_ACK when that is empty. */
void cache_cluster_snoop(l2_step_t *step, uint64_t cores, chi_opcode_t opcode);
/* CompData with the line's data, or zeros for an error; Comp. */
void cache_cluster_answer_data(l2_step_t *step, chi_state_t state);
void cache_cluster_answer_error(l2_step_t *step);
void cache_cluster_answer_comp(l2_step_t *step);
/* What a far atomic gets before it is performed: the old bytes in CompData, or Comp. */
void cache_cluster_answer_atomic(l2_step_t *step);

/* --- cluster_request.c --- */
/* A request to a line: starts its transaction or lets it wait. */
void cache_cluster_request(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request);
/* Starts what waited and now can. */
void cache_cluster_settle(cache_cluster_t *cluster, uint64_t now_ps);
/* The line in the array or in a victim buffer, or NULL. */
cache_line_t *cache_cluster_find(const cache_cluster_t *cluster, uint64_t line_address);
/* The line that these requests wait for is free: cache_cluster_settle starts them. */
void cache_cluster_wake(cache_cluster_t *cluster, l2_queue_t *waiting);

/* --- cluster_dvm.c --- */
void cache_cluster_broadcast(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request);
void cache_cluster_broadcast_answered(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *response);

static inline bool l2_is_stable(unsigned state)
{
    return state <= L2_LAST_STABLE;
}

static inline uint32_t l2_buffer_number(const cache_cluster_t *cluster, const l2_buffer_t *buffer)
{
    return (uint32_t)(buffer - cluster->buffers);
}

#endif
