/* Loads and stores that hit the core's own L1: each core adds to every word of a small array, again and again. */
#include "barrier.h"
#include "image.h"
#include "layout.h"
#include "memory.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "passes", .value = 12000, .least = 1, .most = 1000000000},
    {.name = "kib", .value = 8, .least = 1, .most = 1024}, /* each core's array */
    {.name = NULL},
};

static struct {
    uint64_t *words[SMP_MAX_CPUS];
    uint64_t passes;
    uint64_t count; /* of words, a multiple of 4 */
} job;

static void work(void *data)
{
    (void)data;
    uint64_t *words = job.words[smp_self()];
    const uint64_t passes = job.passes, count = job.count;
    for (uint64_t i = 0; i < count; i++)
        words[i] = smp_self();
    smp_rendezvous();
    for (uint64_t pass = 0; pass < passes; pass++) {
#pragma GCC unroll 4
        for (uint64_t i = 0; i < count; i++)
            words[i] += i;
        compiler_barrier(); /* the passes are not to be folded into one */
    }
}

static bool is_right(unsigned core)
{
    for (uint64_t i = 0; i < job.count; i++) {
        if (job.words[core][i] != core + i * job.passes)
            return false;
    }
    return true;
}

void image_main(void)
{
    const uint64_t bytes = options_get(image_options, "kib") * 1024;
    job.passes = options_get(image_options, "passes");
    job.count = bytes / sizeof *job.words[0];
    for (unsigned core = 0; core < smp_cores(); core++)
        job.words[core] = memory_take(bytes, PAGE_BYTES);
    print("%u cores, %lu passes over %lu KiB each\n", smp_cores(), job.passes, bytes / 1024);
    smp_run_on_all(work, NULL);
    for (unsigned core = 0; core < smp_cores(); core++)
        print("core %u: %s\n", core, image_verdict(is_right(core)));
}
