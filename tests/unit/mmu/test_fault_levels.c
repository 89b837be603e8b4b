/* Faults of a walk: translation, address size, access flag and bus error, at exactly the level of the descriptor. */
#include "oracle.h"

#include <criterion/criterion.h>

static const unsigned granules[] = {12, 14, 16};
static const uint64_t page_bits = DESC_AF | DESC_SH(3);

static void init(rig_t *rig, unsigned granule_shift, unsigned input_bits)
{
    mmu_config_t config = rig_config();
    rig_init(rig, granule_shift, input_bits, &config);
}

static bool block_exists(unsigned granule_shift, unsigned level)
{
    return level == 3 || level == 2 || (granule_shift == 12 && level == 1);
}

/* Builds a path to level 3 and then spoils the descriptor at `level`. */
static void check_fault_at_each_level(uint64_t spoil_leaf, uint64_t spoil_table, int status, bool leaves_only)
{
    for (unsigned g = 0; g < 3; g++) {
        rig_t rig;
        init(&rig, granules[g], 48);
        for (unsigned level = rig.start_level; level <= 3; level++) {
            if (leaves_only && !block_exists(granules[g], level))
                continue;
            uint64_t va = (uint64_t)(level + 1) << 44;
            rig_map(&rig, va, 3, 0, page_bits);
            rig_write(&rig, rig_descriptor(&rig, va, level), level == 3 || leaves_only ? spoil_leaf : spoil_table);
            if (leaves_only && level == 3)
                rig_write(&rig, rig_descriptor(&rig, va, level), spoil_leaf | DESC_PAGE);
            for (unsigned again = 0; again < 2; again++)
                cr_assert_eq(rig_status(&rig, va), status + (int)level, "granule %u level %u", granules[g], level);
        }
        rig_done(&rig);
    }
}

Test(translation_fault, names_the_level_of_an_invalid_descriptor)
{
    check_fault_at_each_level(DESC_INVALID, DESC_INVALID, 4, false);
    check_fault_at_each_level(UINT64_C(2) | page_bits, UINT64_C(2), 4, false); /* bit 0 alone decides */
}

Test(translation_fault, is_for_blocks_where_the_granule_has_none)
{
    for (unsigned g = 0; g < 3; g++) {
        rig_t rig;
        init(&rig, granules[g], 48);
        for (unsigned level = rig.start_level; level <= 3; level++) {
            uint64_t va = (uint64_t)(level + 1) << 44;
            rig_write(&rig, rig_descriptor(&rig, va, level), page_bits | DESC_BLOCK);
            bool fine = level != 3 && block_exists(granules[g], level);
            cr_assert_eq(rig_status(&rig, va), fine ? -1 : 4 + (int)level, "granule %u level %u", granules[g], level);
        }
        rig_done(&rig);
    }
}

Test(access_flag_fault, names_the_level_and_is_not_cached)
{
    check_fault_at_each_level(DESC_BLOCK, 0, 8, true);
    rig_t rig;
    init(&rig, 12, 48);
    rig_map(&rig, 0x1000, 3, 0x5000, DESC_SH(3));
    cr_assert_eq(rig_status(&rig, 0x1000), 0xb);
    rig_map(&rig, 0x1000, 3, 0x5000, page_bits); /* software sets AF and needs no TLBI */
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x5000);
    rig_done(&rig);
}

Test(address_size_fault, names_the_level_of_table_and_leaf)
{
    for (unsigned ips = 0; ips < 5; ips++) {
        static const unsigned bits[] = {32, 36, 40, 42, 44};
        for (unsigned level = 0; level <= 3; level++) {
            rig_t rig;
            init(&rig, 12, 48);
            rig.context.tcr = (rig.context.tcr & ~TCR_IPS(7)) | TCR_IPS(ips);
            rig_set_context(&rig);
            rig_map(&rig, 0, 3, 0, page_bits);
            uint64_t address = rig_descriptor(&rig, 0, level), good = rig_read(&rig, address);
            rig_write(&rig, address, good | UINT64_C(1) << bits[ips]);
            cr_assert_eq(rig_status(&rig, 0), (int)level, "%u bits, table or page at level %u", bits[ips], level);
            if (level == 3) {
                rig_write(&rig, address, good | UINT64_C(1) << (bits[ips] - 1));
                cr_assert_eq(rig_physical(&rig, 0), UINT64_C(1) << (bits[ips] - 1));
            }
            rig_done(&rig);
        }
    }
}

Test(address_size_fault, is_level_0_for_a_base_out_of_range)
{
    rig_t rig;
    init(&rig, 12, 48);
    rig.context.tcr &= ~TCR_IPS(7);
    rig.context.ttbr0 |= UINT64_C(1) << 32;
    rig_set_context(&rig);
    cr_assert_eq(rig_status(&rig, 0), 0);
    cr_assert_eq(rig.reads, 0);
    rig_done(&rig);
}

Test(address_size_fault, heeds_the_implemented_size_when_ips_is_larger)
{
    rig_t rig;
    mmu_config_t config = rig_config();
    config.physical_address_bits = 40;
    rig_init(&rig, 12, 48, &config);
    rig_map(&rig, 0, 3, UINT64_C(1) << 40, page_bits);
    rig_map(&rig, 0x1000, 3, UINT64_C(1) << 39, page_bits);
    cr_assert_eq(rig_status(&rig, 0), 3);
    cr_assert_eq(rig_physical(&rig, 0x1000), UINT64_C(1) << 39);
    rig_done(&rig);
}

Test(address_size_fault, comes_before_the_access_flag)
{
    rig_t rig;
    init(&rig, 12, 48);
    rig.context.tcr &= ~TCR_IPS(7);
    rig_set_context(&rig);
    rig_map(&rig, 0, 3, UINT64_C(1) << 32, 0);
    cr_assert_eq(rig_status(&rig, 0), 3);
    rig_done(&rig);
}

Test(external_abort, on_a_walk_names_the_level_and_is_marked_external)
{
    for (unsigned g = 0; g < 3; g++) {
        rig_t rig;
        init(&rig, granules[g], 48);
        rig_map(&rig, 0, 3, 0, page_bits);
        for (unsigned level = rig.start_level; level <= 3; level++) {
            rig.error_address = rig_descriptor(&rig, 0, level);
            mmu_translation_t translation;
            mmu_fault_t fault = {0};
            cr_assert_eq(rig_translate(&rig, 0, MMU_READ, true, false, &translation, &fault), MMU_FAULT);
            cr_assert_eq(fault.status_code, 0x14 + level);
            cr_assert(fault.external);
        }
        rig.error_address = 0;
        cr_assert_eq(rig_status(&rig, 0), -1, "the fault was not kept");
        rig_done(&rig);
    }
}
