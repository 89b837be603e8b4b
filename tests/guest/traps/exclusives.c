/* Load-exclusive and store-exclusive: progress, and what clears the monitor (DDI 0487 B2.9). */
#include "cache.h"
#include "memory.h"
#include "traps.h"

/* --- progress --- */

enum { OFFSETS = 16, INCREMENTS = 4, ATTEMPTS_AT_MOST = 64 };

static word_line_t counter;
static struct {
    _Alignas(CACHE_LINE_BYTES) unsigned attempts; /* the most that one increment took */
} worst[SMP_MAX_CPUS];

/* How many attempts it took. */
static unsigned increment(void)
{
    unsigned attempts = 0;
    uint32_t failed = 1;
    while (failed != 0 && attempts < ATTEMPTS_AT_MOST) {
        __asm__ volatile("ldxr x9, [%[word]]\n"
                         "add x9, x9, #1\n"
                         "stxr %w[failed], x9, [%[word]]"
                         : [failed] "=&r"(failed)
                         : [word] "r"(&counter.word)
                         : "x9", "memory");
        attempts++;
    }
    return failed != 0 ? ATTEMPTS_AT_MOST : attempts;
}

static void increment_from_every_offset(unsigned core)
{
    worst[core].attempts = 0;
    for (unsigned offset = 0; offset < OFFSETS; offset++) {
        if (!meet())
            return;
        spin(core * offset);
        for (unsigned i = 0; i < INCREMENTS; i++) {
            const unsigned attempts = increment();
            if (attempts > worst[core].attempts)
                worst[core].attempts = attempts;
        }
    }
}

/* All cores on one word, from all starts: nobody is kept from its increment for ever. */
const char *exclusives_make_progress(void)
{
    counter.word = 0;
    EXPECT(run_parts(smp_cores(), increment_from_every_offset));
    for (unsigned core = 0; core < smp_cores(); core++)
        EXPECT(worst[core].attempts < ATTEMPTS_AT_MOST);
    EXPECT(counter.word == (uint64_t)OFFSETS * INCREMENTS * smp_cores());
    return NULL;
}

/* --- what takes the monitor --- */

static word_line_t target;
static _Alignas(CACHE_LINE_BYTES) uint32_t step;
static uint32_t store_failed;
static uintptr_t thrash_lines, thrash_stride, thrash_count;

/* A store-exclusive while another core does something: the step to 1, the wait for 2, and nothing else in between. The
 * bound on the wait keeps a machine that lost the other core from hanging. */
static uint32_t exclusive_around_steps(uint64_t value)
{
    uint32_t failed;
    __asm__ volatile("   ldxr x9, [%[word]]\n"
                     "   stlr %w[one], [%[step]]\n"
                     "   mov x11, #65536\n"
                     "1: ldar w10, [%[step]]\n"
                     "   subs x11, x11, #1\n"
                     "   b.eq 2f\n"
                     "   cmp w10, #2\n"
                     "   b.ne 1b\n"
                     "2: stxr %w[failed], %[value], [%[word]]"
                     : [failed] "=&r"(failed)
                     : [word] "r"(&target.word), [step] "r"(&step), [one] "r"(1), [value] "r"(value)
                     : "x9", "x10", "x11", "cc", "memory");
    return failed;
}

static void there_and_back(unsigned core)
{
    if (core == 0) {
        store_failed = exclusive_around_steps(7);
    } else if (await(&step, 1)) {
        store(&target.word, 1);
        dmb_ish();
        store(&target.word, 0);
        atomic_store_release(&step, 2); /* both stores come first */
    }
}

/* The value is the old one again, but the line was written: the monitor goes by address, not by value. */
const char *store_exclusive_goes_by_address(void)
{
    target.word = 0;
    step = 0;
    EXPECT(run_parts(2, there_and_back));
    EXPECT(store_failed == 1);
    EXPECT(load(&target.word) == 0);
    return NULL;
}

static void add_nothing(unsigned core)
{
    if (core == 0)
        store_failed = exclusive_around_steps(7);
    else if (await(&step, 1)) {
        __asm__ volatile(".arch_extension lse\n stadd xzr, [%0]\n .arch_extension nolse" ::"r"(&target.word)
                         : "memory");
        atomic_store_release(&step, 2);
    }
}

/* An atomic of another core is a store to the address, wherever it is performed and whatever it writes. */
const char *far_atomic_clears_remote_monitors(void)
{
    target.word = 0;
    step = 0;
    EXPECT(run_parts(2, add_nothing));
    EXPECT(store_failed == 1);
    EXPECT(load(&target.word) == 0);
    return NULL;
}

/* Twice as many lines as a set of the L1 data cache has ways, all of the target's set. */
static void find_thrash_lines(void)
{
    if (thrash_count != 0)
        return;
    const cache_geometry_t l1d = cache_l1d_geometry();
    thrash_stride = (uintptr_t)l1d.sets << l1d.line_bits;
    thrash_count = 2 * l1d.ways;
    const uintptr_t memory = (uintptr_t)memory_take(thrash_stride * (thrash_count + 1), thrash_stride);
    thrash_lines = memory + (uintptr_t)&target.word % thrash_stride;
}

/* The same with an eviction before the step, and the line fetched again after it. */
static uint32_t exclusive_around_eviction(uint64_t value, const uint32_t *until, uint32_t reached)
{
    uint32_t failed;
    uintptr_t line = thrash_lines, count = thrash_count;
    __asm__ volatile("   ldxr x9, [%[word]]\n"
                     "1: ldr x10, [%[line]]\n"
                     "   add %[line], %[line], %[stride]\n"
                     "   subs %[count], %[count], #1\n"
                     "   b.ne 1b\n"
                     "   dmb ish\n"
                     "   stlr %w[one], [%[step]]\n"
                     "   mov x11, #65536\n"
                     "2: ldar w10, [%[until]]\n"
                     "   subs x11, x11, #1\n"
                     "   b.eq 3f\n"
                     "   cmp w10, %w[reached]\n"
                     "   b.ne 2b\n"
                     "3: ldr x10, [%[word]]\n"
                     "   stxr %w[failed], %[value], [%[word]]"
                     : [failed] "=&r"(failed), [line] "+r"(line), [count] "+r"(count)
                     : [word] "r"(&target.word), [stride] "r"(thrash_stride), [step] "r"(&step), [one] "r"(1),
                       [until] "r"(until), [reached] "r"(reached), [value] "r"(value)
                     : "x9", "x10", "x11", "cc", "memory");
    return failed;
}

static void write_what_was_evicted(unsigned core)
{
    if (core == 0) {
        store_failed = exclusive_around_eviction(7, &step, 2);
    } else if (await(&step, 1)) {
        store(&target.word, 5);
        atomic_store_release(&step, 2);
    }
}

/* Nobody tells a core of a store to a line that it no longer holds; so when the line goes, the monitor goes. And a loop
 * that lost its monitor to an eviction must still come to its end. */
const char *eviction_clears_the_monitor(void)
{
    find_thrash_lines();
    target.word = 0;
    step = 0;
    EXPECT(run_parts(2, write_what_was_evicted));
    EXPECT(store_failed == 1);
    EXPECT(load(&target.word) == 5);
    for (unsigned i = 0; i < 10; i++) {
        unsigned attempts = 0;
        for (uint32_t failed = exclusive_around_eviction(i, &step, 1); failed != 0 && attempts < 10; attempts++)
            __asm__ volatile("ldxr x9, [%[word]]\n stxr %w[failed], %[value], [%[word]]"
                             : [failed] "=&r"(failed)
                             : [word] "r"(&target.word), [value] "r"((uint64_t)i)
                             : "x9", "memory");
        EXPECT(attempts < 10);
        EXPECT(load(&target.word) == i);
    }
    return NULL;
}

const char *exception_return_clears_the_monitor(void)
{
    uint32_t failed;
    trap_t trap;
    target.word = 5;
    trap_arm(&trap);
    __asm__ volatile("ldxr x9, [%1]\n svc #2\n stxr %w0, xzr, [%1]"
                     : "=&r"(failed)
                     : "r"(&target.word)
                     : "x9", "memory");
    trap_disarm();
    EXPECT(trap.taken);
    EXPECT(failed == 1 && load(&target.word) == 5);
    return NULL;
}

const char *clrex_clears_the_monitor(void)
{
    uint32_t failed;
    target.word = 5;
    __asm__ volatile("ldxr x9, [%1]\n clrex\n stxr %w0, xzr, [%1]"
                     : "=&r"(failed)
                     : "r"(&target.word)
                     : "x9", "memory");
    EXPECT(failed == 1 && load(&target.word) == 5);
    return NULL;
}
