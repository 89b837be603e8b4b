/* The L1D as the core sees it; the cluster behind it is real, its messages delivered by hand. */
#include "world.h"

#include <errno.h>
#include <signal.h>

#define expect_state(world, core, line, name) cr_expect_str_eq(world_state(world, core, line), name)

static cache_l1d_stats_t stats_of(const world_t *world, unsigned core)
{
    return *cache_l1d_stats(world->cores[core].l1d);
}

Test(l1d, a_miss_is_sent_once_and_later_accesses_merge_or_wait)
{
    world_t *world = world_new(1, 4, 4, CACHE_FAULT_NONE);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_MISS);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_MISS, "merges");
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_WRITE), CACHE_CONFLICT, "a read is in flight");
    cr_expect_eq(world->up[0].count, 1);
    cr_expect_eq(cache_l1d_requests_pending(world->cores[0].l1d), 1);
    cr_expect_null(world_line(world, 0, 0));
    world_settle(world);
    cr_expect_eq(world->cores[0].fills, 1);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_HIT);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_WRITE), CACHE_HIT, "E counts");
    cr_expect_eq(stats_of(world, 0).load_misses, 1);
    cr_expect_eq(stats_of(world, 0).fills_from_memory, 1);
    world_free(world);
}

Test(l1d, a_store_miss_serves_reads_and_writes)
{
    world_t *world = world_new(1, 4, 4, CACHE_FAULT_NONE);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_WRITE), CACHE_MISS);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_MISS);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_OVERWRITE), CACHE_MISS);
    cr_expect_eq(world->up[0].count, 1);
    cr_expect_eq(world->up[0].messages[0].opcode, CHI_READ_UNIQUE);
    world_settle(world);
    expect_state(world, 0, 0, "M");
    cr_expect_eq(stats_of(world, 0).store_misses, 1);
    world_free(world);
}

Test(l1d, requests_say_who_asks_and_why)
{
    world_t *world = world_new(2, 4, 4, CACHE_FAULT_NONE);
    world_request(world, 1, 2, CACHE_WANT_READ);
    const chi_message_t *request = &world->up[1].messages[0];
    cr_expect_eq(request->opcode, CHI_READ_SHARED);
    cr_expect_eq(request->source, 1);
    cr_expect_eq(request->pc, 0x1001);
    cr_expect_eq(request->address, world_address(2));
    cr_expect_eq(request->transaction >> 31, 0, "bit 31 belongs to the core");
    world_free(world);
}

Test(l1d, without_a_free_miss_register_a_miss_is_to_be_tried_again)
{
    world_t *world = world_new(1, 4, 4, CACHE_FAULT_NONE); /* two registers */
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_MISS);
    cr_expect_eq(world_request(world, 0, 1, CACHE_WANT_READ), CACHE_MISS);
    cr_expect_eq(world_request(world, 0, 2, CACHE_WANT_READ), CACHE_FULL);
    cr_expect_eq(world->up[0].count, 2);
    world_settle(world);
    cr_expect_eq(world_request(world, 0, 2, CACHE_WANT_READ), CACHE_MISS);
    world_free(world);
}

Test(l1d, a_set_whose_ways_are_all_in_flight_takes_no_more)
{
    world_t *world = world_new(1, 1, 4, CACHE_FAULT_NONE);
    cr_expect_eq(world_request(world, 0, 0, CACHE_WANT_READ), CACHE_MISS);
    cr_expect_eq(world_request(world, 0, 1, CACHE_WANT_READ), CACHE_FULL);
    world_settle(world);
    cr_expect_eq(world_request(world, 0, 1, CACHE_WANT_READ), CACHE_MISS);
    world_free(world);
}

Test(l1d, without_a_free_write_back_entry_nothing_is_evicted)
{
    world_t *world = world_new(1, 3, 4, CACHE_FAULT_NONE); /* two entries */
    for (unsigned line = 0; line < 3; line++)
        world_own(world, 0, line, 0, 1);
    world_evict(world, 0, 0);
    world_evict(world, 0, 1);
    cr_expect_eq(cache_l1d_maintain_set_way(world->cores[0].l1d, 0, 0, 2, true, true), CACHE_FULL);
    cr_expect_not_null(world_line(world, 0, 2), "still here");
    world_settle(world);
    cr_expect_eq(cache_l1d_maintain_set_way(world->cores[0].l1d, 0, 0, 2, true, true), CACHE_MISS);
    world_free(world);
}

Test(l1d, the_line_used_longest_ago_makes_room_and_the_core_hears_of_it)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    world_load(world, 0, 0, 0);
    world_load(world, 0, 1, 0);
    world_line(world, 0, 0)->last_use = 20; /* stamped by the core, as the L0 filter does */
    world_line(world, 0, 1)->last_use = 10;
    world_load(world, 0, 2, 0);
    cr_expect_eq(world->cores[0].lost, 1);
    cr_expect_eq(world->cores[0].last_lost, world_address(1));
    cr_expect_not_null(world_line(world, 0, 0));
    cr_expect_eq(stats_of(world, 0).evictions_clean, 1);
    world_free(world);
}

/* The core asks for another line of the same set while it still works on the one that came. */
static void ask_for_more(world_core_t *core, cache_line_t *line)
{
    uint64_t other = line->address == world_address(0) ? world_address(1) : world_address(0);
    line->data[0] = 0x77;
    cr_expect_eq(cache_l1d_request(core->l1d, 0, other, CACHE_WANT_READ, CHI_INNER_SHAREABLE, 0), CACHE_FULL);
    cr_expect_eq(line->data[0], 0x77);
    cr_expect_not_null(cache_l1d_lookup(core->l1d, line->address));
}

Test(l1d, requests_inside_a_fill_do_not_evict_the_line_that_came)
{
    world_t *world = world_new(1, 1, 4, CACHE_FAULT_NONE);
    world->cores[0].filled = ask_for_more;
    world_request(world, 0, 0, CACHE_WANT_WRITE);
    world_settle(world);
    cr_expect_eq(world->cores[0].fills, 1);
    world_free(world);
}

Test(l1d, make_dirty_says_no_to_a_shared_line)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_load(world, 0, 0, 0);
    world_load(world, 1, 0, 0);
    cr_expect_not(cache_l1d_make_dirty(world->cores[0].l1d, 0, world_line(world, 0, 0), 0));
    expect_state(world, 0, 0, "S");
    world_free(world);
}

Test(l1d, set_way_operations_clean_drop_or_do_nothing)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    cache_l1d_t *l1d = world->cores[0].l1d;
    cr_expect_eq(cache_l1d_maintain_set_way(l1d, 0, 0, 0, true, true), CACHE_HIT, "empty way");
    cr_expect_eq(cache_l1d_maintain_set_way(l1d, 0, 1, 0, true, true), CACHE_HIT, "no such set");
    cr_expect_eq(cache_l1d_maintain_set_way(l1d, 0, 0, 2, true, true), CACHE_HIT, "no such way");
    world_own(world, 0, 0, 0, 5);
    cr_expect_eq(cache_l1d_maintain_set_way(l1d, 0, 0, 0, true, false), CACHE_MISS, "DC CSW");
    world_settle(world);
    expect_state(world, 0, 0, "E");
    cache_cluster_view_t view;
    cr_expect(cache_cluster_inspect(world->cluster, world_address(0), &view) && view.data[0] == 5);
    world_store(world, 0, 0, 0, 6);
    cr_expect_eq(cache_l1d_maintain_set_way(l1d, 0, 0, 0, false, true), CACHE_MISS, "DC ISW");
    cr_expect_eq(cache_l1d_maintenance_pending(l1d), 1);
    world_settle(world);
    cr_expect_eq(cache_l1d_maintenance_pending(l1d), 0);
    cr_expect_eq(world_load(world, 0, 0, 0), 5, "the store was dropped");
    world_free(world);
}

Test(l1d, an_unexpected_message_stops_the_simulation, .signal = SIGABRT)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    chi_message_t snoop = {.opcode = CHI_SNP_UNIQUE, .address = world_address(0)};
    cache_l1d_receive(world->cores[0].l1d, 0, &snoop);
}

static void expect_refused(cache_l1d_config_t config, const char *word)
{
    base_error_t error = {""};
    cache_l1d_t *l1d = NULL;
    cache_l1d_client_t client = {.self = NULL};
    cr_expect_eq(cache_l1d_new(&config, 3, NULL, NULL, &client, &l1d, &error), -EINVAL);
    cr_expect_null(l1d);
    cr_expect_not_null(strstr(error.text, word), "%s", error.text);
    cr_expect_not_null(strstr(error.text, "core 3"), "%s", error.text);
}

Test(l1d, impossible_configurations_are_refused_with_one_line)
{
    cache_l1d_config_t good = {.size_bytes = 32768, .ways = 4, .mshrs = 6, .write_back_entries = 4, .period_ps = 500};
    cache_l1d_config_t bad = good;
    bad.mshrs = 0;
    expect_refused(bad, "0 miss registers");
    bad.mshrs = 65;
    expect_refused(bad, "65 miss registers");
    bad = good;
    bad.write_back_entries = 65;
    expect_refused(bad, "write-back");
    bad = good;
    bad.period_ps = 0;
    expect_refused(bad, "clock");
    bad = good;
    bad.ways = 3;
    expect_refused(bad, "whole number");
    bad.ways = 0;
    expect_refused(bad, "0 ways");
}

Test(l1d, every_counter_is_described)
{
    const stats_counter_t *counter = cache_l1d_counters();
    unsigned count = 0;
    for (; counter->name; counter++, count++) {
        cr_expect(*counter->unit && *counter->description, "%s", counter->name);
        cr_expect_lt(counter->offset, sizeof(cache_l1d_stats_t));
    }
    cr_expect_eq(count, offsetof(cache_l1d_stats_t, requests) / sizeof(uint64_t) + CHI_EVENT + 1);
}
