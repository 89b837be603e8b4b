/* The directory's side of the protocol: the table of cache/protocol_l2.def with its answers, and the dispatcher. */
#include "base/error.h"
#include "cache/checker.h"
#include "cache/cluster_data.h"
#include "cache/cluster_holders.h"
#include "cache/cluster_impl.h"
#include "cache/protocol_impl.h"
#include "interconnect/send.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

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
