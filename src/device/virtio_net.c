#include "device/virtio_net.h"

#include "base/time.h"
#include "device/virtio_internal.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum {
    NET_ID = 1,
    RECEIVE = 0,
    TRANSMIT = 1,
    QUEUES = 2,
    HEADER_BYTES = 12,       /* struct virtio_net_hdr with num_buffers, section 5.1.6.1 */
    NUM_BUFFERS_OFFSET = 10, /* in it */
    RECEIVE_LEAST_BYTES = HEADER_BYTES + DEVICE_FRAME_MAX_BYTES,
    WAITING_MAX = 64,
    CONFIG_BYTES = 8,
    STATUS_OFFSET = 6,
    STATUS_LINK_UP = 1,
};
#define VIRTIO_NET_F_MAC    (UINT64_C(1) << 5)
#define VIRTIO_NET_F_STATUS (UINT64_C(1) << 16)

typedef struct net_direction {
    struct virtio_net *net;
    device_virtqueue_t *queue; /* with a chain in hand, else NULL */
    uint64_t due_ps;           /* when its data move; TIME_NEVER: not, or they are moving */
    bool is_moving;
    uint32_t bytes; /* in `buffer` */
    uint8_t buffer[HEADER_BYTES + DEVICE_FRAME_MAX_BYTES];
} net_direction_t;

typedef struct virtio_net {
    device_virtio_slot_t *slot;
    uint64_t latency_ps;
    uint8_t config[CONFIG_BYTES];
    device_user_network_t *network;
    uint64_t network_due_ps;
    GQueue waiting; /* GBytes: frames for the guest */
    net_direction_t directions[QUEUES];
} virtio_net_t;

static void schedule(virtio_net_t *net)
{
    uint64_t queues_ps = MIN(net->directions[RECEIVE].due_ps, net->directions[TRANSMIT].due_ps);
    device_virtio_wake_at(net->slot, MIN(queues_ps, net->network_due_ps));
}

static void finish(net_direction_t *direction, uint64_t now_ps, uint32_t written_bytes)
{
    device_virtqueue_t *queue = direction->queue;
    direction->queue = NULL;
    direction->is_moving = false;
    device_virtqueue_complete(queue, now_ps, written_bytes);
}

static device_virtio_stats_t *stats_of(virtio_net_t *net)
{
    return &net->slot->virtio->stats;
}

/* --- to the guest --- */

/* A frame and a buffer for it are there. */
static void want_receive(virtio_net_t *net, uint64_t now_ps)
{
    net_direction_t *direction = &net->directions[RECEIVE];
    if (!direction->queue || direction->is_moving || direction->due_ps != TIME_NEVER || g_queue_is_empty(&net->waiting))
        return;
    direction->due_ps = now_ps + net->latency_ps;
    schedule(net);
}

static void on_received(void *self, uint64_t now_ps)
{
    net_direction_t *direction = self;
    stats_of(direction->net)->frames_received++;
    finish(direction, now_ps, direction->bytes);
}

static void receive(virtio_net_t *net, uint64_t now_ps)
{
    net_direction_t *direction = &net->directions[RECEIVE];
    GBytes *frame = g_queue_pop_head(&net->waiting);
    gsize bytes;
    const void *data = g_bytes_get_data(frame, &bytes);
    memset(direction->buffer, 0, HEADER_BYTES);
    direction->buffer[NUM_BUFFERS_OFFSET] = 1; /* little-endian 16 bits; "the driver ignores it" without MRG_RXBUF */
    memcpy(direction->buffer + HEADER_BYTES, data, bytes);
    g_bytes_unref(frame);
    direction->bytes = HEADER_BYTES + (uint32_t)bytes;
    direction->is_moving = true;
    device_virtqueue_move(direction->queue, now_ps, true, 0, direction->buffer, direction->bytes, on_received,
                          direction);
}

static void on_deliver(void *self, uint64_t now_ps, const uint8_t *frame, unsigned bytes)
{
    virtio_net_t *net = self;
    if (net->waiting.length == WAITING_MAX) {
        stats_of(net)->frames_lost++;
        return;
    }
    g_queue_push_tail(&net->waiting, g_bytes_new(frame, bytes));
    want_receive(net, now_ps);
}

static void on_misuse(void *self, uint64_t now_ps, const char *text)
{
    virtio_net_t *net = self;
    device_virtio_guest_error(net->slot, now_ps, device_virtqueue_pc(net->slot->queues[TRANSMIT]), text);
}

/* --- from the guest --- */

static void on_transmitted(void *self, uint64_t now_ps)
{
    net_direction_t *direction = self;
    virtio_net_t *net = direction->net;
    uint8_t flags = direction->buffer[0], gso_type = direction->buffer[1];
    if (flags || gso_type) {
        on_misuse(net, now_ps, "a frame asks for an offload that was not offered: it is lost");
    } else {
        stats_of(net)->frames_sent++;
        net->network_due_ps = device_user_network_send(net->network, now_ps, direction->buffer + HEADER_BYTES,
                                                       direction->bytes - HEADER_BYTES);
    }
    finish(direction, now_ps, 0);
    schedule(net);
}

static void transmit(net_direction_t *direction, uint64_t now_ps)
{
    direction->is_moving = true;
    device_virtqueue_move(direction->queue, now_ps, false, 0, direction->buffer, direction->bytes, on_transmitted,
                          direction);
}

/* --- the queues --- */

static void request(void *self, uint64_t now_ps, device_virtqueue_t *queue)
{
    virtio_net_t *net = self;
    const device_virtqueue_chain_t *chain = device_virtqueue_chain(queue);
    net_direction_t *direction = &net->directions[device_virtqueue_index(queue)];
    if (direction == &net->directions[RECEIVE] && chain->writable_bytes < RECEIVE_LEAST_BYTES) {
        device_virtqueue_reject(queue, now_ps, "a receive buffer has less than 1526 bytes");
        return;
    }
    if (direction == &net->directions[TRANSMIT] &&
        (chain->readable_bytes < HEADER_BYTES || chain->readable_bytes > sizeof(direction->buffer))) {
        device_virtqueue_reject(queue, now_ps, "a frame is not a header of 12 bytes and up to 1514 bytes more");
        return;
    }
    direction->queue = queue;
    if (direction == &net->directions[RECEIVE]) {
        want_receive(net, now_ps);
        return;
    }
    direction->bytes = (uint32_t)chain->readable_bytes;
    direction->due_ps = now_ps + net->latency_ps;
    schedule(net);
}

static void tick(void *self, uint64_t now_ps)
{
    virtio_net_t *net = self;
    for (unsigned i = 0; i < QUEUES; i++) {
        net_direction_t *direction = &net->directions[i];
        if (direction->due_ps > now_ps)
            continue;
        direction->due_ps = TIME_NEVER;
        if (i == RECEIVE)
            receive(net, now_ps);
        else
            transmit(direction, now_ps);
    }
    if (net->network_due_ps <= now_ps)
        net->network_due_ps = device_user_network_poll(net->network, now_ps);
    schedule(net);
}

static void forget(net_direction_t *direction)
{
    direction->queue = NULL;
    direction->due_ps = TIME_NEVER;
    direction->is_moving = false;
}

static void drop_waiting(virtio_net_t *net)
{
    g_queue_clear_full(&net->waiting, (GDestroyNotify)g_bytes_unref);
}

static void reset(void *self)
{
    virtio_net_t *net = self;
    for (unsigned i = 0; i < QUEUES; i++)
        forget(&net->directions[i]);
    drop_waiting(net);
}

static void free_net(void *self)
{
    virtio_net_t *net = self;
    device_user_network_plug(net->network, NULL);
    drop_waiting(net);
    g_free(net);
}

int device_virtio_net_add(device_virtio_t *virtio, const device_virtio_net_config_t *config, base_error_t *error)
{
    static const device_virtio_ops_t ops = {.name = "net",
                                            .id = NET_ID,
                                            .queues = QUEUES,
                                            .features = VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS,
                                            .request = request,
                                            .reset = reset,
                                            .tick = tick,
                                            .free = free_net};
    static const uint8_t mac[] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56}; /* QEMU's first one */
    virtio_net_t *net = g_new0(virtio_net_t, 1);
    device_user_network_guest_t guest = {.self = net, .deliver = on_deliver, .misuse = on_misuse};
    net->latency_ps = config->latency_ps;
    net->network = config->network;
    net->network_due_ps = TIME_NEVER;
    memcpy(net->config, mac, sizeof(mac));
    net->config[STATUS_OFFSET] = STATUS_LINK_UP;
    for (unsigned i = 0; i < QUEUES; i++) {
        net->directions[i].net = net;
        forget(&net->directions[i]);
    }
    device_user_network_plug(net->network, &guest);
    net->slot = device_virtio_add(virtio, &ops, net, net->config, CONFIG_BYTES);
    if (net->slot)
        return 0;
    free_net(net);
    return base_fail(error, -ENOSPC, "the network card finds no free virtio slot");
}
