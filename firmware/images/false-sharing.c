/* Every core counts on its own counter: first with the counters side by side in one line, which the cores then take
 * from each other for nothing, then with a line each. The sums are the same; what differs is the traffic. */
#include "image.h"
#include "layout.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "iterations", .value = 50000, .least = 1, .most = 1000000000},
    {.name = NULL},
};

/* 16 counters a line, so with more cores the neighbours of 16 share. */
static _Alignas(CACHE_LINE_BYTES) uint32_t side_by_side[SMP_MAX_CPUS];

static struct {
    _Alignas(CACHE_LINE_BYTES) uint32_t count;
} padded[SMP_MAX_CPUS];

static void count_to(volatile uint32_t *counter, uint64_t iterations)
{
    for (uint64_t i = 0; i < iterations; i++)
        *counter += 1; /* volatile: a load and a store each time, as for a counter that others may read */
}

static void count_side_by_side(void *data)
{
    smp_rendezvous();
    count_to(&side_by_side[smp_self()], *(const uint64_t *)data);
}

static void count_padded(void *data)
{
    smp_rendezvous();
    count_to(&padded[smp_self()].count, *(const uint64_t *)data);
}

void image_main(void)
{
    uint64_t iterations = options_get(image_options, "iterations");
    print("%u cores, %lu increments each\n", smp_cores(), iterations);
    smp_run_on_all(count_side_by_side, &iterations);
    smp_run_on_all(count_padded, &iterations);

    uint64_t sum_side_by_side = 0, sum_padded = 0;
    for (unsigned core = 0; core < smp_cores(); core++) {
        sum_side_by_side += side_by_side[core];
        sum_padded += padded[core].count;
    }
    const uint64_t expected = iterations * smp_cores();
    print("side by side: %lu, expected %lu: %s\n", sum_side_by_side, expected,
          image_verdict(sum_side_by_side == expected));
    print("padded:       %lu, expected %lu: %s\n", sum_padded, expected, image_verdict(sum_padded == expected));
}
