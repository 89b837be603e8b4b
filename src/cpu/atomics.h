/* LSE atomics and compare-and-swap of the timing port.
 *
 * Near: one whose line is owned and that nothing must precede is performed at once. One that acquires holds the core
 * until then. Every other is posted: it waits in the store buffer among the stores, with its result pending as that of
 * a load that misses, and younger instructions go on. So one whose result is discarded has no read that a DMB LD could
 * order (Arm ARM C3.2.12); a DMB LD waits for the results of the others.
 *
 * Far (cpu_atomics_place_t): all are posted. When it may drain, the L1D sends it to the cluster, which snoops every
 * copy of the line, this core's too, performs it in the L2 and answers. Until then its entry stays in the store buffer,
 * in the way of what must come after it: loads of its bytes, stores to its line, releases, stores after a DMB ST. One
 * that acquires holds younger accesses back as a load-acquire in flight does. Near all the same are those to
 * Non-shareable memory, to a line that the L1D holds for such accesses, and those that FEAT_LSE2 lets be misaligned,
 * since CHI's are not. */
#ifndef MESIM_CPU_ATOMICS_H
#define MESIM_CPU_ATOMICS_H

#include "cpu/core.h"

/* The entries of cpu_memory_port_t with these names' meaning. */
cpu_status_t cpu_atomic(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                        chi_atomic_op_t op, uint64_t operand);
cpu_status_t cpu_compare_and_swap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                  const uint64_t *compare, const uint64_t *values);

/* Whether an atomic that may drain now is performed in the L2. */
bool cpu_atomic_goes_far(const cpu_t *cpu, const cpu_posted_atomic_t *atomic, chi_shareability_t shareability);
/* Sends it there. False: not now, try again after the next event. */
bool cpu_atomic_send(cpu_t *cpu, uint64_t now_cycles, chi_shareability_t shareability,
                     const cpu_posted_atomic_t *atomic);
/* The line's old bytes go to its registers; NULL: there are none. */
void cpu_atomic_take_answer(cpu_t *cpu, uint64_t now_cycles, const cpu_posted_atomic_t *atomic, const uint8_t *old);

/* Reads, computes and writes on a line in M. ret_old: the old bytes, CPU_ATOMIC_MAX_BYTES at most. */
void cpu_atomic_perform(cpu_t *cpu, uint64_t now_cycles, cache_line_t *line, const cpu_posted_atomic_t *atomic,
                        uint8_t *ret_old);
/* The old bytes go to the registers of the access. */
void cpu_atomic_deliver(cpu_t *cpu, const cpu_access_t *access, const uint8_t *old);

#endif
