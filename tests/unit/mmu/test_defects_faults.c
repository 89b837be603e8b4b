/* Each defect injected on purpose is found by the checks that pass without it. */
#include "inflight.h"
#include "survivors.h"
#include "world.h"

#include <criterion/criterion.h>

enum { SEEDS = 60, OPERATIONS = 2500 };

/* The seed with which a random world notices the defect, or -1. */
static int seed_that_finds(mmu_defect_t defect)
{
    for (int seed = 0; seed < SEEDS; seed++) {
        world_seen_t seen = {0};
        char text[WORLD_TEXT_BYTES] = "";
        world_options_t options = {.seed = (uint64_t)seed,
                                   .granule_shift = 12 + (unsigned)seed % 3 * 2,
                                   .wait_percent = 40,
                                   .operations = OPERATIONS,
                                   .defect = defect};
        if (!world_run(&options, &seen, text))
            return seed;
    }
    return -1;
}

Test(random_worlds, find_every_defect_and_nothing_without)
{
    cr_assert_eq(seed_that_finds(MMU_DEFECT_NONE), -1);
    for (mmu_defect_t defect = MMU_DEFECT_NONE + 1; defect < MMU_DEFECT_TLBI_RANGE_TOO_SHORT; defect++)
        cr_assert_geq(seed_that_finds(defect), 0, "defect %u passes %d random worlds", defect, SEEDS);
}

Test(survivors, show_every_defect_of_invalidation)
{
    static const mmu_defect_t defects[] = {MMU_DEFECT_TLBI_MISSES_GLOBALS,    MMU_DEFECT_TLBI_ASID_DROPS_GLOBALS,
                                           MMU_DEFECT_TLBI_REACHES_NEXT_PAGE, MMU_DEFECT_TLBI_LAST_LEVEL_MISSES_BLOCKS,
                                           MMU_DEFECT_TLBI_MISSES_MICRO_TLBS, MMU_DEFECT_TLBI_OPERAND_UNMASKED};
    cr_assert_eq(survivors_at_boundaries(12, 8, MMU_DEFECT_NONE).wrong, 0);
    for (unsigned i = 0; i < sizeof(defects) / sizeof(defects[0]); i++) {
        survivors_result_t result = survivors_at_boundaries(12, 8, defects[i]);
        cr_assert_gt(result.wrong, 0, "defect %u leaves exact survivors", defects[i]);
    }
}

Test(survivors, show_every_defect_of_invalidation_by_range)
{
    cr_assert_eq(survivors_at_ranges(12, 16, MMU_DEFECT_NONE).wrong, 0);
    cr_assert_gt(survivors_at_ranges(12, 16, MMU_DEFECT_TLBI_RANGE_TOO_SHORT).wrong, 0);
    cr_assert_gt(survivors_at_ranges(12, 16, MMU_DEFECT_TLBI_RANGE_IGNORES_SCALE).wrong, 0);
}

/* How often the descriptor of a clean page is changed by one access, with the defect. */
static unsigned updates_of_clean_page(mmu_defect_t defect, mmu_access_t access, mmu_result_t *ret_result)
{
    rig_t rig;
    mmu_config_t config = rig_config();
    mmu_translation_t translation;
    mmu_fault_t fault;
    config.defect = (uint8_t)defect;
    rig_init(&rig, 12, 39, &config);
    rig.context.tcr |= TCR_HA | TCR_HD;
    rig_set_context(&rig);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3) | DESC_AF | DESC_DBM | DESC_AP(2));
    *ret_result = rig_translate(&rig, 0, access, true, false, &translation, &fault);
    unsigned updates = rig.updates;
    rig_done(&rig);
    return updates;
}

Test(dirty_state, shows_marks_made_wrongly_or_not_at_all)
{
    mmu_result_t result;
    cr_expect_eq(updates_of_clean_page(MMU_DEFECT_NONE, MMU_READ, &result), 0);
    cr_expect_eq(updates_of_clean_page(MMU_DEFECT_READ_MARKS_DIRTY, MMU_READ, &result), 1);
    cr_expect_eq(updates_of_clean_page(MMU_DEFECT_NONE, MMU_WRITE, &result), 1);
    cr_expect_eq(result, MMU_OK);
    cr_expect_eq(updates_of_clean_page(MMU_DEFECT_WRITE_LEAVES_CLEAN, MMU_WRITE, &result), 0);
    cr_expect_eq(result, MMU_OK, "the page is written to all the same");
    cr_expect_eq(updates_of_clean_page(MMU_DEFECT_DBM_IGNORED, MMU_WRITE, &result), 0);
    cr_expect_eq(result, MMU_FAULT);
}

Test(waiting_walk, shows_that_it_survived_a_tlbi)
{
    mmu_config_t config = rig_config();
    config.defect = MMU_DEFECT_WALK_SURVIVES_TLBI;
    for (mmu_tlbi_t operation = 0; operation < MMU_TLBI_COUNT; operation++)
        cr_assert_eq(inflight_physical(&config, 3, operation, MMU_READ), INFLIGHT_OLD);
}

Test(random_walks, show_limits_lost_on_a_wait)
{
    char text[WORLD_TEXT_BYTES];
    bool found = false;
    for (unsigned seed = 0; seed < 20 && !found; seed++) {
        world_options_t options = {.seed = seed,
                                   .granule_shift = 12,
                                   .wait_percent = 40,
                                   .operations = 300,
                                   .defect = MMU_DEFECT_TABLE_LIMITS_LOST_ON_WAIT};
        found = !world_resumes(&options, text);
    }
    cr_assert(found);
}
