/* Descriptor chains: the walk, and moving their data. */
#include "base/error.h"
#include "device/virtqueue_internal.h"

#include <inttypes.h>

static void read_descriptor(device_virtqueue_t *queue, uint64_t now_ps, uint32_t index);

static void hand_over(device_virtqueue_t *queue, uint64_t now_ps)
{
    queue->in_hand = true;
    queue->client.request(queue->client.self, now_ps, queue);
}

/* Sections 2.7.5.3.1 and 2.7.7.1. */
static const char *wrong_indirect(const device_virtqueue_t *queue, unsigned flags, uint32_t size_bytes)
{
    if (!queue->setup.has_indirect)
        return "is indirect, which was not negotiated";
    if (queue->in_indirect)
        return "is indirect in an indirect table";
    if (flags & VIRTQ_DESC_F_NEXT)
        return "is indirect and has a next one";
    if (!size_bytes || size_bytes % VIRTQ_DESC_BYTES)
        return "has an indirect table of no whole number of descriptors";
    return NULL;
}

static void enter_indirect(device_virtqueue_t *queue, uint64_t now_ps, unsigned flags, uint64_t address,
                           uint32_t size_bytes)
{
    const char *why = wrong_indirect(queue, flags, size_bytes);
    if (why) {
        device_virtqueue_fail(queue, now_ps, "a descriptor %s", why);
        return;
    }
    queue->in_indirect = true;
    queue->table = address;
    queue->table_count = size_bytes / VIRTQ_DESC_BYTES;
    read_descriptor(queue, now_ps, 0);
}

/* Section 2.7.4.2: all that the device reads comes before all that it writes. */
static bool add_segment(device_virtqueue_t *queue, uint64_t now_ps, bool is_writable, uint64_t address,
                        uint32_t size_bytes)
{
    device_virtqueue_chain_t *chain = &queue->chain;
    if (!is_writable && chain->count > chain->readable_count) {
        device_virtqueue_fail(queue, now_ps, "a descriptor to be read follows one to be written");
        return false;
    }
    chain->segments[chain->count++] = (device_virtqueue_segment_t){address, size_bytes};
    if (is_writable) {
        chain->writable_bytes += size_bytes;
    } else {
        chain->readable_count = chain->count;
        chain->readable_bytes += size_bytes;
    }
    if (chain->readable_bytes + chain->writable_bytes <= UINT32_MAX)
        return true;
    device_virtqueue_fail(queue, now_ps, "a chain has 4 GiB or more");
    return false;
}

static void on_descriptor(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    if (error != CHI_OKAY) {
        device_virtqueue_fail(queue, now_ps, "a descriptor table is not in RAM");
        return;
    }
    uint64_t address = virtqueue_le(queue->scratch, 8);
    uint32_t size_bytes = (uint32_t)virtqueue_le(queue->scratch + 8, 4);
    unsigned flags = (unsigned)virtqueue_le(queue->scratch + 12, 2),
             next = (unsigned)virtqueue_le(queue->scratch + 14, 2);
    if (address + size_bytes < address) {
        device_virtqueue_fail(queue, now_ps, "a descriptor passes the last address");
        return;
    }
    if (flags & VIRTQ_DESC_F_INDIRECT) {
        enter_indirect(queue, now_ps, flags, address, size_bytes);
        return;
    }
    if (!add_segment(queue, now_ps, flags & VIRTQ_DESC_F_WRITE, address, size_bytes))
        return;
    if (flags & VIRTQ_DESC_F_NEXT)
        read_descriptor(queue, now_ps, next);
    else
        hand_over(queue, now_ps);
}

/* A chain longer than the queue is not allowed (section 2.7.5.3.1), so one that loops ends here too. */
static void read_descriptor(device_virtqueue_t *queue, uint64_t now_ps, uint32_t index)
{
    if (index >= queue->table_count) {
        device_virtqueue_fail(queue, now_ps, "a chain goes on at descriptor %" PRIu32 " of %" PRIu32, index,
                              queue->table_count);
    } else if (queue->chain.count == queue->setup.size || queue->walked++ > queue->setup.size) {
        device_virtqueue_fail(queue, now_ps, "a chain is longer than the queue, or loops");
    } else {
        uint64_t entry = queue->table + (uint64_t)index * VIRTQ_DESC_BYTES;
        device_virtqueue_access(queue, now_ps, entry, VIRTQ_DESC_BYTES, false, on_descriptor);
    }
}

void device_virtqueue_walk(device_virtqueue_t *queue, uint64_t now_ps, uint16_t head)
{
    queue->chain.head = head;
    queue->chain.count = queue->chain.readable_count = 0;
    queue->chain.readable_bytes = queue->chain.writable_bytes = 0;
    queue->table = queue->setup.descriptors;
    queue->table_count = queue->setup.size;
    queue->in_indirect = false;
    queue->walked = 0;
    read_descriptor(queue, now_ps, head);
}

const device_virtqueue_chain_t *device_virtqueue_chain(const device_virtqueue_t *queue)
{
    return queue->in_hand ? &queue->chain : NULL;
}

/* --- data --- */

static void on_piece(void *self, uint64_t now_ps, chi_error_t error)
{
    device_virtqueue_t *queue = self;
    queue->pieces--;
    if (queue->stopped)
        return;
    if (error != CHI_OKAY)
        device_virtqueue_fail(queue, now_ps, "a buffer is not in RAM");
    else if (!queue->pieces)
        queue->moved(queue->moved_self, now_ps);
}

void device_virtqueue_move(device_virtqueue_t *queue, uint64_t now_ps, bool to_guest, uint64_t offset, void *bytes,
                           uint32_t size_bytes, device_virtqueue_moved_t *moved, void *self)
{
    const device_virtqueue_chain_t *chain = &queue->chain;
    uint64_t part_bytes = to_guest ? chain->writable_bytes : chain->readable_bytes;
    if (queue->stopped)
        return;
    if (!queue->in_hand || queue->pieces || offset > part_bytes || size_bytes > part_bytes - offset)
        base_bug("virtqueue %u: a move of %" PRIu32 " bytes from %" PRIu64 " on does not fit its chain", queue->index,
                 size_bytes, offset);
    queue->moved = moved;
    queue->moved_self = self;
    queue->pieces = 1; /* this function itself, so that the last piece ends the move */
    uint8_t *at = bytes;
    for (unsigned i = to_guest ? chain->readable_count : 0; size_bytes && !queue->stopped; i++) {
        const device_virtqueue_segment_t *segment = &chain->segments[i];
        if (offset >= segment->size_bytes) {
            offset -= segment->size_bytes;
            continue;
        }
        uint32_t rest = segment->size_bytes - (uint32_t)offset, piece = size_bytes < rest ? size_bytes : rest;
        interconnect_dma_transfer_t transfer = {.address = segment->address + offset,
                                                .size_bytes = piece,
                                                .is_write = to_guest,
                                                .bytes = at,
                                                .pc = queue->pc,
                                                .done = on_piece,
                                                .self = queue};
        queue->pieces++;
        interconnect_dma_start(queue->dma, now_ps, &transfer);
        at += piece;
        size_bytes -= piece;
        offset = 0;
    }
    on_piece(queue, now_ps, CHI_OKAY);
}
