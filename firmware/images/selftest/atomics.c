/* Exclusives, events, and the atomics that the ID register announces. */
#include "atomic.h"
#include "barrier.h"
#include "layout.h"
#include "selftest.h"
#include "smp.h"
#include "sysreg.h"
#include "timer.h"

static _Alignas(CACHE_LINE_BYTES) uint64_t word;

/* A store-exclusive may fail without a reason, so success is asked of a few tries and failure of one. */
enum { TRIES = 1000 };

static const char *exclusive_pair_succeeds(void)
{
    uint32_t failed = 1;
    for (unsigned i = 0; i < TRIES && failed; i++)
        __asm__ volatile("ldxr x9, [%1]\n stxr %w0, %1, [%1]" : "=&r"(failed) : "r"(&word) : "x9", "memory");
    EXPECT(failed == 0);
    EXPECT(word == (uintptr_t)&word);
    return NULL;
}

static const char *store_exclusive_needs_its_load(void)
{
    uint32_t failed;
    word = 5;
    __asm__ volatile("clrex\n stxr %w0, xzr, [%1]" : "=&r"(failed) : "r"(&word) : "memory");
    EXPECT(failed == 1 && word == 5);
    __asm__ volatile("ldxr x9, [%1]\n clrex\n stxr %w0, xzr, [%1]" : "=&r"(failed) : "r"(&word) : "x9", "memory");
    EXPECT(failed == 1 && word == 5);
    return NULL;
}

static const char *exception_return_clears_the_monitor(void)
{
    uint32_t failed;
    trap_t trap;
    word = 5;
    trap_arm(&trap);
    __asm__ volatile("ldxr x9, [%1]\n svc #2\n stxr %w0, xzr, [%1]" : "=&r"(failed) : "r"(&word) : "x9", "memory");
    trap_disarm();
    EXPECT(trap.taken);
    EXPECT(failed == 1 && word == 5);
    return NULL;
}

static void there_and_back(void *data)
{
    (void)data;
    wait_for_step(1);
    *(volatile uint64_t *)&word = 1;
    dmb_ish();
    *(volatile uint64_t *)&word = 0;
    say_step(2); /* a release: both stores come first */
}

/* The value is the old one again, but the line was written: the monitor goes by address, not by value. */
static const char *monitor_ignores_the_value(void)
{
    uint32_t failed;
    word = 0;
    begin_on_partner(there_and_back, NULL);
    /* Between the exclusives only what the check is about: the step to 1 and the wait for 2, both without them. */
    __asm__ volatile("   ldxr x9, [%1]\n"
                     "   stlr %w3, [%2]\n"
                     "1: ldar w10, [%2]\n"
                     "   cmp w10, #2\n"
                     "   b.ne 1b\n"
                     "   stxr %w0, x9, [%1]"
                     : "=&r"(failed)
                     : "r"(&word), "r"(&selftest_step), "r"(1)
                     : "x9", "x10", "cc", "memory");
    join_partner();
    EXPECT(failed == 1);
    return NULL;
}

enum { INCREMENTS = 1000 };
static _Alignas(CACHE_LINE_BYTES) uint32_t total;

static void increment(void *data)
{
    (void)data;
    smp_rendezvous();
    for (unsigned i = 0; i < INCREMENTS; i++)
        atomic_fetch_add_relaxed(&total, 1);
}

static const char *increments_are_not_lost(void)
{
    total = 0;
    smp_run_on_all(increment, NULL);
    EXPECT(total == INCREMENTS * smp_cores());
    return NULL;
}

/* FEAT_LSE exists exactly if ID_AA64ISAR0_EL1.Atomic says 2; without it the encodings are UNDEFINED. */
static const char *lse_as_the_id_register_says(void)
{
    const bool announced = (read_sysreg(id_aa64isar0_el1) >> 20 & 0xf) >= 2;
    word = 40;
    const probe_t add = PROBE("mov x9, #2\n .arch_extension lse\n ldaddal x9, x9, [%1]\n .arch_extension nolse", &word);
    if (!announced) {
        EXPECT(add.trap.taken && add.trap.esr == esr_of(ESR_EC_UNKNOWN, 0) && word == 40);
        return NULL;
    }
    EXPECT(!add.trap.taken && word == 42);
    uint64_t old = 1; /* not what is there */
    __asm__ volatile(".arch_extension lse\n casal %0, %2, %1\n .arch_extension nolse"
                     : "+r"(old), "+Q"(word)
                     : "r"(7ull)
                     : "memory");
    EXPECT(old == 42 && word == 42);
    __asm__ volatile(".arch_extension lse\n casal %0, %2, %1\n swpal %0, %0, %1\n .arch_extension nolse"
                     : "+r"(old), "+Q"(word)
                     : "r"(7ull)
                     : "memory");
    EXPECT(old == 7 && word == 42);
    return NULL;
}

static const char *event_register_latches(void)
{
    const uint32_t before = timer_interrupts;
    timer_set(deadline_from_now()); /* wakes a machine that loses an event */
    sevl();                         /* any older event is used up by the first WFE */
    wfe();
    sevl();
    wfe();
    sev(); /* is for this core as well */
    wfe();
    timer_stop();
    EXPECT(timer_interrupts == before);
    return NULL;
}

static _Alignas(CACHE_LINE_BYTES) uint32_t go;

static void sleep_until_sent_an_event(void *data)
{
    (void)data;
    say_step(1);
    while (read_once(&go) == 0)
        wfe();
    say_step(2);
}

static const char *sev_wakes_another_core(void)
{
    go = 0;
    begin_on_partner(sleep_until_sent_an_event, NULL);
    expect_step(1);
    write_once(&go, 1);
    dsb_ishst(); /* before the SEV, or the partner could wake, see 0 and sleep for ever */
    sev();
    const bool woke = wait_for(&selftest_step, 2);
    join_partner();
    EXPECT(woke);
    return NULL;
}

static void sleep_until_written(void *data)
{
    (void)data;
    say_step(1);
    atomic_wait_equal_acquire(&go, 1);
    say_step(2);
}

static const char *store_wakes_another_core(void)
{
    go = 0;
    begin_on_partner(sleep_until_written, NULL);
    expect_step(1);
    write_once(&go, 1); /* takes the line, which clears the partner's monitor, which is an event there */
    const bool woke = wait_for(&selftest_step, 2);
    join_partner();
    EXPECT(woke);
    return NULL;
}

const check_t atomic_checks[] = {
    {"exclusive-pair-succeeds", exclusive_pair_succeeds, 1, false},
    {"store-exclusive-needs-its-load", store_exclusive_needs_its_load, 1, false},
    {"exception-return-clears-the-monitor", exception_return_clears_the_monitor, 1, false},
    {"monitor-ignores-the-value", monitor_ignores_the_value, 2, true},
    {"increments-are-not-lost", increments_are_not_lost, 1, false},
    {"lse-as-the-id-register-says", lse_as_the_id_register_says, 1, false},
    {"event-register-latches", event_register_latches, 1, false},
    {"sev-wakes-another-core", sev_wakes_another_core, 2, false},
    {"store-wakes-another-core", store_wakes_another_core, 2, false},
    {NULL, NULL, 0, false},
};
