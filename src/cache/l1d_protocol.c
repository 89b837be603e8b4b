/* The L1 data cache's side of the protocol: what each action of cache/protocol_l1.def does, and the dispatcher. */
#include "base/error.h"
#include "cache/checker.h"
#include "cache/l1d_impl.h"
#include "cache/protocol_impl.h"
#include "interconnect/send.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/* --- requests --- */

static void send_request(l1_step_t *step, chi_opcode_t opcode)
{
    cache_l1d_t *l1d = step->l1d;
    chi_message_t request;
    request.opcode = (uint8_t)opcode;
    request.state = CHI_I;
    request.memory_type = CHI_NORMAL_WB;
    bool private = l1d->line_flags[cache_array_index(&l1d->array, step->line)] & L1_LINE_PRIVATE;
    request.shareability = private ? CHI_NON_SHAREABLE : CHI_INNER_SHAREABLE;
    request.source = (uint8_t)l1d->core;
    request.size_bytes = CHI_LINE_BYTES;
    request.error = CHI_OKAY;
    request.flags = 0;
    request.transaction = step->transaction;
    request.reserved = 0;
    request.address = step->address;
    request.operand = UINT64_MAX;
    request.pc = step->pc;
    if (opcode == CHI_WRITE_BACK)
        memcpy(request.data, step->line->data, CHI_LINE_BYTES);
    l1d->stats.requests[opcode]++;
    chi_send(l1d->link, step->now_ps, 0, &request);
}

static void send_read_shared(l1_step_t *step)
{
    send_request(step, CHI_READ_SHARED);
}

static void send_read_unique(l1_step_t *step)
{
    send_request(step, CHI_READ_UNIQUE);
}

static void send_make_unique(l1_step_t *step)
{
    send_request(step, CHI_MAKE_UNIQUE);
}

static void send_clean_unique(l1_step_t *step)
{
    send_request(step, CHI_CLEAN_UNIQUE);
}

static void send_evict(l1_step_t *step)
{
    send_request(step, CHI_EVICT);
}

/* The miss register's number comes back with the answer; the line, if any, stays what it is until a snoop takes it. */
static void send_atomic(l1_step_t *step)
{
    cache_l1d_t *l1d = step->l1d;
    chi_message_t request = *step->atomic;
    request.source = (uint8_t)l1d->core;
    request.transaction = step->transaction;
    l1d->stats.requests[request.opcode]++;
    chi_send(l1d->link, step->now_ps, 0, &request);
}

static void send_write_back(l1_step_t *step)
{
    send_request(step, cache_has_fault(step->l1d, L1_EVICTS_DIRTY_AS_CLEAN) ? CHI_EVICT : CHI_WRITE_BACK);
}

/* --- snoop responses --- */

/* state: what the core keeps. The transaction of the snoop goes back. */
static void respond(l1_step_t *step, bool data, chi_state_t state, unsigned flags)
{
    cache_l1d_t *l1d = step->l1d;
    chi_message_t response;
    memcpy(&response, step->message, offsetof(chi_message_t, data));
    response.opcode = data ? CHI_SNP_RESP_DATA : CHI_SNP_RESP;
    response.state = (uint8_t)state;
    response.flags = (uint8_t)flags;
    response.size_bytes = CHI_LINE_BYTES;
    if (data) {
        memcpy(response.data, step->line->data, CHI_LINE_BYTES);
        l1d->stats.snoop_data_supplied++;
    }
    if (!(flags & CHI_FLAG_COPY_LOST))
        l1d->stats.snoop_hits++;
    chi_send(l1d->link, step->now_ps, l1d->snoop_delay_ps, &response);
}

static bool supplies(const l1_step_t *step)
{
    bool in_buffer = cache_array_index(&step->l1d->array, step->line) >= step->l1d->first_entry;
    return !cache_has_fault(step->l1d, L1_LOSES_DIRTY_DATA) &&
           !(in_buffer && cache_has_fault(step->l1d, L1_WRITE_BACK_RACE));
}

static void send_snp_resp_shared(l1_step_t *step)
{
    respond(step, false, CHI_SC, 0);
}

static void send_snp_resp_unique(l1_step_t *step)
{
    respond(step, false, CHI_UC, 0);
}

static void send_snp_resp_gone(l1_step_t *step)
{
    respond(step, false, CHI_I, 0);
}

static void send_snp_resp_lost(l1_step_t *step)
{
    respond(step, false, CHI_I, CHI_FLAG_COPY_LOST);
}

static void send_snp_data_shared(l1_step_t *step)
{
    respond(step, supplies(step), CHI_SC, 0);
}

static void send_snp_data_unique(l1_step_t *step)
{
    respond(step, supplies(step), CHI_UC, 0);
}

static void send_snp_data_gone(l1_step_t *step)
{
    respond(step, supplies(step), CHI_I, 0);
}

/* --- the line --- */

/* The core may not read the line any more. */
static void lose_line(l1_step_t *step)
{
    cache_l1d_t *l1d = step->l1d;
    if (cache_has_fault(l1d, L1_UPGRADE_RACE) && step->line->state == L1_IM_D) {
        step->line->state = L1_SM_A;
        return;
    }
    l1d->client.on_line_lost(l1d->client.self, step->now_ps, step->address, false, step->message != NULL);
}

/* The core may not write the line any more. */
static void lose_ownership(l1_step_t *step)
{
    cache_l1d_t *l1d = step->l1d;
    if (cache_has_fault(l1d, L1_KEEPS_OWNERSHIP)) {
        step->line->state = L1_E;
        return;
    }
    l1d->client.on_line_lost(l1d->client.self, step->now_ps, step->address, true, step->message != NULL);
}

static void free_line(l1_step_t *step)
{
    if (cache_has_fault(step->l1d, L1_KEEPS_INVALIDATED_LINE) && step->message->opcode == CHI_SNP_UNIQUE) {
        step->line->state = L1_S;
        return;
    }
    cache_array_name(&step->l1d->array, step->line, CACHE_NO_ADDRESS);
}

static void fill_line(l1_step_t *step)
{
    cache_l1d_stats_t *stats = &step->l1d->stats;
    memcpy(step->line->data, step->message->data, CHI_LINE_BYTES);
    if (step->message->flags & CHI_FLAG_CACHE_TO_CACHE)
        stats->fills_cache_to_cache++;
    else if (step->message->flags & CHI_FLAG_L2_HIT)
        stats->fills_from_l2++;
    else
        stats->fills_from_memory++;
}

/* Another guest's or address's old bytes must not show through a line that comes without data. */
static void clear_line(l1_step_t *step)
{
    memset(step->line->data, 0, CHI_LINE_BYTES);
}

/* --- endings: the core may act again inside these, so they come last in a rule --- */

static void complete(l1_step_t *step)
{
    cache_l1d_t *l1d = step->l1d;
    cache_mshr_release(&l1d->mshrs, step->message->transaction & L1_TRANSACTION_INDEX);
    l1d->pinned = step->line;
    l1d->client.on_fill(l1d->client.self, step->now_ps, step->address, step->line, CHI_OKAY,
                        step->message->flags & (CHI_FLAG_CACHE_TO_CACHE | CHI_FLAG_L2_HIT));
    l1d->pinned = NULL;
}

static void complete_with_error(l1_step_t *step)
{
    cache_l1d_t *l1d = step->l1d;
    cache_mshr_release(&l1d->mshrs, step->message->transaction & L1_TRANSACTION_INDEX);
    l1d->client.on_fill(l1d->client.self, step->now_ps, step->address, NULL, step->message->error, 0);
}

static void free_entry(l1_step_t *step)
{
    cache_l1d_t *l1d = step->l1d;
    uint8_t *flags = &l1d->line_flags[cache_array_index(&l1d->array, step->line)];
    if (*flags & L1_LINE_MAINTENANCE)
        l1d->maintenance_entries--;
    *flags = 0;
    cache_array_name(&l1d->array, step->line, CACHE_NO_ADDRESS);
    l1d->free_entries |= UINT64_C(1) << cache_l1d_entry_number(l1d, step->line);
}

/* --- the table --- */

typedef void l1_action_t(l1_step_t *step);
typedef struct l1_cell {
    uint8_t kind, next;
    l1_action_t *actions[CACHE_MAX_ACTIONS + 1]; /* ends with NULL */
} l1_cell_t;

static const l1_cell_t l1_table[L1_STATES][L1_EVENTS] = {
#define RULE(state, event, next_state, ...)                                                                            \
    [L1_##state][L1_EVENT_##event] = {CACHE_CELL_RULE, L1_##next_state, {__VA_ARGS__}},
#define HIT(state, event)        [L1_##state][L1_EVENT_##event] = {CACHE_CELL_HIT, L1_##state, {0}},
#define MERGE(state, event)      [L1_##state][L1_EVENT_##event] = {CACHE_CELL_MERGE, L1_##state, {0}},
#define STALL(state, event)      [L1_##state][L1_EVENT_##event] = {CACHE_CELL_STALL, L1_##state, {0}},
#define NEVER(state, event, why) [L1_##state][L1_EVENT_##event] = {CACHE_CELL_NEVER, L1_##state, {0}},
#include "cache/protocol_l1.def"
};

static const char *const l1_state_names[] = {
#define L1_STATE(name, meaning) #name,
#include "cache/protocol_l1.def"
    NULL};
static const char *const l1_event_names[] = {
#define L1_EVENT(name, meaning) #name,
#include "cache/protocol_l1.def"
    NULL};

const trace_names_t *cache_l1d_trace_names(void)
{
    static const trace_names_t names = {.events = l1_event_names, .states = l1_state_names};
    return &names;
}

const char *cache_state_name(unsigned state)
{
    return state < L1_STATES ? l1_state_names[state] : "?";
}

/* --- the dispatcher --- */

static const l1_cell_t *look_up(const l1_step_t *step, unsigned state, l1_event_t event)
{
    const l1_cell_t *cell = &l1_table[state][event];
    if (cell->kind == CACHE_CELL_NEVER || cell->kind == CACHE_CELL_MISSING)
        base_bug("L1D protocol: core %u, line %#" PRIx64 ": %s in state %s at %" PRIu64 " ps: %s", step->l1d->core,
                 step->address, l1_event_names[event], l1_state_names[state], step->now_ps,
                 cache_protocol_why(CACHE_PROTOCOL_L1, state, event));
    return cell;
}

unsigned cache_l1d_plan(const l1_step_t *step, unsigned state, l1_event_t event)
{
    unsigned kind = look_up(step, state, event)->kind;
    if (kind != CACHE_CELL_RULE)
        step->l1d->coverage[state * L1_EVENTS + event]++;
    return kind;
}

static void trace(const l1_step_t *step, unsigned old_state, unsigned new_state, l1_event_t event)
{
    const chi_message_t *message = step->message;
    trace_record_t record = {
        .time_ps = step->now_ps,
        .address = step->address,
        .cause_pc = message ? message->pc : step->pc,
        .event = (uint16_t)event,
        .old_state = (uint16_t)old_state,
        .new_state = (uint16_t)new_state,
        .cause_core = message ? cache_cause_core(message) : (int16_t)step->l1d->core,
    };
    trace_emit(step->l1d->port, &record);
}

void cache_l1d_perform(l1_step_t *step, l1_event_t event)
{
    cache_line_t *line = step->line;
    unsigned old_state = line ? line->state : L1_I;
    const l1_cell_t *cell = look_up(step, old_state, event);
    if (cell->kind != CACHE_CELL_RULE)
        base_bug("L1D: core %u, line %#" PRIx64 ": %s cannot be carried out in state %s", step->l1d->core,
                 step->address, l1_event_names[event], l1_state_names[old_state]);
    step->l1d->coverage[old_state * L1_EVENTS + event]++;
    if (line)
        line->state = cell->next;
    trace(step, old_state, cell->next, event);
    for (l1_action_t *const *action = cell->actions; *action; action++)
        (*action)(step);
    if (step->l1d->checker)
        cache_checker_verify_line(step->l1d->checker, step->now_ps, step->address);
}
