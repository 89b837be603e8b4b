/* A memory-mapped device with nothing but a system interconnect before it, on the real engine. */
#ifndef MESIM_TESTS_DEVICE_HARNESS_H
#define MESIM_TESTS_DEVICE_HARNESS_H

#include "device/mmio.h"
#include "engine/engine.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

enum { HARNESS_LINK_PS = 5000 };

typedef struct harness harness_t;

harness_t *harness_new(void);
void harness_free(harness_t *harness); /* frees the engine too, but not the device */
engine_t *harness_engine(harness_t *harness);
/* Connects the device; once. */
void harness_attach(harness_t *harness, device_port_t *port);

/* Accesses at an offset of the device; they wait for the answer. */
uint64_t mmio_read(harness_t *harness, uint64_t offset, unsigned size_bytes);
void mmio_write(harness_t *harness, uint64_t offset, unsigned size_bytes, uint64_t value);
/* The same by another core than 0. */
void mmio_write_by(harness_t *harness, unsigned core, uint64_t offset, unsigned size_bytes, uint64_t value);
/* A request with these fields; flags, transaction and all come back in the answer. */
void mmio_request(harness_t *harness, const chi_message_t *request);
const chi_message_t *mmio_answer(const harness_t *harness);
/* When it was sent, and when the answer came. */
uint64_t mmio_sent_ps(const harness_t *harness);
uint64_t mmio_answered_ps(const harness_t *harness);

/* Time goes on by this much; messages and ticks are handled. */
void harness_run_ps(harness_t *harness, uint64_t ps);
uint64_t harness_now_ps(harness_t *harness);

/* An interrupt wire that remembers: its level and how often it rose. */
typedef struct harness_wire {
    bool level;
    unsigned rises, changes;
    uint64_t changed_ps;
} harness_wire_t;
device_irq_t harness_wire_irq(harness_wire_t *wire);

#endif
