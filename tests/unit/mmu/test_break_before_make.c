/* Reports of translations changed while a TLB still holds the old one. */
#include "rig.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint64_t page_bits = DESC_AF | DESC_SH(3);

static void init(rig_t *rig)
{
    mmu_config_t config = rig_config();
    rig_init(rig, 12, 39, &config);
}

static void fetch(rig_t *rig, uint64_t va)
{
    mmu_translation_t translation;
    mmu_fault_t fault;
    cr_assert_eq(rig_translate(rig, va, MMU_FETCH, true, false, &translation, &fault), MMU_OK);
}

/* Leaves an entry for page 0x1000 only in the data micro-TLB, then lets a fetch walk the changed descriptor. */
static void change_page(rig_t *rig, uint64_t old_output, uint64_t old_bits, uint64_t output, uint64_t bits)
{
    mmu_config_t config = rig_config();
    config.l2_tlb_entries = 1;
    config.l2_tlb_ways = 1;
    rig_init(rig, 12, 39, &config);
    rig_map(rig, 0x1000, 3, old_output, page_bits | DESC_NG | old_bits);
    rig_map(rig, 0x2000, 3, 0x9000, page_bits | DESC_NG);
    rig_physical(rig, 0x1000);
    rig_physical(rig, 0x2000); /* takes the only entry of the L2 TLB */
    rig_map(rig, 0x1000, 3, output, page_bits | DESC_NG | bits);
    fetch(rig, 0x1000);
}

static void check_change(uint64_t old_output, uint64_t old_bits, uint64_t output, uint64_t bits,
                         mmu_conflict_t conflict)
{
    rig_t rig;
    change_page(&rig, old_output, old_bits, output, bits);
    cr_assert_eq(rig.conflict_count, conflict != MMU_CONFLICT_NONE);
    cr_assert_eq(rig.last_conflict, conflict, "%s, not %s", mmu_conflict_name(rig.last_conflict),
                 mmu_conflict_name(conflict));
    cr_assert_eq(mmu_stats(rig.mmu)->break_before_make, rig.conflict_count);
    if (conflict)
        cr_assert_eq(rig.last_conflict_va, 0x1000);
    rig_done(&rig);
}

Test(break_before_make, is_owed_when_the_output_of_a_writable_page_changes)
{
    check_change(0x5000, 0, 0x6000, 0, MMU_CONFLICT_OUTPUT);
    check_change(0x5000, DESC_AP(2), 0x6000, 0, MMU_CONFLICT_OUTPUT);
    check_change(0x5000, 0, 0x6000, DESC_AP(2), MMU_CONFLICT_OUTPUT);
    check_change(0x5000, DESC_AP(2), 0x6000, DESC_AP(2), MMU_CONFLICT_NONE);
}

Test(break_before_make, is_owed_when_the_memory_type_changes)
{
    check_change(0x5000, DESC_ATTR(0), 0x5000, DESC_ATTR(1), MMU_CONFLICT_MEMORY_TYPE);
    check_change(0x5000, DESC_ATTR(0), 0x5000, DESC_ATTR(3), MMU_CONFLICT_MEMORY_TYPE);
}

Test(break_before_make, is_not_owed_for_permissions_alone)
{
    check_change(0x5000, 0, 0x5000, DESC_AP(2) | DESC_UXN, MMU_CONFLICT_NONE);
    check_change(0x5000, DESC_AP(2), 0x5000, DESC_AP(3) | DESC_UXN, MMU_CONFLICT_NONE);
}

Test(break_before_make, is_owed_when_pages_become_a_block)
{
    rig_t rig;
    init(&rig);
    for (unsigned n = 0; n < 512; n++)
        rig_map(&rig, n * UINT64_C(0x1000), 3, UINT64_C(0x200000) + n * UINT64_C(0x1000), page_bits);
    rig_physical(&rig, 0x7000);
    rig_map(&rig, 0, 2, 0x200000, page_bits);
    cr_assert_eq(rig_physical(&rig, 0x9000), 0x209000);
    cr_assert_eq(rig.conflict_count, 1);
    cr_assert_eq(rig.last_conflict, MMU_CONFLICT_SIZE);
    cr_assert_eq(rig.last_conflict_va, 0, "the block begins there");
    rig_done(&rig);
}

Test(break_before_make, is_owed_for_a_page_anywhere_under_the_block)
{
    rig_t rig;
    init(&rig);
    for (unsigned n = 0; n < 512; n++)
        rig_map(&rig, n * UINT64_C(0x1000), 3, UINT64_C(0x200000) + n * UINT64_C(0x1000), page_bits);
    rig_physical(&rig, 0x7000);
    for (unsigned n = 0; n < 8; n++) /* pushes page 7 out of the micro-TLB, but not out of its set of the L2 TLB */
        rig_physical(&rig, UINT64_C(0x100000) + n * UINT64_C(0x10000));
    cr_assert_not(rig_holds(&rig, MMU_TLB_DATA, 0x7000, 1));
    for (unsigned n = 0; n < 8; n++)
        mmu_tlbi(rig.mmu, MMU_TLBI_VAAE1, (UINT64_C(0x100000) + n * UINT64_C(0x10000)) >> 12);
    rig_map(&rig, 0, 2, 0x200000, page_bits);
    cr_assert_eq(rig_physical(&rig, 0x9000), 0x209000);
    cr_assert_eq(rig.conflict_count, 1);
    cr_assert_eq(rig.last_conflict, MMU_CONFLICT_SIZE);
    rig_done(&rig);
}

Test(break_before_make, is_owed_when_a_block_becomes_pages)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, 0, 2, 0x200000, page_bits);
    cr_assert_eq(rig_physical(&rig, 0x9000), 0x209000);
    rig_map(&rig, 0x9000, 3, 0x209000, page_bits);
    fetch(&rig, 0x9000); /* served by the block's entry */
    cr_assert_eq(rig.conflict_count, 0);
    /* Push the block out of the L2 TLB; the data micro-TLB still holds it. */
    for (unsigned n = 0; n < 256; n++)
        rig_map(&rig, (UINT64_C(16) << 30) + n * UINT64_C(0x200000), 2, 0x200000, page_bits);
    for (unsigned n = 0; n < 256; n++)
        fetch(&rig, (UINT64_C(16) << 30) + n * UINT64_C(0x200000));
    cr_assert(rig_holds(&rig, MMU_TLB_DATA, 0, 1));
    cr_assert_not(rig_holds(&rig, MMU_TLB_L2, 0, 1));
    fetch(&rig, 0x9000);
    cr_assert_eq(rig.conflict_count, 1);
    cr_assert_eq(rig.last_conflict, MMU_CONFLICT_SIZE);
    rig_done(&rig);
}

Test(break_before_make, is_owed_when_a_page_of_another_asid_becomes_global)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, 0x1000, 3, 0x5000, page_bits | DESC_NG);
    rig_physical(&rig, 0x1000);
    rig_map(&rig, 0x1000, 3, 0x5000, page_bits);
    rig.context.ttbr0 ^= ASID(1 ^ 2);
    rig_set_context(&rig);
    rig_physical(&rig, 0x1000);
    cr_assert_eq(rig.conflict_count, 1);
    cr_assert_eq(rig.last_conflict, MMU_CONFLICT_GLOBAL);
    rig_done(&rig);
}

Test(break_before_make, is_not_owed_between_address_spaces)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, 0x1000, 3, 0x5000, page_bits | DESC_NG);
    rig_physical(&rig, 0x1000);
    rig_map(&rig, 0x1000, 3, 0x6000, page_bits | DESC_NG);
    rig.context.ttbr0 ^= ASID(1 ^ 2);
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x6000);
    cr_assert_eq(rig.conflict_count, 0);
    rig_done(&rig);
}

Test(break_before_make, done_by_the_book_is_not_reported)
{
    rig_t rig;
    init(&rig);
    for (unsigned n = 0; n < 512; n++)
        rig_map(&rig, n * UINT64_C(0x1000), 3, UINT64_C(0x200000) + n * UINT64_C(0x1000), page_bits);
    for (unsigned n = 0; n < 512; n += 7)
        rig_physical(&rig, n * UINT64_C(0x1000));
    rig_unmap(&rig, 0, 2);
    for (unsigned n = 0; n < 512; n++)
        mmu_tlbi(rig.mmu, MMU_TLBI_VAAE1, n);
    rig_map(&rig, 0, 2, 0x400000, page_bits);
    cr_assert_eq(rig_physical(&rig, 0x3000), 0x403000);
    cr_assert_eq(rig.conflict_count, 0);
    rig_done(&rig);
}

Test(micro_tlb, never_holds_two_answers_for_one_address)
{
    rig_t rig;
    init(&rig);
    for (unsigned n = 0; n < 3; n++)
        rig_map(&rig, n * UINT64_C(0x1000), 3, 0x5000, page_bits);
    for (unsigned n = 0; n < 2; n++)
        rig_physical(&rig, n * UINT64_C(0x1000));
    rig_map(&rig, 0, 2, 0x200000, page_bits);
    rig_clear_logs(&rig);
    cr_assert_eq(rig_physical(&rig, 0x2000), 0x202000);
    cr_assert_eq(rig.drop_count, 2, "the two pages under the block left the micro-TLB");
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x201000);
    rig_done(&rig);
}

Test(micro_tlb, drops_a_page_of_another_asid_for_a_global_one)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, 0x1000, 3, 0x5000, page_bits | DESC_NG);
    rig_physical(&rig, 0x1000);
    uint64_t first_space = rig.context.ttbr0;
    rig.context.ttbr0 = rig_new_table(&rig) | ASID(2);
    rig_set_context(&rig);
    rig_map(&rig, 0x1000, 3, 0x6000, page_bits);
    rig_clear_logs(&rig);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x6000);
    cr_assert_eq(rig.drop_count, 1, "both would match ASID 1");
    rig.context.ttbr0 = first_space;
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x6000, "the global entry serves ASID 1 too");
    rig_done(&rig);
}

Test(conflict_name, tells_each_kind_in_words)
{
    for (mmu_conflict_t conflict = MMU_CONFLICT_NONE; conflict <= MMU_CONFLICT_GLOBAL; conflict++)
        cr_assert_gt(strlen(mmu_conflict_name(conflict)), 3);
}
