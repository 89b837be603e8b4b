/* The virtio-mmio slots and their devices, over guest memory that is an array. */
#include "base/time.h"
#include "device/virtio_block.h"
#include "device/virtio_console.h"
#include "device/virtio_entropy.h"
#include "virtio_guest.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print(void *self, const char *bytes, size_t count)
{
    strncat(((guest_t *)self)->printed, bytes, count);
}

static guest_t *with_console(const char *input)
{
    guest_t *guest = guest_new();
    device_virtio_console_config_t config = {
        .output = print, .self = guest, .input = input, .input_bytes = strlen(input), .latency_ps = GUEST_LATENCY_PS};
    base_error_t error;
    guest_connect(guest, device_virtio_console_add(guest->virtio, &config, &error));
    return guest;
}

static guest_t *with_entropy(uint64_t seed)
{
    guest_t *guest = guest_new();
    base_error_t error;
    device_virtio_entropy_config_t config = {.seed = seed, .latency_ps = GUEST_LATENCY_PS};
    guest_connect(guest, device_virtio_entropy_add(guest->virtio, &config, &error));
    return guest;
}

static guest_t *with_disk(unsigned sectors, bool is_writable)
{
    guest_t *guest = guest_new();
    char *path = NULL;
    int file = g_file_open_tmp("mesim-disk-XXXXXX", &path, NULL);
    cr_assert_geq(file, 0);
    uint8_t sector[512];
    for (unsigned i = 0; i < sectors; i++) {
        memset(sector, (int)(i + 1), sizeof sector);
        cr_assert_eq(write(file, sector, sizeof sector), (ssize_t)sizeof sector);
    }
    g_close(file, NULL);
    device_virtio_block_config_t config = {.latency_ps = GUEST_LATENCY_PS, .sector_ps = 7000};
    base_error_t error;
    cr_assert_eq(device_virtio_disk_open(path, is_writable, &config.disk, &error), 0, "%s", error.text);
    guest->disk = config.disk;
    guest_connect(guest, device_virtio_block_add(guest->virtio, &config, &error));
    g_unlink(path); /* it stays open */
    g_free(path);
    return guest;
}

/* --- the transport --- */

Test(virtio, a_slot_without_a_device_is_device_0)
{
    guest_t *guest = with_entropy(1);
    cr_expect_eq(guest_get(guest, 0x000), 0x74726976);
    cr_expect_eq(guest_get(guest, 0x008), 4, "slot 0 has the entropy device");
    for (unsigned slot = 1; slot < 4; slot++) {
        cr_expect_eq(guest_get(guest, 0x200 * slot), 0x74726976);
        cr_expect_eq(guest_get(guest, 0x200 * slot + 4), 2);
        cr_expect_eq(guest_get(guest, 0x200 * slot + 8), 0);
    }
    cr_expect_eq(guest_errors(guest), 0);
    guest_set(guest, 0x200 + GUEST_STATUS, 1);
    mmio_read(guest->h, GUEST_STATUS, 2);
    mmio_read(guest->h, 0x1fc, 4);
    cr_expect_eq(guest_errors(guest), 3, "a write to it, a register by halves, configuration that is not there");
    guest_free(guest);
}

Test(virtio, features_stay_ok_only_with_version_1_and_nothing_that_was_not_offered)
{
    guest_t *guest = with_entropy(1);
    static const struct {
        uint64_t features;
        bool ok;
    } cases[] = {{UINT64_C(1) << 32, true},
                 {GUEST_ALL_FEATURES, true},
                 {0, false},
                 {UINT64_C(3) << 32, false},
                 {UINT64_MAX, false}};
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        guest_set(guest, GUEST_STATUS, 0);
        guest_negotiate(guest, cases[i].features);
        cr_expect_eq(guest_get(guest, GUEST_STATUS), 1u | 2u | (cases[i].ok ? 8u : 0u), "case %u", i);
    }
    guest_free(guest);
}

Test(virtio, a_used_buffer_raises_the_line_until_it_is_acknowledged)
{
    guest_t *guest = with_console("");
    guest_start(guest, UINT64_C(1) << 32, 1);
    strcpy((char *)guest->ram + GUEST_DATA, "hello");
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_DATA, 5, 0, 0);
    guest_make_available(guest, 0);
    guest_notify(guest, 1);
    cr_expect_str_eq(guest->printed, "hello");
    cr_expect_eq(guest_get16(guest, GUEST_USED + 2), 1);
    cr_expect_eq(guest_get(guest, GUEST_INTERRUPT_STATUS), 1);
    cr_expect(guest->wire.level);
    guest_set(guest, 0x064, 1);
    cr_expect_not(guest->wire.level);
    cr_expect_eq(guest_get(guest, GUEST_INTERRUPT_STATUS), 0);
    guest_free(guest);
}

Test(virtio, the_driver_can_ask_for_no_interrupt)
{
    guest_t *guest = with_console("");
    guest_start(guest, UINT64_C(1) << 32, 1);
    guest_put(guest, GUEST_AVAILABLE, 1, 2);
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_DATA, 1, 0, 0);
    guest_make_available(guest, 0);
    guest_notify(guest, 1);
    cr_expect_eq(guest_get16(guest, GUEST_USED + 2), 1);
    cr_expect_eq(guest->wire.rises, 0);
    guest_free(guest);
}

Test(virtio, with_event_indices_each_side_is_told_only_when_it_asked)
{
    guest_t *guest = with_console("");
    guest_start(guest, GUEST_ALL_FEATURES, 1);
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_DATA, 1, 0, 0);
    guest_put(guest, GUEST_AVAILABLE + 4 + 2 * GUEST_SIZE, 2,
              2); /* interrupt when used entry 2 is written, the third one */
    for (unsigned i = 0; i < 2; i++)
        guest_make_available(guest, 0);
    guest_notify(guest, 1);
    cr_expect_eq(guest_get16(guest, GUEST_USED + 2), 2);
    cr_expect_eq(guest->wire.rises, 0, "neither entry 0 nor 1");
    cr_expect_eq(guest_get16(guest, GUEST_USED + 4 + 8 * GUEST_SIZE), 2,
                 "the device wants to hear of available entry 2");
    guest_make_available(guest, 0);
    guest_notify(guest, 1);
    cr_expect_eq(guest->wire.rises, 1);
    cr_expect_eq(guest_get16(guest, GUEST_USED + 4 + 8 * GUEST_SIZE), 3);
    guest_free(guest);
}

Test(virtio, a_chain_may_go_on_in_an_indirect_table)
{
    guest_t *guest = with_console("");
    guest_start(guest, GUEST_ALL_FEATURES, 1);
    memcpy(guest->ram + GUEST_DATA, "onetwothree", 11);
    guest_describe(guest, GUEST_DESCRIPTORS + 16 * 3, GUEST_RAM_BASE + GUEST_DATA, 3, GUEST_NEXT, 5);
    guest_describe(guest, GUEST_DESCRIPTORS + 16 * 5, GUEST_RAM_BASE + 0x800, 32, GUEST_INDIRECT, 0);
    guest_describe(guest, 0x800, GUEST_RAM_BASE + GUEST_DATA + 3, 3, GUEST_NEXT, 1);
    guest_describe(guest, 0x810, GUEST_RAM_BASE + GUEST_DATA + 6, 5, 0, 0);
    guest_make_available(guest, 3);
    guest_notify(guest, 1);
    cr_expect_str_eq(guest->printed, "onetwothree");
    cr_expect_eq(guest->ram[GUEST_USED + 4], 3, "the head of the chain is what is returned");
    cr_expect_eq(guest_errors(guest), 0);
    guest_free(guest);
}

Test(virtio, a_malformed_chain_stops_the_device_until_a_reset)
{
    guest_t *guest = with_console("");
    guest_start(guest, UINT64_C(1) << 32, 1);
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_RAM_BYTES, 1, 0, 0);
    guest_make_available(guest, 0);
    guest_notify(guest, 1);
    cr_expect_eq(guest_get(guest, GUEST_STATUS) & 64, 64);
    cr_expect_eq(guest_get(guest, GUEST_INTERRUPT_STATUS), 2, "the driver is told by a configuration interrupt");
    cr_expect_eq(guest_errors(guest), 1);
    guest_notify(guest, 1);
    cr_expect_eq(guest_errors(guest), 1, "it does nothing more");
    guest_set(guest, GUEST_STATUS, 0);
    cr_expect_eq(guest_get(guest, GUEST_STATUS), 0);
    cr_expect_not(guest->wire.level);
    memset(guest->ram, 0, GUEST_RAM_BYTES);
    guest->submitted = 0;
    guest_start(guest, UINT64_C(1) << 32, 1);
    guest->ram[GUEST_DATA] = 'x';
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_DATA, 1, 0, 0);
    guest_make_available(guest, 0);
    guest_notify(guest, 1);
    cr_expect_str_eq(guest->printed, "x");
    guest_free(guest);
}

Test(virtio, after_a_reset_nothing_of_a_request_is_written)
{
    guest_t *guest = with_entropy(1);
    guest_start(guest, UINT64_C(1) << 32, 0);
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_DATA, 16, GUEST_WRITE, 0);
    guest_make_available(guest, 0);
    guest_set(guest, 0x050, 0); /* the answer is due in GUEST_LATENCY_PS */
    guest_set(guest, GUEST_STATUS, 0);
    harness_run_ps(guest->h, 10 * GUEST_LATENCY_PS);
    static const uint8_t nothing[16];
    cr_expect_arr_eq(guest->ram + GUEST_DATA, nothing, 16);
    cr_expect_eq(guest_get16(guest, GUEST_USED + 2), 0);
    cr_expect_eq(guest->wire.rises, 0);
    guest_free(guest);
}

/* --- the devices --- */

Test(virtio_console, hands_over_what_is_typed_as_buffers_come)
{
    guest_t *guest = with_console("typed");
    guest_start(guest, UINT64_C(1) << 32, 0);
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_DATA, 3, GUEST_WRITE, 0);
    guest_describe(guest, GUEST_DESCRIPTORS + 16, GUEST_RAM_BASE + GUEST_DATA + 8, 8, GUEST_WRITE, 0);
    guest_describe(guest, GUEST_DESCRIPTORS + 32, GUEST_RAM_BASE + GUEST_DATA + 16, 8, GUEST_WRITE, 0);
    for (unsigned i = 0; i < 3; i++)
        guest_make_available(guest, i);
    guest_notify(guest, 0);
    cr_expect_arr_eq(guest->ram + GUEST_DATA, "typ", 3);
    cr_expect_arr_eq(guest->ram + GUEST_DATA + 8, "ed", 2);
    cr_expect_eq(guest_get16(guest, GUEST_USED + 2), 2, "the third buffer waits for more");
    cr_expect_eq(guest->ram[GUEST_USED + 4 + 8 + 4], 2, "as much as was written");
    guest_free(guest);
}

Test(virtio_entropy, depends_on_the_seed_alone_and_takes_its_time)
{
    uint8_t seen[3][64];
    for (unsigned i = 0; i < 3; i++) {
        guest_t *guest = with_entropy(i < 2 ? 5 : 6);
        guest_start(guest, UINT64_C(1) << 32, 0);
        guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + GUEST_DATA, sizeof seen[0], GUEST_WRITE, 0);
        guest_make_available(guest, 0);
        guest_notify(guest, 0);
        cr_expect_eq(guest->wire.changed_ps, mmio_sent_ps(guest->h) + HARNESS_LINK_PS + GUEST_LATENCY_PS);
        memcpy(seen[i], guest->ram + GUEST_DATA, sizeof seen[0]);
        guest_free(guest);
    }
    cr_expect_arr_eq(seen[0], seen[1], sizeof seen[0]);
    cr_expect_arr_neq(seen[0], seen[2], sizeof seen[0]);
}

/* A request of the disk with bytes of data; returns the status byte. */
static unsigned disk(guest_t *guest, uint32_t type, uint64_t sector, uint32_t bytes)
{
    guest_put(guest, 0x900, type, 8);
    guest_put(guest, 0x908, sector, 8);
    guest->ram[0x920] = 0xff;
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + 0x900, 16, GUEST_NEXT, 1);
    guest_describe(guest, GUEST_DESCRIPTORS + 16, GUEST_RAM_BASE + GUEST_DATA, bytes,
                   GUEST_NEXT | (type == 1 ? 0 : GUEST_WRITE), 2);
    guest_describe(guest, GUEST_DESCRIPTORS + 32, GUEST_RAM_BASE + 0x920, 1, GUEST_WRITE, 0);
    guest_make_available(guest, 0);
    guest_notify(guest, 0);
    return guest->ram[0x920];
}

Test(virtio_block, reads_and_writes_sectors_and_says_what_it_cannot_do)
{
    guest_t *guest = with_disk(4, true);
    cr_expect_eq(guest_get(guest, 0x100), 4, "sectors");
    guest_start(guest, UINT64_C(1) << 32, 0);
    cr_expect_eq(disk(guest, 0, 1, 1024), 0);
    cr_expect_eq(guest->wire.changed_ps, mmio_sent_ps(guest->h) + HARNESS_LINK_PS + GUEST_LATENCY_PS + 2 * 7000);
    cr_expect_eq(guest->ram[GUEST_DATA], 2);
    cr_expect_eq(guest->ram[GUEST_DATA + 1023], 3);
    memset(guest->ram + GUEST_DATA, 9, 512);
    cr_expect_eq(disk(guest, 1, 3, 512), 0);
    memset(guest->ram + GUEST_DATA, 0, 512);
    cr_expect_eq(disk(guest, 0, 3, 512), 0);
    cr_expect_eq(guest->ram[GUEST_DATA + 511], 9);
    cr_expect_eq(disk(guest, 4, 0, 0), 0, "flush");
    cr_expect_eq(disk(guest, 8, 0, 20), 0, "identify");
    cr_expect_str_eq((const char *)guest->ram + GUEST_DATA, "mesim-disk-0");
    cr_expect_eq(disk(guest, 0, 4, 512), 1, "beyond the end");
    cr_expect_eq(disk(guest, 0, 3, 1024), 1, "over the end");
    cr_expect_eq(disk(guest, 0, UINT64_MAX, 512), 1, "far beyond the end");
    cr_expect_eq(disk(guest, 0, 0, 500), 1, "no whole sector");
    cr_expect_eq(disk(guest, 99, 0, 512), 2, "unknown");
    cr_expect_eq(guest_errors(guest), 0);
    guest_free(guest);
}

Test(virtio_block, a_read_only_disk_says_so_and_takes_no_write)
{
    guest_t *guest = with_disk(2, false);
    cr_expect_eq(guest_get(guest, 0x010) >> 5 & 1, 1, "VIRTIO_BLK_F_RO");
    guest_start(guest, UINT64_C(1) << 32, 0);
    cr_expect_eq(disk(guest, 1, 0, 512), 1);
    cr_expect_eq(disk(guest, 0, 0, 512), 0);
    cr_expect_eq(guest->ram[GUEST_DATA], 1);
    guest_free(guest);
}
