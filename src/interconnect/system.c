#include "interconnect/system.h"

#include "base/time.h"
#include "interconnect/address_map.h"
#include "interconnect/dram.h"
#include "interconnect/send.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum { MAX_CLUSTERS = 16, MAX_REQUESTERS = 64, TARGET_DRAM = 0, TARGET_FIRST_DEVICE = 1, NO_PENDING = UINT32_MAX };

/* A device access on its way: the header of the request, to answer under the requester's own transaction. */
typedef struct pending_access {
    chi_message_t request; /* data unused */
    bool answered;         /* posted write: the requester has its Comp already */
    uint32_t next_free;
} pending_access_t;

struct interconnect_system {
    engine_component_t *component;
    interconnect_dram_t *dram;
    interconnect_address_map_t map;
    engine_link_t *clusters[MAX_CLUSTERS];
    unsigned cluster_count;
    engine_link_t *devices[INTERCONNECT_MAX_WINDOWS];
    unsigned device_count;
    engine_link_t *requesters[MAX_REQUESTERS];
    uint32_t requester_count;
    pending_access_t *pending;
    uint32_t pending_capacity, pending_free;
    interconnect_system_stats_t stats;
};

static void respond(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *answer)
{
    if (answer->reserved >= system->cluster_count)
        base_bug("system: request for %#" PRIx64 " from unknown cluster %" PRIu32, answer->address, answer->reserved);
    chi_send(system->clusters[answer->reserved], now_ps, 0, answer);
}

static void dram_answer(void *self, uint64_t now_ps, const chi_message_t *answer)
{
    respond(self, now_ps, answer);
}

/* --- devices --- */

static uint32_t take_pending(interconnect_system_t *system)
{
    if (system->pending_free == NO_PENDING) {
        uint32_t old = system->pending_capacity;
        system->pending_capacity = old ? old * 2 : 16;
        system->pending = g_renew(pending_access_t, system->pending, system->pending_capacity);
        for (uint32_t i = system->pending_capacity; i-- > old; system->pending_free = i)
            system->pending[i].next_free = system->pending_free;
    }
    uint32_t index = system->pending_free;
    system->pending_free = system->pending[index].next_free;
    return index;
}

/* Comp or CompData without an access behind it. */
static void respond_without_data(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *request,
                                 chi_error_t error)
{
    chi_message_t answer = *request;
    answer.opcode = request->opcode == CHI_READ_NO_SNOOP ? CHI_COMP_DATA : CHI_COMP;
    answer.state = CHI_I;
    answer.error = (uint8_t)error;
    memset(answer.data, 0, sizeof answer.data);
    respond(system, now_ps, &answer);
}

static void forward_to_device(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *request,
                              unsigned device)
{
    uint32_t index = take_pending(system);
    pending_access_t *access = &system->pending[index];
    memcpy(&access->request, request, offsetof(chi_message_t, data));
    access->answered = request->opcode == CHI_WRITE_NO_SNOOP && !(request->flags & CHI_FLAG_PERFORMED);
    if (access->answered)
        respond_without_data(system, now_ps, request, CHI_OKAY);
    chi_message_t forwarded = *request;
    forwarded.transaction = index;
    chi_send(system->devices[device], now_ps, 0, &forwarded);
    if (request->opcode == CHI_READ_NO_SNOOP)
        system->stats.device_reads++;
    else
        system->stats.device_writes++;
}

static void device_answered(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *from_device)
{
    if (from_device->transaction >= system->pending_capacity)
        base_bug("system: a device answered unknown transaction %#" PRIx32 ", address %#" PRIx64,
                 from_device->transaction, from_device->address);
    pending_access_t *access = &system->pending[from_device->transaction];
    if (!access->answered) {
        chi_message_t answer = *from_device;
        answer.source = access->request.source;
        answer.transaction = access->request.transaction;
        answer.reserved = access->request.reserved;
        respond(system, now_ps, &answer);
    }
    access->next_free = system->pending_free;
    system->pending_free = from_device->transaction;
}

/* --- requesters without caches --- */

static void answer_requester(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *answer)
{
    chi_send(system->requesters[answer->reserved], now_ps, 0, answer);
}

static void handle_io_request(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *request)
{
    bool is_read = request->opcode == CHI_READ_ONCE;
    if (request->source != CHI_SOURCE_IO || request->reserved >= system->requester_count ||
        request->address & (CHI_LINE_BYTES - 1) || !system->cluster_count)
        base_bug("system: %s for %#" PRIx64 " of unknown requester %" PRIu32, chi_opcode_name(request->opcode),
                 request->address, request->reserved);
    if (interconnect_address_map_find(&system->map, request->address) == TARGET_DRAM) {
        *(is_read ? &system->stats.io_reads : &system->stats.io_writes) += 1;
        chi_send(system->clusters[0], now_ps, 0, request);
        return;
    }
    system->stats.io_refused++;
    chi_message_t answer = *request;
    answer.opcode = is_read ? CHI_COMP_DATA : CHI_COMP;
    answer.state = CHI_I;
    answer.error = CHI_DECERR;
    memset(answer.data, 0, sizeof answer.data);
    answer_requester(system, now_ps, &answer);
}

/* --- the component --- */

static void handle_request(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *request)
{
    unsigned at = (unsigned)(request->address & (CHI_LINE_BYTES - 1));
    if (!request->size_bytes || at + request->size_bytes > CHI_LINE_BYTES)
        base_bug("system: %s of %u bytes at %#" PRIx64 " leaves its line", chi_opcode_name(request->opcode),
                 request->size_bytes, request->address);
    int target = interconnect_address_map_find(&system->map, request->address);
    if (target == TARGET_DRAM) {
        interconnect_dram_request(system->dram, now_ps, request);
    } else if (target >= TARGET_FIRST_DEVICE) {
        forward_to_device(system, now_ps, request, (unsigned)target - TARGET_FIRST_DEVICE);
    } else {
        system->stats.decode_errors++;
        respond_without_data(system, now_ps, request, CHI_DECERR);
    }
}

static void handle(interconnect_system_t *system, uint64_t now_ps, const chi_message_t *message)
{
    switch (message->opcode) {
    case CHI_READ_NO_SNOOP:
    case CHI_WRITE_NO_SNOOP: handle_request(system, now_ps, message); break;
    case CHI_READ_ONCE:
    case CHI_WRITE_UNIQUE: handle_io_request(system, now_ps, message); break;
    case CHI_EVENT: chi_send(system->clusters[0], now_ps, 0, message); break;
    case CHI_COMP:
    case CHI_COMP_DATA:
        if (message->source == CHI_SOURCE_IO)
            answer_requester(system, now_ps, message);
        else
            device_answered(system, now_ps, message);
        break;
    default: base_bug("system: unexpected %s, address %#" PRIx64, chi_opcode_name(message->opcode), message->address);
    }
}

/* Messages and DRAM events in time order; at equal times the DRAM goes first. */
static void run(void *self, uint64_t end_ps)
{
    interconnect_system_t *system = self;
    for (;;) {
        uint64_t event_ps = interconnect_dram_next_ps(system->dram);
        uint64_t inbox_ps = engine_inbox_next_ps(system->component);
        if (event_ps <= inbox_ps && event_ps < end_ps) {
            interconnect_dram_step(system->dram);
        } else if (inbox_ps < end_ps) {
            const engine_message_t *message = engine_inbox_take(system->component, end_ps);
            handle(system, message->arrival_ps, (const chi_message_t *)message->payload);
        } else {
            break;
        }
    }
    engine_component_wake_at(system->component, interconnect_dram_next_ps(system->dram));
}

int interconnect_system_new(engine_t *engine, const interconnect_dram_config_t *dram,
                            interconnect_system_t **ret_system, base_error_t *error)
{
    static const engine_component_ops_t ops = {.run = run};
    interconnect_system_t *system = g_new0(interconnect_system_t, 1);
    interconnect_dram_client_t client = {.self = system, .answer = dram_answer};
    system->pending_free = NO_PENDING;
    int failed = interconnect_dram_new(dram, &client, &system->stats, &system->dram, error);
    if (!failed)
        failed = interconnect_address_map_add(&system->map, dram->base, dram->size_bytes, TARGET_DRAM, error);
    if (failed) {
        interconnect_system_free(system);
        return failed;
    }
    system->component = engine_component_new(engine, "system", &ops, system);
    *ret_system = system;
    return 0;
}

void interconnect_system_free(interconnect_system_t *system)
{
    if (!system)
        return;
    interconnect_dram_free(system->dram);
    g_free(system->pending);
    g_free(system);
}

engine_component_t *interconnect_system_component(interconnect_system_t *system)
{
    return system->component;
}

void interconnect_system_attach_cluster(interconnect_system_t *system, engine_link_t *to_cluster)
{
    if (system->cluster_count == MAX_CLUSTERS)
        base_bug("system: more than %d clusters", MAX_CLUSTERS);
    system->clusters[system->cluster_count++] = to_cluster;
}

int interconnect_system_attach_device(interconnect_system_t *system, uint64_t base, uint64_t size_bytes,
                                      engine_link_t *to_device, base_error_t *error)
{
    int target = TARGET_FIRST_DEVICE + (int)system->device_count;
    int failed = interconnect_address_map_add(&system->map, base, size_bytes, target, error);
    if (!failed)
        system->devices[system->device_count++] = to_device;
    return failed;
}

uint32_t interconnect_system_attach_requester(interconnect_system_t *system, engine_link_t *to_requester)
{
    if (system->requester_count == MAX_REQUESTERS)
        base_bug("system: more than %d requesters", MAX_REQUESTERS);
    system->requesters[system->requester_count] = to_requester;
    return system->requester_count++;
}

const interconnect_system_stats_t *interconnect_system_stats(const interconnect_system_t *system)
{
    return &system->stats;
}

const stats_counter_t *interconnect_system_counters(void)
{
    typedef interconnect_system_stats_t system_t;
    static const stats_counter_t counters[] = {
        STATS_COUNTER(system_t, dram_reads, "count", "Reads that DRAM served"),
        STATS_COUNTER(system_t, dram_writes, "count", "Writes that DRAM took"),
        STATS_COUNTER(system_t, device_reads, "count", "Reads forwarded to devices"),
        STATS_COUNTER(system_t, device_writes, "count", "Writes forwarded to devices"),
        STATS_COUNTER(system_t, decode_errors, "count", "Accesses to addresses that nobody owns"),
        STATS_COUNTER(system_t, dram_read_ps, "ps", "Time of all DRAM reads from arrival to answer"),
        STATS_COUNTER(system_t, dram_queue_ps, "ps", "Part of it spent waiting for queue, bank or bus"),
        STATS_COUNTER(system_t, io_reads, "count", "Lines that devices read"),
        STATS_COUNTER(system_t, io_writes, "count", "Lines that devices wrote, in whole or in part"),
        STATS_COUNTER(system_t, io_refused, "count", "Lines outside RAM that devices might not reach"),
        {0},
    };
    return counters;
}

uint8_t *interconnect_system_ram(interconnect_system_t *system)
{
    return interconnect_dram_bytes(system->dram);
}
