/* Cache maintenance by address. Ranges may begin and end anywhere: what shares their first and last line is safe.
 * The line sizes come from CTR_EL0. Each function returns when the maintenance is complete. */
#ifndef MESIM_FIRMWARE_CACHE_H
#define MESIM_FIRMWARE_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* To memory (the point of coherency): for readers that do not look into the caches. */
void cache_clean_range(uintptr_t start, size_t bytes);
void cache_clean_invalidate_range(uintptr_t start, size_t bytes);

/* Forgets what the caches hold: for what such a writer has put into memory. */
void cache_invalidate_range(uintptr_t start, size_t bytes);

/* Makes instructions just written be the ones that all cores fetch; each other core needs an ISB of its own. */
void cache_sync_instructions(uintptr_t start, size_t bytes);

#endif
