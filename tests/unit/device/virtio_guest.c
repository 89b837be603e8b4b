#include "virtio_guest.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

static chi_error_t access_ram(void *self, uint64_t address, void *bytes, uint32_t size_bytes, bool is_write,
                              bool *ret_event)
{
    (void)ret_event;
    guest_t *guest = self;
    if (address < GUEST_RAM_BASE || address - GUEST_RAM_BASE > GUEST_RAM_BYTES ||
        size_bytes > GUEST_RAM_BYTES - (address - GUEST_RAM_BASE))
        return CHI_DECERR;
    uint8_t *there = guest->ram + (address - GUEST_RAM_BASE);
    memcpy(is_write ? there : bytes, is_write ? bytes : there, size_bytes);
    return CHI_OKAY;
}

guest_t *guest_new(void)
{
    guest_t *guest = g_new0(guest_t, 1);
    guest->disk.file = -1;
    guest->h = harness_new();
    guest->virtio = device_virtio_new(harness_engine(guest->h), "virtio", 0x0a000000, 4, 1000);
    harness_attach(guest->h, device_virtio_port(guest->virtio));
    return guest;
}

void guest_connect(guest_t *guest, int added)
{
    cr_assert_eq(added, 0);
    interconnect_dma_set_direct(device_virtio_dma(guest->virtio, 0), access_ram, guest);
    device_virtio_attach(guest->virtio, 0, NULL, 0, harness_wire_irq(&guest->wire));
}

void guest_free(guest_t *guest)
{
    device_virtio_free(guest->virtio);
    device_virtio_disk_close(&guest->disk);
    device_user_network_free(guest->network);
    harness_free(guest->h);
    g_free(guest);
}

void guest_put(guest_t *guest, unsigned offset, uint64_t value, unsigned bytes)
{
    memcpy(guest->ram + offset, &value, bytes);
}

unsigned guest_get16(const guest_t *guest, unsigned offset)
{
    return guest->ram[offset] | (unsigned)guest->ram[offset + 1] << 8;
}

void guest_set(guest_t *guest, unsigned reg, uint32_t value)
{
    mmio_write(guest->h, reg, 4, value);
}

uint32_t guest_get(guest_t *guest, unsigned reg)
{
    return (uint32_t)mmio_read(guest->h, reg, 4);
}

void guest_negotiate(guest_t *guest, uint64_t features)
{
    guest_set(guest, GUEST_STATUS, 1 | 2);
    for (unsigned half = 0; half < 2; half++) {
        guest_set(guest, 0x024, half);
        guest_set(guest, 0x020, (uint32_t)(features >> (32 * half)));
    }
    guest_set(guest, GUEST_STATUS, 1 | 2 | 8);
}

void guest_start(guest_t *guest, uint64_t features, unsigned queue)
{
    guest_negotiate(guest, features);
    cr_assert_eq(guest_get(guest, GUEST_STATUS), 1 | 2 | 8);
    guest_set(guest, 0x030, queue);
    guest_set(guest, 0x038, GUEST_SIZE);
    guest_set(guest, 0x080, GUEST_RAM_BASE + GUEST_DESCRIPTORS);
    guest_set(guest, 0x090, GUEST_RAM_BASE + GUEST_AVAILABLE);
    guest_set(guest, 0x0a0, GUEST_RAM_BASE + GUEST_USED);
    guest_set(guest, 0x044, 1);
    cr_assert_eq(guest_get(guest, 0x044), 1);
    guest_set(guest, GUEST_STATUS, 1 | 2 | 4 | 8);
}

void guest_describe(guest_t *guest, unsigned at, uint64_t address, uint32_t bytes, unsigned flags, unsigned next)
{
    guest_put(guest, at, address, 8);
    guest_put(guest, at + 8, bytes, 4);
    guest_put(guest, at + 12, flags, 2);
    guest_put(guest, at + 14, next, 2);
}

void guest_make_available(guest_t *guest, unsigned head)
{
    guest_put(guest, GUEST_AVAILABLE + 4 + 2 * (guest->submitted % GUEST_SIZE), head, 2);
    guest_put(guest, GUEST_AVAILABLE + 2, ++guest->submitted, 2);
}

void guest_notify(guest_t *guest, unsigned queue)
{
    guest_set(guest, 0x050, queue);
    harness_run_ps(guest->h, 10 * GUEST_LATENCY_PS);
}

uint64_t guest_errors(const guest_t *guest)
{
    return device_port_guest_log(device_virtio_port(guest->virtio))->count;
}
