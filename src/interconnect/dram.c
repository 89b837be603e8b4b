#include "interconnect/dram.h"

#include "base/bits.h"
#include "base/time.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

enum { NO_SLOT = UINT32_MAX, MAX_BANKS = 4096, MAX_QUEUE_ENTRIES = 4096 };

/* A request in the queue, or waiting for room in it. */
typedef struct dram_slot {
    chi_message_t message;
    uint64_t arrival_ps;
    uint32_t next; /* in the free or the waiting list */
} dram_slot_t;

/* READY: the bank has the row open for the slot; DONE: its burst has left the data bus. */
typedef enum dram_event_kind { EVENT_READY, EVENT_DONE } dram_event_kind_t;
typedef struct dram_event {
    uint64_t time_ps, sequence;
    uint32_t slot;
    dram_event_kind_t kind;
} dram_event_t;

struct interconnect_dram {
    interconnect_dram_config_t config;
    interconnect_dram_client_t client;
    interconnect_system_stats_t *stats;
    uint8_t *bytes;
    uint64_t *bank_free_ps;
    uint64_t bus_free_ps;
    dram_slot_t *slots;
    uint32_t slot_capacity, free_slots;
    uint32_t in_service;
    uint32_t waiting_head, waiting_tail;
    dram_event_t *heap; /* one event a slot in service at most */
    uint32_t heap_count;
    uint64_t sequence;
};

static int check_config(const interconnect_dram_config_t *config, base_error_t *error)
{
    if (!config->size_bytes || config->size_bytes % CHI_LINE_BYTES || config->base % CHI_LINE_BYTES)
        return base_fail(error, -EINVAL,
                         "DRAM of %" PRIu64 " bytes at %#" PRIx64
                         ": base and size must be multiples of %d and not empty",
                         config->size_bytes, config->base, CHI_LINE_BYTES);
    if (config->base + config->size_bytes - 1 < config->base)
        return base_fail(error, -EINVAL, "DRAM of %" PRIu64 " bytes at %#" PRIx64 " passes 2^64; make it smaller",
                         config->size_bytes, config->base);
    if (!bits_is_power_of_two(config->banks) || config->banks > MAX_BANKS)
        return base_fail(error, -EINVAL, "DRAM has %" PRIu32 " banks; choose a power of two up to %d", config->banks,
                         MAX_BANKS);
    if (!config->queue_entries || config->queue_entries > MAX_QUEUE_ENTRIES)
        return base_fail(error, -EINVAL, "DRAM queue has %" PRIu32 " entries; choose 1 to %d", config->queue_entries,
                         MAX_QUEUE_ENTRIES);
    return 0;
}

int interconnect_dram_new(const interconnect_dram_config_t *config, const interconnect_dram_client_t *client,
                          interconnect_system_stats_t *stats, interconnect_dram_t **ret_dram, base_error_t *error)
{
    int failed = check_config(config, error);
    if (failed)
        return failed;
    /* Untouched pages cost nothing, so the guest may have more memory than the host. */
    void *bytes =
        mmap(NULL, config->size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED)
        return base_fail(error, -ENOMEM, "cannot reserve %" PRIu64 " bytes of address space for DRAM: %s; use less",
                         config->size_bytes, g_strerror(errno));
    interconnect_dram_t *dram = g_new0(interconnect_dram_t, 1);
    dram->config = *config;
    dram->client = *client;
    dram->stats = stats;
    dram->bytes = bytes;
    dram->bank_free_ps = g_new0(uint64_t, config->banks);
    dram->heap = g_new(dram_event_t, config->queue_entries);
    dram->free_slots = dram->waiting_head = dram->waiting_tail = NO_SLOT;
    *ret_dram = dram;
    return 0;
}

void interconnect_dram_free(interconnect_dram_t *dram)
{
    if (!dram)
        return;
    munmap(dram->bytes, dram->config.size_bytes);
    g_free(dram->bank_free_ps);
    g_free(dram->slots);
    g_free(dram->heap);
    g_free(dram);
}

uint8_t *interconnect_dram_bytes(interconnect_dram_t *dram)
{
    return dram->bytes;
}

/* --- events, earliest first; equal times in the order they were made --- */

static bool earlier(const dram_event_t *a, const dram_event_t *b)
{
    return a->time_ps != b->time_ps ? a->time_ps < b->time_ps : a->sequence < b->sequence;
}

static void push_event(interconnect_dram_t *dram, uint64_t time_ps, uint32_t slot, dram_event_kind_t kind)
{
    dram_event_t event = {.time_ps = time_ps, .sequence = dram->sequence++, .slot = slot, .kind = kind};
    uint32_t at = dram->heap_count++;
    for (; at && earlier(&event, &dram->heap[(at - 1) / 2]); at = (at - 1) / 2)
        dram->heap[at] = dram->heap[(at - 1) / 2];
    dram->heap[at] = event;
}

static dram_event_t pop_event(interconnect_dram_t *dram)
{
    dram_event_t first = dram->heap[0], last = dram->heap[--dram->heap_count];
    uint32_t at = 0;
    for (uint32_t child = 1; child < dram->heap_count; child = at * 2 + 1) {
        if (child + 1 < dram->heap_count && earlier(&dram->heap[child + 1], &dram->heap[child]))
            child++;
        if (!earlier(&dram->heap[child], &last))
            break;
        dram->heap[at] = dram->heap[child];
        at = child;
    }
    dram->heap[at] = last;
    return first;
}

/* --- slots --- */

static uint32_t take_slot(interconnect_dram_t *dram)
{
    if (dram->free_slots == NO_SLOT) {
        uint32_t old = dram->slot_capacity;
        dram->slot_capacity = old ? old * 2 : 32;
        dram->slots = g_renew(dram_slot_t, dram->slots, dram->slot_capacity);
        for (uint32_t slot = dram->slot_capacity; slot-- > old; dram->free_slots = slot)
            dram->slots[slot].next = dram->free_slots;
    }
    uint32_t slot = dram->free_slots;
    dram->free_slots = dram->slots[slot].next;
    return slot;
}

static void append_waiting(interconnect_dram_t *dram, uint32_t slot)
{
    dram->slots[slot].next = NO_SLOT;
    if (dram->waiting_head == NO_SLOT)
        dram->waiting_head = slot;
    else
        dram->slots[dram->waiting_tail].next = slot;
    dram->waiting_tail = slot;
}

/* --- the life of a request --- */

static bool is_read(const chi_message_t *message)
{
    return message->opcode == CHI_READ_NO_SNOOP;
}

static void answer(interconnect_dram_t *dram, uint64_t now_ps, chi_message_t *message)
{
    message->opcode = is_read(message) ? CHI_COMP_DATA : CHI_COMP;
    message->error = CHI_OKAY;
    message->state = CHI_I;
    dram->client.answer(dram->client.self, now_ps, message);
}

/* Enters the queue: the bank starts when its previous access lets it. */
static void accept(interconnect_dram_t *dram, uint64_t now_ps, uint32_t slot)
{
    dram_slot_t *entry = &dram->slots[slot];
    uint64_t line = (entry->message.address - dram->config.base) >> CHI_LINE_SHIFT;
    uint64_t *free_ps = &dram->bank_free_ps[line & (dram->config.banks - 1)];
    uint64_t start_ps = *free_ps > now_ps ? *free_ps : now_ps;
    *free_ps = start_ps + dram->config.bank_busy_ps;
    dram->in_service++;
    push_event(dram, start_ps + dram->config.access_ps, slot, EVENT_READY);
    if (is_read(&entry->message)) {
        dram->stats->dram_queue_ps += start_ps - entry->arrival_ps;
    } else if (!(entry->message.flags & CHI_FLAG_PERFORMED)) {
        chi_message_t posted = entry->message;
        answer(dram, now_ps, &posted);
    }
}

void interconnect_dram_request(interconnect_dram_t *dram, uint64_t now_ps, const chi_message_t *request)
{
    uint32_t slot = take_slot(dram);
    dram->slots[slot].message = *request;
    dram->slots[slot].arrival_ps = now_ps;
    if (is_read(request))
        dram->stats->dram_reads++;
    else
        dram->stats->dram_writes++;
    if (dram->in_service < dram->config.queue_entries && dram->waiting_head == NO_SLOT)
        accept(dram, now_ps, slot);
    else
        append_waiting(dram, slot);
}

static void write_bytes(uint8_t *line, const uint8_t *data, uint64_t mask)
{
    if (mask == UINT64_MAX) {
        memcpy(line, data, CHI_LINE_BYTES);
        return;
    }
    for (; mask; mask &= mask - 1)
        line[__builtin_ctzll(mask)] = data[__builtin_ctzll(mask)];
}

/* The bank is ready: the access takes effect, and its burst takes the bus when that is free. */
static void ready(interconnect_dram_t *dram, uint64_t now_ps, uint32_t slot)
{
    dram_slot_t *entry = &dram->slots[slot];
    uint8_t *line = dram->bytes + (chi_line(entry->message.address) - dram->config.base);
    uint64_t start_ps = dram->bus_free_ps > now_ps ? dram->bus_free_ps : now_ps;
    dram->bus_free_ps = start_ps + dram->config.line_transfer_ps;
    push_event(dram, dram->bus_free_ps, slot, EVENT_DONE);
    if (is_read(&entry->message)) {
        memcpy(entry->message.data, line, CHI_LINE_BYTES);
        dram->stats->dram_queue_ps += start_ps - now_ps;
    } else {
        write_bytes(line, entry->message.data, entry->message.operand);
    }
}

/* The burst is over: its answer goes out and the next request that waited enters the queue. */
static void done(interconnect_dram_t *dram, uint64_t now_ps, uint32_t slot)
{
    dram_slot_t *entry = &dram->slots[slot];
    if (is_read(&entry->message))
        dram->stats->dram_read_ps += now_ps - entry->arrival_ps;
    if (is_read(&entry->message) || entry->message.flags & CHI_FLAG_PERFORMED)
        answer(dram, now_ps, &entry->message);
    entry->next = dram->free_slots;
    dram->free_slots = slot;
    dram->in_service--;
    uint32_t next = dram->waiting_head;
    if (next == NO_SLOT)
        return;
    dram->waiting_head = dram->slots[next].next;
    accept(dram, now_ps, next);
}

uint64_t interconnect_dram_next_ps(const interconnect_dram_t *dram)
{
    return dram->heap_count ? dram->heap[0].time_ps : TIME_NEVER;
}

void interconnect_dram_step(interconnect_dram_t *dram)
{
    dram_event_t event = pop_event(dram);
    if (event.kind == EVENT_READY)
        ready(dram, event.time_ps, event.slot);
    else
        done(dram, event.time_ps, event.slot);
}
