/* Semantics of Arm ARM C4.1, Loads and Stores. What the operands hold is said in format_memory.c.
 *
 * The base is written back only after the access was accepted, so that an abort or a retry leaves it as it was. */
#ifndef MESIM_CPU_ISA_EXEC_LOADS_STORES_H
#define MESIM_CPU_ISA_EXEC_LOADS_STORES_H

#include "cpu/fault.h"
#include "cpu/fault_order.h"
#include "cpu/isa/exec.h"

/* --- addresses --- */

CPU_INLINE uint64_t address_offset(const cpu_t *cpu, const cpu_insn_t *in)
{
    return get_x(cpu, in->rn) + (uint64_t)in->imm;
}

CPU_INLINE uint64_t address_literal(const cpu_t *cpu, const cpu_insn_t *in)
{
    return cpu_pc(cpu, in) + (uint64_t)in->imm;
}

CPU_INLINE uint64_t address_index_x(const cpu_t *cpu, const cpu_insn_t *in)
{
    return get_x(cpu, in->rn) + (get_x(cpu, in->rm) << in->ra);
}

CPU_INLINE uint64_t address_index_w(const cpu_t *cpu, const cpu_insn_t *in)
{
    return get_x(cpu, in->rn) + (extend_from(get_w(cpu, in->rm), (uint64_t)in->imm) << in->ra);
}

/* --- accesses; size_bytes and flags are constants where these are called --- */

CPU_INLINE cpu_status_t load_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                unsigned size_bytes, unsigned flags)
{
    return memory_load(cpu, in, now, way, va, size_bytes, 1, flags, in->rd, 0);
}

CPU_INLINE cpu_status_t store_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                 unsigned size_bytes, unsigned flags)
{
    uint64_t value = get_x(cpu, in->rd);
    return memory_store(cpu, in, now, way, va, size_bytes, 1, flags, &value);
}

CPU_INLINE cpu_status_t load_pair_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                     unsigned size_bytes, unsigned flags)
{
    return memory_load(cpu, in, now, way, va, size_bytes, 2, flags, in->rd, in->ra);
}

CPU_INLINE cpu_status_t store_pair_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, cpu_way_t way, uint64_t va,
                                      unsigned size_bytes, unsigned flags)
{
    uint64_t values[2] = {get_x(cpu, in->rd), get_x(cpu, in->ra)};
    return memory_store(cpu, in, now, way, va, size_bytes, 2, flags, values);
}

/* The base becomes `address` if the access was accepted. */
CPU_INLINE cpu_status_t write_back(cpu_t *cpu, const cpu_insn_t *in, uint64_t address, cpu_status_t status)
{
    if (base_likely(status == CPU_OK || status == CPU_LEAVE) ||
        (status == CPU_JUMP && cpu_fault_injected(cpu, CPU_INJECT_ABORT_WRITES_BASE_BACK)))
        set_x(cpu, in->rn, address);
    return status;
}

/* One instruction for one way of addressing; `access` is load_at, store_at, load_pair_at or store_pair_at. */
#define EXEC_AT(name, access, address, size_bytes, flags)                                                              \
    EXEC_MEMORY(name)                                                                                                  \
    {                                                                                                                  \
        return access(cpu, in, now, way, address(cpu, in), size_bytes, flags);                                         \
    }
#define EXEC_POST(name, access, size_bytes, flags)                                                                     \
    EXEC_MEMORY(name)                                                                                                  \
    {                                                                                                                  \
        uint64_t base = get_x(cpu, in->rn);                                                                            \
        return write_back(cpu, in, base + (uint64_t)in->imm, access(cpu, in, now, way, base, size_bytes, flags));      \
    }
#define EXEC_PRE(name, access, size_bytes, flags)                                                                      \
    EXEC_MEMORY(name)                                                                                                  \
    {                                                                                                                  \
        uint64_t address = address_offset(cpu, in);                                                                    \
        return write_back(cpu, in, address, access(cpu, in, now, way, address, size_bytes, flags));                    \
    }

/* Every way of addressing a single register: prefix##R##type##_UNSIGNED and so on, as LDR and B give LDRB_UNSIGNED. */
#define EXEC_SINGLE(prefix, type, access, size_bytes, flags)                                                           \
    EXEC_AT(prefix##R##type##_UNSIGNED, access, address_offset, size_bytes, flags)                                     \
    EXEC_AT(prefix##UR##type, access, address_offset, size_bytes, flags)                                               \
    EXEC_AT(prefix##TR##type, access, address_offset, size_bytes, (flags) | CPU_ACCESS_UNPRIVILEGED)                   \
    EXEC_AT(prefix##R##type##_REG_X, access, address_index_x, size_bytes, flags)                                       \
    EXEC_AT(prefix##R##type##_REG_W, access, address_index_w, size_bytes, flags)                                       \
    EXEC_POST(prefix##R##type##_POST, access, size_bytes, flags)                                                       \
    EXEC_PRE(prefix##R##type##_PRE, access, size_bytes, flags)

EXEC_SINGLE(ST, B, store_at, 1, 0)
EXEC_SINGLE(LD, B, load_at, 1, 0)
EXEC_SINGLE(LD, SB_X, load_at, 1, CPU_ACCESS_SIGNED)
EXEC_SINGLE(LD, SB_W, load_at, 1, CPU_ACCESS_SIGNED | CPU_ACCESS_TO_W)
EXEC_SINGLE(ST, H, store_at, 2, 0)
EXEC_SINGLE(LD, H, load_at, 2, 0)
EXEC_SINGLE(LD, SH_X, load_at, 2, CPU_ACCESS_SIGNED)
EXEC_SINGLE(LD, SH_W, load_at, 2, CPU_ACCESS_SIGNED | CPU_ACCESS_TO_W)
EXEC_SINGLE(ST, _W, store_at, 4, 0)
EXEC_SINGLE(LD, _W, load_at, 4, 0)
EXEC_SINGLE(LD, SW, load_at, 4, CPU_ACCESS_SIGNED)
EXEC_SINGLE(ST, _X, store_at, 8, 0)
EXEC_SINGLE(LD, _X, load_at, 8, 0)

EXEC_AT(LDR_W_LITERAL, load_at, address_literal, 4, 0)
EXEC_AT(LDR_X_LITERAL, load_at, address_literal, 8, 0)
EXEC_AT(LDRSW_LITERAL, load_at, address_literal, 4, CPU_ACCESS_SIGNED)

#define EXEC_PAIR(name, access, size_bytes, flags)                                                                     \
    EXEC_AT(name##_OFFSET, access, address_offset, size_bytes, flags)                                                  \
    EXEC_POST(name##_POST, access, size_bytes, flags)                                                                  \
    EXEC_PRE(name##_PRE, access, size_bytes, flags)

EXEC_PAIR(STP_W, store_pair_at, 4, 0)
EXEC_PAIR(LDP_W, load_pair_at, 4, 0)
EXEC_PAIR(LDPSW, load_pair_at, 4, CPU_ACCESS_SIGNED)
EXEC_PAIR(STP_X, store_pair_at, 8, 0)
EXEC_PAIR(LDP_X, load_pair_at, 8, 0)

/* No-allocate is a hint, and not taken. */
EXEC_AT(STNP_W, store_pair_at, address_offset, 4, 0)
EXEC_AT(LDNP_W, load_pair_at, address_offset, 4, 0)
EXEC_AT(STNP_X, store_pair_at, address_offset, 8, 0)
EXEC_AT(LDNP_X, load_pair_at, address_offset, 8, 0)

/* --- exclusives, ordered, atomics: always by way of the port --- */

/* The access that imm describes, at its offset from the base register. */
CPU_INLINE cpu_access_t packed_access(const cpu_t *cpu, const cpu_insn_t *in, unsigned elements)
{
    return (cpu_access_t){.va = get_x(cpu, in->rn) + (uint64_t)(in->imm >> 32),
                          .flags = (uint16_t)in->imm,
                          .size_bytes = (uint8_t)(in->imm >> 16),
                          .elements = (uint8_t)elements,
                          .rt = in->rd,
                          .rt2 = in->ra};
}

static inline cpu_status_t load_packed(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, unsigned elements)
{
    cpu_access_t access = packed_access(cpu, in, elements);
    cpu_fault_order(cpu, CPU_ORDERED_LOAD, &access);
    return cpu->port->load(cpu, in, now, &access);
}

static inline cpu_status_t store_packed(cpu_t *cpu, const cpu_insn_t *in, uint64_t now)
{
    cpu_access_t access = packed_access(cpu, in, 1);
    uint64_t value = get_x(cpu, in->rd);
    cpu_fault_order(cpu, CPU_ORDERED_STORE, &access);
    return cpu->port->store(cpu, in, now, &access, &value);
}

static inline cpu_status_t store_exclusive(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, unsigned elements)
{
    cpu_access_t access = packed_access(cpu, in, elements);
    uint64_t values[2] = {get_x(cpu, in->rd), elements == 2 ? get_x(cpu, in->ra) : 0};
    access.rs = in->rm;
    cpu_fault_order(cpu, CPU_ORDERED_STORE_EXCLUSIVE, &access);
    return cpu->port->store_exclusive(cpu, in, now, &access, values);
}

#define EXEC_PACKED(name, access, ...)                                                                                 \
    EXEC_PORT(name)                                                                                                    \
    {                                                                                                                  \
        return access(cpu, in, now, ##__VA_ARGS__);                                                                    \
    }
EXEC_PACKED(STXR, store_exclusive, 1)
EXEC_PACKED(STLXR, store_exclusive, 1)
EXEC_PACKED(STXP, store_exclusive, 2)
EXEC_PACKED(STLXP, store_exclusive, 2)
EXEC_PACKED(LDXR, load_packed, 1)
EXEC_PACKED(LDAXR, load_packed, 1)
EXEC_PACKED(LDXP, load_packed, 2)
EXEC_PACKED(LDAXP, load_packed, 2)
EXEC_PACKED(STLR, store_packed)
EXEC_PACKED(STLLR, store_packed)
EXEC_PACKED(LDAR, load_packed, 1)
EXEC_PACKED(LDLAR, load_packed, 1)
EXEC_PACKED(LDAPR, load_packed, 1)
EXEC_PACKED(STLUR, store_packed)
EXEC_PACKED(LDAPUR, load_packed, 1)
EXEC_PACKED(LDAPURS_X, load_packed, 1)
EXEC_PACKED(LDAPURS_W, load_packed, 1)

EXEC_PORT(CAS)
{
    cpu_access_t access = packed_access(cpu, in, 1);
    uint64_t compare = get_x(cpu, in->rm), value = get_x(cpu, in->rd);
    access.rt = in->ra;
    cpu_fault_order(cpu, CPU_ORDERED_ATOMIC, &access);
    return cpu->port->compare_and_swap(cpu, in, now, &access, &compare, &value);
}

/* Rs and Rt are even; the register after X30 is XZR. */
EXEC_PORT(CASP)
{
    cpu_access_t access = packed_access(cpu, in, 2);
    uint64_t compare[2] = {get_x(cpu, in->rm), get_x(cpu, in->rm + 1u)};
    uint64_t values[2] = {get_x(cpu, in->rd), get_x(cpu, in->rd + 1u)};
    access.rt = in->ra;
    access.rt2 = in->ra + 1 == CPU_XZR ? CPU_SINK : (uint8_t)(in->ra + 1);
    cpu_fault_order(cpu, CPU_ORDERED_ATOMIC, &access);
    return cpu->port->compare_and_swap(cpu, in, now, &access, compare, values);
}

static inline cpu_status_t atomic(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, chi_atomic_op_t operation)
{
    cpu_access_t access = packed_access(cpu, in, 1);
    if (in->rd == CPU_SINK && cpu_fault_injected(cpu, CPU_INJECT_DISCARDED_RESULT_ACQUIRES))
        access.flags |= CPU_ACCESS_ACQUIRE;
    cpu_fault_order(cpu, CPU_ORDERED_ATOMIC, &access);
    return cpu->port->atomic(cpu, in, now, &access, operation, get_x(cpu, in->rm));
}

EXEC_PACKED(LDADD, atomic, CHI_OP_ADD)
EXEC_PACKED(LDCLR, atomic, CHI_OP_CLR)
EXEC_PACKED(LDEOR, atomic, CHI_OP_EOR)
EXEC_PACKED(LDSET, atomic, CHI_OP_SET)
EXEC_PACKED(LDSMAX, atomic, CHI_OP_SMAX)
EXEC_PACKED(LDSMIN, atomic, CHI_OP_SMIN)
EXEC_PACKED(LDUMAX, atomic, CHI_OP_UMAX)
EXEC_PACKED(LDUMIN, atomic, CHI_OP_UMIN)
EXEC_PACKED(SWP, atomic, CHI_OP_SWP)

/* --- prefetches: prfop<4:3> is PLD, PLI, PST or reserved; the level is not modelled. Only data prefetches act. --- */

static inline cpu_status_t prefetch_at(cpu_t *cpu, const cpu_insn_t *in, uint64_t now, uint64_t va)
{
    unsigned type = in->rd >> 3;
    return type == 0 || type == 2 ? cpu->port->prefetch(cpu, in, now, va, type == 2) : CPU_OK;
}

#define EXEC_PREFETCH(name, address)                                                                                   \
    EXEC_PORT(name)                                                                                                    \
    {                                                                                                                  \
        return prefetch_at(cpu, in, now, address(cpu, in));                                                            \
    }
EXEC_PREFETCH(PRFM_UNSIGNED, address_offset)
EXEC_PREFETCH(PRFUM, address_offset)
EXEC_PREFETCH(PRFM_LITERAL, address_literal)
EXEC_PREFETCH(PRFM_REG_X, address_index_x)
EXEC_PREFETCH(PRFM_REG_W, address_index_w)

#endif
