/* The registers, the counter and the alarm of the PL031. */
#include "device/pl031.h"

#include "base/time.h"

#include <glib.h>

const stats_counter_t device_pl031_counters[] = {
#define DEVICE_PL031_COUNTER(name, unit, description) STATS_COUNTER(device_pl031_stats_t, name, unit, description),
    DEVICE_PL031_STATS(DEVICE_PL031_COUNTER)
#undef DEVICE_PL031_COUNTER
        {0},
};

/* TRM table 3-1. */
enum {
    RTCDR = 0x000,
    RTCMR = 0x004,
    RTCLR = 0x008,
    RTCCR = 0x00c,
    RTCIMSC = 0x010,
    RTCRIS = 0x014,
    RTCMIS = 0x018,
    RTCICR = 0x01c,
    RTCPERIPHID0 = 0xfe0,
    RTCPCELLID3 = 0xffc,
};

struct device_pl031 {
    device_port_t *port;
    device_pl031_config_t config;
    device_fault_t fault;
    uint32_t offset; /* RTCDR - seconds of age, modulo 2^32 */
    uint32_t match, load;
    bool mask, raw;    /* RTCIMSC, RTCRIS */
    bool line;         /* RTCINTR */
    uint64_t match_ps; /* when the counter meets the match register, TIME_NEVER before the guest wrote either */
    device_pl031_stats_t stats;
};

static uint32_t counter(const device_pl031_t *rtc, uint64_t now_ps)
{
    return (uint32_t)((rtc->config.age_ps + now_ps) / TIME_PS_PER_SECOND) + rtc->offset;
}

/* The next second at which the counter equals RTCMR: now, if it does already. */
static void arm(device_pl031_t *rtc, uint64_t now_ps)
{
    uint64_t age_ps = rtc->config.age_ps, second = (age_ps + now_ps) / TIME_PS_PER_SECOND;
    uint64_t ahead = (uint32_t)(rtc->match - counter(rtc, now_ps));
    rtc->match_ps = TIME_NEVER;
    if (!ahead)
        rtc->match_ps = now_ps;
    else if (second + ahead < TIME_NEVER / TIME_PS_PER_SECOND)
        rtc->match_ps = (second + ahead) * TIME_PS_PER_SECOND - age_ps;
}

static void drive_line(device_pl031_t *rtc, uint64_t now_ps)
{
    bool level = rtc->raw && rtc->mask;
    if (level == rtc->line || (rtc->line && DEVICE_HAS_FAULT(rtc, LINE_NOT_LOWERED)))
        return;
    rtc->line = level;
    if (rtc->config.irq.set)
        rtc->config.irq.set(rtc->config.irq.self, now_ps, level);
}

/* Nobody is woken for an alarm that is masked: who then reads RTCRIS finds it anyway. So a clock that nobody uses
 * never keeps a run alive. */
static void update(device_pl031_t *rtc, uint64_t now_ps)
{
    if (now_ps >= rtc->match_ps && !DEVICE_HAS_FAULT(rtc, ALARM_LOST)) {
        rtc->raw = true;
        rtc->match_ps = TIME_NEVER;
        rtc->stats.alarms++;
    }
    drive_line(rtc, now_ps);
    device_port_wake_at(rtc->port, rtc->mask && now_ps < rtc->match_ps ? rtc->match_ps : TIME_NEVER);
}

static uint32_t read_identification(uint64_t offset)
{
    /* RTCPeriphID0 to 3: part 0x031, designer Arm, revision 1; RTCPCellID0 to 3. */
    static const uint8_t bytes[] = {0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    return bytes[(offset - RTCPERIPHID0) / 4];
}

static bool read_register(void *self, const device_access_t *access, uint64_t *ret_value)
{
    device_pl031_t *rtc = self;
    update(rtc, access->now_ps);
    switch (access->offset) {
    case RTCDR: *ret_value = counter(rtc, access->now_ps); return true;
    case RTCMR: *ret_value = rtc->match; return true;
    case RTCLR: *ret_value = rtc->load; return true;
    case RTCCR: *ret_value = 1; return true;
    case RTCIMSC: *ret_value = rtc->mask; return true;
    case RTCRIS: *ret_value = rtc->raw; return true;
    case RTCMIS: *ret_value = rtc->raw && rtc->mask; return true;
    default:
        if (access->offset < RTCPERIPHID0 || access->offset > RTCPCELLID3 || access->offset % 4)
            return false;
        *ret_value = read_identification(access->offset);
        return true;
    }
}

static bool write_register(void *self, const device_access_t *access, uint64_t value)
{
    device_pl031_t *rtc = self;
    update(rtc, access->now_ps);
    switch (access->offset) {
    case RTCMR:
        rtc->match = (uint32_t)value;
        arm(rtc, access->now_ps);
        break;
    case RTCLR:
        rtc->load = (uint32_t)value;
        rtc->offset += rtc->load - counter(rtc, access->now_ps);
        arm(rtc, access->now_ps);
        break;
    case RTCCR: break;
    case RTCIMSC: rtc->mask = value & 1; break;
    case RTCICR: rtc->raw = rtc->raw && !(value & 1); break;
    default: return false;
    }
    update(rtc, access->now_ps);
    return true;
}

static void tick(void *self, uint64_t now_ps)
{
    update(self, now_ps);
}

device_pl031_t *device_pl031_new(engine_t *engine, const char *name, const device_pl031_config_t *config)
{
    static const device_ops_t ops = {.access_bytes = 4, .read = read_register, .write = write_register, .tick = tick};
    device_pl031_t *rtc = g_new0(device_pl031_t, 1);
    rtc->config = *config;
    rtc->fault = config->fault;
    rtc->offset = config->start_seconds;
    rtc->match_ps = TIME_NEVER;
    rtc->port = device_port_new(engine, name, config->base, DEVICE_PL031_BYTES, config->access_ps, &ops, rtc);
    return rtc;
}

void device_pl031_free(device_pl031_t *rtc)
{
    if (!rtc)
        return;
    device_port_free(rtc->port);
    g_free(rtc);
}

device_port_t *device_pl031_port(device_pl031_t *rtc)
{
    return rtc->port;
}

void device_pl031_connect(device_pl031_t *rtc, device_irq_t irq)
{
    rtc->config.irq = irq;
}

uint32_t device_pl031_start_seconds(const device_pl031_t *rtc)
{
    return rtc->offset;
}

const device_pl031_stats_t *device_pl031_stats(const device_pl031_t *rtc)
{
    return &rtc->stats;
}
