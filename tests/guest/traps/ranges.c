/* TLB maintenance by range and in the Outer Shareable domain (FEAT_TLBIRANGE, FEAT_TLBIOS; DDI 0487 C5.5): exactly the
 * pages that it names, on every core. */
#include "traps.h"
#include "vm.h"

#define TLBI(operation, operand) __asm__ volatile("sys #0, c8, " operation ", %0" ::"r"(operand) : "memory")

/* A range of 64 pages, (NUM + 1) * 2^(5 * SCALE + 1) with SCALE 1, and a page on either side of it. */
enum { RANGE_PAGES = 64, PAGES = RANGE_PAGES + 2, ONE_CORE = 0, OTHER_CORE = 1 };

static bool translated[2][PAGES];
static void (*drop)(void);

static uint64_t range_operand(void)
{
    enum { SCALE = 44, TG = 46, TG_4K = 1 };
    return window_page(1) >> 12 | 1ull << SCALE | (uint64_t)TG_4K << TG;
}

static void look(unsigned core)
{
    for (unsigned page = 0; page < PAGES; page++)
        translated[core][page] = load_translates(window_page(page));
}

/* Both cores have all pages in their TLBs when their descriptors go; core 0 then drops what `drop` drops. */
static void lose_pages(unsigned core)
{
    look(core);
    if (!meet())
        return;
    for (unsigned page = 0; page < PAGES && core == 0; page++)
        write_descriptor(vm_leaf(&vm_kernel, window_page(page)), 0);
    if (!meet())
        return;
    if (core == 0) {
        drop();
        dsb_sy();
    }
    if (meet())
        look(core);
}

/* Whether the pages of the range are gone on a core, and the two beside it are as `beside` says. */
static bool range_is_gone(unsigned core, bool beside)
{
    bool right = translated[core][0] == beside && translated[core][PAGES - 1] == beside;
    for (unsigned page = 1; page <= RANGE_PAGES; page++)
        right = right && !translated[core][page];
    return right;
}

static bool lose_pages_by(void (*operation)(void))
{
    drop = operation;
    for (unsigned page = 0; page < PAGES; page++)
        vm_map(&vm_kernel, window_page(page), test_page(0), PAGE_BYTES, VM_DATA);
    const bool ran = run_parts(2, lose_pages);
    TLBI("c7, #0", 0ull);
    dsb_sy();
    return ran;
}

static void drop_range_here(void)
{
    TLBI("c6, #1", range_operand()); /* RVAE1 */
}

static void drop_range(void)
{
    TLBI("c2, #3", range_operand()); /* RVAAE1IS */
}

static void drop_range_of_last_level_os(void)
{
    TLBI("c5, #5", range_operand()); /* RVALE1OS */
}

const char *tlbi_by_range_reaches_its_pages(void)
{
    EXPECT(lose_pages_by(drop_range_here));
    EXPECT(range_is_gone(ONE_CORE, true));
    EXPECT(translated[OTHER_CORE][1]); /* nobody told it */
    EXPECT(lose_pages_by(drop_range));
    EXPECT(range_is_gone(ONE_CORE, true));
    EXPECT(range_is_gone(OTHER_CORE, true));
    return NULL;
}

static void drop_all_os(void)
{
    TLBI("c1, #0", 0ull); /* VMALLE1OS */
}

static void drop_each_os(void)
{
    for (unsigned page = 1; page <= RANGE_PAGES; page++)
        TLBI("c1, #7", vm_tlbi_operand(window_page(page), 0)); /* VAALE1OS */
}

const char *tlbi_os_reaches_other_cores(void)
{
    EXPECT(lose_pages_by(drop_each_os));
    EXPECT(range_is_gone(OTHER_CORE, true));
    EXPECT(lose_pages_by(drop_range_of_last_level_os));
    EXPECT(range_is_gone(OTHER_CORE, true));
    EXPECT(lose_pages_by(drop_all_os));
    EXPECT(range_is_gone(OTHER_CORE, false));
    return NULL;
}
