/* What the checks share. */
#include "arch_smp.h"
#include "atomic.h"
#include "gic.h"
#include "memory.h"
#include "panic.h"
#include "selftest.h"
#include "smp.h"
#include "timer.h"
#include "vm.h"

enum { TEST_PAGES = 4 };

uint32_t timer_interrupts;
uint64_t timer_interrupt_time;

_Alignas(CACHE_LINE_BYTES) uint32_t selftest_step;
static _Alignas(PAGE_BYTES) uint8_t test_pages[TEST_PAGES][PAGE_BYTES];

bool probe_trapped(const probe_t *probe, uint64_t esr)
{
    return probe->trap.taken && probe->trap.esr == esr && probe->trap.elr == probe->pc;
}

bool probe_aborted(const probe_t *probe, uint64_t esr, uint64_t far)
{
    return probe_trapped(probe, esr) && probe->trap.far == far;
}

uint64_t deadline_from_now(void)
{
    return timer_now() + 10 * timer_hz();
}

bool wait_for(const uint32_t *word, uint32_t value)
{
    const uint64_t deadline = deadline_from_now();
    timer_set(deadline);
    while (atomic_load_exclusive_acquire(word) != value && timer_now() < deadline)
        wfe(); /* until the word's line is taken, or any interrupt's return */
    timer_stop();
    return atomic_load_acquire(word) == value;
}

unsigned partner(void)
{
    return (smp_self() + 1) % smp_cores();
}

void begin_on_partner(void (*function)(void *data), void *data)
{
    write_once(&selftest_step, 0);
    smp_begin_on(partner(), function, data); /* a release: the step is 0 for the partner too */
}

void join_partner(void)
{
    const job_t *job = &cpu_get(partner())->job;
    if (!wait_for(&job->finished, job->requested))
        panic("the other core does not come back");
}

void say_step(uint32_t n)
{
    atomic_store_release(&selftest_step, n); /* pairs with the acquire in wait_for_step() */
}

void wait_for_step(uint32_t n)
{
    atomic_wait_equal_acquire(&selftest_step, n);
}

void expect_step(uint32_t n)
{
    if (!wait_for(&selftest_step, n))
        panic("the other core does not get to step %u", n);
}

uint64_t test_page(unsigned n)
{
    return (uintptr_t)test_pages[n];
}

uint64_t window_page(unsigned n)
{
    return VM_WINDOW + (uint64_t)n * PAGE_BYTES;
}
