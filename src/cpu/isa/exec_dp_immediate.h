/* Semantics of Arm ARM C4.1, Data Processing -- Immediate. What the operands hold is said in format_immediate.c. */
#ifndef MESIM_CPU_ISA_EXEC_DP_IMMEDIATE_H
#define MESIM_CPU_ISA_EXEC_DP_IMMEDIATE_H

#include "cpu/isa/exec.h"

/* PC-rel. addressing */

EXEC_ALU(ADR)
{
    set_x(cpu, in->rd, cpu_pc(cpu, in) + (uint64_t)in->imm);
}

EXEC_ALU(ADRP)
{
    set_x(cpu, in->rd, (cpu_pc(cpu, in) & ~UINT64_C(4095)) + (uint64_t)in->imm);
}

/* Add/subtract (immediate) */

EXEC_ALU(ADD_IMM_W)
{
    set_w(cpu, in->rd, get_w(cpu, in->rn) + (uint32_t)in->imm);
}

EXEC_ALU(ADDS_IMM_W)
{
    set_w(cpu, in->rd, flags_add_w(cpu, get_w(cpu, in->rn), (uint32_t)in->imm));
}

EXEC_ALU(SUB_IMM_W)
{
    set_w(cpu, in->rd, get_w(cpu, in->rn) - (uint32_t)in->imm);
}

EXEC_ALU(SUBS_IMM_W)
{
    set_w(cpu, in->rd, flags_sub_w(cpu, get_w(cpu, in->rn), (uint32_t)in->imm));
}

EXEC_ALU(ADD_IMM_X)
{
    set_x(cpu, in->rd, get_x(cpu, in->rn) + (uint64_t)in->imm);
}

EXEC_ALU(ADDS_IMM_X)
{
    set_x(cpu, in->rd, flags_add_x(cpu, get_x(cpu, in->rn), (uint64_t)in->imm));
}

EXEC_ALU(SUB_IMM_X)
{
    set_x(cpu, in->rd, get_x(cpu, in->rn) - (uint64_t)in->imm);
}

EXEC_ALU(SUBS_IMM_X)
{
    set_x(cpu, in->rd, flags_sub_x(cpu, get_x(cpu, in->rn), (uint64_t)in->imm));
}

/* Logical (immediate) */

EXEC_ALU(AND_IMM_W)
{
    set_w(cpu, in->rd, get_w(cpu, in->rn) & (uint32_t)in->imm);
}

EXEC_ALU(ORR_IMM_W)
{
    set_w(cpu, in->rd, get_w(cpu, in->rn) | (uint32_t)in->imm);
}

EXEC_ALU(EOR_IMM_W)
{
    set_w(cpu, in->rd, get_w(cpu, in->rn) ^ (uint32_t)in->imm);
}

EXEC_ALU(ANDS_IMM_W)
{
    set_w(cpu, in->rd, flags_and_w(cpu, get_w(cpu, in->rn), (uint32_t)in->imm));
}

EXEC_ALU(AND_IMM_X)
{
    set_x(cpu, in->rd, get_x(cpu, in->rn) & (uint64_t)in->imm);
}

EXEC_ALU(ORR_IMM_X)
{
    set_x(cpu, in->rd, get_x(cpu, in->rn) | (uint64_t)in->imm);
}

EXEC_ALU(EOR_IMM_X)
{
    set_x(cpu, in->rd, get_x(cpu, in->rn) ^ (uint64_t)in->imm);
}

EXEC_ALU(ANDS_IMM_X)
{
    set_x(cpu, in->rd, flags_and_x(cpu, get_x(cpu, in->rn), (uint64_t)in->imm));
}

/* Move wide (immediate): the constant is ready, at its width */

EXEC_ALU(MOVN_W)
{
    set_x(cpu, in->rd, (uint64_t)in->imm);
}

EXEC_ALU(MOVZ_W)
{
    set_x(cpu, in->rd, (uint64_t)in->imm);
}

EXEC_ALU(MOVK_W)
{
    set_w(cpu, in->rd, (get_w(cpu, in->rn) & ~(UINT32_C(0xffff) << in->ra)) | (uint32_t)in->imm);
}

EXEC_ALU(MOVN_X)
{
    set_x(cpu, in->rd, (uint64_t)in->imm);
}

EXEC_ALU(MOVZ_X)
{
    set_x(cpu, in->rd, (uint64_t)in->imm);
}

EXEC_ALU(MOVK_X)
{
    set_x(cpu, in->rd, (get_x(cpu, in->rn) & ~(UINT64_C(0xffff) << in->ra)) | (uint64_t)in->imm);
}

/* Bitfield */

EXEC_ALU(SBFM_W)
{
    set_w(cpu, in->rd, (uint32_t)((int32_t)(get_w(cpu, in->rn) << in->rm) >> in->ra));
}

EXEC_ALU(BFM_W)
{
    uint32_t mask = (uint32_t)in->imm;
    set_w(cpu, in->rd, (get_w(cpu, in->rm) & ~mask) | (rotate_right_w(get_w(cpu, in->rn), in->ra) & mask));
}

EXEC_ALU(UBFM_W)
{
    set_w(cpu, in->rd, rotate_right_w(get_w(cpu, in->rn), in->ra) & (uint32_t)in->imm);
}

EXEC_ALU(SBFM_X)
{
    set_x(cpu, in->rd, (uint64_t)((int64_t)(get_x(cpu, in->rn) << in->rm) >> in->ra));
}

EXEC_ALU(BFM_X)
{
    uint64_t mask = (uint64_t)in->imm;
    set_x(cpu, in->rd, (get_x(cpu, in->rm) & ~mask) | (rotate_right_x(get_x(cpu, in->rn), in->ra) & mask));
}

EXEC_ALU(UBFM_X)
{
    set_x(cpu, in->rd, rotate_right_x(get_x(cpu, in->rn), in->ra) & (uint64_t)in->imm);
}

/* Extract */

EXEC_ALU(EXTR_W)
{
    set_w(cpu, in->rd, (uint32_t)(((uint64_t)get_w(cpu, in->rn) << 32 | get_w(cpu, in->rm)) >> in->imm));
}

EXEC_ALU(EXTR_X)
{
    set_x(cpu, in->rd, (uint64_t)(((unsigned __int128)get_x(cpu, in->rn) << 64 | get_x(cpu, in->rm)) >> in->imm));
}

#endif
