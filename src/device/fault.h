/* Faults that tests inject into devices in a build with MESIM_FAULTS=1, to show that the test of each trap notices. */
#ifndef MESIM_DEVICE_FAULT_H
#define MESIM_DEVICE_FAULT_H

#include <stdbool.h>

typedef enum device_fault {
    DEVICE_FAULT_NONE,
    DEVICE_FAULT_CPU_ON_NOT_PENDING, /* power: a core that is being turned on counts as off */
    DEVICE_FAULT_CPU_ON_OF_RUNNING,  /* power: a core that is on counts as off */
    DEVICE_FAULT_CPU_OFF_STAYS_ON,   /* power: a core that turned itself off counts as on */
    DEVICE_FAULT_HALT_SKIPS_CALLER,  /* power: the core that asked for the end is not halted */
    DEVICE_FAULT_LINE_NOT_LOWERED,   /* the interrupt line stays high when its causes are gone */
    DEVICE_FAULT_MASK_IGNORED,       /* PL011, PL061: the interrupt mask is not applied */
    DEVICE_FAULT_WRITE_MASK,         /* registers take bits that are RAZ/WI */
    DEVICE_FAULT_ALARM_LOST,         /* PL031: the counter passes the match register unnoticed */
    DEVICE_FAULT_EDGE_LOST,          /* PL061: edges of pins are not kept */
} device_fault_t;

#if MESIM_FAULTS
#define DEVICE_HAS_FAULT(holder, which) ((holder)->fault == DEVICE_FAULT_##which)
#else
#define DEVICE_HAS_FAULT(holder, which) ((void)(holder), false)
#endif

#endif
