/* The registers of a slot (virtio 1.2, section 4.2.2), little-endian words. */
#include "base/bits.h"
#include "device/virtio_internal.h"

#include <inttypes.h>
#include <string.h>

enum {
    MAGIC_VALUE = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00c,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030,
    QUEUE_NUM_MAX = 0x034,
    QUEUE_NUM = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC_LOW = 0x080,
    QUEUE_DESC_HIGH = 0x084,
    QUEUE_DRIVER_LOW = 0x090,
    QUEUE_DRIVER_HIGH = 0x094,
    QUEUE_DEVICE_LOW = 0x0a0,
    QUEUE_DEVICE_HIGH = 0x0a4,
    SHM_SEL = 0x0ac,
    SHM_LEN_LOW = 0x0b0,
    SHM_BASE_HIGH = 0x0bc,
    CONFIG_GENERATION = 0x0fc,
    CONFIG = 0x100,

    MAGIC = 0x74726976, /* "virt" */
    MODERN = 2,
    VENDOR = 0x4d534d45, /* "EMSM" */
};

/* NULL: there is no such queue, which QueueNumMax 0 tells. */
static device_virtqueue_setup_t *selected(device_virtio_slot_t *slot)
{
    return slot->queue_select < slot->ops->queues ? &slot->setups[slot->queue_select] : NULL;
}

/* --- reading --- */

static bool read_config(const device_virtio_slot_t *slot, uint64_t offset, unsigned size_bytes, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (offset > slot->config_bytes || size_bytes > slot->config_bytes - offset)
        return false;
    memcpy(&value, slot->config + offset, size_bytes);
    *ret_value = value;
    return true;
}

static bool read_word(device_virtio_slot_t *slot, uint64_t offset, uint32_t *ret_value)
{
    const device_virtqueue_setup_t *setup = selected(slot);
    switch (offset) {
    case DEVICE_ID: *ret_value = slot->ops->id; return true;
    case DEVICE_FEATURES:
        *ret_value = slot->features_select < 2 ? (uint32_t)(slot->features >> (32 * slot->features_select)) : 0;
        return true;
    case QUEUE_NUM_MAX: *ret_value = setup ? DEVICE_VIRTQUEUE_MAX : 0; return true;
    case QUEUE_READY: *ret_value = setup && device_virtqueue_is_enabled(slot->queues[slot->queue_select]); return true;
    case INTERRUPT_STATUS: *ret_value = slot->interrupt_status; return true;
    case STATUS: *ret_value = slot->status; return true;
    case CONFIG_GENERATION: *ret_value = 0; return true; /* the configuration never changes */
    default: break;
    }
    /* No shared memory region: a length of -1 (section 4.2.2). */
    if (offset >= SHM_LEN_LOW && offset <= SHM_BASE_HIGH) {
        *ret_value = UINT32_MAX;
        return true;
    }
    return false;
}

bool device_virtio_read(void *self, const device_access_t *access, uint64_t *ret_value)
{
    device_virtio_t *virtio = self;
    unsigned index = (unsigned)(access->offset / DEVICE_VIRTIO_SLOT_BYTES);
    uint64_t offset = access->offset % DEVICE_VIRTIO_SLOT_BYTES;
    bool is_word = access->size_bytes == 4, is_empty = index >= virtio->device_count;
    if (offset >= CONFIG)
        return !is_empty && read_config(&virtio->slots[index], offset - CONFIG, access->size_bytes, ret_value);
    uint32_t value = 0;
    bool known = is_word;
    switch (offset) {
    case MAGIC_VALUE: value = MAGIC; break;
    case VERSION: value = MODERN; break;
    case VENDOR_ID: value = VENDOR; break;
    default: known = is_word && (is_empty ? offset == DEVICE_ID : read_word(&virtio->slots[index], offset, &value));
    }
    *ret_value = value;
    return known;
}

/* --- writing --- */

static void set_half(uint64_t *target, bool is_high, uint32_t value)
{
    *target = bits_set(*target, is_high ? 32 : 0, 32, value);
}

static void set_ready(device_virtio_slot_t *slot, const device_access_t *access, bool ready)
{
    device_virtqueue_setup_t *setup = selected(slot);
    if (!setup || device_virtqueue_is_enabled(slot->queues[slot->queue_select]) == ready)
        return;
    const char *why = "a queue is disabled while it may be in use, which only a reset can do";
    if (ready) {
        setup->has_indirect = slot->driver_features & VIRTIO_F_INDIRECT_DESC;
        setup->has_event_index = slot->driver_features & VIRTIO_F_EVENT_IDX;
        if (device_virtqueue_enable(slot->queues[slot->queue_select], setup, &why))
            return;
    } else if (!(slot->status & VIRTIO_STATUS_DRIVER_OK)) {
        device_virtqueue_reset(slot->queues[slot->queue_select]);
        return;
    }
    device_virtio_fail(slot, access->now_ps, access->pc, "queue %" PRIu32 ": %s", slot->queue_select, why);
}

/* Section 3.1.1: FEATURES_OK stays only when the device can work with what the driver chose. */
static void set_status(device_virtio_slot_t *slot, const device_access_t *access, uint32_t value)
{
    if (!value) {
        device_virtio_reset(slot, access->now_ps);
        return;
    }
    uint64_t chosen = slot->driver_features;
    if (value & VIRTIO_STATUS_FEATURES_OK && (chosen & ~slot->features || !(chosen & VIRTIO_F_VERSION_1)))
        value &= ~(uint32_t)VIRTIO_STATUS_FEATURES_OK;
    slot->status = value | (slot->status & VIRTIO_STATUS_NEEDS_RESET);
}

static void notify(device_virtio_slot_t *slot, const device_access_t *access, uint32_t queue)
{
    slot->virtio->stats.notifications++;
    if (queue >= slot->ops->queues)
        device_virtio_fail(slot, access->now_ps, access->pc, "notification of queue %" PRIu32 ", it has %u", queue,
                           slot->ops->queues);
    else if (!(slot->status & VIRTIO_STATUS_DRIVER_OK))
        device_virtio_guest_error(slot, access->now_ps, access->pc, "notification before DRIVER_OK: ignored");
    else
        device_virtqueue_notify(slot->queues[queue], access->now_ps, access->pc);
}

/* What only the set-up of the selected queue needs. */
static bool write_setup(device_virtio_slot_t *slot, uint64_t offset, uint32_t value)
{
    device_virtqueue_setup_t none = {0}, *setup = selected(slot);
    if (!setup || device_virtqueue_is_enabled(slot->queues[slot->queue_select]))
        setup = &none; /* section 4.2.2: not while it is ready */
    switch (offset) {
    case QUEUE_NUM: setup->size = value; return true;
    case QUEUE_DESC_LOW:
    case QUEUE_DESC_HIGH: set_half(&setup->descriptors, offset == QUEUE_DESC_HIGH, value); return true;
    case QUEUE_DRIVER_LOW:
    case QUEUE_DRIVER_HIGH: set_half(&setup->available, offset == QUEUE_DRIVER_HIGH, value); return true;
    case QUEUE_DEVICE_LOW:
    case QUEUE_DEVICE_HIGH: set_half(&setup->used, offset == QUEUE_DEVICE_HIGH, value); return true;
    default: return false;
    }
}

bool device_virtio_write(void *self, const device_access_t *access, uint64_t value64)
{
    device_virtio_t *virtio = self;
    unsigned index = (unsigned)(access->offset / DEVICE_VIRTIO_SLOT_BYTES);
    uint64_t offset = access->offset % DEVICE_VIRTIO_SLOT_BYTES;
    uint32_t value = (uint32_t)value64;
    if (index >= virtio->device_count || offset >= CONFIG || access->size_bytes != 4)
        return false; /* no device here has configuration that a driver writes */
    device_virtio_slot_t *slot = &virtio->slots[index];
    switch (offset) {
    case DEVICE_FEATURES_SEL: slot->features_select = value; return true;
    case DRIVER_FEATURES_SEL: slot->driver_features_select = value; return true;
    case DRIVER_FEATURES:
        if (slot->driver_features_select < 2 && !(slot->status & VIRTIO_STATUS_FEATURES_OK))
            set_half(&slot->driver_features, slot->driver_features_select, value);
        return true;
    case QUEUE_SEL: slot->queue_select = value; return true;
    case QUEUE_READY: set_ready(slot, access, value & 1); return true;
    case QUEUE_NOTIFY: notify(slot, access, value); return true;
    case INTERRUPT_ACK: device_virtio_acknowledge(slot, access->now_ps, value); return true;
    case STATUS: set_status(slot, access, value & 0xff); return true;
    case SHM_SEL: return true;
    default: return write_setup(slot, offset, value);
    }
}
