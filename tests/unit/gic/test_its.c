/* The ITS and the redistributors' side of LPIs at the edges: what is UNPREDICTABLE, in error, or still under way. */
#include "its_bench.h"

#include <criterion/criterion.h>
#include <string.h>

static its_bench_t fresh(void)
{
    its_bench_t bench;
    its_bench_init(&bench, GIC_FAULT_NONE);
    cr_assert_eq(its_errors(&bench), 0);
    return bench;
}

/* The text of the last guest error. */
static const char *last_error(its_bench_t *bench)
{
    const observe_guest_log_t *log = gic_distributor_guest_log(harness_distributor(bench->h));
    return log->first[log->count - 1].text;
}

/* --- registers that must not change now --- */

Test(gic_gits, queue_and_tables_do_not_change_while_the_its_is_enabled)
{
    its_bench_t bench = fresh();
    static const uint64_t offsets[] = {GITS_CBASER, GITS_BASER, GITS_BASER + 8};
    for (unsigned i = 0; i < 3; i++) {
        const uint64_t before = mmio_read(bench.h, GITS + offsets[i], 8);
        mmio_write(bench.h, GITS + offsets[i], 8, 0);
        cr_assert_eq(mmio_read(bench.h, GITS + offsets[i], 8), before);
        cr_assert_eq(its_errors(&bench), i + 1);
    }
    mmio_write(bench.h, GITS + GITS_CTLR, 4, 0);
    cr_assert_eq(mmio_read(bench.h, GITS + GITS_CTLR, 4), 0x80000000);
    mmio_write(bench.h, GITS + GITS_CBASER, 8, BENCH_VALID | (HARNESS_RAM + BENCH_QUEUE));
    cr_assert_eq(mmio_read(bench.h, GITS + GITS_CREADR, 8), 0, "the queue begins anew");
    cr_assert_eq(its_errors(&bench), 3);
    its_bench_done(&bench);
}

Test(gic_gits, is_not_quiescent_before_the_command_under_way_is_done)
{
    its_bench_t bench = fresh();
    its_command(&bench, ITS_INT, BENCH_DEVICE, 0, 0, 0);
    mmio_post(bench.h, GITS + GITS_CWRITER, 8, bench.written);
    harness_run_ps(bench.h, 10000); /* the write has arrived, and memory has not answered */
    mmio_post(bench.h, GITS + GITS_CTLR, 4, 0);
    cr_assert_eq(mmio_read(bench.h, GITS + GITS_CTLR, 4), 0);
    cr_assert_eq(mmio_read(bench.h, GITS + GITS_CTLR, 4), 0x80000000);
    cr_assert_eq(mmio_read(bench.h, GITS + GITS_CREADR, 8), bench.written, "what was begun is finished");
    its_bench_done(&bench);
}

Test(gic_gicr, tables_of_lpis_do_not_change_while_lpis_are_enabled)
{
    its_bench_t bench = fresh();
    const uint64_t properties = mmio_read(bench.h, gicr_address(1, GICR_PROPBASER), 8);
    mmio_write(bench.h, gicr_address(1, GICR_PROPBASER), 8, 0);
    mmio_write(bench.h, gicr_address(1, GICR_PENDBASER), 8, 0);
    cr_assert_eq(mmio_read(bench.h, gicr_address(1, GICR_PROPBASER), 8), properties);
    cr_assert_neq(mmio_read(bench.h, gicr_address(1, GICR_PENDBASER), 8), 0);
    cr_assert_eq(its_errors(&bench), 2);
    its_bench_done(&bench);
}

Test(gic_gicr, enable_lpis_waits_for_rwp)
{
    its_bench_t bench = fresh();
    mmio_post(bench.h, gicr_address(1, GICR_CTLR), 4, 0);
    mmio_post(bench.h, gicr_address(1, GICR_CTLR), 4, 1);
    mmio_post(bench.h, gicr_address(1, GICR_PROPBASER), 8, 0);
    harness_settle(bench.h);
    cr_assert_eq(mmio_read(bench.h, gicr_address(1, GICR_CTLR), 4), 2);
    cr_assert_neq(mmio_read(bench.h, gicr_address(1, GICR_PROPBASER), 8), 0);
    cr_assert_eq(its_errors(&bench), 2);
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 1);
    its_raise(&bench, 6);
    cr_assert_eq(cores_with_irq(bench.h), 2);
    its_bench_done(&bench);
}

Test(gic_gicr, lpis_disabled_at_the_cpu_interface_are_withdrawn_and_stored)
{
    its_bench_t bench = fresh();
    its_raise(&bench, 6);
    cr_assert_eq(cores_with_irq(bench.h), 2);
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 0);
    cr_assert_eq(cores_with_irq(bench.h), 0);
    cr_assert_eq(its_memory(&bench, BENCH_PENDING + 0x10000 + BENCH_LPI / 8), 1 << 6);
    cr_assert_eq(mmio_read(bench.h, gicr_address(1, GICR_CTLR), 4), 2);
    its_bench_done(&bench);
}

Test(gic_gicr, pending_table_outside_ram_is_a_guest_error)
{
    its_bench_t bench = fresh();
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 0);
    mmio_write(bench.h, gicr_address(1, GICR_PENDBASER), 8, GICD);
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 1);
    harness_settle(bench.h);
    cr_assert_eq(its_errors(&bench), 1);
    cr_assert_str_eq(last_error(&bench), "ITS: reading a pending table: memory outside RAM: ignored");
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 0);
    cr_assert_eq(its_errors(&bench), 2);
    cr_assert_str_eq(last_error(&bench), "ITS: writing a pending table: memory outside RAM: ignored");
    cr_assert_eq(mmio_read(bench.h, gicr_address(1, GICR_CTLR), 4), 2, "and is done with");
    its_bench_done(&bench);
}

Test(gic_gits, takes_its_tables_while_a_redistributor_reads_its_own)
{
    its_bench_t bench = fresh();
    mmio_write(bench.h, GITS + GITS_CTLR, 4, 0);
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 0);
    mmio_write(bench.h, gicr_address(1, GICR_PENDBASER), 8, HARNESS_RAM + BENCH_PENDING);
    mmio_post(bench.h, gicr_address(1, GICR_CTLR), 4, 1);
    mmio_post(bench.h, GITS + GITS_BASER, 8, 0);
    harness_settle(bench.h);
    cr_assert_eq(mmio_read(bench.h, GITS + GITS_BASER, 8) >> 63, 0);
    cr_assert_eq(its_errors(&bench), 0);
    its_bench_done(&bench);
}

/* The largest one with all bits set; its only LPI of a high priority comes first. */
Test(gic_gicr, full_pending_table_is_loaded, .timeout = 60)
{
    its_bench_t bench = fresh();
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 0);
    memset(harness_ram(bench.h) + 0x200000, 0xff, 0x2000);
    memset(harness_ram(bench.h) + BENCH_CONFIGURATION, 0xa1, 0x10000 - BENCH_LPI);
    its_configure(&bench, 60000, 0x40, true);
    icc_write(bench.h, 1, ICC_PMR_EL1, 0);
    mmio_write(bench.h, gicr_address(1, GICR_PENDBASER), 8, HARNESS_RAM + 0x200000);
    mmio_write(bench.h, gicr_address(1, GICR_CTLR), 4, 1);
    while (!harness_is_idle(bench.h))
        harness_run_ps(bench.h, 1000000000);
    cr_assert_geq(gic_distributor_stats(harness_distributor(bench.h))->lpis_pended, 0x10000 - BENCH_LPI);
    icc_write(bench.h, 1, ICC_PMR_EL1, 0xf0);
    cr_assert_eq(icc_read(bench.h, 1, ICC_IAR1_EL1), 60000);
    icc_write(bench.h, 1, ICC_EOIR1_EL1, 60000);
    harness_settle(bench.h);
    cr_assert_eq(icc_read(bench.h, 1, ICC_IAR1_EL1), BENCH_LPI);
    its_bench_done(&bench);
}

/* --- RWP --- */

Test(gic_rwp, covers_lpis_when_group_1_is_disabled)
{
    its_bench_t bench = fresh();
    its_raise(&bench, 6);
    mmio_post(bench.h, GICD + GICD_CTLR, 4, 0);
    cr_assert_eq(mmio_read(bench.h, GICD + GICD_CTLR, 4), 0x80000050);
    cr_assert_eq(mmio_read(bench.h, GICD + GICD_CTLR, 4), 0x50);
    cr_assert_eq(cores_with_irq(bench.h), 0);
    its_bench_done(&bench);
}

Test(gic_rwp, of_a_core_that_declines_1_of_n_is_set_until_the_interrupt_has_left_it)
{
    harness_t *h = harness_booted(2, 0, GIC_FAULT_NONE);
    mmio_write(h, GICD + GICD_IROUTER + 8 * 33, 8, UINT64_C(1) << 31);
    mmio_write(h, GICD + GICD_ISENABLER + 4, 4, 2);
    spi_wire(h, 33, true);
    cr_assert_eq(cores_with_irq(h), 1);
    mmio_post(h, gicr_address(0, GICR_CTLR), 4, 1 << 25);
    cr_assert_eq(mmio_read(h, gicr_address(0, GICR_CTLR), 4), 1 << 25 | 1 << 3);
    cr_assert_eq(mmio_read(h, gicr_address(0, GICR_CTLR), 4), 1 << 25);
    cr_assert_eq(cores_with_irq(h), 2);
    harness_free(h);
}

/* --- addresses and numbers --- */

Test(gic_gits, writer_beyond_the_queue_is_a_guest_error_that_takes_no_command)
{
    its_bench_t bench = fresh();
    const uint64_t commands = gic_distributor_stats(harness_distributor(bench.h))->its_commands;
    mmio_write(bench.h, GITS + GITS_CWRITER, 8, BENCH_QUEUE_BYTES);
    cr_assert_eq(its_errors(&bench), 1);
    cr_assert_eq(gic_distributor_stats(harness_distributor(bench.h))->its_commands, commands);
    its_raise(&bench, 6);
    cr_assert_eq(cores_with_irq(bench.h), 2);
    its_bench_done(&bench);
}

Test(gic_gits, translater_takes_words_and_the_lower_halfword)
{
    its_bench_t bench = fresh();
    /* What cores write is of device 0. */
    its_command(&bench, ITS_MAPD, 0, 4, BENCH_VALID | (HARNESS_RAM + BENCH_TRANSLATIONS + 0x1000), 0);
    its_command(&bench, ITS_MAPTI, 0, 9 | UINT64_C(8300) << 32, 2, 0);
    cr_assert(its_run(&bench));
    mmio_write(bench.h, GITS + GITS_TRANSLATER, 2, 9);
    cr_assert_eq(icc_read(bench.h, 2, ICC_IAR1_EL1), 8300);
    icc_write(bench.h, 2, ICC_EOIR1_EL1, 8300);
    mmio_write(bench.h, GITS + GITS_TRANSLATER, 4, 9);
    cr_assert_eq(icc_read(bench.h, 2, ICC_IAR1_EL1), 8300);
    icc_write(bench.h, 2, ICC_EOIR1_EL1, 8300);
    cr_assert_eq(its_errors(&bench), 0);
    mmio_write(bench.h, GITS + GITS_TRANSLATER + 2, 2, 9);
    cr_assert_eq(its_errors(&bench), 1);
    cr_assert_eq(cores_with_irq(bench.h), 0);
    its_bench_done(&bench);
}

/* A queue and tables outside RAM, one after the other: each command fails, and the ITS comes to the end. */
Test(gic_gits, queue_and_tables_outside_ram_are_guest_errors)
{
    static const uint64_t nowhere[] = {0, GICD, HARNESS_RAM + HARNESS_RAM_BYTES, UINT64_C(0x0000fffffffff000)};
    for (unsigned i = 0; i < 12; i++) {
        its_bench_t bench = fresh();
        const uint64_t offset = i < 4 ? GITS_CBASER : i < 8 ? GITS_BASER : GITS_BASER + 8;
        mmio_write(bench.h, GITS + GITS_CTLR, 4, 0);
        mmio_write(bench.h, GITS + GITS_CBASER, 8, BENCH_VALID | (HARNESS_RAM + BENCH_QUEUE));
        mmio_write(bench.h, GITS + offset, 8, BENCH_VALID | nowhere[i % 4]);
        bench.written = 0;
        mmio_write(bench.h, GITS + GITS_CWRITER, 8, 0);
        mmio_write(bench.h, GITS + GITS_CTLR, 4, 1);
        its_raise(&bench, 6);
        cr_assert_eq(mmio_read(bench.h, GITS + GITS_CREADR, 8), bench.written);
        cr_assert_eq(its_errors(&bench), 1, "%u: %lu errors", i, its_errors(&bench));
        cr_assert_eq(cores_with_irq(bench.h), 0);
        its_bench_done(&bench);
    }
}

/* GITS_BASER.Indirect: an entry of the first level that is not valid, and one that leads outside RAM. */
Test(gic_gits, two_level_tables_with_bad_pages_are_guest_errors)
{
    static const uint64_t first_level[] = {0, HARNESS_RAM + BENCH_DEVICES, BENCH_VALID, BENCH_VALID | GICD,
                                           BENCH_VALID | UINT64_C(0x000ffffffffff000)};
    for (unsigned i = 0; i < 5; i++) {
        its_bench_t bench = fresh();
        uint8_t *level = harness_ram(bench.h) + 0x200000;
        for (unsigned byte = 0; byte < 8; byte++)
            level[byte] = (uint8_t)(first_level[i] >> 8 * byte);
        mmio_write(bench.h, GITS + GITS_CTLR, 4, 0);
        mmio_write(bench.h, GITS + GITS_BASER, 8, BENCH_VALID | UINT64_C(1) << 62 | (HARNESS_RAM + 0x200000));
        mmio_write(bench.h, GITS + GITS_CTLR, 4, 1);
        its_command(&bench, ITS_MAPD, BENCH_DEVICE, 4, BENCH_VALID | (HARNESS_RAM + BENCH_TRANSLATIONS), 0);
        its_raise(&bench, 6);
        cr_assert_eq(mmio_read(bench.h, GITS + GITS_CREADR, 8), bench.written);
        cr_assert_eq(its_errors(&bench), 2, "%u: %lu errors", i, its_errors(&bench));
        its_bench_done(&bench);
    }
}

/* With pages of 16 KB bits 13:12 of the address are RES0; with 64 KB bits 15:12 are bits 51:48 of it. */
Test(gic_gits, table_addresses_follow_the_page_size)
{
    static const uint64_t baser[] = {BENCH_VALID | UINT64_C(1) << 8 | (HARNESS_RAM + 0x203000),
                                     BENCH_VALID | UINT64_C(2) << 8 | (HARNESS_RAM + 0x200000),
                                     BENCH_VALID | UINT64_C(3) << 8 | (HARNESS_RAM + 0x200000)};
    for (unsigned i = 0; i < 3; i++) {
        its_bench_t bench = fresh();
        mmio_write(bench.h, GITS + GITS_CTLR, 4, 0);
        mmio_write(bench.h, GITS + GITS_BASER, 8, baser[i]);
        mmio_write(bench.h, GITS + GITS_CTLR, 4, 1);
        its_command(&bench, ITS_MAPD, 5, 4, BENCH_VALID | (HARNESS_RAM + BENCH_TRANSLATIONS), 0);
        cr_assert(its_run(&bench));
        cr_assert_neq(its_memory(&bench, 0x200000 + 8 * 5), 0, "%u", i);
        cr_assert_eq(its_errors(&bench), 0);
        its_bench_done(&bench);
    }
}

/* What a device and a collection entry hold is in the guest's hands. */
Test(gic_gits, entries_that_no_command_wrote_are_guest_errors)
{
    for (unsigned kind = 0; kind < 3; kind++) {
        its_bench_t bench = fresh();
        uint8_t *ram = harness_ram(bench.h);
        const uint32_t at[] = {BENCH_DEVICES + 8 * BENCH_DEVICE, BENCH_COLLECTIONS + 8, BENCH_TRANSLATIONS + 8 * 6};
        for (unsigned byte = 0; byte < 8; byte++)
            ram[at[kind] + byte] = 0xff;
        its_raise(&bench, 6);
        cr_assert_eq(mmio_read(bench.h, GITS + GITS_CREADR, 8), bench.written);
        cr_assert_eq(its_errors(&bench), 1, "%u: %lu errors", kind, its_errors(&bench));
        its_bench_done(&bench);
    }
}
