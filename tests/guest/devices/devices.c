/* The clock and the power key, from their registers to the interrupt handler, at the addresses and INTIDs of QEMU's
 * virt board. Run with rtc.start=1000000000 and power_key.press=2s. */
#include "board.h"
#include "cpu.h"
#include "exception.h"
#include "gic.h"
#include "image.h"
#include "images/selftest/selftest.h"
#include "layout.h"
#include "mmio.h"
#include "print.h"
#include "vm.h"

#include <stddef.h>

enum { RTC = 0x09010000, RTC_INTID = 34, RTCDR = RTC, RTCMR = RTC + 4, RTCIMSC = RTC + 0x10, RTCICR = RTC + 0x1c };
enum {
    GPIO = 0x09030000,
    GPIO_INTID = 39,
    KEY = 1 << 3,
    GPIODATA_KEY = GPIO + (KEY << 2),
    GPIOIEV = GPIO + 0x40c,
    GPIOIE = GPIO + 0x410,
    GPIOMIS = GPIO + 0x418,
    GPIOIC = GPIO + 0x41c
};
enum { START_SECONDS = 1000000000 };

option_t image_options[] = {{.name = NULL}};

static uint32_t alarms, presses;

static void on_alarm(uint32_t intid, void *data)
{
    (void)intid, (void)data;
    alarms++;
    mmio_write32(RTCICR, 1);
}

static void on_key(uint32_t intid, void *data)
{
    (void)intid, (void)data;
    if (mmio_read32(GPIOMIS) == KEY)
        presses++;
    mmio_write32(GPIOIC, KEY);
}

static const char *clock_says_the_configured_time(void)
{
    EXPECT(mmio_read32(RTCDR) == START_SECONDS);
    return NULL;
}

static const char *alarm_interrupts_in_its_second(void)
{
    gic_set_handler(RTC_INTID, on_alarm, NULL);
    gic_enable_spi(RTC_INTID, board_get()->mpidr[0]);
    mmio_write32(RTCMR, START_SECONDS + 1);
    mmio_write32(RTCIMSC, 1);
    interrupts_sleep_until(&alarms, 1);
    EXPECT(mmio_read32(RTCDR) == START_SECONDS + 1);
    EXPECT(alarms == 1);
    return NULL;
}

static const char *power_key_interrupts_when_it_is_pressed(void)
{
    gic_set_handler(GPIO_INTID, on_key, NULL);
    gic_enable_spi(GPIO_INTID, board_get()->mpidr[0]);
    mmio_write32(GPIOIEV, KEY);
    mmio_write32(GPIOIE, KEY);
    EXPECT(mmio_read32(GPIODATA_KEY) == 0);
    interrupts_sleep_until(&presses, 1);
    EXPECT(mmio_read32(GPIODATA_KEY) == KEY);
    EXPECT(mmio_read32(RTCDR) == START_SECONDS + 2);
    EXPECT(presses == 1);
    return NULL;
}

void image_main(void)
{
    static const struct {
        const char *name;
        const char *(*function)(void);
    } checks[] = {{"clock-says-the-configured-time", clock_says_the_configured_time},
                  {"alarm-interrupts-in-its-second", alarm_interrupts_in_its_second},
                  {"power-key-interrupts-when-it-is-pressed", power_key_interrupts_when_it_is_pressed}};
    vm_map(&vm_kernel, RTC, RTC, PAGE_BYTES, VM_DEVICE);
    vm_map(&vm_kernel, GPIO, GPIO, PAGE_BYTES, VM_DEVICE);
    for (unsigned i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *wrong = checks[i].function();
        if (image_check(wrong == NULL))
            print("ok %s\n", checks[i].name);
        else
            print("FAIL %s: %s\n", checks[i].name, wrong);
    }
}
