/* Random commands in and beside the tables of an ITS, random register writes under it, random memory. Whatever a guest
 * does, the ITS comes to rest, and works by the book afterwards. */
#include "base/random.h"
#include "its_bench.h"

#include <criterion/criterion.h>
#include <string.h>

enum { COMMANDS = 100000, SLICE_PS = 10000000 };

typedef struct storm {
    its_bench_t bench;
    base_random_t random;
    uint64_t commands; /* put into the queue */
} storm_t;

static uint64_t below(storm_t *s, uint64_t limit)
{
    return base_random_below(&s->random, limit);
}

static bool one_in(storm_t *s, unsigned n)
{
    return below(s, n) == 0;
}

/* Mostly in RAM, sometimes at its edges, sometimes anywhere. */
static uint64_t some_address(storm_t *s)
{
    switch (below(s, 8)) {
    case 0: return base_random_next(&s->random);
    case 1: return GICD + below(s, 0x200000);
    case 2: return HARNESS_RAM + HARNESS_RAM_BYTES - below(s, 0x2000);
    default: return HARNESS_RAM + below(s, HARNESS_RAM_BYTES);
    }
}

/* --- commands --- */

static uint64_t some_core(storm_t *s)
{
    return one_in(s, 16) ? base_random_next(&s->random) : below(s, BENCH_CORES);
}

static uint64_t some_collection(storm_t *s)
{
    return one_in(s, 16) ? below(s, 0x10000) : below(s, BENCH_CORES + 1);
}

static uint64_t some_device(storm_t *s)
{
    return one_in(s, 16) ? below(s, UINT64_C(1) << 32) : one_in(s, 4) ? below(s, 600) : (uint64_t)BENCH_DEVICE;
}

static uint64_t some_event(storm_t *s)
{
    return one_in(s, 16) ? below(s, UINT64_C(1) << 32) : below(s, BENCH_EVENTS);
}

static uint64_t some_lpi(storm_t *s)
{
    return one_in(s, 16) ? below(s, UINT64_C(1) << 32) : BENCH_LPI + below(s, 64);
}

static void put_command(storm_t *s)
{
    static const uint8_t opcodes[] = {ITS_MOVI,  ITS_INT, ITS_CLEAR,  ITS_SYNC,   ITS_MAPD,    ITS_MAPC, ITS_MAPTI,
                                      ITS_MAPTI, ITS_INV, ITS_INVALL, ITS_MOVALL, ITS_DISCARD, ITS_INT,  ITS_INT};
    const uint64_t opcode = one_in(s, 32) ? below(s, 256) : opcodes[below(s, sizeof(opcodes))];
    const uint64_t valid = one_in(s, 8) ? 0 : BENCH_VALID;
    uint64_t word1 = some_event(s) | some_lpi(s) << 32, word2 = some_collection(s), word3 = 0;
    if (opcode == ITS_MAPC || opcode == ITS_SYNC) {
        word2 = valid | some_core(s) << 16 | some_collection(s);
    } else if (opcode == ITS_MOVALL) {
        word2 = some_core(s) << 16;
        word3 = some_core(s) << 16;
    } else if (opcode == ITS_MAPD) {
        word1 = one_in(s, 4) ? below(s, 64) : UINT64_C(4);
        word2 = valid | (one_in(s, 4) ? some_address(s) : HARNESS_RAM + BENCH_TRANSLATIONS);
    }
    its_command(&s->bench, opcode, some_device(s), word1, word2, word3);
    s->commands++;
}

/* --- everything else --- */

static void write_its_register(storm_t *s)
{
    static const uint32_t offsets[] = {GITS_CTLR, GITS_CBASER, GITS_CWRITER, GITS_BASER, GITS_BASER + 8};
    const uint32_t offset = one_in(s, 2) ? (uint32_t)GITS_CTLR : offsets[below(s, 5)];
    const uint64_t bits = one_in(s, 2) ? base_random_next(&s->random) : BENCH_VALID | below(s, 0x1000);
    if (offset == GITS_CTLR)
        mmio_post(s->bench.h, GITS + offset, 4, !one_in(s, 4));
    else if (offset == GITS_CWRITER)
        mmio_post(s->bench.h, GITS + offset, 8, below(s, 0x100000));
    else
        mmio_post(s->bench.h, GITS + offset, 8,
                  (some_address(s) & ~UINT64_C(0xfff)) | (bits & ~(UINT64_C(0xff) << 40)));
}

static void write_redistributor(storm_t *s)
{
    const unsigned core = (unsigned)below(s, BENCH_CORES);
    switch (below(s, 4)) {
    case 0:
        mmio_post(s->bench.h, gicr_address(core, GICR_CTLR), 4, one_in(s, 2) ? base_random_next(&s->random) : 1);
        break;
    case 1:
        mmio_post(s->bench.h, gicr_address(core, GICR_PROPBASER), 8,
                  (some_address(s) & ~UINT64_C(0xfff)) | below(s, 32));
        break;
    case 2:
        mmio_post(s->bench.h, gicr_address(core, GICR_PENDBASER), 8, some_address(s) | (one_in(s, 2) ? BENCH_PTZ : 0));
        break;
    default: mmio_post(s->bench.h, gicr_address(core, GICR_WAKER), 4, one_in(s, 4) ? 2 : 0); break;
    }
}

static void poke_memory(storm_t *s)
{
    static const uint32_t tables[] = {BENCH_CONFIGURATION, BENCH_DEVICES, BENCH_COLLECTIONS, BENCH_QUEUE,
                                      BENCH_TRANSLATIONS};
    const uint64_t value = base_random_next(&s->random) & (one_in(s, 2) ? UINT64_MAX : ~(UINT64_C(0xffff) << 48));
    const uint64_t at = tables[below(s, 5)] + 8 * below(s, 64);
    memcpy(harness_ram(s->bench.h) + at, &value, sizeof(value));
}

static void take_interrupts(storm_t *s)
{
    for (unsigned core = 0; core < BENCH_CORES; core++) {
        if (one_in(s, 3))
            continue;
        const uint64_t intid = icc_read(s->bench.h, core, ICC_IAR1_EL1);
        if (intid < 1020 || intid >= BENCH_LPI)
            icc_write(s->bench.h, core, ICC_EOIR1_EL1, intid);
    }
}

/* Of any size and alignment within a doubleword. */
static void write_somewhere(storm_t *s)
{
    const uint64_t frame = one_in(s, 2) ? GITS : GICR;
    const unsigned size_bytes = 1u << below(s, 4);
    mmio_post(s->bench.h, frame + 8 * below(s, 0x4000) + below(s, 9 - size_bytes), size_bytes,
              base_random_next(&s->random));
}

static void disturb(storm_t *s)
{
    harness_t *h = s->bench.h;
    switch (below(s, 12)) {
    case 0: write_its_register(s); break;
    case 1: write_redistributor(s); break;
    case 2: poke_memory(s); break;
    case 3: mmio_post(h, GITS + GITS_TRANSLATER, one_in(s, 4) ? 2 : 4, some_event(s)); break;
    case 4: mmio_post(h, GICD + GICD_CTLR, 4, one_in(s, 4) ? 0 : 2); break;
    case 5: icc_write(h, (unsigned)below(s, BENCH_CORES), ICC_IGRPEN1_EL1, !one_in(s, 4)); break;
    case 6: write_somewhere(s); break;
    default: take_interrupts(s); break;
    }
}

/* All that was set up is made good, and an event of it arrives. */
static void check_works(storm_t *s)
{
    harness_t *h = s->bench.h;
    harness_boot(h);
    for (unsigned core = 0; core < BENCH_CORES; core++)
        icc_write(h, core, ICC_PMR_EL1, 0);
    its_bench_set_up(&s->bench);
    cr_assert_eq(mmio_read(h, GITS + GITS_CREADR, 8), s->bench.written, "the ITS does not take its commands");
    icc_write(h, 1, ICC_PMR_EL1, 0xf0);
    its_raise(&s->bench, 6);
    uint64_t intid = icc_read(h, 1, ICC_IAR1_EL1);
    while (intid < 1020) { /* what the storm left pending comes first where it has a lower INTID */
        icc_write(h, 1, ICC_EOIR1_EL1, intid);
        harness_settle(h);
        intid = icc_read(h, 1, ICC_IAR1_EL1);
    }
    cr_assert_eq(intid, BENCH_LPI + 6);
    icc_write(h, 1, ICC_EOIR1_EL1, intid);
    for (unsigned core = 0; core < BENCH_CORES; core++)
        icc_write(h, core, ICC_PMR_EL1, 0xf0);
    harness_settle(h);
}

Test(gic_its, outlives_100000_random_commands_and_register_writes, .timeout = 300)
{
    storm_t s = {.commands = 0};
    its_bench_init(&s.bench, GIC_FAULT_NONE);
    base_random_init(&s.random, 20240607);
    const gic_distributor_stats_t *stats = gic_distributor_stats(harness_distributor(s.bench.h));
    uint64_t rounds = 0;
    for (; s.commands < COMMANDS; rounds++) {
        for (uint64_t i = below(&s, 20); i-- > 0;)
            put_command(&s);
        mmio_post(s.bench.h, GITS + GITS_CWRITER, 8, s.bench.written);
        disturb(&s);
        harness_run_ps(s.bench.h, below(&s, SLICE_PS));
        if (one_in(&s, 40))
            check_works(&s);
    }
    check_works(&s);
    cr_log_info("%lu rounds, %lu commands taken, %lu LPIs, %lu lost, %lu errors", rounds, stats->its_commands,
                stats->lpis_pended, stats->lpis_dropped, its_errors(&s.bench));
    cr_assert_gt(stats->lpis_pended, COMMANDS / 20);
    cr_assert_gt(its_errors(&s.bench), COMMANDS / 20);
    its_bench_done(&s.bench);
}
