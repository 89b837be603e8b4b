/* The device's side of a split virtqueue (virtio 1.2, sections 2.6 and 2.7), over DMA.
 *
 * It takes one descriptor chain at a time, in the order of the available ring, hands it to its client, moves data for
 * it, and returns it in the used ring, with the notifications that flags or event indices ask for. All of the guest's
 * structures are read when they are needed, each number is checked before it is used, and a chain has at most as many
 * descriptors as the queue, so no guest can make it loop or reach out of RAM. What is malformed is told to the client
 * once in one line; after that the queue does nothing until it is reset. Times are picoseconds. */
#ifndef MESIM_DEVICE_VIRTQUEUE_H
#define MESIM_DEVICE_VIRTQUEUE_H

#include "interconnect/dma.h"

#include <stdbool.h>
#include <stdint.h>

enum { DEVICE_VIRTQUEUE_MAX = 256 }; /* QueueNumMax, a power of two */

typedef struct device_virtqueue device_virtqueue_t;

/* One piece of guest memory of a chain. */
typedef struct device_virtqueue_segment {
    uint64_t address;
    uint32_t size_bytes;
} device_virtqueue_segment_t;

/* The chain in hand: what the device may read, then what it may write. */
typedef struct device_virtqueue_chain {
    uint16_t head;
    unsigned readable_count, count;
    uint64_t readable_bytes, writable_bytes;
    device_virtqueue_segment_t segments[DEVICE_VIRTQUEUE_MAX];
} device_virtqueue_chain_t;

typedef struct device_virtqueue_client {
    void *self;
    /* A chain is in hand, until device_virtqueue_complete. */
    void (*request)(void *self, uint64_t now_ps, device_virtqueue_t *queue);
    /* Used buffers are there and the driver wants to know. */
    void (*interrupt)(void *self, uint64_t now_ps);
    /* The guest's structures are wrong; `text` is one line. */
    void (*fail)(void *self, uint64_t now_ps, const device_virtqueue_t *queue, const char *text);
} device_virtqueue_client_t;

/* What the driver writes before it enables the queue. */
typedef struct device_virtqueue_setup {
    uint32_t size; /* descriptors */
    uint64_t descriptors, available, used;
    bool has_indirect, has_event_index; /* negotiated */
} device_virtqueue_setup_t;

typedef void device_virtqueue_moved_t(void *self, uint64_t now_ps);

device_virtqueue_t *device_virtqueue_new(interconnect_dma_t *dma, unsigned index,
                                         const device_virtqueue_client_t *client);
void device_virtqueue_free(device_virtqueue_t *queue); /* NULL is fine */
unsigned device_virtqueue_index(const device_virtqueue_t *queue);
/* Of the guest's write that set the queue to work. */
uint64_t device_virtqueue_pc(const device_virtqueue_t *queue);

/* Forgets everything; the owner has cancelled what the DMA was doing. */
void device_virtqueue_reset(device_virtqueue_t *queue);
/* Enables the queue; false and one line in ret_why (not to be freed) when no queue can be like that. */
bool device_virtqueue_enable(device_virtqueue_t *queue, const device_virtqueue_setup_t *setup, const char **ret_why);
bool device_virtqueue_is_enabled(const device_virtqueue_t *queue);
/* From now on it does nothing, until it is reset. */
void device_virtqueue_stop(device_virtqueue_t *queue);

/* The driver says that it has made buffers available. pc: of the instruction that says so. */
void device_virtqueue_notify(device_virtqueue_t *queue, uint64_t now_ps, uint64_t pc);

/* NULL: none in hand. */
const device_virtqueue_chain_t *device_virtqueue_chain(const device_virtqueue_t *queue);
/* Moves size_bytes between `bytes`, which must stay, and the readable (to_guest false) or writable part of the chain
 * from offset on, which must have them. `moved` is called when that is done; never when the guest's addresses are
 * wrong. One at a time. */
void device_virtqueue_move(device_virtqueue_t *queue, uint64_t now_ps, bool to_guest, uint64_t offset, void *bytes,
                           uint32_t size_bytes, device_virtqueue_moved_t *moved, void *self);
/* Returns the chain; written_bytes: of its writable part. The next request may come before this returns. */
void device_virtqueue_complete(device_virtqueue_t *queue, uint64_t now_ps, uint32_t written_bytes);
/* A chain is malformed for the device that it is for: as what is malformed for the queue. */
void device_virtqueue_reject(device_virtqueue_t *queue, uint64_t now_ps, const char *text);

#endif
