#include "cpu/structure.h"

#include "cpu/cpu.h"

#include <string.h>

uint64_t cpu_structure_registers(unsigned first, unsigned count)
{
    uint64_t registers = 0;
    for (unsigned i = 0; i < count; i++)
        registers |= UINT64_C(1) << (32 + (first + i) % 32);
    return registers;
}

/* Where element i lies: the register's number after the first, and the byte in it. */
typedef struct place {
    unsigned reg, offset_bytes;
} place_t;

static place_t place_of(const cpu_access_t *access, unsigned element)
{
    const cpu_structure_t *structure = &access->structure;
    unsigned size = access->size_bytes, lanes = structure->vector_bytes / size;
    switch (structure->layout) {
    case CPU_STRUCTURE_INTERLEAVED:
        return (place_t){element % structure->registers, element / structure->registers * size};
    case CPU_STRUCTURE_SEQUENTIAL: return (place_t){element / lanes, element % lanes * size};
    default: return (place_t){element, structure->lane * size};
    }
}

static uint8_t *register_bytes(cpu_t *cpu, const cpu_access_t *access, unsigned reg)
{
    return (uint8_t *)cpu->v[(access->rt + reg) % 32];
}

static void load_sequential(cpu_t *cpu, const cpu_access_t *access, const uint8_t *bytes)
{
    unsigned vector_bytes = access->structure.vector_bytes;
    for (unsigned reg = 0; reg < access->structure.registers; reg++)
        memcpy(register_bytes(cpu, access, reg), bytes + reg * vector_bytes, vector_bytes);
}

static void load_replicated(cpu_t *cpu, const cpu_access_t *access, const uint8_t *bytes)
{
    unsigned size = access->size_bytes;
    for (unsigned reg = 0; reg < access->structure.registers; reg++)
        for (unsigned offset = 0; offset < access->structure.vector_bytes; offset += size)
            memcpy(register_bytes(cpu, access, reg) + offset, bytes + reg * size, size);
}

static void load_elements(cpu_t *cpu, const cpu_access_t *access, const uint8_t *bytes)
{
    unsigned size = access->size_bytes;
    for (unsigned i = 0; i < access->elements; i++) {
        place_t place = place_of(access, i);
        memcpy(register_bytes(cpu, access, place.reg) + place.offset_bytes, bytes + i * size, size);
    }
}

void cpu_structure_load(cpu_t *cpu, const cpu_access_t *access, const uint8_t *bytes)
{
    switch (access->structure.layout) {
    case CPU_STRUCTURE_SEQUENTIAL: load_sequential(cpu, access, bytes); break;
    case CPU_STRUCTURE_REPLICATED: load_replicated(cpu, access, bytes); break;
    default: load_elements(cpu, access, bytes); break;
    }
    if (access->structure.vector_bytes == 8 && access->structure.layout != CPU_STRUCTURE_LANE)
        for (unsigned reg = 0; reg < access->structure.registers; reg++)
            cpu->v[(access->rt + reg) % 32][1] = 0;
}

void cpu_structure_store(const cpu_t *cpu, const cpu_access_t *access, uint8_t *ret_bytes)
{
    unsigned size = access->size_bytes;
    for (unsigned i = 0; i < access->elements; i++) {
        place_t place = place_of(access, i);
        memcpy(ret_bytes + i * size, (const uint8_t *)cpu->v[(access->rt + place.reg) % 32] + place.offset_bytes, size);
    }
}
