/* A memory port over one flat array: no translation, no caches, no time. For tests of instruction semantics.
 *
 * An access that is not wholly inside, or that must be aligned and is not, does nothing and returns CPU_JUMP, as an
 * abort would. What it is asked beyond loads and stores it writes down. */
#ifndef MESIM_TESTS_CPU_FLAT_PORT_H
#define MESIM_TESTS_CPU_FLAT_PORT_H

#include "cpu/cpu.h"
#include "cpu/isa/opcode.h"

typedef struct flat_memory {
    uint64_t base; /* address of bytes[0] */
    uint64_t size_bytes;
    uint8_t *bytes;
    cpu_status_t accepted; /* what an access that succeeds returns: CPU_OK, or CPU_LEAVE */
    bool retry;            /* the next access returns CPU_RETRY, and does nothing */

    /* The exclusive monitor. */
    bool monitor_armed;
    uint64_t monitor_va;
    unsigned monitor_bytes;

    /* What the last call of each kind was. */
    unsigned faults, prefetches, events;
    cpu_access_t access;
    uint64_t prefetch_va;
    bool prefetch_for_store;
    cpu_barrier_t barrier;
    cpu_barrier_types_t barrier_types;
    unsigned barrier_domain, barriers, isbs;
} flat_memory_t;

extern const cpu_memory_port_t flat_port;

/* A core at EL1 with all registers zero over `memory`, which it does not own; caches, MMU and GIC are absent, and the
 * L0 filter is empty. Freed with flat_cpu_free. */
cpu_t *flat_cpu_new(flat_memory_t *memory);
void flat_cpu_free(cpu_t *cpu);

/* flat_cpu_step counts the rows that it executes; what goes through handlers, the test says. The counts of the process
 * are appended to the file that MESIM_ROW_COUNTS names, if it does, when a core is freed (cpu/row_counts.h). */
void flat_count_row(cpu_opcode_t row, unsigned times);

/* Lets the L0 filter answer for [va, va + CPU_L0_ENTRIES lines), which must be inside the memory, or for nothing. */
void flat_cpu_fill_l0(cpu_t *cpu, uint64_t va);
void flat_cpu_clear_l0(cpu_t *cpu);

/* Executes one instruction at `pc`, and returns its status: CPU_OK for those that have none. *ret_next is the address
 * of the next one, where the status is CPU_OK or CPU_LEAVE. */
cpu_status_t flat_cpu_step(cpu_t *cpu, const cpu_insn_t *in, uint64_t pc, uint64_t *ret_next);

/* The handler to put behind a block's last instruction: handlers stop there with cpu->pc behind the block. */
cpu_handler_t flat_stop;
/* Executes from insns[index], the first of the block being at `pc`, through the handlers until they leave: to
 * cpu->next, or to cpu->pc when that is NULL. */
void flat_cpu_enter(cpu_t *cpu, const cpu_insn_t *insns, unsigned index, uint64_t pc);

#endif
