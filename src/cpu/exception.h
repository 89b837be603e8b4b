/* Exceptions to EL1 from EL0 and EL1, AArch64 only, and the return from them (Arm ARM D1.3, syndromes D17.2.37).
 *
 * Every cpu_exception_* function takes the exception whose name it bears: it saves PSTATE and the preferred return
 * address, sets ESR_EL1 and FAR_EL1 where the manual says so, sets cpu->pc to the vector, and returns CPU_JUMP.
 * now_cycles is the cycle at which `in`, the instruction that caused it, issued. Those without `in` happen before the
 * instruction at cpu->pc, in cycle cpu->cycle. */
#ifndef MESIM_CPU_EXCEPTION_H
#define MESIM_CPU_EXCEPTION_H

#include "cpu/cpu.h"
#include "observe/trace.h"

/* Kinds as they appear in the trace. CPU_EXCEPTION_KINDS(X): X(identifier, "name") */
#define CPU_EXCEPTION_KINDS(X)                                                                                         \
    X(UNDEFINED, "undefined")                                                                                          \
    X(WFX_TRAP, "wfx_trap")                                                                                            \
    X(FP_TRAP, "fp_trap")                                                                                              \
    X(BRANCH_TARGET, "branch_target")                                                                                  \
    X(ILLEGAL_STATE, "illegal_state")                                                                                  \
    X(SVC, "svc")                                                                                                      \
    X(SYSREG_TRAP, "sysreg_trap")                                                                                      \
    X(INSTRUCTION_ABORT, "instruction_abort")                                                                          \
    X(PC_ALIGNMENT, "pc_alignment")                                                                                    \
    X(DATA_ABORT, "data_abort")                                                                                        \
    X(SP_ALIGNMENT, "sp_alignment")                                                                                    \
    X(SERROR, "serror")                                                                                                \
    X(BREAKPOINT, "breakpoint")                                                                                        \
    X(SOFTWARE_STEP, "software_step")                                                                                  \
    X(WATCHPOINT, "watchpoint")                                                                                        \
    X(BRK, "brk")                                                                                                      \
    X(IRQ, "irq")                                                                                                      \
    X(FIQ, "fiq")

typedef enum cpu_exception_kind {
#define CPU_EXCEPTION_ENUM(id, name) CPU_EXCEPTION_##id,
    CPU_EXCEPTION_KINDS(CPU_EXCEPTION_ENUM)
#undef CPU_EXCEPTION_ENUM
        CPU_EXCEPTION_KIND_COUNT
} cpu_exception_kind_t;

/* For the trace port of a core: events are cpu_exception_kind_t, states are exception levels ("EL0" to "EL3"). A
 * record's address is the preferred return address, its cause the vector. */
extern const trace_names_t cpu_exception_trace_names;

/* Fault status codes that do not come from a walk (ESR_EL1.ISS.DFSC). */
enum { CPU_FAULT_EXTERNAL = 0x10, CPU_FAULT_ALIGNMENT = 0x21 };

/* --- caused by an instruction --- */

/* status: the fault status code. write: the access was a write (WnR). cache_maintenance: DC by address except ZVA, IC
 * IVAU, AT: WnR reads 1 whatever `write` says. external: ESR.EA. */
cpu_status_t cpu_exception_data_abort(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool write,
                                      uint8_t status, bool cache_maintenance, bool external);
cpu_status_t cpu_exception_alignment(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool write);
cpu_status_t cpu_exception_sp_alignment(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
/* Logs the instruction (cpu/guest_log.h); the second form does not: the caller has, or it is no mistake. */
cpu_status_t cpu_exception_undefined(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
cpu_status_t cpu_exception_undefined_silently(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
cpu_status_t cpu_exception_svc(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16);
cpu_status_t cpu_exception_brk(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16);
/* The access to `va` hit a watchpoint; cache_maintenance as for data aborts. */
cpu_status_t cpu_exception_watchpoint(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool write,
                                      bool cache_maintenance);
/* Halting debug does not exist, so HLT is UNDEFINED (D2.3), unless it is a semihosting call (cpu/semihosting.h) and the
 * machine has a host. */
cpu_status_t cpu_exception_hlt(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16);
/* Neither EL2 nor EL3 exists for the guest: at EL1 with imm16 == 0 the call goes to the firmware that the machine
 * provides (cpu/psci.h) and returns CPU_LEAVE or CPU_RETRY; otherwise HVC and SMC are UNDEFINED. */
cpu_status_t cpu_exception_hvc(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16);
cpu_status_t cpu_exception_smc(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16);
/* Trapped MSR, MRS or System instruction (EC 0x18): key as CPU_SYS_KEY, rt 0 to 31, read: MRS or SYSL. */
cpu_status_t cpu_exception_sysreg_trap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, unsigned rt,
                                       bool read);
cpu_status_t cpu_exception_wfx_trap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, bool wfe);
/* CPACR_EL1.FPEN forbids FP and SIMD here: EC 0x07. */
cpu_status_t cpu_exception_fp_trap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
bool cpu_fp_trapped(const cpu_t *cpu);

/* --- between instructions: before the one at cpu->pc, in cycle cpu->cycle --- */

cpu_status_t cpu_exception_instruction_abort(cpu_t *cpu, uint64_t va, uint8_t status, bool external);
/* The PC is not a multiple of 4. */
cpu_status_t cpu_exception_pc_alignment(cpu_t *cpu);
cpu_status_t cpu_exception_breakpoint(cpu_t *cpu);
/* stepped: an instruction was; exclusive: and it was a load-exclusive. */
cpu_status_t cpu_exception_software_step(cpu_t *cpu, bool stepped, bool exclusive);
/* FEAT_BTI: what was branched to is no landing pad. */
cpu_status_t cpu_exception_branch_target(cpu_t *cpu);
/* PSTATE.IL is set: every instruction does this instead of executing (D1.4). */
cpu_status_t cpu_exception_illegal_state(cpu_t *cpu);
/* Masks are the caller's to look at; IRQ and FIQ also tell the GIC CPU interface. */
cpu_status_t cpu_exception_irq(cpu_t *cpu);
cpu_status_t cpu_exception_fiq(cpu_t *cpu);
cpu_status_t cpu_exception_serror(cpu_t *cpu);

/* The interrupt lines of the GIC CPU interface, whatever PSTATE says. */
bool cpu_irq_line(const cpu_t *cpu);
bool cpu_fiq_line(const cpu_t *cpu);
/* A bus error that belongs to no instruction any more waits to be taken as SError. */
bool cpu_serror_line(const cpu_t *cpu);

/* --- ERET and PSTATE --- */

/* Returns to ELR_EL1 with SPSR_EL1 (AArch64.ExceptionReturn). An illegal SPSR sets PSTATE.IL and leaves EL and SP.
 * Clears the local monitor and sets the event register. UNDEFINED at EL0. */
cpu_status_t cpu_exception_return(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);

/* PSTATE in SPSR layout, flags included. */
uint64_t cpu_pstate_read(const cpu_t *cpu);
/* Sets all of PSTATE from that layout, EL and SP included; bits of absent features are dropped. The caller vouches that
 * M<4:0> is legal. */
void cpu_pstate_write(cpu_t *cpu, uint64_t spsr);

/* Moves between exception levels and stack pointers: x[CPU_SP] goes to its bank, the new one comes in. */
void cpu_set_el(cpu_t *cpu, unsigned el, bool sp_select);

#endif
