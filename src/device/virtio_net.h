/* A virtio network card (virtio 1.2, section 5.1) on a network in the host's user space (device/user_network.h).
 *
 * It offers VIRTIO_NET_F_MAC and VIRTIO_NET_F_STATUS: one receive and one transmit queue, no offloads, no mergeable
 * buffers, no control queue; the link is always up. A frame takes latency_ps from the buffer being available to the
 * move of its data, or from its arrival where a buffer waits. Up to 64 frames wait for buffers; what comes then is
 * lost, as on a wire. A receive buffer below 1526 bytes, and a frame without its header or of more than 1514 bytes, are
 * guest errors that stop the device; header fields of features that were not offered lose the frame. */
#ifndef MESIM_DEVICE_VIRTIO_NET_H
#define MESIM_DEVICE_VIRTIO_NET_H

#include "base/error.h"
#include "device/user_network.h"
#include "device/virtio.h"

#include <stdint.h>

typedef struct device_virtio_net_config {
    device_user_network_t *network; /* stays the caller's; plugged in until the card is freed */
    uint64_t latency_ps;            /* not 0 */
} device_virtio_net_config_t;

/* -ENOSPC and one line: no slot is free. */
int device_virtio_net_add(device_virtio_t *virtio, const device_virtio_net_config_t *config, base_error_t *error);

#endif
