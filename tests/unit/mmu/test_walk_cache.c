/* The walk cache: shorter walks, and what it takes to free a table. */
#include "rig.h"

#include <criterion/criterion.h>

static const uint64_t page_bits = DESC_AF | DESC_SH(3);

static void init(rig_t *rig, unsigned entries)
{
    mmu_config_t config = rig_config();
    config.walk_cache_entries = entries;
    rig_init(rig, 12, 48, &config);
    for (unsigned n = 0; n < 64; n++)
        rig_map(rig, n * UINT64_C(0x1000), 3, (100 + n) * UINT64_C(0x1000), page_bits | DESC_NG);
}

static uint64_t reads_for(rig_t *rig, uint64_t va)
{
    uint64_t before = mmu_stats(rig->mmu)->walk_reads;
    rig_physical(rig, va);
    return mmu_stats(rig->mmu)->walk_reads - before;
}

Test(walk_cache, saves_the_tables_that_are_known)
{
    rig_t rig;
    init(&rig, 8);
    rig_map(&rig, 0x200000, 3, 0x5000, page_bits);
    rig_map(&rig, UINT64_C(1) << 30, 3, 0x5000, page_bits);
    rig_map(&rig, UINT64_C(1) << 39, 3, 0x5000, page_bits);
    cr_assert_eq(reads_for(&rig, 0x0000), 4);
    cr_assert_eq(reads_for(&rig, 0x1000), 1, "the level 3 table is known");
    cr_assert_eq(reads_for(&rig, 0x200000), 2, "the level 2 table is known");
    cr_assert_eq(reads_for(&rig, UINT64_C(1) << 30), 3);
    cr_assert_eq(reads_for(&rig, UINT64_C(1) << 39), 4);
    rig_done(&rig);
}

Test(walk_cache, of_no_entries_changes_nothing)
{
    rig_t rig;
    init(&rig, 0);
    cr_assert_eq(reads_for(&rig, 0x0000), 4);
    cr_assert_eq(reads_for(&rig, 0x1000), 4);
    rig_done(&rig);
}

Test(walk_cache, is_replaced_round_robin)
{
    rig_t rig;
    init(&rig, 3);
    rig_map(&rig, UINT64_C(1) << 39, 3, 0x5000, page_bits);
    cr_assert_eq(reads_for(&rig, 0x0000), 4);
    cr_assert_eq(reads_for(&rig, UINT64_C(1) << 39), 4);
    cr_assert_eq(reads_for(&rig, 0x1000), 4);
    rig_done(&rig);
}

Test(walk_cache, keeps_the_limits_of_the_tables)
{
    rig_t rig;
    init(&rig, 8);
    uint64_t address = rig_descriptor(&rig, 0, 1);
    rig_write(&rig, address, rig_read(&rig, address) | DESC_APTABLE(2));
    mmu_translation_t translation;
    mmu_fault_t fault;
    rig_physical(&rig, 0);
    cr_assert_eq(rig_translate(&rig, 0x1000, MMU_WRITE, true, false, &translation, &fault), MMU_FAULT);
    cr_assert_eq(fault.status_code, 0xf);
    rig_done(&rig);
}

Test(walk_cache, is_tied_to_the_asid_even_for_global_pages)
{
    rig_t rig;
    init(&rig, 8);
    cr_assert_eq(reads_for(&rig, 0x0000), 4);
    rig.context.ttbr0 ^= ASID(1 ^ 2);
    rig_set_context(&rig);
    cr_assert_eq(reads_for(&rig, 0x1000), 4);
    rig_done(&rig);
}

/* Replaces the level 3 table of page 1 and invalidates; returns where page 1 and page 2 are then. */
static void free_table(mmu_tlbi_t operation, uint64_t ret_physical[2])
{
    rig_t rig;
    init(&rig, 8);
    rig_physical(&rig, 0x1000);
    uint64_t address = rig_descriptor(&rig, 0x1000, 2), fresh = rig_new_table(&rig);
    for (unsigned n = 1; n <= 2; n++)
        rig_write(&rig, fresh + n * 8, (200 + n) * UINT64_C(0x1000) | page_bits | DESC_NG | DESC_PAGE);
    rig_write(&rig, address, fresh | DESC_TABLE);
    mmu_tlbi(rig.mmu, operation, ASID(1) | 1);
    for (unsigned n = 1; n <= 2; n++)
        ret_physical[n - 1] = rig_physical(&rig, n * UINT64_C(0x1000)) >> 12;
    rig_done(&rig);
}

Test(walk_cache, forgets_a_freed_table_by_vae1_but_not_by_vale1)
{
    static const struct {
        mmu_tlbi_t operation;
        bool fresh;
    } forms[] = {
        {MMU_TLBI_VMALLE1, true}, {MMU_TLBI_VAE1, true},   {MMU_TLBI_ASIDE1, true},
        {MMU_TLBI_VAAE1, true},   {MMU_TLBI_VALE1, false}, {MMU_TLBI_VAALE1, false},
    };
    for (unsigned i = 0; i < 6; i++) {
        uint64_t physical[2];
        free_table(forms[i].operation, physical);
        for (unsigned n = 0; n < 2; n++)
            cr_assert_eq(physical[n], (forms[i].fresh ? 201u : 101u) + n, "operation %u", forms[i].operation);
    }
}

Test(walk_cache, learns_nothing_from_a_table_that_faults)
{
    rig_t rig;
    init(&rig, 8);
    uint64_t address = rig_descriptor(&rig, 0x40000000, 2);
    cr_assert_eq(rig_status(&rig, 0x40000000), 6);
    rig_write(&rig, address, rig_new_table(&rig) | DESC_TABLE);
    rig_map(&rig, 0x40000000, 3, 0x5000, page_bits);
    cr_assert_eq(rig_physical(&rig, 0x40000000), 0x5000, "valid from invalid needs no TLBI");
    rig_done(&rig);
}
