/* What the manual (IHI 0069, chapter 12) says of each register for one Security state, affinity routing and five
 * priority bits: written from the manual, not from the model's own table. */
#ifndef MESIM_TESTS_GIC_REGISTER_ROWS_H
#define MESIM_TESTS_GIC_REGISTER_ROWS_H

#include "gic/gic.h"

#include <stdint.h>

typedef struct register_row {
    const char *name;
    uint64_t address; /* of core 1 for GICR */
    unsigned size_bytes;
    uint64_t reset;
    uint64_t writable; /* bits that read back as written */
} register_row_t;

extern const register_row_t register_rows[];
extern const unsigned register_row_count;

/* Reset values and write masks on a fresh distributor with the fault; NULL or the name of the first wrong register. */
const char *wrong_reset_value(gic_fault_t fault);
const char *wrong_write_mask(gic_fault_t fault);

#endif
