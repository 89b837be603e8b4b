/* The trace hash: 64 bits, order-sensitive, the same on every host. Each component folds its own records
 * into its own chain; the machine combines the chains in component order, so neither the order in which
 * components are visited nor the number of host threads can change the result. */
#ifndef MESIM_BASE_HASH_H
#define MESIM_BASE_HASH_H

#include <stdint.h>

#define BASE_HASH_INIT UINT64_C(0xcbf29ce484222325)

/* Folds one 64-bit word into the chain (multiply-xorshift, full avalanche). */
static inline uint64_t base_hash_fold(uint64_t hash, uint64_t word)
{
    hash ^= word;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 29);
}

#endif
