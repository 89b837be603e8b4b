/* Requests to lines: when each may start, where it waits. */
#include "base/bits.h"
#include "cache/cluster_impl.h"
#include "cache/protocol.h"
#include "cache/protocol_impl.h"
#include "interconnect/send.h"

#include <glib.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/* --- finding lines --- */

static cache_line_t *find_victim(const cache_cluster_t *cluster, uint64_t address)
{
    uint32_t used = cluster->config.transactions - cluster->free_victim_count;
    for (cache_line_t *line = &cluster->array.lines[cluster->first_victim]; used; line++) {
        if (line->address == address)
            return line;
        used -= line->address != CACHE_NO_ADDRESS;
    }
    return NULL;
}

cache_line_t *cache_cluster_find(const cache_cluster_t *cluster, uint64_t line_address)
{
    cache_line_t *line = cache_array_find(&cluster->array, line_address);
    return line ? line : find_victim(cluster, line_address);
}

static l2_directory_t *directory_of(const cache_cluster_t *cluster, const cache_line_t *line)
{
    return &cluster->directory[cache_array_index(&cluster->array, line)];
}

/* --- room for a line --- */

/* Moves a line and its directory entry to a victim buffer, so that its way is free at once. */
static cache_line_t *move_to_victim(cache_cluster_t *cluster, cache_line_t *line)
{
    uint16_t number = cluster->free_victims[--cluster->free_victim_count];
    cache_line_t *victim = &cluster->array.lines[cluster->first_victim + number - cluster->config.transactions];
    l2_directory_t *from = directory_of(cluster, line), *to = directory_of(cluster, victim);
    victim->state = line->state;
    memcpy(victim->data, line->data, CHI_LINE_BYTES);
    cache_array_name(&cluster->array, victim, line->address);
    *to = *from;
    to->buffer = number;
    *from = (l2_directory_t){.buffer = L2_NO_BUFFER, .owner = L2_NO_OWNER};
    cache_array_name(&cluster->array, line, CACHE_NO_ADDRESS);
    l2_buffer_t *buffer = &cluster->buffers[number];
    buffer->line = victim;
    return victim;
}

/* Sends the line away. The cluster acts for its own sake; the PC of the miss that wanted the way explains it. */
static void replace(cache_cluster_t *cluster, uint64_t now_ps, cache_line_t *line, bool held, uint64_t pc)
{
    chi_message_t request;
    memset(&request, 0, offsetof(chi_message_t, data));
    request.source = CHI_SOURCE_CLUSTER;
    request.memory_type = CHI_NORMAL_WB;
    request.shareability = CHI_INNER_SHAREABLE;
    request.address = line->address;
    request.pc = pc;
    l2_step_t step = {
        .cluster = cluster,
        .now_ps = now_ps,
        .address = line->address,
        .request = &request,
        .message = &request,
        .tag_delay_ps = cluster->tag_delay_ps,
    };
    if (held) {
        line = move_to_victim(cluster, line);
        step.buffer = &cluster->buffers[directory_of(cluster, line)->buffer];
        memcpy(&step.buffer->request, &request, offsetof(chi_message_t, data));
        step.buffer->fetched = step.buffer->cache_to_cache = false;
    }
    step.line = line;
    step.directory = directory_of(cluster, line);
    cache_cluster_perform(&step, held ? L2_EVENT_REPLACE_HELD : L2_EVENT_REPLACE);
}

/* A way for `address`, named and in state NP. NULL: every way of the set is busy, or no victim buffer is free. */
static cache_line_t *make_room(cache_cluster_t *cluster, uint64_t now_ps, uint64_t address, uint64_t pc)
{
    uint64_t busy = cluster->busy[cache_array_set_of(&cluster->array, address)];
    cache_line_t *line = cache_array_choose(&cluster->array, address, bits_mask(cluster->array.ways) & ~busy);
    if (!line)
        return NULL;
    const l2_directory_t *entry = directory_of(cluster, line);
    if (line->address != CACHE_NO_ADDRESS) {
        bool held = entry->sharers | entry->privates || entry->owner != L2_NO_OWNER;
        if (held && !cluster->free_victim_count)
            return NULL;
        replace(cluster, now_ps, line, held, pc);
    }
    cache_array_name(&cluster->array, line, address);
    line->state = L2_NP;
    return line;
}

/* --- starting --- */

typedef enum start_result { STARTED, LINE_BUSY, NO_ROOM } start_result_t;

/* The tag pipeline takes one request a cycle. */
static uint64_t tag_wait_ps(cache_cluster_t *cluster, uint64_t now_ps)
{
    uint64_t start_ps = cluster->tag_free_ps > now_ps ? cluster->tag_free_ps : now_ps;
    cluster->tag_free_ps = start_ps + cluster->config.period_ps;
    return start_ps - now_ps;
}

/* Starts the request, or changes nothing. On LINE_BUSY *ret_busy is the buffer working on the line. */
static start_result_t start(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request,
                            l2_buffer_t **ret_busy)
{
    static const l2_directory_t absent = {.buffer = L2_NO_BUFFER, .owner = L2_NO_OWNER};
    l2_step_t step = {.cluster = cluster,
                      .now_ps = now_ps,
                      .address = request->address,
                      .line = cache_cluster_find(cluster, request->address),
                      .request = request,
                      .message = request};
    const l2_directory_t *entry = step.line ? directory_of(cluster, step.line) : &absent;
    l2_event_t event = cache_cluster_event(cluster, entry, request);
    unsigned next;
    if (cache_cluster_plan(&step, step.line ? step.line->state : L2_NP, event, &next) == CACHE_CELL_STALL) {
        *ret_busy = &cluster->buffers[entry->buffer];
        return LINE_BUSY;
    }
    if (!l2_is_stable(next) && !cluster->free_buffer_count)
        return NO_ROOM;
    if (!step.line && next != L2_NP) {
        step.line = make_room(cluster, now_ps, request->address, request->pc);
        if (!step.line)
            return NO_ROOM;
    }
    if (step.line) {
        step.directory = directory_of(cluster, step.line);
        cluster->array.stamps[cache_array_index(&cluster->array, step.line)] = ++cluster->use_counter;
    }
    uint64_t wait_ps = tag_wait_ps(cluster, now_ps);
    step.tag_delay_ps = wait_ps + cluster->tag_delay_ps;
    step.data_delay_ps = wait_ps + cluster->data_delay_ps;
    cache_cluster_perform(&step, event);
    return STARTED;
}

/* --- waiting --- */

static uint32_t take_node(cache_cluster_t *cluster)
{
    if (cluster->free_nodes == L2_NO_NODE) {
        uint32_t old = cluster->node_capacity;
        cluster->node_capacity = old ? old * 2 : 64;
        cluster->nodes = g_renew(l2_node_t, cluster->nodes, cluster->node_capacity);
        for (uint32_t node = cluster->node_capacity; node-- > old; cluster->free_nodes = node)
            cluster->nodes[node].next = cluster->free_nodes;
    }
    uint32_t node = cluster->free_nodes;
    cluster->free_nodes = cluster->nodes[node].next;
    return node;
}

static void free_node(cache_cluster_t *cluster, uint32_t node)
{
    cluster->nodes[node].next = cluster->free_nodes;
    cluster->free_nodes = node;
}

/* Moves all of `from` behind `to`. */
static void append(cache_cluster_t *cluster, l2_queue_t *to, l2_queue_t *from)
{
    if (from->head == L2_NO_NODE)
        return;
    if (to->head == L2_NO_NODE)
        to->head = from->head;
    else
        cluster->nodes[to->tail].next = from->head;
    to->tail = from->tail;
    from->head = L2_NO_NODE;
}

static void push(cache_cluster_t *cluster, l2_queue_t *queue, uint32_t node)
{
    l2_queue_t one = {.head = node, .tail = node};
    cluster->nodes[node].next = L2_NO_NODE;
    append(cluster, queue, &one);
}

static uint32_t pop(cache_cluster_t *cluster, l2_queue_t *queue)
{
    uint32_t node = queue->head;
    queue->head = cluster->nodes[node].next;
    return node;
}

/* Starts the requests that waited for one line, until one of them makes it busy again: the rest then waits behind it.
 * Without room all go to no_room. */
static void resume_line(cache_cluster_t *cluster, uint64_t now_ps, l2_queue_t *waiting, l2_queue_t *no_room)
{
    while (waiting->head != L2_NO_NODE) {
        l2_buffer_t *busy;
        switch (start(cluster, now_ps, &cluster->nodes[waiting->head].request, &busy)) {
        case STARTED: free_node(cluster, pop(cluster, waiting)); break;
        case LINE_BUSY: append(cluster, &busy->waiting, waiting); return;
        case NO_ROOM: append(cluster, no_room, waiting); return;
        }
    }
}

/* Resumes the lines that became free. What finds no room goes before all that already waits for room, in order. */
static void settle_ready(cache_cluster_t *cluster, uint64_t now_ps)
{
    l2_queue_t no_room = {.head = L2_NO_NODE};
    while (cluster->ready != L2_NO_NODE) {
        l2_node_t *first = &cluster->nodes[cluster->ready];
        l2_queue_t waiting = {.head = cluster->ready, .tail = first->last_of_line};
        cluster->ready = first->next_line;
        resume_line(cluster, now_ps, &waiting, &no_room);
    }
    append(cluster, &no_room, &cluster->stalled);
    cluster->stalled = no_room;
}

void cache_cluster_wake(cache_cluster_t *cluster, l2_queue_t *waiting)
{
    cluster->retry = true;
    if (waiting->head == L2_NO_NODE)
        return;
    l2_node_t *first = &cluster->nodes[waiting->head];
    first->last_of_line = waiting->tail;
    first->next_line = cluster->ready;
    cluster->ready = waiting->head;
    waiting->head = L2_NO_NODE;
}

/* Tries the oldest request that waits for room. */
static bool settle_stalled(cache_cluster_t *cluster, uint64_t now_ps)
{
    l2_buffer_t *busy;
    uint32_t node = cluster->stalled.head;
    start_result_t result = start(cluster, now_ps, &cluster->nodes[node].request, &busy);
    if (result == NO_ROOM)
        return false;
    pop(cluster, &cluster->stalled);
    if (result == STARTED)
        free_node(cluster, node);
    else
        push(cluster, &busy->waiting, node);
    return true;
}

void cache_cluster_settle(cache_cluster_t *cluster, uint64_t now_ps)
{
    while (cluster->retry) {
        cluster->retry = false;
        settle_ready(cluster, now_ps);
        while (cluster->stalled.head != L2_NO_NODE && settle_stalled(cluster, now_ps))
            settle_ready(cluster, now_ps);
    }
}

static void wait_in(cache_cluster_t *cluster, l2_queue_t *queue, const chi_message_t *request)
{
    uint32_t node = take_node(cluster);
    size_t bytes = chi_has_data(request->opcode) ? sizeof *request : offsetof(chi_message_t, data);
    memcpy(&cluster->nodes[node].request, request, bytes);
    push(cluster, queue, node);
    cluster->stats.stalled_requests++;
}

static void start_or_wait(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request)
{
    l2_buffer_t *busy;
    /* Nothing overtakes what waits for room. */
    if (cluster->stalled.head != L2_NO_NODE) {
        wait_in(cluster, &cluster->stalled, request);
        return;
    }
    switch (start(cluster, now_ps, request, &busy)) {
    case STARTED: break;
    case LINE_BUSY: wait_in(cluster, &busy->waiting, request); break;
    case NO_ROOM: wait_in(cluster, &cluster->stalled, request); break;
    }
}

/* Maintenance by set and way works on the line that is there when the request arrives. */
static void request_by_way(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request)
{
    uint64_t set = request->address >> 8, way = request->address & 0xff;
    uint64_t address = CACHE_NO_ADDRESS;
    if (set < cluster->array.sets && way < cluster->array.ways)
        address = cluster->array.tags[set * cluster->array.ways + way];
    chi_message_t by_line;
    memcpy(&by_line, request, offsetof(chi_message_t, data));
    if (address != CACHE_NO_ADDRESS) {
        by_line.address = address;
        start_or_wait(cluster, now_ps, &by_line);
        return;
    }
    by_line.opcode = CHI_COMP;
    by_line.error = CHI_OKAY;
    chi_send(cluster->to_core[request->source], now_ps, tag_wait_ps(cluster, now_ps) + cluster->tag_delay_ps, &by_line);
}

void cache_cluster_request(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request)
{
    if (request->flags & CHI_FLAG_SET_WAY)
        request_by_way(cluster, now_ps, request);
    else
        start_or_wait(cluster, now_ps, request);
    cache_cluster_settle(cluster, now_ps);
}
