/* Random interrupts, random software and random reconfiguration on many cores at once, and what must hold after it. */
#ifndef MESIM_TESTS_GIC_STORM_H
#define MESIM_TESTS_GIC_STORM_H

#include "engine/engine.h"
#include "gic/gic.h"

#include <stdint.h>

typedef struct storm_config {
    unsigned cores;
    uint64_t seed;
    unsigned rounds; /* of reconfiguration and peripheral activity */
    engine_order_t order;
    uint64_t perturb_ps;
    gic_fault_t fault;
} storm_config_t;

typedef struct storm_result {
    const char *wrong; /* NULL: all held */
    uint64_t trace_hash;
    uint64_t acknowledged, sgis, merged, releases, clears, spis;
} storm_result_t;

storm_result_t storm_run(const storm_config_t *config);

#endif
