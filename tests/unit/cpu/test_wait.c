/* WFI and WFE: when they sleep, what wakes them, and their traps from EL0 (Arm ARM D1.6). */
#include "system_bench.h"

#include <criterion/criterion.h>

#define ESR(class, iss) ((uint64_t)(class) << 26 | UINT64_C(1) << 25 | (iss))

Test(wait_traps, only_at_el0_only_without_the_enable_and_only_if_it_would_sleep)
{
    bench_t *bench = bench_new();
    bench->cpu.sys.SCTLR_EL1 &= ~(CPU_SCTLR_nTWI | CPU_SCTLR_nTWE);
    cr_expect_eq(cpu_wait_for_interrupt(&bench->cpu, bench->in, 0), CPU_LEAVE, "EL1");
    cr_expect_eq(bench->cpu.block, CPU_BLOCK_WFI);

    bench_reset(bench);
    bench->cpu.sys.SCTLR_EL1 &= ~(CPU_SCTLR_nTWI | CPU_SCTLR_nTWE);
    bench_to_el0(bench);
    cr_expect_eq(cpu_wait_for_interrupt(&bench->cpu, bench->in, 0), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x01, 0x1e00000), "CV, COND 0xe, TI 0");
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);
    cr_expect_eq(bench->cpu.block, CPU_RUNNING);

    bench_to_el0(bench);
    cr_expect_eq(cpu_wait_for_event(&bench->cpu, bench->in, 0), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x01, 0x1e00001), "TI 1");

    bench_to_el0(bench);
    cpu_send_event_local(&bench->cpu);
    cr_expect_eq(cpu_wait_for_event(&bench->cpu, bench->in, 0), CPU_OK, "it would not sleep");
    bench->cpu.sys.SCTLR_EL1 |= CPU_SCTLR_nTWI;
    cr_expect_eq(cpu_wait_for_interrupt(&bench->cpu, bench->in, 0), CPU_LEAVE);
    bench_free(bench);
}

Test(wait_for_event, consumes_one_latched_event_and_sleeps_on_the_next)
{
    bench_t *bench = bench_new();
    cpu_send_event_local(&bench->cpu);
    cpu_send_event_local(&bench->cpu);
    cr_expect_eq(cpu_wait_for_event(&bench->cpu, bench->in, 0), CPU_OK);
    cr_expect_eq(cpu_wait_for_event(&bench->cpu, bench->in, 0), CPU_LEAVE, "events do not add up");
    cr_expect_eq(bench->cpu.block, CPU_BLOCK_WFE);
    cr_expect_not(cpu_wakes(&bench->cpu));
    cpu_send_event_local(&bench->cpu);
    cr_expect(cpu_wakes(&bench->cpu));
    bench_free(bench);
}

Test(wait_for_event, wakes_for_an_interrupt_only_if_it_would_be_taken)
{
    bench_t *bench = bench_new();
    cpu_wait_for_event(&bench->cpu, bench->in, 0);
    bench_raise_irq(bench);
    cr_expect_not(cpu_wakes(&bench->cpu), "PSTATE.I is set");
    bench->cpu.pstate.daif = 0;
    cr_expect(cpu_wakes(&bench->cpu));
    bench_free(bench);
}
