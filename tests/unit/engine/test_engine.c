/* Windows, links and inboxes: what arrives when, in which order, and that no visiting order changes it. */
#include "base/hash.h"
#include "base/random.h"
#include "base/time.h"
#include "engine/engine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

/* A node that logs what it receives, and answers each message a number of times over random links. */
typedef struct node {
    engine_component_t *component;
    engine_link_t *links[4];
    base_random_t random;
    uint64_t hash, received, wake_ps, last_arrival_ps;
    bool ordered;
} node_t;

static void answer(node_t *node, uint64_t now_ps, uint64_t hops)
{
    for (uint64_t i = 0; i < 1 + (hops % 7 == 0); i++) {
        engine_link_t *link = node->links[base_random_below(&node->random, 4)];
        uint64_t payload = hops - 1;
        engine_link_send(link, now_ps, base_random_below(&node->random, 300), &payload, sizeof(payload), 1);
    }
}

static void node_run(void *self, uint64_t end_ps)
{
    node_t *node = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(node->component, end_ps))) {
        uint64_t hops;
        memcpy(&hops, message->payload, sizeof(hops));
        node->ordered &= message->arrival_ps >= node->last_arrival_ps;
        node->last_arrival_ps = message->arrival_ps;
        node->hash = base_hash_fold(node->hash, message->arrival_ps);
        node->hash = base_hash_fold(node->hash, (uint64_t)message->link << 32 | message->sequence);
        node->received++;
        if (hops)
            answer(node, message->arrival_ps, hops);
    }
    if (node->wake_ps < end_ps) {
        uint64_t hops = 40;
        engine_link_send(node->links[0], node->wake_ps, 0, &hops, sizeof(hops), 1);
        node->wake_ps = TIME_NEVER;
        engine_component_wake_at(node->component, TIME_NEVER);
    }
}

static const engine_component_ops_t node_ops = {.run = node_run};

typedef struct network {
    engine_t *engine;
    node_t nodes[5];
} network_t;

static void build(network_t *network, uint64_t perturb_ps)
{
    *network = (network_t){.engine = engine_new()};
    for (int i = 0; i < 5; i++) {
        node_t *node = &network->nodes[i];
        *node = (node_t){.hash = BASE_HASH_INIT, .wake_ps = 100u * (unsigned)i, .ordered = true};
        base_random_init(&node->random, (uint64_t)i);
        node->component = engine_component_new(network->engine, "node", &node_ops, node);
        engine_component_wake_at(node->component, node->wake_ps);
    }
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 4; j++)
            network->nodes[i].links[j] =
                engine_link_new(network->engine, "link", network->nodes[i].component,
                                network->nodes[(i + j + 1) % 5].component, 1000u + 100u * (unsigned)j, 50);
    if (perturb_ps)
        engine_perturb(network->engine, 7, perturb_ps);
}

static uint64_t run_hash(engine_order_t order, uint64_t order_seed, uint64_t perturb_ps, uint64_t *ret_received)
{
    network_t network;
    build(&network, perturb_ps);
    engine_set_order(network.engine, order, order_seed);
    cr_assert(eq(int, engine_run(network.engine, TIME_NEVER), ENGINE_IDLE));
    uint64_t hash = BASE_HASH_INIT;
    *ret_received = 0;
    for (int i = 0; i < 5; i++) {
        cr_assert(network.nodes[i].ordered, "node %d saw time go back", i);
        hash = base_hash_fold(hash, network.nodes[i].hash);
        *ret_received += network.nodes[i].received;
    }
    engine_free(network.engine);
    return hash;
}

Test(engine, forward_backward_and_shuffled_visits_give_the_same_messages)
{
    uint64_t received, count;
    uint64_t expected = run_hash(ENGINE_FORWARD, 0, 0, &received);
    cr_assert(gt(u64, received, 500));
    cr_assert(eq(u64, run_hash(ENGINE_BACKWARD, 0, 0, &count), expected));
    for (uint64_t seed = 1; seed < 20; seed++)
        cr_assert(eq(u64, run_hash(ENGINE_SHUFFLED, seed, 0, &count), expected));
    cr_assert(eq(u64, count, received));
}

Test(engine, perturbation_changes_arrivals_but_not_with_the_visiting_order)
{
    uint64_t count;
    uint64_t plain = run_hash(ENGINE_FORWARD, 0, 0, &count);
    uint64_t perturbed = run_hash(ENGINE_FORWARD, 0, 5000, &count);
    cr_assert(ne(u64, plain, perturbed));
    cr_assert(eq(u64, run_hash(ENGINE_SHUFFLED, 3, 5000, &count), perturbed));
}

/* One sender, one receiver, a link of 1000 ps; the receiver notes arrivals. */
typedef struct sink {
    engine_component_t *component;
    uint64_t arrivals[8];
    unsigned count;
} sink_t;

static void sink_run(void *self, uint64_t end_ps)
{
    sink_t *sink = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(sink->component, end_ps)))
        sink->arrivals[sink->count++] = message->arrival_ps;
}

static const engine_component_ops_t sink_ops = {.run = sink_run};

typedef struct pair {
    engine_t *engine;
    sink_t from, to;
    engine_link_t *link;
} pair_t;

static void build_pair(pair_t *pair, uint64_t occupancy_ps)
{
    *pair = (pair_t){.engine = engine_new()};
    pair->from.component = engine_component_new(pair->engine, "from", &sink_ops, &pair->from);
    pair->to.component = engine_component_new(pair->engine, "to", &sink_ops, &pair->to);
    pair->link = engine_link_new(pair->engine, "link", pair->from.component, pair->to.component, 1000, occupancy_ps);
}

static void send_from_run(void *self, uint64_t end_ps)
{
    pair_t *pair = self;
    (void)end_ps;
    uint64_t payload = 0;
    engine_link_send(pair->link, 500, 0, &payload, sizeof(payload), 4);
    engine_link_send(pair->link, 500, 0, &payload, sizeof(payload), 1);
    engine_link_send(pair->link, 700, 900, &payload, sizeof(payload), 1);
    engine_component_wake_at(pair->from.component, TIME_NEVER);
}

static const engine_component_ops_t sender_ops = {.run = send_from_run};

Test(engine_link, a_message_arrives_with_its_last_flit_and_the_next_waits_for_the_link)
{
    pair_t pair = {.engine = engine_new()};
    pair.from.component = engine_component_new(pair.engine, "from", &sender_ops, &pair);
    pair.to.component = engine_component_new(pair.engine, "to", &sink_ops, &pair.to);
    pair.link = engine_link_new(pair.engine, "link", pair.from.component, pair.to.component, 1000, 100);
    engine_component_wake_at(pair.from.component, 500);
    cr_assert(eq(int, engine_run(pair.engine, TIME_NEVER), ENGINE_IDLE));
    cr_assert(eq(uint, pair.to.count, 3));
    cr_assert(eq(u64, pair.to.arrivals[0], 500 + 3 * 100 + 1000));
    cr_assert(eq(u64, pair.to.arrivals[1], 500 + 4 * 100 + 1000));
    cr_assert(eq(u64, pair.to.arrivals[2], 700 + 900 + 1000));
    cr_assert(eq(u64, engine_link_busy_ps(pair.link), 600));
    cr_assert(eq(u64, engine_link_messages(pair.link), 3));
    engine_free(pair.engine);
}

Test(engine_link, a_link_never_reorders_when_a_later_message_has_less_delay)
{
    pair_t pair;
    build_pair(&pair, 0);
    uint64_t payload = 0;
    uint64_t first = engine_link_send(pair.link, 0, 5000, &payload, sizeof(payload), 1);
    uint64_t second = engine_link_send(pair.link, 10, 0, &payload, sizeof(payload), 1);
    cr_assert(ge(u64, second, first));
    engine_free(pair.engine);
}

Test(engine, time_jumps_over_idleness_to_the_limit_and_goes_on_after_it)
{
    pair_t pair;
    build_pair(&pair, 0);
    engine_component_wake_at(pair.from.component, 5000000000);
    cr_assert(eq(int, engine_run(pair.engine, 1000), ENGINE_LIMIT));
    cr_assert(eq(u64, engine_lookahead_ps(pair.engine), 1000));
    engine_component_wake_at(pair.from.component, TIME_NEVER);
    cr_assert(eq(int, engine_run(pair.engine, 9000), ENGINE_IDLE));
    engine_free(pair.engine);
}

static void stop_hook(void *self, uint64_t settled_ps)
{
    (void)settled_ps;
    engine_request_stop(self);
}

Test(engine, a_stop_request_ends_the_run_after_the_present_window)
{
    pair_t pair;
    build_pair(&pair, 0);
    engine_component_wake_at(pair.from.component, 0);
    engine_set_window_hook(pair.engine, stop_hook, pair.engine);
    cr_assert(eq(int, engine_run(pair.engine, TIME_NEVER), ENGINE_STOPPED));
    cr_assert(eq(u64, engine_now_ps(pair.engine), 0));
    engine_free(pair.engine);
}

/* A ring of three: each node notes how far it was let run. */
typedef struct runner {
    engine_component_t *component;
    uint64_t wake_ps, end_ps;
} runner_t;

static void runner_run(void *self, uint64_t end_ps)
{
    runner_t *runner = self;
    runner->end_ps = end_ps;
    engine_component_wake_at(runner->component, TIME_NEVER);
}

static const engine_component_ops_t runner_ops = {.run = runner_run};

Test(engine, a_component_runs_until_the_earliest_time_at_which_another_could_reach_it)
{
    engine_t *engine = engine_new();
    runner_t runners[3] = {{.wake_ps = 100}, {.wake_ps = 250}, {.wake_ps = TIME_NEVER}};
    for (int i = 0; i < 3; i++) {
        runners[i].component = engine_component_new(engine, "runner", &runner_ops, &runners[i]);
        engine_component_wake_at(runners[i].component, runners[i].wake_ps);
    }
    for (int i = 0; i < 3; i++)
        engine_link_new(engine, "link", runners[i].component, runners[(i + 1) % 3].component, 1000, 0);
    engine_component_set_least_delay(runners[2].component, 30);
    cr_assert(eq(int, engine_run(engine, TIME_NEVER), ENGINE_IDLE));
    cr_assert(eq(u64, runners[0].end_ps, 250 + 1000 + 30 + 1000)); /* by way of the third */
    cr_assert(eq(u64, runners[1].end_ps, 100 + 1000));
    cr_assert(eq(u64, runners[2].end_ps, 0)); /* nothing to do */
    engine_free(engine);
}
