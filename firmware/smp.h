/* Cores as workers: start them, give them functions to run, let them meet. */
#ifndef MESIM_FIRMWARE_SMP_H
#define MESIM_FIRMWARE_SMP_H

#include "cpu.h"

#include <stdint.h>

/* The boot core: switches on all others and waits until they are. */
void smp_start_others(void);

/* Switches on one core that is off and waits until it runs. */
void smp_start(unsigned core);

/* Where a core goes from secondary_start: takes jobs for ever. */
_Noreturn void secondary_main(cpu_t *cpu);

/* How many cores there are, which is also how many run a function given to all. */
unsigned smp_cores(void);

/* The running core's logical number. */
static inline unsigned smp_self(void)
{
    return cpu_self()->number;
}

/* The boot core only: runs function(data) on every core, itself included, and returns when all have returned. What
 * was stored before is seen by them, and what they stored is seen after. */
void smp_run_on_all(void (*function)(void *data), void *data);

/* The boot core only: the same for one other core, in two halves. */
void smp_begin_on(unsigned core, void (*function)(void *data), void *data);
void smp_wait_for(unsigned core);

/* Inside a function that runs on all cores: nobody leaves before everybody has come. What each core stored before is
 * seen by all after. */
void smp_rendezvous(void);

/* Inside a function that runs on all cores: makes them go one after the other, in the order of their numbers.
 *     smp_wait_for_turn(); ...; smp_pass_turn();
 * Every core takes one turn before any takes its next. */
void smp_wait_for_turn(void);
void smp_pass_turn(void);

#endif
