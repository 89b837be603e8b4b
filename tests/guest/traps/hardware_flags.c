/* Flags of descriptors that the walker sets itself (FEAT_HAFDBS; DDI 0487 D8.5): it changes a descriptor that others
 * may change at the same time, and a page is clean until it is stored to, not longer. */
#include "traps.h"
#include "vm.h"

#define PTE_DBM      (1ull << 51)
#define PTE_SOFTWARE (1ull << 55)
#define TCR_HA       (1ull << 39)
#define TCR_HD       (1ull << 40)

enum { FLAG_DELAYS = 300, FLAG_STEP = 6 };

static unsigned faults, flags_lost, marks_lost;

static void drop_translation(uint64_t va)
{
    __asm__ volatile("tlbi vaae1is, %0\n dsb ish\n isb" ::"r"(vm_tlbi_operand(va, 0)) : "memory");
}

static uint64_t set_tcr(uint64_t set)
{
    const uint64_t before = read_sysreg(tcr_el1);
    write_sysreg(tcr_el1, before | set);
    isb();
    return before;
}

static void restore_tcr(uint64_t tcr)
{
    write_sysreg(tcr_el1, tcr);
    isb();
}

static void set_bits(uint64_t *word, uint64_t bits)
{
    uint64_t value;
    uint32_t failed;
    __asm__ volatile("1: ldxr %0, %2\n"
                     "   orr %0, %0, %3\n"
                     "   stxr %w1, %0, %2\n"
                     "   cbnz %w1, 1b"
                     : "=&r"(value), "=&r"(failed), "+Q"(*word)
                     : "r"(bits)
                     : "memory");
}

/* --- against a store of another core --- */

/* Core 1 reads the page, whose access flag is clear; core 0 meanwhile marks the descriptor for itself. */
static void mark_while_other_walks(unsigned core)
{
    const uint64_t va = window_page(0);
    uint64_t *leaf = vm_leaf(&vm_kernel, va);
    const uint64_t mapping = load(leaf) & ~PTE_AF;
    for (unsigned delay = 0; delay < FLAG_DELAYS; delay += FLAG_STEP) {
        if (core == 0) {
            write_descriptor(leaf, mapping);
            drop_translation(va);
        }
        if (!meet())
            return;
        if (core == 1) {
            faults += !load_translates(va);
        } else {
            spin(delay);
            set_bits(leaf, PTE_SOFTWARE);
        }
        if (!meet())
            return;
        if (core == 0) {
            flags_lost += !(load(leaf) & PTE_AF);
            marks_lost += !(load(leaf) & PTE_SOFTWARE);
        }
        if (!meet())
            return;
    }
}

static void walk_with_access_flag(unsigned core)
{
    const uint64_t tcr = set_tcr(TCR_HA);
    mark_while_other_walks(core);
    restore_tcr(tcr);
}

static const char *faults_without_ha(uint64_t va)
{
    const probe_t loaded = PROBE("ldr x9, [%1]", va);
    EXPECT(probe_aborted(&loaded, esr_of(ESR_EC_DABORT, FSC_ACCESS_FLAG_L3), va));
    return NULL;
}

const char *access_flag_is_set_atomically(void)
{
    faults = flags_lost = marks_lost = 0;
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_DATA & ~PTE_AF);
    const char *wrong = faults_without_ha(window_page(0));
    const bool ran = wrong == NULL && run_parts(2, walk_with_access_flag);
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    if (wrong != NULL)
        return wrong;
    EXPECT(ran);
    EXPECT(faults == 0);
    EXPECT(flags_lost == 0);
    EXPECT(marks_lost == 0);
    return NULL;
}

/* --- dirty state --- */

static const char *clean_until_stored(uint64_t va, uint64_t *leaf)
{
    const uint64_t clean = *leaf;
    EXPECT(load_translates(va));
    __asm__ volatile("at s1e1w, %0\n isb" ::"r"(va) : "memory");
    EXPECT((read_sysreg(par_el1) & 1) == 0);
    EXPECT(load(leaf) == clean); /* neither reads it nor asks whether it could be written */
    const probe_t stored = PROBE("str %1, [%1]", va);
    EXPECT(!stored.trap.taken);
    EXPECT(load((uint64_t *)test_page(0)) == va);
    EXPECT(load(leaf) == (clean & ~PTE_READ_ONLY));
    return NULL;
}

static const char *read_only_without_hd(uint64_t va)
{
    const probe_t stored = PROBE("str xzr, [%1]", va);
    EXPECT(probe_aborted(&stored, esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_PERMISSION_L3), va));
    return NULL;
}

const char *store_marks_a_clean_page(void)
{
    const uint64_t va = window_page(0);
    vm_map(&vm_kernel, va, test_page(0), PAGE_BYTES, VM_DATA | PTE_DBM | PTE_READ_ONLY);
    uint64_t tcr = set_tcr(TCR_HA);
    const char *wrong = read_only_without_hd(va);
    set_tcr(TCR_HA | TCR_HD);
    drop_translation(va); /* TLBs may hold HD */
    wrong = wrong ? wrong : clean_until_stored(va, vm_leaf(&vm_kernel, va));
    restore_tcr(tcr);
    vm_unmap(&vm_kernel, va, PAGE_BYTES);
    return wrong;
}
