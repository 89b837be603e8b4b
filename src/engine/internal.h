/* What engine.c, link.c and inbox.c share. Nobody outside src/engine includes this. */
#ifndef MESIM_ENGINE_INTERNAL_H
#define MESIM_ENGINE_INTERNAL_H

#include "base/random.h"
#include "engine/engine.h"

#include <stdatomic.h>

/* A message's place in the order of its inbox. */
typedef struct engine_key {
    uint64_t arrival_ps;
    uint32_t link;
    uint32_t sequence;
    uint32_t slot; /* index of the message in the inbox's slots */
} engine_key_t;

/* A binary heap of keys over a pool of message slots. Messages are pushed only between windows, so slots do not move
 * while a component looks at one. */
typedef struct engine_inbox {
    engine_key_t *heap;
    engine_message_t *slots;
    uint32_t *free_slots;
    uint32_t count, capacity, free_count;
    uint32_t taken; /* slot handed out last, freed by the next take; ENGINE_NO_SLOT when none */
} engine_inbox_t;
#define ENGINE_NO_SLOT UINT32_MAX

void engine_inbox_init(engine_inbox_t *inbox);
void engine_inbox_done(engine_inbox_t *inbox);
void engine_inbox_push(engine_inbox_t *inbox, const engine_message_t *message, size_t payload_bytes);
const engine_message_t *engine_inbox_pop(engine_inbox_t *inbox);

/* What a component sent in this window over one link; moved to the receiver's inbox between windows. */
typedef struct engine_outgoing {
    size_t payload_bytes;
    engine_message_t message;
} engine_outgoing_t;

struct engine_link {
    engine_t *engine;
    char *name;
    engine_component_t *from, *to;
    uint64_t latency_ps, occupancy_ps;
    uint64_t free_ps;         /* when the last flit sent has left */
    uint64_t last_arrival_ps; /* order is kept: nothing arrives before it */
    uint64_t messages, busy_ps;
    uint32_t id, sequence;
    engine_outgoing_t *outgoing;
    uint32_t outgoing_count, outgoing_capacity;
    base_random_t random; /* of the perturb layer */
    engine_link_t *next_dirty;
};

struct engine_component {
    engine_t *engine;
    char *name;
    uint32_t id;
    const engine_component_ops_t *ops;
    void *self;
    uint64_t wake_ps, least_delay_ps;
    uint32_t group; /* of engine_horizon_t */
    engine_inbox_t inbox;
    engine_link_t *dirty; /* links with outgoing messages, sent by this component in this window */
};

/* How far components may run. Components from which and to which all distances are equal form a group (all cores of a
 * cluster, say), so that the work a window is small however many cores there are. */
typedef struct engine_horizon {
    uint32_t groups;
    uint64_t *distance_ps; /* groups * groups: shortest path from row to column, TIME_NEVER when there is none */
    uint64_t *next_ps;     /* a group: the earliest time at which a member acts */
    uint64_t *end_ps;      /* a group: members may run to here; 0: all of them sleep */
    uint32_t *awake;       /* room for the numbers of the groups that do not */
} engine_horizon_t;

struct engine {
    engine_component_t **components;
    uint64_t *next_ps; /* a component: the earlier of its wake-up and its first message */
    uint32_t *order;
    uint32_t component_count;
    engine_link_t **links;
    uint32_t link_count;
    uint64_t lookahead_ps, now_ps;
    engine_horizon_t horizon;
    bool prepared; /* the horizon knows all components and links */
    uint64_t perturb_seed, perturb_ps;
    engine_order_t visit;
    base_random_t shuffle;
    void (*hook)(void *self, uint64_t window_end_ps);
    void *hook_self;
    atomic_bool stop;
};

/* Renews next_ps of a component after its wake-up or inbox changed. */
static inline void engine_component_update(engine_component_t *component)
{
    uint64_t head = component->inbox.count ? component->inbox.heap[0].arrival_ps : UINT64_MAX;
    component->engine->next_ps[component->id] = head < component->wake_ps ? head : component->wake_ps;
}

/* Moves what `component` sent into the receivers' inboxes. */
void engine_component_deliver(engine_component_t *component);
void engine_link_free(engine_link_t *link);

/* horizon.c */
void engine_horizon_prepare(engine_t *engine);
void engine_horizon_done(engine_horizon_t *horizon);
/* Renews end_ps of all groups; returns the earliest time at which any component acts. */
uint64_t engine_horizon_update(engine_t *engine, uint64_t until_ps);

#endif
