/* The L1 data cache as the core sees it. */
#include "cache/l1d.h"

#include "base/bits.h"
#include "base/error.h"
#include "cache/checker.h"
#include "cache/l1d_impl.h"
#include "cache/protocol.h"
#include "interconnect/send.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

_Static_assert((int)L1_I == CACHE_I && (int)L1_S == CACHE_S && (int)L1_E == CACHE_E && (int)L1_M == CACHE_M,
               "the table numbers the stable states as the core knows them");

/* --- life --- */

static int check_config(const cache_l1d_config_t *config, unsigned core, base_error_t *error)
{
    if (!config->mshrs || config->mshrs > CACHE_MAX_MSHRS)
        return base_fail(error, -EINVAL, "core %u: L1D has %" PRIu32 " miss registers; choose 1 to %d", core,
                         config->mshrs, CACHE_MAX_MSHRS);
    if (!config->write_back_entries || config->write_back_entries > 64)
        return base_fail(error, -EINVAL, "core %u: L1D has %" PRIu32 " write-back entries; choose 1 to 64", core,
                         config->write_back_entries);
    if (!config->period_ps)
        return base_fail(error, -EINVAL, "core %u: L1D has no clock; give its period", core);
    return 0;
}

int cache_l1d_new(const cache_l1d_config_t *config, unsigned core, engine_link_t *link, trace_port_t *port,
                  const cache_l1d_client_t *client, cache_l1d_t **ret_l1d, base_error_t *error)
{
    int failed = check_config(config, core, error);
    if (failed)
        return failed;
    char name[32];
    g_snprintf(name, sizeof name, "core %u: L1D", core);
    cache_l1d_t *l1d = g_new0(cache_l1d_t, 1);
    failed = cache_array_init(&l1d->array, name, config->size_bytes, config->ways, config->replacement,
                              config->write_back_entries, error);
    if (failed) {
        g_free(l1d);
        return failed;
    }
    l1d->config = *config;
    l1d->core = core;
    l1d->link = link;
    l1d->port = port;
    l1d->client = *client;
    l1d->first_entry = l1d->array.sets * l1d->array.ways;
    l1d->line_flags = g_new0(uint8_t, l1d->first_entry + config->write_back_entries);
    l1d->free_entries = bits_mask(config->write_back_entries);
    cache_mshr_init(&l1d->mshrs, config->mshrs);
    l1d->snoop_delay_ps = config->snoop_response_cycles * config->period_ps;
    base_random_init(&l1d->random, config->evict_seed);
    *ret_l1d = l1d;
    return 0;
}

void cache_l1d_free(cache_l1d_t *l1d)
{
    if (!l1d)
        return;
    cache_array_done(&l1d->array);
    g_free(l1d->line_flags);
    g_free(l1d);
}

void cache_l1d_set_checker(cache_l1d_t *l1d, struct cache_checker *checker)
{
    l1d->checker = checker;
}

/* --- finding lines --- */

cache_line_t *cache_l1d_lookup(cache_l1d_t *l1d, uint64_t address)
{
    cache_line_t *line = cache_array_find(&l1d->array, chi_line(address));
    return line && cache_state_readable(line->state) ? line : NULL;
}

static cache_line_t *find_entry(const cache_l1d_t *l1d, uint64_t address)
{
    uint64_t used = bits_mask(l1d->config.write_back_entries) & ~l1d->free_entries;
    for (; used; used &= used - 1) {
        cache_line_t *entry = &l1d->array.lines[l1d->first_entry + (uint32_t)__builtin_ctzll(used)];
        if (entry->address == address)
            return entry;
    }
    return NULL;
}

/* In the array or in the write-back buffer: never in both, because requests wait for the buffer. */
static cache_line_t *find_anywhere(const cache_l1d_t *l1d, uint64_t address)
{
    cache_line_t *line = cache_array_find(&l1d->array, address);
    return line ? line : find_entry(l1d, address);
}

static bool in_buffer(const cache_l1d_t *l1d, const cache_line_t *line)
{
    return cache_array_index(&l1d->array, line) >= l1d->first_entry;
}

/* --- giving lines up --- */

bool cache_l1d_give_up(cache_l1d_t *l1d, uint64_t now_ps, cache_line_t *line, l1_event_t event, unsigned flags,
                       uint64_t pc)
{
    if (!l1d->free_entries)
        return false;
    uint32_t number = (uint32_t)__builtin_ctzll(l1d->free_entries);
    cache_line_t *entry = &l1d->array.lines[l1d->first_entry + number];
    uint8_t *line_flags = &l1d->line_flags[cache_array_index(&l1d->array, line)];
    l1d->free_entries &= l1d->free_entries - 1;
    cache_array_name(&l1d->array, entry, line->address);
    entry->state = line->state;
    memcpy(entry->data, line->data, CHI_LINE_BYTES);
    l1d->line_flags[l1d->first_entry + number] = (uint8_t)(*line_flags | flags);
    *line_flags = 0;
    cache_array_name(&l1d->array, line, CACHE_NO_ADDRESS);
    line->state = L1_I;

    if (flags & L1_LINE_MAINTENANCE)
        l1d->maintenance_entries++;
    if (entry->state == L1_M && event == L1_EVENT_REPLACE)
        l1d->stats.evictions_dirty++;
    else
        l1d->stats.evictions_clean++;
    if (entry->state == L1_M && event == L1_EVENT_DROP && l1d->checker)
        cache_checker_forget(l1d->checker, entry->address);
    l1_step_t step = {.l1d = l1d,
                      .now_ps = now_ps,
                      .address = entry->address,
                      .pc = pc,
                      .line = entry,
                      .transaction = L1_TRANSACTION_ENTRY | number};
    cache_l1d_perform(&step, event);
    return true;
}

/* An empty way of the set of `address`; a stable line makes room if need be. NULL: not now. */
static cache_line_t *make_room(cache_l1d_t *l1d, uint64_t now_ps, uint64_t address, uint64_t pc)
{
    uint32_t first = cache_array_set_of(&l1d->array, address) * l1d->array.ways;
    uint64_t candidates = 0;
    for (uint32_t way = 0; way < l1d->array.ways; way++) {
        const cache_line_t *line = &l1d->array.lines[first + way];
        if (l1_is_stable(line->state) && line != l1d->pinned)
            candidates |= UINT64_C(1) << way;
    }
    cache_line_t *line = cache_array_choose(&l1d->array, address, candidates);
    if (!line || line->address == CACHE_NO_ADDRESS)
        return line;
    return cache_l1d_give_up(l1d, now_ps, line, L1_EVENT_REPLACE, 0, pc) ? line : NULL;
}

/* The perturb layer: once in evict_interval misses some line goes. */
static void evict_at_random(cache_l1d_t *l1d, uint64_t now_ps, uint64_t pc)
{
    if (base_random_below(&l1d->random, l1d->config.evict_interval))
        return;
    cache_line_t *line = &l1d->array.lines[base_random_below(&l1d->random, l1d->first_entry)];
    if (line->address != CACHE_NO_ADDRESS && l1_is_stable(line->state) && line != l1d->pinned)
        cache_l1d_give_up(l1d, now_ps, line, L1_EVENT_REPLACE, 0, pc);
}

/* --- requests of the core --- */

bool cache_l1d_make_dirty(cache_l1d_t *l1d, uint64_t now_ps, cache_line_t *line, uint64_t pc)
{
    if (line->state == L1_M)
        return true;
    if (line->state != L1_E)
        return false;
    l1_step_t step = {.l1d = l1d, .now_ps = now_ps, .address = line->address, .pc = pc, .line = line};
    cache_l1d_perform(&step, L1_EVENT_WRITE_HIT);
    return true;
}

static void count_miss(cache_l1d_stats_t *stats, unsigned state, l1_event_t event)
{
    if (state == L1_S)
        stats->upgrades++;
    else if (event == L1_EVENT_LOAD)
        stats->load_misses++;
    else
        stats->store_misses++;
}

/* The table wants a request sent: reserves the line and a miss register for it, or touches nothing. */
static cache_outcome_t start_request(l1_step_t *step, l1_event_t event, chi_shareability_t shareability)
{
    cache_l1d_t *l1d = step->l1d;
    if (cache_mshr_full(&l1d->mshrs))
        return CACHE_FULL;
    bool absent = !step->line;
    if (absent) {
        step->line = make_room(l1d, step->now_ps, step->address, step->pc);
        if (!step->line)
            return CACHE_FULL;
        cache_array_name(&l1d->array, step->line, step->address);
        step->line->last_use = step->now_ps / l1d->config.period_ps;
        l1d->line_flags[cache_array_index(&l1d->array, step->line)] =
            shareability == CHI_NON_SHAREABLE ? L1_LINE_PRIVATE : 0;
    }
    count_miss(&l1d->stats, step->line->state, event);
    step->transaction = cache_mshr_take(&l1d->mshrs, step->line, step->pc);
    cache_l1d_perform(step, event);
    if (absent && l1d->config.evict_interval)
        evict_at_random(l1d, step->now_ps, step->pc);
    return CACHE_MISS;
}

cache_outcome_t cache_l1d_request(cache_l1d_t *l1d, uint64_t now_ps, uint64_t address, cache_want_t want,
                                  chi_shareability_t shareability, uint64_t pc)
{
    static const l1_event_t events[] = {[CACHE_WANT_READ] = L1_EVENT_LOAD,
                                        [CACHE_WANT_WRITE] = L1_EVENT_STORE,
                                        [CACHE_WANT_OVERWRITE] = L1_EVENT_OVERWRITE};
    l1_event_t event = events[want];
    address = chi_line(address);
    l1_step_t step = {.l1d = l1d, .now_ps = now_ps, .address = address, .pc = pc, .line = find_anywhere(l1d, address)};
    unsigned state = step.line ? step.line->state : L1_I;
    if (cache_has_fault(l1d, L1_WRITES_SHARED_LINE) && state == L1_S && event != L1_EVENT_LOAD) {
        step.line->state = L1_M;
        return CACHE_HIT;
    }
    switch (cache_l1d_plan(&step, state, event)) {
    case CACHE_CELL_HIT: return CACHE_HIT;
    case CACHE_CELL_MERGE: return CACHE_MISS;
    case CACHE_CELL_STALL: return in_buffer(l1d, step.line) ? CACHE_FULL : CACHE_CONFLICT;
    default: return start_request(&step, event, shareability);
    }
}

cache_outcome_t cache_l1d_send_atomic(cache_l1d_t *l1d, uint64_t now_ps, const chi_message_t *request)
{
    l1_step_t step = {.l1d = l1d,
                      .now_ps = now_ps,
                      .address = request->address,
                      .pc = request->pc,
                      .line = find_anywhere(l1d, request->address),
                      .atomic = request};
    if (cache_l1d_plan(&step, step.line ? step.line->state : L1_I, L1_EVENT_ATOMIC) == CACHE_CELL_STALL)
        return in_buffer(l1d, step.line) ? CACHE_FULL : CACHE_CONFLICT;
    if (cache_mshr_full(&l1d->mshrs))
        return CACHE_FULL;
    step.transaction = L1_TRANSACTION_ATOMIC | cache_mshr_take(&l1d->mshrs, NULL, request->pc);
    cache_l1d_perform(&step, L1_EVENT_ATOMIC);
    return CACHE_MISS;
}

bool cache_l1d_holds_privately(const cache_l1d_t *l1d, uint64_t address)
{
    const cache_line_t *line = find_anywhere(l1d, chi_line(address));
    return line && l1d->line_flags[cache_array_index(&l1d->array, line)] & L1_LINE_PRIVATE;
}

/* --- what the cluster says --- */

static void receive_atomic(cache_l1d_t *l1d, uint64_t now_ps, const chi_message_t *message)
{
    bool has_data = message->opcode == CHI_COMP_DATA && message->error == CHI_OKAY;
    cache_mshr_release(&l1d->mshrs, message->transaction & L1_TRANSACTION_INDEX);
    l1d->client.on_atomic(l1d->client.self, now_ps, message->address, has_data ? message->data : NULL, message->error,
                          message->flags & (CHI_FLAG_CACHE_TO_CACHE | CHI_FLAG_L2_HIT));
}

static l1_event_t event_of(const chi_message_t *message)
{
    switch (message->opcode) {
    case CHI_COMP: return L1_EVENT_COMP;
    case CHI_COMP_DATA:
        if (message->error != CHI_OKAY)
            return L1_EVENT_DATA_ERROR;
        return message->state == CHI_SC ? L1_EVENT_DATA_SHARED : L1_EVENT_DATA_UNIQUE;
    case CHI_SNP_SHARED: return L1_EVENT_SNP_SHARED;
    case CHI_SNP_UNIQUE: return L1_EVENT_SNP_UNIQUE;
    case CHI_SNP_CLEAN_SHARED: return L1_EVENT_SNP_CLEAN_SHARED;
    case CHI_SNP_CLEAN_INVALID: return L1_EVENT_SNP_CLEAN_INVALID;
    case CHI_SNP_MAKE_INVALID: return L1_EVENT_SNP_MAKE_INVALID;
    default: base_bug("L1D: unexpected %s for line %#" PRIx64, chi_opcode_name(message->opcode), message->address);
    }
}

static cache_line_t *line_of_answer(cache_l1d_t *l1d, const chi_message_t *message)
{
    uint32_t index = message->transaction & L1_TRANSACTION_INDEX;
    if (message->transaction & L1_TRANSACTION_ENTRY)
        return &l1d->array.lines[l1d->first_entry + index];
    return l1d->mshrs.registers[index].line;
}

void cache_l1d_receive(cache_l1d_t *l1d, uint64_t now_ps, const chi_message_t *message)
{
    bool answer = message->opcode == CHI_COMP || message->opcode == CHI_COMP_DATA;
    if (answer && message->transaction & L1_TRANSACTION_MAINTENANCE) {
        l1d->maintenance_requests--;
        return;
    }
    if (answer && message->transaction & L1_TRANSACTION_ATOMIC) {
        receive_atomic(l1d, now_ps, message);
        return;
    }
    l1_step_t step = {.l1d = l1d, .now_ps = now_ps, .address = message->address, .pc = message->pc, .message = message};
    l1_event_t event = event_of(message);
    if (!answer)
        l1d->stats.snoops_received++;
    step.line = answer ? line_of_answer(l1d, message) : find_anywhere(l1d, message->address);
    if (!step.line || step.line->address != message->address) {
        cache_l1d_plan(&step, L1_I, event);
        base_bug("L1D: core %u: %s for line %#" PRIx64 " that is not here", l1d->core, chi_opcode_name(message->opcode),
                 message->address);
    }
    cache_l1d_perform(&step, event);
}
