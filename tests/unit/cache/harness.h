/* A small machine for cache tests: fake cores that issue random operations, real L1Ds, one cluster, one system. */
#ifndef MESIM_TESTS_CACHE_HARNESS_H
#define MESIM_TESTS_CACHE_HARNESS_H

#include "cache/checker.h"
#include "cache/cluster.h"
#include "cache/l1d.h"
#include "cache/protocol.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stdint.h>

enum { HARNESS_DRAM_BASE = 0x40000000, HARNESS_DRAM_BYTES = 1 << 20, HARNESS_PERIOD_PS = 500 };

typedef struct harness_config {
    unsigned cores;
    uint64_t operations; /* of all cores together */
    uint64_t seed;
    unsigned lines;       /* the working set: this many consecutive lines of DRAM */
    unsigned outstanding; /* operations a core has in flight */
    uint32_t l1_bytes, l1_ways, l2_bytes, l2_ways;
    uint32_t mshrs, write_back_entries, transactions;
    uint64_t perturb_ps;     /* random extra latency of every message */
    uint32_t evict_interval; /* of the L1Ds' forced evictions */
    engine_order_t order;
    bool plru, fetch_snoops;
    unsigned maintenance_percent; /* DC CVAC, CVAU, CIVAC, IVAC, set/way at both levels */
    unsigned private_percent;     /* of the accesses to every third line are Non-shareable */
    bool around;                  /* some accesses go around the caches */
    bool missing_memory;          /* some accesses miss DRAM */
    unsigned atomic_percent;      /* of the accesses are far atomics */
    bool device;                  /* a device without caches reads and writes the same lines by DMA */
    unsigned overwrite_percent;   /* of the accesses overwrite a whole line */
    cache_fault_t fault;
    bool unchecked; /* for speed measurements */
} harness_config_t;

/* Small caches and much sharing: 2-line sets, an L2 smaller than the sum of the L1s. */
harness_config_t harness_default(unsigned cores, uint64_t operations, uint64_t seed);

typedef struct harness_result {
    uint64_t operations; /* completed */
    uint64_t violations; /* of the checker, and of cores that read their own bytes back changed */
    char first[CACHE_CHECKER_TEXT_BYTES];
    bool hung; /* it went idle, or took too long, with operations unfinished */
    uint64_t trace_hash, trace_records, simulated_ps, requests, transfers;
    uint64_t *coverage[CACHE_PROTOCOL_COUNT];
} harness_result_t;

harness_result_t harness_run(const harness_config_t *config);
void harness_result_done(harness_result_t *result);

#endif
