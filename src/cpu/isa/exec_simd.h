/* What the semantics of FP and SIMD instructions share: V registers by element, and the FP environment.
 *
 * Arrangement of the formats of format_simd*.c: ra bits 1:0: element size, log2 of its bytes; bit 2: Q; bit 3: scalar.
 */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_H
#define MESIM_CPU_ISA_EXEC_SIMD_H

#include "cpu/fault.h"
#include "cpu/fp/fp.h"
#include "cpu/isa/exec.h"
#include "cpu/isa/format_simd.h"

#define EXEC_FP(name) CPU_INLINE void exec_##name(cpu_t *cpu, const cpu_insn_t *in)

/* A row that does what `function` does. */
#define EXEC_IS(name, function)                                                                                        \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        function(cpu, in);                                                                                             \
    }

/* A V register, by elements; the host is little-endian, as the guest is. */
typedef union vector {
    uint8_t u8[16];
    int8_t s8[16];
    uint16_t u16[8];
    int16_t s16[8];
    uint32_t u32[4];
    int32_t s32[4];
    uint64_t u64[2];
    int64_t s64[2];
} vector_t;

CPU_INLINE vector_t get_v(const cpu_t *cpu, unsigned number)
{
    vector_t value;
    memcpy(&value, cpu->v[number], sizeof value);
    return value;
}

CPU_INLINE void set_q(cpu_t *cpu, unsigned number, vector_t value)
{
    memcpy(cpu->v[number], &value, sizeof value);
}

CPU_INLINE unsigned simd_size(const cpu_insn_t *in)
{
    return in->ra & SIMD_SIZE;
}

CPU_INLINE bool simd_q(const cpu_insn_t *in)
{
    return in->ra & SIMD_Q;
}

/* Elements that are computed. */
CPU_INLINE unsigned simd_lanes(const cpu_insn_t *in)
{
    return in->ra & SIMD_SCALAR ? 1 : (simd_q(in) ? 16u : 8u) >> simd_size(in);
}

/* Writes the low half, and the upper one where Q is set; else that becomes zero. */
CPU_INLINE void set_v(cpu_t *cpu, const cpu_insn_t *in, vector_t value)
{
    cpu->v[in->rd][0] = value.u64[0];
    cpu->v[in->rd][1] = simd_q(in) ? value.u64[1] : 0;
}

/* The result of an instruction that narrows: Q writes the upper half and leaves the lower one. */
CPU_INLINE void set_narrow(cpu_t *cpu, const cpu_insn_t *in, uint64_t value)
{
    if (simd_q(in)) {
        cpu->v[in->rd][1] = value;
    } else {
        cpu->v[in->rd][0] = value;
        cpu->v[in->rd][1] = 0;
    }
}

/* A scalar: the rest of the register becomes zero. */
CPU_INLINE void set_scalar(cpu_t *cpu, unsigned number, uint64_t value)
{
    cpu->v[number][0] = value;
    cpu->v[number][1] = 0;
}

CPU_INLINE uint64_t get_scalar(const cpu_t *cpu, unsigned number, unsigned bits)
{
    return cpu->v[number][0] & bits_mask(bits);
}

#if MESIM_FAULTS
static fp_env_t fp_env_with_fault(cpu_t *cpu)
{
    uint64_t fpcr = cpu->fpcr;
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_DN_IGNORED))
        fpcr &= ~(uint64_t)FPCR_DN;
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_FZ_IGNORED))
        fpcr &= ~(uint64_t)FPCR_FZ;
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_FZ16_FOLLOWS_FZ))
        fpcr = (fpcr & ~(uint64_t)FPCR_FZ16) | (fpcr & FPCR_FZ ? FPCR_FZ16 : 0);
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_RMODE_IGNORED))
        fpcr &= ~(UINT64_C(3) << FPCR_RMODE_SHIFT);
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_AHP_IGNORED))
        fpcr &= ~(uint64_t)FPCR_AHP;
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_MULTIPLY_ADD_ROUNDS_TWICE))
        fpcr |= FP_FAULT_ROUNDS_TWICE;
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_FIRST_NAN_WINS))
        fpcr |= FP_FAULT_FIRST_NAN_WINS;
    if (cpu_fault_injected(cpu, CPU_INJECT_FP_FLAGS_REPLACED))
        cpu->fpsr &= ~(uint64_t)(FPSR_IOC | FPSR_DZC | FPSR_OFC | FPSR_UFC | FPSR_IXC | FPSR_IDC);
    return (fp_env_t){fpcr, &cpu->fpsr};
}
#endif

CPU_INLINE fp_env_t fp_env(cpu_t *cpu)
{
#if MESIM_FAULTS
    return fp_env_with_fault(cpu);
#else
    return (fp_env_t){cpu->fpcr, &cpu->fpsr};
#endif
}

/* An element by its size, zero-extended; i may lie in the upper half. */
CPU_INLINE uint64_t get_lane(const vector_t *value, unsigned size, unsigned i)
{
    switch (size) {
    case 0: return value->u8[i];
    case 1: return value->u16[i];
    case 2: return value->u32[i];
    default: return value->u64[i];
    }
}

CPU_INLINE uint64_t get_lane_signed(const vector_t *value, unsigned size, unsigned i)
{
    switch (size) {
    case 0: return (uint64_t)value->s8[i];
    case 1: return (uint64_t)value->s16[i];
    case 2: return (uint64_t)value->s32[i];
    default: return value->u64[i];
    }
}

CPU_INLINE void set_lane(vector_t *value, unsigned size, unsigned i, uint64_t element)
{
    switch (size) {
    case 0: value->u8[i] = (uint8_t)element; break;
    case 1: value->u16[i] = (uint16_t)element; break;
    case 2: value->u32[i] = (uint32_t)element; break;
    default: value->u64[i] = element; break;
    }
}

/* Vm, or one of its elements (imm<7:0>) in every lane. */
CPU_INLINE vector_t get_m(const cpu_t *cpu, const cpu_insn_t *in)
{
    vector_t m = get_v(cpu, in->rm);
    if (in->ra & SIMD_ELEMENT) {
        uint64_t element = get_lane(&m, simd_size(in), in->imm & 0xff);
        for (unsigned i = 0; i < 16u >> simd_size(in); i++)
            set_lane(&m, simd_size(in), i, element);
    }
    return m;
}

#endif
