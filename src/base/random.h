/* Seeded random numbers: the same sequence on every host for one seed (xoshiro256**, seeded by splitmix64,
 * both by Blackman and Vigna, public domain algorithms). Never used for anything but simulation choices. */
#ifndef MESIM_BASE_RANDOM_H
#define MESIM_BASE_RANDOM_H

#include <stdint.h>

typedef struct base_random {
    uint64_t state[4];
} base_random_t;

void base_random_init(base_random_t *random, uint64_t seed);
uint64_t base_random_next(base_random_t *random);

/* A number in [0, bound); bound must not be 0. */
uint64_t base_random_below(base_random_t *random, uint64_t bound);

#endif
