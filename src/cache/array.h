/* A set-associative array of 64-byte lines: where a line is, and which one goes when a set is full.
 *
 * Lines, tags and data are contiguous; line index = set * ways + way. `extra` more lines behind the sets are found by
 * index only (buffers). Replacement works on stamps of last use alone, those in the lines or an array of their own
 * (fewer host cache lines to read, for large arrays): true LRU takes the oldest; tree PLRU walks the tree whose bits
 * are what the latest stamp on each side says, which is the same tree a cache keeps in bits. Stamps of equal age are
 * told apart by the way number. */
#ifndef MESIM_CACHE_ARRAY_H
#define MESIM_CACHE_ARRAY_H

#include "base/error.h"
#include "cache/l1d.h"

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_MAX_WAYS = 64, CACHE_MAX_SETS = 65536 };
#define CACHE_NO_ADDRESS UINT64_MAX /* tag of an empty line: never line-aligned */

typedef struct cache_array {
    uint32_t sets, ways, extra;
    cache_replacement_t replacement;
    uint64_t *tags;   /* of the sets: line address or CACHE_NO_ADDRESS; the same as lines[].address */
    uint64_t *stamps; /* of the sets: last uses; NULL: lines[].last_use are */
    cache_line_t *lines;
    uint8_t *data;
} cache_array_t;

/* `name` is for the message: "L1D". -EINVAL: sets not a power of two, no ways, too many, not a whole number of sets. */
int cache_array_init(cache_array_t *array, const char *name, uint32_t size_bytes, uint32_t ways,
                     cache_replacement_t replacement, uint32_t extra, base_error_t *error);
void cache_array_done(cache_array_t *array);
/* Keeps stamps in an array of their own from now on. */
void cache_array_separate_stamps(cache_array_t *array);

static inline uint32_t cache_array_set_of(const cache_array_t *array, uint64_t address)
{
    return (uint32_t)(address >> CHI_LINE_SHIFT) & (array->sets - 1);
}

/* The line that holds `address` (line-aligned), or NULL. */
static inline cache_line_t *cache_array_find(const cache_array_t *array, uint64_t address)
{
    uint32_t first = cache_array_set_of(array, address) * array->ways;
    const uint64_t *tags = &array->tags[first];
    for (uint32_t way = 0; way < array->ways; way++)
        if (tags[way] == address)
            return &array->lines[first + way];
    return NULL;
}

static inline uint32_t cache_array_index(const cache_array_t *array, const cache_line_t *line)
{
    return (uint32_t)(line - array->lines);
}

/* Names the line (address) or empties it (CACHE_NO_ADDRESS). */
static inline void cache_array_name(cache_array_t *array, cache_line_t *line, uint64_t address)
{
    line->address = address;
    uint32_t index = cache_array_index(array, line);
    if (index < array->sets * array->ways)
        array->tags[index] = address;
}

/* A line of the set of `address` to use: an empty one, else the oldest of those whose bit (way) is set in candidates;
 * NULL when there is neither. */
cache_line_t *cache_array_choose(const cache_array_t *array, uint64_t address, uint64_t candidates);

#endif
