/* The virtio-mmio transport, modern interface (virtio 1.2, section 4.2): a row of slots of 0x200 bytes, as QEMU's virt
 * machine has 32 of them, in one component. A slot without a device reads as device 0, which drivers pass over.
 *
 * A device behind it (virtio_block.h, virtio_console.h, virtio_entropy.h, virtio_net.h) sees no register and no ring:
 * it is handed descriptor chains, moves data and completes them. The transport offers VIRTIO_F_VERSION_1, indirect
 * descriptors and event indices for every device. A guest that breaks the rules of its queues is told so in the guest
 * log, and the device sets DEVICE_NEEDS_RESET and does nothing until it is reset (section 2.1.1). Times are
 * picoseconds. */
#ifndef MESIM_DEVICE_VIRTIO_H
#define MESIM_DEVICE_VIRTIO_H

#include "device/mmio.h"
#include "device/virtqueue.h"
#include "observe/stats.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DEVICE_VIRTIO_SLOTS = 32,
    DEVICE_VIRTIO_SLOT_BYTES = 0x200,
    DEVICE_VIRTIO_MAX_QUEUES = 2,
    DEVICE_VIRTIO_CONFIG_BYTES = 64,
};

typedef struct device_virtio device_virtio_t;           /* all slots */
typedef struct device_virtio_slot device_virtio_slot_t; /* one with its device */

/* What a device is. Called in the component of the slots. */
typedef struct device_virtio_ops {
    const char *name;  /* for the guest log: "block" */
    uint32_t id;       /* section 5 */
    unsigned queues;   /* 1 to DEVICE_VIRTIO_MAX_QUEUES */
    uint64_t features; /* of its own, bits 0 to 23 */
    /* A chain is in hand (device/virtqueue.h). */
    void (*request)(void *self, uint64_t now_ps, device_virtqueue_t *queue);
    /* The driver resets the device: no chain is in hand any more. May be NULL. */
    void (*reset)(void *self);
    /* The time set by device_virtio_wake_at has come. May be NULL. */
    void (*tick)(void *self, uint64_t now_ps);
    void (*free)(void *self);
} device_virtio_ops_t;

#define DEVICE_VIRTIO_STATS(X)                                                                                         \
    X(requests, "count", "descriptor chains taken")                                                                    \
    X(notifications, "count", "notifications of the driver")                                                           \
    X(interrupts, "count", "rises of an interrupt line")                                                               \
    X(failures, "count", "times that a device set DEVICE_NEEDS_RESET")                                                 \
    X(frames_sent, "count", "Ethernet frames that the guest sent")                                                     \
    X(frames_received, "count", "Ethernet frames that the guest received")                                             \
    X(frames_lost, "count", "Ethernet frames for the guest that found no room")

typedef struct device_virtio_stats {
#define DEVICE_VIRTIO_STATS_FIELD(name, unit, description) uint64_t name;
    DEVICE_VIRTIO_STATS(DEVICE_VIRTIO_STATS_FIELD)
#undef DEVICE_VIRTIO_STATS_FIELD
} device_virtio_stats_t;

extern const stats_counter_t device_virtio_counters[];

/* slots: 1 to DEVICE_VIRTIO_SLOTS. */
device_virtio_t *device_virtio_new(engine_t *engine, const char *name, uint64_t base, unsigned slots,
                                   uint64_t access_ps);
void device_virtio_free(device_virtio_t *virtio); /* frees the devices too; NULL is fine */
device_port_t *device_virtio_port(device_virtio_t *virtio);
const device_virtio_stats_t *device_virtio_stats(const device_virtio_t *virtio);

/* Puts a device into the next free slot; config: what drivers read from 0x100 on, of at most
 * DEVICE_VIRTIO_CONFIG_BYTES, lives with the device. NULL: all slots are taken, and the device is still the caller's.
 */
device_virtio_slot_t *device_virtio_add(device_virtio_t *virtio, const device_virtio_ops_t *ops, void *self,
                                        const void *config, unsigned config_bytes);
/* How many slots have a device; they are the first ones. */
unsigned device_virtio_count(const device_virtio_t *virtio);
/* The requester of slot `index`, which has a device: for wiring. Its answers come in over the port's link. */
interconnect_dma_t *device_virtio_dma(device_virtio_t *virtio, unsigned index);
void device_virtio_attach(device_virtio_t *virtio, unsigned index, engine_link_t *to_system, uint32_t requester,
                          device_irq_t irq);

/* --- for devices --- */

/* Sets ops->tick's time; TIME_NEVER: none. */
void device_virtio_wake_at(device_virtio_slot_t *slot, uint64_t wake_ps);
/* Logs what the guest asked of the device that it does not do. */
void device_virtio_guest_error(device_virtio_slot_t *slot, uint64_t now_ps, uint64_t pc, const char *text);

#endif
