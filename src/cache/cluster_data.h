/* Actions of the L2's table on the line's bytes: to and from memory, from snoops, for writes and far atomics. Included
 * by cluster_protocol.c alone. */
#ifndef MESIM_CACHE_CLUSTER_DATA_H
#define MESIM_CACHE_CLUSTER_DATA_H

#include "cache/checker.h"
#include "cache/cluster_impl.h"
#include "cache/fault.h"
#include "cache/protocol_impl.h"
#include "interconnect/atomic.h"

#include <stddef.h>
#include <string.h>

/* --- memory --- */

static inline void fetch(l2_step_t *step)
{
    cache_cluster_fetch(step);
}

static inline void write_if_dirty(l2_step_t *step)
{
    if (step->directory->dirty)
        cache_cluster_write(step, true);
    else
        step->posted = L2_EVENT_WRITTEN;
}

static inline void write_back_if_dirty(l2_step_t *step)
{
    if (step->directory->dirty && !cache_has_fault(step->cluster, L2_DROPS_DIRTY_VICTIM))
        cache_cluster_write(step, false);
}

/* --- data of the line --- */

static inline void fill(l2_step_t *step)
{
    memcpy(step->line->data, step->message->data, CHI_LINE_BYTES);
    step->directory->hollow = false;
    step->directory->dirty = false;
}

/* What a snoop response brought, if anything. */
static inline void take_data(l2_step_t *step)
{
    if (step->message->opcode != CHI_SNP_RESP_DATA || cache_has_fault(step->cluster, L2_DROPS_SNOOP_DATA))
        return;
    if (chi_is_atomic(step->request->opcode) && cache_has_fault(step->cluster, L2_ATOMIC_READS_EARLY))
        return;
    memcpy(step->line->data, step->message->data, CHI_LINE_BYTES);
    step->directory->hollow = false;
    step->directory->dirty = true;
    step->buffer->cache_to_cache = step->directory->owner != step->request->source; /* a far atomic may find its own */
}

static inline void take_write_back(l2_step_t *step)
{
    memcpy(step->line->data, step->message->data, CHI_LINE_BYTES);
    step->directory->hollow = false;
    step->directory->dirty = true;
}

/* A snoop has already taken these data to where they belong. */
static inline void ignore_data(l2_step_t *step)
{
    if (cache_has_fault(step->cluster, L2_TAKES_STALE_WRITE_BACK))
        take_write_back(step);
}

/* The data of a write or atomic: the request itself is at hand when the rule starts the transaction, else the buffer's
 * copy. */
static inline const uint8_t *operand_data(const l2_step_t *step)
{
    return step->message == step->request ? step->request->data : step->buffer->operand_data;
}

/* The L2 has stored bytes of the line, for a device or for a far atomic. */
static inline void wrote(l2_step_t *step)
{
    step->directory->hollow = false;
    step->directory->dirty = true;
    if (step->cluster->checker)
        cache_checker_l2_write(step->cluster->checker, step->now_ps, cache_cause_core(step->request), step->address,
                               step->request->operand, step->line->data);
}

/* What a device writes. */
static inline void merge_write(l2_step_t *step)
{
    const uint8_t *bytes = operand_data(step);
    for (unsigned i = 0; i < CHI_LINE_BYTES; i++)
        if (step->request->operand >> i & 1)
            step->line->data[i] = bytes[i];
    wrote(step);
}

static inline void perform_atomic(l2_step_t *step)
{
    chi_message_t request;
    memcpy(&request, step->request, offsetof(chi_message_t, data));
    memcpy(request.data, operand_data(step), CHI_LINE_BYTES);
    if (step->cluster->checker)
        cache_checker_l2_read(step->cluster->checker, step->now_ps, cache_cause_core(step->request), step->address,
                              step->line->data, CACHE_CHECKER_NO_OWNER);
    if (chi_atomic_perform(&request, step->line->data))
        wrote(step);
}

static inline void mark_hollow(l2_step_t *step)
{
    step->directory->hollow = true;
    step->directory->dirty = false;
}

static inline void forget_dirty(l2_step_t *step)
{
    step->directory->dirty = false;
    if (step->cluster->checker)
        cache_checker_forget(step->cluster->checker, step->address);
}

#endif
