/* What accesses to GICD and GICR do beside what the register map (test_register_map.c) says. */
#include "harness.h"

#include <criterion/criterion.h>

static harness_t *fresh(unsigned cores)
{
    return harness_new(&(harness_config_t){.cores = cores});
}

static const observe_guest_log_t *log_of(harness_t *h)
{
    return gic_distributor_guest_log(harness_distributor(h));
}

Test(gic_registers, that_are_reserved_read_as_zero_and_are_logged)
{
    static const uint64_t reserved[] = {GICD + 0x0014, GICD + 0x0040, GICD + 0x6000,           GICD + 0x8000,
                                        GICR + 0x0018, GICR + 0x0040, GICR + SGI_BASE + 0xffe8};
    harness_t *h = fresh(1);
    for (unsigned i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        mmio_write(h, reserved[i], 4, 0xffffffff);
        cr_assert_eq(mmio_read(h, reserved[i], 4), 0);
        cr_assert_eq(mmio_answer(h)->error, CHI_OKAY);
        cr_assert_eq(log_of(h)->count, 2 * (i + 1));
    }
    cr_assert_eq(observe_guest_log_kept(log_of(h)), OBSERVE_GUEST_LOG_ENTRIES);
    cr_assert_str_eq(log_of(h)->first[0].text,
                     "write of 4 bytes at GICD offset 0x14: reserved, read as zero and ignored on write");
    cr_assert_eq(log_of(h)->first[0].pc, 0x3000);
    harness_free(h);
}

Test(gic_registers, of_the_wrong_size_read_as_zero_and_are_logged)
{
    harness_t *h = fresh(1);
    mmio_write(h, GICD + GICD_CTLR, 1, 3);
    mmio_write(h, GICD + GICD_IGROUPR + 4, 8, UINT64_MAX);
    mmio_write(h, GICD + GICD_IGROUPR + 5, 4, UINT64_MAX);
    cr_assert_eq(log_of(h)->count, 3);
    cr_assert_eq(mmio_read(h, GICD + GICD_CTLR, 4), 0x50);
    cr_assert_eq(mmio_read(h, GICD + GICD_IGROUPR + 4, 4), 0);
    cr_assert_eq(mmio_read(h, GICD + GICD_IGROUPR + 4, 2), 0);
    cr_assert_eq(log_of(h)->count, 4);
    harness_free(h);
}

Test(gic_registers, that_are_read_only_ignore_and_log_writes)
{
    harness_t *h = fresh(1);
    mmio_write(h, GICD + 4, 4, 0);
    cr_assert_eq(log_of(h)->count, 1);
    cr_assert_str_eq(log_of(h)->first[0].text, "write of 4 bytes at GICD offset 0x4 (GICD_TYPER): read-only, ignored");
    harness_free(h);
}

Test(gic_registers, outside_the_frames_answer_with_a_decode_error)
{
    harness_t *h = fresh(2);
    mmio_read(h, GICD + GICD_FRAME_BYTES, 4);
    cr_assert_eq(mmio_answer(h)->error, CHI_DECERR);
    mmio_write(h, gicr_address(2, 0), 4, 0);
    cr_assert_eq(mmio_answer(h)->error, CHI_DECERR);
    harness_free(h);
}

Test(gic_registers, icpendr_does_not_lower_a_level)
{
    harness_t *h = fresh(1);
    spi_wire(h, 33, true);
    mmio_write(h, GICD + GICD_ICPENDR + 4, 4, 2);
    cr_assert_eq(mmio_read(h, GICD + GICD_ISPENDR + 4, 4), 2);
    mmio_write(h, GICD + GICD_ISPENDR + 4, 4, 2); /* and by software, besides */
    spi_wire(h, 33, false);
    cr_assert_eq(mmio_read(h, GICD + GICD_ISPENDR + 4, 4), 2);
    mmio_write(h, GICD + GICD_ICPENDR + 4, 4, 2);
    cr_assert_eq(mmio_read(h, GICD + GICD_ISPENDR + 4, 4), 0);
    harness_free(h);
}

Test(gic_rwp, is_set_until_a_disabled_interrupt_has_left_the_cpu_interface)
{
    harness_t *h = fresh(2);
    harness_boot(h);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 5));
    harness_settle(h);
    mmio_post(h, gicr_address(1, GICR_ICENABLER0), 4, 1 << 5);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_CTLR), 4), 8);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_CTLR), 4), 0);
    cr_assert(!gic_cpuif_irq(harness_cpuif(h, 1)));
    harness_free(h);
}

Test(gic_rwp, of_the_distributor_is_set_until_a_disabled_group_has_left_the_cpu_interfaces)
{
    harness_t *h = fresh(2);
    harness_boot(h);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 5));
    harness_settle(h);
    mmio_post(h, GICD + GICD_CTLR, 4, 0);
    cr_assert_eq(mmio_read(h, GICD + GICD_CTLR, 4), 0x80000050);
    cr_assert_eq(mmio_read(h, GICD + GICD_CTLR, 4), 0x50);
    cr_assert(!gic_cpuif_irq(harness_cpuif(h, 1)));
    mmio_write(h, GICD + GICD_CTLR, 4, 2);
    cr_assert_eq(cores_with_irq(h), 2, "the interrupt was pending all the while");
    harness_free(h);
}

Test(gic_config, that_cannot_be_built_is_refused_with_its_reason)
{
    static const uint64_t mpidr[] = {0, 1, 1};
    static const gic_config_t bad[] = {
        {.cores = 0, .mpidr = mpidr, .spis = 256, .gicd_base = GICD, .gicr_base = GICR},
        {.cores = 65, .mpidr = mpidr, .spis = 256, .gicd_base = GICD, .gicr_base = GICR},
        {.cores = 2, .mpidr = mpidr, .spis = 33, .gicd_base = GICD, .gicr_base = GICR},
        {.cores = 2, .mpidr = mpidr, .spis = 992, .gicd_base = GICD, .gicr_base = GICR},
        {.cores = 3, .mpidr = mpidr, .spis = 256, .gicd_base = GICD, .gicr_base = GICR},
        {.cores = 2, .mpidr = mpidr, .spis = 256, .gicd_base = GICD, .gicr_base = GICD - 0x20000},
    };
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        engine_t *engine = engine_new();
        gic_distributor_t *dist = NULL;
        base_error_t error = {.text = ""};
        cr_assert_lt(gic_distributor_new(engine, &bad[i], &dist, &error), 0, "configuration %u", i);
        cr_assert_null(dist);
        cr_assert_str_not_empty(error.text);
        engine_free(engine);
    }
}
