#include "traps.h"

#include "check.h"
#include "harness.h"

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

/* --- SGIs: ICC_SGI1R_EL1 --- */

/* An SGI from core 0 reaches `target` and nobody else. */
static const char *reaches_only(harness_t *h, unsigned target)
{
    const char *wrong = NULL;
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, target, 3));
    CHECK(cores_with_irq(h) == only(target));
    CHECK(icc_read(h, target, ICC_IAR1_EL1) == 3);
    CHECK(gic_distributor_stats(harness_distributor(h))->sgi_deliveries == 1);
    return finish(h, wrong);
}

const char *trap_range_selector_flat(gic_fault_t fault)
{
    return reaches_only(harness_booted(20, 0, fault), 17);
}

const char *trap_range_selector_in_clusters(gic_fault_t fault)
{
    return reaches_only(harness_booted(40, 20, fault), 37); /* Aff1 1, Aff0 17 */
}

const char *trap_affinity_1(gic_fault_t fault)
{
    return reaches_only(harness_booted(20, 4, fault), 14); /* Aff1 3, Aff0 2 */
}

const char *trap_broadcast(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(20, 4, fault);
    icc_write(h, 5, ICC_SGI1R_EL1, UINT64_C(1) << 40 | UINT64_C(2) << 24);
    CHECK(cores_with_irq(h) == (0xfffff & ~only(5)));
    CHECK(gic_cpuif_stats(harness_cpuif(h, 5))->sgi_targets == 19);
    return finish(h, wrong);
}

const char *trap_group_of_sgi(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    mmio_write(h, gicr_address(1, GICR_IGROUPR0), 4, 0xffffffff & ~(1u << 4));
    for (unsigned i = 0; i < 2; i++) {
        icc_write(h, 0, i ? ICC_SGI0R_EL1 : ICC_ASGI1R_EL1, sgi_to(h, 1, 5)); /* Group 0, but INTID 5 is Group 1 */
        harness_settle(h);
        CHECK(mmio_read(h, gicr_address(1, GICR_ISPENDR0), 4) == 0);
        icc_write(h, 0, i ? ICC_SGI0R_EL1 : ICC_ASGI1R_EL1, sgi_to(h, 1, 4));
        harness_settle(h);
        CHECK(mmio_read(h, gicr_address(1, GICR_ISPENDR0), 4) == 1 << 4);
        mmio_write(h, gicr_address(1, GICR_ICPENDR0), 4, 1 << 4);
    }
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 4)); /* with one Security state: of either group */
    harness_settle(h);
    CHECK(mmio_read(h, gicr_address(1, GICR_ISPENDR0), 4) == 1 << 4);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 5));
    CHECK(cores_with_irq(h) == only(1));
    return finish(h, wrong);
}

/* --- GICR_WAKER --- */

const char *trap_asleep(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    mmio_write(h, gicr_address(1, GICR_WAKER), 4, 2);
    CHECK(mmio_read(h, gicr_address(1, GICR_WAKER), 4) == 6);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 1));
    harness_settle(h);
    const gic_distributor_stats_t *stats = gic_distributor_stats(harness_distributor(h));
    CHECK(stats->sets == 0);
    CHECK(cores_with_irq(h) == 0);
    CHECK(mmio_read(h, gicr_address(1, GICR_ISPENDR0), 4) == 1 << 1);
    mmio_write(h, gicr_address(1, GICR_WAKER), 4, 0);
    CHECK(cores_with_irq(h) == only(1));
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 1);
    return finish(h, wrong);
}

/* The sleeper asks for its core by the signal of section 11.1 until it is woken, and for nothing that goes to others.
 */
const char *trap_wake_request(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    mmio_write(h, gicr_address(1, GICR_WAKER), 4, 2);
    icc_write(h, 1, ICC_SGI1R_EL1, sgi_to(h, 0, 1));
    harness_settle(h);
    CHECK(!gic_cpuif_wake_request(harness_cpuif(h, 1)));
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 1));
    harness_settle(h);
    CHECK(gic_cpuif_wake_request(harness_cpuif(h, 1)));
    CHECK(!gic_cpuif_wake_request(harness_cpuif(h, 0)));
    mmio_write(h, gicr_address(1, GICR_WAKER), 4, 0);
    CHECK(!gic_cpuif_wake_request(harness_cpuif(h, 1)));
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 1);
    mmio_write(h, gicr_address(1, GICR_WAKER), 4, 2);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 2));
    harness_settle(h);
    CHECK(gic_cpuif_wake_request(harness_cpuif(h, 1))); /* each time it sleeps */
    return finish(h, wrong);
}

/* --- level and edge --- */

enum { PL011_SPI = 33 };

static void enable_spi(harness_t *h, uint32_t intid, uint64_t route)
{
    mmio_write(h, GICD + GICD_IROUTER + 8 * intid, 8, route);
    mmio_write(h, GICD + GICD_ISENABLER + intid / 32 * 4, 4, 1u << intid % 32);
}

const char *trap_level_stays_high(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    enable_spi(h, PL011_SPI, 1);
    spi_wire(h, PL011_SPI, true);
    CHECK(cores_with_irq(h) == only(1));
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == PL011_SPI);
    CHECK(cores_with_irq(h) == 0); /* active and pending */
    CHECK(mmio_read(h, GICD + GICD_ISPENDR + 4, 4) == 1 << 1);
    CHECK(mmio_read(h, GICD + GICD_ISACTIVER + 4, 4) == 1 << 1);
    icc_write(h, 1, ICC_EOIR1_EL1, PL011_SPI);
    CHECK(cores_with_irq(h) == only(1)); /* nobody has lowered the line */
    spi_wire(h, PL011_SPI, false);
    CHECK(cores_with_irq(h) == 0);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 1023);
    return finish(h, wrong);
}

const char *trap_edge_while_active(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    mmio_write(h, GICD + GICD_ICFGR + 4 * 2, 4, 2 << 2 * (PL011_SPI - 32));
    enable_spi(h, PL011_SPI, 1);
    spi_wire(h, PL011_SPI, true);
    spi_wire(h, PL011_SPI, false);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == PL011_SPI);
    harness_settle(h);
    CHECK(mmio_read(h, GICD + GICD_ISPENDR + 4, 4) == 0);
    spi_wire(h, PL011_SPI, true);
    CHECK(mmio_read(h, GICD + GICD_ISPENDR + 4, 4) == 1 << 1);
    CHECK(mmio_read(h, GICD + GICD_ISACTIVER + 4, 4) == 1 << 1);
    CHECK(cores_with_irq(h) == 0);
    icc_write(h, 1, ICC_EOIR1_EL1, PL011_SPI);
    CHECK(cores_with_irq(h) == only(1));
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == PL011_SPI);
    icc_write(h, 1, ICC_EOIR1_EL1, PL011_SPI);
    CHECK(cores_with_irq(h) == 0); /* the wire is high, but an edge is one interrupt */
    return finish(h, wrong);
}

const char *trap_sgi_while_active(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 8));
    harness_settle(h);
    CHECK(icc_read(h, 1, ICC_IAR1_EL1) == 8);
    harness_settle(h);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 8));
    CHECK(cores_with_irq(h) == 0);
    icc_write(h, 1, ICC_EOIR1_EL1, 8);
    CHECK(cores_with_irq(h) == only(1));
    return finish(h, wrong);
}

/* --- affinity routing of SPIs --- */

const char *trap_spi_affinity(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(20, 4, fault);
    enable_spi(h, 40, 3 << 8 | 2);
    spi_wire(h, 40, true);
    CHECK(cores_with_irq(h) == only(14));
    return finish(h, wrong);
}

/* --- 1-of-N --- */

const char *trap_one_of_n(gic_fault_t fault)
{
    enum { CORES = 8 };
    const char *wrong = NULL;
    harness_t *h = harness_booted(CORES, 0, fault);
    uint64_t taken[CORES];
    enable_spi(h, 40, UINT64_C(1) << 31);
    spi_wire(h, 40, true);
    icc_read_all(h, ICC_IAR1_EL1, taken);
    unsigned winners = 0, spurious = 0;
    for (unsigned i = 0; i < CORES; i++) {
        winners += taken[i] == 40;
        spurious += taken[i] == 1023;
    }
    CHECK(winners == 1);
    CHECK(spurious == CORES - 1);
    return finish(h, wrong);
}

/* --- Clear and Activate cross --- */

/* The SGI is disabled by a register write while its target acknowledges it `after_ps` later. */
static const char *disable_and_acknowledge(gic_fault_t fault, uint64_t after_ps, bool *ret_acknowledged)
{
    const char *wrong = NULL;
    harness_t *h = harness_booted(2, 0, fault);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, 5));
    harness_settle(h);
    mmio_post(h, gicr_address(1, GICR_ICENABLER0), 4, 1 << 5);
    harness_run_ps(h, after_ps);
    uint64_t intid = icc_read(h, 1, ICC_IAR1_EL1);
    harness_settle(h);
    *ret_acknowledged = intid == 5;
    CHECK(intid == 5 || intid == 1023);
    CHECK(!(mmio_read(h, gicr_address(1, GICR_CTLR), 4) & 8)); /* RWP */
    /* Acknowledged: active and not pending. Withdrawn: pending and not active. Nothing in between. */
    CHECK(mmio_read(h, gicr_address(1, GICR_ISACTIVER0), 4) == (*ret_acknowledged ? 1u << 5 : 0));
    CHECK(mmio_read(h, gicr_address(1, GICR_ISPENDR0), 4) == (*ret_acknowledged ? 0 : 1u << 5));
    mmio_write(h, gicr_address(1, GICR_ISENABLER0), 4, 1 << 5);
    CHECK(cores_with_irq(h) == (*ret_acknowledged ? 0 : only(1)));
    return finish(h, wrong);
}

const char *trap_clear_crosses_activate(gic_fault_t fault)
{
    const char *wrong = NULL;
    unsigned acknowledged = 0, withdrawn = 0;
    for (uint64_t after_ps = 1; after_ps < 20000 && !wrong; after_ps += 500) {
        bool was_acknowledged = false;
        wrong = disable_and_acknowledge(fault, after_ps, &was_acknowledged);
        was_acknowledged ? acknowledged++ : withdrawn++;
    }
    CHECK(acknowledged > 0);
    CHECK(withdrawn > 0);
    return wrong;
}
