/* The power controller behind PSCI 1.1 (DEN 0022): the one place that knows which cores are on, and the end of the run.
 *
 * Cores send it requests over their links and get answers; it releases cores that are turned on, and halts all of them
 * when one asks for power-off or reset. Requests are decided in the order in which they arrive, so of two callers that
 * turn on the same core one gets SUCCESS. Times are picoseconds. */
#ifndef MESIM_DEVICE_POWER_H
#define MESIM_DEVICE_POWER_H

#include "base/error.h"
#include "device/fault.h"
#include "engine/engine.h"
#include "observe/stats.h"

#include <stdbool.h>
#include <stdint.h>

/* Kinds start above those of CHI and GIC messages, so that payloads can be told apart by their first byte. */
#define DEVICE_POWER_FIRST 0xa0

typedef enum device_power_kind {
    /* Core to controller. CPU_OFF, SYSTEM_OFF and SYSTEM_RESET have no answer: the sender stops executing first. */
    DEVICE_POWER_CPU_ON = DEVICE_POWER_FIRST, /* target, entry, context */
    DEVICE_POWER_CPU_OFF,
    DEVICE_POWER_AFFINITY_INFO, /* target, level */
    DEVICE_POWER_SYSTEM_OFF,
    DEVICE_POWER_SYSTEM_RESET,
    /* Controller to core. */
    DEVICE_POWER_RESULT, /* result of CPU_ON or AFFINITY_INFO */
    DEVICE_POWER_UP,     /* to a core that is off: start at entry with context in X0 */
    DEVICE_POWER_HALT,   /* to every core: execute no further instruction */
    /* Controller to the register block of the snoop control unit: cores that are on, a bit each, in context. */
    DEVICE_POWER_STATUS,
    DEVICE_POWER_END
} device_power_kind_t;

typedef struct device_power_message {
    uint8_t kind;   /* device_power_kind_t; must stay first */
    uint8_t source; /* index of the sending core, in requests */
    uint8_t level;  /* AFFINITY_INFO: lowest_affinity_level */
    uint8_t reserved[5];
    uint64_t target; /* affinity of a core as MPIDR_EL1 has it */
    uint64_t entry;
    uint64_t context;
    int64_t result; /* device_power_result_t */
} device_power_message_t;

/* DEN 0022 section 5.2.2 (return codes) and 5.7 (AFFINITY_INFO). */
typedef enum device_power_result {
    DEVICE_POWER_SUCCESS = 0,
    DEVICE_POWER_INVALID_PARAMETERS = -2,
    DEVICE_POWER_ALREADY_ON = -4,
    DEVICE_POWER_ON_PENDING = -5,
    DEVICE_POWER_INVALID_ADDRESS = -9,

    DEVICE_POWER_IS_ON = 0,
    DEVICE_POWER_IS_OFF = 1,
    DEVICE_POWER_IS_ON_PENDING = 2,
} device_power_result_t;

typedef enum device_power_end { DEVICE_POWER_ENDED_OFF, DEVICE_POWER_ENDED_RESET } device_power_end_t;

typedef struct device_power_config {
    unsigned cores;        /* 1 to 64 */
    const uint64_t *mpidr; /* of each core; copied */
    uint64_t on;           /* cores that are on at the start, a bit each */
    uint64_t response_ps;  /* from a request's arrival to its answer */
    uint64_t power_up_ps;  /* from the decision to turn a core on to the departure of its release */
    uint64_t entry_base;   /* CPU_ON entries outside [entry_base, entry_base + entry_bytes) are INVALID_ADDRESS; */
    uint64_t entry_bytes;  /* 0: any entry that is a multiple of 4 */
    /* Called once, when all HALT messages have arrived, at that time; `core` asked for the end. */
    void (*ended)(void *self, uint64_t now_ps, device_power_end_t end, unsigned core);
    void *self;
    device_fault_t fault; /* honoured only in a build with MESIM_FAULTS */
} device_power_config_t;

#define DEVICE_POWER_STATS(X)                                                                                          \
    X(cpu_on, "count", "PSCI CPU_ON requests")                                                                         \
    X(cpu_on_success, "count", "PSCI CPU_ON requests that turned a core on")                                           \
    X(cpu_off, "count", "PSCI CPU_OFF requests")                                                                       \
    X(affinity_info, "count", "PSCI AFFINITY_INFO requests")

typedef struct device_power_stats {
#define DEVICE_POWER_STATS_FIELD(name, unit, description) uint64_t name;
    DEVICE_POWER_STATS(DEVICE_POWER_STATS_FIELD)
#undef DEVICE_POWER_STATS_FIELD
} device_power_stats_t;

extern const stats_counter_t device_power_counters[];

typedef struct device_power device_power_t;

int device_power_new(engine_t *engine, const device_power_config_t *config, device_power_t **ret_power,
                     base_error_t *error);
void device_power_free(device_power_t *power); /* NULL is fine */

engine_component_t *device_power_component(device_power_t *power);
/* The link to core `index`; all must be attached before the first request. */
void device_power_attach_core(device_power_t *power, unsigned index, engine_link_t *to_core);
/* Optional: who shows the power state to the guest (device/scu.h). */
void device_power_attach_status(device_power_t *power, engine_link_t *to_status);

const device_power_stats_t *device_power_stats(const device_power_t *power);
/* Cores that are on at now_ps, a bit each. */
uint64_t device_power_on_mask(const device_power_t *power, uint64_t now_ps);

#endif
