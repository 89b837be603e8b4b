/* How the semantics of an instruction are written: EXEC_<kind>(ROW) { ... }, with cpu and in (and now, the issue cycle
 * in core cycles, for MEMORY and SYSTEM) at hand. Registers, flags and memory are reached through accessors only. */
#ifndef MESIM_CPU_ISA_EXEC_H
#define MESIM_CPU_ISA_EXEC_H

#include "cpu/accessors.h"
#include "cpu/flags.h"
#include "cpu/memory_inline.h"

/* Results as in cpu/insn.h. */
#define EXEC_ALU(name)        CPU_INLINE void exec_##name(cpu_t *cpu, const cpu_insn_t *in)
#define EXEC_BRANCH(name)     CPU_INLINE bool exec_##name(cpu_t *cpu, const cpu_insn_t *in)
#define EXEC_BRANCH_REG(name) CPU_INLINE uint64_t exec_##name(cpu_t *cpu, const cpu_insn_t *in)
#define EXEC_MEMORY(name)                                                                                              \
    CPU_INLINE cpu_status_t exec_##name(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way)
#define EXEC_SYSTEM(name) CPU_INLINE cpu_status_t exec_##name(cpu_t *cpu, const cpu_insn_t *in, uint64_t now)

#define EXEC_PORT(name)                                                                                                \
    static cpu_status_t exec_port_##name(cpu_t *cpu, const cpu_insn_t *in, uint64_t now);                              \
    EXEC_MEMORY(name)                                                                                                  \
    {                                                                                                                  \
        return way == CPU_BY_FILTER ? CPU_RETRY : exec_port_##name(cpu, in, now);                                      \
    }                                                                                                                  \
    static inline cpu_status_t exec_port_##name(cpu_t *cpu, const cpu_insn_t *in, uint64_t now)

/* For an instruction that does not use an operand of its kind. */
#define EXEC_UNUSED(operand) ((void)(operand))

static inline uint32_t rotate_right_w(uint32_t value, unsigned amount)
{
    return value >> (amount & 31) | value << (-amount & 31);
}

static inline uint64_t rotate_right_x(uint64_t value, unsigned amount)
{
    return value >> (amount & 63) | value << (-amount & 63);
}

/* The low bits of `value`, sign-extended from the bit set in `sign`; sign 0 leaves them. */
static inline uint64_t extend_from(uint64_t value, uint64_t sign)
{
    return (value ^ sign) - sign;
}

#endif
