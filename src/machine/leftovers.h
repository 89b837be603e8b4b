/* What an injected fault (machine/fault.h) makes a reset leave behind of the machine before. Nothing in a build without
 * MESIM_FAULTS=1. */
#ifndef MESIM_MACHINE_LEFTOVERS_H
#define MESIM_MACHINE_LEFTOVERS_H

#include "machine/internal.h"

typedef struct machine_leftovers {
    gic_distributor_t *gic;
    interconnect_system_t *system;
    cpu_timer_t timer[CHI_MAX_CORES];
} machine_leftovers_t;

#if MESIM_FAULTS
/* Takes what is to stay from a machine that is about to be taken apart, */
machine_leftovers_t machine_leftovers_take(machine_t *machine);
/* puts the devices' part into the new machine before it begins, and the cores' part after that. */
void machine_leftovers_give_devices(machine_t *machine, machine_leftovers_t *leftovers);
void machine_leftovers_give_cores(machine_t *machine, const machine_leftovers_t *leftovers);
#else
static inline machine_leftovers_t machine_leftovers_take(machine_t *machine)
{
    (void)machine;
    return (machine_leftovers_t){.gic = NULL};
}
static inline void machine_leftovers_give_devices(machine_t *machine, machine_leftovers_t *leftovers)
{
    (void)machine, (void)leftovers;
}
static inline void machine_leftovers_give_cores(machine_t *machine, const machine_leftovers_t *leftovers)
{
    (void)machine, (void)leftovers;
}
#endif

#endif
