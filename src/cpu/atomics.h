/* LSE atomics and compare-and-swap of the timing port.
 *
 * One whose line is owned and that nothing must precede is performed at once. One that acquires holds the core until
 * then. Every other is posted: it waits in the store buffer among the stores, with its result pending as that of a load
 * that misses, and younger instructions go on. So one whose result is discarded has no read that a DMB LD could order
 * (Arm ARM C3.2.12); a DMB LD waits for the results of the others. */
#ifndef MESIM_CPU_ATOMICS_H
#define MESIM_CPU_ATOMICS_H

#include "cpu/core.h"

/* The entries of cpu_memory_port_t with these names' meaning. */
cpu_status_t cpu_atomic(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                        cpu_atomic_op_t op, uint64_t operand);
cpu_status_t cpu_compare_and_swap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                  const uint64_t *compare, const uint64_t *values);

/* Reads, computes and writes on a line in M; the result goes to its registers. */
void cpu_atomic_perform(cpu_t *cpu, uint64_t now_cycles, cache_line_t *line, const cpu_posted_atomic_t *atomic);

#endif
