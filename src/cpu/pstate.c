/* PSTATE, the banked stack pointers, and the return from an exception. */
#include "cpu/branch_type.h"
#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/flags.h"
#include "cpu/guest_log.h"
#include "cpu/system.h"

/* SPSR_EL1 (Arm ARM D17.2.140): NZCV 31:28, DIT 24, UAO 23, PAN 22, SS 21, IL 20, SSBS 12, BTYPE 11:10, DAIF 9:6, M
 * 4:0. */
enum {
    SPSR_BTYPE = 10,
    SPSR_SSBS = 12,
    SPSR_IL = 20,
    SPSR_SS = 21,
    SPSR_PAN = 22,
    SPSR_UAO = 23,
    SPSR_DIT = 24,
    SPSR_DAIF = 6,
    SPSR_EL = 2,
};

uint64_t cpu_pstate_read(const cpu_t *cpu)
{
    const cpu_pstate_t *pstate = &cpu->pstate;
    return get_nzcv(cpu) | (uint64_t)pstate->dit << SPSR_DIT | (uint64_t)pstate->uao << SPSR_UAO |
           (uint64_t)pstate->pan << SPSR_PAN | (uint64_t)pstate->ss << SPSR_SS | (uint64_t)pstate->il << SPSR_IL |
           (uint64_t)pstate->ssbs << SPSR_SSBS | (uint64_t)pstate->btype << SPSR_BTYPE |
           (uint64_t)pstate->daif << SPSR_DAIF | (uint64_t)pstate->el << SPSR_EL | pstate->sp_select;
}

/* Without SPSel every level uses SP_EL0; EL0 has no other (D1.2.2). */
static unsigned bank_of(unsigned el, bool sp_select)
{
    return sp_select ? el : 0;
}

void cpu_set_el(cpu_t *cpu, unsigned el, bool sp_select)
{
    cpu_pstate_t *pstate = &cpu->pstate;
    bool el_changes = pstate->el != el;
    cpu->sp_el[bank_of(pstate->el, pstate->sp_select)] = cpu->x[CPU_SP];
    pstate->el = (uint8_t)el;
    pstate->sp_select = sp_select;
    cpu->x[CPU_SP] = cpu->sp_el[bank_of(el, sp_select)];
    if (el_changes)
        cpu->port->context_changed(cpu);
}

static bool has(const cpu_t *cpu, cpu_feature_t feature)
{
    return cpu_features_has(&cpu->features, feature);
}

/* What an exception return reinstates even when it is illegal (SetPSTATEFromPSR). */
static void set_always(cpu_t *cpu, uint64_t spsr)
{
    bool pan = has(cpu, CPU_FEAT_PAN) && bit_get(spsr, SPSR_PAN);
    bool pan_changes = pan != cpu->pstate.pan;
    set_nzcv(cpu, spsr);
    cpu->pstate.daif = (uint8_t)bits_get(spsr, SPSR_DAIF, 4);
    cpu->pstate.pan = pan;
    if (pan_changes)
        cpu->port->context_changed(cpu);
}

void cpu_pstate_write(cpu_t *cpu, uint64_t spsr)
{
    cpu_pstate_t *pstate = &cpu->pstate;
    bool uao = has(cpu, CPU_FEAT_UAO) && bit_get(spsr, SPSR_UAO);
    bool uao_changes = uao != pstate->uao;
    set_always(cpu, spsr);
    pstate->il = bit_get(spsr, SPSR_IL);
    pstate->uao = uao;
    pstate->dit = has(cpu, CPU_FEAT_DIT) && bit_get(spsr, SPSR_DIT);
    pstate->ssbs = has(cpu, CPU_FEAT_SSBS) && bit_get(spsr, SPSR_SSBS);
    pstate->btype = has(cpu, CPU_FEAT_BTI) ? (uint8_t)bits_get(spsr, SPSR_BTYPE, 2) : 0;
    cpu_set_el(cpu, (unsigned)bits_get(spsr, SPSR_EL, 2), spsr & 1);
    if (uao_changes)
        cpu->port->context_changed(cpu);
}

/* IllegalExceptionReturn: AArch32, a level that is higher or does not exist, the reserved M<1>, EL0 with SP_ELx. */
static bool is_illegal(const cpu_t *cpu, uint64_t spsr)
{
    unsigned target = (unsigned)bits_get(spsr, SPSR_EL, 2);
    if (cpu_fault_injected(cpu, CPU_INJECT_ILLEGAL_RETURN_OBEYED))
        return false;
    return bit_get(spsr, 4) || bit_get(spsr, 1) || target > cpu->pstate.el || (target == 0 && (spsr & 1));
}

/* AArch64.BranchAddr: with TBI the tag of an address does not reach the PC. */
static uint64_t branch_address(const cpu_t *cpu, uint64_t va)
{
    enum { TCR_TBI0 = 37, TCR_TBI1 = 38 };
    bool ignored = bit_get(cpu->sys.TCR_EL1, bit_get(va, 55) ? TCR_TBI1 : TCR_TBI0);
    return ignored ? (uint64_t)bits_sign_extend(va, 56) : va;
}

cpu_status_t cpu_exception_return(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    if (!cpu->pstate.el)
        return cpu_exception_undefined(cpu, in, now_cycles);
    uint64_t spsr = cpu->sys.SPSR_EL1, target = cpu->sys.ELR_EL1;
    bool ss = cpu_debug_return_ss(cpu, spsr);
    if (is_illegal(cpu, spsr)) {
        cpu_log_guest_error(cpu, now_cycles, cpu_pc(cpu, in),
                            "ERET with the illegal SPSR_EL1 %#llx: PSTATE.IL set, exception level kept",
                            (unsigned long long)spsr);
        set_always(cpu, spsr);
        cpu->pstate.il = true;
    } else {
        cpu_pstate_write(cpu, spsr);
    }
    if (!cpu_fault_injected(cpu, CPU_INJECT_ERET_KEEPS_MONITOR))
        cpu->port->clear_exclusive(cpu, true);
    cpu->pstate.ss = ss;
    cpu_debug_follow(cpu);
    cpu_send_event_local(cpu);
    cpu->stats.exception_returns++;
    cpu->pc = branch_address(cpu, target);
    cpu_btype_set(cpu, cpu->pc, cpu->stats.instructions + (uint64_t)(in + 1 - cpu->segment), cpu->pstate.btype);
    return CPU_JUMP;
}
