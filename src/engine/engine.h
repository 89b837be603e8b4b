/* The simulation engine: components, links, inboxes and windows.
 *
 * A component is a piece of hardware with private state. It touches other components only by messages
 * over links. A message sent at time t over a link of latency l arrives no earlier than t + l. So what a
 * component may still do from time t on can reach another one no earlier than t + d, where d is the length
 * of the shortest path of links between them; a component that must first be reached adds the least delay
 * between receiving and sending that it declares. Time advances in windows: each component runs to the
 * earliest time at which anything could still reach it. Nothing sent inside a window can arrive inside it,
 * and the order in which components are visited (or the host thread that visits them) cannot change a result.
 *
 * Inside a window a component handles its inbox in (arrival, link id, sequence) order. */
#ifndef MESIM_ENGINE_ENGINE_H
#define MESIM_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct engine engine_t;
typedef struct engine_component engine_component_t;
typedef struct engine_link engine_link_t;

enum { ENGINE_PAYLOAD_BYTES = 112 };

/* One message. The engine reads only the header; the payload is a struct of the layer that speaks over
 * the link (at most ENGINE_PAYLOAD_BYTES, no pointers). */
typedef struct engine_message {
    uint64_t arrival_ps; /* when the receiver sees it */
    uint32_t link;       /* id of the link it came over: the creation index, the same in every run */
    uint32_t sequence;   /* counts messages on that link from 0 */
    _Alignas(8) unsigned char payload[ENGINE_PAYLOAD_BYTES];
} engine_message_t;

/* What a component does. */
typedef struct engine_component_ops {
    /* Handles everything with a time before end_ps: inbox messages (engine_inbox_take) and its own events,
     * in time order. Must not read or write any other component. */
    void (*run)(void *self, uint64_t end_ps);
} engine_component_ops_t;

/* How components are visited inside a window; results never depend on it (a test compares them). */
typedef enum engine_order { ENGINE_FORWARD, ENGINE_BACKWARD, ENGINE_SHUFFLED } engine_order_t;

engine_t *engine_new(void);
void engine_free(engine_t *engine);

/* Components are numbered in creation order. `name` is copied. A new component is asleep. */
engine_component_t *engine_component_new(engine_t *engine, const char *name, const engine_component_ops_t *ops,
                                         void *self);
const char *engine_component_name(const engine_component_t *component);
uint32_t engine_component_id(const engine_component_t *component);

/* Declares the next time the component acts even if no message arrives; TIME_NEVER: asleep. To be called
 * by the component itself, from run() or before the simulation starts. */
void engine_component_wake_at(engine_component_t *component, uint64_t wake_ps);

/* Promises that whatever the component sends because of a message leaves no earlier than delay_ps after that message
 * arrived. Lengthens windows; before the simulation starts. */
void engine_component_set_least_delay(engine_component_t *component, uint64_t delay_ps);

/* The arrival time of the first message in the inbox, TIME_NEVER when it is empty. */
uint64_t engine_inbox_next_ps(const engine_component_t *component);

/* Takes the first message if it arrives before end_ps, else returns NULL. The message stays valid until
 * the next call to engine_inbox_take for this component. */
const engine_message_t *engine_inbox_take(engine_component_t *component, uint64_t end_ps);

/* A one-way link that keeps order. latency_ps: from send to arrival, at least 1. occupancy_ps: how long
 * one unit (a flit) keeps the link busy, 0 for unlimited bandwidth. */
engine_link_t *engine_link_new(engine_t *engine, const char *name, engine_component_t *from, engine_component_t *to,
                               uint64_t latency_ps, uint64_t occupancy_ps);

/* Sends payload_bytes of payload at time now_ps (the sender's present, not before an earlier send's
 * departure); `units` flits occupy the link one after another and the message arrives with the last.
 * Returns the arrival time. delay_ps postpones the departure (pipeline latency in the sender). */
uint64_t engine_link_send(engine_link_t *link, uint64_t now_ps, uint64_t delay_ps, const void *payload,
                          size_t payload_bytes, unsigned units);

/* Changes the latency of what is sent from now on; order is kept. Between runs of the engine. */
void engine_link_set_latency(engine_link_t *link, uint64_t latency_ps);
uint64_t engine_link_latency_ps(const engine_link_t *link);

/* The id that this link's messages bear. */
uint32_t engine_link_id(const engine_link_t *link);

/* Messages and busy time of a link, for statistics and the watchdog. */
uint64_t engine_link_messages(const engine_link_t *link);
uint64_t engine_link_busy_ps(const engine_link_t *link);

/* Seeded extra delay on every link, uniform in [0, maximum_ps]: the perturb layer's first part. Order on a
 * link is kept. */
void engine_perturb(engine_t *engine, uint64_t seed, uint64_t maximum_ps);

void engine_set_order(engine_t *engine, engine_order_t order, uint64_t seed);

/* Called between windows, outside every component: traces are merged here. Everything before settled_ps has happened.
 */
void engine_set_window_hook(engine_t *engine, void (*hook)(void *self, uint64_t settled_ps), void *self);

/* Why engine_run returned. */
typedef enum engine_stop {
    ENGINE_STOPPED, /* engine_request_stop was called: the window in which it was called is complete */
    ENGINE_IDLE,    /* no message in flight and every component asleep */
    ENGINE_LIMIT,   /* until_ps reached */
} engine_stop_t;

/* Runs until until_ps, a stop request, or idleness. May be called again to go on. */
engine_stop_t engine_run(engine_t *engine, uint64_t until_ps);
/* May be called from run(), the window hook, or a signal handler. */
void engine_request_stop(engine_t *engine);

/* The latency of the shortest link: no window is shorter. */
uint64_t engine_lookahead_ps(const engine_t *engine);
/* Everything before this time has happened. */
uint64_t engine_now_ps(const engine_t *engine);

/* Visits every undelivered message, for the watchdog's report. */
void engine_each_message(const engine_t *engine,
                         void (*visit)(void *self, const char *link_name, const engine_message_t *message), void *self);

#endif
