/* A machine whose messages the test delivers by hand: real L1Ds and a real cluster, links and memory of this file.
 *
 * To be included by one file of a test program: it defines chi_send, which takes the place of the one in
 * interconnect/send.c. A link is a queue; the test says when its oldest message arrives. Nothing takes time. */
#ifndef MESIM_TESTS_CACHE_WORLD_H
#define MESIM_TESTS_CACHE_WORLD_H

#include "cache/cluster_impl.h"
#include "cache/l1d_impl.h"
#include "interconnect/atomic.h"
#include "interconnect/send.h"
#include "observe/trace.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { WORLD_MAX_CORES = 3, WORLD_QUEUE = 10, WORLD_BASE = 0x40000000, WORLD_LINES = 4 };

typedef struct world_queue {
    unsigned count;
    chi_message_t messages[WORLD_QUEUE];
} world_queue_t;

/* What one core noticed. */
typedef struct world_core {
    struct world *world;
    unsigned index;
    cache_l1d_t *l1d;
    unsigned fills, errors, lost, lost_to_shared;
    uint64_t last_fill, last_lost;
    unsigned last_fill_from;
    unsigned answers; /* of far atomics */
    uint8_t last_old[CHI_LINE_BYTES];
    bool last_has_old;
    void (*filled)(struct world_core *core, cache_line_t *line); /* inside on_fill; may be NULL */
    void (*answered)(struct world_core *core);                   /* inside on_atomic; may be NULL */
} world_core_t;

typedef struct world {
    engine_t *engine;
    trace_t *trace;
    cache_cluster_t *cluster;
    unsigned core_count;
    world_core_t cores[WORLD_MAX_CORES];
    world_queue_t up[WORLD_MAX_CORES], down[WORLD_MAX_CORES]; /* core to cluster and back */
    world_queue_t to_memory, from_memory;
    uint8_t memory[WORLD_LINES][CHI_LINE_BYTES];
    void *user; /* of the test */
} world_t;

uint64_t chi_send(engine_link_t *link, uint64_t now_ps, uint64_t delay_ps, const chi_message_t *message)
{
    world_queue_t *queue = (world_queue_t *)(void *)link;
    cr_assert_lt(queue->count, WORLD_QUEUE, "a queue of the test world is too short");
    chi_message_t *slot = &queue->messages[queue->count++];
    memcpy(slot, message, chi_has_data(message->opcode) ? sizeof *message : offsetof(chi_message_t, data));
    return now_ps + delay_ps;
}

static inline uint64_t world_address(unsigned line)
{
    return WORLD_BASE + (uint64_t)line * CHI_LINE_BYTES;
}

static void world_on_fill(void *self, uint64_t now_ps, uint64_t line_address, cache_line_t *line, unsigned error,
                          unsigned from)
{
    (void)now_ps;
    world_core_t *core = self;
    core->fills++;
    core->errors += error != CHI_OKAY;
    core->last_fill = line_address;
    core->last_fill_from = from;
    if (line && core->filled)
        core->filled(core, line);
}

static void world_on_atomic(void *self, uint64_t now_ps, uint64_t line_address, const uint8_t *old, unsigned error,
                            unsigned from)
{
    (void)now_ps;
    (void)line_address;
    (void)from;
    world_core_t *core = self;
    core->answers++;
    core->errors += error != CHI_OKAY;
    core->last_has_old = old;
    if (old)
        memcpy(core->last_old, old, CHI_LINE_BYTES);
    if (core->answered)
        core->answered(core);
}

static void world_on_line_lost(void *self, uint64_t now_ps, uint64_t line_address, bool to_shared, bool by_snoop)
{
    (void)now_ps;
    (void)by_snoop;
    world_core_t *core = self;
    core->last_lost = line_address;
    if (to_shared)
        core->lost_to_shared++;
    else
        core->lost++;
}

/* l1_ways, l2_ways: of one set. */
static inline world_t *world_new(unsigned cores, unsigned l1_ways, unsigned l2_ways, cache_fault_t fault)
{
    world_t *world = calloc(1, sizeof *world);
    base_error_t error;
    world->engine = engine_new();
    world->trace = trace_new();
    world->core_count = cores;
    cache_cluster_config_t config = {.cores = cores,
                                     .l2_size_bytes = l2_ways * CHI_LINE_BYTES,
                                     .l2_ways = l2_ways,
                                     .l2_tag_cycles = 1,
                                     .l2_data_cycles = 1,
                                     .transactions = 2,
                                     .period_ps = 1,
                                     .fault = fault};
    trace_port_t *port = trace_port_new(world->trace, "scu", cache_cluster_trace_names());
    cr_assert_eq(cache_cluster_new(world->engine, &config, port, &world->cluster, &error), 0, "%s", error.text);
    cache_cluster_attach_system(world->cluster, (engine_link_t *)(void *)&world->to_memory);
    for (unsigned i = 0; i < cores; i++) {
        world_core_t *core = &world->cores[i];
        core->world = world;
        core->index = i;
        cache_cluster_attach_core(world->cluster, i, (engine_link_t *)(void *)&world->down[i]);
        cache_l1d_config_t l1d = {.size_bytes = l1_ways * CHI_LINE_BYTES,
                                  .ways = l1_ways,
                                  .mshrs = 2,
                                  .write_back_entries = 2,
                                  .period_ps = 1,
                                  .fault = fault};
        cache_l1d_client_t client = {
            .self = core, .on_fill = world_on_fill, .on_atomic = world_on_atomic, .on_line_lost = world_on_line_lost};
        port = trace_port_new(world->trace, "l1d", cache_l1d_trace_names());
        engine_link_t *up = (engine_link_t *)(void *)&world->up[i];
        cr_assert_eq(cache_l1d_new(&l1d, i, up, port, &client, &core->l1d, &error), 0, "%s", error.text);
    }
    return world;
}

static inline void world_free(world_t *world)
{
    for (unsigned i = 0; i < world->core_count; i++)
        cache_l1d_free(world->cores[i].l1d);
    cache_cluster_free(world->cluster);
    trace_free(world->trace);
    engine_free(world->engine);
    free(world);
}

/* --- delivering --- */

static inline chi_message_t world_take(world_queue_t *queue)
{
    cr_assert_gt(queue->count, 0, "nothing to deliver");
    chi_message_t message = queue->messages[0];
    queue->count--;
    memmove(&queue->messages[0], &queue->messages[1], queue->count * sizeof queue->messages[0]);
    memset(&queue->messages[queue->count], 0, sizeof queue->messages[0]);
    return message;
}

static inline void world_up(world_t *world, unsigned core)
{
    chi_message_t message = world_take(&world->up[core]);
    cache_cluster_receive(world->cluster, 0, &message);
}

static inline void world_down(world_t *world, unsigned core)
{
    chi_message_t message = world_take(&world->down[core]);
    cache_l1d_receive(world->cores[core].l1d, 0, &message);
}

/* Memory handles one request. */
static inline void world_memory(world_t *world)
{
    chi_message_t message = world_take(&world->to_memory);
    uint64_t line = (message.address - WORLD_BASE) / CHI_LINE_BYTES;
    bool read = message.opcode == CHI_READ_NO_SNOOP;
    if (line >= WORLD_LINES)
        message.error = CHI_DECERR;
    else if (read)
        memcpy(message.data, world->memory[line], CHI_LINE_BYTES);
    else
        memcpy(world->memory[line], message.data, CHI_LINE_BYTES);
    message.opcode = read ? CHI_COMP_DATA : CHI_COMP;
    chi_send((engine_link_t *)(void *)&world->from_memory, 0, 0, &message);
}

static inline void world_from_memory(world_t *world)
{
    chi_message_t message = world_take(&world->from_memory);
    cache_cluster_receive(world->cluster, 0, &message);
}

/* Delivers everything, core 0's messages first, until nothing is in flight. */
static inline void world_settle(world_t *world)
{
    for (bool more = true; more;) {
        more = false;
        for (unsigned i = 0; i < world->core_count; i++) {
            for (; world->up[i].count; more = true)
                world_up(world, i);
            for (; world->down[i].count; more = true)
                world_down(world, i);
        }
        for (; world->to_memory.count; more = true)
            world_memory(world);
        for (; world->from_memory.count; more = true)
            world_from_memory(world);
    }
}

/* --- looking and acting --- */

/* Name of the state of `line` in the array or the write-back buffer of a core. */
static inline const char *world_state(const world_t *world, unsigned core, unsigned line)
{
    const cache_l1d_t *l1d = world->cores[core].l1d;
    for (uint32_t i = 0; i < l1d->first_entry + l1d->config.write_back_entries; i++)
        if (l1d->array.lines[i].address == world_address(line))
            return cache_state_name(l1d->array.lines[i].state);
    return "I";
}

static inline cache_outcome_t world_request(world_t *world, unsigned core, unsigned line, cache_want_t want)
{
    return cache_l1d_request(world->cores[core].l1d, 0, world_address(line), want, CHI_INNER_SHAREABLE, 0x1000 + core);
}

/* Sends a far atomic on one byte. expected: for CHI_ATOMIC_COMPARE. */
static inline cache_outcome_t world_atomic(world_t *world, unsigned core, unsigned line, unsigned at,
                                           chi_opcode_t opcode, chi_atomic_op_t op, uint8_t operand, uint8_t expected)
{
    chi_message_t request = {.opcode = (uint8_t)opcode,
                             .atomic_op = (uint8_t)op,
                             .memory_type = CHI_NORMAL_WB,
                             .shareability = CHI_INNER_SHAREABLE,
                             .pc = 0x3000 + core};
    chi_atomic_encode(&request, world_address(line) + at, 1, &operand, &expected);
    return cache_l1d_send_atomic(world->cores[core].l1d, 0, &request);
}

/* Gives up whatever stands in a way: the L1Ds of the world have one set. */
static inline void world_evict(world_t *world, unsigned core, unsigned way)
{
    cr_assert_eq(cache_l1d_maintain_set_way(world->cores[core].l1d, 0, 0, way, true, true), CACHE_MISS);
}

static inline cache_line_t *world_line(world_t *world, unsigned core, unsigned line)
{
    return cache_l1d_lookup(world->cores[core].l1d, world_address(line));
}

/* Stores a byte to a line the core owns. */
static inline void world_store(world_t *world, unsigned core, unsigned line, unsigned at, uint8_t value)
{
    cache_line_t *held = world_line(world, core, line);
    cr_assert(held && cache_l1d_make_dirty(world->cores[core].l1d, 0, held, 0x2000 + core));
    held->data[at] = value;
}

/* Asks, delivers everything, and stores. */
static inline void world_own(world_t *world, unsigned core, unsigned line, unsigned at, uint8_t value)
{
    if (world_request(world, core, line, CACHE_WANT_WRITE) != CACHE_HIT)
        world_settle(world);
    world_store(world, core, line, at, value);
}

/* Asks, delivers everything, and returns the byte. */
static inline uint8_t world_load(world_t *world, unsigned core, unsigned line, unsigned at)
{
    if (world_request(world, core, line, CACHE_WANT_READ) != CACHE_HIT)
        world_settle(world);
    cache_line_t *held = world_line(world, core, line);
    cr_assert_not_null(held);
    return held->data[at];
}

#endif
