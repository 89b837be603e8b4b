/* How hard a litmus run shakes the machine: levels 0 to 3. */
#ifndef MESIM_LITMUS_PERTURB_H
#define MESIM_LITMUS_PERTURB_H

#include "machine/config.h"

#include <stdint.h>

enum { LITMUS_MAX_PERTURB = 3 };

typedef struct litmus_perturb {
    uint64_t delay_ps;       /* perturb.delay: a message is late by up to this */
    uint64_t drain_cycles;   /* perturb.drain: a store stays in the store buffer for up to this */
    uint64_t load_cycles;    /* perturb.load: a load that misses asks for its line up to so late */
    uint64_t evict;          /* perturb.evict: one miss in so many evicts a line that need not go; 0: none */
    uint64_t spread_cycles;  /* threads start up to this far from one another; half of the runs within a few cycles */
    unsigned touched_of_ten; /* how often a core touches a location before a run */
    const char *description;
} litmus_perturb_t;

/* The level; above LITMUS_MAX_PERTURB there is none. */
const litmus_perturb_t *litmus_perturb_level(unsigned level);

#endif
