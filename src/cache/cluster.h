/* A cluster: the snoop control unit with the shared inclusive L2, as one component.
 *
 * The L2's directory (duplicate tags: per line the set of L1Ds that hold it and the one that may own it) is
 * the snoop filter and the cluster's ordering point: requests to one line are handled one at a time, in
 * arrival order. Below it speaks ReadNoSnoop / WriteNoSnoop (whole lines) to the system interconnect, and
 * passes Device and Non-cacheable accesses and their answers through, beside the caches: they are incoherent with
 * what is cached. DVM operations are broadcast to all other cores and answered when all have performed them; EVENTO
 * goes to all other cores and is not answered.
 *
 * Shareability: Inner and Outer Shareable requests are coherent in the whole cluster. A Non-shareable request gets the
 * line from the L2 or memory without any snoop and is recorded as a private holder, which later requests do not snoop
 * either; only keeping the L2 inclusive (replacement, maintenance by way) reaches it. So two cores with Non-shareable
 * copies really are incoherent, and the last write-back wins. Write-Through is handled as Write-Back.
 *
 * Snoops carry the cluster's own `transaction`; their responses return it, with the state the core keeps. Snoops and
 * answers to a core share one channel in order. The tag pipeline takes one request a cycle. */
#ifndef MESIM_CACHE_CLUSTER_H
#define MESIM_CACHE_CLUSTER_H

#include "base/error.h"
#include "cache/fault.h"
#include "engine/engine.h"
#include "interconnect/chi.h"
#include "observe/stats.h"
#include "observe/trace.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cache_cluster cache_cluster_t;

typedef struct cache_cluster_config {
    unsigned cores;         /* 1 to CHI_MAX_CORES */
    uint32_t l2_size_bytes; /* at least the sum of the L1Ds it includes is advised; less works (back-invalidation) */
    uint32_t l2_ways;
    uint32_t l2_tag_cycles;  /* at least 1; from arrival of a request to its snoops leaving or a miss going down */
    uint32_t l2_data_cycles; /* at least 1; from arrival to data leaving, on a hit */
    uint32_t atomic_cycles;  /* for which a far atomic occupies the atomic unit, beyond l2_data_cycles */
    uint32_t transactions;   /* requests handled at once, and victims awaiting acknowledgement: 1 to
                                CACHE_MAX_TRANSACTIONS; more wait in arrival order */
    uint64_t period_ps;
    bool fetch_snoops;   /* ReadOnce snoops L1Ds: CTR_EL0.IDC = 1 */
    bool plru;           /* replacement: tree PLRU instead of true LRU */
    uint32_t index;      /* of this cluster in the order of interconnect_system_attach_cluster */
    cache_fault_t fault; /* only with MESIM_FAULTS=1 */
} cache_cluster_config_t;
enum { CACHE_MAX_TRANSACTIONS = 1024 };

typedef struct cache_cluster_stats {
    uint64_t requests[CHI_OPCODE_COUNT]; /* received, by opcode */
    uint64_t snoops[CHI_OPCODE_COUNT];   /* sent, by opcode */
    uint64_t l2_hits, l2_misses, cache_to_cache_transfers, back_invalidations, write_backs_to_memory;
    uint64_t snoops_filtered;  /* coherent requests that the directory answered without any snoop */
    uint64_t stalled_requests; /* waited for another transaction on their line or for a buffer */
    uint64_t dvm_operations, dvm_syncs;
} cache_cluster_stats_t;

/* Creates the component; links are attached before the first run. port: names by cache_cluster_trace_names.
 * -EINVAL with one line in error when the configuration is impossible. */
int cache_cluster_new(engine_t *engine, const cache_cluster_config_t *config, trace_port_t *port,
                      cache_cluster_t **ret_cluster, base_error_t *error);
void cache_cluster_free(cache_cluster_t *cluster); /* NULL is fine */
engine_component_t *cache_cluster_component(cache_cluster_t *cluster);
void cache_cluster_attach_core(cache_cluster_t *cluster, unsigned core, engine_link_t *to_core);
void cache_cluster_attach_system(cache_cluster_t *cluster, engine_link_t *to_system);
const cache_cluster_stats_t *cache_cluster_stats(const cache_cluster_t *cluster);
/* The table that describes cache_cluster_stats_t, for stats_add_group. */
const stats_counter_t *cache_cluster_counters(void);
/* How often each cell of the protocol table was met (cache_protocol_row_t.cell). */
const uint64_t *cache_cluster_coverage(const cache_cluster_t *cluster);
const trace_names_t *cache_cluster_trace_names(void);
/* For --check: invariants are verified at every transition (cache/checker.h). NULL: not. */
struct cache_checker;
void cache_cluster_set_checker(cache_cluster_t *cluster, struct cache_checker *checker);

/* For checkers and reports: the directory's view of a line. */
typedef struct cache_cluster_view {
    bool present;      /* in the L2 array, or in a victim buffer awaiting acknowledgements */
    bool dirty;        /* newer than memory */
    bool hollow;       /* the L2 has no data of it */
    bool busy;         /* a transaction is in progress on it */
    uint64_t sharers;  /* bit a core whose L1D may hold it, the owner included */
    uint64_t privates; /* bit a core whose L1D holds it for Non-shareable accesses */
    int owner;         /* core that may hold it E or M, or -1 */
    const char *state; /* of the protocol table */
    const uint8_t *data;
} cache_cluster_view_t;
/* Returns ret_view->present. address: any in the line. */
bool cache_cluster_inspect(const cache_cluster_t *cluster, uint64_t address, cache_cluster_view_t *ret_view);

/* Transactions in progress and requests that wait, for the watchdog. */
typedef struct cache_cluster_transaction {
    uint64_t address;
    const char *state;  /* of the line; NULL: the request waits for a buffer or a way */
    const char *opcode; /* of the request, "Replace" for a victim */
    int core;           /* that asked, -1: none */
    uint64_t pc;
    unsigned acks_awaited;
    unsigned waiting; /* requests to the same line that wait behind it */
} cache_cluster_transaction_t;
void cache_cluster_each_transaction(const cache_cluster_t *cluster,
                                    void (*visit)(void *self, const cache_cluster_transaction_t *transaction),
                                    void *self);

#endif
