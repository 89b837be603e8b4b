/* The cluster as a component: its life, where its messages go, its views. */
#include "cache/cluster.h"

#include "base/error.h"
#include "cache/checker.h"
#include "cache/cluster_impl.h"
#include "cache/protocol_impl.h"
#include "interconnect/send.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

/* --- responses --- */

static l2_event_t owner_event(const l2_directory_t *entry, const chi_message_t *response)
{
    switch (response->state) {
    case CHI_SC: return L2_EVENT_OWNER_SHARED;
    case CHI_UC: return L2_EVENT_OWNER_UNIQUE;
    default: break;
    }
    bool none = entry->hollow && response->opcode == CHI_SNP_RESP;
    return none ? L2_EVENT_OWNER_GONE_HOLLOW : L2_EVENT_OWNER_GONE;
}

/* A response to what a transaction sent, with its event. */
static void continue_transaction(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *message)
{
    l2_buffer_t *buffer = &cluster->buffers[message->transaction];
    if (message->transaction >= 2 * cluster->config.transactions || !buffer->line ||
        buffer->line->address != message->address)
        base_bug("cluster: %s for line %#" PRIx64 " of unknown transaction %" PRIu32, chi_opcode_name(message->opcode),
                 message->address, message->transaction);
    l2_directory_t *entry = &cluster->directory[cache_array_index(&cluster->array, buffer->line)];
    l2_step_t step = {.cluster = cluster,
                      .now_ps = now_ps,
                      .address = message->address,
                      .line = buffer->line,
                      .directory = entry,
                      .buffer = buffer,
                      .request = &buffer->request,
                      .message = message,
                      .tag_delay_ps = cluster->forward_delay_ps,
                      .data_delay_ps = cluster->forward_delay_ps};
    l2_event_t event;
    if (message->opcode == CHI_COMP_DATA)
        event = message->error == CHI_OKAY ? L2_EVENT_FILL : L2_EVENT_FILL_ERROR;
    else if (message->opcode == CHI_COMP)
        event = L2_EVENT_WRITTEN;
    else if (buffer->owner_snooped)
        event = owner_event(entry, message);
    else
        event = buffer->acks == 1 ? L2_EVENT_LAST_ACK : L2_EVENT_ACK;
    cache_cluster_perform(&step, event);
    cache_cluster_settle(cluster, now_ps);
}

/* --- what passes by --- */

/* Device and Non-cacheable accesses go around the caches, in order. */
static void pass_to_system(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request)
{
    chi_message_t forwarded = *request;
    forwarded.reserved = cluster->config.index;
    if (request->opcode == CHI_WRITE_NO_SNOOP && cluster->checker)
        cache_checker_written_around(cluster->checker, chi_line(request->address));
    chi_send(cluster->to_system, now_ps, cluster->forward_delay_ps, &forwarded);
}

static void answer_from_system(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *answer)
{
    if (answer->source != CHI_SOURCE_CLUSTER)
        chi_send(cluster->to_core[answer->source], now_ps, cluster->forward_delay_ps, answer);
    else if (answer->transaction != L2_TRANSACTION_POSTED)
        continue_transaction(cluster, now_ps, answer);
}

void cache_cluster_receive(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *message)
{
    switch (message->opcode) {
    case CHI_COMP:
    case CHI_COMP_DATA: answer_from_system(cluster, now_ps, message); return;
    case CHI_SNP_RESP:
    case CHI_SNP_RESP_DATA: continue_transaction(cluster, now_ps, message); return;
    case CHI_SNP_DVM_RESP: cache_cluster_broadcast_answered(cluster, now_ps, message); return;
    default: break;
    }
    bool from_device =
        message->source == CHI_SOURCE_IO &&
        (message->opcode == CHI_READ_ONCE || message->opcode == CHI_WRITE_UNIQUE || message->opcode == CHI_EVENT);
    if (message->opcode > CHI_EVENT || (message->source >= cluster->config.cores && !from_device))
        base_bug("cluster: unexpected %s of core %u, address %#" PRIx64, chi_opcode_name(message->opcode),
                 message->source, message->address);
    cluster->stats.requests[message->opcode]++;
    switch (message->opcode) {
    case CHI_READ_NO_SNOOP:
    case CHI_WRITE_NO_SNOOP: pass_to_system(cluster, now_ps, message); break;
    case CHI_DVM_OP:
    case CHI_DVM_SYNC:
    case CHI_EVENT: cache_cluster_broadcast(cluster, now_ps, message); break;
    default: cache_cluster_request(cluster, now_ps, message); break;
    }
}

static void run(void *self, uint64_t end_ps)
{
    cache_cluster_t *cluster = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(cluster->component, end_ps)))
        cache_cluster_receive(cluster, message->arrival_ps, (const chi_message_t *)message->payload);
}

/* --- life --- */

static int check_config(const cache_cluster_config_t *config, base_error_t *error)
{
    if (!config->cores || config->cores > CHI_MAX_CORES)
        return base_fail(error, -EINVAL, "cluster has %u cores; choose 1 to %d", config->cores, CHI_MAX_CORES);
    if (!config->transactions || config->transactions > CACHE_MAX_TRANSACTIONS)
        return base_fail(error, -EINVAL, "cluster has %" PRIu32 " transaction buffers; choose 1 to %d",
                         config->transactions, CACHE_MAX_TRANSACTIONS);
    if (!config->period_ps)
        return base_fail(error, -EINVAL, "cluster has no clock; give its period");
    if (!config->l2_tag_cycles || !config->l2_data_cycles)
        return base_fail(error, -EINVAL,
                         "L2 tags take %" PRIu32 " cycles and data %" PRIu32 "; choose at least 1 for each",
                         config->l2_tag_cycles, config->l2_data_cycles);
    return 0;
}

static void init_tables(cache_cluster_t *cluster)
{
    uint32_t transactions = cluster->config.transactions;
    cluster->first_victim = cluster->array.sets * cluster->array.ways;
    uint32_t lines = cluster->first_victim + transactions;
    cache_array_separate_stamps(&cluster->array);
    cluster->busy = g_new0(uint64_t, cluster->array.sets);
    cluster->directory = g_new(l2_directory_t, lines);
    for (uint32_t i = 0; i < lines; i++)
        cluster->directory[i] = (l2_directory_t){.buffer = L2_NO_BUFFER, .owner = L2_NO_OWNER};
    cluster->buffers = g_new0(l2_buffer_t, 2 * transactions);
    cluster->free_buffers = g_new(uint16_t, transactions);
    cluster->free_victims = g_new(uint16_t, transactions);
    for (uint32_t i = 0; i < 2 * transactions; i++)
        cluster->buffers[i].waiting.head = L2_NO_NODE;
    for (uint32_t i = 0; i < transactions; i++) { /* lowest number on top */
        cluster->free_buffers[i] = (uint16_t)(transactions - 1 - i);
        cluster->free_victims[i] = (uint16_t)(2 * transactions - 1 - i);
    }
    cluster->free_buffer_count = cluster->free_victim_count = transactions;
    cluster->free_nodes = cluster->free_broadcasts = L2_NO_NODE;
    cluster->ready = cluster->stalled.head = L2_NO_NODE;
}

int cache_cluster_new(engine_t *engine, const cache_cluster_config_t *config, trace_port_t *port,
                      cache_cluster_t **ret_cluster, base_error_t *error)
{
    static const engine_component_ops_t ops = {.run = run};
    int failed = check_config(config, error);
    if (failed)
        return failed;
    cache_cluster_t *cluster = g_new0(cache_cluster_t, 1);
    failed = cache_array_init(&cluster->array, "L2", config->l2_size_bytes, config->l2_ways,
                              config->plru ? CACHE_PLRU : CACHE_LRU, config->transactions, error);
    if (failed) {
        g_free(cluster);
        return failed;
    }
    cluster->config = *config;
    cluster->port = port;
    cluster->tag_delay_ps = config->l2_tag_cycles * config->period_ps;
    cluster->data_delay_ps = config->l2_data_cycles * config->period_ps;
    cluster->forward_delay_ps = config->period_ps;
    init_tables(cluster);
    char name[16];
    g_snprintf(name, sizeof name, "scu%" PRIu32, config->index);
    cluster->component = engine_component_new(engine, name, &ops, cluster);
    engine_component_set_least_delay(cluster->component, cluster->forward_delay_ps);
    *ret_cluster = cluster;
    return 0;
}

void cache_cluster_free(cache_cluster_t *cluster)
{
    if (!cluster)
        return;
    cache_array_done(&cluster->array);
    g_free(cluster->directory);
    g_free(cluster->busy);
    g_free(cluster->buffers);
    g_free(cluster->free_buffers);
    g_free(cluster->free_victims);
    g_free(cluster->nodes);
    g_free(cluster->broadcasts);
    g_free(cluster);
}

engine_component_t *cache_cluster_component(cache_cluster_t *cluster)
{
    return cluster->component;
}

void cache_cluster_attach_core(cache_cluster_t *cluster, unsigned core, engine_link_t *to_core)
{
    if (core >= cluster->config.cores)
        base_bug("cluster has %u cores and no core %u", cluster->config.cores, core);
    cluster->to_core[core] = to_core;
    cluster->attached |= UINT64_C(1) << core;
}

void cache_cluster_attach_system(cache_cluster_t *cluster, engine_link_t *to_system)
{
    cluster->to_system = to_system;
}

void cache_cluster_set_checker(cache_cluster_t *cluster, struct cache_checker *checker)
{
    cluster->checker = checker;
}

const cache_cluster_stats_t *cache_cluster_stats(const cache_cluster_t *cluster)
{
    return &cluster->stats;
}

const uint64_t *cache_cluster_coverage(const cache_cluster_t *cluster)
{
    return cluster->coverage;
}
