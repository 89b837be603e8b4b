/* A guest of one virtio device in slot 0, over guest memory that is an array: the driver's side of registers and rings,
 * for tests. The rings stand at fixed places of that memory. */
#ifndef MESIM_TESTS_DEVICE_VIRTIO_GUEST_H
#define MESIM_TESTS_DEVICE_VIRTIO_GUEST_H

#include "device/user_network.h"
#include "device/virtio.h"
#include "device/virtio_block.h"
#include "harness.h"

#include <stdint.h>

enum {
    GUEST_RAM_BASE = 0x40000000,
    GUEST_RAM_BYTES = 0x4000,
    GUEST_DESCRIPTORS = 0x000,
    GUEST_AVAILABLE = 0x400,
    GUEST_USED = 0x500,
    GUEST_DATA = 0x1000,
    GUEST_SIZE = 8,
    GUEST_LATENCY_PS = 1000000,
    GUEST_NEXT = 1,
    GUEST_WRITE = 2,
    GUEST_INDIRECT = 4,
    GUEST_STATUS = 0x070,
    GUEST_INTERRUPT_STATUS = 0x060,
};
#define GUEST_ALL_FEATURES (UINT64_C(1) << 32 | UINT64_C(3) << 28) /* version 1, indirect, event index */

typedef struct guest {
    harness_t *h;
    device_virtio_t *virtio;
    harness_wire_t wire;
    uint8_t ram[GUEST_RAM_BYTES];
    char printed[256];
    uint16_t submitted;
    device_virtio_disk_t disk;
    device_user_network_t *network;
} guest_t;

guest_t *guest_new(void);
void guest_connect(guest_t *guest, int added);
void guest_free(guest_t *guest);
void guest_put(guest_t *guest, unsigned offset, uint64_t value, unsigned bytes);
unsigned guest_get16(const guest_t *guest, unsigned offset);
void guest_set(guest_t *guest, unsigned reg, uint32_t value);
uint32_t guest_get(guest_t *guest, unsigned reg);
void guest_negotiate(guest_t *guest, uint64_t features);
void guest_start(guest_t *guest, uint64_t features, unsigned queue);
void guest_describe(guest_t *guest, unsigned at, uint64_t address, uint32_t bytes, unsigned flags, unsigned next);
void guest_make_available(guest_t *guest, unsigned head);
void guest_notify(guest_t *guest, unsigned queue);
uint64_t guest_errors(const guest_t *guest);

#endif
