/* Every core adds to one counter with LSE atomics (or each to its own, to compare): what an atomic costs where its line
 * is fought for, and where it is not. Without FEAT_LSE by exclusives. */
#include "atomic.h"
#include "image.h"
#include "layout.h"
#include "print.h"
#include "smp.h"
#include "sysreg.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "iterations", .value = 100000, .least = 1, .most = 1000000000},
    {.name = "private", .value = 0, .least = 0, .most = 1}, /* 1: a counter each, in a line of its own */
    {.name = "result", .value = 0, .least = 0, .most = 1},  /* 0: STADD; 1: LDADD, and each waits for the last one's */
    {.name = "reads", .value = 0, .least = 0, .most = 1},   /* 1: loads the counter before every other addition */
    {.name = NULL},
};

enum { WORDS_PER_LINE = CACHE_LINE_BYTES / sizeof(uint32_t) };

static _Alignas(CACHE_LINE_BYTES) uint32_t counters[SMP_MAX_CPUS * WORDS_PER_LINE];

static struct {
    uint64_t iterations;
    unsigned stride; /* in words */
    bool wants_result, reads;
} job;

static bool has_lse(void)
{
    return (read_sysreg(id_aa64isar0_el1) >> 20 & 0xf) != 0;
}

static void add_without_result(uint32_t *counter, uint64_t iterations)
{
    for (uint64_t i = 0; i < iterations; i++)
        __asm__ volatile(".arch_extension lse\n stadd %w1, %0\n .arch_extension nolse" : "+Q"(*counter) : "r"(1));
}

/* The addend of each comes from the result of the one before it: 1 as far as anybody can see. */
static void add_with_result(uint32_t *counter, uint64_t iterations)
{
    uint32_t addend = 1;
    for (uint64_t i = 0; i < iterations; i++) {
        uint32_t old;
        __asm__ volatile(".arch_extension lse\n ldadd %w2, %w1, %0\n .arch_extension nolse"
                         : "+Q"(*counter), "=r"(old)
                         : "r"(addend));
        __asm__ volatile("and %w0, %w1, wzr\n add %w0, %w0, #1" : "=&r"(addend) : "r"(old));
    }
}

static void read_and_add(uint32_t *counter, uint64_t iterations)
{
    for (uint64_t i = 0; i < iterations; i++) {
        if (i % 2 == 0)
            (void)read_once(counter);
        add_without_result(counter, 1);
    }
}

static void count(void *data)
{
    (void)data;
    uint32_t *counter = &counters[smp_self() * job.stride];
    smp_rendezvous();
    if (!has_lse())
        for (uint64_t i = 0; i < job.iterations; i++)
            atomic_fetch_add_relaxed(counter, 1);
    else if (job.reads)
        read_and_add(counter, job.iterations);
    else if (job.wants_result)
        add_with_result(counter, job.iterations);
    else
        add_without_result(counter, job.iterations);
}

void image_main(void)
{
    job.iterations = options_get(image_options, "iterations");
    job.stride = options_get(image_options, "private") == 1 ? WORDS_PER_LINE : 0;
    job.reads = options_get(image_options, "reads") == 1;
    job.wants_result = options_get(image_options, "result") == 1;
    print("%u cores, %lu additions each to %s, %s\n", smp_cores(), job.iterations,
          job.stride == 0 ? "one counter" : "a counter of its own",
          job.wants_result ? "with results" : "without results");
    smp_run_on_all(count, NULL);
    const unsigned used = job.stride == 0 ? 1 : smp_cores();
    uint64_t sum = 0;
    for (unsigned core = 0; core < used; core++)
        sum += counters[core * job.stride];
    const uint64_t expected = job.iterations * smp_cores();
    print("counted %lu, expected %lu: %s\n", sum, expected, image_verdict(sum == expected));
}
