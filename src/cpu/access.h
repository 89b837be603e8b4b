/* What every access of the timing port does first: alignment, translation, faults. */
#ifndef MESIM_CPU_ACCESS_H
#define MESIM_CPU_ACCESS_H

#include "cpu/core.h"

/* Splits the access at a line boundary and translates each part. CPU_OK, CPU_JUMP (a fault was taken) or CPU_RETRY (a
 * walk waits). */
cpu_status_t cpu_access_translate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                  mmu_access_t direction, cpu_part_t parts[2], unsigned *ret_count);
/* Exclusive or atomic access to memory that no monitor watches: DFSC 0b110101 (Arm ARM D17.2.37). */
cpu_status_t cpu_access_unsupported(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                    bool write);
/* Lets the L0 filter answer the next access to this line, when it may. */
void cpu_access_fill_l0(cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *parts, unsigned count);

#endif
