#include "pages.h"

#include <criterion/criterion.h>

uint64_t page(unsigned n)
{
    return n * UINT64_C(0x1000);
}

void pages_init(rig_t *rig, const mmu_config_t *config)
{
    rig_init(rig, 12, 39, config);
    for (unsigned n = 0; n < 100; n++)
        rig_map(rig, page(n), 3, page(1000 + n), PAGE_BITS | DESC_NG);
}

void pages_init_small(rig_t *rig)
{
    mmu_config_t config = rig_config();
    config.micro_tlb_entries = 4;
    config.l2_tlb_entries = 16;
    config.l2_tlb_ways = 2;
    pages_init(rig, &config);
}

mmu_translation_t pages_read(rig_t *rig, unsigned n, mmu_access_t access)
{
    mmu_translation_t translation = {0};
    mmu_fault_t fault = {0};
    cr_assert_eq(rig_translate(rig, page(n), access, true, false, &translation, &fault), MMU_OK);
    cr_assert_eq(translation.physical, page(1000 + n));
    return translation;
}
