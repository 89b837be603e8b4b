/* Memory that the caches do not keep coherent: Non-cacheable and Non-shareable views of what is cached elsewhere
 * (DDI 0487 B2.8). The architecture lets such views differ; a machine with caches shows it, and cache maintenance ends
 * it. */
#include "traps.h"
#include "vm.h"

enum { LINES = 8 };

/* Word 0 of line n of a page. */
static uint64_t *line_of(uint64_t page, unsigned n)
{
    return (uint64_t *)(page + n * CACHE_LINE_BYTES);
}

/* The pages hold 1 in every line, in memory and in no cache. */
static void begin_with_ones(void)
{
    for (unsigned n = 0; n < LINES; n++) {
        store(line_of(test_page(0), n), 1);
        __asm__ volatile("dc civac, %0" ::"r"(line_of(test_page(0), n)) : "memory");
    }
    dsb_sy();
}

static void map_uncached(void)
{
    begin_with_ones();
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_NONCACHEABLE);
}

/* No line stays that could be written back later. */
static void unmap(void)
{
    for (unsigned n = 0; n < LINES; n++)
        __asm__ volatile("dc civac, %0" ::"r"(line_of(test_page(0), n)) : "memory");
    dsb_sy();
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
}

const char *noncacheable_alias_is_stale_until_cleaned(void)
{
    unsigned stale = 0, fresh = 0;
    map_uncached();
    for (unsigned n = 0; n < LINES; n++) {
        uint64_t *cached = line_of(test_page(0), n), *uncached = line_of(window_page(0), n);
        uint64_t before, after;
        store(cached, 2);
        dsb_sy();
        before = load(uncached);
        dsb_sy(); /* the next one is not to wait for this load */
        __asm__ volatile("dc cvac, %1\n dsb sy\n ldr %0, [%2]" : "=r"(after) : "r"(cached), "r"(uncached) : "memory");
        stale += before == 1;
        fresh += after == 2;
    }
    unmap();
    EXPECT(stale == LINES);
    EXPECT(fresh == LINES);
    return NULL;
}

const char *cached_alias_is_stale_until_invalidated(void)
{
    unsigned stale = 0, fresh = 0;
    map_uncached();
    for (unsigned n = 0; n < LINES; n++) {
        uint64_t *cached = line_of(test_page(0), n), *uncached = line_of(window_page(0), n);
        uint64_t before, after;
        load(cached);
        store(uncached, 3);
        dsb_sy();
        before = load(cached);
        __asm__ volatile("dc ivac, %1\n dsb sy\n ldr %0, [%1]" : "=r"(after) : "r"(cached) : "memory");
        stale += before == 1;
        fresh += after == 3;
    }
    unmap();
    EXPECT(stale == LINES);
    EXPECT(fresh == LINES);
    return NULL;
}

/* A DMB orders DC by address against accesses through another attribute (DDI 0487 D7.5.9.6), in both directions. */
const char *dmb_orders_maintenance(void)
{
    unsigned cleaned = 0, reread = 0;
    map_uncached();
    for (unsigned n = 0; n < LINES; n++) {
        uint64_t *cached = line_of(test_page(0), n), *uncached = line_of(window_page(0), n);
        uint64_t after;
        store(cached, 2);
        dsb_sy();
        __asm__ volatile("dc cvac, %1\n dmb sy\n ldr %0, [%2]" : "=r"(after) : "r"(cached), "r"(uncached) : "memory");
        cleaned += after == 2;
        __asm__ volatile("str %3, [%2]\n dmb sy\n dc ivac, %1\n dmb sy\n ldr %0, [%1]"
                         : "=&r"(after)
                         : "r"(cached), "r"(uncached), "r"(3ull)
                         : "memory");
        reread += after == 3;
    }
    unmap();
    EXPECT(cleaned == LINES);
    EXPECT(reread == LINES);
    return NULL;
}

/* --- stores that are gathered --- */

/* A core sees its own stores, also those that its write-combining buffer has not sent. */
const char *noncacheable_load_sees_its_own_store(void)
{
    unsigned seen = 0;
    map_uncached();
    for (unsigned n = 0; n < LINES; n++) {
        store(line_of(window_page(0), n), 5);
        seen += load(line_of(window_page(0), n)) == 5;
    }
    unmap();
    EXPECT(seen == LINES);
    return NULL;
}

static uint32_t sent;
static unsigned stale_reads;

static void send_through_noncacheable(unsigned core)
{
    for (unsigned n = 0; n < LINES; n++) {
        uint64_t *word = line_of(window_page(0), n);
        if (!meet())
            return;
        if (core == 1) {
            store(word, 6);
            __asm__ volatile("dmb ishst\n str %w1, [%0]" ::"r"(&sent), "r"(n + 1) : "memory");
            spin(1000); /* what follows drains the buffer in any case */
        } else {
            if (!await(&sent, n + 1))
                return;
            dmb_ish();
            stale_reads += load(word) != 6;
        }
    }
}

/* Also through Non-cacheable memory a DMB ST orders stores, which so may not stay in the write-combining buffer. */
const char *barriers_drain_combined_stores(void)
{
    sent = 0;
    stale_reads = 0;
    map_uncached();
    const bool ran = run_parts(2, send_through_noncacheable);
    unmap();
    EXPECT(ran);
    EXPECT(stale_reads == 0);
    return NULL;
}

/* --- loads that overlap --- */

/* Nobody answers there: the address is in the gap between the board's devices and RAM. */
#define UNOWNED      0x0c000000ull
#define FSC_EXTERNAL 0x10
#define ISS_EA       (1 << 9)

/* The abort is that of the load, whatever could go on without its value. */
const char *noncacheable_load_aborts_precisely(void)
{
    vm_map(&vm_kernel, window_page(0), UNOWNED, PAGE_BYTES, VM_NONCACHEABLE);
    const probe_t probe = PROBE("ldr x9, [%1]\n mov x10, #1\n mov x10, #2", window_page(0));
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    EXPECT(probe_aborted(&probe, esr_of(ESR_EC_DABORT, ISS_EA | FSC_EXTERNAL), window_page(0)));
    return NULL;
}

/* --- Non-shareable --- */

#define NONSHAREABLE (VM_DATA & ~PTE_SH_INNER)

static uint64_t seen_by_reader[3];

static void share_what_is_not_shareable(unsigned core)
{
    uint64_t *word = line_of(window_page(0), 0);
    if (core == 0)
        seen_by_reader[0] = load(word);
    if (!meet())
        return;
    if (core == 1)
        store(word, 2);
    if (!meet())
        return;
    if (core == 0)
        seen_by_reader[1] = load(word); /* its own copy, which nobody took */
    if (core == 1)
        __asm__ volatile("dc civac, %0" ::"r"(word) : "memory");
    if (!meet())
        return;
    if (core == 0) {
        __asm__ volatile("dc ivac, %0" ::"r"(word) : "memory");
        dsb_sy();
        seen_by_reader[2] = load(word);
    }
}

const char *nonshareable_copies_are_incoherent(void)
{
    begin_with_ones();
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, NONSHAREABLE);
    const bool ran = run_parts(2, share_what_is_not_shareable);
    unmap();
    EXPECT(ran);
    EXPECT(seen_by_reader[0] == 1);
    EXPECT(seen_by_reader[1] == 1);
    EXPECT(seen_by_reader[2] == 2);
    return NULL;
}
