/* System registers that are more than storage, and what an access does beside reading and writing. */
#include "system_bench.h"

#include <criterion/criterion.h>

enum { EC_UNKNOWN = 0 };

Test(sysreg_special, a_failed_read_leaves_the_destination)
{
    bench_t *bench = bench_new();
    bench->cpu.x[9] = 77;
    cr_assert_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 0, 9, 14, 6), 9), CPU_JUMP);
    cr_expect_eq(bench->cpu.x[9], 77);
    bench_free(bench);
}

Test(sysreg_special, sp_el0_is_undefined_while_it_is_the_stack_pointer)
{
    bench_t *bench = bench_new();
    bench_msr(bench, CPU_SYS_KEY(3, 0, 4, 1, 0), 0x1230, 0);
    cr_assert_eq(cpu_sys_msr_immediate(&bench->cpu, bench->in, 0, 0, 5, 0), CPU_OK);
    cr_expect_eq(bench->cpu.x[CPU_SP], 0x1230, "SPSel 0 brings SP_EL0 in");
    cr_expect_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 0, 4, 1, 0), 5), CPU_JUMP);
    cr_expect_eq(bench_class(bench), EC_UNKNOWN);
    bench_free(bench);
}

Test(sysreg_special, isr_shows_an_irq_that_is_masked)
{
    bench_t *bench = bench_new();
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 1, 0), 0), 0);
    bench_raise_irq(bench);
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 1, 0), 0), 1 << 7);
    bench->core.serror_pending = true;
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 1, 0), 0), 1 << 8 | 1 << 7);
    bench_free(bench);
}

Test(sysreg_special, dczid_prohibits_at_el0_without_dze)
{
    bench_t *bench = bench_new();
    unsigned key = CPU_SYS_KEY(3, 3, 0, 0, 7);
    cr_expect_eq(bench_mrs(bench, key, 0), 4, "64 bytes");
    bench_to_el0(bench);
    cr_expect_eq(bench_mrs(bench, key, 0), 4 | 16);
    bench->cpu.sys.SCTLR_EL1 |= CPU_SCTLR_DZE;
    cr_expect_eq(bench_mrs(bench, key, 0), 4);
    bench_free(bench);
}

Test(sysreg_special, os_lock_is_set_at_reset_and_oslar_moves_it)
{
    bench_t *bench = bench_new();
    unsigned oslar = CPU_SYS_KEY(2, 0, 1, 0, 4), oslsr = CPU_SYS_KEY(2, 0, 1, 1, 4);
    cr_expect_eq(bench_mrs(bench, oslsr, 0), 0xa);
    bench_msr(bench, oslar, 0, 0);
    cr_expect_eq(bench_mrs(bench, oslsr, 0), 0x8);
    bench_msr(bench, oslar, 3, 0);
    cr_expect_eq(bench_mrs(bench, oslsr, 0), 0xa);
    bench_free(bench);
}

Test(sysreg_special, claim_tags_are_set_and_cleared_bit_by_bit)
{
    bench_t *bench = bench_new();
    unsigned set = CPU_SYS_KEY(2, 0, 7, 8, 6), clear = CPU_SYS_KEY(2, 0, 7, 9, 6);
    bench_msr(bench, set, 0x1f5, 0);
    cr_expect_eq(bench_mrs(bench, clear, 0), 0xf5);
    bench_msr(bench, clear, 0x11, 0);
    cr_expect_eq(bench_mrs(bench, clear, 0), 0xe4);
    bench_free(bench);
}

Test(sysreg_context, writes_that_change_translation_reach_mmu_and_port)
{
    static const unsigned keys[] = {CPU_SYS_KEY(3, 0, 1, 0, 0),  CPU_SYS_KEY(3, 0, 2, 0, 0),
                                    CPU_SYS_KEY(3, 0, 2, 0, 1),  CPU_SYS_KEY(3, 0, 2, 0, 2),
                                    CPU_SYS_KEY(3, 0, 10, 2, 0), CPU_SYS_KEY(3, 0, 13, 0, 1)};
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        bench_reset(bench);
        bench_msr(bench, keys[i], 0, 0);
        cr_expect_eq(bench->context_changes, 1, "row %u", i);
    }
    bench_reset(bench);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 13, 0, 4), 0, 0); /* TPIDR_EL1 */
    cr_expect_eq(bench->context_changes, 0);
    bench_free(bench);
}

Test(sysreg_log, an_unknown_register_is_logged_once_a_pc_and_privilege_at_el0_never)
{
    bench_t *bench = bench_new();
    cpu_sys_mrs(&bench->cpu, bench->in, 100, CPU_SYS_KEY(3, 0, 9, 14, 6), 5);
    cpu_sys_mrs(&bench->cpu, bench->in, 200, CPU_SYS_KEY(3, 0, 9, 14, 6), 5);
    cr_expect_eq(bench->cpu.guest_log.count, 1);
    cr_expect_eq(bench->cpu.guest_errors_repeated, 1);
    cr_expect_eq(bench->cpu.guest_log.first[0].pc, BENCH_PC);
    cr_expect_eq(bench->cpu.guest_log.first[0].time_ps, 100 * BENCH_PERIOD_PS);
    cr_expect_str_eq(bench->cpu.guest_log.first[0].text, "MRS of S3_0_C9_C14_6 at EL1: UNDEFINED");
    cpu_sys_msr(&bench->cpu, bench->in + 1, 300, CPU_SYS_KEY(3, 0, 0, 0, 0), 5);
    cr_expect_str_eq(bench->cpu.guest_log.first[1].text, "MSR to S3_0_C0_C0_0 (MIDR_EL1) at EL1: UNDEFINED");
    bench_to_el0(bench);
    cpu_sys_mrs(&bench->cpu, bench->in + 2, 400, CPU_SYS_KEY(3, 0, 0, 0, 0), 5);
    cr_expect_eq(bench->cpu.guest_log.count, 2, "operating systems emulate MIDR_EL1 for EL0");
    bench_free(bench);
}

Test(sysreg_gic, acknowledge_and_sgi_requests_are_counted)
{
    bench_t *bench = bench_new();
    bench_msr(bench, CPU_SYS_KEY(3, 0, 12, 11, 5), 0x5, 0); /* two targets */
    cr_expect_eq(bench->cpu.stats.ipis_sent, 2);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 12, 11, 5), UINT64_C(1) << 40, 0); /* IRM: the three others */
    cr_expect_eq(bench->cpu.stats.ipis_sent, 5);
    bench_raise_irq(bench);
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 12, 12, 0), 0), 27);
    cr_expect_eq(bench->cpu.stats.ipis_received, 0, "a PPI is no IPI");
    bench_free(bench);
}
