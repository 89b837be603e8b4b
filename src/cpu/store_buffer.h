/* Stores and posted atomics that wait for ownership of their lines. Younger loads of the core are answered from here.
 */
#ifndef MESIM_CPU_STORE_BUFFER_H
#define MESIM_CPU_STORE_BUFFER_H

#include "cpu/cpu.h"

enum { CPU_MAX_STORES = 64 };

enum { CPU_ATOMIC_MAX_BYTES = 32 };

/* An LSE atomic: what to do with the bytes at `physical`, and where the old ones go. */
typedef struct cpu_posted_atomic {
    cpu_access_t access; /* rt, rt2: of the result */
    uint64_t physical, pc;
    bool compares; /* CAS: stores `operand` where the bytes are `expected`; else op(old, operand) */
    bool acquires; /* posted, and younger accesses wait for its result */
    chi_atomic_op_t op;
    uint8_t operand[CPU_ATOMIC_MAX_BYTES], expected[CPU_ATOMIC_MAX_BYTES];
    uint8_t old[CPU_ATOMIC_MAX_BYTES]; /* performed near: the result */
} cpu_posted_atomic_t;

/* How far an atomic in the store buffer has come. */
typedef enum cpu_atomic_stage {
    CPU_ATOMIC_WAITS,
    CPU_ATOMIC_SENT,      /* far, and on its way: its entry leaves when it is answered */
    CPU_ATOMIC_PERFORMED, /* near: its entry leaves at ready_cycle, when the atomic unit has done with it */
} cpu_atomic_stage_t;

/* Stores to one line, or one atomic, waiting for ownership or for what must come before them. */
typedef struct cpu_store {
    uint64_t line;        /* physical */
    uint64_t mask;        /* bytes of data that are stored */
    uint64_t sequence;    /* of the oldest store merged here */
    uint64_t pc;          /* of the first store */
    uint32_t epoch;       /* stores of a later epoch (after DMB ST) wait for all earlier ones */
    bool release;         /* waits for all older ones */
    uint64_t ready_cycle; /* not before; with drain_jitter_cycles, and of an atomic that was performed */
    bool upgrade;         /* the line was readable when ownership was asked for: only invalidations are awaited */
    uint8_t shareability;
    uint8_t stage;  /* cpu_atomic_stage_t, of an atomic */
    uint8_t atomic; /* 0, or 1 + its number in cpu_core_t.atomics: not a store, and nothing is forwarded */
    uint8_t data[CHI_LINE_BYTES];
} cpu_store_t;

typedef enum cpu_forward { CPU_FORWARD_NONE, CPU_FORWARD_DONE, CPU_FORWARD_PARTIAL } cpu_forward_t;
cpu_forward_t cpu_store_forward(const cpu_t *cpu, uint64_t physical, unsigned length, uint8_t *ret_bytes);
bool cpu_store_holds_line(const cpu_t *cpu, uint64_t physical);
/* A store that waits must be performed before a write to `physical` that does not wait: one to its line, or one from
 * before a DMB ST. */
bool cpu_store_precedes(const cpu_t *cpu, uint64_t physical);
/* Writes to lines that are already owned, when no older store waits. False: nothing was done. */
bool cpu_store_at_once(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *parts, unsigned count,
                       const uint8_t *bytes);
/* All parts of a store fit. */
bool cpu_store_has_room(cpu_t *cpu, const cpu_part_t *parts, unsigned count, bool release);
void cpu_store_push(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *part, const uint8_t *bytes,
                    bool release);
/* Posts an atomic. Its registers are pending until it drains. False: no room, nothing was done. */
bool cpu_store_post_atomic(cpu_t *cpu, uint64_t now_cycles, const cpu_part_t *part, const cpu_posted_atomic_t *atomic);
/* The entry is done with. */
void cpu_store_remove(struct cpu_core *core, unsigned index);
/* Lets drain what may; asks for ownership where it is missing. Called after every event. */
void cpu_store_drain(cpu_t *cpu, uint64_t now_cycles);
/* Renews cpu->store_filter from the entries and the acquires in flight. */
void cpu_store_update_filter(cpu_t *cpu);
/* The cause to record while older stores have not drained. */
cpu_block_t cpu_store_cause(const cpu_t *cpu);
/* Writes the bytes of mask to a line in M, and tells the checker. */
void cpu_store_write(cpu_t *cpu, uint64_t now_ps, cache_line_t *line, uint64_t mask, const uint8_t *data);

#endif
