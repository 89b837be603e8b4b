/* The register fields of an encoding, as formats enter them into a decoded instruction. */
#ifndef MESIM_CPU_ISA_FIELDS_H
#define MESIM_CPU_ISA_FIELDS_H

#include "base/bits.h"
#include "cpu/isa/format.h"

/* Positions of the register fields (a64.def names their letters). */
enum { FIELD_D = 0, FIELD_T = 0, FIELD_N = 5, FIELD_U = 10, FIELD_A = 10, FIELD_M = 16, FIELD_S = 16 };

static inline unsigned field(uint32_t word, unsigned lsb, unsigned width)
{
    return (unsigned)bits_get(word, lsb, width);
}

static inline int64_t field_signed(uint32_t word, unsigned lsb, unsigned width)
{
    return bits_sign_extend(word >> lsb, width);
}

static inline unsigned field_register(uint32_t word, unsigned lsb)
{
    return field(word, lsb, 5);
}

/* Bit of a slot in a register mask; XZR and the sink have none. */
static inline uint64_t slot_bit(unsigned slot)
{
    if (slot == CPU_SP)
        return UINT64_C(1) << 31;
    return slot < CPU_XZR ? UINT64_C(1) << slot : 0;
}

static inline uint64_t vector_bit(unsigned number)
{
    return UINT64_C(1) << (32 + number);
}

/* Register number 31 as a source: XZR. */
static inline uint8_t source_slot(unsigned number)
{
    return (uint8_t)number;
}

static inline uint8_t source(cpu_decoded_t *decoded, unsigned number)
{
    decoded->reads |= slot_bit(source_slot(number));
    return source_slot(number);
}

static inline uint8_t source_sp(cpu_decoded_t *decoded, unsigned number)
{
    uint8_t slot = (uint8_t)(number == 31 ? CPU_SP : number);
    decoded->reads |= slot_bit(slot);
    return slot;
}

/* Data of a store. */
static inline uint8_t source_late(cpu_decoded_t *decoded, unsigned number)
{
    decoded->late_reads |= slot_bit(source_slot(number));
    return source_slot(number);
}

/* Register number 31 as a destination: the sink. */
static inline uint8_t destination(cpu_decoded_t *decoded, unsigned number)
{
    uint8_t slot = (uint8_t)(number == 31 ? CPU_SINK : number);
    decoded->writes |= slot_bit(slot);
    return slot;
}

static inline uint8_t destination_sp(cpu_decoded_t *decoded, unsigned number)
{
    uint8_t slot = (uint8_t)(number == 31 ? CPU_SP : number);
    decoded->writes |= slot_bit(slot);
    return slot;
}

#endif
