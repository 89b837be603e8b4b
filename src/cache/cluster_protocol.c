/* The directory's side of the protocol: what each action of cache/protocol_l2.def does, and the dispatcher. */
#include "base/error.h"
#include "cache/checker.h"
#include "cache/cluster_impl.h"
#include "cache/protocol_impl.h"
#include "interconnect/atomic.h"
#include "interconnect/send.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static uint64_t bit_of(unsigned core)
{
    return UINT64_C(1) << core;
}

/* --- memory --- */

static void fetch(l2_step_t *step)
{
    cache_cluster_fetch(step);
}

static void write_if_dirty(l2_step_t *step)
{
    if (step->directory->dirty)
        cache_cluster_write(step, true);
    else
        step->posted = L2_EVENT_WRITTEN;
}

static void write_back_if_dirty(l2_step_t *step)
{
    if (step->directory->dirty && !cache_has_fault(step->cluster, L2_DROPS_DIRTY_VICTIM))
        cache_cluster_write(step, false);
}

/* --- data of the line --- */

static void fill(l2_step_t *step)
{
    memcpy(step->line->data, step->message->data, CHI_LINE_BYTES);
    step->directory->hollow = false;
    step->directory->dirty = false;
}

/* What a snoop response brought, if anything. */
static void take_data(l2_step_t *step)
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

static void take_write_back(l2_step_t *step)
{
    memcpy(step->line->data, step->message->data, CHI_LINE_BYTES);
    step->directory->hollow = false;
    step->directory->dirty = true;
}

/* A snoop has already taken these data to where they belong. */
static void ignore_data(l2_step_t *step)
{
    if (cache_has_fault(step->cluster, L2_TAKES_STALE_WRITE_BACK))
        take_write_back(step);
}

/* The data of a write or atomic: the request itself is at hand when the rule starts the transaction, else the buffer's
 * copy. */
static const uint8_t *operand_data(const l2_step_t *step)
{
    return step->message == step->request ? step->request->data : step->buffer->operand_data;
}

/* The L2 has stored bytes of the line, for a device or for a far atomic. */
static void wrote(l2_step_t *step)
{
    step->directory->hollow = false;
    step->directory->dirty = true;
    if (step->cluster->checker)
        cache_checker_l2_write(step->cluster->checker, step->now_ps, cache_cause_core(step->request), step->address,
                               step->request->operand, step->line->data);
}

/* What a device writes. */
static void merge_write(l2_step_t *step)
{
    const uint8_t *bytes = operand_data(step);
    for (unsigned i = 0; i < CHI_LINE_BYTES; i++)
        if (step->request->operand >> i & 1)
            step->line->data[i] = bytes[i];
    wrote(step);
}

static void perform_atomic(l2_step_t *step)
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

static void mark_hollow(l2_step_t *step)
{
    step->directory->hollow = true;
    step->directory->dirty = false;
}

static void forget_dirty(l2_step_t *step)
{
    step->directory->dirty = false;
    if (step->cluster->checker)
        cache_checker_forget(step->cluster->checker, step->address);
}

/* --- who holds the line --- */

static void set_owner(l2_step_t *step)
{
    step->directory->sharers = 0;
    step->directory->owner = (int8_t)step->request->source;
}

static void clear_owner(l2_step_t *step)
{
    step->directory->owner = L2_NO_OWNER;
}

static void clear_holders(l2_step_t *step)
{
    step->directory->sharers = 0;
    step->directory->owner = L2_NO_OWNER;
}

static void owner_to_sharer(l2_step_t *step)
{
    step->directory->sharers |= bit_of((unsigned)step->directory->owner);
    step->directory->owner = L2_NO_OWNER;
}

static void add_sharer(l2_step_t *step)
{
    if (!cache_has_fault(step->cluster, L2_FORGETS_SHARER))
        step->directory->sharers |= bit_of(step->request->source);
}

static void remove_sharer(l2_step_t *step)
{
    step->directory->sharers &= ~bit_of(step->request->source);
}

static void add_private(l2_step_t *step)
{
    step->directory->privates |= bit_of(step->request->source);
    if (step->cluster->checker)
        cache_checker_exclude(step->cluster->checker, step->address);
}

static void remove_private(l2_step_t *step)
{
    step->directory->privates &= ~bit_of(step->request->source);
}

static void drop_line(l2_step_t *step)
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

static void snoop_owner(l2_step_t *step, chi_opcode_t opcode)
{
    cache_cluster_snoop(step, bit_of((unsigned)step->directory->owner), opcode);
    step->buffer->owner_snooped = true;
}

static void snoop_owner_shared(l2_step_t *step)
{
    if (cache_has_fault(step->cluster, L2_SKIPS_OWNER_SNOOP)) {
        step->posted = L2_EVENT_OWNER_SHARED;
        return;
    }
    snoop_owner(step, CHI_SNP_SHARED);
}

static void snoop_owner_unique(l2_step_t *step)
{
    snoop_owner(step, CHI_SNP_UNIQUE);
}

static void snoop_owner_clean(l2_step_t *step)
{
    snoop_owner(step, CHI_SNP_CLEAN_SHARED);
}

static void snoop_owner_invalid(l2_step_t *step)
{
    snoop_owner(step, CHI_SNP_MAKE_INVALID);
}

static void snoop_sharers_unique(l2_step_t *step)
{
    uint64_t sharers = step->directory->sharers;
    if (step->request->source != CHI_SOURCE_IO)
        sharers &= ~bit_of(step->request->source);
    else if (cache_has_fault(step->cluster, L2_DEVICE_WRITE_KEEPS_SHARERS))
        sharers = 0;
    cache_cluster_snoop(step, sharers, CHI_SNP_UNIQUE);
}

/* The requester too (CHI: SnoopMe): it keeps no copy of a line that the L2 writes. */
static void snoop_all_sharers_unique(l2_step_t *step)
{
    uint64_t sharers = step->directory->sharers;
    if (cache_has_fault(step->cluster, L2_ATOMIC_KEEPS_REQUESTER))
        sharers &= ~bit_of(step->request->source);
    cache_cluster_snoop(step, sharers, CHI_SNP_UNIQUE);
}

static void snoop_sharers_invalid(l2_step_t *step)
{
    cache_cluster_snoop(step, step->directory->sharers & ~bit_of(step->request->source), CHI_SNP_MAKE_INVALID);
}

static uint64_t holders(const l2_directory_t *directory)
{
    return directory->sharers | (directory->owner == L2_NO_OWNER ? 0 : bit_of((unsigned)directory->owner));
}

static void snoop_holders_clean(l2_step_t *step)
{
    cache_cluster_snoop(step, holders(step->directory), CHI_SNP_CLEAN_INVALID);
}

static void snoop_holders_invalid(l2_step_t *step)
{
    if (step->cluster->checker)
        cache_checker_forget(step->cluster->checker, step->address);
    cache_cluster_snoop(step, holders(step->directory), CHI_SNP_MAKE_INVALID);
}

static void snoop_everyone(l2_step_t *step)
{
    uint64_t cores = holders(step->directory) | step->directory->privates;
    if (step->line->state == L2_PR_A) {
        step->cluster->stats.back_invalidations++;
        if (cache_has_fault(step->cluster, L2_NO_BACK_INVALIDATION))
            cores = 0;
    }
    cache_cluster_snoop(step, cores, CHI_SNP_CLEAN_INVALID);
}

static void count_ack(l2_step_t *step)
{
    step->buffer->acks--;
}

/* --- answers --- */

static void send_data_shared(l2_step_t *step)
{
    cache_cluster_answer_data(step, cache_has_fault(step->cluster, L2_GRANTS_E_TWICE) ? CHI_UC : CHI_SC);
}

static void send_data_unique(l2_step_t *step)
{
    cache_cluster_answer_data(step, CHI_UC);
}

static void send_data_once(l2_step_t *step)
{
    if (step->cluster->checker && step->request->source == CHI_SOURCE_IO) {
        bool owned = step->directory->owner != L2_NO_OWNER, asked = step->buffer && step->buffer->owner_snooped;
        cache_checker_owner_t owner = !owned  ? CACHE_CHECKER_NO_OWNER
                                      : asked ? CACHE_CHECKER_OWNER_ASKED
                                              : CACHE_CHECKER_OWNER_NOT_ASKED;
        cache_checker_l2_read(step->cluster->checker, step->now_ps, cache_cause_core(step->request), step->address,
                              step->line->data, owner);
    }
    cache_cluster_answer_data(step, CHI_I);
}

static void send_error(l2_step_t *step)
{
    cache_cluster_answer_error(step);
}

static void send_comp(l2_step_t *step)
{
    if (!(cache_has_fault(step->cluster, L2_LOST_ACKNOWLEDGEMENT) && step->request->opcode == CHI_WRITE_BACK))
        cache_cluster_answer_comp(step);
}

static bool answered_early(const l2_step_t *step)
{
    return step->request->opcode == CHI_ATOMIC_STORE && cache_has_fault(step->cluster, L2_ATOMIC_ANSWERED_EARLY);
}

static void answer_atomic(l2_step_t *step)
{
    if (!(answered_early(step) && step->buffer))
        cache_cluster_answer_atomic(step);
}

/* --- the table --- */

typedef void l2_action_t(l2_step_t *step);
typedef struct l2_cell {
    uint8_t kind, next;
    l2_action_t *actions[CACHE_MAX_ACTIONS + 1]; /* ends with NULL */
} l2_cell_t;

static const l2_cell_t l2_table[L2_STATES][L2_EVENTS] = {
#define RULE(state, event, next_state, ...)                                                                            \
    [L2_##state][L2_EVENT_##event] = {CACHE_CELL_RULE, L2_##next_state, {__VA_ARGS__}},
#define STALL(state, event)      [L2_##state][L2_EVENT_##event] = {CACHE_CELL_STALL, L2_##state, {0}},
#define NEVER(state, event, why) [L2_##state][L2_EVENT_##event] = {CACHE_CELL_NEVER, L2_##state, {0}},
#include "cache/protocol_l2.def"
};

static const char *const l2_state_names[] = {
#define L2_STATE(name, meaning) #name,
#include "cache/protocol_l2.def"
    NULL};
static const char *const l2_event_names[] = {
#define L2_EVENT(name, meaning) #name,
#include "cache/protocol_l2.def"
    NULL};

const trace_names_t *cache_cluster_trace_names(void)
{
    static const trace_names_t names = {.events = l2_event_names, .states = l2_state_names};
    return &names;
}

/* --- the dispatcher --- */

static const l2_cell_t *look_up(const l2_step_t *step, unsigned state, l2_event_t event)
{
    const l2_cell_t *cell = &l2_table[state][event];
    if (cell->kind == CACHE_CELL_NEVER || cell->kind == CACHE_CELL_MISSING)
        base_bug("L2 protocol: cluster %" PRIu32 ", line %#" PRIx64 ": %s of core %d in state %s at %" PRIu64 " ps: %s",
                 step->cluster->config.index, step->address, l2_event_names[event], cache_cause_core(step->request),
                 l2_state_names[state], step->now_ps, cache_protocol_why(CACHE_PROTOCOL_L2, state, event));
    return cell;
}

unsigned cache_cluster_plan(const l2_step_t *step, unsigned state, l2_event_t event, unsigned *ret_next)
{
    const l2_cell_t *cell = look_up(step, state, event);
    if (cell->kind != CACHE_CELL_RULE)
        step->cluster->coverage[state * L2_EVENTS + event]++;
    *ret_next = cell->next;
    return cell->kind;
}

static void take_buffer(l2_step_t *step)
{
    cache_cluster_t *cluster = step->cluster;
    if (!cluster->free_buffer_count)
        base_bug("cluster: no transaction buffer for line %#" PRIx64, step->address);
    uint16_t number = cluster->free_buffers[--cluster->free_buffer_count];
    step->buffer = &cluster->buffers[number];
    step->directory->buffer = number;
    cluster->busy[step->line->set] |= UINT64_C(1) << step->line->way;
    memcpy(&step->buffer->request, step->request, offsetof(chi_message_t, data));
    if (step->request->opcode == CHI_WRITE_UNIQUE || chi_is_atomic(step->request->opcode))
        memcpy(step->buffer->operand_data, step->request->data, CHI_LINE_BYTES);
    step->buffer->line = step->line;
    step->buffer->acks = 0;
    step->buffer->owner_snooped = step->buffer->snooped = false;
    step->buffer->fetched = step->buffer->cache_to_cache = false;
    if (answered_early(step))
        cache_cluster_answer_atomic(step);
}

static void release_buffer(l2_step_t *step)
{
    cache_cluster_t *cluster = step->cluster;
    uint16_t number = step->directory->buffer;
    step->directory->buffer = L2_NO_BUFFER;
    cache_cluster_wake(cluster, &step->buffer->waiting);
    if (number < cluster->config.transactions) {
        cluster->busy[step->line->set] &= ~(UINT64_C(1) << step->line->way);
        cluster->free_buffers[cluster->free_buffer_count++] = number;
    } else {
        cluster->free_victims[cluster->free_victim_count++] = number;
    }
}

static void trace(const l2_step_t *step, unsigned old_state, unsigned new_state, l2_event_t event)
{
    trace_record_t record = {
        .time_ps = step->now_ps,
        .address = step->address,
        .cause_pc = step->request->pc,
        .event = (uint16_t)event,
        .old_state = (uint16_t)old_state,
        .new_state = (uint16_t)new_state,
        .cause_core = cache_cause_core(step->request),
    };
    trace_emit(step->cluster->port, &record);
}

static void perform_one(l2_step_t *step, l2_event_t event)
{
    unsigned old_state = step->line ? step->line->state : L2_NP;
    const l2_cell_t *cell = look_up(step, old_state, event);
    unsigned next = cell->next;
    if (cell->kind != CACHE_CELL_RULE)
        base_bug("cluster: line %#" PRIx64 ": %s cannot be carried out in state %s", step->address,
                 l2_event_names[event], l2_state_names[old_state]);
    step->cluster->coverage[old_state * L2_EVENTS + event]++;
    if (!l2_is_stable(next) && !step->buffer)
        take_buffer(step);
    if (step->line)
        step->line->state = (uint8_t)next;
    trace(step, old_state, next, event);
    for (l2_action_t *const *action = cell->actions; *action; action++)
        (*action)(step);
    if (l2_is_stable(next) && step->buffer)
        release_buffer(step);
    if (step->cluster->checker)
        cache_checker_verify_line(step->cluster->checker, step->now_ps, step->address);
}

void cache_cluster_perform(l2_step_t *step, l2_event_t event)
{
    int next_event = (int)event;
    do {
        step->posted = -1;
        perform_one(step, (l2_event_t)next_event);
        next_event = step->posted;
    } while (next_event >= 0);
}
