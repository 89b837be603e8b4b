/* TLB maintenance and what completes it: when the DSB is over, no core uses the old translation any more, and no access
 * made with it is still on its way (DDI 0487 D8.14.5). A DMB does not promise that. */
#include "traps.h"
#include "vm.h"

static void drop_translation(uint64_t va)
{
    __asm__ volatile("tlbi vaae1is, %0" ::"r"(vm_tlbi_operand(va, 0)) : "memory");
}

void write_descriptor(uint64_t *entry, uint64_t value)
{
    *(volatile uint64_t *)entry = value;
    dsb_ishst();
}

/* --- a store on its way --- */

enum { STORE_DELAYS = 480, STORE_STEP = 12, STORE_LANDS = 3000 };

static unsigned late_stores;
static bool complete_with_dsb;

/* Core 1 stores through the window, slowly; core 0 takes the window away and looks at the page twice. */
static void take_page_from_writer(unsigned core)
{
    uint64_t *word = (uint64_t *)test_page(0);
    uint64_t *leaf = vm_leaf(&vm_kernel, window_page(0));
    const uint64_t mapping = *leaf;
    for (unsigned delay = 0; delay < STORE_DELAYS; delay += STORE_STEP) {
        if (core == 1)
            *(volatile uint64_t *)window_page(0); /* the translation is in this core's TLB now */
        if (!meet())
            return;
        if (core == 0)
            store(word, 0); /* and the line is in core 0's cache */
        if (!meet())
            return;
        if (core == 1) {
            trap_t trap; /* where the window is gone already */
            trap_arm(&trap);
            __asm__ volatile(FILL "str %[one], [%[window]]"
                             :
                             : [cold] "r"(cold_lines()), [one] "r"(1ull), [window] "r"(window_page(0))
                             : "memory");
            trap_disarm();
        } else {
            spin(delay);
            write_descriptor(leaf, 0);
            drop_translation(window_page(0));
            if (complete_with_dsb)
                dsb_ish();
            else
                dmb_ish();
            const uint64_t then = load(word);
            spin(STORE_LANDS);
            late_stores += load(word) != then;
        }
        if (!meet())
            return;
        if (core == 0) {
            dsb_ish();
            write_descriptor(leaf, mapping);
            isb();
        }
        if (!meet())
            return;
    }
}

static bool count_late_stores(bool with_dsb)
{
    late_stores = 0;
    complete_with_dsb = with_dsb;
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_DATA);
    const bool ran = run_parts(2, take_page_from_writer);
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    return ran;
}

const char *dsb_completes_tlbi(void)
{
    EXPECT(count_late_stores(true));
    EXPECT(late_stores == 0);
    return NULL;
}

const char *dmb_does_not_complete_tlbi(void)
{
    EXPECT(count_late_stores(false));
    EXPECT(late_stores != 0);
    return NULL;
}

/* --- a walk on its way --- */

enum { WALK_DELAYS = 240, WALK_STEP = 8 };

static unsigned survivors, walks_overtaken;
static _Alignas(CACHE_LINE_BYTES) uint32_t step;

/* The level 2 entry above a page of the window. */
static uint64_t *table_entry(uint64_t va)
{
    const uint64_t *root = vm_kernel.root;
    uint64_t *level2 = (uint64_t *)(root[va >> 30 & 0x1ff] & PTE_ADDRESS);
    return &level2[va >> 21 & 0x1ff];
}

bool load_translates(uint64_t va)
{
    const probe_t probe = PROBE("ldr x9, [%1]", va);
    return !probe.trap.taken;
}

/* Core 1 walks to a page, and waits for the last descriptor, which is in memory only; core 0 takes the table away. */
static void take_table_from_walker(unsigned core)
{
    const uint64_t va = window_page(0);
    uint64_t *above = table_entry(va), *leaf = vm_leaf(&vm_kernel, va);
    const uint64_t table = *above;
    for (unsigned delay = 0; delay < WALK_DELAYS; delay += WALK_STEP) {
        if (core == 1 && !load_translates(va)) /* the upper tables are in this core's cache now */
            survivors++;
        if (!meet())
            return;
        if (core == 0) {
            step = 0;
            drop_translation(va);
            __asm__ volatile("dc civac, %0" ::"r"(leaf) : "memory");
        }
        if (!meet())
            return;
        if (core == 1) {
            walks_overtaken += !load_translates(va);
            if (!await(&step, 1))
                return;
            survivors += load_translates(va);
        } else {
            spin(delay);
            write_descriptor(above, 0);
            drop_translation(va);
            dsb_ish();
            atomic_store_release(&step, 1);
        }
        if (!meet())
            return;
        if (core == 0) {
            write_descriptor(above, table);
            isb();
        }
        if (!meet())
            return;
    }
}

const char *walk_in_flight_does_not_survive_tlbi(void)
{
    survivors = walks_overtaken = 0;
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_DATA);
    const bool ran = run_parts(2, take_table_from_walker);
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    EXPECT(ran);
    EXPECT(survivors == 0);
    EXPECT(walks_overtaken != 0); /* some walk was in flight when its table went */
    return NULL;
}

/* --- plainly --- */

static bool before, after_entry, after_tlbi;

static void lose_page(unsigned core)
{
    const uint64_t va = window_page(0);
    uint64_t *leaf = vm_leaf(&vm_kernel, va);
    if (core == 1)
        before = load_translates(va);
    if (!meet())
        return;
    if (core == 0)
        write_descriptor(leaf, 0);
    if (!meet())
        return;
    if (core == 1)
        after_entry = load_translates(va); /* from the TLB: nobody told it yet */
    if (!meet())
        return;
    if (core == 0) {
        drop_translation(va);
        dsb_ish();
    }
    if (!meet())
        return;
    if (core == 1)
        after_tlbi = load_translates(va);
}

const char *tlbi_reaches_other_cores(void)
{
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_DATA);
    const bool ran = run_parts(2, lose_page);
    EXPECT(ran);
    EXPECT(before);
    EXPECT(after_entry);
    EXPECT(!after_tlbi);
    return NULL;
}
