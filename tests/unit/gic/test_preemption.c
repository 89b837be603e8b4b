/* Priorities in the CPU interface: who is presented, who preempts, what stays active. */
#include "harness.h"

#include <criterion/criterion.h>

static bool irq(harness_t *h)
{
    return gic_cpuif_irq(harness_cpuif(h, 1));
}

Test(gic_preemption, needs_a_higher_group_priority)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    icc_write(h, 1, ICC_BPR1_EL1, 6); /* group priority bits 7:6 */
    pend_on_core_1(h, 1, 0xb8);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0x80);
    pend_on_core_1(h, 2, 0x80); /* a higher priority of the same group priority */
    cr_assert_not(irq(h));
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_HPPIR1_EL1), 2);
    pend_on_core_1(h, 3, 0x78);
    cr_assert(irq(h));
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 3);
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0x40);
    cr_assert_eq(gic_cpuif_stats(harness_cpuif(h, 1))->preemptions, 1);
    harness_free(h);
}

Test(gic_preemption, by_a_later_higher_priority_gives_the_first_back)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 1, 0xa0);
    pend_on_core_1(h, 2, 0x60);
    cr_assert_eq(gic_cpuif_stats(harness_cpuif(h, 1))->releases, 1);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 2);
    harness_settle(h);
    cr_assert_not(irq(h));
    icc_write(h, 1, ICC_EOIR1_EL1, 2);
    cr_assert(irq(h));
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
    harness_free(h);
}

Test(gic_preemption, of_equal_priorities_takes_the_lowest_intid)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    icc_write(h, 1, ICC_PMR_EL1, 0);
    mmio_write(h, gicr_address(1, GICR_ICENABLER0), 4, 0xffff);
    for (unsigned intid = 9; intid > 6; intid--)
        pend_on_core_1(h, intid, 0xa0);
    mmio_write(h, gicr_address(1, GICR_ISENABLER0), 4, 0xffff);
    icc_write(h, 1, ICC_PMR_EL1, 0xf0);
    for (unsigned intid = 7; intid <= 9; intid++) {
        cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), intid);
        icc_write(h, 1, ICC_EOIR1_EL1, intid);
        harness_settle(h);
    }
    harness_free(h);
}

Test(gic_active_priorities, are_set_by_acknowledge_and_can_be_written)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 1, 0xa0);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
    cr_assert_eq(icc_read(h, 1, ICC_AP1R0_EL1), UINT64_C(1) << (0xa0 >> 3));
    cr_assert_eq(icc_read(h, 1, ICC_AP0R0_EL1), 0);
    icc_write(h, 1, ICC_AP1R0_EL1, 0); /* as a kernel does when it takes over */
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xff);
    icc_write(h, 1, ICC_EOIR1_EL1, 1); /* no priority to drop, but the interrupt is still deactivated */
    harness_settle(h);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4), 0);
    harness_free(h);
}
