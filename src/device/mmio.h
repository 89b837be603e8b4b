/* A memory-mapped device as a component of the engine: it takes ReadNoSnoop and WriteNoSnoop from the system
 * interconnect, has the device perform them, and answers with CompData or Comp after that (so a write that must be
 * performed before it is answered, CHI_FLAG_PERFORMED, is). Times are picoseconds. */
#ifndef MESIM_DEVICE_MMIO_H
#define MESIM_DEVICE_MMIO_H

#include "engine/engine.h"
#include "interconnect/chi.h"
#include "observe/guest_log.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct device_port device_port_t;

/* One access, already checked for size, alignment and range. */
typedef struct device_access {
    uint64_t now_ps;
    uint64_t offset; /* from the base of the device */
    uint64_t pc;     /* of the guest instruction */
    uint8_t size_bytes;
    uint8_t core; /* who asks, or DEVICE_NO_CORE */
} device_access_t;
enum { DEVICE_NO_CORE = 0xff }; /* of an error that shows when no access is under way */

/* What a device does. Accesses that it does not know are reserved: it returns false, the port logs a guest error, a
 * read gives 0 and a write does nothing. */
typedef struct device_ops {
    uint8_t access_bytes; /* sizes it takes, ORed: 1 | 2 | 4 | 8 */
    bool (*read)(void *self, const device_access_t *access, uint64_t *ret_value);
    bool (*write)(void *self, const device_access_t *access, uint64_t value);
    /* Optional: the time set by device_port_wake_at has come. */
    void (*tick)(void *self, uint64_t now_ps);
    /* Optional: a message that is not of the memory system. */
    void (*message)(void *self, uint64_t now_ps, const void *payload);
    /* Optional: the answer to a request of the device's own (interconnect/dma.h). */
    void (*answer)(void *self, uint64_t now_ps, const chi_message_t *message);
} device_ops_t;

/* An interrupt wire out of a device; `set` is called when the level changes, in the device's component. A machine
 * connects it to the interrupt controller. */
typedef struct device_irq {
    void (*set)(void *self, uint64_t now_ps, bool level);
    void *self;
} device_irq_t;

/* `name` names the component and the guest errors; copied. access_ps: from an access's arrival to its answer. */
device_port_t *device_port_new(engine_t *engine, const char *name, uint64_t base, uint64_t size_bytes,
                               uint64_t access_ps, const device_ops_t *ops, void *self);
void device_port_free(device_port_t *port); /* NULL is fine */

engine_component_t *device_port_component(device_port_t *port);
uint64_t device_port_base(const device_port_t *port);
uint64_t device_port_size_bytes(const device_port_t *port);
/* The link over which accesses are answered. */
void device_port_attach(device_port_t *port, engine_link_t *to_system);
engine_link_t *device_port_to_system(const device_port_t *port);

/* From within ops or before the run: ops->tick is to be called at wake_ps, TIME_NEVER: not at all. */
void device_port_wake_at(device_port_t *port, uint64_t wake_ps);

/* Logs what the guest did wrong with this device. */
void device_port_guest_error(device_port_t *port, const device_access_t *access, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const observe_guest_log_t *device_port_guest_log(const device_port_t *port);

#endif
