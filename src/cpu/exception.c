/* Taking exceptions to EL1 (AArch64.TakeException), and the syndromes they report (ESR_EL1, Arm ARM D17.2.37). */
#include "cpu/exception.h"

#include "cpu/branch_type.h"
#include "cpu/core.h"
#include "cpu/debug.h"
#include "cpu/fault.h"
#include "cpu/guest_log.h"
#include "cpu/isa/opcode.h"
#include "cpu/psci.h"
#include "cpu/semihosting.h"

#include <stddef.h>

static const char *const event_names[] = {
#define EXCEPTION_NAME(id, name) name,
    CPU_EXCEPTION_KINDS(EXCEPTION_NAME)
#undef EXCEPTION_NAME
        NULL};
static const char *const state_names[] = {"EL0", "EL1", "EL2", "EL3", NULL};
const trace_names_t cpu_exception_trace_names = {event_names, state_names};

/* ESR_EL1.EC */
typedef enum exception_class {
    EC_UNKNOWN = 0x00,
    EC_WFX = 0x01,
    EC_FP = 0x07,
    EC_BRANCH_TARGET = 0x0d,
    EC_ILLEGAL_STATE = 0x0e,
    EC_SVC = 0x15,
    EC_SYSREG = 0x18,
    EC_INSTRUCTION_ABORT = 0x20, /* + 1 from EL1 */
    EC_PC_ALIGNMENT = 0x22,
    EC_DATA_ABORT = 0x24, /* + 1 from EL1 */
    EC_SP_ALIGNMENT = 0x26,
    EC_SERROR = 0x2f,
    EC_BREAKPOINT = 0x30,    /* + 1 from EL1 */
    EC_SOFTWARE_STEP = 0x32, /* + 1 from EL1 */
    EC_WATCHPOINT = 0x34,    /* + 1 from EL1 */
    EC_BRK = 0x3c,
} exception_class_t;

/* Vector offsets of the four types, and of where the exception comes from (D1.3, vector table). */
enum { VECTOR_SYNCHRONOUS = 0, VECTOR_IRQ = 0x80, VECTOR_FIQ = 0x100, VECTOR_SERROR = 0x180 };
enum { VECTOR_CURRENT_SP0 = 0, VECTOR_CURRENT_SPX = 0x200, VECTOR_LOWER = 0x400 };

static void trace(cpu_t *cpu, uint64_t now_cycles, cpu_exception_kind_t kind, uint64_t return_pc, unsigned from)
{
    if (!cpu->trace)
        return;
    const trace_record_t record = {.time_ps = now_cycles * cpu->period_ps,
                                   .address = return_pc,
                                   .cause_pc = cpu->pc,
                                   .event = (uint16_t)kind,
                                   .old_state = (uint16_t)from,
                                   .new_state = 1,
                                   .cause_core = (int16_t)cpu->index};
    trace_emit(cpu->trace, &record);
}

/* Everything but ESR and FAR. return_pc: the preferred return address. */
static cpu_status_t take(cpu_t *cpu, uint64_t now_cycles, cpu_exception_kind_t kind, unsigned vector,
                         uint64_t return_pc)
{
    cpu_pstate_t *pstate = &cpu->pstate;
    unsigned from = pstate->el;
    unsigned base = from == 0 ? VECTOR_LOWER : pstate->sp_select ? VECTOR_CURRENT_SPX : VECTOR_CURRENT_SP0;
    /* For an exception of the instruction itself BTYPE may be saved as 0 (AArch64.TakeException in J1). */
    if (!cpu_features_has(&cpu->features, CPU_FEAT_BTI) ||
        (!cpu_btype_is_live(cpu, return_pc) && !cpu_fault_injected(cpu, CPU_INJECT_BTYPE_OUTLIVES_INSTRUCTION)))
        pstate->btype = 0;
    cpu->sys.SPSR_EL1 = cpu_pstate_read(cpu);
    cpu->sys.ELR_EL1 = return_pc;
    pstate->daif = 0xf;
    pstate->ss = pstate->il = false;
    pstate->uao &= cpu_fault_injected(cpu, CPU_INJECT_ENTRY_KEEPS_UAO);
    pstate->dit &= !cpu_fault_injected(cpu, CPU_INJECT_ENTRY_CLEARS_DIT);
    pstate->btype = 0;
    if (cpu_features_has(&cpu->features, CPU_FEAT_SSBS) && !cpu_fault_injected(cpu, CPU_INJECT_ENTRY_KEEPS_SSBS))
        pstate->ssbs = cpu->sys.SCTLR_EL1 & CPU_SCTLR_DSSBS;
    if (cpu_features_has(&cpu->features, CPU_FEAT_PAN) && !(cpu->sys.SCTLR_EL1 & CPU_SCTLR_SPAN) && !pstate->pan &&
        !cpu_fault_injected(cpu, CPU_INJECT_ENTRY_KEEPS_PAN)) {
        pstate->pan = true;
        cpu->port->context_changed(cpu);
    }
    cpu_set_el(cpu, 1, !cpu_fault_injected(cpu, CPU_INJECT_SP_NOT_BANKED));
    if (cpu->mmu)
        mmu_abort_walk(cpu->mmu);
    cpu->pc = cpu->sys.VBAR_EL1 + base + vector;
    cpu->stats.exceptions++;
    if (cpu->core) { /* none in tests of instructions alone */
        cpu->core->debug.stepped = false;
        cpu->core->timer_stale = true; /* the performance monitors may count something else now */
    }
    cpu_debug_follow(cpu);
    trace(cpu, now_cycles, kind, return_pc, from);
    return CPU_JUMP;
}

/* All A64 instructions have 32 bits, so IL is 1 throughout. */
static cpu_status_t take_synchronous(cpu_t *cpu, uint64_t now_cycles, cpu_exception_kind_t kind, unsigned class,
                                     uint64_t iss, uint64_t return_pc)
{
    cpu->sys.ESR_EL1 = (uint64_t) class << 26 | UINT64_C(1) << 25 | iss;
    return take(cpu, now_cycles, kind, VECTOR_SYNCHRONOUS, return_pc);
}

/* --- caused by an instruction --- */

/* ISS of aborts: ISV 0 (only a stage 2 fault has one), FnV 0, EA bit 9, CM bit 8, S1PTW 0, WnR bit 6, status 5:0. */
static uint64_t abort_iss(uint8_t status, bool external, bool cache_maintenance, bool write)
{
    return (uint64_t)external << 9 | (uint64_t)cache_maintenance << 8 | (uint64_t)(write || cache_maintenance) << 6 |
           (status & 0x3f);
}

cpu_status_t cpu_exception_data_abort(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool write,
                                      uint8_t status, bool cache_maintenance, bool external)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_ABORT_WITHOUT_WNR))
        write = false;
    cpu->sys.FAR_EL1 = va;
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_DATA_ABORT, EC_DATA_ABORT + cpu->pstate.el,
                            abort_iss(status, external, cache_maintenance, write), cpu_pc(cpu, in));
}

cpu_status_t cpu_exception_alignment(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool write)
{
    return cpu_exception_data_abort(cpu, in, now_cycles, va, write, CPU_FAULT_ALIGNMENT, false, false);
}

cpu_status_t cpu_exception_sp_alignment(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_SP_ALIGNMENT, EC_SP_ALIGNMENT, 0, cpu_pc(cpu, in));
}

cpu_status_t cpu_exception_undefined(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    uint64_t pc = cpu_pc(cpu, in);
    if (in->opcode == CPU_OP_UDF)
        cpu_log_guest_error(cpu, now_cycles, pc, "encoding 0x%08x at EL%u: UNDEFINED", (uint32_t)in->imm,
                            cpu->pstate.el);
    else
        cpu_log_guest_error(cpu, now_cycles, pc, "instruction not allowed at EL%u: UNDEFINED", cpu->pstate.el);
    return cpu_exception_undefined_silently(cpu, in, now_cycles);
}

cpu_status_t cpu_exception_undefined_silently(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_UNDEFINED, EC_UNKNOWN, 0, cpu_pc(cpu, in));
}

/* Returns to the instruction after the SVC; every other synchronous exception returns to the one that caused it. */
cpu_status_t cpu_exception_svc(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16)
{
    uint64_t pc = cpu_pc(cpu, in);
    uint64_t return_pc = cpu_fault_injected(cpu, CPU_INJECT_SVC_RETURNS_TO_SELF) ? pc : pc + 4;
    cpu->pstate.ss = false; /* the SVC itself is done: SSAdvance */
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_SVC, EC_SVC, imm16, return_pc);
}

cpu_status_t cpu_exception_brk(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16)
{
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_BRK, EC_BRK, imm16, cpu_pc(cpu, in));
}

/* The status of every debug exception but BRK (ESR_EL1.ISS.IFSC, DFSC). */
enum { FAULT_DEBUG = 0x22 };

cpu_status_t cpu_exception_watchpoint(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool write,
                                      bool cache_maintenance)
{
    cpu->sys.FAR_EL1 = va;
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_WATCHPOINT, EC_WATCHPOINT + cpu->pstate.el,
                            abort_iss(FAULT_DEBUG, false, cache_maintenance, write), cpu_pc(cpu, in));
}

cpu_status_t cpu_exception_hlt(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16)
{
    if (imm16 == CPU_SEMIHOSTING_IMMEDIATE && cpu->to_semihosting)
        return cpu_semihosting_call(cpu, in, now_cycles);
    return cpu_exception_undefined(cpu, in, now_cycles);
}

static cpu_status_t firmware_call(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16)
{
    if (!cpu->pstate.el || imm16)
        return cpu_exception_undefined(cpu, in, now_cycles);
    return cpu_psci_call(cpu, in, now_cycles);
}

cpu_status_t cpu_exception_hvc(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16)
{
    return firmware_call(cpu, in, now_cycles, imm16);
}

cpu_status_t cpu_exception_smc(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint16_t imm16)
{
    return firmware_call(cpu, in, now_cycles, imm16);
}

/* ISS of EC 0x18: Op0 21:20, Op2 19:17, Op1 16:14, CRn 13:10, Rt 9:5, CRm 4:1, Direction 0. */
cpu_status_t cpu_exception_sysreg_trap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, unsigned rt,
                                       bool read)
{
    uint64_t iss = bits_get(key, 14, 2) << 20 | bits_get(key, 0, 3) << 17 | bits_get(key, 11, 3) << 14 |
                   bits_get(key, 7, 4) << 10 | (uint64_t)rt << 5 | bits_get(key, 3, 4) << 1 | read;
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_SYSREG_TRAP, EC_SYSREG, iss, cpu_pc(cpu, in));
}

/* CV and COND of an A64 instruction: valid, AL. */
#define ISS_CONDITION_ALWAYS (UINT64_C(1) << 24 | UINT64_C(0xe) << 20)

cpu_status_t cpu_exception_wfx_trap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, bool wfe)
{
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_WFX_TRAP, EC_WFX, ISS_CONDITION_ALWAYS | wfe,
                            cpu_pc(cpu, in));
}

cpu_status_t cpu_exception_fp_trap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    return take_synchronous(cpu, now_cycles, CPU_EXCEPTION_FP_TRAP, EC_FP, ISS_CONDITION_ALWAYS, cpu_pc(cpu, in));
}

/* FPEN: 0b00 and 0b10 trap both levels, 0b01 traps EL0, 0b11 none (CPACR_EL1, D17.2.29). */
bool cpu_fp_trapped(const cpu_t *cpu)
{
    unsigned fpen = (unsigned)bits_get(cpu->sys.CPACR_EL1, 20, 2);
    return !(fpen & 1) || (fpen == 1 && !cpu->pstate.el);
}

/* --- between instructions --- */

cpu_status_t cpu_exception_instruction_abort(cpu_t *cpu, uint64_t va, uint8_t status, bool external)
{
    cpu->sys.FAR_EL1 = va;
    return take_synchronous(cpu, cpu->cycle, CPU_EXCEPTION_INSTRUCTION_ABORT, EC_INSTRUCTION_ABORT + cpu->pstate.el,
                            abort_iss(status, external, false, false), cpu->pc);
}

cpu_status_t cpu_exception_pc_alignment(cpu_t *cpu)
{
    cpu->sys.FAR_EL1 = cpu->pc;
    return take_synchronous(cpu, cpu->cycle, CPU_EXCEPTION_PC_ALIGNMENT, EC_PC_ALIGNMENT, 0, cpu->pc);
}

cpu_status_t cpu_exception_breakpoint(cpu_t *cpu)
{
    return take_synchronous(cpu, cpu->cycle, CPU_EXCEPTION_BREAKPOINT, EC_BREAKPOINT + cpu->pstate.el, FAULT_DEBUG,
                            cpu->pc);
}

/* ISV bit 24, EX bit 6. */
cpu_status_t cpu_exception_software_step(cpu_t *cpu, bool stepped, bool exclusive)
{
    uint64_t iss = (uint64_t)stepped << 24 | (uint64_t)(stepped && exclusive) << 6 | FAULT_DEBUG;
    return take_synchronous(cpu, cpu->cycle, CPU_EXCEPTION_SOFTWARE_STEP, EC_SOFTWARE_STEP + cpu->pstate.el, iss,
                            cpu->pc);
}

cpu_status_t cpu_exception_branch_target(cpu_t *cpu)
{
    return take_synchronous(cpu, cpu->cycle, CPU_EXCEPTION_BRANCH_TARGET, EC_BRANCH_TARGET, cpu->pstate.btype, cpu->pc);
}

cpu_status_t cpu_exception_illegal_state(cpu_t *cpu)
{
    return take_synchronous(cpu, cpu->cycle, CPU_EXCEPTION_ILLEGAL_STATE, EC_ILLEGAL_STATE, 0, cpu->pc);
}

/* IRQ and FIQ leave ESR_EL1 and FAR_EL1 alone. */
cpu_status_t cpu_exception_irq(cpu_t *cpu)
{
    if (cpu->gic)
        gic_cpuif_exception_taken(cpu->gic, cpu->cycle * cpu->period_ps);
    cpu->stats.irqs++;
    return take(cpu, cpu->cycle, CPU_EXCEPTION_IRQ, VECTOR_IRQ, cpu->pc);
}

cpu_status_t cpu_exception_fiq(cpu_t *cpu)
{
    if (cpu->gic)
        gic_cpuif_exception_taken(cpu->gic, cpu->cycle * cpu->period_ps);
    return take(cpu, cpu->cycle, CPU_EXCEPTION_FIQ, VECTOR_FIQ, cpu->pc);
}

/* IDS 0 and, without RAS, no further syndrome. */
cpu_status_t cpu_exception_serror(cpu_t *cpu)
{
    cpu->sys.ESR_EL1 = (uint64_t)EC_SERROR << 26 | UINT64_C(1) << 25;
    return take(cpu, cpu->cycle, CPU_EXCEPTION_SERROR, VECTOR_SERROR, cpu->pc);
}

bool cpu_irq_line(const cpu_t *cpu)
{
    return cpu->gic && gic_cpuif_irq(cpu->gic);
}

bool cpu_fiq_line(const cpu_t *cpu)
{
    return cpu->gic && gic_cpuif_fiq(cpu->gic);
}

bool cpu_serror_line(const cpu_t *cpu)
{
    return cpu->core && cpu->core->serror_pending;
}
