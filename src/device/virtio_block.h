/* A virtio block device over a host file (virtio 1.2, section 5.2): read, write, flush and identify, one request at a
 * time in the order of the queue.
 *
 * A request takes latency_ps and sector_ps for each 512-byte sector from when its header is there to when its data
 * begins to move; the moves take what memory takes. The file is read and written at that moment, so a run repeats if
 * the file does. What a request asks of sectors beyond the end, and writes to a read-only disk, end with
 * VIRTIO_BLK_S_IOERR, as the specification says; a chain without header or status byte is a guest error. */
#ifndef MESIM_DEVICE_VIRTIO_BLOCK_H
#define MESIM_DEVICE_VIRTIO_BLOCK_H

#include "base/error.h"
#include "device/virtio.h"

#include <stdbool.h>
#include <stdint.h>

enum { DEVICE_VIRTIO_BLOCK_SECTOR_BYTES = 512 };

typedef struct device_virtio_block_config {
    const char *path;
    bool is_writable;
    uint64_t latency_ps; /* not 0, so that no guest keeps the device busy without time passing */
    uint64_t sector_ps;
} device_virtio_block_config_t;

/* Opens the file and puts the disk into the next slot. -errno and one line: it cannot be opened, is no regular file,
 * is empty, or is no whole number of sectors; -ENOSPC: no slot is free. */
int device_virtio_block_add(device_virtio_t *virtio, const device_virtio_block_config_t *config, base_error_t *error);

#endif
