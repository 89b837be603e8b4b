/* The cluster as checkers and the watchdog see it. */
#include "cache/cluster_impl.h"
#include "cache/protocol_impl.h"

#include <stddef.h>

bool cache_cluster_inspect(const cache_cluster_t *cluster, uint64_t address, cache_cluster_view_t *ret_view)
{
    const trace_names_t *names = cache_cluster_trace_names();
    const cache_line_t *line = cache_cluster_find(cluster, chi_line(address));
    *ret_view = (cache_cluster_view_t){.owner = L2_NO_OWNER, .state = names->states[L2_NP]};
    if (!line)
        return false;
    const l2_directory_t *entry = &cluster->directory[cache_array_index(&cluster->array, line)];
    uint64_t owner = entry->owner == L2_NO_OWNER ? 0 : UINT64_C(1) << entry->owner;
    *ret_view = (cache_cluster_view_t){
        .present = true,
        .dirty = entry->dirty,
        .hollow = entry->hollow,
        .busy = entry->buffer != L2_NO_BUFFER,
        .sharers = entry->sharers | owner,
        .privates = entry->privates,
        .owner = entry->owner,
        .state = names->states[line->state],
        .data = line->data,
    };
    return true;
}

static unsigned queue_length(const cache_cluster_t *cluster, const l2_queue_t *queue)
{
    unsigned length = 0;
    for (uint32_t node = queue->head; node != L2_NO_NODE; node = cluster->nodes[node].next)
        length++;
    return length;
}

static cache_cluster_transaction_t describe(const chi_message_t *request)
{
    bool own = request->source == CHI_SOURCE_CLUSTER;
    return (cache_cluster_transaction_t){
        .address = request->address,
        .opcode = own ? "Replace" : chi_opcode_name(request->opcode),
        .core = own ? -1 : request->source,
        .pc = request->pc,
    };
}

void cache_cluster_each_transaction(const cache_cluster_t *cluster,
                                    void (*visit)(void *self, const cache_cluster_transaction_t *transaction),
                                    void *self)
{
    const trace_names_t *names = cache_cluster_trace_names();
    for (uint32_t i = 0; i < cluster->first_victim + cluster->config.transactions; i++) {
        if (cluster->directory[i].buffer == L2_NO_BUFFER)
            continue;
        const l2_buffer_t *buffer = &cluster->buffers[cluster->directory[i].buffer];
        cache_cluster_transaction_t transaction = describe(&buffer->request);
        transaction.address = buffer->line->address;
        transaction.state = names->states[buffer->line->state];
        transaction.acks_awaited = buffer->acks;
        transaction.waiting = queue_length(cluster, &buffer->waiting);
        visit(self, &transaction);
    }
    for (uint32_t node = cluster->stalled.head; node != L2_NO_NODE; node = cluster->nodes[node].next) {
        cache_cluster_transaction_t transaction = describe(&cluster->nodes[node].request);
        visit(self, &transaction);
    }
}

const stats_counter_t *cache_cluster_counters(void)
{
#define REQUESTS(id, name, channel) STATS_REQUESTS_##channel(id, name)
#define STATS_REQUESTS_REQ(id, name)                                                                                   \
    {"requests." name, "count", name " requests received", offsetof(cache_cluster_stats_t, requests[CHI_##id])},
#define STATS_REQUESTS_SNP(id, name)                                                                                   \
    {"snoops." name, "count", name " snoops sent", offsetof(cache_cluster_stats_t, snoops[CHI_##id])},
#define STATS_REQUESTS_RSP(id, name)
#define STATS_REQUESTS_DAT(id, name)
    typedef cache_cluster_stats_t cluster_t;
    static const stats_counter_t counters[] = {
        STATS_COUNTER(cluster_t, l2_hits, "count", "Reads answered with the L2's data"),
        STATS_COUNTER(cluster_t, l2_misses, "count", "Lines fetched from memory"),
        STATS_COUNTER(cluster_t, cache_to_cache_transfers, "count", "Reads answered with another L1D's dirty data"),
        STATS_COUNTER(cluster_t, back_invalidations, "count", "Lines replaced in the L2 while L1Ds held them"),
        STATS_COUNTER(cluster_t, write_backs_to_memory, "count", "Dirty lines written to memory"),
        STATS_COUNTER(cluster_t, snoops_filtered, "count", "Coherent requests answered without a snoop"),
        STATS_COUNTER(cluster_t, stalled_requests, "count", "Requests that waited for their line, a way or a buffer"),
        STATS_COUNTER(cluster_t, dvm_operations, "count", "TLB and instruction cache maintenance broadcasts"),
        STATS_COUNTER(cluster_t, dvm_syncs, "count", "Completions of such broadcasts asked for by DSB"),
        CHI_OPCODES(REQUESTS){0},
    };
#undef REQUESTS
#undef STATS_REQUESTS_REQ
#undef STATS_REQUESTS_SNP
#undef STATS_REQUESTS_RSP
#undef STATS_REQUESTS_DAT
    return counters;
}
