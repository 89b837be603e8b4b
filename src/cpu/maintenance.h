/* Barriers, cache and TLB maintenance of the timing port, and DVM messages from other cores. */
#ifndef MESIM_CPU_MAINTENANCE_H
#define MESIM_CPU_MAINTENANCE_H

#include "cpu/core.h"

/* The entries of cpu_memory_port_t with these names' meaning (cpu/memory.h). */
cpu_status_t cpu_maintain_address(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va,
                                  cpu_cache_op_t op);
/* Translation for such an operation; maintenance: ESR_EL1.CM of its faults. */
cpu_status_t cpu_maintain_translate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va,
                                    mmu_access_t access, bool maintenance, mmu_translation_t *ret_translation);
cpu_status_t cpu_maintain_set_way(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t operand, bool clean,
                                  bool invalidate);
cpu_status_t cpu_maintain_icache(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, bool inner_shareable);
cpu_status_t cpu_maintain_tlb(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned operation,
                              uint64_t operand);
cpu_status_t cpu_barrier(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, cpu_barrier_t barrier,
                         cpu_barrier_types_t types, unsigned domain);
/* What must still be performed of the loads and stores before, as DSB waits for it; CPU_RUNNING: nothing. */
cpu_block_t cpu_barrier_waits(cpu_t *cpu, uint64_t now_cycles);
cpu_status_t cpu_isb(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
void cpu_send_event(cpu_t *cpu, uint64_t now_cycles);
void cpu_context_changed(cpu_t *cpu);

/* A SnpDVMOp or SnpDVMSync. An operation is performed and answered at once; a sync when every access translated
 * before it has finished (cpu_dvm_answer, tried after each event). */
void cpu_dvm_receive(cpu_t *cpu, uint64_t now_ps, const chi_message_t *message);
void cpu_dvm_answer(cpu_t *cpu, uint64_t now_ps);

#endif
