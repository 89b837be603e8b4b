/* Memory types and shareability: MAIR, SCTLR_EL1.C and .I, and the MMU turned off. */
#include "oracle.h"

#include <criterion/criterion.h>

static void init(rig_t *rig)
{
    mmu_config_t config = rig_config();
    rig_init(rig, 12, 39, &config);
}

static void check(rig_t *rig, uint64_t va, mmu_access_t access)
{
    oracle_outcome_t expected = oracle_translate(rig, &rig->context, va, access, true, false);
    mmu_translation_t translation = {0};
    mmu_fault_t fault = {0};
    mmu_result_t result = rig_translate(rig, va, access, true, false, &translation, &fault);
    cr_assert(oracle_agrees(&expected, result, &translation, &fault),
              "va %#llx access %u sctlr %#llx mair %#llx: type %u shareability %u, not %u %u", (unsigned long long)va,
              access, (unsigned long long)rig->context.sctlr, (unsigned long long)rig->context.mair,
              translation.memory_type, translation.shareability, expected.type, expected.shareability);
}

Test(memory_type, of_every_mair_byte_and_shareability)
{
    rig_t rig;
    init(&rig);
    for (unsigned attribute = 0; attribute < 256; attribute++) {
        unsigned index = attribute % 8;
        rig.context.mair = (uint64_t)attribute << (index * 8);
        rig_set_context(&rig);
        mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
        for (unsigned sh = 0; sh < 4; sh++) {
            rig_map(&rig, sh * UINT64_C(0x1000), 3, 0x5000, DESC_AF | DESC_SH(sh) | DESC_ATTR(index));
            check(&rig, sh * UINT64_C(0x1000), MMU_READ);
            check(&rig, sh * UINT64_C(0x1000), MMU_FETCH);
        }
    }
    rig_done(&rig);
}

Test(memory_type, follows_the_cache_enables_at_once)
{
    rig_t rig;
    init(&rig);
    for (unsigned index = 0; index < 5; index++)
        rig_map(&rig, index * UINT64_C(0x1000), 3, 0x5000, DESC_AF | DESC_SH(3) | DESC_ATTR(index));
    for (unsigned caches = 0; caches < 8; caches++) { /* every change of the two bits, with entries from before */
        unsigned both = caches ^ caches >> 1;
        rig.context.sctlr = SCTLR_M | (both & 1 ? SCTLR_C : 0) | (both & 2 ? SCTLR_I : 0);
        rig_set_context(&rig);
        for (unsigned index = 0; index < 5; index++) {
            check(&rig, index * UINT64_C(0x1000), MMU_READ);
            check(&rig, index * UINT64_C(0x1000), MMU_WRITE);
            check(&rig, index * UINT64_C(0x1000), MMU_FETCH);
        }
    }
    rig_done(&rig);
}

Test(memory_type, stays_as_it_was_walked_until_the_entry_goes)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, 0, 3, 0x5000, DESC_AF | DESC_SH(3));
    check(&rig, 0, MMU_READ);
    rig.context.mair = 0x44;
    rig_set_context(&rig);
    mmu_translation_t translation;
    mmu_fault_t fault;
    rig_translate(&rig, 0, MMU_READ, true, false, &translation, &fault);
    cr_assert_eq(translation.memory_type, CHI_NORMAL_WB, "MAIR may be cached in a TLB");
    mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
    check(&rig, 0, MMU_READ);
    rig_done(&rig);
}

Test(mmu_off, is_flat_with_device_data_and_normal_fetches)
{
    rig_t rig;
    init(&rig);
    for (unsigned i = 0; i < 2; i++) {
        rig.context.sctlr = i ? SCTLR_I : 0;
        rig_set_context(&rig);
        static const uint64_t addresses[] = {
            0, 0x12345678, UINT64_C(0xffffffffffff), UINT64_C(0x1000000000000), UINT64_C(0x80000000000000), UINT64_MAX};
        for (unsigned a = 0; a < 6; a++) {
            for (mmu_access_t access = MMU_READ; access <= MMU_FETCH; access++)
                check(&rig, addresses[a], access);
        }
    }
    const mmu_stats_t *stats = mmu_stats(rig.mmu);
    cr_assert_eq(stats->micro_misses_data + stats->micro_misses_fetch + stats->walks, 0);
    rig_done(&rig);
}

Test(mmu_off, faults_beyond_the_physical_address_size)
{
    for (unsigned bits = 32; bits <= 48; bits++) {
        rig_t rig;
        mmu_config_t config = rig_config();
        config.physical_address_bits = (uint8_t)bits;
        rig_init(&rig, 12, 39, &config);
        rig.context.sctlr = 0;
        rig_set_context(&rig);
        cr_assert_eq(rig_status(&rig, (UINT64_C(1) << bits) - 1), -1);
        cr_assert_eq(rig_status(&rig, UINT64_C(1) << bits), 0, "an Address size fault of level 0");
        rig_done(&rig);
    }
}

Test(mmu_off, ignores_tags_as_tbi_says)
{
    rig_t rig;
    init(&rig);
    rig.context.sctlr = 0;
    rig.context.tcr = TCR_TBI0;
    rig_set_context(&rig);
    check(&rig, UINT64_C(0xff00000012345678), MMU_READ);
    check(&rig, UINT64_C(0xff80000012345678), MMU_READ);
    cr_assert_eq(rig_physical(&rig, UINT64_C(0xff00000012345678)), 0x12345678);
    rig_done(&rig);
}

Test(mmu_off, hides_entries_and_mmu_on_finds_them_again)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, 0x1000, 3, 0x5000, DESC_AF | DESC_SH(3));
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x5000);
    rig.context.sctlr = 0;
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x1000);
    rig.context.sctlr = SCTLR_M | SCTLR_C | SCTLR_I;
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x5000);
    cr_assert_eq(mmu_stats(rig.mmu)->walks, 1, "the L2 TLB kept the entry");
    rig_done(&rig);
}
