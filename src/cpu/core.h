/* The pipeline of one core: what surrounds the handlers. Private to src/cpu/core*.c, fetch.c, load_queue.c,
 * store_buffer.c, timing_port*.c; the machine uses the functions of the first section.
 *
 * The core's loop (core.c) alternates between handling what is due (inbox messages, timers, interrupts) and
 * executing instructions up to the next such time. An instruction that cannot go on returns CPU_RETRY: the core blocks,
 * and executes it again after the next event. */
#ifndef MESIM_CPU_CORE_H
#define MESIM_CPU_CORE_H

#include "base/random.h"
#include "cpu/cpu.h"
#include "cpu/profile.h"
#include "cpu/system.h"

/* --- what the machine uses --- */

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
    uint32_t combine_entries;    /* lines in the write-combining buffer, 0 to CPU_MAX_COMBINES */
    uint32_t combine_age_cycles; /* for which an entry waits there at most */
    uint32_t mispredict_cycles;
    uint32_t isb_cycles;            /* refill of the pipeline after a context synchronisation */
    uint32_t exception_cycles;      /* from the decision to take an exception to the first vector instruction */
    uint32_t exclusive_hold_cycles; /* for which a load-exclusive keeps a line it found exclusive; 0: not */
    uint32_t atomic_cycles;         /* of an LSE atomic whose line is in M, beyond a store */
    bool fast_path;                 /* L0 filters and threaded handlers; never changes a result */
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

/* --- inside the core --- */

enum { CPU_MAX_LOADS = 32, CPU_MAX_STORES = 64, CPU_MAX_POSTED_WRITES = 16, CPU_MAX_COMBINES = 8, CPU_LINE_INSNS = 17 };

/* A line of the L1I with its decoded instructions. Not coherent: only fills and IC operations change it. */
typedef struct cpu_fetch_line {
    cpu_insn_t insns[CPU_LINE_INSNS];
    uint8_t bytes[CHI_LINE_BYTES];
    uint64_t address; /* physical line, or CPU_L0_NONE */
    uint64_t last_use;
} cpu_fetch_line_t;

/* A load whose bytes are not all there. Bytes are gathered as lines arrive; then the registers are written. */
typedef struct cpu_load {
    bool valid;
    uint8_t waiting; /* bit i: part i has not arrived */
    uint8_t bytes[CPU_ACCESS_MAX_BYTES];
    uint64_t line[2];  /* physical line of part i */
    uint64_t physical; /* of the first byte: for the monitor */
    uint64_t sequence;
    uint64_t registers; /* to clear from cpu->pending */
    uint64_t pc;
    uint64_t issue_cycle;
    uint64_t ask_cycle; /* unasked parts' lines are asked for at this cycle */
    uint8_t unasked;
    uint8_t shareability[2];
    uint8_t offset[2]; /* in the line */
    uint8_t first[2];  /* in bytes[] */
    uint8_t length[2];
    cpu_access_t access;
} cpu_load_t;

enum { CPU_ATOMIC_MAX_BYTES = 32 };

/* An LSE atomic: what to do with the bytes at `physical`, and where the old ones go. */
typedef struct cpu_posted_atomic {
    cpu_access_t access; /* rt, rt2: of the result */
    uint64_t physical, pc;
    bool compares; /* CAS: stores `operand` where the bytes are `expected`; else op(old, operand) */
    cpu_atomic_op_t op;
    uint8_t operand[CPU_ATOMIC_MAX_BYTES], expected[CPU_ATOMIC_MAX_BYTES];
} cpu_posted_atomic_t;

/* Stores to one line, or one atomic, waiting for ownership or for what must come before them. */
typedef struct cpu_store {
    uint64_t line;        /* physical */
    uint64_t mask;        /* bytes of data that are stored */
    uint64_t sequence;    /* of the oldest store merged here */
    uint64_t pc;          /* of the first store */
    uint32_t epoch;       /* stores of a later epoch (after DMB ST) wait for all earlier ones */
    bool release;         /* waits for all older ones */
    uint64_t ready_cycle; /* not before; with drain_jitter_cycles */
    bool upgrade;         /* the line was readable when ownership was asked for: only invalidations are awaited */
    uint8_t shareability;
    uint8_t atomic; /* 0, or 1 + its number in cpu_core_t.atomics: not a store, and nothing is forwarded */
    uint8_t data[CHI_LINE_BYTES];
} cpu_store_t;

/* Stores to one line of memory that permits gathering (combine.h), oldest entry first. */
typedef struct cpu_combine {
    uint64_t line, mask, pc, until_cycle;
    uint8_t memory_type, shareability;
    uint8_t data[CHI_LINE_BYTES];
} cpu_combine_t;

/* One part of an access: at most two, when it crosses a line. */
typedef struct cpu_part {
    uint64_t physical;
    uint8_t first, length; /* bytes [first, first + length) of the access */
    uint8_t memory_type, shareability;
    bool writable;
} cpu_part_t;

/* A Device or Non-cacheable access, or an instruction fetch, in flight; one of each at a time. */
typedef struct cpu_transfer {
    bool active, arrived;
    uint8_t error;
    uint8_t part; /* which element or part is in flight */
    uint64_t address;
    uint8_t data[CHI_LINE_BYTES];
    uint8_t bytes[CPU_ACCESS_MAX_BYTES]; /* gathered so far */
} cpu_transfer_t;

/* The local exclusive monitor (Arm ARM B2.9). */
typedef struct cpu_monitor {
    bool armed;
    uint8_t size_bytes;
    uint64_t address; /* physical */
    uint64_t *lost;   /* why the last one was cleared: a counter of cpu->stats */
} cpu_monitor_t;

/* A line kept against snoops for a bounded time (hold.c). */
typedef enum cpu_hold_reason {
    CPU_HOLD_ATTEMPT,   /* it arrived for the blocked instruction: until that has run once */
    CPU_HOLD_EXCLUSIVE, /* a load-exclusive found it exclusive: until its store-exclusive, or a time limit */
    CPU_HOLD_REASONS
} cpu_hold_reason_t;
typedef struct cpu_hold {
    bool active, deferred; /* deferred: a snoop waits here */
    uint64_t line, until_cycle;
    chi_message_t snoop;
} cpu_hold_t;

/* Which debug exceptions the present state of the core can generate (cpu/debug.h). */
typedef struct cpu_debug {
    bool stepping, breaking, watching;
    bool armed;   /* stepping or breaking: instructions run one at a time */
    bool stepped; /* the last instruction ended a step, and was a load-exclusive */
    bool stepped_exclusive;
} cpu_debug_t;

/* A SnpDVMSync that waits until every load and store up to `sequence` has finished. */
typedef struct cpu_sync {
    uint64_t sequence;
    chi_message_t snoop;
} cpu_sync_t;

typedef struct cpu_core {
    cpu_core_config_t config;
    const struct cpu_decoder *decoder;
    cache_l1d_t *l1d;
    struct cpu_functional *functional; /* memory in functional mode (cpu/functional.h); NULL: timing mode */
    uint64_t counter_floor;            /* the system counter as functional mode left it: never less from then on */
    cache_line_t functional_line;      /* L0 entries of functional mode note their uses in it; nobody reads it */
    uint32_t cluster_link, gic_link, power_link;
    uint64_t window_end_ps;
    uint64_t timer_ps; /* next event of timers and performance monitors, as of the last time something could have
                          changed it */
    bool timer_stale;
    cpu_debug_t debug;
    uint64_t reciprocal; /* of the period: 2^64 / period_ps, rounded down */
    uint64_t stop_cycle;
    uint64_t mark_pc; /* or CPU_L0_NONE; its line is never entered through the fetch L0 */
    bool yield;       /* leave this window early: the machine has something to do */

    cpu_fetch_line_t *fetch_lines; /* sets * ways */
    uint32_t fetch_sets, fetch_ways;
    bool refetch; /* the current line may be stale or gone: fetch again at the next event */
    cpu_transfer_t fetch;
    cpu_fetch_line_t *uncached; /* buffer for fetches that may not be cached */

    cpu_load_t loads[CPU_MAX_LOADS];
    uint32_t load_count, acquires, exclusives; /* in flight; acquires: younger accesses must wait */
    cpu_store_t stores[CPU_MAX_STORES];        /* oldest first */
    uint32_t store_count, releases;
    cpu_posted_atomic_t atomics[CPU_MAX_STORES];
    uint64_t atomics_used;   /* bit an entry */
    uint32_t atomic_results; /* posted atomics whose result is wanted: reads in flight */
    uint32_t epoch;
    cpu_combine_t combines[CPU_MAX_COMBINES];
    uint32_t combine_count;
    uint64_t combine_cycle; /* when the next of them goes by itself or earlier, or UINT64_MAX */
    uint64_t drain_cycle;   /* when the next store becomes ready by drain_jitter_cycles, or UINT64_MAX */
    uint64_t ask_cycle;     /* when the next load asks for its line by load_jitter_cycles, or UINT64_MAX */
    base_random_t jitter_random;
    trace_port_t *memory_trace;
    uint64_t sequence; /* numbers loads and stores in program order */
    cpu_monitor_t monitor;
    cpu_transfer_t transfer, walk; /* walk: a descriptor read that may not be cached */
    bool serror_pending;           /* a line did not arrive, or a posted write failed: bus error */
    uint64_t failed_line;          /* the last line that did not arrive */
    bool line_failed;

    cpu_hold_t holds[CPU_HOLD_REASONS];
    uint64_t wanted_line; /* the blocked instruction waits for ownership of it */
    bool wants_line;
    bool wanted_upgrade;      /* it was readable when ownership was asked for */
    uint64_t wanted_physical; /* of the access, with its bytes: for the profile */
    uint8_t wanted_bytes;

    uint32_t writes_pending;         /* WriteNoSnoop without Comp */
    uint32_t maintenance_pending;    /* cache maintenance sent by the core itself, without Comp */
    uint32_t dvm_pending;            /* DVMOp without Comp */
    bool dvm_unsynced;               /* a DVMOp was sent since the last DVMSync */
    bool sync_pending;               /* DVMSync sent, Comp awaited */
    cpu_sync_t syncs[CHI_MAX_CORES]; /* SnpDVMSync received and not answered, in order */
    uint32_t sync_requests;

    uint8_t fault_bytes[16]; /* what injected faults remember (cpu/fault.h) */

    cpu_stall_kind_t stall_kind; /* of the instruction that returned CPU_RETRY */
    uint64_t stalls[CPU_STALL_KIND_COUNT][CPU_BLOCK_COUNT];
    cpu_profile_t profile;
} cpu_core_t;

static inline uint64_t cpu_ps(const cpu_t *cpu, uint64_t cycles)
{
    return cycles * cpu->period_ps;
}

/* Transactions of the core's own (the L1D numbers its from 0); the high bit tells them apart. */
enum {
    CPU_TRANSACTION_OWN = 1u << 31,
    CPU_TRANSACTION_FETCH = CPU_TRANSACTION_OWN,
    CPU_TRANSACTION_TRANSFER,
    CPU_TRANSACTION_WALK,
    CPU_TRANSACTION_POSTED_WRITE,
    CPU_TRANSACTION_DVM_OP,
    CPU_TRANSACTION_DVM_SYNC,
    CPU_TRANSACTION_MAINTENANCE,
};

/* Sends a request of the core to its cluster; message->source is filled in. */
void cpu_send(cpu_t *cpu, uint64_t now_cycles, chi_message_t *message);

/* The line being entered holds the mark. */
static inline bool cpu_near_mark(const cpu_t *cpu)
{
    return cpu->core->mark_pc != CPU_L0_NONE && cpu->line_pc == chi_line(cpu->core->mark_pc);
}

/* Blocks the instruction: sets why, returns CPU_RETRY. */
cpu_status_t cpu_retry(cpu_t *cpu, cpu_stall_kind_t kind, cpu_block_t block);

/* fetch.c: brings the line at cpu->pc and sets cpu->next; false when blocked or an exception was taken. */
bool cpu_fetch(cpu_t *cpu);
int cpu_fetch_init(cpu_t *cpu, base_error_t *error);
/* Begins again with so large an array of lines, all empty. Not while handlers run. */
int cpu_fetch_resize(cpu_t *cpu, uint32_t size_bytes, uint32_t ways, base_error_t *error);
void cpu_fetch_done(cpu_t *cpu);
void cpu_fetch_receive(cpu_t *cpu, const chi_message_t *message);
void cpu_fetch_invalidate_all(cpu_t *cpu);
void cpu_fetch_invalidate_line(cpu_t *cpu, uint64_t physical);
void cpu_fetch_drop_l0(cpu_t *cpu, uint64_t va, uint64_t bytes);

/* l0.c */
void cpu_l0_clear(cpu_t *cpu);
void cpu_l0_drop(cpu_t *cpu, uint64_t va, uint64_t bytes);
void cpu_l0_line_lost(cpu_t *cpu, uint64_t physical, bool to_shared);
void cpu_l0_fill(cpu_t *cpu, uint64_t va, cache_line_t *line, bool writable);

/* hold.c. The attempt's hold ends by release only, after the instruction ran once. */
void cpu_hold_line(cpu_t *cpu, cpu_hold_reason_t reason, uint64_t line_address, uint64_t until_cycle);
/* It ends at the next look of the core's loop; a deferred snoop is handled then. */
void cpu_hold_expire(cpu_t *cpu, cpu_hold_reason_t reason);
/* Ends it now. Only from the core's loop, where cpu->cycle is the present. */
void cpu_hold_release(cpu_t *cpu, cpu_hold_reason_t reason);
/* A snoop waits for the end of a hold. */
bool cpu_hold_defers(const cpu_t *cpu);
/* True: the message is a snoop of a held line, and will be handled at the end of the hold. */
bool cpu_hold_takes(cpu_t *cpu, const chi_message_t *message);
uint64_t cpu_hold_next_event_ps(const cpu_t *cpu);

/* load_queue.c */
bool cpu_load_has_room(const cpu_t *cpu);
/* Enters a load; bytes[] holds what is there already, bit i of waiting says that part i is not. */
cpu_load_t *cpu_load_enter(cpu_t *cpu, const cpu_access_t *access, uint64_t pc, const cpu_part_t *parts,
                           unsigned waiting, const uint8_t *bytes);
/* The load's lines are asked for after a random delay, by cpu_load_ask, which is called after every event. */
void cpu_load_postpone(cpu_t *cpu, uint64_t now_cycles, cpu_load_t *load);
void cpu_load_ask(cpu_t *cpu, uint64_t now_cycles);
/* The line is there (data NULL: bus error): binds the values of all loads that wait for it. */
void cpu_load_arrived(cpu_t *cpu, uint64_t line_address, const uint8_t *data);
/* Writes a completed load's registers and arms the monitor where it was exclusive. */
void cpu_load_complete(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access, const uint8_t *bytes,
                       uint64_t physical);
uint64_t cpu_load_registers(const cpu_access_t *access);
bool cpu_load_older_than(const cpu_t *cpu, uint64_t sequence);

/* store_buffer.c */
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
/* Lets drain what may; asks for ownership where it is missing. Called after every event. */
void cpu_store_drain(cpu_t *cpu, uint64_t now_cycles);
/* Renews cpu->store_filter from the entries and the acquires in flight. */
void cpu_store_update_filter(cpu_t *cpu);
/* The cause to record while older stores have not drained. */
cpu_block_t cpu_store_cause(const cpu_t *cpu);
/* Writes the bytes of mask to a line in M, and tells the checker. */
void cpu_store_write(cpu_t *cpu, uint64_t now_ps, cache_line_t *line, uint64_t mask, const uint8_t *data);

/* monitor.c */
void cpu_monitor_arm(cpu_t *cpu, uint64_t now_cycles, uint64_t physical, unsigned size_bytes);
void cpu_monitor_clear(cpu_t *cpu, uint64_t *reason);
/* The present monitor answers a store-exclusive of size_bytes at physical; disarms it. Counts a failure's cause. */
bool cpu_monitor_matches(const cpu_t *cpu, uint64_t physical, unsigned size_bytes);
bool cpu_monitor_claim(cpu_t *cpu, uint64_t pc, uint64_t physical, unsigned size_bytes);
void cpu_monitor_line_lost(cpu_t *cpu, uint64_t line_address, bool by_snoop);

/* transfer.c: Device and Non-cacheable accesses. bytes: as in memory, from the first of the access. */
void cpu_transfer_receive(cpu_transfer_t *transfer, const chi_message_t *message);
cpu_status_t cpu_transfer_read(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                               const cpu_part_t *parts, unsigned count, uint8_t *ret_bytes);
cpu_status_t cpu_transfer_write(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                const cpu_part_t *parts, unsigned count, const uint8_t *bytes);

/* timing_port.c */
/* What an access must wait for because of order, before it looks at memory. CPU_OK: nothing. */
cpu_status_t cpu_wait_for_order(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access);
/* Tells the checker, where there is one, of bytes that came from a line of the L1D. */
static inline void cpu_show_load(cpu_t *cpu, uint64_t now_cycles, uint64_t physical, const uint8_t *bytes,
                                 unsigned size_bytes)
{
    if (base_unlikely(cpu->core->config.on_load != NULL))
        cpu->core->config.on_load(cpu->core->config.checker, cpu_ps(cpu, now_cycles), physical, bytes, size_bytes);
}
/* An access that reads and writes at once finds its line owned, and nothing that must precede it. */
bool cpu_may_write_now(cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *part);
/* An access that reads and writes at once needs the line in M, no older store to it, and older ones out of the
 * way where it releases. CPU_OK: *ret_line is that line. */
cpu_status_t cpu_own_line(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                          const cpu_part_t *part, cpu_stall_kind_t kind, cache_line_t **ret_line);

/* Adds cycles spent blocked to the table of stalls. */
void cpu_account_stall(cpu_t *cpu, uint64_t cycles);

extern const cpu_memory_port_t cpu_timing_port;

#endif
