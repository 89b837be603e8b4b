/* Coherence invariants, for --check and tests: a single writer or many readers, the value read is the last one written,
 * the L2 includes the L1Ds.
 *
 * The checker looks into all caches at once, outside the rule that components meet by messages only: it needs a single
 * host thread. It changes nothing in them, so a checked run is the same run. It may look at any moment, although
 * components have advanced by different amounts of time: a core gains permission to a line by a message whose cause is
 * that the others had already given theirs up, so in the order in which the host simulates things, too, they had.
 *
 * Values are checked when the core shows a load, and of every readable copy at every transition of its line: as a copy
 * changes only by a fill, which is a transition, and by stores, which the core shows, this covers what no load showed.
 * The value check keeps a shadow of DRAM. A byte's truth is what DRAM held when it was first looked at, until a core
 * stores to it through the caches. What bypasses coherence on purpose takes lines out of the check: data dropped by an
 * invalidation (the next load says what is true), lines with Non-shareable copies, and lines written around the caches
 * while these hold them (both until the L2 has let the line go). */
#ifndef MESIM_CACHE_CHECKER_H
#define MESIM_CACHE_CHECKER_H

#include "base/error.h"
#include "cache/cluster.h"
#include "cache/l1d.h"

#include <stdint.h>

typedef struct cache_checker cache_checker_t;

enum { CACHE_CHECKER_TEXT_BYTES = 512 };

/* dram_bytes: the bytes of DRAM (interconnect_system_ram), [base, base + size_bytes). -ENOMEM. */
int cache_checker_new(uint64_t base, uint64_t size_bytes, const uint8_t *dram_bytes, cache_checker_t **ret_checker,
                      base_error_t *error);
void cache_checker_free(cache_checker_t *checker); /* NULL is fine */

/* The caches under check. Both ends are told: they call back at every transition. */
void cache_checker_attach_l1d(cache_checker_t *checker, unsigned core, cache_l1d_t *l1d);
void cache_checker_attach_cluster(cache_checker_t *checker, cache_cluster_t *cluster);

/* The core performed a store to a line it holds in M, or bound the value of a load from its L1D. Bytes may not cross a
 * line. Loads that forwarding from the store buffer answered are not to be shown. */
void cache_checker_store(cache_checker_t *checker, unsigned core, uint64_t now_ps, uint64_t address, const void *bytes,
                         unsigned size_bytes);
void cache_checker_load(cache_checker_t *checker, unsigned core, uint64_t now_ps, uint64_t address, const void *bytes,
                        unsigned size_bytes);

/* The L2 wrote the bytes of a line that `mask` names, when no other cache may hold it; read a line. `line` has all its
 * bytes, as they are then. By whose order: a core's far atomic, or a device (-1). What an owner showed when it was
 * asked it may have changed since, so those values are not judged. The cluster calls them. */
typedef enum cache_checker_owner {
    CACHE_CHECKER_NO_OWNER,
    CACHE_CHECKER_OWNER_ASKED,
    CACHE_CHECKER_OWNER_NOT_ASKED
} cache_checker_owner_t;
void cache_checker_l2_write(cache_checker_t *checker, uint64_t now_ps, int core, uint64_t line_address, uint64_t mask,
                            const uint8_t *line);
void cache_checker_l2_read(cache_checker_t *checker, uint64_t now_ps, int core, uint64_t line_address,
                           const uint8_t *line, cache_checker_owner_t owner);
/* The answer to a far atomic leaves: every other observer must see it from now on. */
void cache_checker_atomic_answered(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address);

/* Called by the caches. */
void cache_checker_verify_line(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address);
void cache_checker_forget(cache_checker_t *checker, uint64_t line_address);
void cache_checker_exclude(cache_checker_t *checker, uint64_t line_address);
void cache_checker_include(cache_checker_t *checker, uint64_t line_address);
void cache_checker_written_around(cache_checker_t *checker, uint64_t line_address);

/* Every line of every L1D, its data too: at the end of a run. */
void cache_checker_verify_all(cache_checker_t *checker, uint64_t now_ps);

uint64_t cache_checker_violations(const cache_checker_t *checker);
/* The first violation in one line, "" when there was none. */
const char *cache_checker_first(const cache_checker_t *checker);

#endif
