/* DC ZVA: a store of a block of zeros, and nothing special otherwise (DDI 0487 C5.3.12). */
#include "board.h"
#include "traps.h"

static _Alignas(2048) uint64_t block[256]; /* the largest block there is */

static size_t block_words(void)
{
    return ((size_t)4 << (read_sysreg(dczid_el0) & 0xf)) / sizeof(uint64_t);
}

static void zero_block(void)
{
    __asm__ volatile("dc zva, %0" ::"r"(block) : "memory");
}

const char *dc_zva_faults_on_device(void)
{
    const uint64_t device = board_get()->uart_base;
    const probe_t probe = PROBE("dc zva, %1", device);
    EXPECT(probe_aborted(&probe, esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_ALIGNMENT), device));
    return NULL;
}

/* --- against a store of another core --- */

enum { ZVA_DELAYS = 60, PATTERN = 0x5a };

static unsigned wrong_words;

/* Core 1's word is its own or cleared; all others are cleared. */
static void count_wrong_words(uint64_t own)
{
    for (size_t i = 0; i < block_words(); i++)
        wrong_words += load(&block[i]) != 0 && !(i == 3 && load(&block[i]) == own);
}

static void zero_while_other_stores(unsigned core)
{
    for (unsigned delay = 0; delay < ZVA_DELAYS; delay++) {
        if (core == delay % 2) /* the old block is now here, now there */
            for (size_t i = 0; i < block_words(); i++)
                store(&block[i], PATTERN);
        if (!meet())
            return;
        if (core == 0) {
            spin(ZVA_DELAYS / 2);
            zero_block();
            wrong_words += load(&block[4]) != 0; /* as this core sees it at once */
        } else {
            spin(delay);
            store(&block[3], delay + 1);
        }
        if (!meet())
            return;
        if (core == 0)
            count_wrong_words(delay + 1);
        if (!meet())
            return;
    }
}

const char *dc_zva_clears_the_line_whoever_stores(void)
{
    wrong_words = 0;
    EXPECT(run_parts(2, zero_while_other_stores));
    EXPECT(wrong_words == 0);
    return NULL;
}

/* --- against the monitor of another core --- */

static _Alignas(CACHE_LINE_BYTES) uint32_t step;
static uint32_t store_failed;
static bool other_owns;

static void zero_while_other_is_exclusive(unsigned core)
{
    if (core == 1 && other_owns)
        store(&block[2], PATTERN);
    if (!meet())
        return;
    if (core == 0) {
        if (!await(&step, 1))
            return;
        zero_block();
        dsb_ish();
        atomic_store_release(&step, 2);
        return;
    }
    __asm__ volatile("   ldxr x9, [%[word]]\n"
                     "   stlr %w[one], [%[step]]\n"
                     "   mov x11, #65536\n"
                     "1: ldar w10, [%[step]]\n"
                     "   subs x11, x11, #1\n"
                     "   b.eq 2f\n"
                     "   cmp w10, #2\n"
                     "   b.ne 1b\n"
                     "2: stxr %w[failed], x9, [%[word]]"
                     : [failed] "=&r"(store_failed)
                     : [word] "r"(&block[2]), [step] "r"(&step), [one] "r"(1)
                     : "x9", "x10", "x11", "cc", "memory");
}

const char *dc_zva_clears_remote_monitors(void)
{
    for (unsigned i = 0; i < 2; i++) {
        other_owns = i == 1; /* else both hold the line */
        step = 0;
        block[2] = PATTERN;
        EXPECT(run_parts(2, zero_while_other_is_exclusive));
        EXPECT(store_failed == 1);
        EXPECT(load(&block[2]) == 0);
    }
    return NULL;
}
