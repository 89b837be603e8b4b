/* Elements of LD1 to LD4 and ST1 to ST4 between V registers and memory order (Arm ARM C7.2, LD1 (multiple structures)
 * and those after it). What goes where is said by cpu_access_t.structure; bytes[] holds the elements in address order.
 */
#ifndef MESIM_CPU_STRUCTURE_H
#define MESIM_CPU_STRUCTURE_H

#include "cpu/memory.h"

/* Writes the registers of a load. */
void cpu_structure_load(cpu_t *cpu, const cpu_access_t *access, const uint8_t *bytes);
/* Gathers the bytes of a store; not for CPU_STRUCTURE_REPLICATED. */
void cpu_structure_store(const cpu_t *cpu, const cpu_access_t *access, uint8_t *ret_bytes);
/* The registers as bits of cpu_insn_t.registers. */
uint64_t cpu_structure_registers(unsigned first, unsigned count);

#endif
