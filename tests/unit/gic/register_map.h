/* The memory-mapped registers of GICv3 as IHI 0069 (chapter 12) has them, for one Security state (DS = 1) with affinity
 * routing always on, five priority bits, and an ITS or none. Written from the specification, to judge the product's own
 * tables by. The ICC_* registers are in test_cpuif.c, their encodings in tests/unit/cpu/test_sysreg.c. */
#ifndef MESIM_TESTS_GIC_REGISTER_MAP_H
#define MESIM_TESTS_GIC_REGISTER_MAP_H

#include "gic/gic.h"
#include "harness.h"

#include <stdbool.h>
#include <stdint.h>

/* The machine that a value is asked for. */
typedef struct map_machine {
    unsigned cores, cluster_cores, spis;
    bool its;
    unsigned core; /* whose redistributor */
} map_machine_t;

typedef enum map_frame { MAP_GICD, MAP_RD, MAP_SGI, MAP_GITS, MAP_TRANSLATION, MAP_FRAMES } map_frame_t;

typedef enum map_kind {
    MAP_RW,
    MAP_RO,   /* writes are ignored, and guest errors */
    MAP_WO,   /* reads give 0, and are guest errors */
    MAP_NONE, /* RAZ/WI in this configuration, as the specification says: no guest error */
    MAP_SET,  /* writing 1 sets a bit, 0 has no effect */
    MAP_CLEAR,
} map_kind_t;

typedef uint64_t map_value_t(const map_machine_t *machine, unsigned index);

typedef struct map_row {
    const char *name;
    map_frame_t frame;
    uint32_t offset;
    uint16_t count;
    uint8_t width_bytes;
    uint8_t sizes_bytes; /* that may access it, ORed */
    map_kind_t kind;
    map_value_t *reset;    /* NULL: 0 */
    map_value_t *writable; /* bits that read as they were written; NULL: none */
    /* What it reads after `written`, where that is not plain. */
    uint64_t (*after)(uint64_t written);
} map_row_t;

extern const map_row_t map_rows[];
extern const unsigned map_row_count;

/* The byte address of a frame. */
uint64_t map_frame_address(const map_machine_t *machine, map_frame_t frame);
/* Whether the machine has this frame. */
bool map_has_frame(const map_machine_t *machine, map_frame_t frame);
/* The row that has the register at this offset, or NULL: reserved. */
const map_row_t *map_find(map_frame_t frame, uint64_t offset);

uint64_t map_reset(const map_row_t *row, const map_machine_t *machine, unsigned index);
/* What a register reads after `written` was written to it in its reset state. */
uint64_t map_after(const map_row_t *row, const map_machine_t *machine, unsigned index, uint64_t written);

harness_t *map_harness(const map_machine_t *machine, gic_fault_t fault);

/* NULL, or the name of the first register that reads other than the map says at reset, or after patterns are written.
 */
const char *map_wrong_reset(const map_machine_t *machine, gic_fault_t fault);
const char *map_wrong_write(const map_machine_t *machine, gic_fault_t fault);

#endif
