/* The cluster beside the line protocol: broadcasts, accesses around the caches, maintenance by way, waiting, refusals.
 */
#include "world.h"

#include <errno.h>
#include <signal.h>

static chi_message_t request_of(unsigned core, chi_opcode_t opcode, uint64_t address)
{
    return (chi_message_t){.opcode = (uint8_t)opcode,
                           .shareability = CHI_INNER_SHAREABLE,
                           .source = (uint8_t)core,
                           .size_bytes = CHI_LINE_BYTES,
                           .transaction = 0x80000000u + core,
                           .address = address,
                           .operand = 0x1234,
                           .pc = 0x400};
}

static void send(world_t *world, const chi_message_t *request)
{
    cache_cluster_receive(world->cluster, 0, request);
}

/* --- broadcasts --- */

static void answer_broadcast(world_t *world, unsigned core, chi_opcode_t expected)
{
    chi_message_t snoop = world_take(&world->down[core]);
    cr_expect_eq(snoop.opcode, expected);
    cr_expect_eq(snoop.operand, 0x1234);
    snoop.opcode = CHI_SNP_DVM_RESP;
    send(world, &snoop);
}

Test(cluster, a_DVM_operation_is_complete_when_all_others_have_answered)
{
    static const chi_opcode_t kinds[][2] = {{CHI_DVM_OP, CHI_SNP_DVM_OP}, {CHI_DVM_SYNC, CHI_SNP_DVM_SYNC}};
    for (unsigned kind = 0; kind < 2; kind++) {
        world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
        chi_message_t request = request_of(1, kinds[kind][0], 0);
        send(world, &request);
        cr_expect_eq(world->down[1].count, 0, "not to the core that asks");
        answer_broadcast(world, 2, kinds[kind][1]);
        cr_expect_eq(world->down[1].count, 0, "one answer is missing");
        answer_broadcast(world, 0, kinds[kind][1]);
        chi_message_t comp = world_take(&world->down[1]);
        cr_expect_eq(comp.opcode, CHI_COMP);
        cr_expect_eq(comp.transaction, 0x80000001u);
        world_free(world);
    }
}

Test(cluster, broadcasts_of_several_cores_do_not_mix)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    for (unsigned core = 0; core < 2; core++) {
        chi_message_t request = request_of(core, CHI_DVM_OP, 0);
        send(world, &request);
        send(world, &request);
    }
    answer_broadcast(world, 0, CHI_SNP_DVM_OP);
    cr_expect_eq(world->down[1].count, 2 + 1, "two snoops and the answer to core 1's first operation");
    cr_expect_eq(world->down[0].count, 1);
    world_free(world);
}

Test(cluster, a_single_core_is_answered_at_once)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    chi_message_t request = request_of(0, CHI_DVM_SYNC, 0);
    send(world, &request);
    cr_expect_eq(world_take(&world->down[0]).opcode, CHI_COMP);
    world_free(world);
}

Test(cluster, an_answer_to_no_broadcast_is_a_bug, .signal = SIGABRT)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    chi_message_t response = request_of(0, CHI_SNP_DVM_RESP, 0);
    response.transaction = 0;
    send(world, &response);
}

Test(cluster, an_event_goes_to_all_others_and_is_not_answered)
{
    world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
    chi_message_t request = request_of(2, CHI_EVENT, 0);
    send(world, &request);
    cr_expect_eq(world->down[2].count, 0);
    for (unsigned core = 0; core < 2; core++)
        cr_expect_eq(world_take(&world->down[core]).opcode, CHI_SNP_EVENT);
    world_free(world);
}

Test(cluster, an_event_from_a_device_goes_to_all)
{
    world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
    chi_message_t request = request_of(0, CHI_EVENT, 0);
    request.source = CHI_SOURCE_IO;
    send(world, &request);
    for (unsigned core = 0; core < 3; core++)
        cr_expect_eq(world_take(&world->down[core]).opcode, CHI_SNP_EVENT);
    world_free(world);
}

/* --- around the caches --- */

Test(cluster, accesses_around_the_caches_miss_cached_dirty_data)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    world->memory[0][0] = 1;
    world_own(world, 0, 0, 0, 2);
    chi_message_t read = request_of(0, CHI_READ_NO_SNOOP, world_address(0));
    read.memory_type = CHI_NORMAL_NC;
    send(world, &read);
    world_memory(world);
    world_from_memory(world);
    chi_message_t answer = world_take(&world->down[0]);
    cr_expect_eq(answer.opcode, CHI_COMP_DATA);
    cr_expect_eq(answer.transaction, 0x80000000u);
    cr_expect_eq(answer.data[0], 1, "stale: the L1 has 2");
    cr_expect_eq(world_line(world, 0, 0)->data[0], 2);
    world_free(world);
}

Test(cluster, accesses_around_the_caches_keep_their_order)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    for (unsigned i = 0; i < 4; i++) {
        chi_message_t request = request_of(0, i & 1 ? CHI_WRITE_NO_SNOOP : CHI_READ_NO_SNOOP, world_address(i));
        send(world, &request);
    }
    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(world_take(&world->to_memory).address, world_address(i));
    world_free(world);
}

/* --- maintenance by way --- */

static void maintain_way(world_t *world, chi_opcode_t opcode, unsigned set, unsigned way)
{
    chi_message_t request = request_of(0, opcode, (uint64_t)set << 8 | way);
    request.flags = CHI_FLAG_SET_WAY;
    send(world, &request);
    for (unsigned i = 0; i < world->core_count; i++) /* not world_settle: the answer is not the L1D's */
        while (world->down[i].count && world->down[i].messages[0].opcode != CHI_COMP) {
            world_down(world, i);
            world_up(world, i);
        }
    while (world->to_memory.count) {
        world_memory(world);
        world_from_memory(world);
    }
    cr_expect_eq(world_take(&world->down[0]).opcode, CHI_COMP);
}

Test(cluster, clean_and_invalidate_of_a_way_writes_the_L1s_dirty_data_to_memory)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 1, 0, 0, 9);
    maintain_way(world, CHI_CLEAN_INVALID, 0, 0);
    cr_expect_eq(world->memory[0][0], 9);
    cr_expect_str_eq(world_state(world, 1, 0), "I");
    cache_cluster_view_t view;
    cr_expect_not(cache_cluster_inspect(world->cluster, world_address(0), &view));
    world_free(world);
}

Test(cluster, clean_of_a_way_writes_to_memory_and_keeps_the_line)
{
    world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
    world_own(world, 1, 0, 0, 9);
    maintain_way(world, CHI_CLEAN_SHARED, 0, 0);
    cr_expect_eq(world->memory[0][0], 9);
    cr_expect_str_eq(world_state(world, 1, 0), "E");
    world_free(world);
}

Test(cluster, invalidate_of_a_way_drops_the_L2s_dirty_data_but_not_the_L1s)
{
    for (unsigned in_l1 = 0; in_l1 < 2; in_l1++) {
        world_t *world = world_new(2, 2, 4, CACHE_FAULT_NONE);
        world_own(world, 1, 0, 0, 9);
        if (!in_l1) {
            world_evict(world, 1, 0);
            world_settle(world);
        }
        maintain_way(world, CHI_MAKE_INVALID, 0, 0);
        cr_expect_eq(world->memory[0][0], in_l1 ? 9 : 0);
        world_free(world);
    }
}

Test(cluster, ways_that_are_empty_or_do_not_exist_are_acknowledged)
{
    world_t *world = world_new(1, 2, 4, CACHE_FAULT_NONE);
    maintain_way(world, CHI_CLEAN_INVALID, 0, 0);
    maintain_way(world, CHI_MAKE_INVALID, 0, 200);
    maintain_way(world, CHI_CLEAN_SHARED, 77, 0);
    world_free(world);
}

/* --- waiting --- */

static void count_transaction(void *self, const cache_cluster_transaction_t *transaction)
{
    unsigned *counts = self;
    counts[transaction->state ? 0 : 1]++;
    counts[2] += transaction->waiting;
    cr_expect(*transaction->opcode);
}

Test(cluster, requests_to_a_busy_line_are_answered_in_arrival_order)
{
    world_t *world = world_new(3, 2, 4, CACHE_FAULT_NONE);
    const unsigned order[] = {1, 2, 0};
    for (unsigned i = 0; i < 3; i++) {
        world_request(world, order[i], 0, CACHE_WANT_WRITE);
        world_up(world, order[i]);
    }
    unsigned counts[3] = {0};
    cache_cluster_each_transaction(world->cluster, count_transaction, counts);
    cr_expect_eq(counts[0], 1, "one works");
    cr_expect_eq(counts[2], 2, "two wait behind it");
    cr_expect_eq(cache_cluster_stats(world->cluster)->stalled_requests, 2);
    world_memory(world);
    world_from_memory(world);
    for (unsigned i = 0; i < 3; i++) {
        cr_expect_gt(world->down[order[i]].count, 0, "core %u", order[i]);
        world_down(world, order[i]);
        cr_expect_str_eq(world_state(world, order[i], 0), "M");
        if (i == 2)
            break;
        world_down(world, order[i]); /* the snoop for the next */
        world_up(world, order[i]);
    }
    world_free(world);
}

Test(cluster, requests_wait_for_a_transaction_buffer_in_arrival_order)
{
    world_t *world = world_new(3, 4, 4, CACHE_FAULT_NONE); /* two buffers */
    for (unsigned line = 0; line < 3; line++) {
        world_request(world, line, line, CACHE_WANT_READ);
        world_up(world, line);
    }
    unsigned counts[3] = {0};
    cache_cluster_each_transaction(world->cluster, count_transaction, counts);
    cr_expect_eq(counts[0], 2);
    cr_expect_eq(counts[1], 1, "the third waits for a buffer");
    cr_expect_eq(world->to_memory.count, 2);
    world_memory(world);
    world_from_memory(world);
    cr_expect_eq(world->to_memory.count, 2, "a buffer is free: the third goes on");
    world_settle(world);
    cr_expect_str_eq(world_state(world, 2, 2), "E");
    world_free(world);
}

Test(cluster, statistics_tell_hits_misses_and_transfers_apart)
{
    world_t *world = world_new(3, 4, 4, CACHE_FAULT_NONE);
    world_load(world, 0, 0, 0);   /* memory */
    world_load(world, 1, 0, 0);   /* L2 hit, a snoop of the clean owner */
    world_own(world, 0, 0, 0, 1); /* upgrade, a snoop */
    world_load(world, 2, 0, 0);   /* cache to cache */
    const cache_cluster_stats_t *stats = cache_cluster_stats(world->cluster);
    cr_expect_eq(stats->l2_misses, 1);
    cr_expect_eq(stats->l2_hits, 1);
    cr_expect_eq(stats->cache_to_cache_transfers, 1);
    cr_expect_eq(stats->requests[CHI_READ_SHARED], 3);
    cr_expect_eq(stats->requests[CHI_CLEAN_UNIQUE], 1);
    cr_expect_eq(stats->snoops[CHI_SNP_SHARED], 2);
    cr_expect_eq(stats->snoops[CHI_SNP_UNIQUE], 1);
    cr_expect_eq(stats->snoops_filtered, 1);
    world_free(world);
}

/* --- refusals --- */

static void expect_refused(cache_cluster_config_t config, const char *word)
{
    base_error_t error = {""};
    cache_cluster_t *cluster = NULL;
    engine_t *engine = engine_new();
    cr_expect_eq(cache_cluster_new(engine, &config, NULL, &cluster, &error), -EINVAL);
    cr_expect_null(cluster);
    cr_expect_not_null(strstr(error.text, word), "%s", error.text);
    cr_expect_null(strchr(error.text, '\n'));
    engine_free(engine);
}

Test(cluster, impossible_configurations_are_refused_with_one_line)
{
    cache_cluster_config_t good = {.cores = 4,
                                   .l2_size_bytes = 1 << 20,
                                   .l2_ways = 16,
                                   .l2_tag_cycles = 1,
                                   .l2_data_cycles = 1,
                                   .transactions = 16,
                                   .period_ps = 500};
    cache_cluster_config_t bad = good;
    bad.cores = 0;
    expect_refused(bad, "0 cores");
    bad.cores = 65;
    expect_refused(bad, "65 cores");
    bad = good;
    bad.transactions = 0;
    expect_refused(bad, "transaction buffers");
    bad = good;
    bad.period_ps = 0;
    expect_refused(bad, "clock");
    bad = good;
    bad.l2_tag_cycles = 0;
    expect_refused(bad, "tags take 0 cycles");
    bad = good;
    bad.l2_data_cycles = 0;
    expect_refused(bad, "data 0");
    bad = good;
    bad.l2_size_bytes = 3 << 20;
    expect_refused(bad, "L2");
}

Test(cluster, every_counter_is_described)
{
    for (const stats_counter_t *counter = cache_cluster_counters(); counter->name; counter++) {
        cr_expect(*counter->unit && *counter->description, "%s", counter->name);
        cr_expect_lt(counter->offset, sizeof(cache_cluster_stats_t));
    }
}
