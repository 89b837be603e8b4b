/* Branches and system instructions: targets, links, and what the port and the system functions are asked. */
#include "cpu/accessors.h"
#include "cpu/flags.h"
#include "flat_bench.h"

#include <criterion/criterion.h>

static flat_bench_t *bench;

static void setup(void)
{
    bench = flat_bench_new();
}

static void teardown(void)
{
    flat_bench_free(bench);
}

TestSuite(branches_system, .init = setup, .fini = teardown);

Test(branches_system, blr_x30_branches_to_the_old_x30)
{
    set_x(bench->cpu, 30, 0x7000);
    flat_bench_run(bench, 0xd63f03c0); /* BLR X30 */
    cr_expect_eq(bench->next, 0x7000);
    cr_expect_eq(get_x(bench->cpu, 30), FLAT_BENCH_PC + 4);
}

Test(branches_system, bl_links_and_b_does_not)
{
    flat_bench_run(bench, 0x94000004); /* BL .+16 */
    cr_expect_eq(bench->next, FLAT_BENCH_PC + 16);
    cr_expect_eq(get_x(bench->cpu, 30), FLAT_BENCH_PC + 4);
    set_x(bench->cpu, 30, 1);
    flat_bench_run(bench, 0x17ffffff); /* B .-4 */
    cr_expect_eq(bench->next, FLAT_BENCH_PC - 4);
    cr_expect_eq(get_x(bench->cpu, 30), 1);
}

Test(branches_system, conditional_branches_follow_every_condition_in_every_state)
{
    for (unsigned condition = 0; condition < 16; condition++)
        for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
            set_nzcv(bench->cpu, (uint64_t)nzcv << 28);
            flat_bench_run(bench, 0x54000040 | condition); /* B.cond .+8 */
            bool taken = flags_condition_set(condition) >> nzcv & 1;
            cr_expect_eq(bench->next, (uint64_t)FLAT_BENCH_PC + (taken ? 8 : 4));
        }
}

Test(branches_system, tbz_reaches_bits_of_the_upper_half)
{
    set_x(bench->cpu, 1, UINT64_C(1) << 33);
    flat_bench_run(bench, 0xb6080041); /* TBZ X1, #33, .+8 */
    cr_expect_eq(bench->next, FLAT_BENCH_PC + 4);
    set_x(bench->cpu, 1, ~(UINT64_C(1) << 33));
    flat_bench_run(bench, 0xb6080041);
    cr_expect_eq(bench->next, FLAT_BENCH_PC + 8);
}

Test(branches_system, cbz_of_w_ignores_the_upper_half)
{
    set_x(bench->cpu, 1, UINT64_C(1) << 32);
    flat_bench_run(bench, 0x34000041); /* CBZ W1, .+8 */
    cr_expect_eq(bench->next, FLAT_BENCH_PC + 8);
}

Test(branches_system, adrp_counts_from_the_page)
{
    flat_bench_run(bench, 0xb0000001); /* ADRP X1, .+0x1000 */
    cr_expect_eq(get_x(bench->cpu, 1), (FLAT_BENCH_PC & ~4095) + 0x1000);
}

Test(branches_system, barriers_carry_types_and_domain)
{
    static const struct {
        uint32_t word;
        cpu_barrier_t barrier;
        cpu_barrier_types_t types;
        unsigned domain;
    } rows[] = {
        {0xd50339bf /* DMB ISHLD */, CPU_DMB, CPU_BARRIER_LOADS, 2},
        {0xd5033abf /* DMB ISHST */, CPU_DMB, CPU_BARRIER_STORES, 2},
        {0xd5033fbf /* DMB SY */, CPU_DMB, CPU_BARRIER_ALL, 3},
        {0xd503329f /* DSB OSHST */, CPU_DSB, CPU_BARRIER_STORES, 0},
        {0xd503379f /* DSB NSH */, CPU_DSB, CPU_BARRIER_ALL, 1},
        {0xd50338bf /* DMB #8: types reserved, so a full barrier */, CPU_DMB, CPU_BARRIER_ALL, 3},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        flat_bench_run(bench, rows[i].word);
        cr_expect_eq(bench->memory.barriers, i + 1);
        cr_expect_eq(bench->memory.barrier, rows[i].barrier);
        cr_expect_eq(bench->memory.barrier_types, rows[i].types);
        cr_expect_eq(bench->memory.barrier_domain, rows[i].domain);
    }
    flat_bench_run(bench, 0xd5033fdf); /* ISB */
    cr_expect_eq(bench->memory.isbs, 1);
}

Test(branches_system, sev_goes_to_the_port)
{
    flat_bench_run(bench, 0xd503209f);
    cr_expect_eq(bench->memory.events, 1);
}

Test(branches_system, nzcv_as_a_register_is_what_conditions_see)
{
    for (uint64_t nzcv = 0; nzcv < 16; nzcv++) {
        set_x(bench->cpu, 1, nzcv << 28);
        cr_expect_eq(flat_bench_run(bench, 0xd51b4201), CPU_OK); /* MSR NZCV, X1 */
        flat_bench_run(bench, 0x54000040);                       /* B.EQ .+8 */
        cr_expect_eq(bench->next, (uint64_t)FLAT_BENCH_PC + (nzcv & 4 ? 8 : 4));
        cr_expect_eq(flat_bench_run(bench, 0xd53b4202), CPU_OK); /* MRS X2, NZCV */
        cr_expect_eq(get_x(bench->cpu, 2), nzcv << 28);
    }
}

Test(branches_system, an_exception_saves_the_flags_an_instruction_set_and_its_return_restores_them)
{
    set_x(bench->cpu, 1, 1);
    flat_bench_run(bench, 0xf100043f);                         /* CMP X1, #1 */
    cr_expect_eq(flat_bench_run(bench, 0xd4000001), CPU_JUMP); /* SVC #0 */
    cr_expect_eq(bench->cpu->sys.SPSR_EL1 >> 28, 6, "Z and C");
    flat_bench_run(bench, 0xf100083f); /* CMP X1, #2 */
    cr_expect_eq(get_nzcv(bench->cpu) >> 28, 8, "N");
    cr_expect_eq(flat_bench_run(bench, 0xd69f03e0), CPU_JUMP); /* ERET */
    cr_expect_eq(get_nzcv(bench->cpu) >> 28, 6);
}
