/* Which controls open system registers to EL0, and what the trap says where they do not. */
#include "system_bench.h"

#include <criterion/criterion.h>

Test(sysreg_traps, enables_of_cntkctl_open_timers_to_el0_one_by_one)
{
    static const struct {
        unsigned bit, crm, op2;
    } rows[] = {{0, 0, 1}, {1, 0, 2}, {9, 2, 0}, {9, 2, 1}, {9, 2, 2}, {8, 3, 0}, {8, 3, 1}, {8, 3, 2}};
    bench_t *bench = bench_new();
    for (unsigned bit = 0; bit < 10; bit++) {
        for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            unsigned key = CPU_SYS_KEY(3u, 3u, 14u, rows[i].crm, rows[i].op2);
            bench_reset(bench);
            bench_msr(bench, CPU_SYS_KEY(3, 0, 14, 1, 0), UINT64_C(1) << bit, 0);
            bench_to_el0(bench);
            cpu_status_t status = cpu_sys_mrs(&bench->cpu, bench->in, 0, key, 5);
            cr_expect_eq(status, rows[i].bit == bit ? CPU_OK : CPU_JUMP, "CNTKCTL bit %u, CRm %u, op2 %u", bit,
                         rows[i].crm, rows[i].op2);
        }
        bench_reset(bench);
        bench_msr(bench, CPU_SYS_KEY(3, 0, 14, 1, 0), UINT64_C(1) << bit, 0);
        bench_to_el0(bench);
        cr_expect_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 3, 14, 0, 0), 5),
                     bit < 2 ? CPU_OK : CPU_JUMP, "CNTFRQ_EL0 with CNTKCTL bit %u", bit);
    }
    bench_free(bench);
}

Test(sysreg_traps, uct_and_uma_and_tdcc_decide_at_el0_only)
{
    static const struct {
        unsigned control, key;
        uint64_t opens, closes;
    } rows[] = {
        {CPU_SYS_KEY(3, 0, 1, 0, 0), CPU_SYS_KEY(3, 3, 0, 0, 1), 1 << 15, 0}, /* SCTLR_EL1.UCT: CTR_EL0 */
        {CPU_SYS_KEY(3, 0, 1, 0, 0), CPU_SYS_KEY(3, 3, 4, 2, 1), 1 << 9, 0},  /* SCTLR_EL1.UMA: DAIF */
        {CPU_SYS_KEY(2, 0, 0, 2, 2), CPU_SYS_KEY(2, 3, 0, 1, 0), 0, 1 << 12}, /* MDSCR_EL1.TDCC: MDCCSR_EL0 */
    };
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned way = 0; way < 4; way++) {
            bool open = way & 1, el0 = way & 2;
            bench_reset(bench);
            bench_msr(bench, rows[i].control, open ? rows[i].opens : rows[i].closes, 0);
            if (el0)
                bench_to_el0(bench);
            cpu_status_t status = cpu_sys_mrs(&bench->cpu, bench->in, 0, rows[i].key, 5);
            cr_expect_eq(status, open || !el0 ? CPU_OK : CPU_JUMP, "row %u, %s, EL%d", i, open ? "open" : "closed",
                         !el0);
        }
    }
    bench_free(bench);
}

/* Arm ARM, ESR_EL1 for EC 0x18: Op0 3 (21:20), Op2 1 (19:17), Op1 3 (16:14), CRn 0 (13:10), Rt 7 (9:5), CRm 0 (4:1), a
 * read (0). */
Test(sysreg_traps, syndrome_names_register_rt_and_direction)
{
    bench_t *bench = bench_new();
    bench->line[3].rd = 7;
    bench_to_el0(bench);
    cr_assert_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 3, 0, 0, 1), 7), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, 0x18u << 26 | 1u << 25 | 3 << 20 | 1 << 17 | 3 << 14 | 7 << 5 | 1);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);

    bench_reset(bench);
    bench->line[3].rd = CPU_XZR; /* MSR DAIF, XZR: S3_3_C4_C2_1 */
    bench_to_el0(bench);
    cr_assert_eq(bench_msr(bench, CPU_SYS_KEY(3, 3, 4, 2, 1), 0, 0), CPU_JUMP);
    cr_expect_eq(bench_iss(bench), 3u << 20 | 1 << 17 | 3 << 14 | 4 << 10 | 31 << 5 | 2 << 1);
    bench_free(bench);
}
