#include "cache/array.h"

#include "base/bits.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int check_geometry(const char *name, uint32_t size_bytes, uint32_t ways, cache_replacement_t replacement,
                          base_error_t *error)
{
    if (!ways || ways > CACHE_MAX_WAYS)
        return base_fail(error, -EINVAL, "%s has %" PRIu32 " ways; choose 1 to %d", name, ways, CACHE_MAX_WAYS);
    uint64_t set_bytes = (uint64_t)ways * CHI_LINE_BYTES;
    if (!size_bytes || size_bytes % set_bytes)
        return base_fail(error, -EINVAL,
                         "%s of %" PRIu32 " bytes is not a whole number of sets of %" PRIu32
                         " ways of %d bytes; choose a "
                         "multiple of %" PRIu64,
                         name, size_bytes, ways, CHI_LINE_BYTES, set_bytes);
    uint64_t sets = size_bytes / set_bytes;
    if (!bits_is_power_of_two(sets) || sets > CACHE_MAX_SETS)
        return base_fail(error, -EINVAL,
                         "%s of %" PRIu32 " bytes with %" PRIu32 " ways has %" PRIu64
                         " sets; choose a size that gives a "
                         "power of two up to %d",
                         name, size_bytes, ways, sets, CACHE_MAX_SETS);
    if (replacement == CACHE_PLRU && !bits_is_power_of_two(ways))
        return base_fail(error, -EINVAL, "%s: tree PLRU needs a power of two of ways, not %" PRIu32 "; choose LRU",
                         name, ways);
    return 0;
}

int cache_array_init(cache_array_t *array, const char *name, uint32_t size_bytes, uint32_t ways,
                     cache_replacement_t replacement, uint32_t extra, base_error_t *error)
{
    int failed = check_geometry(name, size_bytes, ways, replacement, error);
    if (failed)
        return failed;
    uint32_t in_sets = size_bytes / CHI_LINE_BYTES, lines = in_sets + extra;
    uint8_t *data = aligned_alloc(CHI_LINE_BYTES, (size_t)lines * CHI_LINE_BYTES);
    if (!data)
        return base_fail(error, -ENOMEM, "%s: no memory for %" PRIu32 " bytes of lines", name, size_bytes);
    memset(data, 0, (size_t)lines * CHI_LINE_BYTES);
    *array =
        (cache_array_t){.sets = in_sets / ways, .ways = ways, .extra = extra, .replacement = replacement, .data = data};
    array->tags = g_new(uint64_t, in_sets);
    array->lines = g_new0(cache_line_t, lines);
    for (uint32_t i = 0; i < lines; i++) {
        cache_line_t *line = &array->lines[i];
        line->data = data + (size_t)i * CHI_LINE_BYTES;
        line->set = (uint16_t)(i < in_sets ? i / ways : 0);
        line->way = (uint8_t)(i < in_sets ? i % ways : 0);
        cache_array_name(array, line, CACHE_NO_ADDRESS);
    }
    return 0;
}

void cache_array_done(cache_array_t *array)
{
    g_free(array->tags);
    g_free(array->stamps);
    g_free(array->lines);
    free(array->data);
    *array = (cache_array_t){0};
}

void cache_array_separate_stamps(cache_array_t *array)
{
    array->stamps = g_new0(uint64_t, (size_t)array->sets * array->ways);
}

/* The latest use among the ways [first, first + count) of a set. */
static uint64_t latest_use(const uint64_t *uses, uint32_t first, uint32_t count)
{
    uint64_t latest = 0;
    for (uint32_t way = first; way < first + count; way++)
        if (uses[way] > latest)
            latest = uses[way];
    return latest;
}

static uint32_t oldest_way(const uint64_t *uses, uint64_t candidates)
{
    uint32_t oldest = (uint32_t)__builtin_ctzll(candidates);
    for (candidates &= candidates - 1; candidates; candidates &= candidates - 1) {
        uint32_t way = (uint32_t)__builtin_ctzll(candidates);
        if (uses[way] < uses[oldest])
            oldest = way;
    }
    return oldest;
}

/* Down the tree, at each node away from the side used last, unless only that side has candidates. */
static uint32_t plru_way(const uint64_t *uses, uint32_t ways, uint64_t candidates)
{
    uint32_t first = 0;
    for (uint32_t count = ways / 2; count; count /= 2) {
        bool left = candidates & (bits_mask(count) << first);
        bool right = candidates & (bits_mask(count) << (first + count));
        if (!left || (right && latest_use(uses, first, count) > latest_use(uses, first + count, count)))
            first += count;
    }
    return first;
}

static const uint64_t *uses_of_set(const cache_array_t *array, uint32_t first, uint64_t *buffer)
{
    if (array->stamps)
        return &array->stamps[first];
    for (uint32_t way = 0; way < array->ways; way++)
        buffer[way] = array->lines[first + way].last_use;
    return buffer;
}

cache_line_t *cache_array_choose(const cache_array_t *array, uint64_t address, uint64_t candidates)
{
    uint32_t first = cache_array_set_of(array, address) * array->ways;
    for (uint32_t way = 0; way < array->ways; way++)
        if (array->tags[first + way] == CACHE_NO_ADDRESS)
            return &array->lines[first + way];
    if (!candidates)
        return NULL;
    uint64_t buffer[CACHE_MAX_WAYS];
    const uint64_t *uses = uses_of_set(array, first, buffer);
    bool plru = array->replacement == CACHE_PLRU;
    return &array->lines[first + (plru ? plru_way(uses, array->ways, candidates) : oldest_way(uses, candidates))];
}
