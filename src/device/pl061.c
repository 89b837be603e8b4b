/* The registers, the pins and the interrupt line of the PL061. */
#include "device/pl061.h"

#include "base/time.h"

#include <glib.h>

const stats_counter_t device_pl061_counters[] = {
#define DEVICE_PL061_COUNTER(name, unit, description) STATS_COUNTER(device_pl061_stats_t, name, unit, description),
    DEVICE_PL061_STATS(DEVICE_PL061_COUNTER)
#undef DEVICE_PL061_COUNTER
        {0},
};

/* TRM table 3-1. Address bits 9:2 of an access to GPIODATA select its pins (section 3.3.1). */
enum {
    GPIODATA_LAST = 0x3fc,
    GPIODIR = 0x400,
    GPIOIS = 0x404,
    GPIOIBE = 0x408,
    GPIOIEV = 0x40c,
    GPIOIE = 0x410,
    GPIORIS = 0x414,
    GPIOMIS = 0x418,
    GPIOIC = 0x41c,
    GPIOAFSEL = 0x420,
    GPIOPERIPHID0 = 0xfe0,
    GPIOPCELLID3 = 0xffc,
};

struct device_pl061 {
    device_port_t *port;
    device_pl061_config_t config;
    device_fault_t fault;
    uint8_t output; /* what the guest wrote to GPIODATA */
    uint8_t pins;   /* what is driven from outside */
    uint8_t dir, is, ibe, iev, ie, afsel;
    uint8_t edges; /* edges detected and not cleared */
    bool line;     /* GPIOINTR */
    device_pl061_stats_t stats;
};

/* --- pins and interrupts --- */

static uint8_t data(const device_pl061_t *gpio)
{
    return (uint8_t)((gpio->output & gpio->dir) | (gpio->pins & ~gpio->dir));
}

/* Section 3.3.3 to 3.3.7: a level is there as long as the pin has it, an edge until GPIOIC clears it. */
static uint8_t raw(const device_pl061_t *gpio)
{
    uint8_t levels = (uint8_t) ~(data(gpio) ^ gpio->iev);
    return (uint8_t)((gpio->is & levels) | (~gpio->is & gpio->edges));
}

static uint8_t masked(const device_pl061_t *gpio)
{
    return DEVICE_HAS_FAULT(gpio, MASK_IGNORED) ? raw(gpio) : raw(gpio) & gpio->ie;
}

static void drive_line(device_pl061_t *gpio, uint64_t now_ps)
{
    bool level = masked(gpio) != 0;
    if (level == gpio->line || (gpio->line && DEVICE_HAS_FAULT(gpio, LINE_NOT_LOWERED)))
        return;
    gpio->line = level;
    gpio->stats.interrupts += level;
    if (gpio->config.irq.set)
        gpio->config.irq.set(gpio->config.irq.self, now_ps, level);
}

static void detect_edges(device_pl061_t *gpio, uint8_t before)
{
    uint8_t now = data(gpio), changed = (before ^ now) & (uint8_t)~gpio->is;
    uint8_t wanted = (uint8_t)(gpio->ibe | ~(now ^ gpio->iev));
    if (!DEVICE_HAS_FAULT(gpio, EDGE_LOST))
        gpio->edges |= changed & wanted;
}

static void drive_pin(device_pl061_t *gpio, uint64_t now_ps, bool level)
{
    uint8_t before = data(gpio), bit = 1 << DEVICE_PL061_POWER_KEY;
    gpio->pins = level ? gpio->pins | bit : gpio->pins & (uint8_t)~bit;
    gpio->stats.input_changes++;
    detect_edges(gpio, before);
    drive_line(gpio, now_ps);
}

/* The key goes down, and up again. */
static void tick(void *self, uint64_t now_ps)
{
    device_pl061_t *gpio = self;
    bool pressed = now_ps < gpio->config.press_ps + gpio->config.hold_ps;
    drive_pin(gpio, now_ps, pressed);
    if (pressed)
        device_port_wake_at(gpio->port, gpio->config.press_ps + gpio->config.hold_ps);
}

/* --- registers --- */

static uint32_t read_identification(uint64_t offset)
{
    /* GPIOPeriphID0 to 3: part 0x061, designer Arm, revision 0; GPIOPCellID0 to 3. */
    static const uint8_t bytes[] = {0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    return bytes[(offset - GPIOPERIPHID0) / 4];
}

static bool read_register(void *self, const device_access_t *access, uint64_t *ret_value)
{
    const device_pl061_t *gpio = self;
    if (access->offset % 4)
        return false;
    if (access->offset <= GPIODATA_LAST) {
        *ret_value = data(gpio) & (access->offset >> 2);
        return true;
    }
    switch (access->offset) {
    case GPIODIR: *ret_value = gpio->dir; return true;
    case GPIOIS: *ret_value = gpio->is; return true;
    case GPIOIBE: *ret_value = gpio->ibe; return true;
    case GPIOIEV: *ret_value = gpio->iev; return true;
    case GPIOIE: *ret_value = gpio->ie; return true;
    case GPIORIS: *ret_value = raw(gpio); return true;
    case GPIOMIS: *ret_value = masked(gpio); return true;
    case GPIOAFSEL: *ret_value = gpio->afsel; return true;
    default:
        if (access->offset < GPIOPERIPHID0 || access->offset > GPIOPCELLID3)
            return false;
        *ret_value = read_identification(access->offset);
        return true;
    }
}

static bool write_register(void *self, const device_access_t *access, uint64_t value)
{
    device_pl061_t *gpio = self;
    uint8_t byte = (uint8_t)value, before = data(gpio);
    if (access->offset % 4)
        return false;
    if (access->offset <= GPIODATA_LAST) {
        uint8_t lanes = (uint8_t)(access->offset >> 2);
        gpio->output = (uint8_t)((gpio->output & ~lanes) | (byte & lanes));
        detect_edges(gpio, before);
        drive_line(gpio, access->now_ps);
        return true;
    }
    switch (access->offset) {
    case GPIODIR: gpio->dir = byte; break;
    case GPIOIS: gpio->is = byte; break;
    case GPIOIBE: gpio->ibe = byte; break;
    case GPIOIEV: gpio->iev = byte; break;
    case GPIOIE: gpio->ie = byte; break;
    case GPIOIC: gpio->edges &= (uint8_t)~byte; break;
    case GPIOAFSEL: gpio->afsel = byte; break; /* no pin has another function */
    default: return false;
    }
    drive_line(gpio, access->now_ps);
    return true;
}

/* --- life --- */

device_pl061_t *device_pl061_new(engine_t *engine, const char *name, const device_pl061_config_t *config)
{
    static const device_ops_t ops = {
        .access_bytes = 1 | 2 | 4, .read = read_register, .write = write_register, .tick = tick};
    device_pl061_t *gpio = g_new0(device_pl061_t, 1);
    gpio->config = *config;
    gpio->fault = config->fault;
    gpio->port = device_port_new(engine, name, config->base, DEVICE_PL061_BYTES, config->access_ps, &ops, gpio);
    device_port_wake_at(gpio->port, config->press_ps);
    return gpio;
}

void device_pl061_free(device_pl061_t *gpio)
{
    if (!gpio)
        return;
    device_port_free(gpio->port);
    g_free(gpio);
}

device_port_t *device_pl061_port(device_pl061_t *gpio)
{
    return gpio->port;
}

void device_pl061_connect(device_pl061_t *gpio, device_irq_t irq)
{
    gpio->config.irq = irq;
}

const device_pl061_stats_t *device_pl061_stats(const device_pl061_t *gpio)
{
    return &gpio->stats;
}
