/* The L0 filter of loads and stores: which line of the L1D a virtual line is, and what may be done to it. It must never
 * change a result. */
#ifndef MESIM_CPU_L0_H
#define MESIM_CPU_L0_H

#include "cpu/cpu.h"

void cpu_l0_clear(cpu_t *cpu);
void cpu_l0_drop(cpu_t *cpu, uint64_t va, uint64_t bytes);
void cpu_l0_line_lost(cpu_t *cpu, uint64_t physical, bool to_shared);
void cpu_l0_fill(cpu_t *cpu, uint64_t va, cache_line_t *line, bool writable);

#endif
