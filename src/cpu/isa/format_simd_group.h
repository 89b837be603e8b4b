/* What the formats of Advanced SIMD share: what a group of encodings allows and reads, and how its registers and its
 * arrangement are noted. Private to cpu/isa. */
#ifndef MESIM_CPU_ISA_FORMAT_SIMD_GROUP_H
#define MESIM_CPU_ISA_FORMAT_SIMD_GROUP_H

#include "cpu/isa/fields.h"
#include "cpu/isa/format_simd.h"

/* What a group allows and reads. */
enum {
    ALLOW_B = 1 << 0, /* size, bits 23:22 */
    ALLOW_H = 1 << 1,
    ALLOW_S = 1 << 2,
    ALLOW_D = 1 << 3,
    SIZE_OF_FP = 1 << 4,   /* bit 22: S or D */
    SIZE_IS_HALF = 1 << 5, /* FP16 */
    SIZE_IS_NONE = 1 << 6, /* B, whatever bits 23:22 are */
    SIZE_OF_FCVT = 1 << 7, /* bit 22: H or S, the shorter of the two formats */
    WITH_M = 1 << 8,
    READS_D = 1 << 9,
    READS_D_IF_Q = 1 << 10,
    SCALAR = 1 << 11,
    ANY_D = 1 << 12, /* 64-bit elements without Q as well */
    ALLOW_BHS = ALLOW_B | ALLOW_H | ALLOW_S,
    ALLOW_ALL = ALLOW_BHS | ALLOW_D,
};

static inline void vector_read(cpu_decoded_t *decoded, unsigned number)
{
    decoded->reads |= vector_bit(number);
}

static inline void vector_n(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = (uint8_t)field_register(word, FIELD_N);
    vector_read(decoded, decoded->insn.rn);
}

static inline void vector_m(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rm = (uint8_t)field_register(word, FIELD_M);
    vector_read(decoded, decoded->insn.rm);
}

static inline void vector_d(uint32_t word, cpu_decoded_t *decoded, bool reads)
{
    decoded->insn.rd = (uint8_t)field_register(word, FIELD_D);
    decoded->writes |= vector_bit(decoded->insn.rd);
    if (reads)
        vector_read(decoded, decoded->insn.rd);
}

static inline void arrange(cpu_decoded_t *decoded, unsigned size, bool q, unsigned group)
{
    decoded->insn.ra = (uint8_t)(size | (q ? SIMD_Q : 0) | (group & SCALAR ? SIMD_SCALAR : 0) |
                                 (group & READS_D ? SIMD_ACCUMULATES : 0));
}

#endif
