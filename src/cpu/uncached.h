/* Loads and stores of the timing port that are to Device and Non-cacheable memory, once translated. */
#ifndef MESIM_CPU_UNCACHED_H
#define MESIM_CPU_UNCACHED_H

#include "cpu/cpu.h"

/* As cpu_memory_port_t.load; with an exclusive, an abort (IMPLEMENTATION DEFINED, Arm ARM B2.9). */
cpu_status_t cpu_uncached_load(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                               const cpu_part_t *parts, unsigned count);
/* CPU_OK: accepted, and an event of the core's own may have been added. bytes: as memory shall hold them. */
cpu_status_t cpu_uncached_store(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                const cpu_part_t *parts, unsigned count, const uint8_t *bytes);

#endif
