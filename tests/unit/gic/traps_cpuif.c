#include "check.h"
#include "harness.h"
#include "traps.h"

#include <stddef.h>

static uint64_t only(unsigned core)
{
    return UINT64_C(1) << core;
}

static const char *finish(harness_t *h, const char *wrong)
{
    harness_free(h);
    return wrong;
}

/* --- ICC_CTLR_EL1.EOImode --- */

const char *trap_eoimode(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 1, ICC_CTLR_EL1, 2);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 6));
    harness_settle(h);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 6);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 6)); /* pending again while active */
    harness_settle(h);
    icc_write(h, 1, ICC_EOIR1_EL1, 6);
    CHECK(cores_with_irq(h) == 0); /* dropped, still active: must not come again */
    CHECK(icc_read(h, 1, ICC_RPR_EL1) == 0xff);
    CHECK(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4) == 1 << 6);
    icc_write(h, 1, ICC_DIR_EL1, 6);
    CHECK(cores_with_irq(h) == only(1));
    CHECK(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4) == 0);
    return finish(h, wrong);
}

const char *trap_dir_out_of_order(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 1, ICC_CTLR_EL1, 2);
    for (unsigned intid = 1; intid <= 3; intid++) {
        icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, intid));
        harness_settle(h);
        CHECK(icc_read(h, 1, ICC_IAR1_EL1) == intid);
        icc_write(h, 1, ICC_EOIR1_EL1, intid);
        harness_settle(h);
    }
    static const uint32_t order[] = {2, 1, 3}, left[] = {1 << 1 | 1 << 3, 1 << 3, 0};
    for (unsigned i = 0; i < 3; i++) {
        icc_write(h, 1, ICC_DIR_EL1, order[i]);
        harness_settle(h);
        CHECK(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4) == left[i]);
    }
    CHECK(gic_cpuif_guest_log(harness_cpuif(h, 1))->count == 0);
    return finish(h, wrong);
}

/* --- priorities --- */

const char *trap_nested_priorities(gic_fault_t fault)
{
    static const uint8_t priority[] = {0xc0, 0x80, 0x40, 0xa0}; /* of SGI 0 to 3 */
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    for (unsigned i = 0; i < 4; i++)
        mmio_write(h, gicr_address(1, GICR_IPRIORITYR + i), 1, priority[i]);
    for (unsigned i = 0; i < 3; i++) {
        icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, i));
        CHECK(cores_with_irq(h) == only(1));
        CHECK(icc_read(h, 1, ICC_IAR1_EL1) == i);
        CHECK(icc_read(h, 1, ICC_RPR_EL1) == priority[i]);
    }
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 3)); /* between the first and the second */
    CHECK(cores_with_irq(h) == 0);
    icc_write(h, 1, ICC_EOIR1_EL1, 2);
    CHECK(icc_read(h, 1, ICC_RPR_EL1) == 0x80);
    CHECK(cores_with_irq(h) == 0);
    icc_write(h, 1, ICC_EOIR1_EL1, 1);
    CHECK(icc_read(h, 1, ICC_RPR_EL1) == 0xc0);
    CHECK(cores_with_irq(h) == only(1));
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 3);
    icc_write(h, 1, ICC_EOIR1_EL1, 3);
    icc_write(h, 1, ICC_EOIR1_EL1, 0);
    CHECK(icc_read(h, 1, ICC_RPR_EL1) == 0xff);
    CHECK(gic_cpuif_guest_log(harness_cpuif(h, 1))->count == 0);
    return finish(h, wrong);
}

/* ICC_BPR1_EL1: what does not differ in its group priority does not preempt. */
const char *trap_group_priority(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 1, ICC_BPR1_EL1, 6); /* group priority bits 7:6 */
    pend_on_core_1(h, 1, 0xb8);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 1);
    CHECK(icc_read(h, 1, ICC_RPR_EL1) == 0x80);
    pend_on_core_1(h, 2, 0x88);
    CHECK(cores_with_irq(h) == 0);
    pend_on_core_1(h, 3, 0x78);
    CHECK(cores_with_irq(h) == only(1));
    return finish(h, wrong);
}

const char *trap_priority_mask(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 1, ICC_PMR_EL1, 0xa0); /* the mask must be above the priority, 0xa0, not equal */
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 0));
    CHECK(cores_with_irq(h) == 0);
    CHECK(icc_read(h, 1, ICC_HPPIR1_EL1) == 0);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 1023);
    icc_write(h, 1, ICC_PMR_EL1, 0xa8);
    CHECK(cores_with_irq(h) == only(1));
    return finish(h, wrong);
}

/* --- EOI without IAR --- */

const char *trap_stray_eoi(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 7));
    harness_settle(h);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 7);
    icc_write(h, 1, ICC_EOIR1_EL1, 9);
    harness_settle(h);
    CHECK(icc_read(h, 1, ICC_RPR_EL1) == 0xa0);
    CHECK(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4) == 1 << 7);
    CHECK(gic_cpuif_guest_log(harness_cpuif(h, 1))->count == 1);
    icc_write(h, 1, ICC_EOIR1_EL1, 7);
    harness_settle(h);
    CHECK(icc_read(h, 1, ICC_RPR_EL1) == 0xff);
    CHECK(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4) == 0);
    CHECK(gic_cpuif_guest_log(harness_cpuif(h, 1))->count == 1);
    return finish(h, wrong);
}

/* --- PSCI CPU_OFF and CPU_ON --- */

/* The core was turned off in the middle of an interrupt. */
const char *trap_interface_reset(gic_fault_t fault)
{
    static const struct {
        gic_icc_t reg;
        uint64_t reset;
    } registers[] = {{ICC_PMR_EL1, 0},     {ICC_BPR0_EL1, 2},    {ICC_BPR1_EL1, 3},    {ICC_CTLR_EL1, 0x48400},
                     {ICC_RPR_EL1, 0xff},  {ICC_AP0R0_EL1, 0},   {ICC_AP1R0_EL1, 0},   {ICC_IGRPEN0_EL1, 0},
                     {ICC_IGRPEN1_EL1, 0}, {ICC_IAR1_EL1, 1023}, {ICC_IAR0_EL1, 1023}, {ICC_HPPIR1_EL1, 1023}};
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 1, ICC_BPR0_EL1, 4);
    icc_write(h, 1, ICC_BPR1_EL1, 5);
    icc_write(h, 1, ICC_CTLR_EL1, 2);
    icc_write(h, 1, ICC_IGRPEN0_EL1, 1);
    pend_on_core_1(h, 1, 0xa0);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 1);
    pend_on_core_1(h, 2, 0x60);
    gic_cpuif_reset(harness_cpuif(h, 1), harness_now_ps(h));
    for (unsigned i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
        CHECK(icc_read(h, 1, registers[i].reg) == registers[i].reset);
    CHECK(cores_with_irq(h) == 0);
    CHECK(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4) == 1 << 1); /* that is the redistributor's */
    CHECK(mmio_read(h, gicr_address(1, GICR_ISPENDR0), 4) == 1 << 2);
    return finish(h, wrong);
}
