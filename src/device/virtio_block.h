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

/* A file that a disk shows, held open. */
typedef struct device_virtio_disk {
    const char *path; /* for messages */
    bool is_writable;
    int file;
    uint64_t bytes; /* as it was when it was opened */
} device_virtio_disk_t;

/* -errno and one line: it cannot be opened, is no regular file, is empty, or is no whole number of sectors. The path
 * must outlive the disk. */
int device_virtio_disk_open(const char *path, bool is_writable, device_virtio_disk_t *ret_disk, base_error_t *error);
void device_virtio_disk_close(const device_virtio_disk_t *disk);

typedef struct device_virtio_block_config {
    device_virtio_disk_t disk; /* stays the caller's, and open as long as the device */
    uint64_t latency_ps;       /* not 0, so that no guest keeps the device busy without time passing */
    uint64_t sector_ps;
} device_virtio_block_config_t;

/* Puts the disk into the next slot. -ENOSPC and one line: none is free. */
int device_virtio_block_add(device_virtio_t *virtio, const device_virtio_block_config_t *config, base_error_t *error);

#endif
