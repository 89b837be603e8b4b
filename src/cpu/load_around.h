/* Loads that go around the caches and overlap: Normal Non-cacheable memory, and Device memory that permits reordering
 * (nGRE, GRE). They wait in the load queue as loads that miss do, each part for its own answer.
 *
 * Only loads from RAM overlap. Elsewhere the answer may be an error, and a load that younger instructions have passed
 * could no longer take its abort (Arm ARM D1.3.6); cpu/transfer.c makes such loads one after another, and those from
 * nGnRnE and nGnRE memory, which stay in program order (B2.7.2).
 *
 * The path to memory keeps order, so what is asked for in program order is read in program order. A load that asks late
 * (load_jitter_cycles) asks at once when a younger access to its line goes out. */
#ifndef MESIM_CPU_LOAD_AROUND_H
#define MESIM_CPU_LOAD_AROUND_H

#include "cpu/cpu.h"
#include "cpu/load_queue.h"

/* Whether the load is one of these. */
bool cpu_load_overlaps(const cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *parts, unsigned count);
/* Enters it into the load queue. CPU_RETRY: there is no room. */
cpu_status_t cpu_load_around(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                             const cpu_part_t *parts, unsigned count);
/* Asks for the parts of `load` that have not been asked for. */
void cpu_load_around_ask(cpu_t *cpu, uint64_t now_cycles, cpu_load_t *load);
/* A write to these lines goes out next: loads of them that have not asked do so now. */
void cpu_load_around_before_write(cpu_t *cpu, uint64_t now_cycles, const cpu_part_t *parts, unsigned count);
/* An answer; its transaction is one from CPU_TRANSACTION_LOAD on. */
void cpu_load_around_receive(cpu_t *cpu, const chi_message_t *message);

#endif
