/* Runs in the simulator: determinism, outcomes that must and must not be seen, and threads that go wrong. */
#include "litmus/runner.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char store_buffering[] =
    "AArch64 SB\n{ 0:X1=x; 0:X3=y; 1:X1=y; 1:X3=x; }\n P0 | P1 ;\n MOV W0,#1 | MOV W0,#1 ;\n"
    " STR W0,[X1] | STR W0,[X1] ;\n %s | %s ;\n LDR W2,[X3] | LDR W2,[X3] ;\n"
    "exists (0:X2=0 /\\ 1:X2=0)\n";

static litmus_result_t run_text(const char *text, uint64_t seed, unsigned perturb, uint64_t runs)
{
    litmus_test_t *test;
    base_error_t error = {0};
    litmus_result_t result = {0};
    litmus_options_t options = {.runs = runs, .rig = {.seed = seed, .perturb = perturb}};
    machine_config_init(&options.rig.config);
    cr_assert_eq(litmus_test_parse("t", text, &test, &error), 0, "%s", error.text);
    cr_assert_eq(litmus_run(test, &options, &result, &error), 0, "%s", error.text);
    litmus_test_free(test);
    return result;
}

static void expect_failure(const char *text, const char *message)
{
    litmus_test_t *test;
    base_error_t error = {0};
    litmus_result_t result;
    litmus_options_t options = {.runs = 1, .rig = {.seed = 1}};
    machine_config_init(&options.rig.config);
    cr_assert_eq(litmus_test_parse("t", text, &test, &error), 0, "%s", error.text);
    cr_expect_lt(litmus_run(test, &options, &result, &error), 0);
    cr_expect(strstr(error.text, message), "got '%s', wanted '%s'", error.text, message);
    litmus_test_free(test);
}

Test(litmus_rig, one_seed_gives_one_histogram_and_another_seed_another)
{
    char text[512];
    snprintf(text, sizeof(text), store_buffering, "NOP", "NOP");
    litmus_result_t first = run_text(text, 1, 2, 500), same = run_text(text, 1, 2, 500),
                    other = run_text(text, 2, 2, 500);
    cr_assert_eq(first.outcome_count, same.outcome_count);
    for (unsigned i = 0; i < first.outcome_count; i++)
        cr_expect_eq(first.outcomes[i].count, same.outcomes[i].count);
    cr_expect_neq(first.holding, other.holding);
    litmus_result_done(&first);
    litmus_result_done(&same);
    litmus_result_done(&other);
}

Test(litmus_rig, store_buffering_is_seen_without_barriers_at_every_level_and_never_with_them)
{
    char free_text[512], ordered_text[512];
    snprintf(free_text, sizeof(free_text), store_buffering, "NOP", "NOP");
    snprintf(ordered_text, sizeof(ordered_text), store_buffering, "DMB SY", "DMB SY");
    for (unsigned level = 0; level <= 3; level++) {
        litmus_result_t weak = run_text(free_text, 1, level, 500), strong = run_text(ordered_text, 1, level, 500);
        cr_expect_gt(weak.holding, 0, "level %u", level);
        cr_expect_eq(strong.holding, 0, "level %u", level);
        cr_expect_eq(weak.holding + weak.failing, 500);
        litmus_result_done(&weak);
        litmus_result_done(&strong);
    }
}

Test(litmus_rig, the_filter_drops_outcomes)
{
    litmus_result_t result =
        run_text("AArch64 T\n{ 0:X1=x; 1:X1=x; }\n P0 | P1 ;\n MOV W0,#1 | LDR W0,[X1] ;\n STR W0,[X1] | ;\n"
                 "filter 1:X0=1\nforall 1:X0=1\n",
                 1, 1, 200);
    cr_expect_eq(result.runs, 200);
    cr_expect_gt(result.holding, 0);
    cr_expect_lt(result.holding, 200);
    cr_expect_eq(result.failing, 0);
    litmus_result_done(&result);
}

Test(litmus_rig, a_thread_that_faults_or_does_not_end_is_named)
{
    expect_failure("AArch64 T\n{}\n P0 | P1 ;\n NOP | MOV X1,#1 ;\n | LDAR W0,[X1] ;\nexists (x=1)\n",
                   "t:5:4: P1 takes an exception here");
    expect_failure("AArch64 T\n{}\n P0 ;\n L: B L ;\nexists (x=1)\n", "P0 does not end");
}
