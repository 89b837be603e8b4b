/* AT instructions: PAR_EL1 for every kind of answer. */
#include "oracle.h"

#include <criterion/criterion.h>

enum { VA = 0x12345678 };

static void init(rig_t *rig)
{
    mmu_config_t config = rig_config();
    rig_init(rig, 12, 39, &config);
}

static uint64_t par(rig_t *rig, uint64_t va, bool write, bool privileged, bool pan)
{
    uint64_t par_el1 = 0;
    uint32_t cycles;
    mmu_fault_t fault;
    mmu_result_t result = MMU_WAIT;
    for (unsigned tries = 0; result == MMU_WAIT && tries < RIG_MAX_TRIES; tries++)
        result = mmu_address_translate(rig->mmu, 0, va, write, privileged, pan, &par_el1, &cycles, &fault);
    cr_assert_eq(result, MMU_OK);
    return par_el1;
}

static uint64_t expected_par(rig_t *rig, uint64_t va, bool write, bool privileged, bool pan)
{
    oracle_outcome_t outcome = oracle_translate(rig, &rig->context, va, write ? MMU_WRITE : MMU_READ, privileged, pan);
    if (outcome.status != ORACLE_NO_FAULT)
        return 1 | (uint64_t)outcome.status << 1 | 1 << 11;
    unsigned index = (unsigned)(va >> 12 & 7);
    return (outcome.physical & ~UINT64_C(0xfff)) | (uint64_t)outcome.shareability << 7 | 1 << 11 |
           (rig->context.mair >> (index * 8) & 0xff) << 56;
}

Test(par_el1, gives_address_and_attributes_or_the_fault_for_every_form)
{
    for (unsigned wait_percent = 0; wait_percent <= 50; wait_percent += 50) {
        rig_t rig;
        init(&rig);
        rig.wait_percent = wait_percent;
        for (unsigned ap = 0; ap < 4; ap++) {
            for (unsigned index = 0; index < 5; index++) { /* page number <2:0> is the MAIR index, <4:3> is AP */
                uint64_t va = (ap << 3 | index) * UINT64_C(0x1000);
                rig_map(&rig, va, 3, UINT64_C(0x123456789000), DESC_AF | DESC_SH(3) | DESC_AP(ap) | DESC_ATTR(index));
                for (unsigned form = 0; form < 8; form++)
                    cr_assert_eq(par(&rig, va + 0x678, form & 1, form & 2, form & 4),
                                 expected_par(&rig, va + 0x678, form & 1, form & 2, form & 4), "AP %u form %u", ap,
                                 form);
            }
        }
        rig_done(&rig);
    }
}

Test(par_el1, of_a_block_gives_the_page_in_it)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, 0, 1, UINT64_C(0x40000000), DESC_AF | DESC_SH(3));
    cr_assert_eq(par(&rig, VA, false, true, false), UINT64_C(0xff00000052345000) | 3 << 7 | 1 << 11);
    rig_done(&rig);
}

Test(par_el1, reports_the_faults_of_the_walk_by_level)
{
    rig_t rig;
    init(&rig);
    cr_assert_eq(par(&rig, VA, false, true, false), 1 | 0x05 << 1 | 1 << 11);
    rig_map(&rig, VA & ~0xfff, 3, 0x5000, DESC_SH(3));
    cr_assert_eq(par(&rig, VA, false, true, false), 1 | 0x0b << 1 | 1 << 11);
    cr_assert_eq(par(&rig, UINT64_C(1) << 40, false, true, false), 1 | 0x04 << 1 | 1 << 11);
    rig_done(&rig);
}

Test(par_el1, with_the_mmu_off_is_flat_device_memory)
{
    rig_t rig;
    init(&rig);
    rig.context.sctlr = 0;
    rig_set_context(&rig);
    cr_assert_eq(par(&rig, VA, true, true, false), UINT64_C(0x12345000) | 2 << 7 | 1 << 11);
    cr_assert_eq(par(&rig, UINT64_C(1) << 48, true, true, false), 1 | 0x00 << 1 | 1 << 11);
    rig_done(&rig);
}

Test(address_translate, aborts_on_a_bus_error_and_leaves_par_alone)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, VA & ~0xfff, 3, 0x5000, DESC_AF);
    rig.error_address = rig_descriptor(&rig, VA, 3);
    uint64_t par_el1 = 0x1234;
    uint32_t cycles;
    mmu_fault_t fault = {0};
    cr_assert_eq(mmu_address_translate(rig.mmu, 0, VA, false, true, false, &par_el1, &cycles, &fault), MMU_FAULT);
    cr_assert_eq(par_el1, 0x1234);
    cr_assert_eq(fault.status_code, 0x17);
    cr_assert(fault.external);
    rig_done(&rig);
}

Test(address_translate, costs_what_a_data_access_costs)
{
    rig_t rig;
    init(&rig);
    rig_map(&rig, VA & ~0xfff, 3, 0x5000, DESC_AF);
    uint64_t par_el1;
    uint32_t cycles = 99;
    mmu_fault_t fault;
    cr_assert_eq(mmu_address_translate(rig.mmu, 0, VA, false, true, false, &par_el1, &cycles, &fault), MMU_OK);
    cr_assert_eq(cycles, 3 + 3 * 5);
    cr_assert_eq(mmu_address_translate(rig.mmu, 0, VA, false, true, false, &par_el1, &cycles, &fault), MMU_OK);
    cr_assert_eq(cycles, 0);
    rig_done(&rig);
}
