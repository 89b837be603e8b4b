/* Cache maintenance by address. Ranges may begin and end anywhere: what shares their first and last line is safe.
 * The line sizes come from CTR_EL0. Each function returns when the maintenance is complete. */
#ifndef MESIM_FIRMWARE_CACHE_H
#define MESIM_FIRMWARE_CACHE_H

#include "barrier.h"
#include "sysreg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* To memory (the point of coherency): for readers that do not look into the caches. */
void cache_clean_range(uintptr_t start, size_t bytes);
void cache_clean_invalidate_range(uintptr_t start, size_t bytes);

/* Forgets what the caches hold: for what such a writer has put into memory. */
void cache_invalidate_range(uintptr_t start, size_t bytes);

/* Makes instructions just written be the ones that all cores fetch; each other core needs an ISB of its own. */
void cache_sync_instructions(uintptr_t start, size_t bytes);

typedef struct cache_geometry {
    unsigned ways, sets, line_bits; /* log2 of a line's bytes */
} cache_geometry_t;

/* The running core's level 1 data cache. CCSIDR_EL1 has 64 bits where ID_AA64MMFR2_EL1.CCIDX says so. */
static inline cache_geometry_t cache_l1d_geometry(void)
{
    const bool wide = (read_sysreg(S3_0_C0_C7_2) >> 20 & 0xf) != 0;
    write_sysreg(csselr_el1, 0);
    isb();
    const uint64_t ccsidr = read_sysreg(ccsidr_el1);
    return (cache_geometry_t){
        .ways = (unsigned)(ccsidr >> 3 & (wide ? 0x1fffff : 0x3ff)) + 1,
        .sets = (unsigned)(wide ? ccsidr >> 32 & 0xffffff : ccsidr >> 13 & 0x7fff) + 1,
        .line_bits = (unsigned)(ccsidr & 7) + 4,
    };
}

#endif
