/* Address spaces: ASIDs of 8 and 16 bits, from either TTBR, and global entries. */
#include "rig.h"

#include <criterion/criterion.h>

static const uint64_t page_bits = DESC_AF | DESC_SH(3);

static uint64_t page(unsigned n)
{
    return n * UINT64_C(0x1000);
}

/* Pages 0 to 99 of the lower half, not global, page n at physical page 1000 + n. */
static void init(rig_t *rig, const mmu_config_t *config)
{
    rig_init(rig, 12, 39, config);
    for (unsigned n = 0; n < 100; n++)
        rig_map(rig, page(n), 3, page(1000 + n), page_bits | DESC_NG);
}

static void init_small(rig_t *rig)
{
    mmu_config_t config = rig_config();
    config.micro_tlb_entries = 4;
    config.l2_tlb_entries = 16;
    config.l2_tlb_ways = 2;
    init(rig, &config);
}

static mmu_translation_t read_page(rig_t *rig, unsigned n, mmu_access_t access)
{
    mmu_translation_t translation = {0};
    mmu_fault_t fault = {0};
    cr_assert_eq(rig_translate(rig, page(n), access, true, false, &translation, &fault), MMU_OK);
    cr_assert_eq(translation.physical, page(1000 + n));
    return translation;
}

Test(asid, keeps_address_spaces_apart_and_entries_across_switches)
{
    rig_t rig;
    init_small(&rig);
    uint64_t first_space = rig.context.ttbr0;
    cr_assert_eq(rig_physical(&rig, page(1)), page(1001));
    rig.context.ttbr0 = rig_new_table(&rig) | ASID(2);
    rig_set_context(&rig);
    rig_map(&rig, page(1), 3, page(2001), page_bits | DESC_NG);
    cr_assert_eq(rig_physical(&rig, page(1)), page(2001));
    cr_assert_eq(mmu_stats(rig.mmu)->walks, 2);
    uint64_t second_space = rig.context.ttbr0;
    for (unsigned i = 0; i < 4; i++) {
        rig.context.ttbr0 = i & 1 ? second_space : first_space;
        rig_set_context(&rig);
        cr_assert_eq(rig_physical(&rig, page(1)), page(i & 1 ? 2001 : 1001));
    }
    cr_assert_eq(mmu_stats(rig.mmu)->walks, 2);
    rig_done(&rig);
}

Test(asid, change_tells_the_filter_above_to_forget_everything)
{
    rig_t rig;
    init_small(&rig);
    cr_assert_eq(rig_physical(&rig, page(1)), page(1001));
    rig_clear_logs(&rig);
    rig_set_context(&rig);
    cr_assert_eq(rig.drop_count, 0, "nothing changed");
    rig.context.ttbr0 ^= ASID(3);
    rig_set_context(&rig);
    cr_assert_eq(rig.drop_count, 2);
    cr_assert_eq(rig.drops[0].bytes, 0);
    cr_assert_eq(rig.drops[1].bytes, 0);
    cr_assert_neq(rig.drops[0].fetch, rig.drops[1].fetch);
    rig_done(&rig);
}

Test(asid, has_8_bits_unless_tcr_as_is_set)
{
    for (unsigned as = 0; as < 2; as++) {
        rig_t rig;
        init_small(&rig);
        rig.context.tcr = as ? rig.context.tcr | TCR_AS : rig.context.tcr & ~TCR_AS;
        rig_set_context(&rig);
        read_page(&rig, 1, MMU_READ);
        rig.context.ttbr0 |= ASID(0x100);
        rig_set_context(&rig);
        cr_assert_eq(read_page(&rig, 1, MMU_READ).cycles == 0, !as);
        rig_done(&rig);
    }
}

Test(asid, comes_from_ttbr1_when_a1_is_set)
{
    rig_t rig;
    init_small(&rig);
    rig.context.tcr |= TCR_A1;
    rig.context.ttbr1 |= ASID(7);
    rig_set_context(&rig);
    read_page(&rig, 1, MMU_READ);
    cr_assert(rig_holds(&rig, MMU_TLB_L2, page(1), 7));
    cr_assert_not(rig_holds(&rig, MMU_TLB_L2, page(1), 1));
    rig_done(&rig);
}

Test(global_entry, serves_every_asid_and_others_do_not)
{
    rig_t rig;
    init_small(&rig);
    rig_map(&rig, page(2), 3, page(1002), page_bits);
    read_page(&rig, 1, MMU_READ);
    read_page(&rig, 2, MMU_READ);
    rig.context.ttbr0 ^= ASID(1 ^ 9);
    rig_set_context(&rig);
    cr_assert_eq(read_page(&rig, 2, MMU_READ).cycles, 0);
    cr_assert_eq(read_page(&rig, 1, MMU_READ).cycles, 3 + 3 * 5);
    rig_done(&rig);
}
