#include "inflight.h"

#include <criterion/criterion.h>

static const uint64_t page_bits = DESC_AF | DESC_SH(3) | DESC_NG;

void inflight_init(rig_t *rig, const mmu_config_t *config)
{
    rig_init(rig, 12, 48, config);
    rig_map(rig, INFLIGHT_VA, 3, INFLIGHT_OLD, page_bits);
}

static mmu_result_t try_once(rig_t *rig, mmu_access_t access, uint64_t *ret_physical)
{
    mmu_translation_t translation = {0};
    mmu_fault_t fault;
    mmu_result_t result = mmu_translate(rig->mmu, 0, INFLIGHT_VA, access, true, false, &translation, &fault);
    *ret_physical = translation.physical;
    return result;
}

void inflight_wait_at(rig_t *rig, mmu_access_t access, unsigned level)
{
    uint64_t physical;
    rig->answers_left = (int)level;
    cr_assert_eq(try_once(rig, access, &physical), MMU_WAIT);
    cr_assert_eq(rig->last_read, rig_descriptor(rig, INFLIGHT_VA, level));
    cr_assert(mmu_walk_in_progress(rig->mmu));
    rig->answers_left = -1;
}

uint64_t inflight_physical(const mmu_config_t *config, unsigned level, mmu_tlbi_t operation, mmu_access_t access)
{
    rig_t rig;
    inflight_init(&rig, config);
    inflight_wait_at(&rig, access, level);
    rig_write(&rig, rig_descriptor(&rig, INFLIGHT_VA, 0), DESC_INVALID);
    rig_map(&rig, INFLIGHT_VA, 3, INFLIGHT_NEW, page_bits);
    if (operation < MMU_TLBI_COUNT)
        mmu_tlbi(rig.mmu, operation, ASID(1) | INFLIGHT_VA >> 12);
    uint64_t first, second;
    cr_assert_eq(try_once(&rig, access, &first), MMU_OK);
    cr_assert_eq(try_once(&rig, access, &second), MMU_OK);
    cr_assert_eq(first, second);
    rig_done(&rig);
    return first;
}
