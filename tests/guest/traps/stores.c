/* The store buffer as its own core sees it, and accesses across a line and across a page. */
#include "traps.h"
#include "vm.h"

static word_line_t line;
static uint64_t seen[3];

/* --- forwarding: the other core owns the line, so that a store waits --- */

#define OLD 0x1111111111111111

static void store_bytes_then_load(unsigned core)
{
    for (unsigned round = 0; round < 3; round++) {
        if (core == 1)
            store(&line.word, OLD);
        if (!meet())
            return;
        if (core == 1)
            continue;
        if (round == 0)
            __asm__ volatile("strb %w2, [%1, #2]\n ldr %0, [%1]" : "=&r"(seen[0]) : "r"(&line), "r"(0xaa) : "memory");
        else if (round == 1)
            __asm__ volatile("strb %w2, [%1]\n strb %w2, [%1, #7]\n ldr %0, [%1]"
                             : "=&r"(seen[1])
                             : "r"(&line), "r"(0xbb)
                             : "memory");
        else
            __asm__ volatile("strh %w2, [%1, #6]\n ldr %w0, [%1, #3]" /* the store has the last of its four bytes */
                             : "=&r"(seen[2])
                             : "r"(&line), "r"(0xccdd)
                             : "memory");
    }
}

const char *load_gathers_store_and_line(void)
{
    EXPECT(run_parts(2, store_bytes_then_load));
    EXPECT(seen[0] == 0x1111111111aa1111);
    EXPECT(seen[1] == 0xbb111111111111bb);
    EXPECT(seen[2] == 0xdd111111);
    return NULL;
}

static void store_then_load(unsigned core)
{
    if (core == 1)
        store(&line.word, OLD);
    if (!meet() || core == 1)
        return;
    __asm__ volatile("str %2, [%1]\n ldr %0, [%1]" : "=&r"(seen[0]) : "r"(&line), "r"(6ull) : "memory");
}

const char *load_sees_its_own_store(void)
{
    EXPECT(run_parts(2, store_then_load));
    EXPECT(seen[0] == 6);
    return NULL;
}

static void store_twice_then_load(unsigned core)
{
    if (core == 1)
        store(&line.word, OLD);
    if (!meet() || core == 1)
        return;
    __asm__ volatile("str %2, [%1]\n dmb ishst\n str %3, [%1]\n ldr %0, [%1]"
                     : "=&r"(seen[0])
                     : "r"(&line), "r"(6ull), "r"(7ull)
                     : "memory");
}

const char *load_sees_the_youngest_store(void)
{
    EXPECT(run_parts(2, store_twice_then_load));
    EXPECT(seen[0] == 7);
    dsb_sy();
    EXPECT(load(&line.word) == 7);
    return NULL;
}

/* --- across a line --- */

enum { CROSSINGS = 400 };

static _Alignas(CACHE_LINE_BYTES) uint8_t two_lines[2 * CACHE_LINE_BYTES];
static unsigned torn_elsewhere, torn_at_split;

static bool is_whole(uint32_t half)
{
    return half == 0 || half == UINT32_MAX;
}

static void look_at(const uint64_t *crossing)
{
    uint64_t value;
    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(crossing) : "memory");
    torn_elsewhere += !is_whole((uint32_t)value) || !is_whole((uint32_t)(value >> 32));
    torn_at_split += (uint32_t)value != (uint32_t)(value >> 32);
}

static void cross_the_line(unsigned core)
{
    uint64_t *crossing = (uint64_t *)(two_lines + CACHE_LINE_BYTES - 4);
    if (!meet())
        return;
    for (unsigned i = 0; i < CROSSINGS; i++) {
        const uint64_t value = i % 2 ? 0 : UINT64_MAX;
        if (core == 1) {
            __asm__ volatile("str %0, [%1]" ::"r"(value), "r"(crossing) : "memory");
            spin(i % 64); /* or the other core would never have both lines */
            continue;
        }
        spin(i % 17);
        look_at(crossing);
        look_at(crossing); /* now that both lines are here */
    }
}

/* Eight bytes at offset 60 of a line are two accesses, and only two. */
const char *line_crossing_tears_at_the_split(void)
{
    torn_elsewhere = torn_at_split = 0;
    EXPECT(run_parts(2, cross_the_line));
    EXPECT(torn_elsewhere == 0);
    EXPECT(torn_at_split != 0); /* two lines are not taken and given in one moment */
    return NULL;
}

/* --- inside 16 bytes --- */

/* Offset 4 of a line: FEAT_LSE2 makes this one access (B2.2.1), as it does the pair at offset 16. */
static void look_inside(unsigned core)
{
    uint64_t *unaligned = (uint64_t *)(two_lines + 4);
    uint64_t *pair = (uint64_t *)(two_lines + 16);
    if (!meet())
        return;
    for (unsigned i = 0; i < CROSSINGS; i++) {
        const uint64_t value = i % 2 ? 0 : UINT64_MAX;
        if (core == 1) {
            __asm__ volatile("str %0, [%1]\n stp %0, %0, [%2]" ::"r"(value), "r"(unaligned), "r"(pair) : "memory");
            spin(i % 64);
            continue;
        }
        spin(i % 17);
        for (unsigned again = 0; again < 2; again++) {
            uint64_t first, second;
            look_at(unaligned);
            __asm__ volatile("ldp %0, %1, [%2]" : "=&r"(first), "=&r"(second) : "r"(pair) : "memory");
            torn_at_split += first != second || !is_whole((uint32_t)first);
        }
    }
}

const char *unaligned_load_in_sixteen_bytes_is_whole(void)
{
    torn_elsewhere = torn_at_split = 0;
    __builtin_memset(two_lines, 0, sizeof two_lines);
    dsb_sy();
    EXPECT(run_parts(2, look_inside));
    EXPECT(torn_elsewhere == 0);
    EXPECT(torn_at_split == 0);
    return NULL;
}

/* --- across a page --- */

/* Eight and sixteen bytes that end in the second page of the window, which is not there or not writable. */
static const char *stores_do_nothing(uint64_t esr)
{
    const uint64_t second = window_page(1);
    uint64_t *last = (uint64_t *)(test_page(0) + PAGE_BYTES - 16);
    last[0] = last[1] = OLD;
    const probe_t word = PROBE("str x9, [%1]", second - 4);
    EXPECT(probe_aborted(&word, esr, second));
    const probe_t pair = PROBE("stp x9, x10, [%1]", second - 8);
    EXPECT(probe_aborted(&pair, esr, second));
    dsb_sy();
    EXPECT(load(&last[0]) == OLD && load(&last[1]) == OLD);
    return NULL;
}

const char *fault_on_second_page_stores_nothing(void)
{
    const uint64_t second = window_page(1);
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_DATA);
    const char *wrong = stores_do_nothing(esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_TRANSLATION_L3));
    vm_map(&vm_kernel, second, test_page(1), PAGE_BYTES, VM_CONSTANTS);
    if (wrong == NULL)
        wrong = stores_do_nothing(esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_PERMISSION_L3));
    vm_unmap(&vm_kernel, window_page(0), 2 * PAGE_BYTES);
    return wrong;
}
