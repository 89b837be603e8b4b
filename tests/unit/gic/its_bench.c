#include "its_bench.h"

#include <string.h>

enum { RUN_PS = 20000000, RUN_STEP_PS = 1000000, QUIET_STEPS = 1000 };

uint64_t its_memory(its_bench_t *bench, uint32_t offset)
{
    uint64_t value;
    memcpy(&value, harness_ram(bench->h) + offset, sizeof(value));
    return value;
}

void its_configure(its_bench_t *bench, uint32_t lpi, uint8_t priority, bool enabled)
{
    harness_ram(bench->h)[BENCH_CONFIGURATION + lpi - BENCH_LPI] = priority | enabled;
}

void its_command(its_bench_t *bench, uint64_t opcode, uint64_t device, uint64_t word1, uint64_t word2, uint64_t word3)
{
    const uint64_t words[] = {opcode | device << 32, word1, word2, word3};
    memcpy(harness_ram(bench->h) + BENCH_QUEUE + bench->written, words, sizeof(words));
    bench->written = (bench->written + sizeof(words)) % BENCH_QUEUE_BYTES;
}

bool its_run(its_bench_t *bench)
{
    mmio_post(bench->h, GITS + GITS_CWRITER, 8, bench->written);
    harness_run_ps(bench->h, RUN_PS);
    if (!harness_is_idle(bench->h))
        return false;
    return mmio_read(bench->h, GITS + GITS_CREADR, 8) == bench->written;
}

void its_raise(its_bench_t *bench, uint32_t event)
{
    its_command(bench, ITS_INT, BENCH_DEVICE, event, 0, 0);
    its_run(bench);
}

uint64_t its_errors(its_bench_t *bench)
{
    return gic_distributor_guest_log(harness_distributor(bench->h))->count;
}

/* --- setting up --- */

/* Reads until none of `bits` is set; the writes before may take their time. */
static void wait_for_clear(its_bench_t *bench, uint64_t address, uint32_t bits)
{
    for (unsigned step = 0; step < QUIET_STEPS && mmio_read(bench->h, address, 4) & bits; step++)
        harness_run_ps(bench->h, RUN_STEP_PS);
}

static void stop(its_bench_t *bench)
{
    mmio_write(bench->h, GITS + GITS_CTLR, 4, 0);
    for (unsigned step = 0; step < QUIET_STEPS && !(mmio_read(bench->h, GITS + GITS_CTLR, 4) >> 31); step++)
        harness_run_ps(bench->h, RUN_STEP_PS);
    for (unsigned core = 0; core < BENCH_CORES; core++) {
        mmio_write(bench->h, gicr_address(core, GICR_CTLR), 4, 0);
        wait_for_clear(bench, gicr_address(core, GICR_CTLR), 1 << 3 /* RWP */);
    }
}

static void map_everything(its_bench_t *bench)
{
    for (unsigned core = 0; core < BENCH_CORES; core++)
        its_command(bench, ITS_MAPC, 0, 0, BENCH_VALID | core << 16 | core, 0);
    its_command(bench, ITS_MAPD, BENCH_DEVICE, 4 /* 5 bits of EventID */,
                BENCH_VALID | (HARNESS_RAM + BENCH_TRANSLATIONS), 0);
    for (uint64_t event = 0; event < BENCH_EVENTS; event++)
        its_command(bench, ITS_MAPTI, BENCH_DEVICE, event | (BENCH_LPI + event) << 32, 1, 0);
    its_run(bench);
}

void its_bench_set_up(its_bench_t *bench)
{
    harness_t *h = bench->h;
    stop(bench);
    memset(harness_ram(h), 0, HARNESS_RAM_BYTES);
    memset(harness_ram(h) + BENCH_CONFIGURATION, 0xa1, 0x10000 - BENCH_LPI);
    for (unsigned core = 0; core < BENCH_CORES; core++) {
        mmio_write(h, gicr_address(core, GICR_PROPBASER), 8, (HARNESS_RAM + BENCH_CONFIGURATION) | 15);
        mmio_write(h, gicr_address(core, GICR_PENDBASER), 8,
                   BENCH_PTZ | (HARNESS_RAM + BENCH_PENDING + core * 0x10000));
        mmio_write(h, gicr_address(core, GICR_CTLR), 4, 1);
    }
    mmio_write(h, GITS + GITS_BASER, 8, BENCH_VALID | (HARNESS_RAM + BENCH_DEVICES));
    mmio_write(h, GITS + GITS_BASER + 8, 8, BENCH_VALID | (HARNESS_RAM + BENCH_COLLECTIONS));
    mmio_write(h, GITS + GITS_CBASER, 8, BENCH_VALID | (HARNESS_RAM + BENCH_QUEUE));
    mmio_write(h, GITS + GITS_CWRITER, 8, 0);
    mmio_write(h, GITS + GITS_CTLR, 4, 1);
    bench->written = 0;
    map_everything(bench);
}

void its_bench_init(its_bench_t *bench, gic_fault_t fault)
{
    *bench = (its_bench_t){.h = harness_new(&(harness_config_t){.cores = BENCH_CORES, .its = true, .fault = fault})};
    harness_boot(bench->h);
    its_bench_set_up(bench);
}

void its_bench_done(its_bench_t *bench)
{
    harness_free(bench->h);
}
