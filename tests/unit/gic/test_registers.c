/* GICD and GICR registers: values, masks, access sizes, reserved accesses. */
#include "harness.h"
#include "register_rows.h"

#include <criterion/criterion.h>

static harness_t *fresh(unsigned cores)
{
    return harness_new(&(harness_config_t){.cores = cores});
}

static const observe_guest_log_t *log_of(harness_t *h)
{
    return gic_distributor_guest_log(harness_distributor(h));
}

Test(gic_registers, have_the_reset_values_of_the_manual)
{
    const char *wrong = wrong_reset_value(GIC_FAULT_NONE);
    cr_assert_null(wrong, "%s", wrong);
}

Test(gic_registers, take_exactly_their_writable_bits)
{
    const char *wrong = wrong_write_mask(GIC_FAULT_NONE);
    cr_assert_null(wrong, "%s", wrong);
}

/* Rows of set and clear registers: what a write to each does to what both read. */
static void check_pair(uint64_t set, uint64_t clear)
{
    harness_t *h = fresh(2);
    mmio_write(h, set, 4, 0xf0f00f0f);
    mmio_write(h, set, 4, 0);
    cr_assert_eq(mmio_read(h, set, 4), 0xf0f00f0f);
    cr_assert_eq(mmio_read(h, clear, 4), 0xf0f00f0f);
    mmio_write(h, clear, 4, 0xf000000f);
    mmio_write(h, clear, 4, 0);
    cr_assert_eq(mmio_read(h, set, 4), 0x00f00f00);
    cr_assert_eq(mmio_read(h, clear, 4), 0x00f00f00);
    cr_assert_eq(log_of(h)->count, 0);
    harness_free(h);
}

Test(gic_registers, in_set_and_clear_pairs_act_on_ones_and_read_alike)
{
    static const uint64_t gicd[][2] = {
        {GICD_ISENABLER, GICD_ICENABLER}, {GICD_ISPENDR, GICD_ICPENDR}, {GICD_ISACTIVER, GICD_ICACTIVER}};
    static const uint64_t gicr[][2] = {
        {GICR_ISENABLER0, GICR_ICENABLER0}, {GICR_ISPENDR0, GICR_ICPENDR0}, {GICR_ISACTIVER0, GICR_ICACTIVER0}};
    for (unsigned i = 0; i < 3; i++) {
        check_pair(GICD + gicd[i][0] + 4, GICD + gicd[i][1] + 4);
        check_pair(GICD + gicd[i][0] + 32, GICD + gicd[i][1] + 32);
        check_pair(gicr_address(1, gicr[i][0]), gicr_address(1, gicr[i][1]));
    }
}

Test(gic_registers, of_one_redistributor_leave_the_others_alone)
{
    harness_t *h = fresh(3);
    mmio_write(h, gicr_address(1, GICR_ISENABLER0), 4, 0xffff);
    cr_assert_eq(mmio_read(h, gicr_address(0, GICR_ISENABLER0), 4), 0);
    cr_assert_eq(mmio_read(h, gicr_address(2, GICR_ISENABLER0), 4), 0);
    harness_free(h);
}

Test(gic_registers, priorities_take_byte_accesses)
{
    harness_t *h = fresh(2);
    mmio_write(h, GICD + GICD_IPRIORITYR + 33, 1, 0x87);
    mmio_write(h, GICD + GICD_IPRIORITYR + 35, 1, 0x40);
    cr_assert_eq(mmio_read(h, GICD + GICD_IPRIORITYR + 32, 4), 0x40008000);
    cr_assert_eq(mmio_read(h, GICD + GICD_IPRIORITYR + 33, 1), 0x80);
    mmio_write(h, gicr_address(1, GICR_IPRIORITYR + 30), 1, 0xff);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_IPRIORITYR + 28), 4), 0x00f80000);
    cr_assert_eq(log_of(h)->count, 0);
    harness_free(h);
}

Test(gic_registers, of_64_bits_take_halves)
{
    harness_t *h = fresh(2);
    mmio_write(h, GICD + GICD_IROUTER + 8 * 33 + 4, 4, 0x12);
    mmio_write(h, GICD + GICD_IROUTER + 8 * 33, 4, 0x80030201);
    cr_assert_eq(mmio_read(h, GICD + GICD_IROUTER + 8 * 33, 8), UINT64_C(0x1280030201));
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_TYPER + 4), 4), 1);
    cr_assert_eq(log_of(h)->count, 0);
    harness_free(h);
}

Test(gic_registers, gicr_typer_names_affinity_number_and_the_last_core)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = 5, .cluster_cores = 2});
    for (unsigned core = 0; core < 5; core++) {
        uint64_t typer = mmio_read(h, gicr_address(core, GICR_TYPER), 8);
        cr_assert_eq(typer >> 32, core / 2 << 8 | core % 2);
        cr_assert_eq(typer >> 8 & 0xffff, core);
        cr_assert_eq(typer >> 4 & 1, core == 4);
    }
    harness_free(h);
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
