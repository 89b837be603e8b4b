/* Random straight-line A64 code for differential tests: every integer encoding that is not a system instruction, with
 * operands such that any conforming core executes it alike.
 *
 * X28 is never written and points into the middle of readable and writable memory: RANDOM_CODE_REACH_BYTES to both
 * sides are used. Accesses that must be aligned are; exclusives come as pairs, or after CLREX; branches only go
 * forward. */
#ifndef MESIM_TESTS_CPU_RANDOM_CODE_H
#define MESIM_TESTS_CPU_RANDOM_CODE_H

#include "base/random.h"
#include "cpu/isa/isa.h"

enum { RANDOM_CODE_MAX_WORDS = 512, RANDOM_CODE_REACH_BYTES = 40 * 1024, RANDOM_CODE_POINTER = 28 };

typedef struct random_code {
    base_random_t random;
    const cpu_decoder_t *decoder;
    uint64_t region_offset_bytes; /* of this block in the code region, into which literals point */
    uint64_t region_bytes;
    uint32_t words[RANDOM_CODE_MAX_WORDS]; /* the block */
    unsigned count;
    /* While the block is written: where units begin, and where branches go that do not know yet. */
    unsigned unit_starts[RANDOM_CODE_MAX_WORDS], units;
    unsigned branches[RANDOM_CODE_MAX_WORDS]; /* the words to patch */
    unsigned branch_count, branch_units[RANDOM_CODE_MAX_WORDS];
} random_code_t;

/* Rows that random_code_block generates. */
bool random_code_covers(cpu_opcode_t opcode);

/* Writes a block of `units` units: a random row's instruction, and what prepares for it. Control ends behind its last
 * word. */
void random_code_block(random_code_t *code, unsigned units);

#endif
