/* Memory as the core sees it, for somebody who is no instruction: translated at the present exception level, through
 * the caches, all or nothing, and with an answer where an instruction would take an exception. */
#ifndef MESIM_CPU_HOST_ACCESS_H
#define MESIM_CPU_HOST_ACCESS_H

#include "cpu/cpu.h"

/* Moves `count` bytes, 1 to CHI_LINE_BYTES, that do not cross a line. `in` is the instruction on whose behalf it is
 * done; all that came before it must be performed (cpu_barrier_waits). CPU_OK: moved, or *ret_failed says that there is
 * no such memory; CPU_RETRY: blocked, to be tried again. */
cpu_status_t cpu_host_read(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, uint8_t *ret_bytes,
                           unsigned count, bool *ret_failed);
cpu_status_t cpu_host_write(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, const uint8_t *bytes,
                            unsigned count, bool *ret_failed);

#endif
