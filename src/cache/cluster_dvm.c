/* Broadcasts: DVM operations and syncs, collected and answered; events, not answered. */
#include "base/error.h"
#include "cache/cluster_impl.h"
#include "interconnect/send.h"

#include <glib.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static uint32_t take_broadcast(cache_cluster_t *cluster)
{
    if (cluster->free_broadcasts == L2_NO_NODE) {
        uint32_t old = cluster->broadcast_capacity;
        cluster->broadcast_capacity = old ? old * 2 : 16;
        cluster->broadcasts = g_renew(l2_broadcast_t, cluster->broadcasts, cluster->broadcast_capacity);
        for (uint32_t i = cluster->broadcast_capacity; i-- > old; cluster->free_broadcasts = i) {
            cluster->broadcasts[i].awaited = 0;
            cluster->broadcasts[i].next_free = cluster->free_broadcasts;
        }
    }
    uint32_t number = cluster->free_broadcasts;
    cluster->free_broadcasts = cluster->broadcasts[number].next_free;
    return number;
}

static void complete(cache_cluster_t *cluster, uint64_t now_ps, uint64_t delay_ps, const chi_message_t *request)
{
    chi_message_t comp;
    memcpy(&comp, request, offsetof(chi_message_t, data));
    comp.opcode = CHI_COMP;
    comp.error = CHI_OKAY;
    chi_send(cluster->to_core[request->source], now_ps, delay_ps, &comp);
}

static uint32_t send_to_others(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request,
                               chi_opcode_t opcode, uint32_t transaction)
{
    chi_message_t message;
    memcpy(&message, request, offsetof(chi_message_t, data));
    message.opcode = (uint8_t)opcode;
    message.transaction = transaction;
    uint64_t sender = request->source == CHI_SOURCE_IO ? 0 : UINT64_C(1) << request->source;
    uint64_t others = cluster->attached & ~sender;
    uint32_t count = 0;
    for (; others; others &= others - 1, count++)
        chi_send(cluster->to_core[__builtin_ctzll(others)], now_ps, cluster->forward_delay_ps, &message);
    cluster->stats.snoops[opcode] += count;
    return count;
}

void cache_cluster_broadcast(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *request)
{
    if (request->opcode == CHI_EVENT) {
        send_to_others(cluster, now_ps, request, CHI_SNP_EVENT, 0);
        return;
    }
    bool sync = request->opcode == CHI_DVM_SYNC;
    if (sync)
        cluster->stats.dvm_syncs++;
    else
        cluster->stats.dvm_operations++;
    uint32_t number = take_broadcast(cluster);
    l2_broadcast_t *broadcast = &cluster->broadcasts[number];
    memcpy(&broadcast->request, request, offsetof(chi_message_t, data));
    broadcast->awaited = send_to_others(cluster, now_ps, request, sync ? CHI_SNP_DVM_SYNC : CHI_SNP_DVM_OP, number) + 1;
    cache_cluster_broadcast_answered(cluster, now_ps, &(chi_message_t){.transaction = number});
}

void cache_cluster_broadcast_answered(cache_cluster_t *cluster, uint64_t now_ps, const chi_message_t *response)
{
    uint32_t number = response->transaction;
    if (number >= cluster->broadcast_capacity || !cluster->broadcasts[number].awaited)
        base_bug("cluster: SnpDVMResp for unknown transaction %" PRIu32, number);
    l2_broadcast_t *broadcast = &cluster->broadcasts[number];
    if (--broadcast->awaited)
        return;
    complete(cluster, now_ps, cluster->forward_delay_ps, &broadcast->request);
    broadcast->next_free = cluster->free_broadcasts;
    cluster->free_broadcasts = number;
}
