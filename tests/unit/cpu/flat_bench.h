/* One core over flat memory, to execute single instructions on. */
#ifndef MESIM_TESTS_CPU_FLAT_BENCH_H
#define MESIM_TESTS_CPU_FLAT_BENCH_H

#include "cpu/isa/isa.h"
#include "flat_port.h"

#define FLAT_BENCH_BASE UINT64_C(0x8000)
enum { FLAT_BENCH_BYTES = 4096, FLAT_BENCH_PC = 0x1000 };

typedef struct flat_bench {
    cpu_decoder_t *decoder;
    flat_memory_t memory; /* FLAT_BENCH_BYTES at FLAT_BENCH_BASE, byte i is i */
    uint8_t bytes[FLAT_BENCH_BYTES];
    cpu_t *cpu;
    uint64_t next; /* where the last instruction went on to */
} flat_bench_t;

flat_bench_t *flat_bench_new(void);
void flat_bench_free(flat_bench_t *bench);

/* Executes the instruction `word` at FLAT_BENCH_PC. */
cpu_status_t flat_bench_run(flat_bench_t *bench, uint32_t word);

#endif
