#include "cpu/branch_type.h"

#include "cpu/fault.h"
#include "cpu/isa/opcode.h"

/* CRm:op2 of the hints that are landing pads. */
enum { HINT_PACIASP = 25, HINT_PACIBSP = 27, HINT_BTI = 32, HINT_BTI_C = 34, HINT_BTI_J = 36, HINT_BTI_JC = 38 };

/* PACIASP and PACIBSP count as BTI C where pointer authentication is absent, too; SCTLR_EL1.BT0 (at EL0) and .BT1 close
 * them to BTYPE 0b11 (Arm ARM J1, BTypeCompatible_PACIXSP). */
static bool pac_lands(const cpu_t *cpu)
{
    uint64_t closed = cpu->pstate.el ? CPU_SCTLR_BT1 : CPU_SCTLR_BT0;
    return cpu->pstate.btype != CPU_BTYPE_JUMP_GUARDED || !(cpu->sys.SCTLR_EL1 & closed) ||
           cpu_fault_injected(cpu, CPU_INJECT_BT_IGNORED);
}

bool cpu_is_landing_pad(const cpu_t *cpu, const cpu_insn_t *in)
{
    uint8_t btype = cpu->pstate.btype;
    if (!btype || in->opcode == CPU_OP_BRK || in->opcode == CPU_OP_HLT ||
        cpu_fault_injected(cpu, CPU_INJECT_LANDING_PADS_IGNORED))
        return true;
    if (in->opcode != CPU_OP_HINT)
        return false;
    if (in->imm >= HINT_BTI && cpu_fault_injected(cpu, CPU_INJECT_BTI_OPERAND_IGNORED))
        return true;
    switch (in->imm) {
    case HINT_PACIASP:
    case HINT_PACIBSP: return pac_lands(cpu);
    case HINT_BTI_C: return btype != CPU_BTYPE_JUMP_GUARDED;
    case HINT_BTI_J: return btype != CPU_BTYPE_CALL;
    case HINT_BTI_JC: return true;
    default: return false; /* HINT_BTI lands nothing */
    }
}
