/* A virtio console with one port (virtio 1.2, section 5.3). What the guest sends goes to a callback as it comes; what
 * is typed is there from the start and is handed over as the guest offers buffers, which repeats. */
#ifndef MESIM_DEVICE_VIRTIO_CONSOLE_H
#define MESIM_DEVICE_VIRTIO_CONSOLE_H

#include "base/error.h"
#include "device/virtio.h"

#include <stddef.h>
#include <stdint.h>

typedef struct device_virtio_console_config {
    /* Output; NULL drops it. The bytes are valid during the call. */
    void (*output)(void *self, const char *bytes, size_t count);
    void *self;
    const char *input; /* copied */
    size_t input_bytes;
    uint64_t latency_ps; /* of each buffer */
} device_virtio_console_config_t;

/* -ENOSPC and one line: no slot is free. */
int device_virtio_console_add(device_virtio_t *virtio, const device_virtio_console_config_t *config,
                              base_error_t *error);

#endif
