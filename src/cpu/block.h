/* Why a core is not executing: the states of its loop, and at the same time the causes of stall accounting. */
#ifndef MESIM_CPU_BLOCK_H
#define MESIM_CPU_BLOCK_H

/* X(identifier, "counter", "description") */
#define CPU_BLOCKS(X)                                                                                                  \
    X(BLOCK_OFF, "off", "powered down, waits for PSCI CPU_ON")                                                         \
    X(BLOCK_HALTED, "halted", "the machine was switched off")                                                          \
    X(BLOCK_WFI, "wfi", "asleep in WFI")                                                                               \
    X(BLOCK_WFE, "wfe", "asleep in WFE")                                                                               \
    X(BLOCK_LOAD_VALUE, "load_value", "an operand comes from a load in flight")                                        \
    X(BLOCK_MISS_BUFFER, "miss_buffer", "no free miss register, load-queue entry or way")                              \
    X(BLOCK_STORE_BUFFER, "store_buffer", "the store buffer is full")                                                  \
    X(BLOCK_FORWARD, "forward", "a load partly overlaps an older store that has not drained")                          \
    X(BLOCK_FETCH, "fetch", "the instruction line is in flight")                                                       \
    X(BLOCK_WALK, "walk", "a translation-table walk waits for memory")                                                 \
    X(BLOCK_DEVICE, "device", "a Device or Non-cacheable access is in flight")                                         \
    X(BLOCK_OWNERSHIP, "ownership", "an exclusive store or atomic waits for the line in M")                            \
    X(BLOCK_INVALIDATION, "invalidation",                                                                              \
      "as store_drain, and the oldest store waits for invalidation acknowledgements")                                  \
    X(BLOCK_DRAIN, "store_drain", "older stores are still in the store buffer, waiting for data")                      \
    X(BLOCK_LOADS, "pending_loads", "older loads are still in flight")                                                 \
    X(BLOCK_MAINTENANCE, "cache_maintenance", "cache maintenance is not complete")                                     \
    X(BLOCK_DVM, "dvm", "TLB or instruction-cache maintenance is not complete everywhere")                             \
    X(BLOCK_GIC, "gic", "the interrupt controller has not answered register accesses and interrupts taken before")     \
    X(BLOCK_PSCI, "psci", "waits for the power controller")                                                            \
    X(BLOCK_SEMIHOSTING, "semihosting", "waits for the semihosting host")

typedef enum cpu_block {
    CPU_RUNNING,
#define CPU_BLOCK_ENUM(id, name, description) CPU_##id,
    CPU_BLOCKS(CPU_BLOCK_ENUM)
#undef CPU_BLOCK_ENUM
        CPU_BLOCK_COUNT
} cpu_block_t;

/* Which instruction waits: the rows of the barrier-stall table. */
#define CPU_STALL_KINDS(X)                                                                                             \
    X(PLAIN, "plain", "other instructions")                                                                            \
    X(DMB, "dmb", "DMB")                                                                                               \
    X(DSB, "dsb", "DSB")                                                                                               \
    X(ISB, "isb", "ISB")                                                                                               \
    X(ACQUIRE, "acquire", "load-acquire, and what waits for one")                                                      \
    X(RELEASE, "release", "store-release")                                                                             \
    X(EXCLUSIVE, "exclusive", "load- and store-exclusive")                                                             \
    X(ATOMIC, "atomic", "LSE atomic")

typedef enum cpu_stall_kind {
#define CPU_STALL_ENUM(id, name, description) CPU_STALL_##id,
    CPU_STALL_KINDS(CPU_STALL_ENUM)
#undef CPU_STALL_ENUM
        CPU_STALL_KIND_COUNT
} cpu_stall_kind_t;

const char *cpu_block_name(cpu_block_t block);
const char *cpu_block_description(cpu_block_t block);
const char *cpu_stall_kind_name(cpu_stall_kind_t kind);

#endif
