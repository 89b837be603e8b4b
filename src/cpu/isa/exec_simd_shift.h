/* Semantics of Arm ARM C4.1, Advanced SIMD shift by immediate, and what narrows and lengthens. imm is the shift. */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_SHIFT_H
#define MESIM_CPU_ISA_EXEC_SIMD_SHIFT_H

#include "cpu/isa/exec_simd_misc.h"

/* --- narrowing: from elements twice as long, to the half of Vd that Q says; shift 0 for XTN and its kind --- */

typedef enum simd_narrowing {
    SIMD_TRUNCATE,
    SIMD_SIGNED,
    SIMD_UNSIGNED,
    SIMD_SIGNED_TO_UNSIGNED,
} simd_narrowing_t;

CPU_INLINE void simd_narrow(cpu_t *cpu, const cpu_insn_t *in, simd_narrowing_t how, bool round)
{
    vector_t n = get_v(cpu, in->rn), d = {0};
    unsigned size = simd_size(in), bits = 8u << size, shift = (unsigned)in->imm;
    unsigned lanes = in->ra & SIMD_SCALAR ? 1 : 8u >> size;
    bool qc = false;
    for (unsigned i = 0; i < lanes; i++) {
        uint64_t value = how == SIMD_SIGNED || how == SIMD_SIGNED_TO_UNSIGNED ? get_lane_signed(&n, size + 1, i)
                                                                              : get_lane(&n, size + 1, i);
        if (shift)
            value = how == SIMD_SIGNED || how == SIMD_SIGNED_TO_UNSIGNED
                        ? (uint64_t)simd_shift_right_signed((int64_t)value, shift, round)
                        : simd_shift_right_unsigned(value, shift, round);
        if (how == SIMD_SIGNED)
            value = (uint64_t)simd_saturate_signed((int64_t)value, bits, &qc);
        else if (how == SIMD_SIGNED_TO_UNSIGNED)
            value = simd_saturate_unsigned((int64_t)value, bits, &qc);
        else if (how == SIMD_UNSIGNED)
            value = simd_saturate_unsigned_from(value, bits, &qc);
        set_lane(&d, size, i, value);
    }
    if (qc)
        cpu->fpsr |= FPSR_QC;
    if (in->ra & SIMD_SCALAR)
        set_scalar(cpu, in->rd, d.u64[0]);
    else
        set_narrow(cpu, in, d.u64[0]);
}

#define EXEC_NARROW(name, how, round)                                                                                  \
    static void simd_##name(cpu_t *cpu, const cpu_insn_t *in)                                                          \
    {                                                                                                                  \
        simd_narrow(cpu, in, how, round);                                                                              \
    }                                                                                                                  \
    EXEC_IS(name, simd_##name)
EXEC_NARROW(XTN, SIMD_TRUNCATE, false)
EXEC_NARROW(SQXTN, SIMD_SIGNED, false)
EXEC_NARROW(UQXTN, SIMD_UNSIGNED, false)
EXEC_NARROW(SQXTUN, SIMD_SIGNED_TO_UNSIGNED, false)
EXEC_NARROW(SHRN, SIMD_TRUNCATE, false)
EXEC_NARROW(RSHRN, SIMD_TRUNCATE, true)
EXEC_NARROW(SQSHRN, SIMD_SIGNED, false)
EXEC_NARROW(SQRSHRN, SIMD_SIGNED, true)
EXEC_NARROW(UQSHRN, SIMD_UNSIGNED, false)
EXEC_NARROW(UQRSHRN, SIMD_UNSIGNED, true)
EXEC_NARROW(SQSHRUN, SIMD_SIGNED_TO_UNSIGNED, false)
EXEC_NARROW(SQRSHRUN, SIMD_SIGNED_TO_UNSIGNED, true)

/* --- lengthening: the half of Vn that Q says --- */

CPU_INLINE void simd_lengthen(cpu_t *cpu, const cpu_insn_t *in, bool is_signed, unsigned shift)
{
    vector_t n = get_v(cpu, in->rn), d;
    unsigned size = simd_size(in), lanes = 8u >> size, first = simd_q(in) ? lanes : 0;
    for (unsigned i = 0; i < lanes; i++) {
        uint64_t value = is_signed ? get_lane_signed(&n, size, first + i) : get_lane(&n, size, first + i);
        set_lane(&d, size + 1, i, value << shift);
    }
    set_q(cpu, in->rd, d);
}

EXEC_FP(SSHLL)
{
    simd_lengthen(cpu, in, true, (unsigned)in->imm);
}

EXEC_FP(USHLL)
{
    simd_lengthen(cpu, in, false, (unsigned)in->imm);
}

EXEC_FP(SHLL)
{
    simd_lengthen(cpu, in, false, 8u << simd_size(in));
}

/* --- shift by immediate --- */

EXEC_MISC(SSHR, s, simd_shift_right_signed(a, shift, false))
EXEC_MISC(USHR, u, simd_shift_right_unsigned(a, shift, false))
EXEC_MISC(SRSHR, s, simd_shift_right_signed(a, shift, true))
EXEC_MISC(URSHR, u, simd_shift_right_unsigned(a, shift, true))
EXEC_MISC(SSRA, s, old + (uint64_t)simd_shift_right_signed(a, shift, false))
EXEC_MISC(USRA, u, old + simd_shift_right_unsigned(a, shift, false))
EXEC_MISC(SRSRA, s, old + (uint64_t)simd_shift_right_signed(a, shift, true))
EXEC_MISC(URSRA, u, old + simd_shift_right_unsigned(a, shift, true))
EXEC_MISC(SHL, u, (uint64_t)a << shift)
EXEC_MISC(SLI, u, (uint64_t)a << shift | (old & bits_mask(shift)))
EXEC_MISC(SRI, u, simd_shift_right_unsigned(a, shift, false) | (old & ~(bits_mask(BITS) >> (shift - 1) >> 1)))
EXEC_MISC_SATURATING(SQSHL_IMM, s, simd_shift_signed(a, (int)shift, BITS, false, &qc))
EXEC_MISC_SATURATING(UQSHL_IMM, u, simd_shift_unsigned(a, (int)shift, BITS, false, &qc))
EXEC_MISC_SATURATING(SQSHLU, s, simd_shift_to_unsigned(a, (int)shift, BITS, &qc))
EXEC_IS(SQXTN_SCALAR, simd_SQXTN)
EXEC_IS(SQXTUN_SCALAR, simd_SQXTUN)
EXEC_IS(UQXTN_SCALAR, simd_UQXTN)
EXEC_IS(SSHR_SCALAR, simd_SSHR)
EXEC_IS(SSRA_SCALAR, simd_SSRA)
EXEC_IS(SRSHR_SCALAR, simd_SRSHR)
EXEC_IS(SRSRA_SCALAR, simd_SRSRA)
EXEC_IS(SHL_SCALAR, simd_SHL)
EXEC_IS(SQSHL_IMM_SCALAR, simd_SQSHL_IMM)
EXEC_IS(SQSHRN_SCALAR, simd_SQSHRN)
EXEC_IS(SQRSHRN_SCALAR, simd_SQRSHRN)
EXEC_IS(USHR_SCALAR, simd_USHR)
EXEC_IS(USRA_SCALAR, simd_USRA)
EXEC_IS(URSHR_SCALAR, simd_URSHR)
EXEC_IS(URSRA_SCALAR, simd_URSRA)
EXEC_IS(SRI_SCALAR, simd_SRI)
EXEC_IS(SLI_SCALAR, simd_SLI)
EXEC_IS(SQSHLU_SCALAR, simd_SQSHLU)
EXEC_IS(UQSHL_IMM_SCALAR, simd_UQSHL_IMM)
EXEC_IS(SQSHRUN_SCALAR, simd_SQSHRUN)
EXEC_IS(SQRSHRUN_SCALAR, simd_SQRSHRUN)
EXEC_IS(UQSHRN_SCALAR, simd_UQSHRN)
EXEC_IS(UQRSHRN_SCALAR, simd_UQRSHRN)

#endif
