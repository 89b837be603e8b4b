/* The model check finds the injected faults too, each on a shortest path. */
#include "model.h"

#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own, because a NEVER cell of the protocol aborts. */
static bool finds(const model_config_t *config)
{
    fflush(NULL);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (!child) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(100);
        _exit(*model_explore(config).violation != '\0');
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    bool aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    cr_assert(aborted || (WIFEXITED(status) && WEXITSTATUS(status) < 2), "wait status %#x", status);
    return aborted || WEXITSTATUS(status);
}

static void expect_found(cache_fault_t fault, const char *text)
{
    /* One line by two cores, then three, then two lines, then with a device, with far atomics: each fault shows in one
     * of them. */
    model_config_t machines[] = {
        {.cores = 2, .lines = 1, .l1_ways = 1, .l2_ways = 1, .evict = true, .fault = fault},
        {.cores = 3, .lines = 1, .l1_ways = 1, .l2_ways = 1, .evict = true, .fault = fault, .limit = 200000},
        {.cores = 2, .lines = 2, .l1_ways = 1, .l2_ways = 1, .fault = fault, .limit = 20000},
        {.cores = 2, .lines = 1, .l1_ways = 1, .l2_ways = 1, .device = true, .fault = fault, .limit = 20000},
        {.cores = 2, .lines = 1, .l1_ways = 1, .l2_ways = 1, .atomic = true, .fault = fault, .limit = 20000},
    };
    for (unsigned i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (finds(&machines[i]))
            return;
    cr_expect(false, "not found: %s", text);
}

Test(cache_model_faults, each_fault_is_found_in_a_small_machine)
{
#define FAULT_ROW(id, text)                                                                                            \
    if (CACHE_FAULT_##id != CACHE_FAULT_NONE)                                                                          \
        expect_found(CACHE_FAULT_##id, text);
    CACHE_FAULTS(FAULT_ROW)
#undef FAULT_ROW
}
