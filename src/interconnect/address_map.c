#include "interconnect/address_map.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Index of the first window that ends at or after `address`. */
static unsigned first_not_below(const interconnect_address_map_t *map, uint64_t address)
{
    unsigned low = 0, high = map->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (map->windows[middle].last < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int interconnect_address_map_add(interconnect_address_map_t *map, uint64_t base, uint64_t size_bytes, int target,
                                 base_error_t *error)
{
    uint64_t last = base + size_bytes - 1;
    if (!size_bytes || last < base)
        return base_fail(error, -EINVAL,
                         "address window at %#" PRIx64 " of %#" PRIx64
                         " bytes is empty or passes 2^64; correct its size",
                         base, size_bytes);
    if (map->count == INTERCONNECT_MAX_WINDOWS)
        return base_fail(error, -ENOSPC, "more than %d address windows; join neighbouring devices",
                         INTERCONNECT_MAX_WINDOWS);
    unsigned at = first_not_below(map, base);
    if (at < map->count && map->windows[at].base <= last)
        return base_fail(error, -EEXIST,
                         "address window %#" PRIx64 "-%#" PRIx64 " overlaps %#" PRIx64 "-%#" PRIx64
                         "; move one of them",
                         base, last, map->windows[at].base, map->windows[at].last);
    memmove(&map->windows[at + 1], &map->windows[at], (map->count - at) * sizeof map->windows[0]);
    map->windows[at] = (interconnect_window_t){.base = base, .last = last, .target = target};
    map->count++;
    return 0;
}

int interconnect_address_map_find(const interconnect_address_map_t *map, uint64_t address)
{
    unsigned at = first_not_below(map, address);
    if (at == map->count || map->windows[at].base > address)
        return INTERCONNECT_NO_TARGET;
    return map->windows[at].target;
}
