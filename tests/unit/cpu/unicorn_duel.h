/* Random code run on mesim's instruction semantics and on Unicorn (QEMU's translator), block by block: registers, flags
 * and memory are compared after each. A block that differs is run again one instruction at a time to name the culprit.
 */
#ifndef MESIM_TESTS_CPU_UNICORN_DUEL_H
#define MESIM_TESTS_CPU_UNICORN_DUEL_H

#include "flat_port.h"
#include "random_code.h"

#include <stdio.h>
#include <unicorn/unicorn.h>

enum {
    DUEL_CODE_BYTES = 8 << 20,
    DUEL_DATA_BYTES = 128 << 10,
    DUEL_REGION_BYTES = DUEL_CODE_BYTES + DUEL_DATA_BYTES,
    DUEL_UNITS = 48, /* of a block */
};

/* The ways an instruction can go: by the memory port, through the L0 filter, through the threaded handlers. */
typedef enum duel_way { DUEL_PORT, DUEL_FILTER, DUEL_THREADED, DUEL_WAY_COUNT } duel_way_t;

/* A mistake to make on our side: instructions of one row execute as another, or with imm changed. */
typedef struct duel_mistake {
    cpu_opcode_t row, executes;
    int64_t imm_changes; /* bits of imm that flip */
} duel_mistake_t;

typedef struct duel {
    uc_engine *uc;
    uint8_t *reference_bytes; /* Unicorn's memory */
    flat_memory_t memory;     /* ours */
    cpu_t *cpu;
    random_code_t code;
    cpu_insn_t insns[RANDOM_CODE_MAX_WORDS + 1];
    uint8_t data_before[DUEL_DATA_BYTES]; /* at the start of the block */
    uint64_t executed[CPU_OPCODE_COUNT];  /* by row; not counted in the threaded way */
    uint64_t instructions;
    duel_mistake_t mistake; /* none when row is 0, UDF */
    FILE *report;           /* where a difference is described, or NULL */
} duel_t;

duel_t *duel_new(uint64_t seed);
void duel_free(duel_t *duel);

/* Runs one block on both; false when they differ. */
bool duel_block(duel_t *duel, duel_way_t way);

#endif
