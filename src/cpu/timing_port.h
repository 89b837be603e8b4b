/* The memory port of timing mode: through translation, store buffer, load queue and L1D. */
#ifndef MESIM_CPU_TIMING_PORT_H
#define MESIM_CPU_TIMING_PORT_H

#include "cpu/core.h"

/* What an access must wait for because of order, before it looks at memory. CPU_OK: nothing. */
cpu_status_t cpu_wait_for_order(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access);
/* Tells the checker, where there is one, of bytes that came from a line of the L1D. */
static inline void cpu_show_load(cpu_t *cpu, uint64_t now_cycles, uint64_t physical, const uint8_t *bytes,
                                 unsigned size_bytes)
{
    if (base_unlikely(cpu->core->config.on_load != NULL))
        cpu->core->config.on_load(cpu->core->config.checker, cpu_ps(cpu, now_cycles), physical, bytes, size_bytes);
}
/* Older stores to cacheable memory that must be performed before a write to `physical` that does not wait among them.
 */
bool cpu_stores_precede(const cpu_t *cpu, const cpu_access_t *access, uint64_t physical);
/* An access that reads and writes at once finds its line owned, and nothing that must precede it. */
bool cpu_may_write_now(cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *part);
/* An access that reads and writes at once needs the line in M, no older store to it, and older ones out of the
 * way where it releases. CPU_OK: *ret_line is that line. */
cpu_status_t cpu_own_line(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                          const cpu_part_t *part, cpu_stall_kind_t kind, cache_line_t **ret_line);

extern const cpu_memory_port_t cpu_timing_port;

#endif
