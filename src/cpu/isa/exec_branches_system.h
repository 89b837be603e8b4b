/* Semantics of Arm ARM C4.1, Branches, Exception Generating and System instructions. What the operands hold is said in
 * format_branch.c. */
#ifndef MESIM_CPU_ISA_EXEC_BRANCHES_SYSTEM_H
#define MESIM_CPU_ISA_EXEC_BRANCHES_SYSTEM_H

#include "cpu/exception.h"
#include "cpu/isa/exec.h"
#include "cpu/system.h"

/* Reserved */

EXEC_SYSTEM(UDF)
{
    return cpu_exception_undefined(cpu, in, now);
}

/* Conditional branch (immediate) */

EXEC_BRANCH(B_COND)
{
    return flags_hold(cpu, (unsigned)in->rm | (unsigned)in->ra << 8);
}

/* Exception generation */

EXEC_SYSTEM(SVC)
{
    return cpu_exception_svc(cpu, in, now, (uint16_t)in->imm);
}

EXEC_SYSTEM(HVC)
{
    return cpu_exception_hvc(cpu, in, now, (uint16_t)in->imm);
}

EXEC_SYSTEM(SMC)
{
    return cpu_exception_smc(cpu, in, now, (uint16_t)in->imm);
}

EXEC_SYSTEM(BRK)
{
    return cpu_exception_brk(cpu, in, now, (uint16_t)in->imm);
}

EXEC_SYSTEM(HLT)
{
    return cpu_exception_hlt(cpu, in, now, (uint16_t)in->imm);
}

EXEC_SYSTEM(M5OP)
{
    EXEC_UNUSED(now);
    return cpu_pseudo_op(cpu, in);
}

/* Hints */

EXEC_ALU(NOP)
{
    EXEC_UNUSED(cpu);
    EXEC_UNUSED(in);
}

EXEC_ALU(YIELD)
{
    EXEC_UNUSED(cpu);
    EXEC_UNUSED(in);
}

EXEC_ALU(HINT)
{
    EXEC_UNUSED(cpu);
    EXEC_UNUSED(in);
}

EXEC_SYSTEM(WFE)
{
    return cpu_wait_for_event(cpu, in, now);
}

EXEC_SYSTEM(WFI)
{
    return cpu_wait_for_interrupt(cpu, in, now);
}

EXEC_SYSTEM(SEV)
{
    EXEC_UNUSED(in);
    cpu->port->send_event(cpu, now);
    return CPU_OK;
}

EXEC_SYSTEM(SEVL)
{
    EXEC_UNUSED(in);
    EXEC_UNUSED(now);
    return cpu_send_event_local(cpu);
}

/* Barriers */

EXEC_SYSTEM(CLREX)
{
    EXEC_UNUSED(in);
    EXEC_UNUSED(now);
    cpu->port->clear_exclusive(cpu, false);
    return CPU_OK;
}

/* CRm<1:0> is the access types, CRm<3:2> the domain. Types 0b00 is reserved, and executes as a barrier of all types
 * over the full system (C6.2, DSB); with FEAT_SB's SSBB and PSSBB no weaker barrier is wanted there either. */
CPU_INLINE cpu_status_t exec_barrier(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_barrier_t barrier)
{
    unsigned types = in->imm & 3, domain = (unsigned)in->imm >> 2;
    if (types == 0)
        return cpu->port->barrier(cpu, in, now, barrier, CPU_BARRIER_ALL, 3);
    return cpu->port->barrier(cpu, in, now, barrier, (cpu_barrier_types_t)types, domain);
}

EXEC_SYSTEM(DSB)
{
    return exec_barrier(cpu, in, now, CPU_DSB);
}

EXEC_SYSTEM(DMB)
{
    return exec_barrier(cpu, in, now, CPU_DMB);
}

EXEC_SYSTEM(ISB)
{
    return cpu->port->isb(cpu, in, now);
}

/* Nothing executes speculatively here, so there is nothing to hold back. */
EXEC_SYSTEM(SB)
{
    EXEC_UNUSED(cpu);
    EXEC_UNUSED(in);
    EXEC_UNUSED(now);
    return CPU_OK;
}

/* PSTATE */

EXEC_ALU(CFINV)
{
    EXEC_UNUSED(in);
    flags_invert_carry(cpu);
}

/* From the flags of a comparison as other architectures have them: less is C 0, unordered is Z and C (C6.2, XAFLAG). */
EXEC_ALU(XAFLAG)
{
    EXEC_UNUSED(in);
    uint64_t nzcv = get_nzcv(cpu);
    bool z = bit_get(nzcv, 30), c = bit_get(nzcv, 29);
    set_nzcv(cpu, (uint64_t)(!c && !z) << 31 | (uint64_t)(z && c) << 30 | (uint64_t)(c || z) << 29 |
                      (uint64_t)(!c && z) << 28);
}

EXEC_ALU(AXFLAG)
{
    EXEC_UNUSED(in);
    uint64_t nzcv = get_nzcv(cpu);
    bool z = bit_get(nzcv, 30), c = bit_get(nzcv, 29), v = bit_get(nzcv, 28);
    set_nzcv(cpu, (uint64_t)(z || v) << 30 | (uint64_t)(c && !v) << 29);
}

EXEC_SYSTEM(MSR_IMM)
{
    return cpu_sys_msr_immediate(cpu, in, now, in->rm, in->ra, (unsigned)in->imm);
}

/* System instructions, system register move */

EXEC_SYSTEM(SYS)
{
    return cpu_sys_sys(cpu, in, now, (unsigned)in->imm, get_x(cpu, in->rd));
}

EXEC_SYSTEM(SYSL)
{
    return cpu_sys_sysl(cpu, in, now, (unsigned)in->imm, in->rd);
}

EXEC_SYSTEM(MSR)
{
    return cpu_sys_msr(cpu, in, now, (unsigned)in->imm, get_x(cpu, in->rd));
}

EXEC_SYSTEM(MRS)
{
    return cpu_sys_mrs(cpu, in, now, (unsigned)in->imm, in->rd);
}

/* Unconditional branch (register). The target is read before X30 is written: BLR X30 is allowed. */

EXEC_BRANCH_REG(BR)
{
    return get_x(cpu, in->rn);
}

EXEC_BRANCH_REG(BLR)
{
    uint64_t target = get_x(cpu, in->rn);
    set_x(cpu, in->rd, cpu_pc(cpu, in) + 4);
    return target;
}

EXEC_BRANCH_REG(RET)
{
    return get_x(cpu, in->rn);
}

EXEC_SYSTEM(ERET)
{
    return cpu_exception_return(cpu, in, now);
}

/* Unconditional branch (immediate) */

EXEC_BRANCH(B)
{
    EXEC_UNUSED(cpu);
    EXEC_UNUSED(in);
    return true;
}

EXEC_BRANCH(BL)
{
    set_x(cpu, in->rd, cpu_pc(cpu, in) + 4);
    return true;
}

/* Compare and branch, test and branch (immediate) */

EXEC_BRANCH(CBZ_W)
{
    return get_w(cpu, in->rn) == 0;
}

EXEC_BRANCH(CBNZ_W)
{
    return get_w(cpu, in->rn) != 0;
}

EXEC_BRANCH(CBZ_X)
{
    return get_x(cpu, in->rn) == 0;
}

EXEC_BRANCH(CBNZ_X)
{
    return get_x(cpu, in->rn) != 0;
}

EXEC_BRANCH(TBZ)
{
    return !bit_get(get_x(cpu, in->rn), in->ra);
}

EXEC_BRANCH(TBNZ)
{
    return bit_get(get_x(cpu, in->rn), in->ra);
}

#endif
