/* A cluster: the snoop control unit with the shared inclusive L2, as one component.
 *
 * The L2's directory (duplicate tags: per line the set of L1Ds that hold it and the one that may own it) is
 * the snoop filter and the cluster's ordering point: requests to one line are handled one at a time, in
 * arrival order. Below it speaks ReadNoSnoop / WriteNoSnoop (whole lines) to the system interconnect, and
 * passes Device and Non-cacheable accesses and their answers through. DVM operations are broadcast to all
 * cores and answered when all have performed them. */
#ifndef MESIM_CACHE_CLUSTER_H
#define MESIM_CACHE_CLUSTER_H

#include "base/error.h"
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
    uint32_t l2_tag_cycles;  /* from arrival of a request to its snoops leaving or a miss going down */
    uint32_t l2_data_cycles; /* from arrival to data leaving, on a hit */
    uint32_t transactions;   /* requests handled at once (transaction buffers); more wait in arrival order */
    uint64_t period_ps;
    bool fetch_snoops; /* ReadOnce snoops L1Ds: CTR_EL0.IDC = 1 */
    bool plru;         /* replacement: tree PLRU instead of true LRU */
} cache_cluster_config_t;

typedef struct cache_cluster_stats {
    uint64_t requests[CHI_OPCODE_COUNT]; /* received, by opcode */
    uint64_t snoops[CHI_OPCODE_COUNT];   /* sent, by opcode */
    uint64_t l2_hits, l2_misses, cache_to_cache_transfers, back_invalidations, write_backs_to_memory;
    uint64_t snoops_filtered;  /* coherent requests that the directory answered without any snoop */
    uint64_t stalled_requests; /* waited for another transaction on their line or for a buffer */
    uint64_t dvm_operations, dvm_syncs;
} cache_cluster_stats_t;

/* Creates the component; links are attached before the first run. */
int cache_cluster_new(engine_t *engine, const cache_cluster_config_t *config, trace_port_t *port,
                      cache_cluster_t **ret_cluster, base_error_t *error);
void cache_cluster_free(cache_cluster_t *cluster);
engine_component_t *cache_cluster_component(cache_cluster_t *cluster);
void cache_cluster_attach_core(cache_cluster_t *cluster, unsigned core, engine_link_t *to_core);
void cache_cluster_attach_system(cache_cluster_t *cluster, engine_link_t *to_system);
const cache_cluster_stats_t *cache_cluster_stats(const cache_cluster_t *cluster);
/* For checkers and reports: the directory's view of a line. */
typedef struct cache_cluster_view {
    bool present;     /* in the L2 array */
    bool dirty;       /* newer than memory */
    bool busy;        /* a transaction is in progress on it */
    uint64_t sharers; /* bit a core whose L1D may hold it */
    int owner;        /* core that may hold it E or M, or -1 */
    const uint8_t *data;
} cache_cluster_view_t;
bool cache_cluster_inspect(const cache_cluster_t *cluster, uint64_t address, cache_cluster_view_t *ret_view);

#endif
