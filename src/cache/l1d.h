/* The private L1 data cache of one core: array, miss registers (MSHR), write-back buffer, and its side of
 * the coherence protocol. It belongs to the core complex: the core calls it directly; toward the cluster
 * it speaks CHI messages over a link.
 *
 * Lines hold data. The core reads and writes the bytes of a line only through the pointer that
 * l1d_lookup or a callback gave it, and only while the state allows (S, E, M to read; M to write).
 *
 * Time is the core's, in picoseconds, never going back from call to call. */
#ifndef MESIM_CACHE_L1D_H
#define MESIM_CACHE_L1D_H

#include "base/error.h"
#include "cache/fault.h"
#include "engine/engine.h"
#include "interconnect/chi.h"
#include "observe/stats.h"
#include "observe/trace.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cache_l1d cache_l1d_t;

/* Stable states first, then the transients of Sorin, Hill and Wood, "A Primer on Memory Consistency and
 * Cache Coherence", 2nd ed., chapter 8 (named after the pair of stable states and what is awaited). The
 * protocol table (cache/protocol_l1.def) is the authority; a stable state's number is ABI for the core. */
typedef enum cache_state { CACHE_I, CACHE_S, CACHE_E, CACHE_M, CACHE_FIRST_TRANSIENT } cache_state_t;

/* A line of the array. The core may keep a pointer (its L0 filter) until on_line_lost names the line. */
typedef struct cache_line {
    uint64_t address;  /* physical line address */
    uint8_t *data;     /* 64 bytes */
    uint64_t last_use; /* LRU stamp: the core stores its cycle here on each hit, L0 hits included */
    uint8_t state;     /* cache_state_t or a transient */
    uint8_t way;
    uint16_t set;
} cache_line_t;

typedef enum cache_replacement { CACHE_LRU, CACHE_PLRU } cache_replacement_t;

typedef struct cache_l1d_config {
    uint32_t size_bytes; /* power-of-two sets: size / (64 * ways) */
    uint32_t ways;
    uint32_t mshrs;                 /* outstanding line requests, 1 to 64 */
    uint32_t write_back_entries;    /* dirty or clean lines given up and not yet acknowledged */
    uint32_t snoop_response_cycles; /* from arrival of a snoop to departure of its response */
    cache_replacement_t replacement;
    uint64_t period_ps;      /* the core's clock */
    uint64_t evict_seed;     /* perturb layer: forced evictions ... */
    uint32_t evict_interval; /* ... one at every so many misses on average; 0: none */
    cache_fault_t fault;     /* only with MESIM_FAULTS=1 */
} cache_l1d_config_t;

typedef struct cache_l1d_stats {
    uint64_t load_misses, store_misses, upgrades;
    uint64_t evictions_clean, evictions_dirty;
    uint64_t snoops_received, snoop_hits, snoop_data_supplied;
    uint64_t fills_from_l2, fills_cache_to_cache, fills_from_memory;
    uint64_t requests[CHI_OPCODE_COUNT]; /* sent, by opcode */
} cache_l1d_stats_t;

/* Upcalls to the core. All are made inside a call of the core into the cache. */
typedef struct cache_l1d_client {
    void *self;
    /* The line is now readable (S, E) or writable (M) and miss `line->address` is over: loads waiting for it
     * bind their values now, then stores waiting for ownership drain, all before the call returns; after it,
     * a waiting snoop may take the line away. Requests made inside the call never evict this line. A line asked for
     * with CACHE_WANT_OVERWRITE comes with zeros: the core writes all of it inside the call. `error`: CHI_OKAY, or the
     * fill failed and line is NULL. `from`: CHI_FLAG_CACHE_TO_CACHE, CHI_FLAG_L2_HIT or 0 (memory). */
    void (*on_fill)(void *self, uint64_t now_ps, uint64_t line_address, cache_line_t *line, unsigned error,
                    unsigned from);
    /* A far atomic has been performed, or failed. old: the line's bytes that it accessed, at their place; NULL for an
     * AtomicStore or an error. from: as above. May be NULL where none is sent. */
    void (*on_atomic)(void *self, uint64_t now_ps, uint64_t line_address, const uint8_t *old, unsigned error,
                      unsigned from);
    /* The line leaves the array, or loses write permission (to_shared): L0 entries must go; with !to_shared the
     * exclusive monitor on it clears. by_snoop: another agent asked; else eviction or own maintenance. */
    void (*on_line_lost)(void *self, uint64_t now_ps, uint64_t line_address, bool to_shared, bool by_snoop);
} cache_l1d_client_t;

/* core: index, the `source` of its requests. port: trace port of this cache (names: cache_l1d_trace_names).
 * link: to the cluster. Bit 31 of `transaction` is clear in all its requests: the core may use it for its own.
 * -EINVAL with one line in error when the configuration is impossible. */
int cache_l1d_new(const cache_l1d_config_t *config, unsigned core, engine_link_t *link, trace_port_t *port,
                  const cache_l1d_client_t *client, cache_l1d_t **ret_l1d, base_error_t *error);
void cache_l1d_free(cache_l1d_t *l1d); /* NULL is fine */

/* The line when it is readable (S, E, M or a transient that still holds readable data), else NULL. Changes
 * nothing and counts nothing; the caller stamps last_use when it uses the line. */
cache_line_t *cache_l1d_lookup(cache_l1d_t *l1d, uint64_t address);

/* E becomes M without a message (the one silent transition). Returns false when the state is neither E nor M. */
bool cache_l1d_make_dirty(cache_l1d_t *l1d, uint64_t now_ps, cache_line_t *line, uint64_t pc);

/* What a request is for. */
typedef enum cache_want {
    CACHE_WANT_READ,      /* ReadShared */
    CACHE_WANT_WRITE,     /* ReadUnique, or CleanUnique when the line is in S */
    CACHE_WANT_OVERWRITE, /* MakeUnique: the whole line will be written */
} cache_want_t;

typedef enum cache_outcome {
    CACHE_HIT,      /* nothing to do: the line already allows it (lookup gives it; E counts for WRITE) */
    CACHE_MISS,     /* a request was sent, or merged into one in flight that will satisfy it */
    CACHE_CONFLICT, /* in flight without the permission wanted (e.g. READ in flight, WRITE wanted): try again after its
                       fill */
    CACHE_FULL,     /* no MSHR, no write-back entry, or every way of the set is in transition: try again after the next
                       message */
} cache_outcome_t;

/* Asks for a line. On CACHE_MISS on_fill follows in a later cache_l1d_receive. pc: for explanation. */
cache_outcome_t cache_l1d_request(cache_l1d_t *l1d, uint64_t now_ps, uint64_t address, cache_want_t want,
                                  chi_shareability_t shareability, uint64_t pc);

/* Sends a far atomic: all of the request but source and transaction is there (interconnect/atomic.h). One at a time to
 * a line, and none to one that is held privately. CACHE_MISS: on_atomic follows in a later cache_l1d_receive; the
 * cluster takes this cache's copy of the line before. CACHE_CONFLICT, CACHE_FULL: as above. */
cache_outcome_t cache_l1d_send_atomic(cache_l1d_t *l1d, uint64_t now_ps, const chi_message_t *request);
/* The line is held, or on its way, for Non-shareable accesses: the cluster does not take this copy for others. */
bool cache_l1d_holds_privately(const cache_l1d_t *l1d, uint64_t address);

/* Handles CompData, Comp and snoops (not DVM, not EVENT) addressed to this cache. NoSnoop responses are the core's. */
void cache_l1d_receive(cache_l1d_t *l1d, uint64_t now_ps, const chi_message_t *message);

/* Cache maintenance by address (the local part; the request to the cluster goes out from here too, and its
 * Comp comes back through cache_l1d_receive, counted by cache_l1d_maintenance_pending for DSB).
 * opcode: CHI_CLEAN_SHARED, CHI_CLEAN_INVALID or CHI_MAKE_INVALID. Returns CACHE_FULL to try again, else CACHE_MISS.
 * An invalidated line is gone when the call returns; accesses to it that follow see what the maintenance leaves
 * (Arm ARM D7.5.9: in program order with loads and stores to the same line). */
cache_outcome_t cache_l1d_maintain(cache_l1d_t *l1d, uint64_t now_ps, chi_opcode_t opcode, uint64_t address,
                                   unsigned flags, uint64_t pc);
/* DC ISW, CSW, CISW at level 1. clean: write dirty data back; invalidate: drop. CACHE_FULL to try again, CACHE_MISS
 * when something was sent, CACHE_HIT when there was nothing to do (also: no such set or way). */
cache_outcome_t cache_l1d_maintain_set_way(cache_l1d_t *l1d, uint64_t now_ps, unsigned set, unsigned way, bool clean,
                                           bool invalidate);
/* Maintenance requests still unacknowledged, with the write-backs that set/way maintenance caused. */
unsigned cache_l1d_maintenance_pending(const cache_l1d_t *l1d);
/* Line requests in flight. */
unsigned cache_l1d_requests_pending(const cache_l1d_t *l1d);

unsigned cache_l1d_sets(const cache_l1d_t *l1d);
unsigned cache_l1d_ways(const cache_l1d_t *l1d);
/* Line at (set, way) for checkers and reports; state CACHE_I when empty. */
const cache_line_t *cache_l1d_at(const cache_l1d_t *l1d, unsigned set, unsigned way);
const cache_l1d_stats_t *cache_l1d_stats(const cache_l1d_t *l1d);
/* The table that describes cache_l1d_stats_t, for stats_add_group. */
const stats_counter_t *cache_l1d_counters(void);
/* How often each cell of the protocol table was met (cache_protocol_row_t.cell). */
const uint64_t *cache_l1d_coverage(const cache_l1d_t *l1d);
const trace_names_t *cache_l1d_trace_names(void);
const char *cache_state_name(unsigned state);
/* Whether the state lets the core read, and write. */
bool cache_state_readable(unsigned state);
bool cache_state_exclusive(unsigned state);

/* For --check: invariants are verified at every transition (cache/checker.h). NULL: not. */
struct cache_checker;
void cache_l1d_set_checker(cache_l1d_t *l1d, struct cache_checker *checker);

#endif
