/* A machine with the code of one litmus test in it, which runs the test again and again inside one simulation.
 *
 * A run has three phases, each of which ends when every core sleeps and nothing is under way. First the cores load,
 * take ownership of, or evict locations as chance wants it. Then the threads run, on cores and at moments that chance
 * chooses. Then one core loads the final values and stores the initial ones for the next run. All accesses are those of
 * the simulated cores. The same options give the same runs. */
#ifndef MESIM_LITMUS_RIG_H
#define MESIM_LITMUS_RIG_H

#include "base/error.h"
#include "litmus/guest.h"
#include "litmus/test.h"
#include "machine/config.h"
#include "machine/fault.h"
#include "observe/trace.h"

typedef struct litmus_rig litmus_rig_t;

typedef struct litmus_rig_options {
    machine_config_t config; /* cores, start, RAM and perturbation are overwritten */
    uint64_t seed;
    unsigned perturb; /* 0 to LITMUS_MAX_PERTURB */
    litmus_memory_t memory;
    bool trace_memory;
    machine_fault_t fault; /* injected for a test; only with MESIM_FAULTS=1 */
} litmus_rig_options_t;

int litmus_rig_new(const litmus_test_t *test, const litmus_rig_options_t *options, litmus_rig_t **ret_rig,
                   base_error_t *error);
void litmus_rig_free(litmus_rig_t *rig); /* NULL is fine */

/* One run. ret_values: one a test->observed, normalised. -EINVAL and a line when a thread takes an exception or does
 * not end. */
int litmus_rig_run(litmus_rig_t *rig, uint64_t *ret_values, base_error_t *error);

/* The following runs' records of the phase in which the threads run go to `listen`; NULL: no more. */
void litmus_rig_listen(litmus_rig_t *rig, trace_listener_t *listen, void *self);

/* Of the last run. */
uint64_t litmus_rig_start_cycle(const litmus_rig_t *rig, unsigned thread);
unsigned litmus_rig_core_of(const litmus_rig_t *rig, unsigned thread);
uint64_t litmus_rig_period_ps(const litmus_rig_t *rig);
/* Which instruction of which thread has this PC; false: none. */
bool litmus_rig_find_line(const litmus_rig_t *rig, uint64_t pc, unsigned *ret_thread, unsigned *ret_line);
uint64_t litmus_rig_instructions(const litmus_rig_t *rig);

#endif
