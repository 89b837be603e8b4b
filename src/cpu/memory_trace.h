/* Trace records of a core's memory path, for explanations of what order accesses took: when loads bind, stores enter
 * and leave the store buffer, barriers end. Written only where the core has such a port (machine option trace_memory,
 * without the fast path, which would not tell of hits). The record's address is that of the access, its value the
 * datum. */
#ifndef MESIM_CPU_MEMORY_TRACE_H
#define MESIM_CPU_MEMORY_TRACE_H

#include "cpu/core.h"

/* X(identifier, "what happens") */
#define CPU_MEMORY_EVENTS(X)                                                                                           \
    X(LOAD_READS, "load reads the L1")                                                                                 \
    X(LOAD_FORWARDED, "load reads the store buffer")                                                                   \
    X(LOAD_WAITS, "load misses, later ones go on")                                                                     \
    X(LOAD_AROUND, "load goes to memory, later ones go on")                                                            \
    X(LOAD_BINDS, "load gets its value")                                                                               \
    X(STORE_WAITS, "store enters the store buffer")                                                                    \
    X(STORE_DRAINS, "store drains, others see it")                                                                     \
    X(STORE_WRITES, "store writes the L1 at once")                                                                     \
    X(ATOMIC, "atomic reads and writes the L1")                                                                        \
    X(ATOMIC_SENT, "far atomic goes to the L2")                                                                        \
    X(ATOMIC_ANSWERED, "far atomic gets the old value")                                                                \
    X(ATOMIC_DONE, "far atomic was performed")                                                                         \
    X(EXCLUSIVE, "store-exclusive writes the L1")                                                                      \
    X(STORE_GATHERS, "store enters the write-combining buffer")                                                        \
    X(STORE_LEAVES, "store leaves for memory")                                                                         \
    X(BARRIER, "barrier ends")

typedef enum cpu_memory_event {
#define CPU_MEMORY_EVENT(id, text) CPU_MEMORY_##id,
    CPU_MEMORY_EVENTS(CPU_MEMORY_EVENT)
#undef CPU_MEMORY_EVENT
        CPU_MEMORY_EVENT_COUNT
} cpu_memory_event_t;

extern const trace_names_t cpu_memory_trace_names;

/* bytes: as in memory, up to 8 of them are told; NULL: no value. */
void cpu_trace_memory_slow(cpu_t *cpu, uint64_t now_cycles, cpu_memory_event_t event, uint64_t address, uint64_t pc,
                           const uint8_t *bytes, unsigned length);

static inline void cpu_trace_memory(cpu_t *cpu, uint64_t now_cycles, cpu_memory_event_t event, uint64_t address,
                                    uint64_t pc, const uint8_t *bytes, unsigned length)
{
    if (base_unlikely(cpu->core->memory_trace != NULL))
        cpu_trace_memory_slow(cpu, now_cycles, event, address, pc, bytes, length);
}

#endif
