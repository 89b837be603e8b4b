/* Cores that know nothing but how to talk to the power controller, on the real engine. */
#ifndef MESIM_TESTS_DEVICE_CORES_H
#define MESIM_TESTS_DEVICE_CORES_H

#include "device/power.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stdint.h>

enum { CORES_LINK_PS = 5000, CORES_RESPONSE_PS = 1000, CORES_POWER_UP_PS = 50000, CORES_MAX = 8 };

typedef struct cores cores_t;

/* What one core has got. */
typedef struct core_view {
    unsigned results;
    int64_t result; /* the last */
    uint64_t result_ps;
    unsigned starts, halts;
    uint64_t entry, context, start_ps, halt_ps;
} core_view_t;

cores_t *cores_new(unsigned count, uint64_t on, device_fault_t fault);
void cores_free(cores_t *cores);

device_power_t *cores_power(cores_t *cores);
const core_view_t *cores_view(const cores_t *cores, unsigned core);

/* `core` sends a request at the present; several cores may before time goes on. */
void cores_send(cores_t *cores, unsigned core, device_power_message_t request);
/* Until nothing is under way. */
void cores_settle(cores_t *cores);
/* Time goes on by this much. */
void cores_run_ps(cores_t *cores, uint64_t ps);
uint64_t cores_now_ps(cores_t *cores);

/* CPU_ON of `target` (an index) by `core`, and its result. */
int64_t cores_cpu_on(cores_t *cores, unsigned core, unsigned target, uint64_t entry);
int64_t cores_affinity_info(cores_t *cores, unsigned core, uint64_t target, unsigned level);
uint64_t cores_mpidr(unsigned core);

typedef struct cores_end {
    unsigned calls, core;
    device_power_end_t end;
    uint64_t now_ps;
} cores_end_t;
const cores_end_t *cores_end(const cores_t *cores);

/* Scenarios: what is wrong, or NULL. */
const char *race_two_callers(device_fault_t fault);
const char *race_with_a_running_target(device_fault_t fault);
const char *halt_reaches_everybody(device_fault_t fault);
const char *off_and_on_again(device_fault_t fault);

#endif
