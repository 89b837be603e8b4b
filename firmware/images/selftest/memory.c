/* Translation, TLBs and caches: what a kernel does to them, and what it may then rely on. */
#include "atomic.h"
#include "barrier.h"
#include "cache.h"
#include "layout.h"
#include "selftest.h"
#include "smp.h"
#include "sysreg.h"
#include "vm.h"

static volatile uint64_t *words(uint64_t address)
{
    return (volatile uint64_t *)address;
}

static const char *identity_map_matches(void)
{
    const uint64_t address = test_page(0) + 0x238;
    __asm__ volatile("at s1e1w, %0" ::"r"(address) : "memory");
    isb();
    const uint64_t good = read_sysreg(par_el1);
    EXPECT((good & 1) == 0 && (good & PTE_ADDRESS) == test_page(0));
    EXPECT(good >> 56 == MAIR_NORMAL_WB && (good >> 7 & 3) == 3); /* ATTR and SH */
    const uint64_t nowhere = VM_WINDOW + (1ull << 30);
    __asm__ volatile("at s1e1r, %0" ::"r"(nowhere) : "memory");
    isb();
    const uint64_t bad = read_sysreg(par_el1);
    EXPECT((bad & 1) == 1 && (bad >> 1 & 0x3f) == FSC_TRANSLATION_L1);
    return NULL;
}

static const char *unaligned_access(void)
{
    uint8_t *page = (uint8_t *)test_page(0);
    for (unsigned i = 0; i < 2 * CACHE_LINE_BYTES; i++)
        page[i] = (uint8_t)i;
    uint64_t across_lines;
    __asm__ volatile("ldr %0, [%1]" : "=r"(across_lines) : "r"(page + CACHE_LINE_BYTES - 3) : "memory");
    EXPECT(across_lines == 0x44434241403f3e3d);
    /* Two neighbouring pages of the window whose memory is in the other order: half of the store goes to each. */
    vm_map(&vm_kernel, window_page(0), test_page(1), PAGE_BYTES, VM_DATA);
    vm_map(&vm_kernel, window_page(1), test_page(0), PAGE_BYTES, VM_DATA);
    __asm__ volatile("str %0, [%1]" ::"r"(0x1122334455667788), "r"(window_page(1) - 4) : "memory");
    const uint64_t low = *(volatile uint32_t *)(test_page(1) + PAGE_BYTES - 4);
    const uint64_t high = *(volatile uint32_t *)test_page(0);
    vm_unmap(&vm_kernel, window_page(0), 2 * PAGE_BYTES);
    EXPECT(low == 0x55667788 && high == 0x11223344);
    return NULL;
}

static const char *dc_zva_clears(void)
{
    const uint64_t dczid = read_sysreg(dczid_el0);
    if (dczid & 1 << 4)
        return NULL; /* DZP: prohibited, and the register says so */
    const size_t bytes = (size_t)4 << (dczid & 0xf);
    volatile uint8_t *page = (volatile uint8_t *)test_page(0);
    EXPECT(2 * bytes < PAGE_BYTES);
    for (size_t i = 0; i <= 2 * bytes; i++)
        page[i] = 0xff;
    __asm__ volatile("dc zva, %0" ::"r"(page + bytes + 1) : "memory"); /* any address in the block */
    EXPECT(page[bytes - 1] == 0xff && page[2 * bytes] == 0xff);
    for (size_t i = bytes; i < 2 * bytes; i++)
        EXPECT(page[i] == 0);
    return NULL;
}

static void fill_pages(void)
{
    for (unsigned page = 0; page < 4; page++)
        *words(test_page(page)) = 100 + page;
}

/* Break-before-make by hand, with a TLBI that reaches this core only. */
static const char *remap_on_this_core(void)
{
    const uint64_t page = window_page(0);
    fill_pages();
    vm_map(&vm_kernel, page, test_page(0), PAGE_BYTES, VM_DATA);
    const uint64_t before = *words(page);
    uint64_t *leaf = vm_leaf(&vm_kernel, page);
    const uint64_t next = (*leaf & ~PTE_ADDRESS) | test_page(1);
    *(volatile uint64_t *)leaf = 0;
    dsb_ishst();
    __asm__ volatile("tlbi vae1, %0" ::"r"(vm_tlbi_operand(page, 0)) : "memory");
    dsb_nsh();
    isb();
    const probe_t between = PROBE("ldr x9, [%1]", page);
    *(volatile uint64_t *)leaf = next;
    dsb_ishst();
    isb();
    const uint64_t after = *words(page);
    vm_unmap(&vm_kernel, page, PAGE_BYTES);
    EXPECT(before == 100);
    EXPECT(probe_aborted(&between, esr_of(ESR_EC_DABORT, FSC_TRANSLATION_L3), page));
    EXPECT(after == 101);
    return NULL;
}

static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t before, after;
    probe_t between;
} seen; /* by the partner */

static void look_three_times(void *data)
{
    (void)data;
    seen.before = *words(window_page(0)); /* the translation is in this core's TLB now */
    say_step(1);
    wait_for_step(2);
    seen.between = PROBE("ldr x9, [%1]", window_page(0));
    say_step(3);
    wait_for_step(4);
    seen.after = *words(window_page(0));
}

static const char *remap_on_another_core(void)
{
    const uint64_t page = window_page(0);
    fill_pages();
    vm_map(&vm_kernel, page, test_page(0), PAGE_BYTES, VM_DATA);
    begin_on_partner(look_three_times, NULL);
    expect_step(1);
    vm_unmap(&vm_kernel, page, PAGE_BYTES); /* TLBI VAAE1IS and DSB ISH: when it returns the partner has forgotten */
    say_step(2);
    expect_step(3);
    vm_map(&vm_kernel, page, test_page(1), PAGE_BYTES, VM_DATA);
    say_step(4);
    join_partner();
    vm_unmap(&vm_kernel, page, PAGE_BYTES);
    EXPECT(seen.before == 100);
    EXPECT(probe_aborted(&seen.between, esr_of(ESR_EC_DABORT, FSC_TRANSLATION_L3), page));
    EXPECT(seen.after == 101);
    return NULL;
}

/* One address, two address spaces, no TLBI: the ASID keeps their not-global entries apart, and global ones are
 * shared. */
static const char *asids_keep_spaces_apart(void)
{
    const uint64_t page = window_page(0);
    fill_pages();
    const vm_space_t first = vm_space_new(1), second = vm_space_new(2);
    vm_map(&first, page, test_page(0), PAGE_BYTES, VM_DATA | PTE_NOT_GLOBAL);
    vm_map(&second, page, test_page(1), PAGE_BYTES, VM_DATA | PTE_NOT_GLOBAL);
    uint64_t sum_first = 0, sum_second = 0;
    for (unsigned i = 0; i < 4; i++) {
        vm_space_use(&first);
        sum_first += *words(page);
        vm_space_use(&second);
        sum_second += *words(page);
    }
    /* Only the second's entry is dropped; what the first has cached stays right. */
    *(volatile uint64_t *)vm_leaf(&second, page) = 0;
    dsb_ishst();
    __asm__ volatile("tlbi aside1is, %0" ::"r"((uint64_t)second.asid << 48) : "memory");
    dsb_ish();
    isb();
    const probe_t dropped = PROBE("ldr x9, [%1]", page);
    vm_space_use(&first);
    const uint64_t kept = *words(page);
    vm_unmap(&first, page, PAGE_BYTES);
    vm_space_use(&vm_kernel);
    EXPECT(sum_first == 400 && sum_second == 404);
    EXPECT(probe_aborted(&dropped, esr_of(ESR_EC_DABORT, FSC_TRANSLATION_L3), page));
    EXPECT(kept == 100);
    return NULL;
}

/* A Non-cacheable view of memory that is cached elsewhere: coherent only by maintenance, in both directions. */
static const char *maintenance_reaches_memory(void)
{
    const uint64_t cached = test_page(0), uncached = window_page(0);
    *words(cached) = 1;
    cache_clean_invalidate_range(cached, PAGE_BYTES); /* no line is left that could be written back later */
    vm_map(&vm_kernel, uncached, cached, PAGE_BYTES, VM_NONCACHEABLE);
    *words(cached) = 2;
    cache_clean_range(cached, sizeof(uint64_t));
    const uint64_t from_memory = *words(uncached);
    *words(uncached) = 3;
    dsb_sy(); /* it is in memory before the line is dropped and read again */
    cache_invalidate_range(cached, CACHE_LINE_BYTES);
    const uint64_t from_cache = *words(cached);
    cache_clean_invalidate_range(cached, PAGE_BYTES);
    vm_unmap(&vm_kernel, uncached, PAGE_BYTES);
    EXPECT(from_memory == 2);
    EXPECT(from_cache == 3);
    return NULL;
}

static const char *invalidating_spares_neighbours(void)
{
    volatile uint8_t *bytes = (volatile uint8_t *)test_page(0);
    for (unsigned i = 0; i < 4 * CACHE_LINE_BYTES; i++)
        bytes[i] = (uint8_t)(i + 1);
    cache_invalidate_range((uintptr_t)bytes + 10, 3 * CACHE_LINE_BYTES); /* ends inside the fourth line */
    for (unsigned i = 0; i < 10; i++)
        EXPECT(bytes[i] == (uint8_t)(i + 1));
    for (unsigned i = 10 + 3 * CACHE_LINE_BYTES; i < 4 * CACHE_LINE_BYTES; i++)
        EXPECT(bytes[i] == (uint8_t)(i + 1));
    return NULL;
}

enum { RET = (int)0xd65f03c0 };

/* MOVZ w0, #value */
static uint32_t movz(uint32_t value)
{
    return 0x52800000 | value << 5;
}

static void write_code(uint64_t page, uint32_t value)
{
    volatile uint32_t *code = (volatile uint32_t *)page;
    code[0] = movz(value);
    code[1] = (uint32_t)RET;
    cache_sync_instructions(page, 8);
}

static uint32_t run_code(void)
{
    return ((uint32_t(*)(void))window_page(0))();
}

static const char *modified_code_runs(void)
{
    write_code(test_page(0), 1);
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_CODE);
    const uint32_t first = run_code();
    write_code(test_page(0), 2);
    const uint32_t second = run_code();
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    EXPECT(first == 1 && second == 2);
    return NULL;
}

static void run_code_twice(void *data)
{
    (void)data;
    seen.before = run_code();
    say_step(1);
    wait_for_step(2);
    isb(); /* the IC IVAU reached this core's cache, but not what it had already fetched from it */
    seen.after = run_code();
}

static const char *modified_code_runs_on_another_core(void)
{
    write_code(test_page(0), 3);
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_CODE);
    begin_on_partner(run_code_twice, NULL);
    expect_step(1);
    write_code(test_page(0), 4);
    say_step(2);
    join_partner();
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    EXPECT(seen.before == 3 && seen.after == 4);
    return NULL;
}

const check_t memory_checks[] = {
    {"identity-map-matches", identity_map_matches, 1, false},
    {"unaligned-access", unaligned_access, 1, false},
    {"dc-zva-clears", dc_zva_clears, 1, false},
    {"remap-on-this-core", remap_on_this_core, 1, false},
    {"remap-on-another-core", remap_on_another_core, 2, false},
    {"asids-keep-spaces-apart", asids_keep_spaces_apart, 1, false},
    {"maintenance-reaches-memory", maintenance_reaches_memory, 1, false},
    {"invalidating-spares-neighbours", invalidating_spares_neighbours, 1, false},
    {"modified-code-runs", modified_code_runs, 1, false},
    {"modified-code-runs-on-another-core", modified_code_runs_on_another_core, 2, false},
    {NULL, NULL, 0, false},
};
