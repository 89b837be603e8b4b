#include "flat_bench.h"

#include <stdlib.h>

flat_bench_t *flat_bench_new(void)
{
    flat_bench_t *bench = calloc(1, sizeof *bench);
    cpu_features_t all = {.set = UINT64_MAX};
    if (cpu_decoder_new(&all, &cpu_cost_model_in_order, &bench->decoder, NULL) < 0)
        abort();
    for (unsigned i = 0; i < FLAT_BENCH_BYTES; i++)
        bench->bytes[i] = (uint8_t)i;
    bench->memory = (flat_memory_t){.base = FLAT_BENCH_BASE, .size_bytes = FLAT_BENCH_BYTES, .bytes = bench->bytes};
    bench->cpu = flat_cpu_new(&bench->memory);
    return bench;
}

void flat_bench_free(flat_bench_t *bench)
{
    flat_cpu_free(bench->cpu);
    cpu_decoder_free(bench->decoder);
    free(bench);
}

cpu_status_t flat_bench_run(flat_bench_t *bench, uint32_t word)
{
    cpu_insn_t insn;
    cpu_decode_word(bench->decoder, word, &insn);
    return flat_cpu_step(bench->cpu, &insn, FLAT_BENCH_PC, &bench->next);
}
