/* Which target owns a physical address: windows that do not overlap, kept sorted. */
#ifndef MESIM_INTERCONNECT_ADDRESS_MAP_H
#define MESIM_INTERCONNECT_ADDRESS_MAP_H

#include "base/error.h"

#include <stdint.h>

enum { INTERCONNECT_NO_TARGET = -1, INTERCONNECT_MAX_WINDOWS = 128 };

typedef struct interconnect_window {
    uint64_t base, last; /* both inclusive, so that a window may end at 2^64 - 1 */
    int target;
} interconnect_window_t;

typedef struct interconnect_address_map {
    interconnect_window_t windows[INTERCONNECT_MAX_WINDOWS];
    unsigned count;
} interconnect_address_map_t;

/* Gives [base, base + size_bytes) to `target` (0 or more). -EINVAL: empty or past 2^64; -EEXIST: overlaps a window;
 * -ENOSPC: too many windows. */
int interconnect_address_map_add(interconnect_address_map_t *map, uint64_t base, uint64_t size_bytes, int target,
                                 base_error_t *error);

/* The target of `address`, or INTERCONNECT_NO_TARGET. */
int interconnect_address_map_find(const interconnect_address_map_t *map, uint64_t address);

#endif
