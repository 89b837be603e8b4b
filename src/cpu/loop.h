/* The parts of the core's loop: what is due (event.c), what runs (step.c), and the turns between them (core.c). */
#ifndef MESIM_CPU_LOOP_H
#define MESIM_CPU_LOOP_H

#include "cpu/cpu.h"

/* The first cycle at or after ps. */
uint64_t cpu_cycle_of(const cpu_t *cpu, uint64_t ps);
/* The next event that no message brings. */
uint64_t cpu_next_own_ps(cpu_t *cpu);
uint64_t cpu_next_event_ps(cpu_t *cpu);
/* Handles the one event at event_ps; the core's clock is already there. */
void cpu_handle_event(cpu_t *cpu, uint64_t event_ps);
/* Executes until cpu->limit_cycles, or until something needs the loop. */
void cpu_execute(cpu_t *cpu);

extern const engine_component_ops_t cpu_component_ops;

#endif
