/* Every combination of permission bits in leaf and tables, against the tables of the manual. */
#include "base/bits.h"
#include "oracle.h"

#include <criterion/criterion.h>

enum { VA = 0x12345000, OUTPUT = 0x7654000 };

typedef struct bits {
    unsigned ap, uxn, pxn, wxn, ap_table_1, ap_table_2, uxn_table, pxn_table;
} bits_t;

/* Mixed radix: each call gives the next combination, false after the last. */
static bool next_combination(bits_t *bits)
{
    unsigned *const digits[] = {&bits->ap,         &bits->uxn,        &bits->pxn,       &bits->wxn,
                                &bits->ap_table_1, &bits->ap_table_2, &bits->uxn_table, &bits->pxn_table};
    static const unsigned radix[] = {4, 2, 2, 2, 4, 4, 4, 4};
    for (unsigned i = 0; i < 8; i++) {
        *digits[i] = (*digits[i] + 1) % radix[i];
        if (*digits[i])
            return true;
    }
    return false;
}

/* UXNTable and PXNTable: bit 0 in the table at level 1, bit 1 in the one at level 2. */
static void write_tables(rig_t *rig, const bits_t *bits)
{
    rig_map(rig, VA, 3, OUTPUT,
            DESC_AF | DESC_AP(bits->ap) | (bits->uxn ? DESC_UXN : 0) | (bits->pxn ? DESC_PXN : 0) | DESC_SH(3));
    for (unsigned level = 1; level <= 2; level++) {
        uint64_t address = rig_descriptor(rig, VA, level), bit = level - 1;
        uint64_t limits = DESC_APTABLE(level == 1 ? bits->ap_table_1 : bits->ap_table_2) |
                          (bits->uxn_table >> bit & 1 ? DESC_UXNTABLE : 0) |
                          (bits->pxn_table >> bit & 1 ? DESC_PXNTABLE : 0);
        rig_write(rig, address, bits_get(rig_read(rig, address), 0, 59) | limits);
    }
    rig->context.sctlr = SCTLR_M | SCTLR_C | SCTLR_I | (bits->wxn ? SCTLR_WXN : 0);
    rig_set_context(rig);
    rig->past_count = 0;
}

static void check_access(rig_t *rig, const bits_t *bits, mmu_access_t access, bool privileged, bool pan)
{
    oracle_outcome_t expected = oracle_translate(rig, &rig->context, VA + 0x123, access, privileged, pan);
    mmu_translation_t translation = {0};
    mmu_fault_t fault = {0};
    mmu_result_t result = rig_translate(rig, VA + 0x123, access, privileged, pan, &translation, &fault);
    cr_assert(oracle_agrees(&expected, result, &translation, &fault),
              "AP %u UXN %u PXN %u WXN %u APTable %u %u UXNTable %u PXNTable %u: access %u privileged %d pan %d gives "
              "result %u status %#x, not status %#x",
              bits->ap, bits->uxn, bits->pxn, bits->wxn, bits->ap_table_1, bits->ap_table_2, bits->uxn_table,
              bits->pxn_table, access, privileged, pan, result, fault.status_code, expected.status);
}

static void check_all_accesses(rig_t *rig, const bits_t *bits)
{
    for (mmu_access_t access = MMU_READ; access <= MMU_FETCH; access++) {
        for (unsigned who = 0; who < 4; who++)
            check_access(rig, bits, access, who & 1, who & 2);
    }
}

Test(permissions, of_every_combination_follow_the_manual_walked_and_cached)
{
    rig_t rig;
    mmu_config_t config = rig_config();
    rig_init(&rig, 12, 39, &config);
    bits_t bits = {0};
    unsigned combinations = 0;
    do {
        write_tables(&rig, &bits);
        mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
        check_all_accesses(&rig, &bits); /* some walk, and leave entries that others then hit */
        check_all_accesses(&rig, &bits);
        combinations += 1;
    } while (next_combination(&bits));
    cr_assert_eq(combinations, 4 * 2 * 2 * 2 * 4 * 4 * 4 * 4);
    rig_done(&rig);
}

Test(permissions, are_judged_anew_when_only_wxn_changes)
{
    rig_t rig;
    mmu_config_t config = rig_config();
    rig_init(&rig, 12, 39, &config);
    bits_t bits = {.ap = 1};
    write_tables(&rig, &bits);
    for (bits.wxn = 0; bits.wxn < 2; bits.wxn++) {
        write_tables(&rig, &bits);
        check_all_accesses(&rig, &bits);
    }
    rig_done(&rig);
}

Test(permissions, pan_does_not_concern_el0)
{
    rig_t rig;
    mmu_config_t config = rig_config();
    rig_init(&rig, 12, 39, &config);
    rig_map(&rig, VA, 3, OUTPUT, DESC_AF | DESC_AP(1));
    mmu_translation_t translation;
    mmu_fault_t fault;
    cr_assert_eq(rig_translate(&rig, VA, MMU_WRITE, false, true, &translation, &fault), MMU_OK);
    cr_assert_eq(rig_translate(&rig, VA, MMU_WRITE, true, true, &translation, &fault), MMU_FAULT);
    cr_assert_eq(fault.status_code, 0x0f);
    cr_assert_eq(rig_translate(&rig, VA, MMU_WRITE, true, false, &translation, &fault), MMU_OK);
    rig_done(&rig);
}

Test(permissions, of_a_faulting_access_name_the_level_of_the_block)
{
    rig_t rig;
    mmu_config_t config = rig_config();
    rig_init(&rig, 12, 48, &config);
    for (unsigned level = 1; level <= 3; level++) {
        uint64_t va = (uint64_t)level << 39;
        rig_map(&rig, va, level, UINT64_C(1) << 30, DESC_AF | DESC_AP(2));
        mmu_translation_t translation;
        mmu_fault_t fault;
        cr_assert_eq(rig_translate(&rig, va, MMU_WRITE, true, false, &translation, &fault), MMU_FAULT);
        cr_assert_eq(fault.status_code, 0x0c + level, "walked");
        cr_assert_eq(rig_status(&rig, va), -1);
        cr_assert_eq(rig_translate(&rig, va, MMU_WRITE, true, false, &translation, &fault), MMU_FAULT);
        cr_assert_eq(fault.status_code, 0x0c + level, "cached");
    }
    rig_done(&rig);
}

/* TCR_EL1.HPD0 and HPD1, each for its half (FEAT_HPDS). */
Test(permissions, of_tables_do_not_count_where_hierarchical_permissions_are_off)
{
    static const uint64_t addresses[] = {VA, UINT64_C(0xffffffff00000000) | VA};
    const bits_t bits = {.ap_table_2 = 2};
    for (unsigned half = 0; half < 2; half++)
        for (unsigned hpd = 0; hpd < 4; hpd++) {
            rig_t rig;
            mmu_config_t config = rig_config();
            mmu_translation_t translation;
            mmu_fault_t fault;
            rig_init(&rig, 12, 39, &config);
            rig.context.tcr |= (uint64_t)hpd * TCR_HPD0;
            rig_map(&rig, addresses[half], 3, OUTPUT, DESC_AF | DESC_AP(bits.ap));
            uint64_t table = rig_descriptor(&rig, addresses[half], 2);
            rig_write(&rig, table, rig_read(&rig, table) | DESC_APTABLE(bits.ap_table_2));
            rig_set_context(&rig);
            mmu_result_t result = rig_translate(&rig, addresses[half], MMU_WRITE, true, false, &translation, &fault);
            cr_expect_eq(result, hpd >> half & 1 ? MMU_OK : MMU_FAULT, "half %u, HPD %u", half, hpd);
            rig_done(&rig);
        }
}

/* GP of a page or block (FEAT_BTI); of no meaning without the feature, or without translation. */
Test(permissions, of_branch_targets_come_with_the_feature_and_the_bit)
{
    enum { DESC_GP = 50 };
    for (unsigned combination = 0; combination < 8; combination++) {
        bool feature = combination & 1, guarded = combination & 2, enabled = combination & 4;
        rig_t rig;
        mmu_config_t config = rig_config();
        mmu_translation_t translation;
        mmu_fault_t fault;
        config.guarded_pages = feature;
        rig_init(&rig, 12, 39, &config);
        rig_map(&rig, VA, 3, OUTPUT, DESC_AF | (uint64_t)guarded << DESC_GP);
        rig.context.sctlr = enabled ? SCTLR_M : 0;
        rig_set_context(&rig);
        for (unsigned again = 0; again < 2; again++) { /* walked, and from the TLB */
            cr_assert_eq(rig_translate(&rig, VA, MMU_FETCH, true, false, &translation, &fault), MMU_OK);
            cr_expect_eq(translation.guarded, feature && guarded && enabled, "combination %u", combination);
        }
        rig_done(&rig);
    }
}
