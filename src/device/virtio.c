/* The slots: their devices, interrupts and time. */
#include "base/error.h"
#include "base/time.h"
#include "device/virtio_internal.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>

enum { LINES_IN_FLIGHT = 16 };

const stats_counter_t device_virtio_counters[] = {
#define DEVICE_VIRTIO_COUNTER(name, unit, description) STATS_COUNTER(device_virtio_stats_t, name, unit, description),
    DEVICE_VIRTIO_STATS(DEVICE_VIRTIO_COUNTER)
#undef DEVICE_VIRTIO_COUNTER
        {0},
};

/* --- interrupts and failures --- */

static void set_interrupts(device_virtio_slot_t *slot, uint64_t now_ps, uint32_t bits)
{
    bool was = slot->interrupt_status, is = bits;
    slot->interrupt_status = bits;
    if (was == is)
        return;
    slot->virtio->stats.interrupts += is;
    if (slot->irq.set)
        slot->irq.set(slot->irq.self, now_ps, is);
}

void device_virtio_interrupt(device_virtio_slot_t *slot, uint64_t now_ps, uint32_t bits)
{
    set_interrupts(slot, now_ps, slot->interrupt_status | bits);
}

void device_virtio_acknowledge(device_virtio_slot_t *slot, uint64_t now_ps, uint32_t bits)
{
    set_interrupts(slot, now_ps, slot->interrupt_status & ~bits);
}

static void log_error(device_virtio_slot_t *slot, uint64_t now_ps, uint64_t pc, const char *text)
{
    device_access_t access = {.now_ps = now_ps, .pc = pc, .core = DEVICE_NO_CORE};
    device_port_guest_error(slot->virtio->port, &access, "slot %u (%s): %s", slot->index, slot->ops->name, text);
}

void device_virtio_guest_error(device_virtio_slot_t *slot, uint64_t now_ps, uint64_t pc, const char *text)
{
    log_error(slot, now_ps, pc, text);
}

void device_virtio_fail(device_virtio_slot_t *slot, uint64_t now_ps, uint64_t pc, const char *format, ...)
{
    char text[OBSERVE_GUEST_LOG_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    log_error(slot, now_ps, pc, text);
    slot->virtio->stats.failures++;
    for (unsigned i = 0; i < slot->ops->queues; i++)
        device_virtqueue_stop(slot->queues[i]);
    interconnect_dma_cancel(slot->dma);
    slot->wake_ps = TIME_NEVER;
    slot->status |= VIRTIO_STATUS_NEEDS_RESET;
    if (slot->status & VIRTIO_STATUS_DRIVER_OK) /* section 2.1.2 */
        device_virtio_interrupt(slot, now_ps, VIRTIO_INTERRUPT_CONFIG);
}

void device_virtio_reset(device_virtio_slot_t *slot, uint64_t now_ps)
{
    interconnect_dma_cancel(slot->dma);
    for (unsigned i = 0; i < slot->ops->queues; i++) {
        device_virtqueue_reset(slot->queues[i]);
        slot->setups[i] = (device_virtqueue_setup_t){0};
    }
    slot->driver_features = 0;
    slot->features_select = slot->driver_features_select = slot->queue_select = 0;
    slot->status = 0;
    slot->wake_ps = TIME_NEVER;
    set_interrupts(slot, now_ps, 0);
    if (slot->ops->reset)
        slot->ops->reset(slot->device);
}

/* --- the queues' client --- */

static void on_request(void *self, uint64_t now_ps, device_virtqueue_t *queue)
{
    device_virtio_slot_t *slot = self;
    slot->virtio->stats.requests++;
    slot->ops->request(slot->device, now_ps, queue);
}

static void on_interrupt(void *self, uint64_t now_ps)
{
    device_virtio_interrupt(self, now_ps, VIRTIO_INTERRUPT_USED);
}

static void on_fail(void *self, uint64_t now_ps, const device_virtqueue_t *queue, const char *text)
{
    device_virtio_fail(self, now_ps, device_virtqueue_pc(queue), "queue %u: %s", device_virtqueue_index(queue), text);
}

/* --- time --- */

static uint64_t next_wake_ps(const device_virtio_t *virtio)
{
    uint64_t wake_ps = TIME_NEVER;
    for (unsigned i = 0; i < virtio->device_count; i++)
        wake_ps = MIN(wake_ps, virtio->slots[i].wake_ps);
    return wake_ps;
}

void device_virtio_wake_at(device_virtio_slot_t *slot, uint64_t wake_ps)
{
    slot->wake_ps = wake_ps;
    device_port_wake_at(slot->virtio->port, next_wake_ps(slot->virtio));
}

static void tick(void *self, uint64_t now_ps)
{
    device_virtio_t *virtio = self;
    for (unsigned i = 0; i < virtio->device_count; i++) {
        device_virtio_slot_t *slot = &virtio->slots[i];
        if (slot->wake_ps > now_ps)
            continue;
        slot->wake_ps = TIME_NEVER;
        slot->ops->tick(slot->device, now_ps);
    }
    device_port_wake_at(virtio->port, next_wake_ps(virtio));
}

static void answer(void *self, uint64_t now_ps, const chi_message_t *message)
{
    device_virtio_t *virtio = self;
    for (unsigned i = 0; i < virtio->device_count; i++) {
        if (interconnect_dma_index(virtio->slots[i].dma) == message->reserved) {
            interconnect_dma_receive(virtio->slots[i].dma, now_ps, message);
            return;
        }
    }
    base_bug("virtio: an answer to requester %u", message->reserved);
}

/* --- life --- */

device_virtio_t *device_virtio_new(engine_t *engine, const char *name, uint64_t base, unsigned slots,
                                   uint64_t access_ps)
{
    static const device_ops_t ops = {.access_bytes = 1 | 2 | 4 | 8,
                                     .read = device_virtio_read,
                                     .write = device_virtio_write,
                                     .tick = tick,
                                     .answer = answer};
    device_virtio_t *virtio = g_new0(device_virtio_t, 1);
    virtio->slot_count = slots;
    virtio->port =
        device_port_new(engine, name, base, (uint64_t)slots * DEVICE_VIRTIO_SLOT_BYTES, access_ps, &ops, virtio);
    return virtio;
}

void device_virtio_free(device_virtio_t *virtio)
{
    if (!virtio)
        return;
    for (unsigned i = 0; i < virtio->device_count; i++) {
        device_virtio_slot_t *slot = &virtio->slots[i];
        for (unsigned queue = 0; queue < slot->ops->queues; queue++)
            device_virtqueue_free(slot->queues[queue]);
        interconnect_dma_free(slot->dma);
        slot->ops->free(slot->device);
    }
    device_port_free(virtio->port);
    g_free(virtio);
}

device_port_t *device_virtio_port(device_virtio_t *virtio)
{
    return virtio->port;
}

const device_virtio_stats_t *device_virtio_stats(const device_virtio_t *virtio)
{
    return &virtio->stats;
}

device_virtio_slot_t *device_virtio_add(device_virtio_t *virtio, const device_virtio_ops_t *ops, void *self,
                                        const void *config, unsigned config_bytes)
{
    if (virtio->device_count == virtio->slot_count)
        return NULL;
    device_virtio_slot_t *slot = &virtio->slots[virtio->device_count];
    slot->virtio = virtio;
    slot->index = virtio->device_count++;
    slot->ops = ops;
    slot->device = self;
    slot->config = config;
    slot->config_bytes = config_bytes;
    slot->features = ops->features | VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX;
    slot->wake_ps = TIME_NEVER;
    slot->dma = interconnect_dma_new(LINES_IN_FLIGHT);
    device_virtqueue_client_t client = {
        .self = slot, .request = on_request, .interrupt = on_interrupt, .fail = on_fail};
    for (unsigned i = 0; i < ops->queues; i++)
        slot->queues[i] = device_virtqueue_new(slot->dma, i, &client);
    return slot;
}

unsigned device_virtio_count(const device_virtio_t *virtio)
{
    return virtio->device_count;
}

interconnect_dma_t *device_virtio_dma(device_virtio_t *virtio, unsigned index)
{
    return virtio->slots[index].dma;
}

void device_virtio_attach(device_virtio_t *virtio, unsigned index, engine_link_t *to_system, uint32_t requester,
                          device_irq_t irq)
{
    interconnect_dma_attach(virtio->slots[index].dma, to_system, requester);
    virtio->slots[index].irq = irq;
}
