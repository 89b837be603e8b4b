/* Guests of the virtio devices: registers, rings, descriptors and buffers are what the input says.
 *
 * The input begins with 12 bytes: device, features, log2 of the queue size, which queue, offsets of the three rings in
 * words, a register to write and its value. The rest fills guest memory; the devices' DMA reaches that and nothing
 * else. Time is a count of ticks. */
#define _GNU_SOURCE
#include "base/time.h"
#include "device/virtio_block.h"
#include "device/virtio_console.h"
#include "device/virtio_entropy.h"
#include "device/virtio_internal.h"
#include "device/virtio_net.h"
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

enum {
    RAM_BASE = 0x40000000,
    RAM_BYTES = 16384,
    HEADER_BYTES = 12,
    DISK_BYTES = 16 * 512,
    MAX_TICKS = 64,
    NOTIFICATIONS = 3
};

typedef struct guest {
    device_virtio_t *virtio;
    uint8_t ram[RAM_BYTES];
    uint64_t now_ps;
    size_t printed_bytes;
    int disk;
    device_user_network_t *network;
} guest_t;

static chi_error_t access_ram(void *self, uint64_t address, void *bytes, uint32_t size_bytes, bool is_write,
                              bool *ret_event)
{
    (void)ret_event;
    guest_t *guest = self;
    if (address < RAM_BASE || address - RAM_BASE > RAM_BYTES || size_bytes > RAM_BYTES - (address - RAM_BASE))
        return CHI_DECERR;
    uint8_t *there = guest->ram + (address - RAM_BASE);
    memcpy(is_write ? there : bytes, is_write ? bytes : there, size_bytes);
    return CHI_OKAY;
}

static void count_output(void *self, const char *bytes, size_t count)
{
    guest_t *guest = self;
    for (size_t i = 0; i < count; i++) /* a sanitiser sees each byte read */
        guest->printed_bytes += bytes[i] != 0;
}

static int make_disk(void)
{
    int file = memfd_create("disk", MFD_CLOEXEC);
    fuzz_expect(file >= 0 && ftruncate(file, DISK_BYTES) == 0);
    return file;
}

static void add_device(guest_t *guest, unsigned kind)
{
    base_error_t error = {""};
    int result = 0;
    if (kind >= 0xc0) {
        device_user_network_config_t network = {.is_restricted = true};
        fuzz_expect(device_user_network_new(&network, &guest->network, &error) == 0);
        device_virtio_net_config_t net = {.network = guest->network, .latency_ps = 1000};
        result = device_virtio_net_add(guest->virtio, &net, &error);
    } else if (kind % 3 == 0) {
        guest->disk = make_disk();
        device_virtio_block_config_t block = {
            .disk = {.path = "disk", .is_writable = kind & 4, .file = guest->disk, .bytes = DISK_BYTES},
            .latency_ps = 1000,
            .sector_ps = 1};
        result = device_virtio_block_add(guest->virtio, &block, &error);
    } else if (kind % 3 == 1) {
        device_virtio_console_config_t console = {
            .output = count_output, .self = guest, .input = "typed\n", .input_bytes = 6, .latency_ps = 1000};
        result = device_virtio_console_add(guest->virtio, &console, &error);
    } else {
        device_virtio_entropy_config_t entropy = {.seed = 1, .latency_ps = 1000};
        result = device_virtio_entropy_add(guest->virtio, &entropy, &error);
    }
    fuzz_expect(result == 0);
    interconnect_dma_set_direct(device_virtio_dma(guest->virtio, 0), access_ram, guest);
}

static void write_register(guest_t *guest, unsigned offset, uint32_t value)
{
    device_access_t access = {.now_ps = guest->now_ps, .offset = offset, .size_bytes = 4};
    device_virtio_write(guest->virtio, &access, value);
}

static void pass_time(guest_t *guest)
{
    device_virtio_slot_t *slot = &guest->virtio->slots[0];
    for (unsigned i = 0; i < MAX_TICKS && slot->wake_ps != TIME_NEVER; i++) {
        fuzz_expect(slot->wake_ps > guest->now_ps); /* a device cannot work without time passing */
        guest->now_ps = slot->wake_ps;
        slot->wake_ps = TIME_NEVER;
        slot->ops->tick(slot->device, guest->now_ps);
    }
}

static uint32_t ring(const uint8_t *input)
{
    return RAM_BASE + (uint32_t)((input[0] | input[1] << 8) % RAM_BYTES);
}

static void drive(guest_t *guest, const uint8_t *input)
{
    unsigned queue = input[3] & 3;
    write_register(guest, 0x070, 1 | 2);
    write_register(guest, 0x024, 0);
    write_register(guest, 0x020, (uint32_t)(input[1] & 3) << 28); /* indirect, event index */
    write_register(guest, 0x024, 1);
    write_register(guest, 0x020, 1);
    write_register(guest, 0x070, 1 | 2 | 8);
    write_register(guest, 0x030, queue);
    write_register(guest, 0x038, input[2] < 9 ? 1u << input[2] : input[2]);
    write_register(guest, 0x080, ring(input + 4));
    write_register(guest, 0x090, ring(input + 6));
    write_register(guest, 0x0a0, ring(input + 8));
    write_register(guest, 0x044, 1);
    write_register(guest, 0x070, 1 | 2 | 4 | 8);
    for (unsigned i = 0; i < NOTIFICATIONS; i++) {
        write_register(guest, 0x050, queue);
        pass_time(guest);
        write_register(guest, input[10] * 4u, input[11]); /* any register, between two notifications */
        pass_time(guest);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes < HEADER_BYTES)
        return -1;
    engine_t *engine = engine_new();
    guest_t *guest = g_new0(guest_t, 1);
    guest->disk = -1;
    guest->virtio = device_virtio_new(engine, "virtio", 0x0a000000, 1, 1);
    add_device(guest, data[0]);
    memcpy(guest->ram, data + HEADER_BYTES, MIN(bytes - HEADER_BYTES, (size_t)RAM_BYTES));
    drive(guest, data);
    device_virtio_free(guest->virtio);
    device_user_network_free(guest->network);
    if (guest->disk >= 0)
        close(guest->disk);
    g_free(guest);
    engine_free(engine);
    return 0;
}
