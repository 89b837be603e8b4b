/* Address spaces: ASIDs of 8 and 16 bits, from either TTBR, and global entries. */
#include "pages.h"

#include <criterion/criterion.h>

Test(asid, keeps_address_spaces_apart_and_entries_across_switches)
{
    rig_t rig;
    pages_init_small(&rig);
    uint64_t first_space = rig.context.ttbr0;
    cr_assert_eq(rig_physical(&rig, page(1)), page(1001));
    rig.context.ttbr0 = rig_new_table(&rig) | ASID(2);
    rig_set_context(&rig);
    rig_map(&rig, page(1), 3, page(2001), PAGE_BITS | DESC_NG);
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
    pages_init_small(&rig);
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
        pages_init_small(&rig);
        rig.context.tcr = as ? rig.context.tcr | TCR_AS : rig.context.tcr & ~TCR_AS;
        rig_set_context(&rig);
        pages_read(&rig, 1, MMU_READ);
        rig.context.ttbr0 |= ASID(0x100);
        rig_set_context(&rig);
        cr_assert_eq(pages_read(&rig, 1, MMU_READ).cycles == 0, !as);
        rig_done(&rig);
    }
}

Test(asid, comes_from_ttbr1_when_a1_is_set)
{
    rig_t rig;
    pages_init_small(&rig);
    rig.context.tcr |= TCR_A1;
    rig.context.ttbr1 |= ASID(7);
    rig_set_context(&rig);
    pages_read(&rig, 1, MMU_READ);
    cr_assert(rig_holds(&rig, MMU_TLB_L2, page(1), 7));
    cr_assert_not(rig_holds(&rig, MMU_TLB_L2, page(1), 1));
    rig_done(&rig);
}

Test(global_entry, serves_every_asid_and_others_do_not)
{
    rig_t rig;
    pages_init_small(&rig);
    rig_map(&rig, page(2), 3, page(1002), PAGE_BITS);
    pages_read(&rig, 1, MMU_READ);
    pages_read(&rig, 2, MMU_READ);
    rig.context.ttbr0 ^= ASID(1 ^ 9);
    rig_set_context(&rig);
    cr_assert_eq(pages_read(&rig, 2, MMU_READ).cycles, 0);
    cr_assert_eq(pages_read(&rig, 1, MMU_READ).cycles, 3 + 3 * 5);
    rig_done(&rig);
}
