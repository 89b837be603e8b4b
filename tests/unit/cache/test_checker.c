#include "cache/checker.h"
#include "world.h"

enum { BYTES = WORLD_LINES * CHI_LINE_BYTES };

static cache_checker_t *checker_of(world_t *world)
{
    base_error_t error = {""};
    cache_checker_t *checker;
    cr_assert_eq(cache_checker_new(WORLD_BASE, BYTES, &world->memory[0][0], &checker, &error), 0, "%s", error.text);
    for (unsigned i = 0; i < world->core_count; i++)
        cache_checker_attach_l1d(checker, i, world->cores[i].l1d);
    cache_checker_attach_cluster(checker, world->cluster);
    return checker;
}

static void done(cache_checker_t *checker, world_t *world)
{
    world_free(world);
    cache_checker_free(checker);
}

Test(cache_checker, a_coherent_run_has_no_violations)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    uint8_t value = 5;
    world_own(world, 0, 0, 3, value);
    cache_checker_store(checker, 0, 0, WORLD_BASE + 3, &value, 1);
    value = world_load(world, 1, 0, 3);
    cache_checker_load(checker, 1, 0, WORLD_BASE + 3, &value, 1);
    cache_checker_verify_all(checker, 0);
    cr_expect_eq(cache_checker_violations(checker), 0, "%s", cache_checker_first(checker));
    cr_expect_str_empty(cache_checker_first(checker));
    done(checker, world);
}

Test(cache_checker, a_byte_nobody_stored_must_be_what_memory_has)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    world->memory[1][0] = 7;
    cache_checker_load(checker, 0, 0, WORLD_BASE + 64, &(uint8_t){7}, 1);
    cr_expect_eq(cache_checker_violations(checker), 0);
    cache_checker_load(checker, 0, 99, WORLD_BASE + 64, &(uint8_t){8}, 1);
    cr_expect_eq(cache_checker_violations(checker), 1);
    cr_expect_str_eq(cache_checker_first(checker), "at 99 ps: core 0 reads 0x8 at 0x40000040, last written was 0x7");
    done(checker, world);
}

Test(cache_checker, an_old_value_is_a_violation)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    for (uint8_t value = 1; value <= 2; value++) {
        world_own(world, 0, 0, 0, value);
        cache_checker_store(checker, 0, 0, WORLD_BASE, &value, 1);
    }
    cache_checker_load(checker, 1, 0, WORLD_BASE, &(uint8_t){1}, 1);
    cr_expect_eq(cache_checker_violations(checker), 1);
    done(checker, world);
}

Test(cache_checker, a_copy_that_differs_is_seen_at_the_next_transition_of_its_line)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    uint8_t value = 6;
    world_own(world, 0, 0, 0, value);
    cache_checker_store(checker, 0, 0, WORLD_BASE, &value, 1);
    world_line(world, 0, 0)->data[0] = 7; /* a store nobody showed */
    world_load(world, 1, 1, 0);
    cr_expect_eq(cache_checker_violations(checker), 0, "another line");
    world_load(world, 1, 0, 0);
    cr_expect_gt(cache_checker_violations(checker), 0);
    cr_expect_not_null(strstr(cache_checker_first(checker), "holds 0x7 at 0x40000000"), "%s",
                       cache_checker_first(checker));
    done(checker, world);
}

Test(cache_checker, a_store_without_ownership_is_a_violation)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    world_load(world, 0, 0, 0);
    world_load(world, 1, 0, 0);
    cache_checker_store(checker, 0, 0, WORLD_BASE, &(uint8_t){1}, 1);
    cr_expect_eq(cache_checker_violations(checker), 1);
    cr_expect_not_null(strstr(cache_checker_first(checker), "without the line in M"));
    done(checker, world);
}

/* The checks look at states as they are, so a state set by hand shows what they see. */
static void expect_seen(unsigned state_of_core_0, unsigned state_of_core_1, const char *word)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_load(world, 0, 0, 0);
    world_load(world, 1, 0, 0);
    cache_checker_t *checker = checker_of(world);
    world_line(world, 0, 0)->state = (uint8_t)state_of_core_0;
    world_line(world, 1, 0)->state = (uint8_t)state_of_core_1;
    cache_checker_verify_line(checker, 0, WORLD_BASE);
    cr_expect_eq(cache_checker_violations(checker) != 0, *word != '\0');
    cr_expect_not_null(strstr(cache_checker_first(checker), word), "%s", cache_checker_first(checker));
    done(checker, world);
}

Test(cache_checker, one_writer_or_many_readers)
{
    expect_seen(CACHE_S, CACHE_S, "");
    expect_seen(CACHE_M, CACHE_M, "two exclusive holders");
    expect_seen(CACHE_E, CACHE_E, "two exclusive holders");
    expect_seen(CACHE_M, CACHE_S, "readable in");
    expect_seen(CACHE_I, CACHE_S, "");
    expect_seen(CACHE_I, CACHE_M, "no owner");
}

Test(cache_checker, a_line_the_directory_does_not_know_breaks_inclusion)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    world_load(world, 0, 0, 0);
    cache_line_t *line = cache_cluster_find(world->cluster, WORLD_BASE);
    l2_directory_t *entry = &world->cluster->directory[cache_array_index(&world->cluster->array, line)];
    entry->owner = 1;
    cache_checker_verify_line(checker, 0, WORLD_BASE);
    cr_expect_eq(cache_checker_violations(checker), 1);
    cr_expect_not_null(strstr(cache_checker_first(checker), "directory"));
    cache_array_name(&world->cluster->array, line, CACHE_NO_ADDRESS);
    cache_checker_verify_line(checker, 0, WORLD_BASE);
    cr_expect_eq(cache_checker_violations(checker), 2);
    done(checker, world);
}

Test(cache_checker, the_sweep_compares_clean_lines_with_the_L2)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    world_load(world, 0, 0, 0);
    cache_checker_verify_all(checker, 0);
    cr_expect_eq(cache_checker_violations(checker), 0);
    cache_cluster_find(world->cluster, WORLD_BASE)->data[9] ^= 1;
    cache_checker_verify_all(checker, 0);
    cr_expect_eq(cache_checker_violations(checker), 1);
    cr_expect_not_null(strstr(cache_checker_first(checker), "the L2 has other data"));
    done(checker, world);
}

Test(cache_checker, what_invalidation_drops_is_learnt_anew)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    world_own(world, 0, 0, 0, 5);
    cache_checker_store(checker, 0, 0, WORLD_BASE, &(uint8_t){5}, 1);
    cache_l1d_maintain(world->cores[0].l1d, 0, CHI_MAKE_INVALID, WORLD_BASE, 0, 0);
    world_settle(world);
    uint8_t value = world_load(world, 0, 0, 0);
    cr_expect_eq(value, 0);
    cache_checker_load(checker, 0, 0, WORLD_BASE, &value, 1);
    cr_expect_eq(cache_checker_violations(checker), 0);
    cache_checker_load(checker, 0, 0, WORLD_BASE, &(uint8_t){5}, 1);
    cr_expect_eq(cache_checker_violations(checker), 1, "0 is the truth since");
    done(checker, world);
}

Test(cache_checker, private_copies_are_left_out_until_the_L2_lets_the_line_go)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    cache_l1d_request(world->cores[0].l1d, 0, WORLD_BASE, CACHE_WANT_READ, CHI_NON_SHAREABLE, 0);
    world_settle(world);
    cache_checker_load(checker, 0, 0, WORLD_BASE, &(uint8_t){200}, 1);
    cr_expect_eq(cache_checker_violations(checker), 0);
    cache_l1d_maintain(world->cores[0].l1d, 0, CHI_CLEAN_INVALID, WORLD_BASE, 0, 0);
    world_settle(world);
    cache_checker_load(checker, 0, 0, WORLD_BASE, &(uint8_t){0}, 1);
    cache_checker_load(checker, 0, 0, WORLD_BASE, &(uint8_t){200}, 1);
    cr_expect_eq(cache_checker_violations(checker), 1);
    done(checker, world);
}

Test(cache_checker, addresses_outside_memory_are_not_its_business)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    cache_checker_t *checker = checker_of(world);
    cache_checker_load(checker, 0, 0, WORLD_BASE - 1, &(uint8_t){1}, 1);
    cache_checker_load(checker, 0, 0, WORLD_BASE + BYTES, &(uint8_t){1}, 1);
    cache_checker_store(checker, 0, 0, 0, &(uint8_t){1}, 1);
    cr_expect_eq(cache_checker_violations(checker), 0);
    done(checker, world);
}
