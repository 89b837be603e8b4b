/* Windows: who runs when. */
#include "engine/engine.h"

#include "base/time.h"
#include "engine/internal.h"

#include <glib.h>

engine_t *engine_new(void)
{
    engine_t *engine = g_new0(engine_t, 1);
    engine->lookahead_ps = TIME_NEVER;
    return engine;
}

void engine_free(engine_t *engine)
{
    if (!engine)
        return;
    for (uint32_t i = 0; i < engine->link_count; i++)
        engine_link_free(engine->links[i]);
    for (uint32_t i = 0; i < engine->component_count; i++) {
        engine_inbox_done(&engine->components[i]->inbox);
        g_free(engine->components[i]->name);
        g_free(engine->components[i]);
    }
    engine_horizon_done(&engine->horizon);
    g_free(engine->links);
    g_free(engine->components);
    g_free(engine->next_ps);
    g_free(engine->order);
    g_free(engine);
}

engine_component_t *engine_component_new(engine_t *engine, const char *name, const engine_component_ops_t *ops,
                                         void *self)
{
    engine_component_t *component = g_new0(engine_component_t, 1);
    uint32_t id = engine->component_count++;
    component->engine = engine;
    component->name = g_strdup(name);
    component->id = id;
    component->ops = ops;
    component->self = self;
    component->wake_ps = TIME_NEVER;
    engine_inbox_init(&component->inbox);
    engine->components = g_renew(engine_component_t *, engine->components, id + 1);
    engine->next_ps = g_renew(uint64_t, engine->next_ps, id + 1);
    engine->order = g_renew(uint32_t, engine->order, id + 1);
    engine->components[id] = component;
    engine->next_ps[id] = TIME_NEVER;
    engine_set_order(engine, engine->visit, 0);
    engine->prepared = false;
    return component;
}

const char *engine_component_name(const engine_component_t *component)
{
    return component->name;
}

uint32_t engine_component_id(const engine_component_t *component)
{
    return component->id;
}

void engine_component_wake_at(engine_component_t *component, uint64_t wake_ps)
{
    component->wake_ps = wake_ps;
    engine_component_update(component);
}

void engine_component_set_least_delay(engine_component_t *component, uint64_t delay_ps)
{
    component->least_delay_ps = delay_ps;
    component->engine->prepared = false;
}

uint64_t engine_inbox_next_ps(const engine_component_t *component)
{
    return component->inbox.count ? component->inbox.heap[0].arrival_ps : TIME_NEVER;
}

const engine_message_t *engine_inbox_take(engine_component_t *component, uint64_t end_ps)
{
    if (!component->inbox.count || component->inbox.heap[0].arrival_ps >= end_ps)
        return NULL;
    const engine_message_t *message = engine_inbox_pop(&component->inbox);
    engine_component_update(component);
    return message;
}

void engine_perturb(engine_t *engine, uint64_t seed, uint64_t maximum_ps)
{
    engine->perturb_seed = seed;
    engine->perturb_ps = maximum_ps;
    for (uint32_t i = 0; i < engine->link_count; i++)
        base_random_init(&engine->links[i]->random, seed ^ i);
}

void engine_set_order(engine_t *engine, engine_order_t order, uint64_t seed)
{
    uint32_t count = engine->component_count;
    engine->visit = order;
    base_random_init(&engine->shuffle, seed);
    for (uint32_t i = 0; i < count; i++)
        engine->order[i] = order == ENGINE_BACKWARD ? count - 1 - i : i;
}

void engine_set_window_hook(engine_t *engine, void (*hook)(void *self, uint64_t window_end_ps), void *self)
{
    engine->hook = hook;
    engine->hook_self = self;
}

static void shuffle(engine_t *engine)
{
    for (uint32_t i = engine->component_count; i > 1; i--) {
        uint32_t j = (uint32_t)base_random_below(&engine->shuffle, i);
        uint32_t swap = engine->order[i - 1];
        engine->order[i - 1] = engine->order[j];
        engine->order[j] = swap;
    }
}

static void run_window(engine_t *engine)
{
    const uint64_t *end_ps = engine->horizon.end_ps;
    if (engine->visit == ENGINE_SHUFFLED)
        shuffle(engine);
    for (uint32_t i = 0; i < engine->component_count; i++) {
        engine_component_t *component = engine->components[engine->order[i]];
        if (engine->next_ps[component->id] < end_ps[component->group])
            component->ops->run(component->self, end_ps[component->group]);
    }
    for (uint32_t i = 0; i < engine->component_count; i++)
        if (engine->components[i]->dirty)
            engine_component_deliver(engine->components[i]);
}

engine_stop_t engine_run(engine_t *engine, uint64_t until_ps)
{
    atomic_store(&engine->stop, false);
    if (!engine->prepared)
        engine_horizon_prepare(engine);
    while (!atomic_load_explicit(&engine->stop, memory_order_relaxed)) {
        uint64_t start_ps = engine_horizon_update(engine, until_ps);
        if (start_ps == TIME_NEVER)
            return ENGINE_IDLE;
        if (start_ps > engine->now_ps)
            engine->now_ps = start_ps < until_ps ? start_ps : until_ps;
        if (engine->hook)
            engine->hook(engine->hook_self, engine->now_ps);
        if (start_ps >= until_ps)
            return ENGINE_LIMIT;
        run_window(engine);
    }
    return ENGINE_STOPPED;
}

void engine_request_stop(engine_t *engine)
{
    atomic_store(&engine->stop, true);
}

uint64_t engine_lookahead_ps(const engine_t *engine)
{
    return engine->lookahead_ps;
}

uint64_t engine_now_ps(const engine_t *engine)
{
    return engine->now_ps;
}

void engine_each_message(const engine_t *engine,
                         void (*visit)(void *self, const char *link_name, const engine_message_t *message), void *self)
{
    for (uint32_t i = 0; i < engine->component_count; i++) {
        const engine_inbox_t *inbox = &engine->components[i]->inbox;
        for (uint32_t j = 0; j < inbox->count; j++)
            visit(self, engine->links[inbox->heap[j].link]->name, &inbox->slots[inbox->heap[j].slot]);
    }
}
