/* Where PPIs and SPIs go, and what happens to them when their core changes. */
#include "harness.h"

#include <criterion/criterion.h>

Test(gic_ppi, of_one_core_is_level_sensitive_and_reaches_it_alone)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    ppi_wire(h, 1, 30, true);
    cr_assert_eq(cores_with_irq(h), 2);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 30);
    ppi_wire(h, 1, 30, false);
    icc_write(h, 1, ICC_EOIR1_EL1, 30);
    cr_assert_eq(cores_with_irq(h), 0);
    cr_assert_eq(gic_cpuif_stats(harness_cpuif(h, 1))->ppi_received, 1);
    harness_free(h);
}

Test(gic_spi, routed_anew_while_presented_goes_to_the_new_core)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    mmio_write(h, GICD + GICD_ISENABLER + 4, 4, 2);
    spi_wire(h, 33, true);
    cr_assert_eq(cores_with_irq(h), 1);
    mmio_write(h, GICD + GICD_IROUTER + 8 * 33, 8, 1);
    cr_assert_eq(cores_with_irq(h), 2);
    mmio_write(h, GICD + GICD_IROUTER + 8 * 33, 8, 0x55); /* an affinity that no core has */
    cr_assert_eq(cores_with_irq(h), 0);
    harness_free(h);
}

Test(gic_spi, one_of_n_avoids_cores_that_sleep_or_decline)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    mmio_write(h, GICD + GICD_IROUTER + 8 * 33, 8, UINT64_C(1) << 31);
    mmio_write(h, GICD + GICD_ISENABLER + 4, 4, 2);
    spi_wire(h, 33, true);
    cr_assert_eq(cores_with_irq(h), 1);
    mmio_write(h, gicr_address(0, GICR_WAKER), 4, 2);
    cr_assert_eq(cores_with_irq(h), 2);
    mmio_write(h, gicr_address(0, GICR_WAKER), 4, 0);
    cr_assert_eq(cores_with_irq(h), 2, "what is presented stays");
    mmio_write(h, gicr_address(1, GICR_CTLR), 4, 1 << 25); /* DPG1NS */
    cr_assert_eq(cores_with_irq(h), 1);
    harness_free(h);
}

/* --- fields of ICC_SGI1R_EL1 --- */

Test(gic_sgi_request, of_another_aff2_or_aff3_reaches_nobody)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 3) | UINT64_C(1) << 32);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 3) | UINT64_C(1) << 48);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 3) | UINT64_C(1) << 44); /* RS 1: Aff0 16 to 31 */
    cr_assert_eq(cores_with_irq(h), 0);
    cr_assert_eq(gic_cpuif_stats(harness_cpuif(h, 0))->sgi_to_none, 3);
    harness_free(h);
}

Test(gic_sgi_request, ignores_bits_that_are_res0)
{
    const uint64_t res0 = UINT64_C(0xff) << 56 | UINT64_C(7) << 41 | UINT64_C(0xf) << 28;
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 3) | res0);
    cr_assert_eq(cores_with_irq(h), 2);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 3);
    harness_free(h);
}

Test(gic_sgi_request, with_irm_does_not_look_at_the_target)
{
    harness_t *h = harness_booted(3, 0, GIC_FAULT_NONE);
    icc_write(h, 2, ICC_SGI1R_EL1, UINT64_C(1) << 40 | UINT64_C(3) << 24 | UINT64_C(0x00ff00ff00ff0000));
    cr_assert_eq(cores_with_irq(h), 3);
    harness_free(h);
}

/* --- power --- */

Test(gic_cpuif_reset, gives_back_what_is_held_and_it_comes_again_when_enabled)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 3, 0xa0);
    gic_cpuif_reset(harness_cpuif(h, 1), harness_now_ps(h));
    icc_write(h, 1, ICC_PMR_EL1, 0xf0); /* also lets the core's component send */
    cr_assert_eq(cores_with_irq(h), 0);
    cr_assert_eq(icc_read(h, 1, ICC_IGRPEN1_EL1), 0);
    icc_write(h, 1, ICC_IGRPEN1_EL1, 1);
    cr_assert_eq(cores_with_irq(h), 2);
    cr_assert(gic_cpuif_synchronized(harness_cpuif(h, 1)));
    harness_free(h);
}
