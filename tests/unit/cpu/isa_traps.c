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

/* At both levels, each by its own bit of SCTLR_EL1; one instruction at a time, and by its handler. */
bool trap_misaligned_stack_pointer_faults(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    cpu_insn_t insns[2];
    bool holds = true;
    for (unsigned el = 0; el < 2; el++)
        for (unsigned by_handler = 0; by_handler < 2; by_handler++) {
            bench->cpu->pstate.el = (uint8_t)el;
            bench->cpu->sys.SCTLR_EL1 = el ? 1 << 3 : 1 << 4;
            bench->cpu->sys.ESR_EL1 = 0;
            set_x(bench->cpu, CPU_SP, FLAT_BENCH_BASE + 8);
            cpu_decode_word(bench->decoder, 0xf94003e1 /* LDR X1, [SP] */, &insns[0]);
            insns[1] = (cpu_insn_t){.handler = flat_stop};
            if (by_handler)
                flat_cpu_enter(bench->cpu, insns, 0, FLAT_BENCH_PC);
            else
                flat_bench_run(bench, 0xf94003e1);
            holds &= bench->cpu->sys.ESR_EL1 >> 26 == 0x26 && bench->cpu->sys.ELR_EL1 == FLAT_BENCH_PC;
        }
    return done(bench, holds);
}
