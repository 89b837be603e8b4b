#include "check.h"
#include "its_bench.h"
#include "traps.h"

#include <stddef.h>

static uint64_t only(unsigned core)
{
    return UINT64_C(1) << core;
}

static const char *finish(its_bench_t *bench, const char *wrong)
{
    its_bench_done(bench);
    return wrong;
}

/* Core 1 acknowledges nothing until it is unmasked, so that LPIs stay pending. */
static void mask(its_bench_t *bench, bool masked)
{
    icc_write(bench->h, 1, ICC_PMR_EL1, masked ? 0 : 0xf0);
}

const char *trap_lpi_reaches_its_collection(gic_fault_t fault)
{
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    CHECK(its_errors(&bench) == 0);
    its_raise(&bench, 5);
    CHECK(cores_with_irq(bench.h) == only(1));
    CHECK(icc_read(bench.h, 1, ICC_IAR1_EL1) == BENCH_LPI + 5);
    return finish(&bench, wrong);
}

const char *trap_lpi_is_acknowledged_once(gic_fault_t fault)
{
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    its_raise(&bench, 5);
    CHECK(icc_read(bench.h, 1, ICC_IAR1_EL1) == BENCH_LPI + 5);
    CHECK(icc_read(bench.h, 1, ICC_RPR_EL1) == 0xa0);
    icc_write(bench.h, 1, ICC_EOIR1_EL1, BENCH_LPI + 5);
    CHECK(icc_read(bench.h, 1, ICC_RPR_EL1) == 0xff);
    CHECK(cores_with_irq(bench.h) == 0);
    its_raise(&bench, 5);
    CHECK(icc_read(bench.h, 1, ICC_IAR1_EL1) == BENCH_LPI + 5);
    its_raise(&bench, 5); /* LPIs have no active state: it is pending again at once */
    icc_write(bench.h, 1, ICC_EOIR1_EL1, BENCH_LPI + 5);
    CHECK(cores_with_irq(bench.h) == only(1));
    return finish(&bench, wrong);
}

const char *trap_lpi_priorities(gic_fault_t fault)
{
    static const uint8_t priority[] = {0xc0, 0x80, 0x40};
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    for (uint32_t event = 0; event < 3; event++) {
        its_configure(&bench, BENCH_LPI + event, priority[event], true);
        its_command(&bench, ITS_INV, BENCH_DEVICE, event, 0, 0);
    }
    mask(&bench, true);
    for (uint32_t event = 0; event < 3; event++)
        its_raise(&bench, event);
    mask(&bench, false);
    for (uint32_t event = 3; event-- > 0;) {
        harness_settle(bench.h);
        CHECK(icc_read(bench.h, 1, ICC_IAR1_EL1) == BENCH_LPI + event);
        CHECK(icc_read(bench.h, 1, ICC_RPR_EL1) == priority[event]);
        icc_write(bench.h, 1, ICC_EOIR1_EL1, BENCH_LPI + event);
    }
    return finish(&bench, wrong);
}

const char *trap_lpi_pending_while_disabled(gic_fault_t fault)
{
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    its_configure(&bench, BENCH_LPI + 7, 0xa0, false);
    its_command(&bench, ITS_INV, BENCH_DEVICE, 7, 0, 0);
    its_raise(&bench, 7);
    CHECK(cores_with_irq(bench.h) == 0);
    its_configure(&bench, BENCH_LPI + 7, 0xa0, true);
    its_command(&bench, ITS_INV, BENCH_DEVICE, 7, 0, 0);
    CHECK(its_run(&bench));
    CHECK(cores_with_irq(bench.h) == only(1));
    CHECK(icc_read(bench.h, 1, ICC_IAR1_EL1) == BENCH_LPI + 7);
    return finish(&bench, wrong);
}

/* Both INV, of one LPI, and INVALL, of a collection. */
const char *trap_inv_reads_the_configuration(gic_fault_t fault)
{
    const char *wrong = NULL;
    for (unsigned all = 0; all < 2; all++) {
        its_bench_t bench;
        its_bench_init(&bench, fault);
        mask(&bench, true);
        its_raise(&bench, 1); /* with its configuration read */
        its_configure(&bench, BENCH_LPI + 1, 0xa0, false);
        if (all)
            its_command(&bench, ITS_INVALL, 0, 0, 1, 0);
        else
            its_command(&bench, ITS_INV, BENCH_DEVICE, 1, 0, 0);
        CHECK(its_run(&bench));
        mask(&bench, false);
        CHECK(cores_with_irq(bench.h) == 0);
        its_bench_done(&bench);
    }
    return wrong;
}

/* Both MOVI, of one event, and MOVALL, of a redistributor. */
const char *trap_move_takes_pending_along(gic_fault_t fault)
{
    const char *wrong = NULL;
    for (unsigned all = 0; all < 2; all++) {
        its_bench_t bench;
        its_bench_init(&bench, fault);
        mask(&bench, true);
        its_raise(&bench, 4);
        if (all)
            its_command(&bench, ITS_MOVALL, 0, 0, 1 << 16, 2 << 16);
        else
            its_command(&bench, ITS_MOVI, BENCH_DEVICE, 4, 2, 0);
        CHECK(its_run(&bench));
        mask(&bench, false);
        CHECK(cores_with_irq(bench.h) == only(2));
        CHECK(icc_read(bench.h, 2, ICC_IAR1_EL1) == BENCH_LPI + 4);
        CHECK(its_errors(&bench) == 0);
        its_bench_done(&bench);
    }
    return wrong;
}

const char *trap_discard_clears_pending(gic_fault_t fault)
{
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    mask(&bench, true);
    its_raise(&bench, 4);
    its_command(&bench, ITS_DISCARD, BENCH_DEVICE, 4, 0, 0);
    CHECK(its_run(&bench));
    mask(&bench, false);
    CHECK(cores_with_irq(bench.h) == 0);
    CHECK(its_errors(&bench) == 0);
    its_raise(&bench, 4);
    CHECK(its_errors(&bench) == 1); /* the event is not mapped any more */
    return finish(&bench, wrong);
}

const char *trap_queue_wraps(gic_fault_t fault)
{
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    for (unsigned round = 0; round < 4 && !wrong; round++) {
        for (unsigned i = 0; i < 100; i++)
            its_command(&bench, ITS_CLEAR, BENCH_DEVICE, i % BENCH_EVENTS, 0, 0);
        CHECK(its_run(&bench));
    }
    CHECK(its_errors(&bench) == 0);
    return finish(&bench, wrong);
}

const char *trap_disabled_lpis_are_stored(gic_fault_t fault)
{
    enum { TABLE = BENCH_PENDING + 0x10000 + BENCH_LPI / 8 };
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    mask(&bench, true);
    its_raise(&bench, 3);
    its_raise(&bench, 17);
    mmio_post(bench.h, gicr_address(1, GICR_CTLR), 4, 0);
    CHECK((mmio_read(bench.h, gicr_address(1, GICR_CTLR), 4) & 0xb) == 0xa); /* RWP, CES */
    CHECK((mmio_read(bench.h, gicr_address(1, GICR_CTLR), 4) & 0xb) == 0x2);
    CHECK(its_memory(&bench, TABLE) == (1 << 3 | 1 << 17));
    mask(&bench, false);
    CHECK(cores_with_irq(bench.h) == 0);
    its_raise(&bench, 4); /* is lost */
    mmio_write(bench.h, gicr_address(1, GICR_PENDBASER), 8, HARNESS_RAM + BENCH_PENDING + 0x10000);
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 1);
    CHECK(icc_read(bench.h, 1, ICC_IAR1_EL1) == BENCH_LPI + 3);
    icc_write(bench.h, 1, ICC_EOIR1_EL1, BENCH_LPI + 3);
    harness_settle(bench.h);
    CHECK(icc_read(bench.h, 1, ICC_IAR1_EL1) == BENCH_LPI + 17);
    icc_write(bench.h, 1, ICC_EOIR1_EL1, BENCH_LPI + 17);
    CHECK(cores_with_irq(bench.h) == 0);
    CHECK(its_errors(&bench) == 0);
    return finish(&bench, wrong);
}

/* Commands that name what lies behind the tables change nothing there. */
const char *trap_tables_end(gic_fault_t fault)
{
    const char *wrong = NULL;
    its_bench_t bench;
    its_bench_init(&bench, fault);
    its_command(&bench, ITS_MAPD, BENCH_TABLE_ENTRIES, 4, BENCH_VALID | (HARNESS_RAM + BENCH_TRANSLATIONS), 0);
    its_command(&bench, ITS_MAPC, 0, 0, BENCH_VALID | BENCH_TABLE_ENTRIES, 0);
    its_command(&bench, ITS_MAPTI, BENCH_DEVICE, BENCH_EVENTS | (uint64_t)BENCH_LPI << 32, 1, 0);
    its_command(&bench, ITS_MAPTI, BENCH_DEVICE, (uint64_t)BENCH_LPI << 32, BENCH_TABLE_ENTRIES, 0);
    CHECK(its_run(&bench));
    CHECK(its_errors(&bench) == 4);
    CHECK(its_memory(&bench, BENCH_DEVICES + 8 * BENCH_TABLE_ENTRIES) == 0);
    CHECK(its_memory(&bench, BENCH_COLLECTIONS + 8 * BENCH_TABLE_ENTRIES) == 0);
    CHECK(its_memory(&bench, BENCH_TRANSLATIONS + 8 * BENCH_EVENTS) == 0);
    its_raise(&bench, 0);
    CHECK(cores_with_irq(bench.h) == only(1));
    return finish(&bench, wrong);
}
