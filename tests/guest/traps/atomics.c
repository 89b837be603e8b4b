/* Compare and swap (FEAT_LSE). Without it the encodings are UNDEFINED, and the check says that the machine lacks it. */
#include "traps.h"

enum { SWAPS = 300 };

static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t low;
    uint64_t high;
} pair;
static unsigned mixed_pairs;

static bool has_lse(void)
{
    return (read_sysreg(id_aa64isar0_el1) >> 20 & 0xf) >= 2;
}

/* The old pair, and if that was `expected` the new one is stored: CASP, on X0 to X3. */
static void compare_and_swap_pair(uint64_t expected[2], uint64_t low, uint64_t high)
{
    register uint64_t x0 __asm__("x0") = expected[0];
    register uint64_t x1 __asm__("x1") = expected[1];
    register uint64_t x2 __asm__("x2") = low;
    register uint64_t x3 __asm__("x3") = high;
    __asm__ volatile(".arch_extension lse\n casp x0, x1, x2, x3, [%[pair]]\n .arch_extension nolse"
                     : "+r"(x0), "+r"(x1)
                     : "r"(x2), "r"(x3), [pair] "r"(&pair)
                     : "memory");
    expected[0] = x0;
    expected[1] = x1;
}

/* Core 1 changes the pair, core 0 looks at it with swaps that fail. */
static void swap_pairs(unsigned core)
{
    if (!meet())
        return;
    for (uint64_t i = 1; i <= SWAPS; i++) {
        uint64_t old[2] = {core == 1 ? i - 1 : UINT64_MAX, core == 1 ? ~(i - 1) : UINT64_MAX};
        compare_and_swap_pair(old, core == 1 ? i : 0, core == 1 ? ~i : 0);
        mixed_pairs += core == 0 && old[1] != ~old[0];
    }
}

const char *casp_is_one_access(void)
{
    EXPECT(has_lse());
    pair.low = 0;
    pair.high = ~0ull;
    mixed_pairs = 0;
    EXPECT(run_parts(2, swap_pairs));
    EXPECT(mixed_pairs == 0);
    EXPECT(load(&pair.low) == SWAPS && load(&pair.high) == ~(uint64_t)SWAPS);
    return NULL;
}

const char *failed_cas_stores_nothing(void)
{
    EXPECT(has_lse());
    uint64_t old = 1; /* not what is there */
    pair.low = 40;
    __asm__ volatile(".arch_extension lse\n casal %0, %2, %1\n .arch_extension nolse"
                     : "+r"(old), "+Q"(pair.low)
                     : "r"(7ull)
                     : "memory");
    EXPECT(old == 40 && load(&pair.low) == 40);
    pair.high = 41;
    uint64_t half[2] = {40, 40}; /* the first is right */
    compare_and_swap_pair(half, 1, 2);
    EXPECT(half[0] == 40 && half[1] == 41);
    EXPECT(load(&pair.low) == 40 && load(&pair.high) == 41);
    return NULL;
}
