/* Semantics of Arm ARM C4.1, Loads and Stores of V registers. What the operands hold is said in format_fp_memory.c. */
#ifndef MESIM_CPU_ISA_EXEC_FP_LOADS_STORES_H
#define MESIM_CPU_ISA_EXEC_FP_LOADS_STORES_H

#include "cpu/isa/exec_loads_stores.h"
#include "cpu/isa/format_structure.h"

CPU_INLINE cpu_status_t load_v_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                  unsigned size_bytes, unsigned flags)
{
    return memory_load(cpu, in, now, way, va, size_bytes, 1, flags | CPU_ACCESS_VECTOR, in->rd, 0);
}

CPU_INLINE cpu_status_t store_v_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                   unsigned size_bytes, unsigned flags)
{
    uint64_t values[2] = {cpu->v[in->rd][0], cpu->v[in->rd][1]};
    return memory_store(cpu, in, now, way, va, size_bytes, 1, flags | CPU_ACCESS_VECTOR, values);
}

CPU_INLINE cpu_status_t load_pair_v_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                       unsigned size_bytes, unsigned flags)
{
    return memory_load(cpu, in, now, way, va, size_bytes, 2, flags | CPU_ACCESS_VECTOR, in->rd, in->ra);
}

CPU_INLINE cpu_status_t store_pair_v_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                        unsigned size_bytes, unsigned flags)
{
    uint64_t values[4] = {cpu->v[in->rd][0], cpu->v[in->ra][0]};
    if (size_bytes == 16) {
        values[1] = cpu->v[in->rd][1];
        values[2] = cpu->v[in->ra][0];
        values[3] = cpu->v[in->ra][1];
    }
    return memory_store(cpu, in, now, way, va, size_bytes, 2, flags | CPU_ACCESS_VECTOR, values);
}

/* Every way of addressing one register of a type. */
#define EXEC_SINGLE_V(prefix, type, access, size_bytes)                                                                \
    EXEC_AT(plain_##prefix##R_##type##_UNSIGNED, access, address_offset, size_bytes, 0)                                \
    EXEC_AT(plain_##prefix##UR_##type, access, address_offset, size_bytes, 0)                                          \
    EXEC_AT(plain_##prefix##R_##type##_REG_X, access, address_index_x, size_bytes, 0)                                  \
    EXEC_AT(plain_##prefix##R_##type##_REG_W, access, address_index_w, size_bytes, 0)                                  \
    EXEC_POST(plain_##prefix##R_##type##_POST, access, size_bytes, 0)                                                  \
    EXEC_PRE(plain_##prefix##R_##type##_PRE, access, size_bytes, 0)

EXEC_SINGLE_V(ST, B, store_v_at, 1)
EXEC_SINGLE_V(LD, B, load_v_at, 1)
EXEC_SINGLE_V(ST, H, store_v_at, 2)
EXEC_SINGLE_V(LD, H, load_v_at, 2)
EXEC_SINGLE_V(ST, S, store_v_at, 4)
EXEC_SINGLE_V(LD, S, load_v_at, 4)
EXEC_SINGLE_V(ST, D, store_v_at, 8)
EXEC_SINGLE_V(LD, D, load_v_at, 8)
EXEC_SINGLE_V(ST, Q, store_v_at, 16)
EXEC_SINGLE_V(LD, Q, load_v_at, 16)

EXEC_AT(plain_LDR_S_LITERAL, load_v_at, address_literal, 4, 0)
EXEC_AT(plain_LDR_D_LITERAL, load_v_at, address_literal, 8, 0)
EXEC_AT(plain_LDR_Q_LITERAL, load_v_at, address_literal, 16, 0)

EXEC_PAIR(plain_STP_S, store_pair_v_at, 4, 0)
EXEC_PAIR(plain_LDP_S, load_pair_v_at, 4, 0)
EXEC_PAIR(plain_STP_D, store_pair_v_at, 8, 0)
EXEC_PAIR(plain_LDP_D, load_pair_v_at, 8, 0)
EXEC_PAIR(plain_STP_Q, store_pair_v_at, 16, 0)
EXEC_PAIR(plain_LDP_Q, load_pair_v_at, 16, 0)

EXEC_AT(plain_STNP_S, store_pair_v_at, address_offset, 4, 0)
EXEC_AT(plain_LDNP_S, load_pair_v_at, address_offset, 4, 0)
EXEC_AT(plain_STNP_D, store_pair_v_at, address_offset, 8, 0)
EXEC_AT(plain_LDNP_D, load_pair_v_at, address_offset, 8, 0)
EXEC_AT(plain_STNP_Q, store_pair_v_at, address_offset, 16, 0)
EXEC_AT(plain_LDNP_Q, load_pair_v_at, address_offset, 16, 0)

/* --- structures --- */

/* The access that imm describes (format_structure.h), at the base register. */
static inline cpu_access_t structure_access(const cpu_t *cpu, const cpu_insn_t *in)
{
    uint64_t packed = (uint64_t)in->imm;
    return (cpu_access_t){.va = get_x(cpu, in->rn),
                          .flags = CPU_ACCESS_VECTOR | CPU_ACCESS_STRUCTURE,
                          .size_bytes = (uint8_t)bits_get(packed, STRUCTURE_SIZE, 8),
                          .elements = (uint8_t)bits_get(packed, STRUCTURE_ELEMENTS, 8),
                          .rt = in->rd,
                          .structure = {.layout = (uint8_t)bits_get(packed, STRUCTURE_LAYOUT, 4),
                                        .registers = (uint8_t)bits_get(packed, STRUCTURE_REGISTERS, 4),
                                        .lane = (uint8_t)bits_get(packed, STRUCTURE_LANE, 8),
                                        .vector_bytes = (uint8_t)bits_get(packed, STRUCTURE_VECTOR, 8)}};
}

static __attribute__((noinline)) cpu_status_t load_structures(cpu_t *cpu, const cpu_insn_t *in, uint64_t now,
                                                              cpu_way_t way)
{
    cpu_access_t access = structure_access(cpu, in);
    if (way == CPU_BY_PORT)
        return cpu->port->load(cpu, in, now, &access);
    cpu_l0_entry_t *entry = memory_l0(cpu, access.va);
    if (memory_l0_may_forward(cpu, access.va) ||
        entry->read_tag != (access.va + access.size_bytes * access.elements - 1) >> CHI_LINE_SHIFT)
        return CPU_RETRY;
    cpu->stats.loads += 1;
    entry->line->last_use = now;
    cpu_structure_load(cpu, &access, entry->data + (access.va & (CHI_LINE_BYTES - 1)));
    return CPU_OK;
}

static __attribute__((noinline)) cpu_status_t store_structures(cpu_t *cpu, const cpu_insn_t *in, uint64_t now,
                                                               cpu_way_t way)
{
    cpu_access_t access = structure_access(cpu, in);
    if (way == CPU_BY_PORT) {
        uint64_t values[CPU_ACCESS_MAX_BYTES / 8];
        cpu_structure_store(cpu, &access, (uint8_t *)values);
        return cpu->port->store(cpu, in, now, &access, values);
    }
    cpu_l0_entry_t *entry = memory_l0(cpu, access.va);
    if (cpu->store_filter ||
        entry->write_tag != (access.va + access.size_bytes * access.elements - 1) >> CHI_LINE_SHIFT)
        return CPU_RETRY;
    cpu->stats.stores += 1;
    entry->line->last_use = now;
    cpu_structure_store(cpu, &access, entry->data + (access.va & (CHI_LINE_BYTES - 1)));
    return CPU_OK;
}

/* rm: a register, or XZR where imm holds the bytes transferred. */
static inline uint64_t structure_next(const cpu_t *cpu, const cpu_insn_t *in)
{
    return get_x(cpu, in->rn) + get_x(cpu, in->rm) + bits_get((uint64_t)in->imm, STRUCTURE_OFFSET, 8);
}

#define EXEC_STRUCTURES(name, access)                                                                                  \
    EXEC_MEMORY(plain_##name)                                                                                          \
    {                                                                                                                  \
        return access(cpu, in, now, way);                                                                              \
    }                                                                                                                  \
    EXEC_MEMORY(plain_##name##_POST)                                                                                   \
    {                                                                                                                  \
        uint64_t address = structure_next(cpu, in);                                                                    \
        return write_back(cpu, in, address, access(cpu, in, now, way));                                                \
    }
EXEC_STRUCTURES(LD_MULTIPLE, load_structures)
EXEC_STRUCTURES(ST_MULTIPLE, store_structures)
EXEC_STRUCTURES(LD_SINGLE, load_structures)
EXEC_STRUCTURES(ST_SINGLE, store_structures)

#endif
