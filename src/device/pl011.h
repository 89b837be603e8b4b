/* PrimeCell UART PL011, revision r1p1 with 16-byte FIFOs (ARM DDI 0183, "the TRM" below), as QEMU's virt machine has
 * it.
 *
 * Output goes to a callback, by lines unless the configuration says otherwise. Input comes from bytes typed by the
 * machine at given simulated times, which is deterministic, or from a host file descriptor, which is not: it is polled
 * without blocking at intervals of simulated time. Times are picoseconds.
 *
 * As on QEMU, characters are transmitted and received even while UARTCR does not enable the UART; the first such
 * character is logged as a guest error, because real parts would lose it. */
#ifndef MESIM_DEVICE_PL011_H
#define MESIM_DEVICE_PL011_H

#include "device/fault.h"
#include "device/mmio.h"
#include "engine/engine.h"
#include "observe/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DEVICE_PL011_BYTES = 0x1000 };

typedef struct device_pl011_config {
    uint64_t base;
    uint64_t access_ps;
    uint64_t clock_hz; /* UARTCLK: what the baud rate divisors divide; QEMU virt tells guests 24 MHz */
    bool timed;        /* characters leave at the programmed baud rate; false: at once, as on QEMU */
    bool unbuffered;   /* every character is an output call */
    /* Output; NULL drops it. The bytes are valid during the call. */
    void (*output)(void *self, const char *bytes, size_t count);
    void *self;
    int input_fd;           /* host input, -1: none. Not closed. Reading must not block: see poll(2) */
    uint64_t input_poll_ps; /* interval of looking at input_fd, not 0 */
    device_irq_t irq;       /* UARTINTR, the combined interrupt; irq.set may be NULL */
    device_fault_t fault;   /* honoured only in a build with MESIM_FAULTS */
} device_pl011_config_t;

#define DEVICE_PL011_STATS(X)                                                                                          \
    X(transmitted, "count", "characters written by the guest")                                                         \
    X(received, "count", "characters that entered the receive FIFO")                                                   \
    X(interrupts, "count", "rises of the interrupt line")

typedef struct device_pl011_stats {
#define DEVICE_PL011_STATS_FIELD(name, unit, description) uint64_t name;
    DEVICE_PL011_STATS(DEVICE_PL011_STATS_FIELD)
#undef DEVICE_PL011_STATS_FIELD
} device_pl011_stats_t;

extern const stats_counter_t device_pl011_counters[];

typedef struct device_pl011 device_pl011_t;

device_pl011_t *device_pl011_new(engine_t *engine, const char *name, const device_pl011_config_t *config);
/* Also hands out what is left of the last line. NULL is fine. */
void device_pl011_free(device_pl011_t *uart);
device_port_t *device_pl011_port(device_pl011_t *uart);
/* The interrupt wire, when it can only be made after the device. */
void device_pl011_connect(device_pl011_t *uart, device_irq_t irq);

/* Before the run: `count` bytes arrive from at_ps on, one character time apart, after all typed earlier; what does not
 * fit the FIFO waits for the guest to read. */
void device_pl011_type(device_pl011_t *uart, uint64_t at_ps, const char *bytes, size_t count);

/* How many of the bytes typed have entered the receive FIFO. */
size_t device_pl011_typed(const device_pl011_t *uart);

/* Hands an unfinished line to the output. Only between windows (or after the run). */
void device_pl011_flush(device_pl011_t *uart);

const device_pl011_stats_t *device_pl011_stats(const device_pl011_t *uart);

#endif
