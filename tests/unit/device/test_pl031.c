/* The PL031 by its manual (ARM DDI 0224, table 3-1). */
#include "base/time.h"
#include "device/pl031.h"
#include "harness.h"
#include "rtc_gpio_traps.h"

#include <criterion/criterion.h>

enum { RTCDR = 0x00, RTCMR = 0x04, RTCLR = 0x08, RTCCR = 0x0c, RTCIMSC = 0x10, RTCRIS = 0x14, RTCICR = 0x1c };

static device_pl031_t *make(harness_t *h, uint32_t start_seconds)
{
    device_pl031_t *rtc = device_pl031_new(harness_engine(h), "rtc",
                                           &(device_pl031_config_t){.access_ps = 1000, .start_seconds = start_seconds});
    harness_attach(h, device_pl031_port(rtc));
    return rtc;
}

Test(pl031_registers, have_their_reset_values_and_write_masks)
{
    static const struct {
        uint64_t offset;
        uint32_t reset, written;
    } rows[] = {{RTCMR, 0, 0xffffffff}, {RTCLR, 0, 0xffffffff}, {RTCCR, 1, 1},       {RTCIMSC, 0, 1},
                {RTCRIS, 0, 1},         {0x18, 0, 1},           {0xfe0, 0x31, 0x31}, {0xfe4, 0x10, 0x10},
                {0xfe8, 0x14, 0x14},    {0xfec, 0x00, 0x00},    {0xff0, 0x0d, 0x0d}, {0xff4, 0xf0, 0xf0},
                {0xff8, 0x05, 0x05},    {0xffc, 0xb1, 0xb1}};
    harness_t *h = harness_new();
    device_pl031_t *rtc = make(h, 5);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(mmio_read(h, rows[i].offset, 4), rows[i].reset, "offset %lx", (unsigned long)rows[i].offset);
    /* The match register equals the counter then, so the alarm is raised too. */
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        mmio_write(h, rows[i].offset, 4, 0xffffffff);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(mmio_read(h, rows[i].offset, 4), rows[i].written, "offset %lx", (unsigned long)rows[i].offset);
    cr_assert_eq(device_port_guest_log(device_pl031_port(rtc))->count, 10, "writes to read-only registers");
    mmio_read(h, RTCICR, 4);
    mmio_read(h, 0x20, 4);
    mmio_read(h, RTCDR, 2);
    cr_assert_eq(device_port_guest_log(device_pl031_port(rtc))->count, 13);
    device_pl031_free(rtc);
    harness_free(h);
}

Test(pl031_counter, counts_simulated_seconds_from_its_start_and_from_what_is_loaded)
{
    harness_t *h = harness_new();
    device_pl031_t *rtc = make(h, 1767225600);
    cr_assert_eq(mmio_read(h, RTCDR, 4), 1767225600);
    harness_run_ps(h, 2 * TIME_PS_PER_SECOND);
    cr_assert_eq(mmio_read(h, RTCDR, 4), 1767225602);
    mmio_write(h, RTCLR, 4, 0xffffffff);
    cr_assert_eq(mmio_read(h, RTCDR, 4), 0xffffffff);
    cr_assert_eq(mmio_read(h, RTCLR, 4), 0xffffffff);
    harness_run_ps(h, 2 * TIME_PS_PER_SECOND);
    cr_assert_eq(mmio_read(h, RTCDR, 4), 1);
    device_pl031_free(rtc);
    harness_free(h);
}

Test(pl031_alarm, comes_in_its_second_and_is_cleared)
{
    cr_assert_null(wrong_alarm(DEVICE_FAULT_NONE));
}

Test(pl031_alarm, that_is_masked_wakes_nobody_and_is_found_by_reading)
{
    harness_t *h = harness_new();
    device_pl031_t *rtc = make(h, 10);
    mmio_write(h, RTCMR, 4, 11);
    cr_assert_eq(engine_run(harness_engine(h), TIME_NEVER), ENGINE_IDLE);
    cr_assert_lt(engine_now_ps(harness_engine(h)), TIME_PS_PER_SECOND);
    cr_assert_eq(mmio_read(h, RTCRIS, 4), 0);
    device_pl031_free(rtc);
    harness_free(h);

    h = harness_new();
    rtc = make(h, 10);
    mmio_write(h, RTCMR, 4, 11);
    harness_run_ps(h, TIME_PS_PER_SECOND);
    cr_assert_eq(mmio_read(h, RTCRIS, 4), 1);
    device_pl031_free(rtc);
    harness_free(h);
}
