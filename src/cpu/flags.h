/* The condition flags: how they are kept, computed and tested.
 *
 * cpu->flags keeps them where an x86-64 host leaves its own after LAHF and SETO AL: N bit 15, Z bit 14, C bit 8, V bit
 * 0; the other bits are junk. So a flag-setting instruction costs three host instructions more than a plain one,
 * against a dozen to pack the flags (measured: 1.5 times the speed in flag-heavy loops). C is as Arm has it: no borrow.
 * Other hosts compute the same layout in C. Only this file knows the layout; get_nzcv and set_nzcv speak PSTATE's. */
#ifndef MESIM_CPU_FLAGS_H
#define MESIM_CPU_FLAGS_H

#include "base/bits.h"
#include "cpu/cpu.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(MESIM_PORTABLE_FLAGS)
#define CPU_HOST_FLAGS 1
#else
#define CPU_HOST_FLAGS 0
#endif

enum { FLAGS_N = 1 << 15, FLAGS_Z = 1 << 14, FLAGS_C = 1 << 8, FLAGS_V = 1 << 0 };

/* The value 0 to 15 of N:Z:C:V. The product brings the four bits together in 15:12. */
static inline unsigned flags_index(const cpu_t *cpu)
{
    return ((uint32_t)(cpu->flags & (FLAGS_N | FLAGS_Z | FLAGS_C | FLAGS_V)) * (1 + (1 << 5) + (1 << 12)) >> 12) & 15;
}

/* N, Z, C, V in bits 31 to 28, as in PSTATE, SPSR_ELx and the NZCV register (Arm ARM C5.2, NZCV). */
static inline uint64_t get_nzcv(const cpu_t *cpu)
{
    return (uint64_t)flags_index(cpu) << 28;
}

static inline void set_nzcv(cpu_t *cpu, uint64_t value)
{
    cpu->flags = (value >> 16 & (FLAGS_N | FLAGS_Z)) | (value >> 21 & FLAGS_C) | (value >> 28 & FLAGS_V);
}

/* The set of N:Z:C:V values (bit n: value n) in which a condition holds (Arm ARM C1.2.4, Condition code), computed at
 * decode, so that a condition is one bit test. */
uint16_t flags_condition_set(unsigned condition);

static inline bool flags_hold(const cpu_t *cpu, unsigned condition_set)
{
    return condition_set >> flags_index(cpu) & 1;
}

#if CPU_HOST_FLAGS

#define FLAGS_HOST_OPERATION(name, type, before, operation, after)                                                     \
    static inline type name(cpu_t *cpu, type a, type b)                                                                \
    {                                                                                                                  \
        uint16_t flags = (uint16_t)cpu->flags;                                                                         \
        __asm__(before operation " %[b], %[a]\n\t" after "lahf\n\tseto %%al"                                           \
                : [a] "+r"(a), [flags] "+a"(flags)                                                                     \
                : [b] "r"(b)                                                                                           \
                : "cc");                                                                                               \
        cpu->flags = flags;                                                                                            \
        return a;                                                                                                      \
    }
#define FLAGS_HOST_OPERATION_FRESH(name, type, operation, after)                                                       \
    static inline type name(cpu_t *cpu, type a, type b)                                                                \
    {                                                                                                                  \
        uint16_t flags;                                                                                                \
        __asm__(operation " %[b], %[a]\n\t" after "lahf\n\tseto %%al"                                                  \
                : [a] "+r"(a), [flags] "=a"(flags)                                                                     \
                : [b] "rm"(b)                                                                                          \
                : "cc");                                                                                               \
        cpu->flags = flags;                                                                                            \
        return a;                                                                                                      \
    }
/* Each returns the result and sets the flags: a + b, a - b, a + b + C, a - b - !C. x86's carry is a borrow. */
FLAGS_HOST_OPERATION_FRESH(flags_add_w, uint32_t, "addl", "")
FLAGS_HOST_OPERATION_FRESH(flags_add_x, uint64_t, "addq", "")
FLAGS_HOST_OPERATION_FRESH(flags_sub_w, uint32_t, "subl", "cmc\n\t")
FLAGS_HOST_OPERATION_FRESH(flags_sub_x, uint64_t, "subq", "cmc\n\t")
FLAGS_HOST_OPERATION(flags_adc_w, uint32_t, "btw $8, %[flags]\n\t", "adcl", "")
FLAGS_HOST_OPERATION(flags_adc_x, uint64_t, "btw $8, %[flags]\n\t", "adcq", "")
FLAGS_HOST_OPERATION(flags_sbc_w, uint32_t, "btw $8, %[flags]\n\tcmc\n\t", "sbbl", "cmc\n\t")
FLAGS_HOST_OPERATION(flags_sbc_x, uint64_t, "btw $8, %[flags]\n\tcmc\n\t", "sbbq", "cmc\n\t")
/* a & b with C and V zero. */
FLAGS_HOST_OPERATION_FRESH(flags_and_w, uint32_t, "andl", "")
FLAGS_HOST_OPERATION_FRESH(flags_and_x, uint64_t, "andq", "")
#undef FLAGS_HOST_OPERATION
#undef FLAGS_HOST_OPERATION_FRESH

#else

static inline void flags_set(cpu_t *cpu, bool n, bool z, bool c, bool v)
{
    cpu->flags = (uint64_t)n << 15 | (uint64_t)z << 14 | (uint64_t)c << 8 | (uint64_t)v;
}

/* AddWithCarry of the manual's pseudocode, at one width. */
#define FLAGS_ADD_WITH_CARRY(name, type, bits)                                                                         \
    static inline type name(cpu_t *cpu, type a, type b, bool carry)                                                    \
    {                                                                                                                  \
        type sum = a + b;                                                                                              \
        type result = sum + carry;                                                                                     \
        bool overflow = ((a ^ result) & (b ^ result)) >> (bits - 1);                                                   \
        flags_set(cpu, result >> (bits - 1), result == 0, (sum < a) | (result < sum), overflow);                       \
        return result;                                                                                                 \
    }                                                                                                                  \
    static inline type name##_and(cpu_t *cpu, type a, type b)                                                          \
    {                                                                                                                  \
        flags_set(cpu, (a & b) >> (bits - 1), (a & b) == 0, false, false);                                             \
        return a & b;                                                                                                  \
    }
FLAGS_ADD_WITH_CARRY(flags_portable_w, uint32_t, 32)
FLAGS_ADD_WITH_CARRY(flags_portable_x, uint64_t, 64)
#undef FLAGS_ADD_WITH_CARRY

#define flags_add_w(cpu, a, b) flags_portable_w(cpu, a, b, false)
#define flags_add_x(cpu, a, b) flags_portable_x(cpu, a, b, false)
#define flags_sub_w(cpu, a, b) flags_portable_w(cpu, a, ~(uint32_t)(b), true)
#define flags_sub_x(cpu, a, b) flags_portable_x(cpu, a, ~(uint64_t)(b), true)
#define flags_adc_w(cpu, a, b) flags_portable_w(cpu, a, b, bit_get((cpu)->flags, 8))
#define flags_adc_x(cpu, a, b) flags_portable_x(cpu, a, b, bit_get((cpu)->flags, 8))
#define flags_sbc_w(cpu, a, b) flags_portable_w(cpu, a, ~(uint32_t)(b), bit_get((cpu)->flags, 8))
#define flags_sbc_x(cpu, a, b) flags_portable_x(cpu, a, ~(uint64_t)(b), bit_get((cpu)->flags, 8))
#define flags_and_w(cpu, a, b) flags_portable_w_and(cpu, a, b)
#define flags_and_x(cpu, a, b) flags_portable_x_and(cpu, a, b)

#endif

static inline bool flags_carry(const cpu_t *cpu)
{
    return bit_get(cpu->flags, 8);
}

static inline void flags_invert_carry(cpu_t *cpu)
{
    cpu->flags ^= FLAGS_C;
}

#endif
