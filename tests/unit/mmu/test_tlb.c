/* The TLBs: what hits, what it costs, what is replaced, and what is never kept. */
#include "pages.h"

#include <criterion/criterion.h>
#include <errno.h>

Test(tlb, hit_costs_nothing_in_the_micro_tlb_and_its_cycles_in_the_l2)
{
    rig_t rig;
    pages_init_small(&rig);
    cr_assert_eq(pages_read(&rig, 1, MMU_READ).cycles, 3 + 3 * 5, "three descriptors");
    cr_assert_eq(pages_read(&rig, 1, MMU_READ).cycles, 0);
    cr_assert_eq(pages_read(&rig, 1, MMU_WRITE).cycles, 0);
    cr_assert_eq(pages_read(&rig, 1, MMU_FETCH).cycles, 3, "instructions have a micro-TLB of their own");
    cr_assert_eq(pages_read(&rig, 1, MMU_FETCH).cycles, 0);
    const mmu_stats_t *stats = mmu_stats(rig.mmu);
    cr_assert_eq(stats->micro_misses_data, 1);
    cr_assert_eq(stats->micro_misses_fetch, 1);
    cr_assert_eq(stats->l2_hits, 1);
    cr_assert_eq(stats->walks, 1);
    cr_assert_eq(stats->walk_reads, 3);
    rig_done(&rig);
}

Test(micro_tlb, is_replaced_round_robin_whatever_hits)
{
    rig_t rig;
    pages_init_small(&rig);
    for (unsigned n = 0; n < 4; n++)
        cr_assert_eq(pages_read(&rig, n, MMU_READ).micro_tlb_slot, n);
    rig_clear_logs(&rig);
    for (unsigned i = 0; i < 10; i++)
        cr_assert_eq(pages_read(&rig, 0, MMU_READ).cycles, 0);
    cr_assert_eq(rig.drop_count, 0);
    cr_assert_eq(pages_read(&rig, 4, MMU_READ).micro_tlb_slot, 0);
    cr_assert_eq(rig.drop_count, 1);
    cr_assert_not(rig.drops[0].fetch);
    cr_assert_eq(rig.drops[0].va, page(0));
    cr_assert_eq(rig.drops[0].bytes, 0x1000);
    cr_assert_eq(pages_read(&rig, 1, MMU_READ).micro_tlb_slot, 1, "the others stayed");
    cr_assert_eq(pages_read(&rig, 0, MMU_READ).cycles, 3, "only the L2 TLB still has it");
    cr_assert_eq(pages_read(&rig, 1, MMU_READ).cycles, 3, "and it took the next slot");
    rig_done(&rig);
}

Test(micro_tlb, of_fetches_names_itself_when_it_drops)
{
    rig_t rig;
    pages_init_small(&rig);
    rig_clear_logs(&rig);
    for (unsigned n = 0; n < 5; n++)
        pages_read(&rig, n, MMU_FETCH);
    cr_assert_eq(rig.drop_count, 1);
    cr_assert(rig.drops[0].fetch);
    rig_done(&rig);
}

Test(micro_tlb, keeps_and_finds_as_many_pages_as_it_has_entries)
{
    mmu_config_t config = rig_config();
    config.micro_tlb_entries = 48;
    rig_t rig;
    pages_init(&rig, &config);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned n = 0; n < 48; n++)
            cr_assert_eq(pages_read(&rig, n, MMU_READ).cycles == 0, round > 0);
    }
    rig_done(&rig);
}

Test(l2_tlb, replaces_the_least_recently_used_way)
{
    rig_t rig;
    pages_init_small(&rig); /* 8 sets of 2 ways: pages 0, 8, 16 share a set */
    pages_read(&rig, 0, MMU_READ);
    pages_read(&rig, 8, MMU_READ);
    pages_read(&rig, 0, MMU_FETCH); /* the L2 TLB sees this one */
    pages_read(&rig, 16, MMU_READ);
    cr_assert(rig_holds(&rig, MMU_TLB_L2, page(0), 1));
    cr_assert_not(rig_holds(&rig, MMU_TLB_L2, page(8), 1));
    cr_assert(rig_holds(&rig, MMU_TLB_L2, page(16), 1));
    cr_assert(rig_holds(&rig, MMU_TLB_DATA, page(8), 1), "the micro-TLBs need not be included");
    cr_assert_eq(pages_read(&rig, 8, MMU_READ).cycles, 0);
    rig_done(&rig);
}

Test(l2_tlb, fills_an_empty_way_before_it_replaces_one)
{
    rig_t rig;
    pages_init_small(&rig);
    pages_read(&rig, 0, MMU_READ);
    pages_read(&rig, 8, MMU_READ);
    pages_read(&rig, 8, MMU_FETCH);
    mmu_tlbi(rig.mmu, MMU_TLBI_VAE1, ASID(1) | 8); /* the way used last is empty now */
    pages_read(&rig, 16, MMU_READ);
    cr_assert(rig_holds(&rig, MMU_TLB_L2, page(0), 1));
    cr_assert(rig_holds(&rig, MMU_TLB_L2, page(16), 1));
    rig_done(&rig);
}

Test(l2_tlb, finds_pages_and_blocks_of_every_size_at_once)
{
    rig_t rig;
    pages_init_small(&rig);
    rig_map(&rig, UINT64_C(3) << 30, 1, UINT64_C(5) << 30, PAGE_BITS);
    rig_map(&rig, UINT64_C(2) << 21, 2, UINT64_C(7) << 21, PAGE_BITS);
    for (unsigned round = 0; round < 2; round++) {
        cr_assert_eq(rig_physical(&rig, (UINT64_C(3) << 30) + 0x3456789), (UINT64_C(5) << 30) + 0x3456789);
        cr_assert_eq(rig_physical(&rig, (UINT64_C(2) << 21) + 0x12345), (UINT64_C(7) << 21) + 0x12345);
        for (unsigned n = 0; n < 6; n++)
            pages_read(&rig, n, MMU_READ);
    }
    cr_assert_eq(mmu_stats(rig.mmu)->walks, 8);
    rig_done(&rig);
}

Test(tlb, stays_stale_until_it_is_invalidated)
{
    rig_t rig;
    pages_init_small(&rig);
    pages_read(&rig, 1, MMU_READ);
    rig_map(&rig, page(1), 3, page(3000), PAGE_BITS | DESC_NG);
    cr_assert_eq(rig_physical(&rig, page(1)), page(1001));
    rig.context.ttbr0 = rig_new_table(&rig) | ASID(1); /* a new base with the old ASID is no invalidation either */
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, page(1)), page(1001));
    mmu_tlbi(rig.mmu, MMU_TLBI_VAE1, ASID(1) | 1);
    cr_assert_eq(rig_status(&rig, page(1)), 5);
    rig_done(&rig);
}

Test(tlb, keeps_nothing_of_a_walk_that_faults)
{
    rig_t rig;
    pages_init_small(&rig);
    cr_assert_eq(rig_status(&rig, page(200)), 7);
    rig_map(&rig, page(200), 3, page(1200), PAGE_BITS | DESC_AP(2)); /* valid from invalid: no TLBI needed */
    mmu_translation_t translation;
    mmu_fault_t fault;
    cr_assert_eq(rig_translate(&rig, page(200), MMU_WRITE, true, false, &translation, &fault), MMU_FAULT);
    cr_assert_eq(fault.status_code, 0xf);
    cr_assert_not(rig_holds(&rig, MMU_TLB_L2, page(200), 1));
    cr_assert_not(rig_holds(&rig, MMU_TLB_DATA, page(200), 1));
    rig_map(&rig, page(200), 3, page(1200), PAGE_BITS);
    cr_assert_eq(rig_translate(&rig, page(200), MMU_WRITE, true, false, &translation, &fault), MMU_OK);
    rig_done(&rig);
}

Test(tlb, outputs_are_untouched_where_they_do_not_apply)
{
    rig_t rig;
    pages_init_small(&rig);
    mmu_translation_t translation = {.physical = 1};
    mmu_fault_t fault = {.status_code = 0x55};
    cr_assert_eq(rig_translate(&rig, page(1), MMU_READ, true, false, &translation, &fault), MMU_OK);
    cr_assert_eq(fault.status_code, 0x55);
    translation.physical = 1;
    cr_assert_eq(rig_translate(&rig, page(200), MMU_READ, true, false, &translation, &fault), MMU_FAULT);
    cr_assert_eq(translation.physical, 1);
    rig_done(&rig);
}

static int new_with(const mmu_config_t *config, base_error_t *error)
{
    rig_t rig = {0};
    mmu_client_t client = rig_client(&rig);
    mmu_t *mmu = NULL;
    int result = mmu_new(config, &client, &mmu, error);
    cr_assert_eq(!mmu, result != 0, "ret_mmu is untouched on failure");
    mmu_free(mmu);
    return result;
}

Test(mmu_new, refuses_sizes_that_make_no_tlb)
{
    base_error_t error = {""};
    mmu_config_t config = rig_config();
    cr_assert_eq(new_with(&config, &error), 0);
    static const uint32_t micro[] = {0, 1, 257};
    for (unsigned i = 0; i < 3; i++) {
        config = rig_config();
        config.micro_tlb_entries = micro[i];
        cr_assert_eq(new_with(&config, &error), -EINVAL);
        cr_assert_neq(error.text[0], '\0');
    }
    static const uint32_t l2[][2] = {{0, 4}, {64, 0}, {65, 4}, {12, 4}, {1280, 4}};
    for (unsigned i = 0; i < 5; i++) {
        config = rig_config();
        config.l2_tlb_entries = l2[i][0];
        config.l2_tlb_ways = l2[i][1];
        cr_assert_eq(new_with(&config, &error), -EINVAL, "%u entries in %u ways", l2[i][0], l2[i][1]);
    }
    config = rig_config();
    config.l2_tlb_entries = 1280; /* Cortex-A76: 5 ways of 256 sets */
    config.l2_tlb_ways = 5;
    cr_assert_eq(new_with(&config, &error), 0);
    for (unsigned bits = 31; bits <= 49; bits += 18) {
        config = rig_config();
        config.physical_address_bits = (uint8_t)bits;
        cr_assert_eq(new_with(&config, &error), -EINVAL);
    }
}

Test(mmu_new, injects_no_defect_in_a_build_without_them)
{
    base_error_t error = {""};
    mmu_config_t config = rig_config();
    config.defect = MMU_DEFECT_ASID_IGNORED;
    cr_assert_eq(new_with(&config, &error), -ENOTSUP);
}

Test(mmu_free, takes_null_as_nothing)
{
    mmu_free(NULL);
}
