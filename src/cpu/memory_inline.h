/* Loads and stores as instruction semantics call them: the L0 filter in line, everything else in the port.
 *
 * The filter only answers when the access lies in one line (tag of the last byte compared at the index of the
 * first), needs no alignment check or ordering, and no store-buffer entry could overlap it. */
#ifndef MESIM_CPU_MEMORY_INLINE_H
#define MESIM_CPU_MEMORY_INLINE_H

#include "cpu/accessors.h"
#include "cpu/cpu.h"
#include "cpu/structure.h"

#include <string.h>

#define CPU_INLINE static inline __attribute__((always_inline))

enum { CPU_ACCESS_NOT_PLAIN = ~(CPU_ACCESS_SIGNED | CPU_ACCESS_TO_W | CPU_ACCESS_VECTOR) };

CPU_INLINE bool memory_l0_may_forward(const cpu_t *cpu, uint64_t va)
{
    return base_unlikely((cpu->store_filter >> ((va >> CHI_LINE_SHIFT) & 63)) & 1);
}

CPU_INLINE cpu_l0_entry_t *memory_l0(cpu_t *cpu, uint64_t va)
{
    return &cpu->l0[(va >> CHI_LINE_SHIFT) & (CPU_L0_ENTRIES - 1)];
}

/* The element as the instruction wants it in a general register. */
CPU_INLINE uint64_t memory_extend(uint64_t raw, unsigned size_bytes, unsigned flags)
{
    if (!(flags & CPU_ACCESS_SIGNED))
        return raw;
    uint64_t value = (uint64_t)bits_sign_extend(raw, size_bytes * 8);
    return flags & CPU_ACCESS_TO_W ? (uint32_t)value : value;
}

CPU_INLINE uint64_t memory_raw(const uint8_t *bytes, unsigned size_bytes)
{
    uint64_t raw = 0;
    memcpy(&raw, bytes, size_bytes);
    return raw;
}

/* Puts one loaded element into its register. */
CPU_INLINE void memory_deliver(cpu_t *cpu, const uint8_t *bytes, unsigned size_bytes, unsigned flags, unsigned rt)
{
    if (flags & CPU_ACCESS_VECTOR) {
        cpu->v[rt][0] = memory_raw(bytes, size_bytes < 8 ? size_bytes : 8);
        cpu->v[rt][1] = size_bytes == 16 ? memory_raw(bytes + 8, 8) : 0;
    } else {
        set_x(cpu, rt, memory_extend(memory_raw(bytes, size_bytes), size_bytes, flags));
    }
}

/* Delivers a load's bytes to all its registers. */
static inline void memory_deliver_all(cpu_t *cpu, const cpu_access_t *access, const uint8_t *bytes)
{
    if (access->flags & CPU_ACCESS_STRUCTURE) {
        cpu_structure_load(cpu, access, bytes);
        return;
    }
    memory_deliver(cpu, bytes, access->size_bytes, access->flags, access->rt);
    if (access->elements == 2)
        memory_deliver(cpu, bytes + access->size_bytes, access->size_bytes, access->flags, access->rt2);
}

/* values as cpu_memory_port_t.store gets them, to bytes as memory holds them. */
static inline void memory_bytes(const cpu_access_t *access, const uint64_t *values, uint8_t *ret_bytes)
{
    if (access->flags & CPU_ACCESS_STRUCTURE) {
        memcpy(ret_bytes, values, (size_t)access->size_bytes * access->elements);
        return;
    }
    unsigned words = access->size_bytes == 16 ? 2 : 1;
    for (unsigned i = 0; i < access->elements; i++)
        memcpy(ret_bytes + i * access->size_bytes, &values[i * words], access->size_bytes);
}

/* Which way an access goes. A handler first tries the filter alone, which needs no call and so no stack frame, and
 * leaves the rest to a second function that goes by the port. */
typedef enum cpu_way {
    CPU_BY_FILTER, /* CPU_RETRY, with nothing done, when the filter does not answer */
    CPU_BY_PORT,
} cpu_way_t;

/* way, elements, size_bytes and flags are constants where it is called: the compiler folds the rest. */
CPU_INLINE cpu_status_t memory_load(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, cpu_way_t way, uint64_t va,
                                    unsigned size_bytes, unsigned elements, unsigned flags, unsigned rt, unsigned rt2)
{
    if (way == CPU_BY_FILTER) {
        cpu_l0_entry_t *entry = memory_l0(cpu, va);
        if (flags & CPU_ACCESS_NOT_PLAIN || memory_l0_may_forward(cpu, va) ||
            base_unlikely(entry->read_tag != (va + size_bytes * elements - 1) >> CHI_LINE_SHIFT))
            return CPU_RETRY;
        const uint8_t *bytes = entry->data + (va & (CHI_LINE_BYTES - 1));
        cpu->stats.loads += 1;
        entry->line->last_use = now_cycles;
        memory_deliver(cpu, bytes, size_bytes, flags, rt);
        if (elements == 2)
            memory_deliver(cpu, bytes + size_bytes, size_bytes, flags, rt2);
        return CPU_OK;
    }
    cpu_access_t access = {.va = va,
                           .flags = (uint16_t)flags,
                           .size_bytes = (uint8_t)size_bytes,
                           .elements = (uint8_t)elements,
                           .rt = (uint8_t)rt,
                           .rt2 = (uint8_t)rt2};
    return cpu->port->load(cpu, in, now_cycles, &access);
}

/* values as in cpu_memory_port_t.store. */
CPU_INLINE cpu_status_t memory_store(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, cpu_way_t way, uint64_t va,
                                     unsigned size_bytes, unsigned elements, unsigned flags, const uint64_t *values)
{
    if (way == CPU_BY_FILTER) {
        cpu_l0_entry_t *entry = memory_l0(cpu, va);
        if (flags & CPU_ACCESS_NOT_PLAIN || base_unlikely(cpu->store_filter) ||
            base_unlikely(entry->write_tag != (va + size_bytes * elements - 1) >> CHI_LINE_SHIFT))
            return CPU_RETRY;
        uint8_t *bytes = entry->data + (va & (CHI_LINE_BYTES - 1));
        cpu->stats.stores += 1;
        entry->line->last_use = now_cycles;
        memcpy(bytes, &values[0], size_bytes);
        if (elements == 2)
            memcpy(bytes + size_bytes, &values[size_bytes == 16 ? 2 : 1], size_bytes);
        return CPU_OK;
    }
    cpu_access_t access = {
        .va = va, .flags = (uint16_t)flags, .size_bytes = (uint8_t)size_bytes, .elements = (uint8_t)elements};
    return cpu->port->store(cpu, in, now_cycles, &access, values);
}

#endif
