/* Walks that wait for memory, and what may happen meanwhile. */
#include "inflight.h"

#include <criterion/criterion.h>

enum { VA = INFLIGHT_VA, OTHER = 0x2000 };

static const uint64_t page_bits = DESC_AF | DESC_SH(3) | DESC_NG;

static void init(rig_t *rig)
{
    mmu_config_t config = rig_config();
    inflight_init(rig, &config);
    rig_map(rig, OTHER, 3, 0x6000, page_bits);
}

static mmu_result_t try_once(rig_t *rig, uint64_t va, mmu_access_t access, mmu_translation_t *ret_translation)
{
    mmu_fault_t fault;
    return mmu_translate(rig->mmu, 0, va, access, true, false, ret_translation, &fault);
}

Test(waiting_walk, goes_on_where_it_stood_at_every_level)
{
    for (unsigned level = 0; level <= 3; level++) {
        rig_t rig;
        init(&rig);
        inflight_wait_at(&rig, MMU_READ, level);
        mmu_translation_t translation;
        cr_assert_eq(try_once(&rig, VA, MMU_READ, &translation), MMU_OK);
        cr_assert_eq(translation.physical, 0x5000);
        cr_assert_eq(translation.cycles, 3 + 4 * 5, "waits are not in it");
        cr_assert_eq(rig.reads, 4, "no descriptor is read twice");
        cr_assert_not(mmu_walk_in_progress(rig.mmu));
        const mmu_stats_t *stats = mmu_stats(rig.mmu);
        cr_assert_eq(stats->micro_misses_data, 1);
        cr_assert_eq(stats->walks, 1);
        cr_assert_eq(stats->walk_waits, 1);
        cr_assert_eq(stats->walk_reads, 4);
        rig_done(&rig);
    }
}

Test(waiting_walk, ends_when_its_descriptor_faults)
{
    for (unsigned external = 0; external < 2; external++) {
        rig_t rig;
        init(&rig);
        inflight_wait_at(&rig, MMU_READ, 3);
        if (external)
            rig.error_address = rig_descriptor(&rig, VA, 3);
        else
            rig_unmap(&rig, VA, 3);
        cr_assert_eq(rig_status(&rig, VA), external ? 0x17 : 0x07);
        cr_assert_not(mmu_walk_in_progress(rig.mmu));
        rig_done(&rig);
    }
}

Test(waiting_walk, brings_back_nothing_that_a_tlbi_invalidated)
{
    mmu_config_t config = rig_config();
    for (mmu_tlbi_t operation = 0; operation < MMU_TLBI_COUNT; operation++) {
        for (unsigned level = 1; level <= 3; level++) {
            cr_assert_eq(inflight_physical(&config, level, operation, MMU_READ), INFLIGHT_NEW, "TLBI %u at level %u",
                         operation, level);
            cr_assert_eq(inflight_physical(&config, level, operation, MMU_FETCH), INFLIGHT_NEW);
        }
    }
    cr_assert_eq(inflight_physical(&config, 3, MMU_TLBI_COUNT, MMU_READ), INFLIGHT_OLD, "without a TLBI it may");
}

Test(waiting_walk, is_over_for_a_dvm_sync_once_a_tlbi_came)
{
    for (mmu_tlbi_t operation = 0; operation < MMU_TLBI_COUNT; operation++) {
        rig_t rig;
        init(&rig);
        inflight_wait_at(&rig, MMU_READ, 2);
        mmu_tlbi(rig.mmu, operation, 0);
        cr_assert_not(mmu_walk_in_progress(rig.mmu));
        rig_done(&rig);
    }
}

Test(waiting_walk, begun_anew_after_a_tlbi_is_still_one_miss)
{
    rig_t rig;
    init(&rig);
    inflight_wait_at(&rig, MMU_READ, 2);
    mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
    cr_assert_eq(rig_physical(&rig, VA), 0x5000);
    const mmu_stats_t *stats = mmu_stats(rig.mmu);
    cr_assert_eq(stats->micro_misses_data, 1);
    cr_assert_eq(stats->walks, 1);
    cr_assert_eq(stats->walks_given_up, 1);
    cr_assert_eq(stats->walk_reads, 2 + 4);
    rig_done(&rig);
}

Test(waiting_walk, is_forgotten_when_the_core_gives_it_up)
{
    rig_t rig;
    init(&rig);
    inflight_wait_at(&rig, MMU_READ, 3);
    mmu_abort_walk(rig.mmu);
    cr_assert_not(mmu_walk_in_progress(rig.mmu));
    cr_assert_eq(rig_physical(&rig, VA), 0x5000);
    cr_assert_eq(rig.reads, 3 + 4);
    cr_assert_eq(mmu_stats(rig.mmu)->micro_misses_data, 2, "another access");
    rig_done(&rig);
}

Test(waiting_walk, is_forgotten_when_the_context_changes)
{
    rig_t rig;
    init(&rig);
    inflight_wait_at(&rig, MMU_READ, 3);
    rig_set_context(&rig);
    cr_assert(mmu_walk_in_progress(rig.mmu), "nothing changed");
    rig.context.ttbr0 = rig_new_table(&rig) | ASID(2);
    rig_set_context(&rig);
    cr_assert_not(mmu_walk_in_progress(rig.mmu));
    rig_map(&rig, VA, 3, 0x8000, page_bits);
    cr_assert_eq(rig_physical(&rig, VA), 0x8000);
    cr_assert(rig_holds(&rig, MMU_TLB_L2, VA, 2));
    cr_assert_not(rig_holds(&rig, MMU_TLB_L2, VA, 1));
    rig_done(&rig);
}

Test(waiting_walk, gives_way_to_another_address)
{
    rig_t rig;
    init(&rig);
    inflight_wait_at(&rig, MMU_READ, 3);
    cr_assert_eq(rig_physical(&rig, OTHER), 0x6000);
    cr_assert_not(mmu_walk_in_progress(rig.mmu));
    cr_assert_eq(mmu_stats(rig.mmu)->walks_given_up, 1);
    cr_assert_eq(rig_physical(&rig, VA), 0x5000);
    rig_done(&rig);
}

Test(waiting_walk, of_data_does_not_hinder_a_fetch)
{
    rig_t rig;
    init(&rig);
    mmu_translation_t translation;
    inflight_wait_at(&rig, MMU_READ, 3);
    cr_assert_eq(try_once(&rig, OTHER, MMU_FETCH, &translation), MMU_OK);
    cr_assert_eq(translation.physical, 0x6000);
    cr_assert(mmu_walk_in_progress(rig.mmu));
    cr_assert_eq(try_once(&rig, VA, MMU_READ, &translation), MMU_OK);
    cr_assert_eq(rig.reads, 4 + 4);
    rig_done(&rig);
}

Test(waiting_walk, ends_when_the_other_walk_has_filled_the_l2_tlb)
{
    rig_t rig;
    init(&rig);
    mmu_translation_t translation;
    inflight_wait_at(&rig, MMU_READ, 1);
    cr_assert_eq(try_once(&rig, VA, MMU_FETCH, &translation), MMU_OK);
    cr_assert_eq(try_once(&rig, VA, MMU_READ, &translation), MMU_OK);
    cr_assert_eq(translation.cycles, 3);
    cr_assert_not(mmu_walk_in_progress(rig.mmu));
    const mmu_stats_t *stats = mmu_stats(rig.mmu);
    cr_assert_eq(stats->walks, 2);
    cr_assert_eq(stats->l2_hits, 0, "the data access was counted as a walk when it began");
    cr_assert_eq(rig.conflict_count, 0);
    rig_done(&rig);
}

Test(waiting_walk, serves_an_access_across_two_pages)
{
    rig_t rig;
    init(&rig);
    rig.wait_percent = 80;
    mmu_translation_t first, second;
    unsigned tries = 0;
    while (try_once(&rig, VA + 0xff8, MMU_READ, &first) != MMU_OK || try_once(&rig, OTHER, MMU_READ, &second) != MMU_OK)
        cr_assert_lt(++tries, RIG_MAX_TRIES);
    cr_assert_eq(first.physical, 0x5ff8);
    cr_assert_eq(second.physical, 0x6000);
    cr_assert_eq(mmu_stats(rig.mmu)->walks, 2);
    rig_done(&rig);
}
