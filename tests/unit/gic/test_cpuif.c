/* The ICC_* registers: values, groups, end of interrupt, synchronisation. */
#include "harness.h"

#include <criterion/criterion.h>

static bool irq(harness_t *h)
{
    return gic_cpuif_irq(harness_cpuif(h, 1));
}

/* --- values and masks --- */

/* IHI 0069 section 12.2, with five priority bits and without EL3. Encodings, and that EL0 has none of them, are in
 * tests/unit/cpu/test_sysreg.c. */
static const struct {
    const char *name;
    gic_icc_t reg;
    uint64_t reset, writable;
    uint64_t least; /* what a smaller value becomes */
} icc_rows[] = {
    {"ICC_PMR_EL1", ICC_PMR_EL1, 0, 0xf8, 0},
    {"ICC_BPR0_EL1", ICC_BPR0_EL1, 2, 7, 2}, /* five priority bits are group priority bits 7:3 */
    {"ICC_BPR1_EL1", ICC_BPR1_EL1, 3, 7, 3}, /* Non-secure: one higher */
    /* PRIbits 10:8 = 4, IDbits 13:11 = 0 (16 bits), SEIS 14 = 0, A3V 15, RSS 18; CBPR 0 and EOImode 1 are writable,
     * PMHE 6 is not. */
    {"ICC_CTLR_EL1", ICC_CTLR_EL1, 0x48400, 3, 0},
    {"ICC_SRE_EL1", ICC_SRE_EL1, 7, 0, 0}, /* SRE, DFB, DIB are RAO/WI */
    {"ICC_IGRPEN0_EL1", ICC_IGRPEN0_EL1, 0, 1, 0},
    {"ICC_IGRPEN1_EL1", ICC_IGRPEN1_EL1, 0, 1, 0},
    {"ICC_AP0R0_EL1", ICC_AP0R0_EL1, 0, 0xffffffff, 0},
    {"ICC_AP1R0_EL1", ICC_AP1R0_EL1, 0, 0xffffffff, 0},
};

Test(gic_cpuif_registers, have_the_values_and_masks_of_the_manual)
{
    static const uint64_t patterns[] = {UINT64_MAX, 0, UINT64_C(0x5a5a5a5a5a5a5a5a), UINT64_C(0xa5a5a5a5a5a5a5a5)};
    for (unsigned i = 0; i < sizeof(icc_rows) / sizeof(icc_rows[0]); i++) {
        harness_t *h = harness_new(&(harness_config_t){.cores = 2});
        cr_assert_eq(icc_read(h, 1, icc_rows[i].reg), icc_rows[i].reset, "%s", icc_rows[i].name);
        for (unsigned p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
            const uint64_t writable = icc_rows[i].writable;
            uint64_t wanted = (icc_rows[i].reset & ~writable) | (patterns[p] & writable);
            if (wanted < icc_rows[i].least)
                wanted = icc_rows[i].least;
            icc_write(h, 1, icc_rows[i].reg, patterns[p]);
            cr_assert_eq(icc_read(h, 1, icc_rows[i].reg), wanted, "%s", icc_rows[i].name);
            cr_assert_eq(icc_read(h, 1, icc_rows[i].reg), wanted, "%s, read again", icc_rows[i].name);
        }
        for (unsigned other = 0; other < sizeof(icc_rows) / sizeof(icc_rows[0]); other++)
            cr_assert_eq(icc_read(h, 0, icc_rows[other].reg), icc_rows[other].reset, "%s of core 0 after %s of core 1",
                         icc_rows[other].name, icc_rows[i].name);
        harness_free(h);
    }
}

/* ICC_HPPIR1_EL1 and ICC_RPR_EL1 only look; ICC_IAR1_EL1 acknowledges, once. */
Test(gic_cpuif_registers, acknowledge_by_iar_alone)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 4, 0xa0);
    for (unsigned i = 0; i < 2; i++) {
        cr_assert_eq(icc_read(h, 1, ICC_HPPIR1_EL1), 4);
        cr_assert_eq(icc_read(h, 1, ICC_HPPIR0_EL1), 1023);
        cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xff);
        cr_assert_eq(icc_read(h, 1, ICC_IAR0_EL1), 1023);
    }
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 4);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_HPPIR1_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xa0);
    harness_free(h);
}

/* The fields of an INTID above the 16 bits of ICC_CTLR_EL1.IDbits are RES0. */
Test(gic_cpuif_registers, take_16_bits_of_an_intid)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 4, 0xa0);
    icc_write(h, 1, ICC_CTLR_EL1, 2);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 4);
    icc_write(h, 1, ICC_EOIR1_EL1, UINT64_C(0xffffffffffff0004));
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xff);
    icc_write(h, 1, ICC_DIR_EL1, UINT64_C(0xffffffffffff0004));
    harness_settle(h);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4), 0);
    cr_assert_eq(gic_cpuif_guest_log(harness_cpuif(h, 1))->count, 0);
    harness_free(h);
}

Test(gic_cpuif_registers, that_do_not_exist_or_go_the_other_way_are_undefined)
{
    static const gic_icc_t no_read[] = {ICC_EOIR0_EL1, ICC_EOIR1_EL1,  ICC_DIR_EL1,   ICC_SGI0R_EL1,
                                        ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_AP0R1_EL1, ICC_AP0R2_EL1,
                                        ICC_AP0R3_EL1, ICC_AP1R1_EL1,  ICC_AP1R2_EL1, ICC_AP1R3_EL1};
    static const gic_icc_t no_write[] = {ICC_IAR0_EL1,  ICC_IAR1_EL1,  ICC_HPPIR0_EL1, ICC_HPPIR1_EL1,
                                         ICC_RPR_EL1,   ICC_AP0R1_EL1, ICC_AP0R2_EL1,  ICC_AP0R3_EL1,
                                         ICC_AP1R1_EL1, ICC_AP1R2_EL1, ICC_AP1R3_EL1};
    gic_cpuif_t *cpuif = gic_cpuif_new(0, 0, NULL, NULL);
    uint64_t value = 0x1234;
    for (unsigned i = 0; i < sizeof(no_read) / sizeof(no_read[0]); i++)
        cr_assert_not(gic_cpuif_read(cpuif, 0, no_read[i], 0, &value), "%d", no_read[i]);
    for (unsigned i = 0; i < sizeof(no_write) / sizeof(no_write[0]); i++)
        cr_assert_not(gic_cpuif_write(cpuif, 0, no_write[i], 0, 0), "%d", no_write[i]);
    cr_assert_eq(value, 0x1234);
    gic_cpuif_free(cpuif);
}

Test(gic_cpuif_registers, with_nothing_pending_acknowledge_1023)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    cr_assert_eq(icc_read(h, 1, ICC_IAR0_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_HPPIR0_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_HPPIR1_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xff);
    cr_assert_eq(gic_cpuif_stats(harness_cpuif(h, 1))->spurious, 2);
    harness_free(h);
}

Test(gic_bpr1, reads_one_more_than_bpr0_while_cbpr_is_set_and_ignores_writes)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    icc_write(h, 1, ICC_BPR1_EL1, 5);
    icc_write(h, 1, ICC_CTLR_EL1, 1);
    cr_assert_eq(icc_read(h, 1, ICC_BPR1_EL1), 3);
    icc_write(h, 1, ICC_BPR0_EL1, 7);
    icc_write(h, 1, ICC_BPR1_EL1, 4);
    cr_assert_eq(icc_read(h, 1, ICC_BPR1_EL1), 7, "saturated");
    icc_write(h, 1, ICC_CTLR_EL1, 0);
    cr_assert_eq(icc_read(h, 1, ICC_BPR1_EL1), 5);
    harness_free(h);
}

/* --- groups --- */

Test(gic_group_0, drives_fiq_and_is_acknowledged_by_iar0_only)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    mmio_write(h, GICD + GICD_CTLR, 4, 3);
    mmio_write(h, gicr_address(1, GICR_IGROUPR0), 4, 0xffffffff & ~(1u << 2));
    icc_write(h, 1, ICC_IGRPEN0_EL1, 1);
    icc_write(h, 0, ICC_SGI0R_EL1, sgi_to(h, 1, 2));
    harness_settle(h);
    cr_assert(gic_cpuif_fiq(harness_cpuif(h, 1)));
    cr_assert_not(irq(h));
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1023);
    cr_assert_eq(icc_read(h, 1, ICC_HPPIR0_EL1), 2);
    cr_assert_eq(icc_read(h, 1, ICC_IAR0_EL1), 2);
    cr_assert_neq(icc_read(h, 1, ICC_AP0R0_EL1), 0);
    icc_write(h, 1, ICC_EOIR1_EL1, 2);
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xa0, "the EOI of the other group is ignored");
    icc_write(h, 1, ICC_EOIR0_EL1, 2);
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xff);
    cr_assert_eq(gic_cpuif_guest_log(harness_cpuif(h, 1))->count, 1);
    harness_free(h);
}

Test(gic_group_0, is_what_icc_asgi1r_sends_with_one_security_state)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    mmio_write(h, gicr_address(1, GICR_IGROUPR0), 4, 0xffffffff & ~(1u << 2));
    icc_write(h, 0, ICC_ASGI1R_EL1, sgi_to(h, 1, 2));
    icc_write(h, 0, ICC_ASGI1R_EL1, sgi_to(h, 1, 3));
    harness_settle(h);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_ISPENDR0), 4), 1 << 2);
    harness_free(h);
}

Test(gic_igrpen1, cleared_gives_the_interrupt_back_and_set_gets_it_again)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 4, 0xa0);
    cr_assert(irq(h));
    icc_write(h, 1, ICC_IGRPEN1_EL1, 0);
    cr_assert_not(irq(h));
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1023);
    harness_settle(h);
    cr_assert_eq(gic_cpuif_stats(harness_cpuif(h, 1))->releases, 1);
    icc_write(h, 1, ICC_IGRPEN1_EL1, 1);
    cr_assert_eq(cores_with_irq(h), 2);
    harness_free(h);
}

/* --- end of interrupt --- */

Test(gic_eoi, of_a_special_intid_is_ignored_and_logged)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    for (unsigned intid = 1020; intid <= 1023; intid++)
        icc_write(h, 1, ICC_EOIR1_EL1, intid);
    harness_settle(h);
    cr_assert_eq(gic_cpuif_guest_log(harness_cpuif(h, 1))->count, 4);
    cr_assert_eq(gic_distributor_stats(harness_distributor(h))->deactivates, 0);
    harness_free(h);
}

Test(gic_eoi, out_of_order_drops_the_highest_priority_and_is_logged)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 1, 0xa0);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
    pend_on_core_1(h, 2, 0x60);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 2);
    icc_write(h, 1, ICC_EOIR1_EL1, 1);
    harness_settle(h);
    cr_assert_eq(icc_read(h, 1, ICC_RPR_EL1), 0xa0);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4), 1 << 2);
    cr_assert_eq(gic_cpuif_guest_log(harness_cpuif(h, 1))->count, 1);
    harness_free(h);
}

Test(gic_dir, while_eoimode_is_0_or_before_the_drop_is_ignored_and_logged)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    pend_on_core_1(h, 1, 0xa0);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
    icc_write(h, 1, ICC_DIR_EL1, 1);
    icc_write(h, 1, ICC_CTLR_EL1, 2);
    icc_write(h, 1, ICC_DIR_EL1, 1);
    harness_settle(h);
    cr_assert_eq(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4), 1 << 1);
    cr_assert_eq(gic_cpuif_guest_log(harness_cpuif(h, 1))->count, 2);
    harness_free(h);
}

Test(gic_dir, of_what_is_not_active_or_does_not_exist_is_logged_by_the_distributor)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    icc_write(h, 1, ICC_CTLR_EL1, 2);
    icc_write(h, 1, ICC_DIR_EL1, 40);
    icc_write(h, 1, ICC_DIR_EL1, 5000);
    harness_settle(h);
    const observe_guest_log_t *log = gic_distributor_guest_log(harness_distributor(h));
    cr_assert_eq(log->count, 2);
    cr_assert_str_eq(log->first[0].text, "deactivates INTID 40, which is not active: ignored");
    cr_assert_str_eq(log->first[1].text, "deactivates INTID 5000, but the last one is 287: ignored");
    cr_assert_eq(log->first[1].core, 1);
    harness_free(h);
}

/* --- DSB --- */

Test(gic_synchronized, is_false_until_the_redistributor_has_answered)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    gic_cpuif_t *sender = harness_cpuif(h, 0), *receiver = harness_cpuif(h, 1);
    cr_assert(gic_cpuif_synchronized(sender));
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 1));
    cr_assert_not(gic_cpuif_synchronized(sender));
    harness_settle(h);
    cr_assert(gic_cpuif_synchronized(sender));
    icc_read(h, 1, ICC_IAR1_EL1);
    cr_assert_not(gic_cpuif_synchronized(receiver));
    harness_settle(h);
    cr_assert(gic_cpuif_synchronized(receiver));
    icc_write(h, 1, ICC_EOIR1_EL1, 1);
    cr_assert_not(gic_cpuif_synchronized(receiver));
    harness_settle(h);
    cr_assert(gic_cpuif_synchronized(receiver));
    harness_free(h);
}
