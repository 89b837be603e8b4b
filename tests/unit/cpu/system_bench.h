/* A core without a pipeline: registers, a real MMU, a real GIC CPU interface, and a memory port that writes down what
 * it is asked. Tests call the functions that instructions call, and read what was sent over the links. */
#ifndef MESIM_TESTS_CPU_SYSTEM_BENCH_H
#define MESIM_TESTS_CPU_SYSTEM_BENCH_H

#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/system.h"
#include "gic/stream.h"

enum {
    BENCH_PERIOD_PS = 500,
    BENCH_TICK_PS = 16000,  /* of the counter at 62.5 MHz */
    BENCH_TICK_CYCLES = 32, /* the same in core cycles */
    BENCH_PACKETS = 64,
    BENCH_LINK_PS = 1000,
    BENCH_TABLE_WORDS = 512,
    BENCH_PMU_COUNTERS = 6,
};
#define BENCH_LINE_PC UINT64_C(0x40080000)
#define BENCH_PC      UINT64_C(0x4008000c) /* of bench.in */
#define BENCH_VBAR    UINT64_C(0xffff000000081800)
#define BENCH_TABLE   UINT64_C(0x41000000) /* physical address of bench.table */

/* The last call of the memory port. */
typedef enum bench_call {
    BENCH_NO_CALL,
    BENCH_CACHE_OP,
    BENCH_SET_WAY,
    BENCH_INVALIDATE_ICACHE,
    BENCH_TLBI,
} bench_call_t;

typedef struct bench {
    cpu_t cpu;
    cpu_core_t core;
    cpu_insn_t line[CPU_LINE_INSNS];
    const cpu_insn_t *in; /* the instruction that everything happens to */

    engine_t *engine;
    engine_component_t *sink; /* where gic and power links end */
    gic_packet_t packets[BENCH_PACKETS];
    unsigned packet_count;
    uint8_t power_kinds[BENCH_PACKETS];
    unsigned power_count;
    uint64_t table[BENCH_TABLE_WORDS];
    bool table_missing; /* descriptors are not in the cache yet */

    bench_call_t call;
    uint64_t address;           /* operand of the call */
    unsigned operation, detail; /* cpu_cache_op_t or TLBI number; clean, invalidate or inner_shareable */
    unsigned context_changes, monitor_clears;
    bool cleared_by_exception_return;
} bench_t;

/* CRC32, LSE and LRCPC; 4 cores; reset at time 0, VBAR_EL1 set. */
bench_t *bench_new(void);
bench_t *bench_new_with(cpu_features_t features);
void bench_free(bench_t *bench);

/* As cpu_power_up, VBAR_EL1 and the program counter set again, and all notes forgotten. */
void bench_reset(bench_t *bench);

/* Drops to EL0, as an ERET would. */
void bench_to_el0(bench_t *bench);

/* Lets the links deliver what was sent up to now_ps; packets and power messages are then in the notes. Nothing may be
 * sent before now_ps any more. */
void bench_deliver(bench_t *bench, uint64_t now_ps);
/* The wire packets of one INTID seen so far: how many, and the level of the last. */
unsigned bench_wires(const bench_t *bench, uint32_t intid, bool *ret_level);

/* Raises the IRQ line of the core: a Group 1 interrupt at a priority that is let through. */
void bench_raise_irq(bench_t *bench);

/* MRS and MSR at a cycle; mrs expects success. */
uint64_t bench_mrs(bench_t *bench, unsigned key, uint64_t now_cycles);
cpu_status_t bench_msr(bench_t *bench, unsigned key, uint64_t value, uint64_t now_cycles);

/* ESR_EL1.EC and ISS. */
unsigned bench_class(const bench_t *bench);
uint32_t bench_iss(const bench_t *bench);

#endif
