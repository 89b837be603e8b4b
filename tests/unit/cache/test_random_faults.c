/* Every injected fault is found by the random tester: by a checker, by a NEVER cell of the protocol (which aborts), or
 * because work never ends. */
#include "harness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum verdict { NOTHING_FOUND, VIOLATION_FOUND, HANG_FOUND, TABLE_FOUND } verdict_t;

static verdict_t run_with(cache_fault_t fault)
{
    verdict_t verdict = NOTHING_FOUND;
    /* Cores alone, with a device, with far atomics. */
    for (unsigned variant = 0; variant < 3 && verdict == NOTHING_FOUND; variant++) {
        harness_config_t config = harness_default(4, 200000, 7);
        config.fault = fault;
        config.device = variant == 1;
        config.atomic_percent = variant == 2 ? 20 : 0;
        harness_result_t result = harness_run(&config);
        if (result.violations)
            verdict = VIOLATION_FOUND;
        else if (result.hung)
            verdict = HANG_FOUND;
        harness_result_done(&result);
    }
    return verdict;
}

/* In a process of its own, because a NEVER cell aborts. */
static verdict_t verdict_on(cache_fault_t fault)
{
    fflush(NULL);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (!child) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(100);
        _exit(run_with(fault));
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
        return TABLE_FOUND;
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) < TABLE_FOUND, "fault %d: wait status %#x", fault, status);
    return (verdict_t)WEXITSTATUS(status);
}

Test(cache_faults, nothing_is_found_without_a_fault)
{
    cr_expect_eq(verdict_on(CACHE_FAULT_NONE), NOTHING_FOUND);
}

Test(cache_faults, each_fault_is_found)
{
    static const char *const texts[] = {
#define FAULT_TEXT(id, text) text,
        CACHE_FAULTS(FAULT_TEXT)
#undef FAULT_TEXT
    };
    for (int fault = CACHE_FAULT_NONE + 1; fault < CACHE_FAULT_COUNT; fault++) {
        verdict_t verdict = verdict_on((cache_fault_t)fault);
        if (getenv("MESIM_VERBOSE"))
            fprintf(stderr, "%-70s %d\n", texts[fault], verdict);
        cr_expect_neq(verdict, NOTHING_FOUND, "not found: %s", texts[fault]);
    }
}
