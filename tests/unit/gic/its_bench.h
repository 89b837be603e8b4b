/* Three cores, an ITS with its tables in the harness's RAM, and software that drives it by the book. */
#ifndef MESIM_TESTS_GIC_ITS_BENCH_H
#define MESIM_TESTS_GIC_ITS_BENCH_H

#include "harness.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BENCH_CORES = 3,
    BENCH_LPI = 8192,
    BENCH_DEVICE = 3, /* mapped, with BENCH_EVENTS events; event n is LPI 8192 + n in collection 1 */
    BENCH_EVENTS = 32,
    /* Where things are, from HARNESS_RAM on. */
    BENCH_CONFIGURATION = 0x10000,
    BENCH_PENDING = 0x20000, /* 64 KB a core */
    BENCH_DEVICES = 0x100000,
    BENCH_COLLECTIONS = 0x110000,
    BENCH_QUEUE = 0x120000, /* 4 KB, as the two tables before it */
    BENCH_TRANSLATIONS = 0x130000,
    BENCH_QUEUE_BYTES = 0x1000,
    BENCH_TABLE_ENTRIES = 512,
};

enum {
    GITS_CTLR = 0x0000,
    GITS_CBASER = 0x0080,
    GITS_CWRITER = 0x0088,
    GITS_CREADR = 0x0090,
    GITS_BASER = 0x0100,
    GITS_TRANSLATER = 0x10040,
};

enum {
    ITS_MOVI = 0x01,
    ITS_INT = 0x03,
    ITS_CLEAR = 0x04,
    ITS_SYNC = 0x05,
    ITS_MAPD = 0x08,
    ITS_MAPC = 0x09,
    ITS_MAPTI = 0x0a,
    ITS_MAPI = 0x0b,
    ITS_INV = 0x0c,
    ITS_INVALL = 0x0d,
    ITS_MOVALL = 0x0e,
    ITS_DISCARD = 0x0f,
};

#define BENCH_VALID (UINT64_C(1) << 63)
#define BENCH_PTZ   (UINT64_C(1) << 62)

typedef struct its_bench {
    harness_t *h;
    uint32_t written; /* GITS_CWRITER */
} its_bench_t;

/* All cores have LPIs enabled, collection n is core n, all LPIs have priority 0xa0 and are enabled. */
void its_bench_init(its_bench_t *bench, gic_fault_t fault);
void its_bench_done(its_bench_t *bench);
/* Brings the ITS and the tables into that state whatever was before. */
void its_bench_set_up(its_bench_t *bench);

/* Queues a command; words as in IHI 0069 section 5.3. */
void its_command(its_bench_t *bench, uint64_t opcode, uint64_t device, uint64_t word1, uint64_t word2, uint64_t word3);
/* Lets the ITS do all that is queued. False: it did not come to the end. */
bool its_run(its_bench_t *bench);
/* INT of an event of BENCH_DEVICE, done. */
void its_raise(its_bench_t *bench, uint32_t event);
/* The configuration byte of an LPI in memory. */
void its_configure(its_bench_t *bench, uint32_t lpi, uint8_t priority, bool enabled);
/* A doubleword of RAM, at an offset from HARNESS_RAM. */
uint64_t its_memory(its_bench_t *bench, uint32_t offset);

/* Guest errors so far. */
uint64_t its_errors(its_bench_t *bench);

#endif
