/* Cores with parts, without a load-exclusive or a WFE: an injected fault may have taken those. */
#include "traps.h"

enum { POLLS = 50000, COLD_CORES = 4 };

static struct {
    _Alignas(CACHE_LINE_BYTES) uint32_t round;
} arrived[SMP_MAX_CPUS];
static _Alignas(CACHE_LINE_BYTES) uint32_t opened;
static _Alignas(CACHE_LINE_BYTES) uint32_t stuck;
static _Alignas(PAGE_BYTES) uint8_t cold[COLD_CORES][COLD_LINES * CACHE_LINE_BYTES];

static unsigned parts;
static void (*part_function)(unsigned core);

void faults_on(void)
{
    write_sysreg(tpidrro_el0, 1);
}

void faults_off(void)
{
    write_sysreg(tpidrro_el0, 0);
}

bool gave_up(void)
{
    return read_once(&stuck) != 0;
}

bool await(const uint32_t *word, uint32_t value)
{
    for (unsigned i = 0; i < POLLS && !gave_up(); i++) {
        if (atomic_load_acquire(word) == value)
            return true;
    }
    write_once(&stuck, 1);
    return false;
}

bool meet(void)
{
    const unsigned core = smp_self();
    const uint32_t round = arrived[core].round + 1;
    dsb_sy();
    atomic_store_release(&arrived[core].round, round); /* pairs with the acquires in await() */
    if (core != 0)
        return await(&opened, round);
    for (unsigned other = 1; other < parts; other++) {
        if (!await(&arrived[other].round, round))
            return false;
    }
    atomic_store_release(&opened, round);
    return true;
}

static void run_part(void *data)
{
    (void)data;
    faults_on();
    part_function(smp_self());
    dsb_sy();
    faults_off();
}

bool run_parts(unsigned count, void (*part)(unsigned core))
{
    parts = count;
    part_function = part;
    for (unsigned core = 0; core < smp_cores(); core++)
        arrived[core].round = opened;
    for (unsigned core = 1; core < count; core++)
        smp_begin_on(core, run_part, NULL);
    part(0);
    for (unsigned core = 1; core < count; core++) {
        const job_t *job = &cpu_get(core)->job;
        if (!await(&job->finished, job->requested))
            return false;
    }
    return !gave_up();
}

const uint8_t *cold_lines(void)
{
    const uint8_t *lines = cold[smp_self() % COLD_CORES];
    for (unsigned i = 0; i < COLD_LINES; i++)
        __asm__ volatile("dc civac, %0" ::"r"(lines + i * CACHE_LINE_BYTES) : "memory");
    dsb_sy();
    return lines;
}
