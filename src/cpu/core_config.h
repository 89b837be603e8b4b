/* A core as the machine sees it: its parameters, its wires, its life. */
#ifndef MESIM_CPU_CORE_CONFIG_H
#define MESIM_CPU_CORE_CONFIG_H

#include "cpu/cpu.h"
#include "cpu/system.h"

/* Where LSE atomics to cacheable memory are performed. */
typedef enum cpu_atomics_place {
    CPU_ATOMICS_NEAR, /* in the L1D, on a line in M */
    CPU_ATOMICS_FAR,  /* in the L2 */
    CPU_ATOMICS_AUTO, /* near where the L1D has the line in E or M, else far */
} cpu_atomics_place_t;

typedef struct cpu_core_config {
    unsigned index;
    uint64_t mpidr;
    uint64_t period_ps;
    uint32_t l1i_size_bytes, l1i_ways;
    uint32_t load_queue_entries;   /* loads in flight, 1 to CPU_MAX_LOADS */
    uint32_t store_buffer_entries; /* lines with waiting stores, 1 to CPU_MAX_STORES */
    uint32_t drain_jitter_cycles;  /* perturb layer: a store waits in the buffer for up to so long; 0: not at all */
    uint32_t load_jitter_cycles;   /* the same: a load that misses asks for its line up to so late */
    uint64_t jitter_seed;
    uint32_t combine_entries;     /* lines in the write-combining buffer, 0 to CPU_MAX_COMBINES */
    uint32_t combine_age_cycles;  /* for which an entry waits there at most */
    uint64_t ram_base, ram_bytes; /* where accesses around the caches never fail */
    uint32_t mispredict_cycles;
    uint32_t isb_cycles;            /* refill of the pipeline after a context synchronisation */
    uint32_t exception_cycles;      /* from the decision to take an exception to the first vector instruction */
    uint32_t exclusive_hold_cycles; /* for which a load-exclusive keeps a line it found exclusive; 0: not */
    cpu_atomics_place_t atomics;
    uint32_t atomic_cycles; /* of an LSE atomic whose line is in M, beyond a store */
    bool fast_path;         /* L0 filters and threaded handlers; never changes a result */
    /* Invariant checker (--check), or NULL: told of every store when it is performed. */
    void (*on_store)(void *checker, uint64_t now_ps, uint64_t line_address, uint64_t mask, const uint8_t *data);
    /* Of every byte that a load or atomic gets from the L1D, never across a line; then no load goes by the L0 filter.
     */
    void (*on_load)(void *checker, uint64_t now_ps, uint64_t address, const uint8_t *bytes, unsigned size_bytes);
    void *checker;
    /* The core has left its window for the machine: before the instruction that cpu_core_set_mark names, or after a
     * pseudo-operation (M5OP), with x0 and x1. May be NULL where neither can be. */
    void (*on_mark)(void *machine, unsigned core);
    void (*on_pseudo_op)(void *machine, unsigned core, uint64_t pc, unsigned function, uint64_t x0, uint64_t x1);
    void *machine;
    uint32_t l2_size_bytes, l2_ways; /* for DC xSW at level 2 */
    cache_l1d_config_t l1d;
    mmu_config_t mmu;
    cpu_system_config_t system; /* what the registers tell */
} cpu_core_config_t;

struct cpu_decoder; /* cpu/isa/isa.h; it also knows the costs */
struct cpu_functional;

/* What surrounds a core. */
typedef struct cpu_core_wiring {
    engine_link_t *to_cluster, *from_cluster; /* also of the L1D */
    engine_link_t *to_gic, *from_gic;
    engine_link_t *to_power, *from_power;
    gic_cpuif_t *gic;
    trace_port_t *core_trace; /* exceptions; names: cpu_exception_trace_names */
    trace_port_t *l1d_trace;
    trace_port_t *memory_trace; /* NULL: not traced; names: cpu_memory_trace_names */
} cpu_core_wiring_t;

/* Creates a core as a component, powered down. */
int cpu_core_new(engine_t *engine, const cpu_core_config_t *config, const struct cpu_decoder *decoder, cpu_t **ret_cpu,
                 base_error_t *error);
/* Called once, before the first run. */
int cpu_core_attach(cpu_t *cpu, const cpu_core_wiring_t *wiring, base_error_t *error);
/* HLT #0xF000 becomes a call to the semihosting host over these links. Before the first run. */
void cpu_core_attach_semihosting(cpu_t *cpu, engine_link_t *to_host, const engine_link_t *from_host);
void cpu_core_free(cpu_t *cpu);
/* Releases the core at `entry` with x0, as the power controller does. For the boot core, before the first run. */
void cpu_core_start(cpu_t *cpu, uint64_t entry, uint64_t x0);
/* A core that sleeps in WFI goes on at `pc` at `cycle`, not before its present one, with X0 to X30 from x and NZCV
 * clear, as an external debugger would let it. Between runs of the engine. */
void cpu_core_resume(cpu_t *cpu, uint64_t pc, const uint64_t x[31], uint64_t cycle);
/* The core stops, once, before the instruction at pc and calls config.on_mark; it goes on in the next run of the
 * engine.
 */
void cpu_core_set_mark(cpu_t *cpu, uint64_t pc);
/* Settles the counters that depend on the present (cycles, sleep) at the end of the run. */
void cpu_core_settle(cpu_t *cpu, uint64_t now_ps);
/* The core stops for good before executing an instruction at or after this cycle (--max-cycles). */
void cpu_core_limit(cpu_t *cpu, uint64_t cycles);

#endif
