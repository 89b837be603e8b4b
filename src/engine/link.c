/* Links: latency, width, order. */
#include "base/bits.h"
#include "base/error.h"
#include "base/time.h"
#include "engine/internal.h"

#include <glib.h>
#include <string.h>

engine_link_t *engine_link_new(engine_t *engine, const char *name, engine_component_t *from, engine_component_t *to,
                               uint64_t latency_ps, uint64_t occupancy_ps)
{
    if (!latency_ps)
        base_bug("link %s has no latency: nothing could be simulated in a window of length 0", name);
    engine_link_t *link = g_new0(engine_link_t, 1);
    link->engine = engine;
    link->name = g_strdup(name);
    link->from = from;
    link->to = to;
    link->latency_ps = latency_ps;
    link->occupancy_ps = occupancy_ps;
    link->id = engine->link_count;
    engine->links = g_renew(engine_link_t *, engine->links, engine->link_count + 1);
    engine->links[engine->link_count++] = link;
    if (latency_ps < engine->lookahead_ps)
        engine->lookahead_ps = latency_ps;
    base_random_init(&link->random, engine->perturb_seed ^ link->id);
    engine->prepared = false;
    return link;
}

void engine_link_set_latency(engine_link_t *link, uint64_t latency_ps)
{
    engine_t *engine = link->engine;
    if (!latency_ps)
        base_bug("link %s has no latency: nothing could be simulated in a window of length 0", link->name);
    link->latency_ps = latency_ps;
    engine->lookahead_ps = TIME_NEVER;
    for (uint32_t i = 0; i < engine->link_count; i++)
        if (engine->links[i]->latency_ps < engine->lookahead_ps)
            engine->lookahead_ps = engine->links[i]->latency_ps;
    engine->prepared = false;
}

uint64_t engine_link_latency_ps(const engine_link_t *link)
{
    return link->latency_ps;
}

void engine_link_free(engine_link_t *link)
{
    g_free(link->outgoing);
    g_free(link->name);
    g_free(link);
}

static engine_outgoing_t *next_outgoing(engine_link_t *link)
{
    if (link->outgoing_count == link->outgoing_capacity) {
        link->outgoing_capacity = link->outgoing_capacity ? link->outgoing_capacity * 2 : 4;
        link->outgoing = g_renew(engine_outgoing_t, link->outgoing, link->outgoing_capacity);
    }
    if (!link->outgoing_count) {
        link->next_dirty = link->from->dirty;
        link->from->dirty = link;
    }
    return &link->outgoing[link->outgoing_count++];
}

static uint64_t arrival_of(engine_link_t *link, uint64_t depart_ps, unsigned units)
{
    uint64_t transfer_ps = link->occupancy_ps * units;
    if (depart_ps < link->free_ps)
        depart_ps = link->free_ps;
    link->free_ps = depart_ps + transfer_ps;
    link->busy_ps += transfer_ps;

    uint64_t arrival_ps = depart_ps + (units > 1 ? link->occupancy_ps * (units - 1) : 0) + link->latency_ps;
    if (link->engine->perturb_ps)
        arrival_ps += base_random_below(&link->random, link->engine->perturb_ps + 1);
    if (arrival_ps < link->last_arrival_ps)
        arrival_ps = link->last_arrival_ps;
    link->last_arrival_ps = arrival_ps;
    return arrival_ps;
}

uint64_t engine_link_send(engine_link_t *link, uint64_t now_ps, uint64_t delay_ps, const void *payload,
                          size_t payload_bytes, unsigned units)
{
    if (base_unlikely(payload_bytes > ENGINE_PAYLOAD_BYTES || now_ps < link->engine->now_ps))
        base_bug("link %s: %zu bytes sent at %" G_GUINT64_FORMAT " ps, window began at %" G_GUINT64_FORMAT " ps",
                 link->name, payload_bytes, now_ps, link->engine->now_ps);
    engine_outgoing_t *outgoing = next_outgoing(link);
    engine_message_t *message = &outgoing->message;
    message->arrival_ps = arrival_of(link, now_ps + delay_ps, units);
    message->link = link->id;
    message->sequence = link->sequence++;
    memcpy(message->payload, payload, payload_bytes);
    outgoing->payload_bytes = payload_bytes;
    link->messages++;
    return message->arrival_ps;
}

/* Nothing sent in a window arrives before the receiver's end of it; only a broken promise of a least delay could. */
static void check_arrival(const engine_link_t *link, const engine_message_t *message)
{
    const engine_horizon_t *horizon = &link->engine->horizon;
    if (base_unlikely(message->arrival_ps < horizon->end_ps[link->to->group]))
        base_bug("link %s: a message arrives at %" G_GUINT64_FORMAT " ps, when its receiver may have passed that time",
                 link->name, message->arrival_ps);
}

void engine_component_deliver(engine_component_t *component)
{
    engine_link_t *link = component->dirty;
    component->dirty = NULL;
    while (link) {
        engine_link_t *next = link->next_dirty;
        for (uint32_t i = 0; i < link->outgoing_count; i++) {
            check_arrival(link, &link->outgoing[i].message);
            engine_inbox_push(&link->to->inbox, &link->outgoing[i].message, link->outgoing[i].payload_bytes);
        }
        link->outgoing_count = 0;
        engine_component_update(link->to);
        link = next;
    }
}

uint32_t engine_link_id(const engine_link_t *link)
{
    return link->id;
}

uint64_t engine_link_messages(const engine_link_t *link)
{
    return link->messages;
}

uint64_t engine_link_busy_ps(const engine_link_t *link)
{
    return link->busy_ps;
}
