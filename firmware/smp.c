/* Starting cores, handing out work, meeting. All waiting is in WFE on the word that will change. */
#include "smp.h"

#include "arch_smp.h"
#include "atomic.h"
#include "barrier.h"
#include "board.h"
#include "panic.h"
#include "psci.h"

extern char secondary_start[];

/* Each word that cores wait on has a line of its own, apart from the one that they all write. */
static struct {
    _Alignas(CACHE_LINE_BYTES) uint32_t arrived;
    _Alignas(CACHE_LINE_BYTES) uint32_t generation;
} meeting;

static struct {
    _Alignas(CACHE_LINE_BYTES) uint32_t core;
} turn;

unsigned smp_cores(void)
{
    return board_get()->cores;
}

void smp_start(unsigned core)
{
    cpu_t *cpu = cpu_get(core);
    cpu->online = 0;
    cpu->job.requested = cpu->job.finished = 0; /* a job that ended in CPU_OFF is over */
    const int result = psci_cpu_on(cpu->mpidr, (uintptr_t)secondary_start, (uintptr_t)cpu);
    if (result != PSCI_SUCCESS)
        panic("core %u does not start: PSCI says %d", core, result);
    atomic_wait_equal_acquire(&cpu->online, 1); /* pairs with the release in secondary_main() */
}

void smp_start_others(void)
{
    for (unsigned core = 0; core < smp_cores(); core++) {
        if (core != smp_self())
            smp_start(core);
    }
}

_Noreturn void secondary_main(cpu_t *cpu)
{
    arch_smp_cpu_init(board_get());
    atomic_store_release(&cpu->online, 1); /* pairs with the acquire in smp_start() */
    job_t *job = &cpu->job;
    for (uint32_t number = 1;; number++) {
        atomic_wait_equal_acquire(&job->requested, number); /* pairs with the release in smp_begin_on() */
        job->function(job->data);
        atomic_store_release(&job->finished, number); /* pairs with the acquire in smp_wait_for() */
    }
}

void smp_begin_on(unsigned core, void (*function)(void *data), void *data)
{
    job_t *job = &cpu_get(core)->job;
    job->function = function;
    job->data = data;
    atomic_store_release(&job->requested, job->requested + 1); /* pairs with the acquire in secondary_main() */
}

void smp_wait_for(unsigned core)
{
    job_t *job = &cpu_get(core)->job;
    atomic_wait_equal_acquire(&job->finished, job->requested); /* pairs with the release in secondary_main() */
}

void smp_run_on_all(void (*function)(void *data), void *data)
{
    for (unsigned core = 0; core < smp_cores(); core++) {
        if (core != smp_self())
            smp_begin_on(core, function, data);
    }
    function(data);
    for (unsigned core = 0; core < smp_cores(); core++) {
        if (core != smp_self())
            smp_wait_for(core);
    }
}

void smp_rendezvous(void)
{
    const uint32_t generation = read_once(&meeting.generation);
    /* Release: what this core did is seen by the last to come; acquire: the last sees it, and hands it on. The read
     * above stays before it, so that it cannot be the next generation's. */
    if (atomic_fetch_add_acquire_release(&meeting.arrived, 1) + 1 == smp_cores()) {
        write_once(&meeting.arrived, 0); /* before anybody can come again */
        atomic_store_release(&meeting.generation, generation + 1);
    } else {
        atomic_wait_change_acquire(&meeting.generation, generation); /* pairs with the store-release above */
    }
}

void smp_wait_for_turn(void)
{
    atomic_wait_equal_acquire(&turn.core, smp_self()); /* pairs with the release in smp_pass_turn() */
}

void smp_pass_turn(void)
{
    const uint32_t next = (smp_self() + 1) % smp_cores();
    atomic_store_release(&turn.core, next);
}
