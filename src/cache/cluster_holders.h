/* Actions of the L2's table on who holds the line: the directory, and the snoops that change it. Included by
 * cluster_protocol.c alone. */
#ifndef MESIM_CACHE_CLUSTER_HOLDERS_H
#define MESIM_CACHE_CLUSTER_HOLDERS_H

#include "cache/checker.h"
#include "cache/cluster_impl.h"
#include "cache/fault.h"

static inline uint64_t bit_of(unsigned core)
{
    return UINT64_C(1) << core;
}

/* --- who holds the line --- */

static inline void set_owner(l2_step_t *step)
{
    step->directory->sharers = 0;
    step->directory->owner = (int8_t)step->request->source;
}

static inline void clear_owner(l2_step_t *step)
{
    step->directory->owner = L2_NO_OWNER;
}

static inline void clear_holders(l2_step_t *step)
{
    step->directory->sharers = 0;
    step->directory->owner = L2_NO_OWNER;
}

static inline void owner_to_sharer(l2_step_t *step)
{
    step->directory->sharers |= bit_of((unsigned)step->directory->owner);
    step->directory->owner = L2_NO_OWNER;
}

static inline void add_sharer(l2_step_t *step)
{
    if (!cache_has_fault(step->cluster, L2_FORGETS_SHARER))
        step->directory->sharers |= bit_of(step->request->source);
}

static inline void remove_sharer(l2_step_t *step)
{
    step->directory->sharers &= ~bit_of(step->request->source);
}

static inline void add_private(l2_step_t *step)
{
    step->directory->privates |= bit_of(step->request->source);
    if (step->cluster->checker)
        cache_checker_exclude(step->cluster->checker, step->address);
}

static inline void remove_private(l2_step_t *step)
{
    step->directory->privates &= ~bit_of(step->request->source);
}

static inline void drop_line(l2_step_t *step)
{
    uint16_t buffer = step->directory->buffer;
    *step->directory = (l2_directory_t){.buffer = buffer, .owner = L2_NO_OWNER};
    cache_array_name(&step->cluster->array, step->line, CACHE_NO_ADDRESS);
    if (step->cluster->checker && step->request->opcode == CHI_MAKE_INVALID)
        cache_checker_forget(step->cluster->checker, step->address);
    else if (step->cluster->checker)
        cache_checker_include(step->cluster->checker, step->address);
}

/* --- snoops --- */

static inline void snoop_owner(l2_step_t *step, chi_opcode_t opcode)
{
    cache_cluster_snoop(step, bit_of((unsigned)step->directory->owner), opcode);
    step->buffer->owner_snooped = true;
}

static inline void snoop_owner_shared(l2_step_t *step)
{
    if (cache_has_fault(step->cluster, L2_SKIPS_OWNER_SNOOP)) {
        step->posted = L2_EVENT_OWNER_SHARED;
        return;
    }
    snoop_owner(step, CHI_SNP_SHARED);
}

static inline void snoop_owner_unique(l2_step_t *step)
{
    snoop_owner(step, CHI_SNP_UNIQUE);
}

static inline void snoop_owner_clean(l2_step_t *step)
{
    snoop_owner(step, CHI_SNP_CLEAN_SHARED);
}

static inline void snoop_owner_invalid(l2_step_t *step)
{
    snoop_owner(step, CHI_SNP_MAKE_INVALID);
}

static inline void snoop_sharers_unique(l2_step_t *step)
{
    uint64_t sharers = step->directory->sharers;
    if (step->request->source != CHI_SOURCE_IO)
        sharers &= ~bit_of(step->request->source);
    else if (cache_has_fault(step->cluster, L2_DEVICE_WRITE_KEEPS_SHARERS))
        sharers = 0;
    cache_cluster_snoop(step, sharers, CHI_SNP_UNIQUE);
}

/* The requester too (CHI: SnoopMe): it keeps no copy of a line that the L2 writes. */
static inline void snoop_all_sharers_unique(l2_step_t *step)
{
    uint64_t sharers = step->directory->sharers;
    if (cache_has_fault(step->cluster, L2_ATOMIC_KEEPS_REQUESTER))
        sharers &= ~bit_of(step->request->source);
    cache_cluster_snoop(step, sharers, CHI_SNP_UNIQUE);
}

static inline void snoop_sharers_invalid(l2_step_t *step)
{
    cache_cluster_snoop(step, step->directory->sharers & ~bit_of(step->request->source), CHI_SNP_MAKE_INVALID);
}

static inline uint64_t holders(const l2_directory_t *directory)
{
    return directory->sharers | (directory->owner == L2_NO_OWNER ? 0 : bit_of((unsigned)directory->owner));
}

static inline void snoop_holders_clean(l2_step_t *step)
{
    cache_cluster_snoop(step, holders(step->directory), CHI_SNP_CLEAN_INVALID);
}

static inline void snoop_holders_invalid(l2_step_t *step)
{
    if (step->cluster->checker)
        cache_checker_forget(step->cluster->checker, step->address);
    cache_cluster_snoop(step, holders(step->directory), CHI_SNP_MAKE_INVALID);
}

static inline void snoop_everyone(l2_step_t *step)
{
    uint64_t cores = holders(step->directory) | step->directory->privates;
    if (step->line->state == L2_PR_A) {
        step->cluster->stats.back_invalidations++;
        if (cache_has_fault(step->cluster, L2_NO_BACK_INVALIDATION))
            cores = 0;
    }
    cache_cluster_snoop(step, cores, CHI_SNP_CLEAN_INVALID);
}

static inline void count_ack(l2_step_t *step)
{
    step->buffer->acks--;
}

#endif
