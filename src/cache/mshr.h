/* Miss registers (MSHR): the requests of a cache in flight, numbered from 0, the lowest free number first. */
#ifndef MESIM_CACHE_MSHR_H
#define MESIM_CACHE_MSHR_H

#include "cache/l1d.h"

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_MAX_MSHRS = 64 };

typedef struct cache_mshr {
    cache_line_t *line; /* reserved in the array, in a transient state; NULL: a far atomic, which needs none */
    uint64_t pc;        /* of the instruction that missed */
} cache_mshr_t;

typedef struct cache_mshr_file {
    uint64_t free; /* bit a free register */
    uint32_t count;
    cache_mshr_t registers[CACHE_MAX_MSHRS];
} cache_mshr_file_t;

/* count: 1 to CACHE_MAX_MSHRS. */
void cache_mshr_init(cache_mshr_file_t *file, uint32_t count);
/* The number taken; there must be a free one. */
uint32_t cache_mshr_take(cache_mshr_file_t *file, cache_line_t *line, uint64_t pc);
void cache_mshr_release(cache_mshr_file_t *file, uint32_t number);

static inline bool cache_mshr_full(const cache_mshr_file_t *file)
{
    return !file->free;
}

static inline uint32_t cache_mshr_pending(const cache_mshr_file_t *file)
{
    return file->count - (uint32_t)__builtin_popcountll(file->free);
}

#endif
