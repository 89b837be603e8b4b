/* The traps of instruction semantics, one function each. */
#include "cpu/accessors.h"
#include "flat_bench.h"
#include "system_traps.h"

static flat_bench_t *bench_with(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = flat_bench_new();
    bench->cpu->injected_fault = injected;
    return bench;
}

static bool done(flat_bench_t *bench, bool holds)
{
    flat_bench_free(bench);
    return holds;
}

bool trap_aborted_access_leaves_its_base(cpu_injected_fault_t injected)
{
    static const uint32_t words[] = {0xf8408c41 /* LDR X1, [X2, #8]! */, 0xa9bf0c41 /* STP X1, X3, [X2, #-16]! */,
                                     0xf8408441 /* LDR X1, [X2], #8 */};
    flat_bench_t *bench = bench_with(injected);
    bool holds = true;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        uint64_t base = FLAT_BENCH_BASE + 2 * FLAT_BENCH_BYTES;
        set_x(bench->cpu, 2, base);
        holds &= flat_bench_run(bench, words[i]) == CPU_JUMP && get_x(bench->cpu, 2) == base;
    }
    return done(bench, holds);
}

bool trap_discarded_result_does_not_acquire(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    set_x(bench->cpu, 2, FLAT_BENCH_BASE);
    bool holds = flat_bench_run(bench, 0xf8a1805f) == CPU_OK && /* SWPA X1, XZR, [X2] */
                 !(bench->memory.access.flags & CPU_ACCESS_ACQUIRE);
    holds &= flat_bench_run(bench, 0xf8a18043) == CPU_OK && /* SWPA X1, X3, [X2] */
             bench->memory.access.flags & CPU_ACCESS_ACQUIRE;
    return done(bench, holds);
}
