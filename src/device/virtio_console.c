#include "device/virtio_console.h"

#include "base/time.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum { CONSOLE_ID = 3, RECEIVE = 0, TRANSMIT = 1, QUEUES = 2, PIECE_BYTES = 4096 };

typedef struct console_direction {
    struct virtio_console *console;
    device_virtqueue_t *queue; /* with a chain in hand, else NULL */
    uint64_t due_ps;           /* when its next piece moves; TIME_NEVER: not */
    uint64_t done_bytes;
    uint32_t piece_bytes;
    char piece[PIECE_BYTES];
} console_direction_t;

typedef struct virtio_console {
    device_virtio_slot_t *slot;
    device_virtio_console_config_t config;
    char *input;
    size_t input_next;
    console_direction_t directions[QUEUES];
} virtio_console_t;

static void schedule(virtio_console_t *console)
{
    device_virtio_wake_at(console->slot,
                          MIN(console->directions[RECEIVE].due_ps, console->directions[TRANSMIT].due_ps));
}

static void finish(console_direction_t *direction, uint64_t now_ps, uint32_t written_bytes)
{
    device_virtqueue_t *queue = direction->queue;
    direction->queue = NULL;
    device_virtqueue_complete(queue, now_ps, written_bytes);
}

static void transmit(console_direction_t *direction, uint64_t now_ps);

static void on_transmitted(void *self, uint64_t now_ps)
{
    console_direction_t *direction = self;
    const device_virtio_console_config_t *config = &direction->console->config;
    if (config->output && direction->piece_bytes)
        config->output(config->self, direction->piece, direction->piece_bytes);
    direction->done_bytes += direction->piece_bytes;
    transmit(direction, now_ps);
}

static void transmit(console_direction_t *direction, uint64_t now_ps)
{
    uint64_t rest = device_virtqueue_chain(direction->queue)->readable_bytes - direction->done_bytes;
    direction->piece_bytes = (uint32_t)MIN(rest, (uint64_t)PIECE_BYTES);
    if (rest)
        device_virtqueue_move(direction->queue, now_ps, false, direction->done_bytes, direction->piece,
                              direction->piece_bytes, on_transmitted, direction);
    else
        finish(direction, now_ps, 0);
}

static void on_received(void *self, uint64_t now_ps)
{
    console_direction_t *direction = self;
    finish(direction, now_ps, direction->piece_bytes);
}

/* Without input the buffer stays in hand. */
static void receive(console_direction_t *direction, uint64_t now_ps)
{
    virtio_console_t *console = direction->console;
    uint64_t rest = console->config.input_bytes - console->input_next;
    uint64_t room = MIN(device_virtqueue_chain(direction->queue)->writable_bytes, (uint64_t)PIECE_BYTES);
    direction->piece_bytes = (uint32_t)MIN(rest, room);
    if (!rest)
        return;
    memcpy(direction->piece, console->input + console->input_next, direction->piece_bytes);
    console->input_next += direction->piece_bytes;
    device_virtqueue_move(direction->queue, now_ps, true, 0, direction->piece, direction->piece_bytes, on_received,
                          direction);
}

static void tick(void *self, uint64_t now_ps)
{
    virtio_console_t *console = self;
    for (unsigned i = 0; i < QUEUES; i++) {
        console_direction_t *direction = &console->directions[i];
        if (direction->due_ps > now_ps)
            continue;
        direction->due_ps = TIME_NEVER;
        if (i == RECEIVE)
            receive(direction, now_ps);
        else
            transmit(direction, now_ps);
    }
    schedule(console);
}

static void request(void *self, uint64_t now_ps, device_virtqueue_t *queue)
{
    virtio_console_t *console = self;
    console_direction_t *direction = &console->directions[device_virtqueue_index(queue)];
    direction->queue = queue;
    direction->done_bytes = 0;
    direction->due_ps = now_ps + console->config.latency_ps;
    schedule(console);
}

static void reset(void *self)
{
    virtio_console_t *console = self;
    for (unsigned i = 0; i < QUEUES; i++) {
        console->directions[i].queue = NULL;
        console->directions[i].due_ps = TIME_NEVER;
    }
}

static void free_console(void *self)
{
    virtio_console_t *console = self;
    g_free(console->input);
    g_free(console);
}

int device_virtio_console_add(device_virtio_t *virtio, const device_virtio_console_config_t *config,
                              base_error_t *error)
{
    static const device_virtio_ops_t ops = {.name = "console",
                                            .id = CONSOLE_ID,
                                            .queues = QUEUES,
                                            .request = request,
                                            .reset = reset,
                                            .tick = tick,
                                            .free = free_console};
    virtio_console_t *console = g_new0(virtio_console_t, 1);
    console->config = *config;
    console->input = g_memdup2(config->input, config->input_bytes);
    for (unsigned i = 0; i < QUEUES; i++)
        console->directions[i] = (console_direction_t){.console = console, .due_ps = TIME_NEVER};
    console->slot = device_virtio_add(virtio, &ops, console, NULL, 0);
    if (console->slot)
        return 0;
    free_console(console);
    return base_fail(error, -ENOSPC, "the console finds no free virtio slot");
}
