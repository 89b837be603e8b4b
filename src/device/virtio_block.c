#include "device/virtio_block.h"

#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Section 5.2. */
enum {
    BLOCK_ID = 2,
    HEADER_BYTES = 16,
    STATUS_BYTES = 1,
    ID_BYTES = 20,
    SECTOR_BYTES = DEVICE_VIRTIO_BLOCK_SECTOR_BYTES,
    TYPE_IN = 0,
    TYPE_OUT = 1,
    TYPE_FLUSH = 4,
    TYPE_GET_ID = 8,
    STATUS_OK = 0,
    STATUS_IOERR = 1,
    STATUS_UNSUPP = 2,
    PIECE_BYTES = 64 * 1024, /* what is moved at once */
};
#define FEATURE_SEG_MAX  (UINT64_C(1) << 2)
#define FEATURE_RO       (UINT64_C(1) << 5)
#define FEATURE_BLK_SIZE (UINT64_C(1) << 6)
#define FEATURE_FLUSH    (UINT64_C(1) << 9)

/* Section 5.2.4, as far as the features reach. */
typedef struct block_layout {
    uint64_t capacity; /* in sectors */
    uint32_t size_max, seg_max;
    uint16_t cylinders;
    uint8_t heads, sectors;
    uint32_t blk_size;
} block_layout_t;

typedef struct virtio_block {
    device_virtio_slot_t *slot;
    device_virtio_ops_t ops;
    device_virtio_block_config_t config;
    block_layout_t layout;
    char id[ID_BYTES];

    /* The request in hand. */
    device_virtqueue_t *queue;
    uint8_t header[HEADER_BYTES], status;
    uint32_t type;
    bool refused; /* beyond the end, or a write to a read-only disk */
    uint64_t sector, data_bytes, done_bytes;
    uint32_t piece_bytes;
    uint8_t piece[PIECE_BYTES];
} virtio_block_t;

/* --- the end of a request --- */

static void on_status(void *self, uint64_t now_ps)
{
    virtio_block_t *block = self;
    device_virtqueue_t *queue = block->queue;
    block->queue = NULL;
    uint64_t moved = block->type == TYPE_IN || block->type == TYPE_GET_ID ? block->done_bytes : 0;
    device_virtqueue_complete(queue, now_ps, (uint32_t)moved + STATUS_BYTES);
}

static void finish(virtio_block_t *block, uint64_t now_ps, uint8_t status)
{
    block->status = status;
    uint64_t last = device_virtqueue_chain(block->queue)->writable_bytes - STATUS_BYTES;
    device_virtqueue_move(block->queue, now_ps, true, last, &block->status, STATUS_BYTES, on_status, block);
}

/* --- data, a piece at a time --- */

static void next_piece(virtio_block_t *block, uint64_t now_ps);

/* Whole pieces only: the file is as long as it was when it was opened, or this is an error. */
static bool access_file(const virtio_block_t *block, bool is_write)
{
    off_t at = (off_t)(block->sector * SECTOR_BYTES + block->done_bytes);
    for (uint32_t done = 0; done < block->piece_bytes;) {
        uint8_t *bytes = (uint8_t *)block->piece + done;
        size_t rest = block->piece_bytes - done;
        ssize_t count = is_write ? pwrite(block->config.disk.file, bytes, rest, at + done)
                                 : pread(block->config.disk.file, bytes, rest, at + done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        done += (uint32_t)count;
    }
    return true;
}

static void on_piece(void *self, uint64_t now_ps)
{
    virtio_block_t *block = self;
    if (block->type == TYPE_OUT && !access_file(block, true)) {
        finish(block, now_ps, STATUS_IOERR);
        return;
    }
    block->done_bytes += block->piece_bytes;
    next_piece(block, now_ps);
}

static void next_piece(virtio_block_t *block, uint64_t now_ps)
{
    uint64_t rest = block->data_bytes - block->done_bytes;
    block->piece_bytes = (uint32_t)MIN(rest, (uint64_t)PIECE_BYTES);
    if (!rest) {
        finish(block, now_ps, STATUS_OK);
    } else if (block->type == TYPE_OUT) {
        device_virtqueue_move(block->queue, now_ps, false, HEADER_BYTES + block->done_bytes, block->piece,
                              block->piece_bytes, on_piece, block);
    } else if (!access_file(block, false)) {
        finish(block, now_ps, STATUS_IOERR);
    } else {
        device_virtqueue_move(block->queue, now_ps, true, block->done_bytes, block->piece, block->piece_bytes, on_piece,
                              block);
    }
}

static void identify(virtio_block_t *block, uint64_t now_ps)
{
    if (block->data_bytes < ID_BYTES) {
        finish(block, now_ps, STATUS_IOERR);
        return;
    }
    memcpy(block->piece, block->id, ID_BYTES);
    block->data_bytes = block->piece_bytes = ID_BYTES;
    device_virtqueue_move(block->queue, now_ps, true, 0, block->piece, ID_BYTES, on_piece, block);
}

/* --- the request --- */

static bool is_on_disk(const virtio_block_t *block)
{
    return block->data_bytes % SECTOR_BYTES == 0 && block->sector <= block->layout.capacity &&
           block->data_bytes / SECTOR_BYTES <= block->layout.capacity - block->sector;
}

/* The time of the medium has passed. */
static void tick(void *self, uint64_t now_ps)
{
    virtio_block_t *block = self;
    if (block->refused) {
        finish(block, now_ps, STATUS_IOERR);
        return;
    }
    switch (block->type) {
    case TYPE_IN: next_piece(block, now_ps); break;
    case TYPE_OUT: next_piece(block, now_ps); break;
    case TYPE_FLUSH: finish(block, now_ps, fdatasync(block->config.disk.file) ? STATUS_IOERR : STATUS_OK); break;
    case TYPE_GET_ID: identify(block, now_ps); break;
    default: finish(block, now_ps, STATUS_UNSUPP); break;
    }
}

static uint32_t le32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_LE(value);
}

static void on_header(void *self, uint64_t now_ps)
{
    virtio_block_t *block = self;
    const device_virtqueue_chain_t *chain = device_virtqueue_chain(block->queue);
    block->type = le32(block->header);
    block->sector = le32(block->header + 8) | (uint64_t)le32(block->header + 12) << 32;
    block->done_bytes = 0;
    block->data_bytes =
        block->type == TYPE_OUT ? chain->readable_bytes - HEADER_BYTES : chain->writable_bytes - STATUS_BYTES;
    bool is_data = block->type == TYPE_IN || block->type == TYPE_OUT;
    block->refused = is_data && (!is_on_disk(block) || (block->type == TYPE_OUT && !block->config.disk.is_writable));
    uint64_t sectors = is_data && !block->refused ? block->data_bytes / SECTOR_BYTES : 0;
    device_virtio_wake_at(block->slot, now_ps + block->config.latency_ps + sectors * block->config.sector_ps);
}

static void request(void *self, uint64_t now_ps, device_virtqueue_t *queue)
{
    virtio_block_t *block = self;
    const device_virtqueue_chain_t *chain = device_virtqueue_chain(queue);
    if (chain->readable_bytes < HEADER_BYTES || chain->writable_bytes < STATUS_BYTES) {
        device_virtqueue_reject(queue, now_ps, "a block request has no header or no status byte");
        return;
    }
    block->queue = queue;
    device_virtqueue_move(queue, now_ps, false, 0, block->header, HEADER_BYTES, on_header, block);
}

static void reset(void *self)
{
    ((virtio_block_t *)self)->queue = NULL;
}

/* --- life --- */

static int check_file(const device_virtio_disk_t *disk, const struct stat *about, base_error_t *error)
{
    if (!S_ISREG(about->st_mode))
        return base_fail(error, -EINVAL, "the disk '%s' is no regular file; give a disk image", disk->path);
    if (!about->st_size || about->st_size % SECTOR_BYTES)
        return base_fail(error, -EINVAL, "the disk '%s' has %lld bytes; give one or more whole sectors of %d bytes",
                         disk->path, (long long)about->st_size, SECTOR_BYTES);
    return 0;
}

int device_virtio_disk_open(const char *path, bool is_writable, device_virtio_disk_t *ret_disk, base_error_t *error)
{
    device_virtio_disk_t disk = {.path = path, .is_writable = is_writable};
    struct stat about;
    disk.file = open(path, (is_writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
    if (disk.file < 0 || fstat(disk.file, &about)) {
        int problem = errno;
        device_virtio_disk_close(&disk);
        return base_fail(error, -problem, "cannot open the disk '%s' for %s: %s", path,
                         is_writable ? "reading and writing" : "reading", g_strerror(problem));
    }
    int result = check_file(&disk, &about, error);
    if (result < 0) {
        device_virtio_disk_close(&disk);
        return result;
    }
    disk.bytes = (uint64_t)about.st_size;
    *ret_disk = disk;
    return 0;
}

void device_virtio_disk_close(const device_virtio_disk_t *disk)
{
    if (disk->file >= 0)
        close(disk->file);
}

int device_virtio_block_add(device_virtio_t *virtio, const device_virtio_block_config_t *config, base_error_t *error)
{
    virtio_block_t *block = g_new0(virtio_block_t, 1);
    block->config = *config;
    block->layout = (block_layout_t){.capacity = config->disk.bytes / SECTOR_BYTES,
                                     .seg_max = DEVICE_VIRTQUEUE_MAX - 2, /* header and status take one each */
                                     .blk_size = SECTOR_BYTES};
    block->ops = (device_virtio_ops_t){
        .name = "block",
        .id = BLOCK_ID,
        .queues = 1,
        .features = FEATURE_SEG_MAX | FEATURE_BLK_SIZE | FEATURE_FLUSH | (config->disk.is_writable ? 0 : FEATURE_RO),
        .request = request,
        .reset = reset,
        .tick = tick,
        .free = g_free,
    };
    g_snprintf(block->id, sizeof block->id, "mesim-disk-%u", device_virtio_count(virtio));
    block->slot = device_virtio_add(virtio, &block->ops, block, &block->layout, sizeof block->layout);
    if (block->slot)
        return 0;
    g_free(block);
    return base_fail(error, -ENOSPC, "the disk '%s' finds no free virtio slot", config->disk.path);
}
