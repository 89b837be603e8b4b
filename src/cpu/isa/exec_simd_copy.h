/* Semantics of Arm ARM C4.1, Advanced SIMD table lookup, permute, extract, copy and modified immediate. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_COPY_H
#define MESIM_CPU_ISA_EXEC_SIMD_COPY_H

#include "cpu/isa/exec_simd.h"

/* --- table lookup; imm: bytes of the table --- */

static void simd_table(cpu_t *cpu, const cpu_insn_t *in, vector_t result)
{
    vector_t indices = get_v(cpu, in->rm);
    for (unsigned i = 0; i < 16; i++) {
        unsigned index = indices.u8[i];
        if (index < (unsigned)in->imm)
            result.u8[i] = ((const uint8_t *)cpu->v[(in->rn + index / 16) % 32])[index % 16];
    }
    set_v(cpu, in, result);
}

EXEC_FP(TBL)
{
    simd_table(cpu, in, (vector_t){0});
}

EXEC_FP(TBX)
{
    simd_table(cpu, in, get_v(cpu, in->rd));
}

/* --- permute: element i of the result is element `at` of Vm:Vn --- */

#define EXEC_PERMUTE(name, at)                                                                                         \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t n = get_v(cpu, in->rn), m = get_v(cpu, in->rm), d = {0};                                              \
        unsigned size = simd_size(in), lanes = simd_lanes(in);                                                         \
        for (unsigned i = 0; i < lanes; i++) {                                                                         \
            unsigned from = (at);                                                                                      \
            set_lane(&d, size, i, get_lane(from < lanes ? &n : &m, size, from % lanes));                               \
        }                                                                                                              \
        set_v(cpu, in, d);                                                                                             \
    }
EXEC_PERMUTE(UZP1, 2 * i)
EXEC_PERMUTE(UZP2, 2 * i + 1)
EXEC_PERMUTE(ZIP1, i / 2 + i % 2 * lanes)
EXEC_PERMUTE(ZIP2, (lanes + i) / 2 + i % 2 * lanes)
EXEC_PERMUTE(TRN1, (i & ~1u) + i % 2 * lanes)
EXEC_PERMUTE(TRN2, (i | 1) + i % 2 * lanes)

/* imm: the first byte that is taken of Vm:Vn. */
EXEC_FP(EXT)
{
    uint8_t bytes[32];
    unsigned half = simd_q(in) ? 16 : 8;
    vector_t d;
    memcpy(bytes, cpu->v[in->rn], 16);
    memcpy(bytes + half, cpu->v[in->rm], 16);
    memcpy(&d, bytes + in->imm, 16);
    set_v(cpu, in, d);
}

/* --- copy; imm: the index, and in bits 15:8 that of the source of INS --- */

static void simd_fill(cpu_t *cpu, const cpu_insn_t *in, uint64_t element)
{
    vector_t d;
    for (unsigned i = 0; i < 16u >> simd_size(in); i++)
        set_lane(&d, simd_size(in), i, element);
    set_v(cpu, in, d);
}

static uint64_t simd_element(const cpu_t *cpu, const cpu_insn_t *in, unsigned index)
{
    vector_t n = get_v(cpu, in->rn);
    return get_lane(&n, simd_size(in), index);
}

static void simd_insert(cpu_t *cpu, const cpu_insn_t *in, uint64_t element)
{
    vector_t d = get_v(cpu, in->rd);
    set_lane(&d, simd_size(in), in->imm & 0xff, element);
    set_q(cpu, in->rd, d);
}

EXEC_FP(DUP_ELEMENT)
{
    simd_fill(cpu, in, simd_element(cpu, in, (unsigned)in->imm));
}

EXEC_FP(DUP_GENERAL)
{
    simd_fill(cpu, in, get_x(cpu, in->rn));
}

EXEC_FP(DUP_SCALAR)
{
    set_scalar(cpu, in->rd, simd_element(cpu, in, (unsigned)in->imm));
}

EXEC_FP(SMOV)
{
    uint64_t value = (uint64_t)bits_sign_extend(simd_element(cpu, in, (unsigned)in->imm), 8u << simd_size(in));
    set_x(cpu, in->rd, simd_q(in) ? value : (uint32_t)value);
}

EXEC_FP(UMOV)
{
    set_x(cpu, in->rd, simd_element(cpu, in, (unsigned)in->imm));
}

EXEC_FP(INS_GENERAL)
{
    simd_insert(cpu, in, get_x(cpu, in->rn));
}

EXEC_FP(INS_ELEMENT)
{
    simd_insert(cpu, in, simd_element(cpu, in, in->imm >> 8 & 0xff));
}

/* --- modified immediate; imm: the constant --- */

CPU_INLINE void simd_constant(cpu_t *cpu, const cpu_insn_t *in)
{
    set_v(cpu, in, (vector_t){.u64 = {(uint64_t)in->imm, (uint64_t)in->imm}});
}

CPU_INLINE void simd_ORR_IMM(cpu_t *cpu, const cpu_insn_t *in)
{
    uint64_t constant = (uint64_t)in->imm;
    set_v(cpu, in, (vector_t){.u64 = {cpu->v[in->rd][0] | constant, cpu->v[in->rd][1] | constant}});
}

CPU_INLINE void simd_BIC_IMM(cpu_t *cpu, const cpu_insn_t *in)
{
    uint64_t constant = (uint64_t)in->imm;
    set_v(cpu, in, (vector_t){.u64 = {cpu->v[in->rd][0] & ~constant, cpu->v[in->rd][1] & ~constant}});
}

EXEC_IS(MOVI_S, simd_constant)
EXEC_IS(ORR_IMM_S, simd_ORR_IMM)
EXEC_IS(MOVI_H, simd_constant)
EXEC_IS(ORR_IMM_H, simd_ORR_IMM)
EXEC_IS(MOVI_MSL, simd_constant)
EXEC_IS(MOVI_B, simd_constant)
EXEC_IS(FMOV_IMM_V_S, simd_constant)
EXEC_IS(MVNI_S, simd_constant)
EXEC_IS(BIC_IMM_S, simd_BIC_IMM)
EXEC_IS(MVNI_H, simd_constant)
EXEC_IS(BIC_IMM_H, simd_BIC_IMM)
EXEC_IS(MVNI_MSL, simd_constant)
EXEC_IS(MOVI_D, simd_constant)
EXEC_IS(FMOV_IMM_V_D, simd_constant)
EXEC_IS(FMOV_IMM_V_HALF, simd_constant)

#endif
