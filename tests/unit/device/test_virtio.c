/* The virtio-mmio slots and their devices, over guest memory that is an array. */
#include "base/time.h"
#include "device/virtio_block.h"
#include "device/virtio_console.h"
#include "device/virtio_entropy.h"
#include "harness.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    RAM_BASE = 0x40000000,
    RAM_BYTES = 0x4000,
    DESCRIPTORS = 0x000,
    AVAILABLE = 0x400,
    USED = 0x500,
    DATA = 0x1000,
    SIZE = 8,
    LATENCY_PS = 1000000,
    NEXT = 1,
    WRITE = 2,
    INDIRECT = 4,
    STATUS = 0x070,
    INTERRUPT_STATUS = 0x060,
};
#define ALL_FEATURES (UINT64_C(1) << 32 | UINT64_C(3) << 28) /* version 1, indirect, event index */

typedef struct guest {
    harness_t *h;
    device_virtio_t *virtio;
    harness_wire_t wire;
    uint8_t ram[RAM_BYTES];
    char printed[256];
    uint16_t submitted;
    device_virtio_disk_t disk;
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

static void print(void *self, const char *bytes, size_t count)
{
    strncat(((guest_t *)self)->printed, bytes, count);
}

static guest_t *set_up(void)
{
    guest_t *guest = g_new0(guest_t, 1);
    guest->disk.file = -1;
    guest->h = harness_new();
    guest->virtio = device_virtio_new(harness_engine(guest->h), "virtio", 0x0a000000, 4, 1000);
    harness_attach(guest->h, device_virtio_port(guest->virtio));
    return guest;
}

static void connect(guest_t *guest, int added)
{
    cr_assert_eq(added, 0);
    interconnect_dma_set_direct(device_virtio_dma(guest->virtio, 0), access_ram, guest);
    device_virtio_attach(guest->virtio, 0, NULL, 0, harness_wire_irq(&guest->wire));
}

static guest_t *with_console(const char *input)
{
    guest_t *guest = set_up();
    device_virtio_console_config_t config = {
        .output = print, .self = guest, .input = input, .input_bytes = strlen(input), .latency_ps = LATENCY_PS};
    base_error_t error;
    connect(guest, device_virtio_console_add(guest->virtio, &config, &error));
    return guest;
}

static guest_t *with_entropy(uint64_t seed)
{
    guest_t *guest = set_up();
    base_error_t error;
    device_virtio_entropy_config_t config = {.seed = seed, .latency_ps = LATENCY_PS};
    connect(guest, device_virtio_entropy_add(guest->virtio, &config, &error));
    return guest;
}

static guest_t *with_disk(unsigned sectors, bool is_writable)
{
    guest_t *guest = set_up();
    char *path = NULL;
    int file = g_file_open_tmp("mesim-disk-XXXXXX", &path, NULL);
    cr_assert_geq(file, 0);
    uint8_t sector[512];
    for (unsigned i = 0; i < sectors; i++) {
        memset(sector, (int)(i + 1), sizeof sector);
        cr_assert_eq(write(file, sector, sizeof sector), (ssize_t)sizeof sector);
    }
    g_close(file, NULL);
    device_virtio_block_config_t config = {.latency_ps = LATENCY_PS, .sector_ps = 7000};
    base_error_t error;
    cr_assert_eq(device_virtio_disk_open(path, is_writable, &config.disk, &error), 0, "%s", error.text);
    guest->disk = config.disk;
    connect(guest, device_virtio_block_add(guest->virtio, &config, &error));
    g_unlink(path); /* it stays open */
    g_free(path);
    return guest;
}

static void tear_down(guest_t *guest)
{
    device_virtio_free(guest->virtio);
    device_virtio_disk_close(&guest->disk);
    harness_free(guest->h);
    g_free(guest);
}

/* --- a driver --- */

static void put(guest_t *guest, unsigned offset, uint64_t value, unsigned bytes)
{
    memcpy(guest->ram + offset, &value, bytes);
}

static unsigned get16(const guest_t *guest, unsigned offset)
{
    return guest->ram[offset] | (unsigned)guest->ram[offset + 1] << 8;
}

static void set(guest_t *guest, unsigned reg, uint32_t value)
{
    mmio_write(guest->h, reg, 4, value);
}

static uint32_t get(guest_t *guest, unsigned reg)
{
    return (uint32_t)mmio_read(guest->h, reg, 4);
}

static void negotiate(guest_t *guest, uint64_t features)
{
    set(guest, STATUS, 1 | 2);
    for (unsigned half = 0; half < 2; half++) {
        set(guest, 0x024, half);
        set(guest, 0x020, (uint32_t)(features >> (32 * half)));
    }
    set(guest, STATUS, 1 | 2 | 8);
}

static void start(guest_t *guest, uint64_t features, unsigned queue)
{
    negotiate(guest, features);
    cr_assert_eq(get(guest, STATUS), 1 | 2 | 8);
    set(guest, 0x030, queue);
    set(guest, 0x038, SIZE);
    set(guest, 0x080, RAM_BASE + DESCRIPTORS);
    set(guest, 0x090, RAM_BASE + AVAILABLE);
    set(guest, 0x0a0, RAM_BASE + USED);
    set(guest, 0x044, 1);
    cr_assert_eq(get(guest, 0x044), 1);
    set(guest, STATUS, 1 | 2 | 4 | 8);
}

static void describe(guest_t *guest, unsigned at, uint64_t address, uint32_t bytes, unsigned flags, unsigned next)
{
    put(guest, at, address, 8);
    put(guest, at + 8, bytes, 4);
    put(guest, at + 12, flags, 2);
    put(guest, at + 14, next, 2);
}

static void make_available(guest_t *guest, unsigned head)
{
    put(guest, AVAILABLE + 4 + 2 * (guest->submitted % SIZE), head, 2);
    put(guest, AVAILABLE + 2, ++guest->submitted, 2);
}

static void notify(guest_t *guest, unsigned queue)
{
    set(guest, 0x050, queue);
    harness_run_ps(guest->h, 10 * LATENCY_PS);
}

static uint64_t errors(const guest_t *guest)
{
    return device_port_guest_log(device_virtio_port(guest->virtio))->count;
}

/* --- the transport --- */

Test(virtio, a_slot_without_a_device_is_device_0)
{
    guest_t *guest = with_entropy(1);
    cr_expect_eq(get(guest, 0x000), 0x74726976);
    cr_expect_eq(get(guest, 0x008), 4, "slot 0 has the entropy device");
    for (unsigned slot = 1; slot < 4; slot++) {
        cr_expect_eq(get(guest, 0x200 * slot), 0x74726976);
        cr_expect_eq(get(guest, 0x200 * slot + 4), 2);
        cr_expect_eq(get(guest, 0x200 * slot + 8), 0);
    }
    cr_expect_eq(errors(guest), 0);
    set(guest, 0x200 + STATUS, 1);
    mmio_read(guest->h, STATUS, 2);
    mmio_read(guest->h, 0x1fc, 4);
    cr_expect_eq(errors(guest), 3, "a write to it, a register by halves, configuration that is not there");
    tear_down(guest);
}

Test(virtio, features_stay_ok_only_with_version_1_and_nothing_that_was_not_offered)
{
    guest_t *guest = with_entropy(1);
    static const struct {
        uint64_t features;
        bool ok;
    } cases[] = {
        {UINT64_C(1) << 32, true}, {ALL_FEATURES, true}, {0, false}, {UINT64_C(3) << 32, false}, {UINT64_MAX, false}};
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        set(guest, STATUS, 0);
        negotiate(guest, cases[i].features);
        cr_expect_eq(get(guest, STATUS), 1u | 2u | (cases[i].ok ? 8u : 0u), "case %u", i);
    }
    tear_down(guest);
}

Test(virtio, a_used_buffer_raises_the_line_until_it_is_acknowledged)
{
    guest_t *guest = with_console("");
    start(guest, UINT64_C(1) << 32, 1);
    strcpy((char *)guest->ram + DATA, "hello");
    describe(guest, DESCRIPTORS, RAM_BASE + DATA, 5, 0, 0);
    make_available(guest, 0);
    notify(guest, 1);
    cr_expect_str_eq(guest->printed, "hello");
    cr_expect_eq(get16(guest, USED + 2), 1);
    cr_expect_eq(get(guest, INTERRUPT_STATUS), 1);
    cr_expect(guest->wire.level);
    set(guest, 0x064, 1);
    cr_expect_not(guest->wire.level);
    cr_expect_eq(get(guest, INTERRUPT_STATUS), 0);
    tear_down(guest);
}

Test(virtio, the_driver_can_ask_for_no_interrupt)
{
    guest_t *guest = with_console("");
    start(guest, UINT64_C(1) << 32, 1);
    put(guest, AVAILABLE, 1, 2);
    describe(guest, DESCRIPTORS, RAM_BASE + DATA, 1, 0, 0);
    make_available(guest, 0);
    notify(guest, 1);
    cr_expect_eq(get16(guest, USED + 2), 1);
    cr_expect_eq(guest->wire.rises, 0);
    tear_down(guest);
}

Test(virtio, with_event_indices_each_side_is_told_only_when_it_asked)
{
    guest_t *guest = with_console("");
    start(guest, ALL_FEATURES, 1);
    describe(guest, DESCRIPTORS, RAM_BASE + DATA, 1, 0, 0);
    put(guest, AVAILABLE + 4 + 2 * SIZE, 2, 2); /* interrupt when used entry 2 is written, the third one */
    for (unsigned i = 0; i < 2; i++)
        make_available(guest, 0);
    notify(guest, 1);
    cr_expect_eq(get16(guest, USED + 2), 2);
    cr_expect_eq(guest->wire.rises, 0, "neither entry 0 nor 1");
    cr_expect_eq(get16(guest, USED + 4 + 8 * SIZE), 2, "the device wants to hear of available entry 2");
    make_available(guest, 0);
    notify(guest, 1);
    cr_expect_eq(guest->wire.rises, 1);
    cr_expect_eq(get16(guest, USED + 4 + 8 * SIZE), 3);
    tear_down(guest);
}

Test(virtio, a_chain_may_go_on_in_an_indirect_table)
{
    guest_t *guest = with_console("");
    start(guest, ALL_FEATURES, 1);
    memcpy(guest->ram + DATA, "onetwothree", 11);
    describe(guest, DESCRIPTORS + 16 * 3, RAM_BASE + DATA, 3, NEXT, 5);
    describe(guest, DESCRIPTORS + 16 * 5, RAM_BASE + 0x800, 32, INDIRECT, 0);
    describe(guest, 0x800, RAM_BASE + DATA + 3, 3, NEXT, 1);
    describe(guest, 0x810, RAM_BASE + DATA + 6, 5, 0, 0);
    make_available(guest, 3);
    notify(guest, 1);
    cr_expect_str_eq(guest->printed, "onetwothree");
    cr_expect_eq(guest->ram[USED + 4], 3, "the head of the chain is what is returned");
    cr_expect_eq(errors(guest), 0);
    tear_down(guest);
}

Test(virtio, a_malformed_chain_stops_the_device_until_a_reset)
{
    guest_t *guest = with_console("");
    start(guest, UINT64_C(1) << 32, 1);
    describe(guest, DESCRIPTORS, RAM_BASE + RAM_BYTES, 1, 0, 0);
    make_available(guest, 0);
    notify(guest, 1);
    cr_expect_eq(get(guest, STATUS) & 64, 64);
    cr_expect_eq(get(guest, INTERRUPT_STATUS), 2, "the driver is told by a configuration interrupt");
    cr_expect_eq(errors(guest), 1);
    notify(guest, 1);
    cr_expect_eq(errors(guest), 1, "it does nothing more");
    set(guest, STATUS, 0);
    cr_expect_eq(get(guest, STATUS), 0);
    cr_expect_not(guest->wire.level);
    memset(guest->ram, 0, RAM_BYTES);
    guest->submitted = 0;
    start(guest, UINT64_C(1) << 32, 1);
    guest->ram[DATA] = 'x';
    describe(guest, DESCRIPTORS, RAM_BASE + DATA, 1, 0, 0);
    make_available(guest, 0);
    notify(guest, 1);
    cr_expect_str_eq(guest->printed, "x");
    tear_down(guest);
}

Test(virtio, after_a_reset_nothing_of_a_request_is_written)
{
    guest_t *guest = with_entropy(1);
    start(guest, UINT64_C(1) << 32, 0);
    describe(guest, DESCRIPTORS, RAM_BASE + DATA, 16, WRITE, 0);
    make_available(guest, 0);
    set(guest, 0x050, 0); /* the answer is due in LATENCY_PS */
    set(guest, STATUS, 0);
    harness_run_ps(guest->h, 10 * LATENCY_PS);
    static const uint8_t nothing[16];
    cr_expect_arr_eq(guest->ram + DATA, nothing, 16);
    cr_expect_eq(get16(guest, USED + 2), 0);
    cr_expect_eq(guest->wire.rises, 0);
    tear_down(guest);
}

/* --- the devices --- */

Test(virtio_console, hands_over_what_is_typed_as_buffers_come)
{
    guest_t *guest = with_console("typed");
    start(guest, UINT64_C(1) << 32, 0);
    describe(guest, DESCRIPTORS, RAM_BASE + DATA, 3, WRITE, 0);
    describe(guest, DESCRIPTORS + 16, RAM_BASE + DATA + 8, 8, WRITE, 0);
    describe(guest, DESCRIPTORS + 32, RAM_BASE + DATA + 16, 8, WRITE, 0);
    for (unsigned i = 0; i < 3; i++)
        make_available(guest, i);
    notify(guest, 0);
    cr_expect_arr_eq(guest->ram + DATA, "typ", 3);
    cr_expect_arr_eq(guest->ram + DATA + 8, "ed", 2);
    cr_expect_eq(get16(guest, USED + 2), 2, "the third buffer waits for more");
    cr_expect_eq(guest->ram[USED + 4 + 8 + 4], 2, "as much as was written");
    tear_down(guest);
}

Test(virtio_entropy, depends_on_the_seed_alone_and_takes_its_time)
{
    uint8_t seen[3][64];
    for (unsigned i = 0; i < 3; i++) {
        guest_t *guest = with_entropy(i < 2 ? 5 : 6);
        start(guest, UINT64_C(1) << 32, 0);
        describe(guest, DESCRIPTORS, RAM_BASE + DATA, sizeof seen[0], WRITE, 0);
        make_available(guest, 0);
        notify(guest, 0);
        cr_expect_eq(guest->wire.changed_ps, mmio_sent_ps(guest->h) + HARNESS_LINK_PS + LATENCY_PS);
        memcpy(seen[i], guest->ram + DATA, sizeof seen[0]);
        tear_down(guest);
    }
    cr_expect_arr_eq(seen[0], seen[1], sizeof seen[0]);
    cr_expect_arr_neq(seen[0], seen[2], sizeof seen[0]);
}

/* A request of the disk with bytes of data; returns the status byte. */
static unsigned disk(guest_t *guest, uint32_t type, uint64_t sector, uint32_t bytes)
{
    put(guest, 0x900, type, 8);
    put(guest, 0x908, sector, 8);
    guest->ram[0x920] = 0xff;
    describe(guest, DESCRIPTORS, RAM_BASE + 0x900, 16, NEXT, 1);
    describe(guest, DESCRIPTORS + 16, RAM_BASE + DATA, bytes, NEXT | (type == 1 ? 0 : WRITE), 2);
    describe(guest, DESCRIPTORS + 32, RAM_BASE + 0x920, 1, WRITE, 0);
    make_available(guest, 0);
    notify(guest, 0);
    return guest->ram[0x920];
}

Test(virtio_block, reads_and_writes_sectors_and_says_what_it_cannot_do)
{
    guest_t *guest = with_disk(4, true);
    cr_expect_eq(get(guest, 0x100), 4, "sectors");
    start(guest, UINT64_C(1) << 32, 0);
    cr_expect_eq(disk(guest, 0, 1, 1024), 0);
    cr_expect_eq(guest->wire.changed_ps, mmio_sent_ps(guest->h) + HARNESS_LINK_PS + LATENCY_PS + 2 * 7000);
    cr_expect_eq(guest->ram[DATA], 2);
    cr_expect_eq(guest->ram[DATA + 1023], 3);
    memset(guest->ram + DATA, 9, 512);
    cr_expect_eq(disk(guest, 1, 3, 512), 0);
    memset(guest->ram + DATA, 0, 512);
    cr_expect_eq(disk(guest, 0, 3, 512), 0);
    cr_expect_eq(guest->ram[DATA + 511], 9);
    cr_expect_eq(disk(guest, 4, 0, 0), 0, "flush");
    cr_expect_eq(disk(guest, 8, 0, 20), 0, "identify");
    cr_expect_str_eq((const char *)guest->ram + DATA, "mesim-disk-0");
    cr_expect_eq(disk(guest, 0, 4, 512), 1, "beyond the end");
    cr_expect_eq(disk(guest, 0, 3, 1024), 1, "over the end");
    cr_expect_eq(disk(guest, 0, UINT64_MAX, 512), 1, "far beyond the end");
    cr_expect_eq(disk(guest, 0, 0, 500), 1, "no whole sector");
    cr_expect_eq(disk(guest, 99, 0, 512), 2, "unknown");
    cr_expect_eq(errors(guest), 0);
    tear_down(guest);
}

Test(virtio_block, a_read_only_disk_says_so_and_takes_no_write)
{
    guest_t *guest = with_disk(2, false);
    cr_expect_eq(get(guest, 0x010) >> 5 & 1, 1, "VIRTIO_BLK_F_RO");
    start(guest, UINT64_C(1) << 32, 0);
    cr_expect_eq(disk(guest, 1, 0, 512), 1);
    cr_expect_eq(disk(guest, 0, 0, 512), 0);
    cr_expect_eq(guest->ram[DATA], 1);
    tear_down(guest);
}
