/* A random world: page tables of three address spaces and a kernel half that change at random, accesses, TLBIs and
 * switches in between, each answer judged by the oracle. A stale answer passes only while nothing has invalidated it;
 * a TLBI must leave exactly its survivors; a filter in front of the micro-TLBs must never differ from them. */
#ifndef MESIM_TEST_MMU_WORLD_H
#define MESIM_TEST_MMU_WORLD_H

#include "oracle.h"

enum { WORLD_SPACES = 3, WORLD_TABLES = 3, WORLD_MAX_PAGES = 32, WORLD_ASIDS = 4, WORLD_FILTER = 64 };
enum { WORLD_TEXT_BYTES = 512 };

typedef struct world_options {
    uint64_t seed;
    unsigned granule_shift;
    unsigned wait_percent;
    unsigned walk_cache_entries;
    unsigned operations;
    unsigned defect; /* mmu_defect_t */
} world_options_t;

/* What a run has seen, to show that it tried what it claims. */
typedef struct world_seen {
    uint64_t accesses, translated, stale, given_up;
    uint64_t faults[6];          /* by kind: status code / 4 */
    uint64_t tlbis_during_walks; /* while the access judged next was waiting */
    uint64_t filter_hits;
    mmu_stats_t stats;
} world_seen_t;

/* Runs; false, with a text, at the first answer that is wrong. The numbers are added to *seen. */
bool world_run(const world_options_t *options, world_seen_t *seen, char text[WORLD_TEXT_BYTES]);

/* Two MMUs over the same random tables and accesses, one with waits: false, with a text, when they differ. */
bool world_resumes(const world_options_t *options, char text[WORLD_TEXT_BYTES]);

#endif
