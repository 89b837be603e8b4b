/* What the cluster sends for a line: to memory, snoops, answers. */
#include "cache/checker.h"
#include "cache/cluster_impl.h"
#include "cache/protocol_impl.h"
#include "interconnect/send.h"

#include <stddef.h>
#include <string.h>

/* --- memory --- */

static void memory_message(const l2_step_t *step, chi_message_t *message, chi_opcode_t opcode)
{
    memcpy(message, step->request, offsetof(chi_message_t, data));
    message->opcode = (uint8_t)opcode;
    message->memory_type = CHI_NORMAL_WB;
    message->source = CHI_SOURCE_CLUSTER;
    message->size_bytes = CHI_LINE_BYTES;
    message->flags = step->request->flags & CHI_FLAG_FETCH;
    message->reserved = step->cluster->config.index;
    message->address = step->address;
    message->operand = UINT64_MAX;
    message->transaction = step->buffer ? l2_buffer_number(step->cluster, step->buffer) : L2_TRANSACTION_POSTED;
}

void cache_cluster_fetch(l2_step_t *step)
{
    chi_message_t read;
    memory_message(step, &read, CHI_READ_NO_SNOOP);
    step->buffer->fetched = true;
    step->cluster->stats.l2_misses++;
    chi_send(step->cluster->to_system, step->now_ps, step->tag_delay_ps, &read);
}

void cache_cluster_write(l2_step_t *step, bool awaited)
{
    chi_message_t write;
    memory_message(step, &write, CHI_WRITE_NO_SNOOP);
    if (!awaited)
        write.transaction = L2_TRANSACTION_POSTED;
    memcpy(write.data, step->line->data, CHI_LINE_BYTES);
    step->directory->dirty = false;
    step->cluster->stats.write_backs_to_memory++;
    chi_send(step->cluster->to_system, step->now_ps, step->tag_delay_ps, &write);
}

/* --- snoops --- */

void cache_cluster_snoop(l2_step_t *step, uint64_t cores, chi_opcode_t opcode)
{
    cache_cluster_t *cluster = step->cluster;
    chi_message_t message;
    memcpy(&message, step->request, offsetof(chi_message_t, data));
    message.opcode = (uint8_t)opcode;
    message.flags = 0;
    message.address = step->address;
    message.transaction = l2_buffer_number(cluster, step->buffer);
    if (cache_has_fault(cluster, L2_SKIPS_INVALIDATION) && opcode == CHI_SNP_UNIQUE)
        cores &= cores - 1;
    step->buffer->acks = 0;
    step->buffer->owner_snooped = false;
    for (; cores; cores &= cores - 1) {
        chi_send(cluster->to_core[__builtin_ctzll(cores)], step->now_ps, step->tag_delay_ps, &message);
        step->buffer->acks++;
    }
    cluster->stats.snoops[opcode] += step->buffer->acks;
    step->buffer->snooped = step->buffer->acks != 0;
    if (!step->buffer->acks)
        step->posted = L2_EVENT_LAST_ACK;
}

/* --- answers --- */

static bool is_coherent(unsigned opcode)
{
    return opcode <= CHI_ATOMIC_COMPARE;
}

/* size_bytes: of the data, where there are any. */
static void answer(l2_step_t *step, chi_message_t *message, chi_opcode_t opcode, chi_state_t state, unsigned size_bytes,
                   uint64_t delay_ps)
{
    cache_cluster_t *cluster = step->cluster;
    const l2_buffer_t *buffer = step->buffer;
    memcpy(message, step->request, offsetof(chi_message_t, data));
    message->opcode = (uint8_t)opcode;
    message->state = (uint8_t)state;
    message->size_bytes = (uint8_t)size_bytes;
    message->error = step->message == step->request ? CHI_OKAY : step->message->error;
    message->flags = CHI_FLAG_L2_HIT;
    if (buffer && (buffer->cache_to_cache || buffer->fetched))
        message->flags = buffer->cache_to_cache ? CHI_FLAG_CACHE_TO_CACHE : 0;
    if (is_coherent(step->request->opcode) && !(buffer && buffer->snooped))
        cluster->stats.snoops_filtered++;
    bool to_device = step->request->source == CHI_SOURCE_IO;
    engine_link_t *back = to_device ? cluster->to_system : cluster->to_core[step->request->source];
    chi_send(back, step->now_ps, delay_ps, message);
}

static void count_data(l2_step_t *step)
{
    cache_cluster_stats_t *stats = &step->cluster->stats;
    if (step->buffer && step->buffer->cache_to_cache)
        stats->cache_to_cache_transfers++;
    else if (!step->buffer || !step->buffer->fetched)
        stats->l2_hits++;
}

void cache_cluster_answer_data(l2_step_t *step, chi_state_t state)
{
    chi_message_t message;
    memcpy(message.data, step->line->data, CHI_LINE_BYTES);
    count_data(step);
    answer(step, &message, CHI_COMP_DATA, state, CHI_LINE_BYTES, step->data_delay_ps);
}

void cache_cluster_answer_error(l2_step_t *step)
{
    chi_message_t message;
    memset(message.data, 0, CHI_LINE_BYTES);
    answer(step, &message, CHI_COMP_DATA, CHI_I, CHI_LINE_BYTES, step->data_delay_ps);
}

void cache_cluster_answer_comp(l2_step_t *step)
{
    chi_message_t message;
    answer(step, &message, CHI_COMP, CHI_UC, CHI_LINE_BYTES, step->tag_delay_ps);
}

/* The atomic unit takes the next far atomic so much later. */
static uint64_t atomic_delay_ps(l2_step_t *step)
{
    cache_cluster_t *cluster = step->cluster;
    uint64_t start_ps = step->now_ps + step->data_delay_ps;
    start_ps = start_ps > cluster->atomic_free_ps ? start_ps : cluster->atomic_free_ps;
    cluster->atomic_free_ps = start_ps + cluster->config.atomic_cycles * cluster->config.period_ps;
    return cluster->atomic_free_ps - step->now_ps;
}

void cache_cluster_answer_atomic(l2_step_t *step)
{
    chi_message_t message;
    uint64_t mask = step->request->operand, delay_ps = atomic_delay_ps(step);
    count_data(step);
    if (step->cluster->checker)
        cache_checker_atomic_answered(step->cluster->checker, step->now_ps, step->address);
    if (step->request->opcode == CHI_ATOMIC_STORE) {
        answer(step, &message, CHI_COMP, CHI_I, CHI_LINE_BYTES, delay_ps);
        return;
    }
    memset(message.data, 0, CHI_LINE_BYTES);
    for (uint64_t rest = mask; rest; rest &= rest - 1) {
        unsigned at = (unsigned)__builtin_ctzll(rest);
        message.data[at] = step->line->data[at];
    }
    answer(step, &message, CHI_COMP_DATA, CHI_I, (unsigned)__builtin_popcountll(mask), delay_ps);
}
