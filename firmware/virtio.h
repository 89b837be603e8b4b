/* virtio-mmio for the images that drive a device themselves: registers (virtio 1.2, section 4.2.2), the parts of a
 * split queue (section 2.7), and the way to a device. Only VIRTIO_F_VERSION_1 and what the image asks for is
 * negotiated. */
#ifndef MESIM_FIRMWARE_VIRTIO_H
#define MESIM_FIRMWARE_VIRTIO_H

#include "mmio.h"
#include "vm.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    VIRTIO_SLOTS_BASE = 0x0a000000,
    VIRTIO_SLOTS = 32,
    VIRTIO_SLOT_BYTES = 0x200,
    VIRTIO_MAGIC_VALUE = 0x000,
    VIRTIO_VERSION = 0x004,
    VIRTIO_DEVICE_ID = 0x008,
    VIRTIO_DEVICE_FEATURES = 0x010,
    VIRTIO_DEVICE_FEATURES_SEL = 0x014,
    VIRTIO_DRIVER_FEATURES = 0x020,
    VIRTIO_DRIVER_FEATURES_SEL = 0x024,
    VIRTIO_QUEUE_SEL = 0x030,
    VIRTIO_QUEUE_NUM_MAX = 0x034,
    VIRTIO_QUEUE_NUM = 0x038,
    VIRTIO_QUEUE_READY = 0x044,
    VIRTIO_QUEUE_NOTIFY = 0x050,
    VIRTIO_INTERRUPT_STATUS = 0x060,
    VIRTIO_INTERRUPT_ACK = 0x064,
    VIRTIO_STATUS = 0x070,
    VIRTIO_QUEUE_DESC_LOW = 0x080,
    VIRTIO_QUEUE_DRIVER_LOW = 0x090,
    VIRTIO_QUEUE_DEVICE_LOW = 0x0a0,
    VIRTIO_CONFIG = 0x100,

    VIRTIO_MAGIC = 0x74726976,
    VIRTIO_STATUS_STARTED = 1 | 2,            /* ACKNOWLEDGE, DRIVER */
    VIRTIO_STATUS_FEATURES_READY = 1 | 2 | 8, /* and FEATURES_OK */
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_NEEDS_RESET = 64,
    VIRTIO_FEATURE_VERSION_1 = 1, /* bit 32 */

    VIRTIO_NEXT = 1, /* flags of a descriptor */
    VIRTIO_WRITE = 2,
    VIRTIO_INDIRECT = 4,
    VIRTIO_QUEUE_SIZE = 8,
};

typedef struct virtio_descriptor {
    uint64_t address;
    uint32_t bytes;
    uint16_t flags, next;
} virtio_descriptor_t;

/* A queue of VIRTIO_QUEUE_SIZE, in plain cacheable memory: what the device sees of it is what coherence gives it. */
typedef struct virtio_rings {
    _Alignas(16) virtio_descriptor_t descriptors[VIRTIO_QUEUE_SIZE];
    struct {
        uint16_t flags, index, entries[VIRTIO_QUEUE_SIZE], event;
    } available;
    _Alignas(4) struct {
        uint16_t flags, index;
        struct {
            uint32_t id, bytes;
        } entries[VIRTIO_QUEUE_SIZE];
        uint16_t event;
    } used;
} virtio_rings_t;

/* Maps the slots and gives the address of the first modern one with such a device, or 0. */
static inline uint64_t virtio_find(uint32_t device_id)
{
    vm_map(&vm_kernel, VIRTIO_SLOTS_BASE, VIRTIO_SLOTS_BASE, VIRTIO_SLOTS * VIRTIO_SLOT_BYTES, VM_DEVICE);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        const uint64_t slot = VIRTIO_SLOTS_BASE + i * VIRTIO_SLOT_BYTES;
        if (mmio_read32(slot + VIRTIO_MAGIC_VALUE) == VIRTIO_MAGIC && mmio_read32(slot + VIRTIO_VERSION) == 2 &&
            mmio_read32(slot + VIRTIO_DEVICE_ID) == device_id)
            return slot;
    }
    return 0;
}

/* Resets the device and negotiates `wanted`, of which `optional` only where it is offered; false where the device does
 * not take that. ret_offered: features 0 to 31. */
static inline bool virtio_negotiate(uint64_t slot, uint32_t wanted, uint32_t optional, uint32_t *ret_offered)
{
    mmio_write32(slot + VIRTIO_STATUS, 0);
    mmio_write32(slot + VIRTIO_STATUS, VIRTIO_STATUS_STARTED);
    mmio_write32(slot + VIRTIO_DEVICE_FEATURES_SEL, 0);
    *ret_offered = mmio_read32(slot + VIRTIO_DEVICE_FEATURES);
    mmio_write32(slot + VIRTIO_DRIVER_FEATURES_SEL, 0);
    mmio_write32(slot + VIRTIO_DRIVER_FEATURES, wanted | (optional & *ret_offered));
    mmio_write32(slot + VIRTIO_DRIVER_FEATURES_SEL, 1);
    mmio_write32(slot + VIRTIO_DRIVER_FEATURES, VIRTIO_FEATURE_VERSION_1);
    mmio_write32(slot + VIRTIO_STATUS, VIRTIO_STATUS_FEATURES_READY);
    return mmio_read32(slot + VIRTIO_STATUS) == VIRTIO_STATUS_FEATURES_READY;
}

static inline void virtio_set_address(uint64_t reg, const void *address)
{
    mmio_write32(reg, (uint32_t)(uintptr_t)address);
    mmio_write32(reg + 4, (uint32_t)((uintptr_t)address >> 32));
}

static inline void virtio_describe(virtio_rings_t *rings, unsigned index, const void *address, uint32_t bytes,
                                   unsigned flags)
{
    rings->descriptors[index] =
        (virtio_descriptor_t){(uintptr_t)address, bytes, (uint16_t)flags, (uint16_t)(index + 1)};
}

#endif
