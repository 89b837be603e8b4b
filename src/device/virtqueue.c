/* The rings of a split virtqueue. */
#include "base/error.h"
#include "device/virtqueue_internal.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Section 2.7.6 and 2.7.8: flags, idx, ring, and the event index behind it. */
enum { RING_INDEX = 2, RING_ENTRIES = 4, AVAILABLE_ENTRY = 2, USED_ENTRY = 8, AVAILABLE_NO_INTERRUPT = 1 };

device_virtqueue_t *device_virtqueue_new(interconnect_dma_t *dma, unsigned index,
                                         const device_virtqueue_client_t *client)
{
    device_virtqueue_t *queue = g_new0(device_virtqueue_t, 1);
    queue->dma = dma;
    queue->index = index;
    queue->client = *client;
    return queue;
}

void device_virtqueue_free(device_virtqueue_t *queue)
{
    g_free(queue);
}

unsigned device_virtqueue_index(const device_virtqueue_t *queue)
{
    return queue->index;
}

uint64_t device_virtqueue_pc(const device_virtqueue_t *queue)
{
    return queue->pc;
}

void device_virtqueue_reset(device_virtqueue_t *queue)
{
    device_virtqueue_t fresh = {.dma = queue->dma, .index = queue->index, .client = queue->client};
    *queue = fresh;
}

static const char *wrong_with(const device_virtqueue_setup_t *setup)
{
    if (!setup->size || setup->size > DEVICE_VIRTQUEUE_MAX)
        return "its size is 0 or above QueueNumMax";
    if (setup->size & (setup->size - 1))
        return "its size is no power of two";
    if (setup->descriptors % 16 || setup->available % 2 || setup->used % 4)
        return "a ring is not aligned";
    return NULL;
}

bool device_virtqueue_enable(device_virtqueue_t *queue, const device_virtqueue_setup_t *setup, const char **ret_why)
{
    const char *why = wrong_with(setup);
    if (why) {
        *ret_why = why;
        return false;
    }
    queue->setup = *setup;
    queue->enabled = true;
    return true;
}

bool device_virtqueue_is_enabled(const device_virtqueue_t *queue)
{
    return queue->enabled;
}

void device_virtqueue_stop(device_virtqueue_t *queue)
{
    queue->stopped = true;
}

void device_virtqueue_fail(device_virtqueue_t *queue, uint64_t now_ps, const char *format, ...)
{
    char text[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    queue->stopped = true;
    queue->in_hand = false;
    queue->client.fail(queue->client.self, now_ps, queue, text);
}

void device_virtqueue_reject(device_virtqueue_t *queue, uint64_t now_ps, const char *text)
{
    device_virtqueue_fail(queue, now_ps, "%s", text);
}

void device_virtqueue_access(device_virtqueue_t *queue, uint64_t now_ps, uint64_t address, uint32_t size_bytes,
                             bool is_write, interconnect_dma_done_t *done)
{
    interconnect_dma_transfer_t transfer = {.address = address,
                                            .size_bytes = size_bytes,
                                            .is_write = is_write,
                                            .bytes = queue->scratch,
                                            .pc = queue->pc,
                                            .done = done,
                                            .self = queue};
    interconnect_dma_start(queue->dma, now_ps, &transfer);
}

static void put_le(uint8_t *bytes, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

/* False, and the queue has failed, when a ring lies outside RAM. */
static bool reached(device_virtqueue_t *queue, uint64_t now_ps, chi_error_t error, const char *what)
{
    if (error == CHI_OKAY)
        return true;
    device_virtqueue_fail(queue, now_ps, "the %s is not in RAM", what);
    return false;
}

static unsigned slot_of(const device_virtqueue_t *queue, uint16_t index)
{
    return index & (queue->setup.size - 1);
}

/* --- taking --- */

static void read_index(device_virtqueue_t *queue, uint64_t now_ps);

static void on_head(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    if (!reached(queue, now_ps, error, "available ring"))
        return;
    uint16_t head = (uint16_t)virtqueue_le(queue->scratch, 2);
    if (head >= queue->setup.size) {
        device_virtqueue_fail(queue, now_ps, "the available ring names descriptor %u of %" PRIu32, head,
                              queue->setup.size);
        return;
    }
    queue->next++;
    device_virtqueue_walk(queue, now_ps, head);
}

static void take_next(device_virtqueue_t *queue, uint64_t now_ps)
{
    if (queue->stopped)
        return;
    if (queue->next == queue->seen) {
        read_index(queue, now_ps);
        return;
    }
    uint64_t entry = queue->setup.available + RING_ENTRIES + AVAILABLE_ENTRY * (uint64_t)slot_of(queue, queue->next);
    device_virtqueue_access(queue, now_ps, entry, AVAILABLE_ENTRY, false, on_head);
}

static void on_armed(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    if (reached(queue, now_ps, error, "used ring"))
        read_index(queue, now_ps);
}

/* Nothing is available. With event indices the driver is told which buffer it is to notify for, and the index is read
 * once more, since the driver may have added that buffer before it saw this (section 2.7.10). */
static void rest(device_virtqueue_t *queue, uint64_t now_ps)
{
    if (queue->setup.has_event_index && !queue->armed) {
        queue->armed = true;
        put_le(queue->scratch, queue->next, 2);
        uint64_t event = queue->setup.used + RING_ENTRIES + USED_ENTRY * (uint64_t)queue->setup.size;
        device_virtqueue_access(queue, now_ps, event, 2, true, on_armed);
        return;
    }
    queue->active = false;
    if (queue->notified)
        device_virtqueue_notify(queue, now_ps, queue->pc);
}

static void on_index(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    if (!reached(queue, now_ps, error, "available ring"))
        return;
    queue->seen = (uint16_t)virtqueue_le(queue->scratch, 2);
    uint16_t fresh = (uint16_t)(queue->seen - queue->next);
    if (fresh > queue->setup.size) {
        device_virtqueue_fail(queue, now_ps, "the available index %u is %u ahead, the queue has %" PRIu32, queue->seen,
                              fresh, queue->setup.size);
        return;
    }
    if (!fresh) {
        rest(queue, now_ps);
        return;
    }
    queue->armed = false;
    take_next(queue, now_ps);
}

static void read_index(device_virtqueue_t *queue, uint64_t now_ps)
{
    device_virtqueue_access(queue, now_ps, queue->setup.available + RING_INDEX, 2, false, on_index);
}

void device_virtqueue_notify(device_virtqueue_t *queue, uint64_t now_ps, uint64_t pc)
{
    if (!queue->enabled || queue->stopped)
        return;
    queue->pc = pc;
    queue->notified = queue->active;
    if (queue->active)
        return;
    queue->active = true;
    read_index(queue, now_ps);
}

/* --- returning --- */

static void on_event(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    if (!reached(queue, now_ps, error, "available ring"))
        return;
    uint16_t value = (uint16_t)virtqueue_le(queue->scratch, 2);
    bool wanted =
        queue->setup.has_event_index ? value == (uint16_t)(queue->used - 1) : !(value & AVAILABLE_NO_INTERRUPT);
    if (wanted)
        queue->client.interrupt(queue->client.self, now_ps);
    take_next(queue, now_ps);
}

static void on_used_index(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    if (!reached(queue, now_ps, error, "used ring"))
        return;
    uint64_t address = queue->setup.available;
    if (queue->setup.has_event_index)
        address += RING_ENTRIES + AVAILABLE_ENTRY * (uint64_t)queue->setup.size;
    device_virtqueue_access(queue, now_ps, address, 2, false, on_event);
}

static void on_used_entry(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    if (!reached(queue, now_ps, error, "used ring"))
        return;
    put_le(queue->scratch, ++queue->used, 2);
    device_virtqueue_access(queue, now_ps, queue->setup.used + RING_INDEX, 2, true, on_used_index);
}

void device_virtqueue_complete(device_virtqueue_t *queue, uint64_t now_ps, uint32_t written_bytes)
{
    if (queue->stopped)
        return;
    if (!queue->in_hand)
        base_bug("virtqueue %u: a chain is returned that was not taken", queue->index);
    queue->in_hand = false;
    put_le(queue->scratch, queue->chain.head, 4);
    put_le(queue->scratch + 4, written_bytes, 4);
    uint64_t entry = queue->setup.used + RING_ENTRIES + USED_ENTRY * (uint64_t)slot_of(queue, queue->used);
    device_virtqueue_access(queue, now_ps, entry, USED_ENTRY, true, on_used_entry);
}
