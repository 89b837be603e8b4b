/* TLB invalidation: who survives, in which TLBs, and what the filter above is told. */
#include "survivors.h"

#include <criterion/criterion.h>

static const uint64_t page_bits = DESC_AF | DESC_SH(3);

Test(tlbi, leaves_exactly_the_survivors_at_every_boundary)
{
    for (unsigned granule_shift = 12; granule_shift <= 16; granule_shift += 2) {
        for (unsigned asid_bits = 8; asid_bits <= 16; asid_bits += 8) {
            survivors_result_t result = survivors_at_boundaries(granule_shift, asid_bits, MMU_DEFECT_NONE);
            cr_assert_eq(result.wrong, 0, "%zu of %zu, first: %s", result.wrong, result.operations, result.text);
            cr_assert_eq(result.operations, 15 * MMU_TLBI_COUNT * 4 * 5);
            cr_assert_gt(result.dropping, result.operations / 4, "the operations should reach something");
        }
    }
}

Test(tlbi, by_range_leaves_exactly_the_survivors_at_every_boundary)
{
    for (unsigned granule_shift = 12; granule_shift <= 16; granule_shift += 2) {
        survivors_result_t result = survivors_at_ranges(granule_shift, 16, MMU_DEFECT_NONE);
        cr_assert_eq(result.wrong, 0, "%zu of %zu, first: %s", result.wrong, result.operations, result.text);
        cr_assert_gt(result.dropping, result.operations / 4, "the operations should reach something");
    }
}

Test(tlbi, by_range_with_a_reserved_granule_reaches_nothing)
{
    rig_t rig;
    mmu_config_t config = rig_config();
    rig_init(&rig, 12, 39, &config);
    rig_map(&rig, 0x1000, 3, 0x5000, page_bits);
    rig_physical(&rig, 0x1000);
    mmu_tlbi(rig.mmu, MMU_TLBI_RVAAE1, UINT64_C(31) << 39);
    cr_expect(rig_holds(&rig, MMU_TLB_L2, 0x1000, 1));
    mmu_tlbi(rig.mmu, MMU_TLBI_RVAAE1, UINT64_C(1) << 46);
    cr_expect_not(rig_holds(&rig, MMU_TLB_L2, 0x1000, 1));
    rig_done(&rig);
}

static void init(rig_t *rig)
{
    mmu_config_t config = rig_config();
    rig_init(rig, 12, 39, &config);
    rig_map(rig, 0x1000, 3, 0x5000, page_bits | DESC_NG);
    rig_map(rig, 0x2000, 3, 0x6000, page_bits);
}

Test(tlbi, tells_the_filter_above_which_addresses_went)
{
    rig_t rig;
    init(&rig);
    mmu_translation_t translation;
    mmu_fault_t fault;
    rig_physical(&rig, 0x1000);
    rig_translate(&rig, 0x1000, MMU_FETCH, true, false, &translation, &fault);
    rig_physical(&rig, 0x2000);
    rig_clear_logs(&rig);
    mmu_tlbi(rig.mmu, MMU_TLBI_VAE1, ASID(1) | 1);
    cr_assert_eq(rig.drop_count, 2);
    for (unsigned i = 0; i < 2; i++) {
        cr_assert_eq(rig.drops[i].va, 0x1000);
        cr_assert_eq(rig.drops[i].bytes, 0x1000);
    }
    cr_assert_neq(rig.drops[0].fetch, rig.drops[1].fetch);
    rig_clear_logs(&rig);
    mmu_tlbi(rig.mmu, MMU_TLBI_ASIDE1, ASID(1));
    cr_assert_eq(rig.drop_count, 0, "only the global page is left");
    mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
    cr_assert_eq(rig.drop_count, 2);
    cr_assert_eq(rig.drops[0].bytes, 0);
    cr_assert_eq(rig.drops[1].bytes, 0);
    rig_done(&rig);
}

Test(tlbi, makes_the_next_access_walk_the_new_tables)
{
    for (mmu_tlbi_t operation = 0; operation < MMU_TLBI_COUNT; operation++) {
        rig_t rig;
        init(&rig);
        cr_assert_eq(rig_physical(&rig, 0x1000), 0x5000);
        rig_map(&rig, 0x1000, 3, 0x7000, page_bits | DESC_NG);
        cr_assert_eq(rig_physical(&rig, 0x1000), 0x5000, "not invalidated yet");
        mmu_tlbi(rig.mmu, operation, ASID(1) | 1);
        cr_assert_eq(rig_physical(&rig, 0x1000), 0x7000, "operation %u", operation);
        rig_done(&rig);
    }
}

Test(tlbi, is_counted_as_one_operation)
{
    rig_t rig;
    init(&rig);
    for (mmu_tlbi_t operation = 0; operation < MMU_TLBI_COUNT; operation++)
        mmu_tlbi(rig.mmu, operation, 0);
    cr_assert_eq(mmu_stats(rig.mmu)->invalidations, MMU_TLBI_COUNT);
    rig_done(&rig);
}

Test(tlbi, with_the_mmu_off_reaches_the_entries_kept_from_before)
{
    rig_t rig;
    init(&rig);
    rig_physical(&rig, 0x1000);
    rig.context.sctlr = 0;
    rig_set_context(&rig);
    rig_physical(&rig, 0x1000);
    mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x1000);
    cr_assert_not(rig_holds(&rig, MMU_TLB_L2, 0x1000, 1));
    rig_done(&rig);
}
