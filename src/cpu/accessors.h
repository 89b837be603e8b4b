/* Register accessors: they own XZR, SP and width, so that an instruction never mentions them. */
#ifndef MESIM_CPU_ACCESSORS_H
#define MESIM_CPU_ACCESSORS_H

#include "cpu/cpu.h"

static inline uint64_t get_x(const cpu_t *cpu, unsigned slot)
{
    return cpu->x[slot];
}

static inline uint32_t get_w(const cpu_t *cpu, unsigned slot)
{
    return (uint32_t)cpu->x[slot];
}

static inline void set_x(cpu_t *cpu, unsigned slot, uint64_t value)
{
    cpu->x[slot] = value;
}

/* Writes a W register: the upper half becomes zero. */
static inline void set_w(cpu_t *cpu, unsigned slot, uint32_t value)
{
    cpu->x[slot] = value;
}

#endif
