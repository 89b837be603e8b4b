/* An exhaustive model check: every order in which a few cores can act on a few lines and messages can arrive, run
 * through the controllers themselves (world.h), breadth first, so that the first violation found is a shortest one.
 *
 * A line's value is its first byte: a store writes last % 3 + 1, and every readable copy must show the last value. What
 * identifies a state is written out by describe_*; the full memory of the controllers is kept as a patch against the
 * initial one. */
#ifndef MESIM_TESTS_CACHE_MODEL_H
#define MESIM_TESTS_CACHE_MODEL_H

#include "base/hash.h"
#include "world.h"

#include <glib.h>
#include <stdio.h>

enum { MODEL_MAX_LINES = 2, MODEL_NODES = 16, MODEL_MAX_REGIONS = 32 };

typedef enum model_operation { MODEL_IDLE, MODEL_LOAD, MODEL_STORE, MODEL_OVERWRITE } model_operation_t;

typedef struct model_config {
    unsigned cores, lines, l1_ways, l2_ways;
    bool overwrite; /* cores also write whole lines */
    bool evict;     /* cores give up lines at any time */
    bool clean;     /* CleanShared to both points, CleanInvalid */
    bool discard;   /* MakeInvalid: values are not checked, since they may be lost */
    bool fetch;     /* ReadOnce that snoops */
    bool atomic;    /* far atomics, with and without a result */
    bool device;    /* a device reads and writes, one line at a time */
    cache_fault_t fault;
    size_t limit; /* of states; 0: none */
} model_config_t;

typedef struct model_result {
    size_t states, transitions, depth;
    bool complete;
    char violation[256]; /* "" when there is none */
} model_result_t;

/* A far atomic in flight: it inverts bit 0 of the line's first byte. */
typedef enum model_atomic { MODEL_NO_ATOMIC, MODEL_ATOMIC_LOAD, MODEL_ATOMIC_STORE, MODEL_PERFORMED } model_atomic_t;

/* What the cores are about, beside the caches. */
typedef enum model_io { MODEL_IO_IDLE, MODEL_IO_READ, MODEL_IO_WRITE, MODEL_IO_WRITE_PART } model_io_t;

typedef struct model_ghost {
    uint8_t last[MODEL_MAX_LINES];
    uint8_t operation[WORLD_MAX_CORES], line[WORLD_MAX_CORES];
    uint8_t fetching[WORLD_MAX_CORES];
    uint8_t atomic[WORLD_MAX_CORES], atomic_line[WORLD_MAX_CORES]; /* model_atomic_t */
    uint8_t io, io_line, io_value;                                 /* of the device: model_io_t, what it writes */
    uint8_t io_answered;                                           /* the answer is on its way */
    uint8_t io_seen; /* bit a value that the line has had since the device asked for it */
} model_ghost_t;

typedef struct model_region {
    void *bytes;
    size_t length;
} model_region_t;

typedef struct model {
    const model_config_t *config;
    world_t *world;
    model_ghost_t ghost;
    model_region_t regions[MODEL_MAX_REGIONS];
    unsigned region_count;
    size_t length;
    uint64_t *base, *now; /* snapshots in words */
    GHashTable *seen;
    GQueue *frontier; /* of GByteArray patches */
    model_result_t *result;
    GByteArray *key;
} model_t;

/* --- the whole state as words --- */

static void model_add_region(model_t *model, void *bytes, size_t length)
{
    cr_assert_lt(model->region_count, MODEL_MAX_REGIONS);
    model->regions[model->region_count++] = (model_region_t){bytes, length};
    model->length += (length + 7) / 8;
}

static void model_add_array(model_t *model, cache_array_t *array)
{
    size_t in_sets = (size_t)array->sets * array->ways, lines = in_sets + array->extra;
    model_add_region(model, array->tags, in_sets * sizeof *array->tags);
    if (array->stamps)
        model_add_region(model, array->stamps, in_sets * sizeof *array->stamps);
    model_add_region(model, array->lines, lines * sizeof *array->lines);
    model_add_region(model, array->data, lines * CHI_LINE_BYTES);
}

static void model_add_regions(model_t *model)
{
    world_t *world = model->world;
    cache_cluster_t *cluster = world->cluster;
    uint32_t transactions = cluster->config.transactions;
    model_add_region(model, &model->ghost, sizeof model->ghost);
    model_add_region(model, world->up, sizeof world->up);
    model_add_region(model, world->down, sizeof world->down);
    model_add_region(model, &world->to_memory, sizeof world->to_memory);
    model_add_region(model, &world->from_memory, sizeof world->from_memory);
    model_add_region(model, world->memory, sizeof world->memory);
    for (unsigned i = 0; i < world->core_count; i++) {
        cache_l1d_t *l1d = world->cores[i].l1d;
        model_add_region(model, l1d, offsetof(cache_l1d_t, stats));
        model_add_region(model, l1d->line_flags, l1d->first_entry + l1d->config.write_back_entries);
        model_add_array(model, &l1d->array);
    }
    model_add_region(model, cluster, offsetof(cache_cluster_t, stats));
    model_add_array(model, &cluster->array);
    model_add_region(model, cluster->directory, (cluster->first_victim + transactions) * sizeof *cluster->directory);
    model_add_region(model, cluster->busy, cluster->array.sets * sizeof *cluster->busy);
    model_add_region(model, cluster->buffers, 2 * transactions * sizeof *cluster->buffers);
    model_add_region(model, cluster->free_buffers, transactions * sizeof *cluster->free_buffers);
    model_add_region(model, cluster->free_victims, transactions * sizeof *cluster->free_victims);
    model_add_region(model, cluster->nodes, MODEL_NODES * sizeof *cluster->nodes);
}

static void model_read_words(const model_t *model, uint64_t *words)
{
    for (unsigned i = 0; i < model->region_count; i++) {
        memcpy(words, model->regions[i].bytes, model->regions[i].length);
        words += (model->regions[i].length + 7) / 8;
    }
}

static void model_write_words(const model_t *model, const uint64_t *words)
{
    for (unsigned i = 0; i < model->region_count; i++) {
        memcpy(model->regions[i].bytes, words, model->regions[i].length);
        words += (model->regions[i].length + 7) / 8;
    }
}

/* The words that differ from the base: index, value. */
static GByteArray *model_save(model_t *model)
{
    GByteArray *patch = g_byte_array_new();
    model_read_words(model, model->now);
    for (uint32_t i = 0; i < model->length; i++) {
        if (model->now[i] == model->base[i])
            continue;
        g_byte_array_append(patch, (const guint8 *)&i, sizeof i);
        g_byte_array_append(patch, (const guint8 *)&model->now[i], sizeof model->now[i]);
    }
    return patch;
}

static void model_restore(model_t *model, const GByteArray *patch)
{
    memcpy(model->now, model->base, model->length * sizeof *model->now);
    for (guint at = 0; at < patch->len;) {
        uint32_t index;
        memcpy(&index, patch->data + at, sizeof index);
        memcpy(&model->now[index], patch->data + at + sizeof index, sizeof model->now[index]);
        at += sizeof index + sizeof model->now[index];
    }
    model_write_words(model, model->now);
}

/* --- what identifies a state --- */

static void model_put(model_t *model, unsigned value)
{
    guint8 byte = (guint8)value;
    g_byte_array_append(model->key, &byte, 1);
}

static void model_put_address(model_t *model, uint64_t address)
{
    model_put(model, address == CACHE_NO_ADDRESS ? 0xff : (unsigned)((address - WORLD_BASE) / CHI_LINE_BYTES));
}

static void model_put_message(model_t *model, const chi_message_t *message)
{
    model_put(model, message->opcode);
    model_put(model, message->state);
    model_put(model, message->source);
    model_put(model, message->flags);
    model_put(model, message->transaction >> 16 & 0xff);
    model_put(model, message->transaction & 0xff);
    model_put_address(model, message->address);
    model_put(model, chi_has_data(message->opcode) ? message->data[0] : 0);
}

static void model_put_queue(model_t *model, const world_queue_t *queue)
{
    model_put(model, queue->count);
    for (unsigned i = 0; i < queue->count; i++)
        model_put_message(model, &queue->messages[i]);
}

static void model_put_array(model_t *model, const cache_array_t *array)
{
    for (uint32_t i = 0; i < array->sets * array->ways + array->extra; i++) {
        const cache_line_t *line = &array->lines[i];
        model_put_address(model, line->address);
        if (line->address == CACHE_NO_ADDRESS)
            continue;
        model_put(model, line->state);
        model_put(model, line->data[0]);
        bool in_set = i < array->ways; /* of the one set: the order of use matters */
        for (uint32_t j = 0; in_set && j < array->ways; j++)
            model_put(model,
                      array->stamps ? array->stamps[i] < array->stamps[j] : line->last_use < array->lines[j].last_use);
    }
}

static void model_put_waiting(model_t *model, const l2_queue_t *queue)
{
    const cache_cluster_t *cluster = model->world->cluster;
    for (uint32_t node = queue->head; node != L2_NO_NODE; node = cluster->nodes[node].next)
        model_put_message(model, &cluster->nodes[node].request);
    model_put(model, 0xfe);
}

static void model_put_l1d(model_t *model, const cache_l1d_t *l1d)
{
    model_put_array(model, &l1d->array);
    for (uint32_t i = 0; i < l1d->mshrs.count; i++) {
        bool free = l1d->mshrs.free >> i & 1;
        const cache_line_t *line = l1d->mshrs.registers[i].line;
        model_put(model, free ? 0xff : line ? cache_array_index(&l1d->array, line) : 0xfe);
    }
    model_put(model, (unsigned)l1d->free_entries);
    model_put(model, l1d->maintenance_requests);
    model_put(model, l1d->maintenance_entries);
}

static void model_put_cluster(model_t *model, const cache_cluster_t *cluster)
{
    model_put_array(model, &cluster->array);
    for (uint32_t i = 0; i < cluster->first_victim + cluster->config.transactions; i++) {
        const l2_directory_t *entry = &cluster->directory[i];
        model_put(model, (unsigned)entry->sharers);
        model_put(model, (unsigned)(uint8_t)entry->owner);
        model_put(model, entry->dirty | entry->hollow << 1);
        model_put(model, entry->buffer);
        if (entry->buffer == L2_NO_BUFFER)
            continue;
        const l2_buffer_t *buffer = &cluster->buffers[entry->buffer];
        model_put_message(model, &buffer->request);
        model_put(model, buffer->acks);
        model_put(model, buffer->owner_snooped | buffer->snooped << 1);
        model_put_waiting(model, &buffer->waiting);
    }
    model_put_waiting(model, &cluster->stalled);
}

static uint64_t model_hash(GByteArray *key)
{
    static const guint8 padding[8] = {0};
    g_byte_array_append(key, padding, 7 - (key->len + 7) % 8);
    uint64_t hash = BASE_HASH_INIT, word;
    for (guint i = 0; i < key->len; i += sizeof word) {
        memcpy(&word, key->data + i, sizeof word);
        hash = base_hash_fold(hash, word);
    }
    return hash;
}

/* A state is known by 64 bits of hash: of millions of states two collide with a chance below one in a million. */
static bool model_is_new(model_t *model)
{
    world_t *world = model->world;
    g_byte_array_set_size(model->key, 0);
    g_byte_array_append(model->key, (const guint8 *)&model->ghost, sizeof model->ghost);
    for (unsigned i = 0; i < world->core_count; i++) {
        model_put_queue(model, &world->up[i]);
        model_put_queue(model, &world->down[i]);
        model_put_l1d(model, world->cores[i].l1d);
    }
    model_put_queue(model, &world->to_memory);
    model_put_queue(model, &world->from_memory);
    for (unsigned line = 0; line < model->config->lines; line++)
        model_put(model, world->memory[line][0]);
    model_put_cluster(model, world->cluster);
    gint64 *hash = g_new(gint64, 1);
    *hash = (gint64)model_hash(model->key);
    return g_hash_table_add(model->seen, hash);
}

/* --- what must hold --- */

#define model_fail(model, ...) snprintf((model)->result->violation, sizeof(model)->result->violation, __VA_ARGS__)

static void model_check_line(model_t *model, unsigned line)
{
    world_t *world = model->world;
    unsigned readers = 0, writers = 0, last = model->ghost.last[line];
    for (unsigned i = 0; i < world->core_count; i++) {
        const cache_line_t *held = world_line(world, i, line);
        if (!held)
            continue;
        readers++;
        writers += cache_state_exclusive(held->state);
        if (!model->config->discard && held->data[0] != last)
            model_fail(model, "line %u: core %u (%s) has %u, last written was %u", line, i,
                       cache_state_name(held->state), held->data[0], last);
    }
    if (writers > 1 || (writers && readers > 1))
        model_fail(model, "line %u: %u exclusive holders, %u readers", line, writers, readers);
    cache_cluster_view_t view;
    bool present = cache_cluster_inspect(world->cluster, world_address(line), &view);
    if (readers && !present)
        model_fail(model, "line %u is in an L1 but not in the L2", line);
    if (present && !view.busy && view.owner < 0 && !view.hollow && !model->config->discard && view.data[0] != last)
        model_fail(model, "line %u: the L2 (%s) has %u, last written was %u", line, view.state, view.data[0], last);
    if (!present && !world->to_memory.count && !world->from_memory.count && !model->config->discard &&
        world->memory[line][0] != last)
        model_fail(model, "line %u: memory has %u, last written was %u", line, world->memory[line][0], last);
}

static void model_check(model_t *model)
{
    world_t *world = model->world;
    for (unsigned line = 0; line < model->config->lines; line++)
        model_check_line(model, line);
    bool in_flight = world->to_memory.count || world->from_memory.count, waiting = false;
    for (unsigned i = 0; i < world->core_count; i++) {
        in_flight |= world->up[i].count || world->down[i].count;
        waiting |= model->ghost.io || model->ghost.atomic[i] || model->ghost.operation[i] != MODEL_IDLE ||
                   model->ghost.fetching[i] || cache_l1d_maintenance_pending(world->cores[i].l1d);
    }
    if (waiting && !in_flight)
        model_fail(model, "deadlock: a core waits and nothing is in flight");
}

/* --- what can happen --- */

static model_t *model_of(world_core_t *core)
{
    return (model_t *)(void *)core->world->user;
}

static void model_store(model_t *model, cache_line_t *line)
{
    uint8_t *last = &model->ghost.last[(line->address - WORLD_BASE) / CHI_LINE_BYTES];
    *last = *last % 3 + 1;
    line->data[0] = *last;
}

static void model_filled(world_core_t *core, cache_line_t *line)
{
    model_t *model = model_of(core);
    uint8_t *operation = &model->ghost.operation[core->index];
    if (*operation == MODEL_IDLE || world_address(model->ghost.line[core->index]) != line->address)
        return;
    if (*operation != MODEL_LOAD && cache_l1d_make_dirty(core->l1d, 0, line, 0))
        model_store(model, line);
    *operation = MODEL_IDLE;
    model->ghost.line[core->index] = 0;
}

/* Each returns whether it did anything. */
static bool model_start(model_t *model, unsigned core, unsigned line, model_operation_t operation)
{
    static const cache_want_t wants[] = {
        [MODEL_LOAD] = CACHE_WANT_READ, [MODEL_STORE] = CACHE_WANT_WRITE, [MODEL_OVERWRITE] = CACHE_WANT_OVERWRITE};
    if (model->ghost.operation[core] != MODEL_IDLE || (operation == MODEL_OVERWRITE && !model->config->overwrite))
        return false;
    model->ghost.operation[core] = (uint8_t)operation;
    model->ghost.line[core] = (uint8_t)line;
    cache_outcome_t outcome = world_request(model->world, core, line, wants[operation]);
    if (outcome == CACHE_MISS)
        return true;
    model->ghost.operation[core] = MODEL_IDLE;
    model->ghost.line[core] = 0;
    cache_line_t *held = world_line(model->world, core, line);
    if (outcome != CACHE_HIT || operation == MODEL_LOAD ||
        !cache_l1d_make_dirty(model->world->cores[core].l1d, 0, held, 0))
        return false;
    model_store(model, held);
    return true;
}

static bool model_maintain(model_t *model, unsigned core, unsigned line, unsigned kind)
{
    static const struct {
        chi_opcode_t opcode;
        unsigned flags;
    } kinds[] = {
        {CHI_CLEAN_SHARED, 0}, {CHI_CLEAN_SHARED, CHI_FLAG_TO_POU}, {CHI_CLEAN_INVALID, 0}, {CHI_MAKE_INVALID, 0}};
    cache_l1d_t *l1d = model->world->cores[core].l1d;
    if (!(kinds[kind].opcode == CHI_MAKE_INVALID ? model->config->discard : model->config->clean) ||
        cache_l1d_maintenance_pending(l1d))
        return false;
    return cache_l1d_maintain(l1d, 0, kinds[kind].opcode, world_address(line), kinds[kind].flags, 0) != CACHE_FULL;
}

static bool model_evict(model_t *model, unsigned core, unsigned line)
{
    cache_l1d_t *l1d = model->world->cores[core].l1d;
    const cache_line_t *held = world_line(model->world, core, line);
    return model->config->evict && held && !cache_l1d_maintenance_pending(l1d) &&
           cache_l1d_maintain_set_way(l1d, 0, held->set, held->way, true, true) == CACHE_MISS;
}

static bool model_fetch(model_t *model, unsigned core, unsigned line)
{
    if (!model->config->fetch || model->ghost.fetching[core])
        return false;
    chi_message_t request = {.opcode = CHI_READ_ONCE,
                             .shareability = CHI_INNER_SHAREABLE,
                             .source = (uint8_t)core,
                             .transaction = 1u << 31,
                             .address = world_address(line)};
    model->ghost.fetching[core] = 1;
    chi_send((engine_link_t *)(void *)&model->world->up[core], 0, 0, &request);
    return true;
}

static bool model_start_atomic(model_t *model, unsigned core, unsigned line, model_atomic_t kind)
{
    chi_opcode_t opcode = kind == MODEL_ATOMIC_LOAD ? CHI_ATOMIC_LOAD : CHI_ATOMIC_STORE;
    if (!model->config->atomic || model->ghost.atomic[core] ||
        world_atomic(model->world, core, line, 0, opcode, CHI_OP_EOR, 1, 0) != CACHE_MISS)
        return false;
    model->ghost.atomic[core] = (uint8_t)kind;
    model->ghost.atomic_line[core] = (uint8_t)line;
    return true;
}

static void model_atomic_answered(world_core_t *core)
{
    model_t *model = model_of(core);
    if (model->ghost.atomic[core->index] != MODEL_PERFORMED)
        model_fail(model, "core %u: answer to an atomic that was not performed", core->index);
    model->ghost.atomic[core->index] = model->ghost.atomic_line[core->index] = 0;
}

/* The answer on its way to the core, if there is one. */
static const chi_message_t *model_atomic_answer(const model_t *model, unsigned core)
{
    const world_queue_t *queue = &model->world->down[core];
    for (unsigned i = 0; i < queue->count; i++)
        if (queue->messages[i].opcode >= CHI_COMP && queue->messages[i].transaction & L1_TRANSACTION_ATOMIC)
            return &queue->messages[i];
    return NULL;
}

/* A far atomic is performed when its answer leaves the cluster. Where one message lets several be performed, they have
 * an order in which each with a result got the value that the one before it left. */
static void model_watch_atomics(model_t *model)
{
    model_ghost_t *ghost = &model->ghost;
    for (bool progress = true; progress;) {
        progress = false;
        for (unsigned pass = MODEL_ATOMIC_LOAD; pass <= MODEL_ATOMIC_STORE && !progress; pass++) {
            for (unsigned core = 0; core < model->world->core_count && !progress; core++) {
                const chi_message_t *answer = model_atomic_answer(model, core);
                uint8_t *last = &ghost->last[ghost->atomic_line[core]];
                progress = ghost->atomic[core] == pass && answer &&
                           (pass == MODEL_ATOMIC_STORE || model->config->discard || answer->data[0] == *last);
                if (!progress)
                    continue;
                ghost->atomic[core] = MODEL_PERFORMED;
                *last ^= 1;
            }
        }
    }
    for (unsigned core = 0; core < model->world->core_count; core++) {
        const chi_message_t *answer = model_atomic_answer(model, core);
        if (answer && ghost->atomic[core] == MODEL_ATOMIC_LOAD)
            model_fail(model, "line %u: a far atomic of core %u found %u, last written was %u",
                       ghost->atomic_line[core], core, answer->data[0], ghost->last[ghost->atomic_line[core]]);
    }
}

/* A device's request comes up the way that memory's answers come. */
static bool model_io(model_t *model, unsigned line, model_io_t io)
{
    if (!model->config->device || model->ghost.io)
        return false;
    model->ghost.io = (uint8_t)io;
    model->ghost.io_line = (uint8_t)line;
    model->ghost.io_value = (uint8_t)(io == MODEL_IO_READ ? 0 : model->ghost.last[line] % 3 + 1);
    model->ghost.io_seen = (uint8_t)(io == MODEL_IO_READ ? 1 << model->ghost.last[line] : 0);
    chi_message_t request = {.opcode = io == MODEL_IO_READ ? CHI_READ_ONCE : CHI_WRITE_UNIQUE,
                             .shareability = CHI_OUTER_SHAREABLE,
                             .source = CHI_SOURCE_IO,
                             .size_bytes = CHI_LINE_BYTES,
                             .operand = io == MODEL_IO_WRITE ? UINT64_MAX : 1,
                             .address = world_address(line)};
    request.data[0] = model->ghost.io_value;
    chi_send((engine_link_t *)(void *)&model->world->from_memory, 0, 0, &request);
    return true;
}

/* The answer leaves the cluster when the transfer has its place in the order of the line; an owner may write on after
 * it has shown its data. */
static void model_watch_io(model_t *model)
{
    const world_queue_t *queue = &model->world->to_memory;
    model_ghost_t *ghost = &model->ghost;
    if (ghost->io == MODEL_IO_READ)
        ghost->io_seen |= (uint8_t)(1 << ghost->last[ghost->io_line]);
    for (unsigned i = 0; i < queue->count && !ghost->io_answered; i++) {
        const chi_message_t *answer = &queue->messages[i];
        if (answer->source != CHI_SOURCE_IO)
            continue;
        ghost->io_answered = 1;
        if (ghost->io != MODEL_IO_READ)
            ghost->last[ghost->io_line] = ghost->io_value;
        cache_cluster_view_t view;
        bool owned =
            cache_cluster_inspect(model->world->cluster, world_address(ghost->io_line), &view) && view.owner >= 0;
        unsigned allowed = owned ? ghost->io_seen : 1u << ghost->last[ghost->io_line];
        if (ghost->io == MODEL_IO_READ && !model->config->discard && !(allowed >> answer->data[0] & 1))
            model_fail(model, "line %u: a device reads %u, last written was %u", ghost->io_line, answer->data[0],
                       ghost->last[ghost->io_line]);
    }
}

static void model_to_memory(model_t *model)
{
    world_queue_t *queue = &model->world->to_memory;
    if (queue->messages[0].source != CHI_SOURCE_IO) {
        world_memory(model->world);
        return;
    }
    world_take(queue);
    model_ghost_t *ghost = &model->ghost;
    ghost->io = ghost->io_line = ghost->io_value = ghost->io_answered = ghost->io_seen = 0;
}

static bool model_deliver_down(model_t *model, unsigned core)
{
    world_queue_t *queue = &model->world->down[core];
    if (!queue->count)
        return false;
    if (!(queue->messages[0].opcode >= CHI_COMP && queue->messages[0].transaction >> 31)) {
        world_down(model->world, core);
        return true;
    }
    world_take(queue);
    model->ghost.fetching[core] = 0;
    return true;
}

enum { MODEL_OF_CORE = 2, MODEL_OF_LINE = 14 };

/* Action `number` of core and line; false: not possible now. */
static bool model_act_on_line(model_t *model, unsigned core, unsigned line, unsigned number)
{
    switch (number) {
    case 0: return model_start(model, core, line, MODEL_LOAD);
    case 1: return model_start(model, core, line, MODEL_STORE);
    case 2: return model_start(model, core, line, MODEL_OVERWRITE);
    case 3: return model_evict(model, core, line);
    case 4: return model_fetch(model, core, line);
    case 5:
    case 6:
    case 7: return core == 0 && model_io(model, line, number - 5 + MODEL_IO_READ); /* the device is no core's */
    case 12: return model_start_atomic(model, core, line, MODEL_ATOMIC_LOAD);
    case 13: return model_start_atomic(model, core, line, MODEL_ATOMIC_STORE);
    default: return model_maintain(model, core, line, number - 8);
    }
}

static bool model_act(model_t *model, unsigned number)
{
    world_t *world = model->world;
    unsigned cores = world->core_count, lines = model->config->lines;
    if (number < cores * lines * MODEL_OF_LINE)
        return model_act_on_line(model, number / MODEL_OF_LINE / lines, number / MODEL_OF_LINE % lines,
                                 number % MODEL_OF_LINE);
    number -= cores * lines * MODEL_OF_LINE;
    if (number < cores)
        return model_deliver_down(model, number);
    number -= cores;
    if (number < cores) {
        if (!world->up[number].count)
            return false;
        world_up(world, number);
        return true;
    }
    world_queue_t *queue = number == cores ? &world->to_memory : &world->from_memory;
    if (!queue->count)
        return false;
    if (number == cores)
        model_to_memory(model);
    else
        world_from_memory(world);
    return true;
}

/* --- the search --- */

static void model_expand(model_t *model, const GByteArray *patch)
{
    unsigned actions = model->world->core_count * (model->config->lines * MODEL_OF_LINE + MODEL_OF_CORE) + 2;
    bool changed = true;
    for (unsigned number = 0; number < actions && !*model->result->violation; number++) {
        if (changed)
            model_restore(model, patch);
        changed = model_act(model, number); /* what is not possible changes nothing */
        if (!changed)
            continue;
        model->result->transitions++;
        model_watch_io(model);
        model_watch_atomics(model);
        model_check(model);
        if (!model_is_new(model))
            continue;
        model->result->states++;
        g_queue_push_tail(model->frontier, model_save(model));
    }
}

static void model_search(model_t *model)
{
    model_result_t *result = model->result;
    model_is_new(model);
    g_queue_push_tail(model->frontier, model_save(model));
    for (; !g_queue_is_empty(model->frontier) && !*result->violation; result->depth++) {
        for (guint left = g_queue_get_length(model->frontier); left && !*result->violation; left--) {
            GByteArray *patch = g_queue_pop_head(model->frontier);
            model_expand(model, patch);
            g_byte_array_unref(patch);
        }
        if (model->config->limit && result->states > model->config->limit)
            return;
    }
    result->complete = !*result->violation;
}

/* Requests that wait get their places beforehand, so that all state stays where it is. */
static void model_allocate_nodes(cache_cluster_t *cluster)
{
    cluster->nodes = g_new0(l2_node_t, MODEL_NODES);
    cluster->node_capacity = MODEL_NODES;
    for (uint32_t i = 0; i < MODEL_NODES; i++)
        cluster->nodes[i].next = i + 1 < MODEL_NODES ? i + 1 : L2_NO_NODE;
    cluster->free_nodes = 0;
}

static inline model_result_t model_explore(const model_config_t *config)
{
    model_result_t result = {0};
    model_t model = {.config = config, .result = &result};
    model.world = world_new(config->cores, config->l1_ways, config->l2_ways, config->fault);
    model.world->user = &model;
    model.world->cluster->config.fetch_snoops = true;
    for (unsigned i = 0; i < config->cores; i++) {
        model.world->cores[i].filled = model_filled;
        model.world->cores[i].answered = model_atomic_answered;
    }
    model_allocate_nodes(model.world->cluster);
    model_add_regions(&model);
    model.base = g_new0(uint64_t, model.length);
    model.now = g_new0(uint64_t, model.length);
    model_read_words(&model, model.base);
    model.seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    model.frontier = g_queue_new();
    model.key = g_byte_array_new();
    model_search(&model);
    g_queue_free_full(model.frontier, (GDestroyNotify)g_byte_array_unref);
    g_hash_table_destroy(model.seen);
    g_byte_array_unref(model.key);
    g_free(model.base);
    g_free(model.now);
    world_free(model.world);
    return result;
}

#endif
