/* A virtio entropy device (virtio 1.2, section 5.4). Its bytes come from a generator with a seed, so that a run
 * repeats; they are no secret. A request is answered after latency_ps. */
#ifndef MESIM_DEVICE_VIRTIO_ENTROPY_H
#define MESIM_DEVICE_VIRTIO_ENTROPY_H

#include "base/error.h"
#include "device/virtio.h"

#include <stdint.h>

typedef struct device_virtio_entropy_config {
    uint64_t seed;
    uint64_t latency_ps;
} device_virtio_entropy_config_t;

/* -ENOSPC and one line: no slot is free. */
int device_virtio_entropy_add(device_virtio_t *virtio, const device_virtio_entropy_config_t *config,
                              base_error_t *error);

#endif
