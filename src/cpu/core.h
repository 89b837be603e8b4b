/* The pipeline of one core: what surrounds the handlers, and the state of its parts, each with a header of its own.
 *
 * The core's loop (core.c) alternates between handling what is due (inbox messages, timers, interrupts) and
 * executing instructions up to the next such time. An instruction that cannot go on returns CPU_RETRY: the core blocks,
 * and executes it again after the next event. */
#ifndef MESIM_CPU_CORE_H
#define MESIM_CPU_CORE_H

#include "base/random.h"
#include "cpu/combine.h"
#include "cpu/core_config.h"
#include "cpu/cpu.h"
#include "cpu/debug.h"
#include "cpu/fetch.h"
#include "cpu/hold.h"
#include "cpu/load_queue.h"
#include "cpu/monitor.h"
#include "cpu/profile.h"
#include "cpu/semihosting.h"
#include "cpu/store_buffer.h"
#include "cpu/transfer.h"

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
    uint32_t semihosting_link; /* UINT32_MAX: none */
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
    uint32_t load_count, exclusives;
    uint32_t acquires;                  /* loads and atomics in flight that younger accesses must wait for */
    cpu_store_t stores[CPU_MAX_STORES]; /* oldest first */
    uint32_t store_count, releases;
    cpu_posted_atomic_t atomics[CPU_MAX_STORES];
    uint64_t atomics_used;      /* bit an entry */
    uint64_t atomic_unit_cycle; /* until then the atomic unit has one that was posted */
    uint32_t atomic_results;    /* posted atomics whose result is wanted: reads in flight */
    uint32_t epoch;
    cpu_combine_t combines[CPU_MAX_COMBINES];
    uint32_t combine_count;
    uint64_t combine_cycle; /* when the next of them goes by itself or earlier, or UINT64_MAX */
    uint64_t drain_cycle;   /* when the next store becomes ready, or UINT64_MAX */
    uint64_t ask_cycle;     /* when the next load asks for its line by load_jitter_cycles, or UINT64_MAX */
    base_random_t jitter_random;
    trace_port_t *memory_trace;
    uint64_t sequence; /* numbers loads and stores in program order */
    cpu_monitor_t monitor;
    cpu_semihosting_t semihosting;
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
    bool released_around;            /* a store-release went around the caches, and may be among them */
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
    CPU_TRANSACTION_LOAD, /* + 2 * index in cpu_core_t.loads + part */
};

/* Sends a request of the core to its cluster; message->source is filled in. */
void cpu_send(cpu_t *cpu, uint64_t now_cycles, chi_message_t *message);

/* The line being entered holds the mark. */
static inline bool cpu_near_mark(const cpu_t *cpu)
{
    return cpu->core->mark_pc != CPU_L0_NONE && cpu->line_pc == chi_line(cpu->core->mark_pc);
}

/* A line that was asked for did not arrive: whoever asked takes the error, and it is no SError. */
bool cpu_take_line_failure(cpu_t *cpu, uint64_t physical);

/* Blocks the instruction: sets why, returns CPU_RETRY. */
cpu_status_t cpu_retry(cpu_t *cpu, cpu_stall_kind_t kind, cpu_block_t block);

/* The access is done: CPU_LEAVE when time must be added. */
static inline cpu_status_t cpu_accepted(const cpu_t *cpu)
{
    return cpu->delay_cycles ? CPU_LEAVE : CPU_OK;
}

/* Adds cycles spent blocked to the table of stalls. */
void cpu_account_stall(cpu_t *cpu, uint64_t cycles);

#endif
