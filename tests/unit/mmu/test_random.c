/* Random tables, accesses, changes and invalidations against the oracle. */
#include "world.h"

#include <criterion/criterion.h>

enum { SEEDS = 60, OPERATIONS = 2500 };

static world_seen_t run_seeds(unsigned wait_percent, unsigned walk_cache_entries)
{
    world_seen_t seen = {0};
    char text[WORLD_TEXT_BYTES] = "";
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world_options_t options = {.seed = seed,
                                   .granule_shift = 12 + seed % 3 * 2,
                                   .wait_percent = wait_percent,
                                   .walk_cache_entries = walk_cache_entries,
                                   .operations = OPERATIONS};
        cr_assert(world_run(&options, &seen, text), "%s", text);
    }
    cr_assert_gt(seen.accesses, SEEDS * OPERATIONS / 2);
    cr_assert_gt(seen.translated, seen.accesses / 10);
    cr_assert_gt(seen.stale, 100, "stale entries must be seen: %llu", (unsigned long long)seen.stale);
    cr_assert_gt(seen.filter_hits, 100);
    cr_assert_gt(seen.stats.break_before_make, 100);
    for (unsigned kind = 0; kind < 6; kind++)
        cr_assert(kind == 4 || seen.faults[kind] > 50, "kind %u: %llu", kind, (unsigned long long)seen.faults[kind]);
    return seen;
}

Test(random_worlds, agree_with_the_manual_when_memory_answers_at_once)
{
    run_seeds(0, 0);
}

Test(random_worlds, agree_with_the_manual_when_walks_wait_and_are_disturbed)
{
    world_seen_t seen = run_seeds(40, 0);
    cr_assert_gt(seen.tlbis_during_walks, 1000);
    cr_assert_gt(seen.given_up, 100);
}

Test(random_worlds, agree_with_the_manual_with_a_walk_cache)
{
    run_seeds(0, 4);
    run_seeds(40, 6);
}

Test(random_walks, end_the_same_however_often_they_wait)
{
    char text[WORLD_TEXT_BYTES] = "";
    for (unsigned seed = 0; seed < 90; seed++) {
        world_options_t options = {.seed = seed,
                                   .granule_shift = 12 + seed % 3 * 2,
                                   .wait_percent = 1 + seed,
                                   .walk_cache_entries = seed % 2 * 4,
                                   .operations = 300};
        cr_assert(world_resumes(&options, text), "%s", text);
    }
}
