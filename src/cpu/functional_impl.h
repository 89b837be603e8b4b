/* What the files of functional mode share. */
#ifndef MESIM_CPU_FUNCTIONAL_IMPL_H
#define MESIM_CPU_FUNCTIONAL_IMPL_H

#include "cpu/core.h"
#include "cpu/functional.h"
#include "cpu/maintenance.h"

struct cpu_functional {
    uint8_t *ram;
    uint64_t base, bytes;
    cpu_t *cpu[CHI_MAX_CORES];
    unsigned cores;
    uint64_t counter; /* the greatest value of the system counter that was read */
    uint64_t armed;   /* bit i: core i's monitor is armed, on monitored[i] */
    uint64_t monitored[CHI_MAX_CORES];
};

/* Arms the core's monitor. From then on no other core's store to the line goes by its L0 filter. */
void cpu_functional_arm(cpu_t *cpu, uint64_t physical, unsigned size_bytes);
void cpu_functional_disarm(cpu_t *cpu);
/* Another core's monitor is armed on the line. */
bool cpu_functional_monitored(const cpu_t *cpu, uint64_t physical);
/* To be called after each store that does not go by the filter. True: a monitor was cleared, which wakes its core. */
bool cpu_functional_wrote(cpu_t *cpu, uint64_t physical);
#endif
