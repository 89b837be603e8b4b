/* Every core counts on its own counter, all in one line (or each in its own, to compare): the cost of a line that
 * never stays. */
#include "image.h"
#include "layout.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "iterations", .value = 1000000, .least = 1, .most = 1000000000},
    {.name = "padded", .value = 0, .least = 0, .most = 1}, /* 1: a line each */
    {.name = NULL},
};

enum { WORDS_PER_LINE = CACHE_LINE_BYTES / sizeof(uint32_t) };

static _Alignas(CACHE_LINE_BYTES) uint32_t counters[SMP_MAX_CPUS * WORDS_PER_LINE];

static struct {
    uint64_t iterations;
    unsigned stride; /* in words */
} job;

static void count(void *data)
{
    (void)data;
    volatile uint32_t *counter = &counters[smp_self() * job.stride];
    const uint64_t iterations = job.iterations;
    smp_rendezvous();
    for (uint64_t i = 0; i < iterations; i++)
        *counter += 1;
}

void image_main(void)
{
    job.iterations = options_get(image_options, "iterations");
    job.stride = options_get(image_options, "padded") == 1 ? WORDS_PER_LINE : 1;
    print("%u cores, %lu increments each, %s\n", smp_cores(), job.iterations,
          job.stride == 1 ? "side by side" : "a line each");
    smp_run_on_all(count, NULL);
    uint64_t sum = 0;
    for (unsigned core = 0; core < smp_cores(); core++)
        sum += counters[core * job.stride];
    const uint64_t expected = job.iterations * smp_cores();
    print("counted %lu, expected %lu: %s\n", sum, expected, image_verdict(sum == expected));
}
