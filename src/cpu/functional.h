/* Functional mode: all cores read and write RAM directly, with no store buffer, cache or message between, and every
 * access is performed at once. Instructions, exceptions, translation, TLBs, devices, interrupts and time stay those of
 * timing mode; only memory is perfect. For boot and bring-up, before a switch to timing mode.
 *
 * Here cores do share state, so the engine has to visit them in one fixed order, and the interleaving of their
 * accesses is that of the windows: sequentially consistent, and the same in every run.
 *
 * A store clears the exclusive monitors that other cores hold on its line. Decoded instruction lines are not coherent
 * with stores, as in timing mode (CTR_EL0.DIC is 0): IC operations remove them. */
#ifndef MESIM_CPU_FUNCTIONAL_H
#define MESIM_CPU_FUNCTIONAL_H

#include "cpu/cpu.h"

typedef struct cpu_functional cpu_functional_t;

/* ram: the machine's memory, bytes of it from physical address base; both whole lines. */
cpu_functional_t *cpu_functional_new(uint8_t *ram, uint64_t base, uint64_t bytes);
void cpu_functional_free(cpu_functional_t *functional); /* NULL is fine */

/* The core goes on in functional mode; before its first instruction. `functional` outlives that mode. */
int cpu_functional_enter(cpu_t *cpu, cpu_functional_t *functional, base_error_t *error);
/* The core goes on in timing mode, with empty caches and the TLBs and predictor as they are; its exclusive monitor is
 * lost. Between runs of the engine, all cores of a machine together. */
int cpu_functional_leave(cpu_t *cpu, base_error_t *error);

/* A line was written by a device. True: a monitor was cleared, and its core must be sent an event. */
bool cpu_functional_written(cpu_functional_t *functional, uint64_t physical);

/* --- inside src/cpu --- */

/* What CNTPCT_EL0 and CNTVCT_EL0 read where the system counter of the core's own time is `count`. In functional mode
 * cores run ahead of each other by up to a window and share memory at once, so the counter must not be less than any
 * that was read before (Arm ARM D11.1.1: one that all see, which never goes back). */
uint64_t cpu_functional_counter(cpu_t *cpu, uint64_t count);

/* Where `bytes` at physical are in RAM; NULL: not all of them are. */
uint8_t *cpu_functional_ram(const cpu_functional_t *functional, uint64_t physical, uint64_t bytes);

/* After every store to RAM: monitors of other cores on its line are cleared. A core that lost one may sleep in WFE: an
 * event reaches it as a message does. */
void cpu_functional_store_done(cpu_t *cpu, uint64_t now_cycles, uint64_t physical);

extern const cpu_memory_port_t cpu_functional_port;

#endif
