/* Injected faults that take from an access the order which its instruction asks for (cpu/fault.h). Without
 * MESIM_FAULTS nothing of this exists. */
#ifndef MESIM_CPU_FAULT_ORDER_H
#define MESIM_CPU_FAULT_ORDER_H

#include "cpu/fault.h"
#include "cpu/memory.h"

typedef enum cpu_ordered {
    CPU_ORDERED_LOAD,
    CPU_ORDERED_STORE,
    CPU_ORDERED_STORE_EXCLUSIVE,
    CPU_ORDERED_ATOMIC,
} cpu_ordered_t;

#if MESIM_FAULTS
static inline void cpu_fault_order(const cpu_t *cpu, cpu_ordered_t kind, cpu_access_t *access)
{
    static const struct {
        cpu_injected_fault_t fault;
        cpu_ordered_t kind;
        uint16_t of, without; /* an access that has all flags of `of` and none of `without` ... */
        uint16_t clear, set;  /* ... loses and gains these */
    } rows[] = {
        {CPU_INJECT_LDAR_AS_LDAPR, CPU_ORDERED_LOAD, CPU_ACCESS_ACQUIRE, 0, CPU_ACCESS_ACQUIRE, CPU_ACCESS_ACQUIRE_PC},
        {CPU_INJECT_LDAR_AS_LDR, CPU_ORDERED_LOAD, CPU_ACCESS_ACQUIRE, CPU_ACCESS_EXCLUSIVE, CPU_ACCESS_ACQUIRE, 0},
        {CPU_INJECT_LDAPR_AS_LDR, CPU_ORDERED_LOAD, CPU_ACCESS_ACQUIRE_PC, 0, CPU_ACCESS_ACQUIRE_PC, 0},
        {CPU_INJECT_LDAXR_AS_LDXR, CPU_ORDERED_LOAD, CPU_ACCESS_ACQUIRE | CPU_ACCESS_EXCLUSIVE, 0, CPU_ACCESS_ACQUIRE,
         0},
        {CPU_INJECT_STLR_AS_STR, CPU_ORDERED_STORE, CPU_ACCESS_RELEASE, 0, CPU_ACCESS_RELEASE, 0},
        {CPU_INJECT_STLXR_AS_STXR, CPU_ORDERED_STORE_EXCLUSIVE, CPU_ACCESS_RELEASE, 0, CPU_ACCESS_RELEASE, 0},
        {CPU_INJECT_ATOMIC_RELEASE_IGNORED, CPU_ORDERED_ATOMIC, CPU_ACCESS_RELEASE, 0, CPU_ACCESS_RELEASE, 0},
        {CPU_INJECT_ATOMIC_ACQUIRE_IGNORED, CPU_ORDERED_ATOMIC, CPU_ACCESS_ACQUIRE, 0, CPU_ACCESS_ACQUIRE, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].kind == kind && (access->flags & rows[i].of) == rows[i].of && !(access->flags & rows[i].without) &&
            cpu_fault_injected(cpu, rows[i].fault))
            access->flags = (uint16_t)((access->flags & ~rows[i].clear) | rows[i].set);
}
#else
#define cpu_fault_order(cpu, kind, access) ((void)(cpu), (void)(access))
#endif

#endif
