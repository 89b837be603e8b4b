/* The PL061 by its manual (ARM DDI 0190, table 3-1). */
#include "base/time.h"
#include "device/pl061.h"
#include "harness.h"
#include "rtc_gpio_traps.h"

#include <criterion/criterion.h>

enum { GPIODIR = 0x400, GPIOIS = 0x404, GPIOIBE = 0x408, GPIOIE = 0x410, GPIORIS = 0x414, GPIOIC = 0x41c };
enum { ALL_PINS = 0x3fc };

static device_pl061_t *make(harness_t *h, uint64_t press_ps)
{
    device_pl061_t *gpio =
        device_pl061_new(harness_engine(h), "gpio",
                         &(device_pl061_config_t){.access_ps = 1000, .press_ps = press_ps, .hold_ps = 1000000});
    harness_attach(h, device_pl061_port(gpio));
    return gpio;
}

Test(pl061_registers, have_their_reset_values_and_write_masks)
{
    static const struct {
        uint64_t offset;
        uint32_t reset, written;
    } rows[] = {{GPIODIR, 0, 0xff},  {GPIOIS, 0, 0xff},   {GPIOIBE, 0, 0xff},  {0x40c, 0, 0xff},    {GPIOIE, 0, 0xff},
                {0x420, 0, 0xff},    {0xfe0, 0x61, 0x61}, {0xfe4, 0x10, 0x10}, {0xfe8, 0x04, 0x04}, {0xfec, 0x00, 0x00},
                {0xff0, 0x0d, 0x0d}, {0xff4, 0xf0, 0xf0}, {0xff8, 0x05, 0x05}, {0xffc, 0xb1, 0xb1}};
    harness_t *h = harness_new();
    device_pl061_t *gpio = make(h, TIME_NEVER);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(mmio_read(h, rows[i].offset, 4), rows[i].reset, "offset %lx", (unsigned long)rows[i].offset);
        mmio_write(h, rows[i].offset, 4, 0xffffffff);
        cr_expect_eq(mmio_read(h, rows[i].offset, 4), rows[i].written, "offset %lx", (unsigned long)rows[i].offset);
    }
    cr_assert_eq(device_port_guest_log(device_pl061_port(gpio))->count, 8, "writes to read-only registers");
    mmio_read(h, GPIOIC, 4);
    mmio_read(h, 0x424, 4);
    mmio_write(h, GPIORIS, 4, 1);
    mmio_read(h, 1, 1);
    cr_assert_eq(device_port_guest_log(device_pl061_port(gpio))->count, 12);
    device_pl061_free(gpio);
    harness_free(h);
}

Test(pl061_data, is_selected_by_the_address_and_driven_by_outputs_only)
{
    harness_t *h = harness_new();
    device_pl061_t *gpio = make(h, TIME_NEVER);
    mmio_write(h, GPIODIR, 4, 0xf0);
    mmio_write(h, ALL_PINS, 4, 0xff);
    cr_assert_eq(mmio_read(h, ALL_PINS, 4), 0xf0);
    mmio_write(h, 0x30 << 2, 4, 0x10);
    cr_assert_eq(mmio_read(h, ALL_PINS, 4), 0xd0);
    cr_assert_eq(mmio_read(h, 0x50 << 2, 4), 0x50);
    cr_assert_eq(mmio_read(h, 0, 4), 0, "no pin selected");
    device_pl061_free(gpio);
    harness_free(h);
}

Test(pl061_edges, of_both_directions_are_seen_with_ibe)
{
    harness_t *h = harness_new();
    device_pl061_t *gpio = make(h, 1000000);
    mmio_write(h, GPIOIBE, 4, 0xff);
    harness_run_ps(h, 1500000 - harness_now_ps(h));
    cr_assert_eq(mmio_read(h, GPIORIS, 4), 8, "key down");
    mmio_write(h, GPIOIC, 4, 8);
    cr_assert_eq(mmio_read(h, GPIORIS, 4), 0);
    harness_run_ps(h, 1000000);
    cr_assert_eq(mmio_read(h, GPIORIS, 4), 8, "key up");
    cr_assert_eq(device_pl061_stats(gpio)->input_changes, 2);
    device_pl061_free(gpio);
    harness_free(h);
}

Test(pl061_power_key, gives_an_edge_that_is_kept)
{
    cr_assert_null(wrong_key_edge(DEVICE_FAULT_NONE));
}

Test(pl061_power_key, gives_a_level_as_long_as_it_is_pressed)
{
    cr_assert_null(wrong_key_level(DEVICE_FAULT_NONE));
}
