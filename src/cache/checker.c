#include "cache/checker.h"

#include "cache/array.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

/* What the shadow knows of a byte. The pages of `knowledge` start as zeros: DRAM is the truth. */
typedef enum shadow_state { IN_DRAM, KNOWN, LEARN } shadow_state_t;

struct cache_checker {
    uint64_t base, size_bytes;
    const uint8_t *dram;
    uint8_t *shadow, *knowledge; /* by byte of DRAM */
    uint8_t *excluded;           /* by line of DRAM */
    cache_l1d_t *l1ds[CHI_MAX_CORES];
    unsigned core_limit; /* cores from here on are not attached */
    cache_cluster_t *cluster;
    uint64_t violations;
    char first[CACHE_CHECKER_TEXT_BYTES];
};

static uint8_t *reserve(uint64_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

static void release(uint8_t *pages, uint64_t bytes)
{
    if (pages)
        munmap(pages, bytes);
}

int cache_checker_new(uint64_t base, uint64_t size_bytes, const uint8_t *dram_bytes, cache_checker_t **ret_checker,
                      base_error_t *error)
{
    cache_checker_t *checker = g_new0(cache_checker_t, 1);
    checker->base = base;
    checker->size_bytes = size_bytes;
    checker->dram = dram_bytes;
    checker->shadow = reserve(size_bytes);
    checker->knowledge = reserve(size_bytes);
    checker->excluded = reserve(size_bytes / CHI_LINE_BYTES);
    if (!checker->shadow || !checker->knowledge || !checker->excluded) {
        cache_checker_free(checker);
        return base_fail(error, -ENOMEM,
                         "the coherence check cannot reserve twice the %" PRIu64 " bytes of DRAM; use less memory or "
                         "leave out --check",
                         size_bytes);
    }
    *ret_checker = checker;
    return 0;
}

void cache_checker_free(cache_checker_t *checker)
{
    if (!checker)
        return;
    release(checker->shadow, checker->size_bytes);
    release(checker->knowledge, checker->size_bytes);
    release(checker->excluded, checker->size_bytes / CHI_LINE_BYTES);
    g_free(checker);
}

void cache_checker_attach_l1d(cache_checker_t *checker, unsigned core, cache_l1d_t *l1d)
{
    checker->l1ds[core] = l1d;
    if (core >= checker->core_limit)
        checker->core_limit = core + 1;
    cache_l1d_set_checker(l1d, checker);
}

void cache_checker_attach_cluster(cache_checker_t *checker, cache_cluster_t *cluster)
{
    checker->cluster = cluster;
    cache_cluster_set_checker(cluster, checker);
}

__attribute__((format(printf, 3, 4))) static void violation(cache_checker_t *checker, uint64_t now_ps,
                                                            const char *format, ...)
{
    if (checker->violations++)
        return;
    int used = g_snprintf(checker->first, sizeof checker->first, "at %" PRIu64 " ps: ", now_ps);
    va_list arguments;
    va_start(arguments, format);
    g_vsnprintf(checker->first + used, sizeof checker->first - (size_t)used, format, arguments);
    va_end(arguments);
}

/* --- values --- */

static bool covers(const cache_checker_t *checker, uint64_t address)
{
    return address >= checker->base && address - checker->base < checker->size_bytes;
}

static bool is_excluded(const cache_checker_t *checker, uint64_t address)
{
    return checker->excluded[(address - checker->base) >> CHI_LINE_SHIFT];
}

void cache_checker_store(cache_checker_t *checker, unsigned core, uint64_t now_ps, uint64_t address, const void *bytes,
                         unsigned size_bytes)
{
    if (!covers(checker, address))
        return;
    const cache_line_t *line = cache_l1d_lookup(checker->l1ds[core], address);
    if (!line || line->state != CACHE_M)
        violation(checker, now_ps, "core %u stores to %#" PRIx64 " without the line in M", core, address);
    memcpy(checker->shadow + (address - checker->base), bytes, size_bytes);
    memset(checker->knowledge + (address - checker->base), KNOWN, size_bytes);
}

/* The truth about the byte at `offset` is `value`, or this is how it is learnt. */
static bool agrees(cache_checker_t *checker, uint64_t offset, uint8_t value)
{
    if (checker->knowledge[offset] == KNOWN)
        return checker->shadow[offset] == value;
    if (checker->knowledge[offset] == IN_DRAM && checker->dram[offset] != value)
        return false;
    checker->shadow[offset] = value;
    checker->knowledge[offset] = KNOWN;
    return true;
}

static unsigned truth_of(const cache_checker_t *checker, uint64_t offset)
{
    return checker->knowledge[offset] == KNOWN ? checker->shadow[offset] : checker->dram[offset];
}

void cache_checker_load(cache_checker_t *checker, unsigned core, uint64_t now_ps, uint64_t address, const void *bytes,
                        unsigned size_bytes)
{
    if (!covers(checker, address) || is_excluded(checker, address))
        return;
    const uint8_t *read = bytes;
    uint64_t offset = address - checker->base;
    for (unsigned i = 0; i < size_bytes; i++) {
        if (agrees(checker, offset + i, read[i]))
            continue;
        violation(checker, now_ps, "core %u reads %#x at %#" PRIx64 ", last written was %#x", core, read[i],
                  address + i, truth_of(checker, offset + i));
        return;
    }
}

static const char *agent(int core)
{
    return core < 0 ? "a device" : "a far atomic";
}

static void verify_no_holder(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address, const char *what)
{
    if (!covers(checker, line_address) || is_excluded(checker, line_address))
        return;
    for (unsigned core = 0; core < checker->core_limit; core++)
        if (checker->l1ds[core] && cache_l1d_lookup(checker->l1ds[core], line_address))
            violation(checker, now_ps, "%s line %#" PRIx64 " while core %u holds it", what, line_address, core);
}

void cache_checker_atomic_answered(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address)
{
    verify_no_holder(checker, now_ps, line_address, "a far atomic is answered for");
}

void cache_checker_l2_write(cache_checker_t *checker, uint64_t now_ps, int core, uint64_t line_address, uint64_t mask,
                            const uint8_t *line)
{
    if (!covers(checker, line_address))
        return;
    verify_no_holder(checker, now_ps, line_address, core < 0 ? "a device writes" : "a far atomic writes");
    uint64_t offset = line_address - checker->base;
    for (; mask; mask &= mask - 1) {
        unsigned at = (unsigned)__builtin_ctzll(mask);
        checker->shadow[offset + at] = line[at];
        checker->knowledge[offset + at] = KNOWN;
    }
}

void cache_checker_l2_read(cache_checker_t *checker, uint64_t now_ps, int core, uint64_t line_address,
                           const uint8_t *line, cache_checker_owner_t owner)
{
    if (!covers(checker, line_address) || is_excluded(checker, line_address) || owner == CACHE_CHECKER_OWNER_ASKED)
        return;
    if (owner == CACHE_CHECKER_OWNER_NOT_ASKED) {
        violation(checker, now_ps, "%s reads line %#" PRIx64 " and its owner was not asked", agent(core), line_address);
        return;
    }
    uint64_t offset = line_address - checker->base;
    for (unsigned i = 0; i < CHI_LINE_BYTES; i++) {
        if (agrees(checker, offset + i, line[i]))
            continue;
        violation(checker, now_ps, "%s reads %#x at %#" PRIx64 ", last written was %#x", agent(core), line[i],
                  line_address + i, truth_of(checker, offset + i));
        return;
    }
}

void cache_checker_forget(cache_checker_t *checker, uint64_t line_address)
{
    if (covers(checker, line_address))
        memset(checker->knowledge + (line_address - checker->base), LEARN, CHI_LINE_BYTES);
}

void cache_checker_exclude(cache_checker_t *checker, uint64_t line_address)
{
    if (covers(checker, line_address))
        checker->excluded[(line_address - checker->base) >> CHI_LINE_SHIFT] = 1;
}

void cache_checker_include(cache_checker_t *checker, uint64_t line_address)
{
    if (!covers(checker, line_address) || !is_excluded(checker, line_address))
        return;
    checker->excluded[(line_address - checker->base) >> CHI_LINE_SHIFT] = 0;
    cache_checker_forget(checker, line_address);
}

void cache_checker_written_around(cache_checker_t *checker, uint64_t line_address)
{
    cache_cluster_view_t view;
    if (checker->cluster && cache_cluster_inspect(checker->cluster, line_address, &view))
        cache_checker_exclude(checker, line_address);
    else
        cache_checker_forget(checker, line_address);
}

/* Whether the shadow knows all bytes of the line and they are these: the usual case, quickly. */
static bool is_as_known(const cache_checker_t *checker, uint64_t offset, const uint8_t *data)
{
    uint64_t all_known, known[CHI_LINE_BYTES / sizeof all_known];
    memset(&all_known, KNOWN, sizeof all_known);
    memcpy(known, checker->knowledge + offset, sizeof known);
    for (unsigned i = 0; i < CHI_LINE_BYTES / sizeof all_known; i++)
        if (known[i] != all_known)
            return false;
    return !memcmp(data, checker->shadow + offset, CHI_LINE_BYTES);
}

/* A readable copy has what was last written; bytes still to be learnt are passed over. */
static void verify_copy(cache_checker_t *checker, unsigned core, uint64_t now_ps, const cache_line_t *line)
{
    if (!covers(checker, line->address) || is_excluded(checker, line->address))
        return;
    uint64_t offset = line->address - checker->base;
    if (is_as_known(checker, offset, line->data))
        return;
    for (unsigned i = 0; i < CHI_LINE_BYTES; i++) {
        if (checker->knowledge[offset + i] == LEARN || agrees(checker, offset + i, line->data[i]))
            continue;
        violation(checker, now_ps, "core %u holds %#x at %#" PRIx64 " in %s, last written was %#x", core, line->data[i],
                  line->address + i, cache_state_name(line->state), truth_of(checker, offset + i));
        return;
    }
}

/* --- who holds a line --- */

typedef struct holders {
    uint64_t readers, exclusives; /* bit a core */
} holders_t;

static holders_t find_holders(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address)
{
    holders_t holders = {0};
    for (unsigned core = 0; core < checker->core_limit; core++) {
        const cache_line_t *line = checker->l1ds[core] ? cache_l1d_lookup(checker->l1ds[core], line_address) : NULL;
        if (!line)
            continue;
        verify_copy(checker, core, now_ps, line);
        holders.readers |= UINT64_C(1) << core;
        if (cache_state_exclusive(line->state))
            holders.exclusives |= UINT64_C(1) << core;
    }
    return holders;
}

static void verify_writers(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address, holders_t holders)
{
    if (holders.exclusives & (holders.exclusives - 1))
        violation(checker, now_ps, "line %#" PRIx64 ": two exclusive holders, cores %#" PRIx64, line_address,
                  holders.exclusives);
    else if (holders.exclusives && holders.readers != holders.exclusives)
        violation(checker, now_ps, "line %#" PRIx64 ": exclusive in core set %#" PRIx64 " but readable in %#" PRIx64,
                  line_address, holders.exclusives, holders.readers);
}

static void verify_inclusion(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address, holders_t holders,
                             const cache_cluster_view_t *view)
{
    if (!view->present)
        violation(checker, now_ps, "line %#" PRIx64 ": in L1Ds of core set %#" PRIx64 " but not in the L2",
                  line_address, holders.readers);
    else if (holders.readers & ~(view->sharers | view->privates))
        violation(checker, now_ps,
                  "line %#" PRIx64 ": in L1Ds of core set %#" PRIx64 ", the directory (%s) knows of %#" PRIx64,
                  line_address, holders.readers, view->state, view->sharers | view->privates);
    else if (holders.exclusives && !view->busy && !view->privates && view->owner < 0)
        violation(checker, now_ps,
                  "line %#" PRIx64 ": exclusive in core set %#" PRIx64 ", the directory (%s) has no owner",
                  line_address, holders.exclusives, view->state);
}

void cache_checker_verify_line(cache_checker_t *checker, uint64_t now_ps, uint64_t line_address)
{
    holders_t holders = find_holders(checker, now_ps, line_address);
    if (!holders.readers)
        return;
    cache_cluster_view_t view = {.present = true, .sharers = UINT64_MAX, .busy = true};
    if (checker->cluster)
        cache_cluster_inspect(checker->cluster, line_address, &view);
    if (!view.privates && !(covers(checker, line_address) && is_excluded(checker, line_address)))
        verify_writers(checker, now_ps, line_address, holders);
    if (checker->cluster)
        verify_inclusion(checker, now_ps, line_address, holders, &view);
}

/* --- the sweep --- */

static void verify_data(cache_checker_t *checker, unsigned core, uint64_t now_ps, const cache_line_t *line)
{
    cache_cluster_view_t view;
    cache_checker_load(checker, core, now_ps, line->address, line->data, CHI_LINE_BYTES);
    if (!covers(checker, line->address) || is_excluded(checker, line->address) || line->state == CACHE_M ||
        !checker->cluster || !cache_cluster_inspect(checker->cluster, line->address, &view) || view.busy)
        return;
    if (view.hollow || memcmp(view.data, line->data, CHI_LINE_BYTES))
        violation(checker, now_ps, "line %#" PRIx64 ": clean in core %u, but the L2 has other data", line->address,
                  core);
}

void cache_checker_verify_all(cache_checker_t *checker, uint64_t now_ps)
{
    for (unsigned core = 0; core < checker->core_limit; core++) {
        cache_l1d_t *l1d = checker->l1ds[core];
        for (unsigned set = 0; l1d && set < cache_l1d_sets(l1d); set++) {
            for (unsigned way = 0; way < cache_l1d_ways(l1d); way++) {
                const cache_line_t *line = cache_l1d_at(l1d, set, way);
                if (!cache_state_readable(line->state))
                    continue;
                cache_checker_verify_line(checker, now_ps, line->address);
                verify_data(checker, core, now_ps, line);
            }
        }
    }
}

uint64_t cache_checker_violations(const cache_checker_t *checker)
{
    return checker->violations;
}

const char *cache_checker_first(const cache_checker_t *checker)
{
    return checker->first;
}
