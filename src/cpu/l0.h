/* The L0 filter of loads and stores: which line of the L1D a virtual line is, and what may be done to it. It must never
 * change a result. */
#ifndef MESIM_CPU_L0_H
#define MESIM_CPU_L0_H

#include "cpu/cpu.h"
#include "cpu/memory.h"

void cpu_l0_clear(cpu_t *cpu);
void cpu_l0_drop(cpu_t *cpu, uint64_t va, uint64_t bytes);
void cpu_l0_line_lost(cpu_t *cpu, uint64_t physical, bool to_shared);
/* Whether an access in so many parts may fill it: one line, the usual privilege, and nothing that looks at each. */
bool cpu_l0_accepts(const cpu_t *cpu, const cpu_access_t *access, unsigned parts);
/* From now on loads of va's line find it in `data`, and stores too where it is writable. The L1D's line and the
 * physical address say when that ends. */
void cpu_l0_fill(cpu_t *cpu, uint64_t va, cache_line_t *line, uint8_t *data, uint64_t physical, bool writable);

#endif
