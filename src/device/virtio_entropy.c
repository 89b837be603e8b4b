#include "device/virtio_entropy.h"

#include "base/random.h"

#include <errno.h>
#include <glib.h>

enum { ENTROPY_ID = 4, ANSWER_BYTES = 4096 };

typedef struct virtio_entropy {
    device_virtio_slot_t *slot;
    device_virtio_entropy_config_t config;
    base_random_t random;
    device_virtqueue_t *queue; /* with a chain in hand */
    uint32_t count;
    uint8_t bytes[ANSWER_BYTES];
} virtio_entropy_t;

static void on_moved(void *self, uint64_t now_ps)
{
    virtio_entropy_t *entropy = self;
    device_virtqueue_complete(entropy->queue, now_ps, entropy->count);
}

/* A device may fill less than the whole buffer, but not nothing (section 5.4.6.2). */
static void tick(void *self, uint64_t now_ps)
{
    virtio_entropy_t *entropy = self;
    entropy->count = (uint32_t)MIN(device_virtqueue_chain(entropy->queue)->writable_bytes, (uint64_t)ANSWER_BYTES);
    for (uint32_t i = 0; i < entropy->count; i++)
        entropy->bytes[i] = (uint8_t)base_random_below(&entropy->random, 256);
    device_virtqueue_move(entropy->queue, now_ps, true, 0, entropy->bytes, entropy->count, on_moved, entropy);
}

static void request(void *self, uint64_t now_ps, device_virtqueue_t *queue)
{
    virtio_entropy_t *entropy = self;
    entropy->queue = queue;
    if (!device_virtqueue_chain(queue)->writable_bytes)
        device_virtqueue_reject(queue, now_ps, "an entropy request has no buffer to be written");
    else
        device_virtio_wake_at(entropy->slot, now_ps + entropy->config.latency_ps);
}

int device_virtio_entropy_add(device_virtio_t *virtio, const device_virtio_entropy_config_t *config,
                              base_error_t *error)
{
    static const device_virtio_ops_t ops = {
        .name = "entropy", .id = ENTROPY_ID, .queues = 1, .request = request, .tick = tick, .free = g_free};
    virtio_entropy_t *entropy = g_new0(virtio_entropy_t, 1);
    entropy->config = *config;
    base_random_init(&entropy->random, config->seed);
    entropy->slot = device_virtio_add(virtio, &ops, entropy, NULL, 0);
    if (entropy->slot)
        return 0;
    g_free(entropy);
    return base_fail(error, -ENOSPC, "the entropy device finds no free virtio slot");
}
