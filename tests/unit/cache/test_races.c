/* The races of coherence, one test each, with every message delivered by hand. */
#include "world.h"

#define expect_state(world, core, line, name) cr_expect_str_eq(world_state(world, core, line), name)

static cache_cluster_view_t view_of(const world_t *world, unsigned line)
{
    cache_cluster_view_t view;
    cache_cluster_inspect(world->cluster, world_address(line), &view);
    return view;
}

/* --- grants --- */

Test(cache_races, first_reader_gets_E_second_reader_makes_both_S)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world->memory[0][5] = 77;
    cr_expect_eq(world_load(world, 0, 0, 5), 77);
    expect_state(world, 0, 0, "E");
    cr_expect_eq(view_of(world, 0).owner, 0);
    cr_expect_eq(world->cores[0].last_fill_from, 0, "from memory");
    cr_expect_eq(world_load(world, 1, 0, 5), 77);
    expect_state(world, 0, 0, "S");
    expect_state(world, 1, 0, "S");
    cr_expect_eq(view_of(world, 0).sharers, 3);
    cr_expect_eq(world->cores[1].last_fill_from, CHI_FLAG_L2_HIT, "the E copy was clean: the L2 supplies");
    world_free(world);
}

Test(cache_races, E_to_M_is_silent_and_a_reader_still_gets_the_dirty_data)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_load(world, 0, 0, 0);
    world_store(world, 0, 0, 0, 9);
    expect_state(world, 0, 0, "M");
    cr_expect_eq(world->up[0].count, 0, "no message");
    cr_expect_eq(world_load(world, 1, 0, 0), 9);
    cr_expect_eq(world->cores[1].last_fill_from, CHI_FLAG_CACHE_TO_CACHE);
    cr_expect(view_of(world, 0).dirty, "the L2 kept the data that memory lacks");
    cr_expect_eq(world->cores[0].lost_to_shared, 1, "the core heard that it may not write any more");
    world_free(world);
}

Test(cache_races, write_of_a_shared_line_invalidates_the_other_sharers)
{
    world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
    for (unsigned core = 0; core < 3; core++)
        world_load(world, core, 0, 0);
    world_own(world, 1, 0, 0, 5);
    expect_state(world, 0, 0, "I");
    expect_state(world, 1, 0, "M");
    expect_state(world, 2, 0, "I");
    cr_expect_eq(world->cores[0].lost, 1);
    cr_expect_eq(world->cores[2].lost, 1);
    cr_expect_eq(world->cores[1].lost, 0, "the upgrader's copy stayed readable: its monitor survives");
    world_free(world);
}

/* --- upgrade against invalidate --- */

Test(cache_races, two_upgrades_at_once_the_loser_gets_fresh_data_before_it_merges)
{
    for (unsigned first = 0; first < 2; first++) {
        unsigned second = 1 - first;
        world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
        world_load(world, 0, 0, 0);
        world_load(world, 1, 0, 0);
        cr_assert_eq(world_request(world, 0, 0, CACHE_WANT_WRITE), CACHE_MISS);
        cr_assert_eq(world_request(world, 1, 0, CACHE_WANT_WRITE), CACHE_MISS);
        expect_state(world, 0, 0, "SM_A");
        expect_state(world, 1, 0, "SM_A");
        world_up(world, first);    /* ordered first: snoops the other */
        world_up(world, second);   /* waits for the line */
        world_down(world, second); /* the snoop meets the upgrade */
        expect_state(world, second, 0, "IM_D");
        cr_expect_null(world_line(world, second, 0), "the old copy is not readable any more");
        world_up(world,
                 second); /* its acknowledgement: the first is granted, the second's CleanUnique has lost its copy */
        world_down(world, first);
        expect_state(world, first, 0, "M");
        world_store(world, first, 0, 3, 33);
        world_settle(world);
        expect_state(world, first, 0, "I");
        expect_state(world, second, 0, "M");
        cr_expect_eq(world_line(world, second, 0)->data[3], 33,
                     "the first store is in the data the second merges into");
        world_free(world);
    }
}

/* --- write-back against snoop --- */

/* Core 0 gives up a dirty line; core 1 reads or writes it. `before`: deliveries of the victim's messages that happen
 * before the other core's request arrives, from none to all. */
static void write_back_meets(cache_want_t want, unsigned before)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 0, 0, 7, 70);
    world_evict(world, 0, 0);
    expect_state(world, 0, 0, "MI_A");
    cr_assert_eq(world_request(world, 1, 0, want), CACHE_MISS);
    if (before > 0)
        world_up(world, 0);
    if (before > 1)
        world_down(world, 0);
    world_up(world, 1);
    if (!before) { /* the snoop finds the line in the write-back buffer, the write-back finds itself stale */
        world_down(world, 0);
        expect_state(world, 0, 0, "II_A");
    }
    world_settle(world);
    expect_state(world, 0, 0, "I");
    cr_expect_str_eq(world_state(world, 1, 0), want == CACHE_WANT_READ ? "E" : "M");
    cr_expect_eq(world_line(world, 1, 0)->data[7], 70, "deliveries before: %u", before);
    cr_expect_eq(view_of(world, 0).owner, 1);
    world_free(world);
}

Test(cache_races, a_snoop_in_every_step_of_a_write_back_finds_the_data)
{
    for (unsigned before = 0; before <= 2; before++) {
        write_back_meets(CACHE_WANT_READ, before);
        write_back_meets(CACHE_WANT_WRITE, before);
    }
}

Test(cache_races, a_stale_write_back_does_not_overwrite_newer_data)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 0, 0, 0, 1);
    world_evict(world, 0, 0);
    cr_assert_eq(world_request(world, 1, 0, CACHE_WANT_WRITE), CACHE_MISS);
    world_up(world, 1);   /* before the write-back */
    world_down(world, 0); /* snoop takes the data */
    chi_message_t write_back = world_take(&world->up[0]);
    cr_assert_eq(write_back.opcode, CHI_WRITE_BACK);
    world_up(world, 0); /* the snoop response overtakes in this test only, to make the write-back as late as can be */
    world_down(world, 1);
    world_store(world, 1, 0, 0, 2);
    world_evict(world, 1, 0);
    world_up(world, 1); /* core 1's write-back is taken */
    cache_cluster_receive(world->cluster, 0, &write_back);
    world_settle(world);
    cr_expect_eq(world_load(world, 0, 0, 0), 2);
    world_free(world);
}

Test(cache_races, a_line_on_its_way_out_cannot_be_asked_for_until_acknowledged)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 0, 0, 0, 4);
    world_evict(world, 0, 0);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_FULL);
    world_settle(world);
    cr_expect_eq(world_load(world, 0, 0, 0), 4);
    world_free(world);
}

/* --- back-invalidation --- */

Test(cache_races, an_L2_eviction_takes_dirty_and_clean_lines_out_of_the_L1s)
{
    world_t *world = world_new(2, 4, 1, CACHE_FAULT_NONE);
    world_own(world, 0, 0, 0, 42);
    world_load(world, 1, 1, 0); /* the one way of the L2 goes to line 1 */
    expect_state(world, 0, 0, "I");
    cr_expect_eq(world->memory[0][0], 42, "the dirty line went to memory");
    cr_expect_eq(world->cores[0].lost, 1, "the core heard of it");
    expect_state(world, 1, 1, "E");
    cr_expect_eq(world_load(world, 1, 0, 0), 42);
    expect_state(world, 1, 1, "I");
    cr_expect_eq(cache_cluster_stats(world->cluster)->back_invalidations, 2);
    world_free(world);
}

Test(cache_races, back_invalidation_meets_an_upgrade)
{
    world_t *world = world_new(2, 4, 1, CACHE_FAULT_NONE);
    world->memory[0][0] = 8;
    world_load(world, 0, 0, 0);
    world_load(world, 1, 0, 0);
    cr_assert_eq(world_request(world, 1, 1, CACHE_WANT_READ), CACHE_MISS);
    cr_assert_eq(world_request(world, 0, 0, CACHE_WANT_WRITE), CACHE_MISS);
    expect_state(world, 0, 0, "SM_A");
    world_up(world, 1); /* line 1 needs the way: line 0 is in the victim buffer */
    cr_expect_str_eq(view_of(world, 0).state, "PR_A");
    world_up(world, 0); /* CleanUnique waits for the victim */
    world_down(world, 0);
    expect_state(world, 0, 0, "IM_D");
    world_settle(world);
    expect_state(world, 0, 0, "M");
    cr_expect_eq(world_line(world, 0, 0)->data[0], 8, "refetched");
    world_free(world);
}

Test(cache_races, back_invalidation_meets_a_write_back)
{
    world_t *world = world_new(2, 4, 1, CACHE_FAULT_NONE);
    world_own(world, 0, 0, 0, 21);
    world_evict(world, 0, 0);
    cr_assert_eq(world_request(world, 1, 1, CACHE_WANT_READ), CACHE_MISS);
    world_up(world, 1);
    world_down(world, 0);
    expect_state(world, 0, 0, "II_A");
    world_settle(world);
    expect_state(world, 0, 0, "I");
    cr_expect_eq(world->memory[0][0], 21);
    world_free(world);
}

/* --- whole-line writes --- */

static void overwrite(world_core_t *core, cache_line_t *line)
{
    memset(line->data, 0x50 + (int)core->index, CHI_LINE_BYTES);
}

Test(cache_races, MakeUnique_takes_the_line_without_reading_memory)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world->cores[0].filled = overwrite;
    cr_assert_eq(world_request(world, 0, 0, CACHE_WANT_OVERWRITE), CACHE_MISS);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_CONFLICT,
                 "no load may bind to a line without data");
    world_up(world, 0);
    cr_expect_eq(world->to_memory.count, 0);
    world_settle(world);
    expect_state(world, 0, 0, "M");
    cr_expect(view_of(world, 0).hollow);
    cr_expect_eq(world_load(world, 1, 0, 63), 0x50);
    cr_expect_not(view_of(world, 0).hollow);
    world_free(world);
}

Test(cache_races, two_MakeUnique_at_once_the_later_one_wins)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world->cores[0].filled = world->cores[1].filled = overwrite;
    cr_assert_eq(world_request(world, 0, 0, CACHE_WANT_OVERWRITE), CACHE_MISS);
    cr_assert_eq(world_request(world, 1, 0, CACHE_WANT_OVERWRITE), CACHE_MISS);
    world_up(world, 1);
    world_up(world, 0); /* snoops core 1, whose grant is on its way before the snoop */
    world_down(world, 1);
    expect_state(world, 1, 0, "M");
    world_down(world, 1);
    expect_state(world, 1, 0, "I");
    world_settle(world);
    expect_state(world, 0, 0, "M");
    world->cores[1].filled = NULL;
    cr_expect_eq(world_load(world, 1, 0, 0), 0x50);
    world_free(world);
}

Test(cache_races, MakeUnique_meets_an_upgrade)
{
    world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
    world->cores[2].filled = overwrite;
    world_load(world, 0, 0, 0);
    world_load(world, 1, 0, 0);
    cr_assert_eq(world_request(world, 0, 0, CACHE_WANT_WRITE), CACHE_MISS);
    cr_assert_eq(world_request(world, 2, 0, CACHE_WANT_OVERWRITE), CACHE_MISS);
    world_up(world, 2);
    world_up(world, 0);
    world_settle(world);
    expect_state(world, 2, 0, "I");
    expect_state(world, 0, 0, "M");
    cr_expect_eq(world_line(world, 0, 0)->data[10], 0x52, "the upgrader merges into the overwritten line");
    world_free(world);
}

Test(cache_races, a_hollow_line_whose_owner_dropped_it_comes_from_memory)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world->memory[0][0] = 6;
    world->cores[0].filled = overwrite;
    cr_assert_eq(world_request(world, 0, 0, CACHE_WANT_OVERWRITE), CACHE_MISS);
    world_settle(world);
    cr_assert_eq(world_request(world, 1, 0, CACHE_WANT_READ), CACHE_MISS);
    cr_assert_eq(cache_l1d_maintain_set_way(world->cores[0].l1d, 0, 0, 0, false, true), CACHE_MISS);
    world_up(world, 1);
    world_down(world, 0); /* the snoop meets the dropped line */
    world_settle(world);
    cr_expect_eq(world_line(world, 1, 0)->data[0], 6);
    world_free(world);
}

/* --- maintenance --- */

Test(cache_races, invalidation_by_address_loses_dirty_data_and_clean_invalidate_does_not)
{
    static const struct {
        chi_opcode_t opcode;
        uint8_t left;
    } cases[] = {{CHI_MAKE_INVALID, 3}, {CHI_CLEAN_INVALID, 99}};
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned owner = 0; owner < 2; owner++) { /* who does the maintenance: the owner, another core */
            world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
            world->memory[0][0] = 3;
            world_own(world, owner, 0, 0, 99);
            cr_assert_eq(cache_l1d_maintain(world->cores[0].l1d, 0, cases[i].opcode, world_address(0), 0, 0),
                         CACHE_MISS);
            cr_expect_null(world_line(world, 0, 0), "gone for the core's next access");
            cr_expect_eq(cache_l1d_maintenance_pending(world->cores[0].l1d), 1);
            world_settle(world);
            cr_expect_eq(cache_l1d_maintenance_pending(world->cores[0].l1d), 0);
            cr_expect_not(view_of(world, 0).present);
            cr_expect_eq(world->memory[0][0], cases[i].left);
            cr_expect_eq(world_load(world, 1, 0, 0), cases[i].left);
            world_free(world);
        }
    }
}

Test(cache_races, clean_writes_back_and_keeps_the_line)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 0, 0, 0, 12);
    cache_l1d_maintain(world->cores[1].l1d, 0, CHI_CLEAN_SHARED, world_address(0), CHI_FLAG_TO_POU, 0);
    world_settle(world);
    expect_state(world, 0, 0, "E");
    cr_expect(view_of(world, 0).dirty, "cleaned to the L2 only");
    cr_expect_eq(world->memory[0][0], 0);
    cache_l1d_maintain(world->cores[0].l1d, 0, CHI_CLEAN_SHARED, world_address(0), 0, 0);
    world_settle(world);
    expect_state(world, 0, 0, "E");
    cr_expect_not(view_of(world, 0).dirty);
    cr_expect_eq(world->memory[0][0], 12);
    world_free(world);
}

Test(cache_races, maintenance_of_a_line_in_flight_is_to_be_tried_again)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_request(world, 0, 0, CACHE_WANT_READ);
    cr_expect_eq(cache_l1d_maintain(world->cores[0].l1d, 0, CHI_CLEAN_INVALID, world_address(0), 0, 0), CACHE_FULL);
    cr_expect_eq(cache_l1d_maintain_set_way(world->cores[0].l1d, 0, 0, 0, true, true), CACHE_FULL);
    world_settle(world);
    cr_expect_eq(cache_l1d_maintain(world->cores[0].l1d, 0, CHI_CLEAN_INVALID, world_address(0), 0, 0), CACHE_MISS);
    world_settle(world);
    world_free(world);
}

/* --- Non-shareable, instruction fetch, errors --- */

static uint8_t load_private(world_t *world, unsigned core, unsigned line, cache_want_t want)
{
    cache_l1d_request(world->cores[core].l1d, 0, world_address(line), want, CHI_NON_SHAREABLE, 0);
    world_settle(world);
    return world_line(world, core, line)->data[0];
}

Test(cache_races, non_shareable_copies_are_incoherent_until_cleaned_by_their_holders)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world->memory[0][0] = 1;
    cr_expect_eq(load_private(world, 0, 0, CACHE_WANT_READ), 1);
    cr_expect_eq(load_private(world, 1, 0, CACHE_WANT_WRITE), 1);
    world_store(world, 1, 0, 0, 2);
    cr_expect_eq(world_load(world, 0, 0, 0), 1, "stale: nobody told core 0");
    expect_state(world, 0, 0, "E");
    cache_l1d_maintain(world->cores[1].l1d, 0, CHI_CLEAN_INVALID, world_address(0), 0, 0);
    world_settle(world);
    cr_expect_eq(world->memory[0][0], 2);
    cr_expect_eq(world_load(world, 0, 0, 0), 1, "core 0 has not invalidated");
    cache_l1d_maintain(world->cores[0].l1d, 0, CHI_MAKE_INVALID, world_address(0), 0, 0);
    world_settle(world);
    cr_expect_eq(load_private(world, 0, 0, CACHE_WANT_READ), 2);
    world_free(world);
}

static chi_message_t fetch_request(unsigned core, unsigned line)
{
    return (chi_message_t){.opcode = CHI_READ_ONCE,
                           .shareability = CHI_INNER_SHAREABLE,
                           .source = (uint8_t)core,
                           .size_bytes = CHI_LINE_BYTES,
                           .flags = CHI_FLAG_FETCH,
                           .transaction = 5,
                           .address = world_address(line)};
}

static uint8_t fetched(world_t *world, unsigned core, unsigned line)
{
    chi_message_t request = fetch_request(core, line);
    cache_cluster_receive(world->cluster, 0, &request);
    while (!world->down[core].count) {
        for (unsigned other = 0; other < world->core_count; other++) {
            if (other != core && world->down[other].count)
                world_down(world, other);
            if (world->up[other].count)
                world_up(world, other);
        }
        if (world->to_memory.count)
            world_memory(world);
        if (world->from_memory.count)
            world_from_memory(world);
    }
    chi_message_t answer = world_take(&world->down[core]);
    cr_expect_eq(answer.opcode, CHI_COMP_DATA);
    cr_expect_eq(answer.transaction, 5);
    return answer.data[0];
}

Test(cache_races, a_fetch_sees_stores_only_after_a_clean_unless_fetches_snoop)
{
    for (unsigned snoops = 0; snoops < 2; snoops++) {
        world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
        world->cluster->config.fetch_snoops = snoops;
        world->memory[0][0] = 10;
        cr_expect_eq(fetched(world, 1, 0), 10);
        world_own(world, 0, 0, 0, 11);
        cr_expect_eq(fetched(world, 1, 0), snoops ? 11 : 10);
        cache_l1d_maintain(world->cores[0].l1d, 0, CHI_CLEAN_SHARED, world_address(0), CHI_FLAG_TO_POU, 0);
        world_settle(world);
        cr_expect_eq(fetched(world, 1, 0), 11);
        world_free(world);
    }
}

Test(cache_races, a_read_of_missing_memory_reports_its_error_and_leaves_nothing_behind)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    unsigned beyond = WORLD_LINES;
    cr_assert_eq(world_request(world, 0, beyond, CACHE_WANT_READ), CACHE_MISS);
    world_settle(world);
    cr_expect_eq(world->cores[0].errors, 1);
    expect_state(world, 0, beyond, "I");
    cr_expect_eq(cache_l1d_requests_pending(world->cores[0].l1d), 0);
    cr_assert_eq(world_request(world, 0, beyond, CACHE_WANT_WRITE), CACHE_MISS, "it can be tried again");
    world_settle(world);
    cr_expect_eq(world->cores[0].errors, 2);
    world_free(world);
}

/* --- far atomics --- */

Test(cache_races, far_atomic_takes_every_copy_the_requesters_too_before_it_is_answered)
{
    world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
    world->memory[0][3] = 40;
    for (unsigned core = 0; core < 3; core++)
        world_load(world, core, 0, 0);
    cr_assert_eq(world_atomic(world, 0, 0, 3, CHI_ATOMIC_LOAD, CHI_OP_ADD, 2, 0), CACHE_MISS);
    expect_state(world, 0, 0, "S"); /* readable until the snoop comes */
    world_up(world, 0);
    for (unsigned core = 0; core < 3; core++) {
        cr_expect_eq(world->cores[0].answers, 0, "answered before core %u gave its copy up", core);
        world_down(world, core);
        expect_state(world, core, 0, "I");
        world_up(world, core);
    }
    world_settle(world);
    cr_expect_eq(world->cores[0].answers, 1);
    cr_expect_eq(world->cores[0].last_old[3], 40);
    cr_expect_str_eq(view_of(world, 0).state, "V");
    cr_expect(view_of(world, 0).dirty);
    cr_expect_eq(world_load(world, 1, 0, 3), 42);
    world_free(world);
}

Test(cache_races, far_atomic_works_on_the_dirty_data_of_whoever_owns_the_line)
{
    for (unsigned owner = 0; owner < 2; owner++) { /* the requester itself, or another */
        world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
        world_own(world, owner, 0, 7, 100);
        cr_assert_eq(world_atomic(world, 0, 0, 7, CHI_ATOMIC_SWAP, 0, 5, 0), CACHE_MISS);
        world_settle(world);
        expect_state(world, owner, 0, "I");
        cr_expect_eq(world->cores[owner].lost, 1, "the core heard of it: monitor and L0 filter");
        cr_expect_eq(world->cores[0].last_old[7], 100);
        cr_expect_eq(world_load(world, 1, 0, 7), 5);
        world_free(world);
    }
}

Test(cache_races, far_atomic_store_is_answered_without_data)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    cr_assert_eq(world_atomic(world, 0, 0, 0, CHI_ATOMIC_STORE, CHI_OP_SET, 6, 0), CACHE_MISS);
    world_settle(world);
    cr_expect_eq(world->cores[0].answers, 1);
    cr_expect_not(world->cores[0].last_has_old);
    cr_expect_eq(world_load(world, 1, 0, 0), 6);
    world_free(world);
}

Test(cache_races, far_compare_that_fails_stores_nothing_and_still_says_what_it_found)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 1, 0, 0, 3);
    world_atomic(world, 0, 0, 0, CHI_ATOMIC_COMPARE, 0, 9, 4);
    world_settle(world);
    cr_expect_eq(world->cores[0].last_old[0], 3);
    world_atomic(world, 0, 0, 0, CHI_ATOMIC_COMPARE, 0, 9, 3);
    world_settle(world);
    cr_expect_eq(world->cores[0].last_old[0], 3);
    cr_expect_eq(world_load(world, 1, 0, 0), 9);
    world_free(world);
}

Test(cache_races, far_atomics_of_all_cores_at_once_are_performed_one_after_the_other)
{
    world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 2, 0, 0, 0);
    unsigned olds = 0;
    for (unsigned core = 0; core < 3; core++)
        world_atomic(world, core, 0, 0, CHI_ATOMIC_LOAD, CHI_OP_ADD, 1, 0);
    world_settle(world);
    for (unsigned core = 0; core < 3; core++)
        olds |= 1u << world->cores[core].last_old[0];
    cr_expect_eq(olds, 7, "each found another value");
    cr_expect_eq(world_load(world, 0, 0, 0), 3);
    world_free(world);
}

Test(cache_races, far_atomic_meets_the_write_back_of_its_line)
{
    for (unsigned first = 0; first < 2; first++) { /* which of the two arrives first */
        world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
        world_own(world, 1, 0, 2, 8);
        world_evict(world, 1, 0);
        world_atomic(world, 0, 0, 2, CHI_ATOMIC_LOAD, CHI_OP_ADD, 1, 0);
        world_up(world, first);
        world_settle(world);
        expect_state(world, 1, 0, "I");
        cr_expect_eq(world->cores[0].last_old[2], 8);
        cr_expect_eq(world_load(world, 1, 0, 2), 9);
        world_free(world);
    }
}

Test(cache_races, far_atomic_waits_for_its_cores_own_request_and_write_back)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_request(world, 0, 0, CACHE_WANT_READ);
    cr_expect_eq(world_atomic(world, 0, 0, 0, CHI_ATOMIC_LOAD, CHI_OP_ADD, 1, 0), CACHE_CONFLICT);
    world_settle(world);
    world_evict(world, 0, 0);
    cr_expect_eq(world_atomic(world, 0, 0, 0, CHI_ATOMIC_LOAD, CHI_OP_ADD, 1, 0), CACHE_FULL);
    world_settle(world);
    cr_expect_eq(world_atomic(world, 0, 0, 0, CHI_ATOMIC_LOAD, CHI_OP_ADD, 1, 0), CACHE_MISS);
    world_free(world);
}

Test(cache_races, far_atomic_where_no_memory_is_ends_in_an_error)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_atomic(world, 0, WORLD_LINES, 0, CHI_ATOMIC_LOAD, CHI_OP_ADD, 1, 0);
    world_settle(world);
    cr_expect_eq(world->cores[0].answers, 1);
    cr_expect_eq(world->cores[0].errors, 1);
    cr_expect_eq(cache_l1d_requests_pending(world->cores[0].l1d), 0);
    world_free(world);
}
