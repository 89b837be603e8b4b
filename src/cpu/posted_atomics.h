/* What becomes of an atomic that waits in the store buffer (cpu_atomic_stage_t): near it enters the atomic unit when
 * its line is owned, far it is sent and answered. index, store: its entry there. */
#ifndef MESIM_CPU_POSTED_ATOMICS_H
#define MESIM_CPU_POSTED_ATOMICS_H

#include "cpu/core.h"

/* Performs it on its line, which is in M, if the atomic unit is free. True: its entry is gone. */
bool cpu_posted_enter_unit(cpu_t *cpu, uint64_t now_cycles, unsigned index, cache_line_t *line);
/* One that was performed is done, if its time has come. True: its entry is gone. */
bool cpu_posted_leave_unit(cpu_t *cpu, uint64_t now_cycles, unsigned index);
/* Sends it to the L2, if that can be now. */
void cpu_posted_send(cpu_t *cpu, uint64_t now_cycles, cpu_store_t *store);
/* The far atomic to this line has been answered. old, from: as in on_atomic of the L1D. */
void cpu_posted_answered(cpu_t *cpu, uint64_t now_cycles, uint64_t line_address, const uint8_t *old, unsigned from);

#endif
