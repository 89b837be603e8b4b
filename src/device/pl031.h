/* PrimeCell real-time clock PL031, revision r1p3 (ARM DDI 0224, "the TRM" below), as QEMU's virt machine has it.
 *
 * It counts seconds of simulated time from a start value of the configuration, never of the host, so that runs repeat.
 * As on QEMU it counts from the start: RTCCR reads 1 and writes to it do nothing. Times are picoseconds. */
#ifndef MESIM_DEVICE_PL031_H
#define MESIM_DEVICE_PL031_H

#include "device/fault.h"
#include "device/mmio.h"
#include "engine/engine.h"
#include "observe/stats.h"

#include <stdint.h>

enum { DEVICE_PL031_BYTES = 0x1000 };

typedef struct device_pl031_config {
    uint64_t base;
    uint64_t access_ps;
    uint32_t start_seconds; /* RTCDR when it was 0 ps old; Linux takes it as seconds since 1970 */
    uint64_t age_ps;        /* at time 0: a reset of the machine does not stop the clock */
    device_irq_t irq;       /* RTCINTR; irq.set may be NULL */
    device_fault_t fault;   /* honoured only in a build with MESIM_FAULTS */
} device_pl031_config_t;

#define DEVICE_PL031_STATS(X) X(alarms, "count", "times the counter met the match register")

typedef struct device_pl031_stats {
#define DEVICE_PL031_STATS_FIELD(name, unit, description) uint64_t name;
    DEVICE_PL031_STATS(DEVICE_PL031_STATS_FIELD)
#undef DEVICE_PL031_STATS_FIELD
} device_pl031_stats_t;

extern const stats_counter_t device_pl031_counters[];

typedef struct device_pl031 device_pl031_t;

device_pl031_t *device_pl031_new(engine_t *engine, const char *name, const device_pl031_config_t *config);
void device_pl031_free(device_pl031_t *rtc); /* NULL is fine */
device_port_t *device_pl031_port(device_pl031_t *rtc);
/* The interrupt wire, when it can only be made after the device. */
void device_pl031_connect(device_pl031_t *rtc, device_irq_t irq);
/* What start_seconds must be for a clock that goes on where this one is, at whatever age. */
uint32_t device_pl031_start_seconds(const device_pl031_t *rtc);
const device_pl031_stats_t *device_pl031_stats(const device_pl031_t *rtc);

#endif
