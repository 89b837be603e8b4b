#include "rtc_gpio_traps.h"

#include "base/time.h"
#include "check.h"
#include "device/pl031.h"
#include "device/pl061.h"
#include "harness.h"

enum { RTCDR = 0x00, RTCMR = 0x04, RTCIMSC = 0x10, RTCRIS = 0x14, RTCMIS = 0x18, RTCICR = 0x1c };
enum { GPIOIS = 0x404, GPIOIEV = 0x40c, GPIOIE = 0x410, GPIORIS = 0x414, GPIOMIS = 0x418, GPIOIC = 0x41c };
enum { KEY = 1 << DEVICE_PL061_POWER_KEY };
enum { KEY_DATA = KEY << 2 };

const char *wrong_alarm(device_fault_t fault)
{
    const char *wrong = NULL;
    harness_wire_t wire = {0};
    harness_t *h = harness_new();
    device_pl031_t *rtc =
        device_pl031_new(harness_engine(h), "rtc",
                         &(device_pl031_config_t){
                             .access_ps = 1000, .start_seconds = 100, .irq = harness_wire_irq(&wire), .fault = fault});
    harness_attach(h, device_pl031_port(rtc));
    mmio_write(h, RTCMR, 4, 103);
    mmio_write(h, RTCIMSC, 4, 1);
    harness_run_ps(h, 3 * TIME_PS_PER_SECOND - harness_now_ps(h));
    CHECK(!wire.level && mmio_read(h, RTCDR, 4) == 103);
    harness_run_ps(h, 1000);
    CHECK(wire.level && wire.changed_ps == 3 * TIME_PS_PER_SECOND);
    CHECK(mmio_read(h, RTCRIS, 4) == 1 && mmio_read(h, RTCMIS, 4) == 1);
    mmio_write(h, RTCICR, 4, 1);
    harness_run_ps(h, 2 * TIME_PS_PER_SECOND);
    CHECK(!wire.level && wire.rises == 1 && mmio_read(h, RTCRIS, 4) == 0);
    device_pl031_free(rtc);
    harness_free(h);
    return wrong;
}

static device_pl061_t *make_gpio(harness_t *h, harness_wire_t *wire, device_fault_t fault)
{
    device_pl061_t *gpio = device_pl061_new(
        harness_engine(h), "gpio",
        &(device_pl061_config_t){
            .access_ps = 1000, .press_ps = 1000000, .hold_ps = 1000000, .irq = harness_wire_irq(wire), .fault = fault});
    harness_attach(h, device_pl061_port(gpio));
    return gpio;
}

const char *wrong_key_edge(device_fault_t fault)
{
    const char *wrong = NULL;
    harness_wire_t wire = {0};
    harness_t *h = harness_new();
    device_pl061_t *gpio = make_gpio(h, &wire, fault);
    mmio_write(h, GPIOIEV, 4, KEY);
    harness_run_ps(h, 1500000 - harness_now_ps(h));
    CHECK(mmio_read(h, KEY_DATA, 4) == KEY);
    harness_run_ps(h, 1000000);
    CHECK(mmio_read(h, KEY_DATA, 4) == 0);
    CHECK(mmio_read(h, GPIORIS, 4) == KEY && mmio_read(h, GPIOMIS, 4) == 0 && !wire.level);
    mmio_write(h, GPIOIE, 4, KEY);
    CHECK(mmio_read(h, GPIOMIS, 4) == KEY && wire.level);
    mmio_write(h, GPIOIC, 4, KEY);
    CHECK(mmio_read(h, GPIORIS, 4) == 0 && !wire.level && wire.rises == 1);
    device_pl061_free(gpio);
    harness_free(h);
    return wrong;
}

const char *wrong_key_level(device_fault_t fault)
{
    const char *wrong = NULL;
    harness_wire_t wire = {0};
    harness_t *h = harness_new();
    device_pl061_t *gpio = make_gpio(h, &wire, fault);
    mmio_write(h, GPIOIS, 4, KEY);
    mmio_write(h, GPIOIEV, 4, KEY);
    mmio_write(h, GPIOIE, 4, KEY);
    harness_run_ps(h, 1500000 - harness_now_ps(h));
    CHECK(wire.level && wire.changed_ps == 1000000);
    mmio_write(h, GPIOIC, 4, KEY);
    CHECK(wire.level);
    harness_run_ps(h, 1000000);
    CHECK(!wire.level && wire.changed_ps == 2000000);
    device_pl061_free(gpio);
    harness_free(h);
    return wrong;
}
