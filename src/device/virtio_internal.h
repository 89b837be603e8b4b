/* What the files of the transport share: virtio.c (slots, time), virtio_registers.c. */
#ifndef MESIM_DEVICE_VIRTIO_INTERNAL_H
#define MESIM_DEVICE_VIRTIO_INTERNAL_H

#include "device/virtio.h"

/* Section 2.1. */
enum {
    VIRTIO_STATUS_ACKNOWLEDGE = 1,
    VIRTIO_STATUS_DRIVER = 2,
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_FEATURES_OK = 8,
    VIRTIO_STATUS_NEEDS_RESET = 64,
    VIRTIO_STATUS_FAILED = 128,
    VIRTIO_INTERRUPT_USED = 1,
    VIRTIO_INTERRUPT_CONFIG = 2,
};

/* Section 6. */
#define VIRTIO_F_INDIRECT_DESC (UINT64_C(1) << 28)
#define VIRTIO_F_EVENT_IDX     (UINT64_C(1) << 29)
#define VIRTIO_F_VERSION_1     (UINT64_C(1) << 32)

struct device_virtio_slot {
    device_virtio_t *virtio;
    unsigned index;
    const device_virtio_ops_t *ops;
    void *device;
    const uint8_t *config;
    unsigned config_bytes;
    interconnect_dma_t *dma;
    device_irq_t irq;
    device_virtqueue_t *queues[DEVICE_VIRTIO_MAX_QUEUES];
    device_virtqueue_setup_t setups[DEVICE_VIRTIO_MAX_QUEUES]; /* as the driver writes them */

    uint64_t features, driver_features;
    uint32_t features_select, driver_features_select, queue_select;
    uint32_t status, interrupt_status;
    uint64_t wake_ps;
};

struct device_virtio {
    device_port_t *port;
    unsigned slot_count, device_count;
    device_virtio_slot_t slots[DEVICE_VIRTIO_SLOTS];
    device_virtio_stats_t stats;
};

/* access->offset is from the base of all slots. */
bool device_virtio_read(void *self, const device_access_t *access, uint64_t *ret_value);
bool device_virtio_write(void *self, const device_access_t *access, uint64_t value);

/* Sets the bits, and the line with them. */
void device_virtio_interrupt(device_virtio_slot_t *slot, uint64_t now_ps, uint32_t bits);
void device_virtio_acknowledge(device_virtio_slot_t *slot, uint64_t now_ps, uint32_t bits);
void device_virtio_reset(device_virtio_slot_t *slot, uint64_t now_ps);
/* Logs, and asks for a reset. */
void device_virtio_fail(device_virtio_slot_t *slot, uint64_t now_ps, uint64_t pc, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
