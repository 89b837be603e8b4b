/* PSTATE.BTYPE: which instructions are landing pads after which branch, and how long it lasts. */
#include "cpu/branch_type.h"
#include "cpu/isa/opcode.h"
#include "system_bench.h"

#include <criterion/criterion.h>

enum { PACIASP = 25, PACIBSP = 27, BTI = 32, BTI_C = 34, BTI_J = 36, BTI_JC = 38 };

static bool lands(bench_t *bench, unsigned opcode, int64_t hint, uint8_t btype)
{
    const cpu_insn_t insn = {.opcode = (uint16_t)opcode, .imm = hint};
    bench->cpu.pstate.btype = btype;
    return cpu_is_landing_pad(&bench->cpu, &insn);
}

Test(branch_type, each_hint_lands_what_the_manual_lists)
{
    static const struct {
        int64_t hint;
        bool after[4];
    } rows[] = {
        {0, {true, false, false, false}},    {BTI, {true, false, false, false}}, {BTI_C, {true, true, true, false}},
        {BTI_J, {true, true, false, true}},  {BTI_JC, {true, true, true, true}}, {PACIASP, {true, true, true, true}},
        {PACIBSP, {true, true, true, true}}, {26, {true, false, false, false}},
    };
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (uint8_t btype = 0; btype < 4; btype++)
            cr_expect_eq(lands(bench, CPU_OP_HINT, rows[i].hint, btype), rows[i].after[btype], "hint %d, BTYPE %u",
                         (int)rows[i].hint, btype);
    cr_expect(lands(bench, CPU_OP_BRK, 0, 3) && lands(bench, CPU_OP_HLT, 0, 2));
    cr_expect_not(lands(bench, CPU_OP_NOP, 0, 1) || lands(bench, CPU_OP_ADD_LSL_X, BTI_JC, 1));
    bench_free(bench);
}

Test(branch_type, bt_bits_close_paciasp_at_their_own_level)
{
    bench_t *bench = bench_new();
    for (unsigned el = 0; el < 2; el++)
        for (unsigned bits = 0; bits < 4; bits++) {
            bench->cpu.pstate.el = (uint8_t)el;
            bench->cpu.sys.SCTLR_EL1 = (uint64_t)bits << 35; /* BT0, BT1 */
            cr_expect_eq(lands(bench, CPU_OP_HINT, PACIASP, 3), !(bits >> el & 1), "EL%u, BT bits %u", el, bits);
            cr_expect(lands(bench, CPU_OP_HINT, PACIASP, 2));
        }
    bench_free(bench);
}

/* An exception that comes before the instruction branched to saves BTYPE; one that comes after it does not. */
static uint64_t saved_btype(bench_t *bench, uint64_t executed)
{
    bench_reset(bench);
    bench->cpu.pc = 0x5000;
    bench->cpu.stats.instructions = 100;
    cpu_btype_set(&bench->cpu, 0x5000, 100, 2);
    bench->cpu.stats.instructions += executed;
    cpu_exception_irq(&bench->cpu);
    return bench->cpu.sys.SPSR_EL1 >> 10 & 3;
}

Test(branch_type, lasts_until_an_instruction_was_executed)
{
    bench_t *bench = bench_new();
    cr_expect_eq(saved_btype(bench, 0), 2);
    cr_expect_eq(bench->cpu.pstate.btype, 0, "0 in the handler");
    cr_expect_eq(saved_btype(bench, 64), 0, "the same address again, later");
    bench_free(bench);
    bench = bench_new_with((cpu_features_t){0});
    cr_expect_eq(saved_btype(bench, 0), 0, "RES0 without FEAT_BTI");
    bench_free(bench);
}

Test(branch_type, exception_is_class_0x0d_with_the_type)
{
    bench_t *bench = bench_new();
    bench->cpu.pc = 0x5000;
    cpu_btype_set(&bench->cpu, 0x5000, bench->cpu.stats.instructions, 3);
    cr_expect_eq(cpu_exception_branch_target(&bench->cpu), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, UINT64_C(0x0d) << 26 | 1 << 25 | 3);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, 0x5000);
    cr_expect_eq(bench->cpu.sys.SPSR_EL1 >> 10 & 3, 3);
    bench_free(bench);
}
