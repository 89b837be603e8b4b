/* What the files of the virtqueue share: virtqueue.c (rings), virtqueue_chain.c (descriptors, data). */
#ifndef MESIM_DEVICE_VIRTQUEUE_INTERNAL_H
#define MESIM_DEVICE_VIRTQUEUE_INTERNAL_H

#include "device/virtqueue.h"

/* Section 2.7.5. */
enum {
    VIRTQ_DESC_BYTES = 16,
    VIRTQ_DESC_F_NEXT = 1,
    VIRTQ_DESC_F_WRITE = 2,
    VIRTQ_DESC_F_INDIRECT = 4,
};

struct device_virtqueue {
    interconnect_dma_t *dma;
    unsigned index;
    device_virtqueue_client_t client;
    device_virtqueue_setup_t setup;
    uint64_t pc;

    bool enabled, stopped;
    bool active;         /* a step of it is under way */
    bool notified;       /* meanwhile the driver notified */
    bool armed;          /* the driver was told to notify for the next buffer */
    uint16_t next;       /* available entry to take next */
    uint16_t seen;       /* the driver's index when it was last read */
    uint16_t used;       /* used entry to write next */
    uint8_t scratch[16]; /* of the structure on its way */
    bool in_hand;        /* chain is complete and the client's */
    device_virtqueue_chain_t chain;

    /* The walk along descriptors. */
    uint64_t table;       /* of the table in use */
    uint32_t table_count; /* its descriptors */
    bool in_indirect;
    unsigned walked; /* descriptors read of the chain */

    /* The move under way. */
    unsigned pieces;
    device_virtqueue_moved_t *moved;
    void *moved_self;
};

static inline uint64_t virtqueue_le(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* Reads or writes queue->scratch. */
void device_virtqueue_access(device_virtqueue_t *queue, uint64_t now_ps, uint64_t address, uint32_t size_bytes,
                             bool is_write, interconnect_dma_done_t *done);
__attribute__((format(printf, 3, 4))) void device_virtqueue_fail(device_virtqueue_t *queue, uint64_t now_ps,
                                                                 const char *format, ...);
/* Walks the chain from descriptor `head` and hands it to the client. */
void device_virtqueue_walk(device_virtqueue_t *queue, uint64_t now_ps, uint16_t head);

#endif
