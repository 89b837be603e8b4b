/* PrimeCell general purpose I/O PL061, revision r1p0 (ARM DDI 0190, "the TRM" below), as QEMU's virt machine has it:
 * eight pins, of which the power key drives number 3; the others have nothing attached and read 0.
 *
 * The key is pressed once, at a time of the configuration. Times are picoseconds. */
#ifndef MESIM_DEVICE_PL061_H
#define MESIM_DEVICE_PL061_H

#include "device/fault.h"
#include "device/mmio.h"
#include "engine/engine.h"
#include "observe/stats.h"

#include <stdint.h>

enum { DEVICE_PL061_BYTES = 0x1000, DEVICE_PL061_POWER_KEY = 3 };

typedef struct device_pl061_config {
    uint64_t base;
    uint64_t access_ps;
    uint64_t press_ps;    /* when pin 3 goes high, TIME_NEVER: not at all */
    uint64_t hold_ps;     /* how long it stays high */
    device_irq_t irq;     /* GPIOINTR; irq.set may be NULL */
    device_fault_t fault; /* honoured only in a build with MESIM_FAULTS */
} device_pl061_config_t;

#define DEVICE_PL061_STATS(X)                                                                                          \
    X(input_changes, "count", "level changes of input pins")                                                           \
    X(interrupts, "count", "rises of the interrupt line")

typedef struct device_pl061_stats {
#define DEVICE_PL061_STATS_FIELD(name, unit, description) uint64_t name;
    DEVICE_PL061_STATS(DEVICE_PL061_STATS_FIELD)
#undef DEVICE_PL061_STATS_FIELD
} device_pl061_stats_t;

extern const stats_counter_t device_pl061_counters[];

typedef struct device_pl061 device_pl061_t;

device_pl061_t *device_pl061_new(engine_t *engine, const char *name, const device_pl061_config_t *config);
void device_pl061_free(device_pl061_t *gpio); /* NULL is fine */
device_port_t *device_pl061_port(device_pl061_t *gpio);
/* The interrupt wire, when it can only be made after the device. */
void device_pl061_connect(device_pl061_t *gpio, device_irq_t irq);
const device_pl061_stats_t *device_pl061_stats(const device_pl061_t *gpio);

#endif
