/* The inside of a random world, shared by the files world*.c. */
#ifndef MESIM_TEST_MMU_WORLD_STATE_H
#define MESIM_TEST_MMU_WORLD_STATE_H

#include "world.h"

/* When an address was last invalidated. */
typedef struct world_times {
    uint64_t leaves, tables; /* by any form; by a form that reaches table entries too */
} world_times_t;

typedef struct world_filter_entry {
    bool valid;
    uint64_t va; /* of the region, bits <55:0> */
    mmu_access_t access;
    bool privileged, pan;
    mmu_translation_t translation;
} world_filter_entry_t;

typedef struct world {
    world_options_t options;
    world_seen_t *seen;
    char *text;
    bool failed;
    rig_t rig;
    base_random_t random;
    unsigned asid_bits;
    uint64_t roots[WORLD_SPACES];
    uint64_t asids[WORLD_SPACES]; /* as written to TTBR */
    unsigned space;
    uint64_t tables[4][WORLD_TABLES]; /* by level, below the first */
    uint64_t pages[WORLD_MAX_PAGES];  /* virtual addresses, canonical */
    unsigned page_count;
    world_times_t all, by_asid[WORLD_ASIDS], by_va[WORLD_ASIDS][WORLD_MAX_PAGES], by_va_all[WORLD_MAX_PAGES];
    world_filter_entry_t filter[WORLD_FILTER];
    unsigned filter_next;
} world_t;

typedef struct world_access {
    unsigned page;
    uint64_t va;
    mmu_access_t kind;
    bool privileged, pan;
    uint64_t begun; /* time */
    mmu_result_t result;
    mmu_translation_t translation;
    mmu_fault_t fault;
} world_access_t;

/* ASIDs that spaces or TLBI operands use; 1 and 0x101 are one when ASIDs have 8 bits. */
extern const unsigned world_asids[WORLD_ASIDS];

uint64_t world_below(world_t *world, uint64_t bound);
bool world_chance(world_t *world, unsigned percent);
unsigned world_effective_asid(const world_t *world, uint64_t asid);
/* Keeps the first text. */
void world_fail(world_t *world, const char *what);

/* world_tables.c */
void world_make_tables(world_t *world);
void world_make_pages(world_t *world);
void world_change_something(world_t *world);

/* world_filter.c: a filter as a core has it above the micro-TLBs. */
void world_filter_drop(void *self, bool fetch, uint64_t va, uint64_t bytes);
const world_filter_entry_t *world_filter_find(const world_t *world, const world_access_t *access);
void world_filter_add(world_t *world, const world_access_t *access);
bool world_filter_agrees(const world_filter_entry_t *entry, const world_access_t *access);

/* world_judge.c: notes an invalidation; judges an answer, with what the filter had for it or NULL. */
void world_record_tlbi(world_t *world, mmu_tlbi_t operation, uint64_t operand);
void world_judge(world_t *world, const world_access_t *access, const world_filter_entry_t *filtered);

#endif
