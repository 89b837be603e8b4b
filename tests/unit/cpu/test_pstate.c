/* The return from an exception, and PSTATE field by field (AArch64.ExceptionReturn, SPSR_EL1, C5.1.3). */
#include "cpu/flags.h"
#include "system_bench.h"

#include <criterion/criterion.h>

#define ESR(class, iss) ((uint64_t)(class) << 26 | UINT64_C(1) << 25 | (iss))

static cpu_status_t eret(bench_t *bench, uint64_t spsr)
{
    bench->cpu.sys.SPSR_EL1 = spsr;
    bench->cpu.sys.ELR_EL1 = 0x12344;
    return cpu_exception_return(&bench->cpu, bench->in, 0);
}

Test(exception_return, restores_level_stack_flags_and_masks)
{
    bench_t *bench = bench_new();
    bench->cpu.x[CPU_SP] = 0x1111;
    bench->cpu.sp_el[0] = 0x2222;
    cr_assert_eq(eret(bench, 0x60000000 | 0x80), CPU_JUMP);
    cr_expect_eq(bench->cpu.pc, 0x12344);
    cr_expect_eq(bench->cpu.pstate.el, 0);
    cr_expect_not(bench->cpu.pstate.sp_select);
    cr_expect_eq(bench->cpu.pstate.daif, CPU_DAIF_I);
    cr_expect_eq(get_nzcv(&bench->cpu), 0x60000000);
    cr_expect_eq(bench->cpu.x[CPU_SP], 0x2222);
    cr_expect_eq(bench->cpu.sp_el[1], 0x1111);
    cr_expect_eq(bench->context_changes, 1);
    cr_expect(bench->cleared_by_exception_return);
    cr_expect(bench->cpu.sys.event_register, "an exception return is an event");
    cr_expect_eq(eret(bench, 0), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0, 0), "ERET is UNDEFINED at EL0");
    bench_free(bench);
}

Test(exception_return, drops_the_tag_of_an_address_where_tbi_says_so)
{
    bench_t *bench = bench_new();
    bench->cpu.sys.SPSR_EL1 = 5;
    bench->cpu.sys.ELR_EL1 = 0x5a00000000001000;
    cpu_exception_return(&bench->cpu, bench->in, 0);
    cr_expect_eq(bench->cpu.pc, 0x5a00000000001000, "no TBI: the tag stays, and faults");
    bench->cpu.sys.TCR_EL1 = UINT64_C(1) << 37;
    cpu_exception_return(&bench->cpu, bench->in, 0);
    cr_expect_eq(bench->cpu.pc, 0x1000);
    bench->cpu.sys.ELR_EL1 = 0x5a80000000001000;
    cpu_exception_return(&bench->cpu, bench->in, 0);
    cr_expect_eq(bench->cpu.pc, 0x5a80000000001000, "TBI1 is 0");
    bench->cpu.sys.TCR_EL1 = UINT64_C(1) << 38;
    cpu_exception_return(&bench->cpu, bench->in, 0);
    cr_expect_eq(bench->cpu.pc, 0xff80000000001000);
    bench_free(bench);
}

/* M<4:0>: 0b00000 EL0t, 0b00100 EL1t, 0b00101 EL1h are the legal ones here. */
Test(exception_return, of_every_mode_is_legal_or_sets_il_and_stays)
{
    bench_t *bench = bench_new();
    for (unsigned mode = 0; mode < 32; mode++) {
        bool legal = mode == 0 || mode == 4 || mode == 5;
        bench_reset(bench);
        cr_assert_eq(eret(bench, 0x90000000 | 0x40 | mode), CPU_JUMP);
        cr_expect_eq(bench->cpu.pstate.il, !legal, "mode %#x", mode);
        cr_expect_eq(bench->cpu.pstate.el, legal ? mode >> 2 : 1, "mode %#x", mode);
        cr_expect_eq(bench->cpu.pstate.sp_select, legal ? mode & 1 : 1, "mode %#x", mode);
        cr_expect_eq(get_nzcv(&bench->cpu), 0x90000000, "flags are restored either way");
        cr_expect_eq(bench->cpu.pstate.daif, CPU_DAIF_F);
        cr_expect_eq(bench->cpu.pc, 0x12344);
        cr_expect_eq(bench->monitor_clears, 1);
    }
    bench_free(bench);
}

Test(exception_return, with_il_set_is_legal_and_the_next_instruction_faults)
{
    bench_t *bench = bench_new();
    eret(bench, 1 << 20 | 5);
    cr_assert(bench->cpu.pstate.il);
    cr_expect_eq(cpu_exception_illegal_state(&bench->cpu), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x0e, 0));
    cr_expect_eq(bench->cpu.sys.ELR_EL1, 0x12344);
    cr_expect_eq(bench->cpu.sys.SPSR_EL1, 1 << 20 | 5);
    cr_expect_not(bench->cpu.pstate.il);
    bench_free(bench);
}

Test(pstate, every_field_survives_a_round_trip_and_absent_ones_are_dropped)
{
    uint64_t fields = 0xf0000000 | 1 << 20 | 0x3c0, features = 1 << 24 | 1 << 23 | 1 << 22 | 1 << 12 | 3 << 10;
    cpu_features_t all = {UINT64_MAX};
    bench_t *plain = bench_new_with((cpu_features_t){0}), *full = bench_new_with(all);
    for (unsigned bit = 0; bit < 32; bit++) {
        uint64_t value = (UINT64_C(1) << bit & (fields | features)) | 5;
        cpu_pstate_write(&full->cpu, value);
        cr_expect_eq(cpu_pstate_read(&full->cpu), value, "bit %u", bit);
        cpu_pstate_write(&plain->cpu, value);
        cr_expect_eq(cpu_pstate_read(&plain->cpu), value & (fields | 5), "bit %u", bit);
    }
    cpu_pstate_write(&full->cpu, fields | features | 4);
    cr_expect_eq(cpu_pstate_read(&full->cpu), fields | features | 4);
    bench_free(plain);
    bench_free(full);
}

Test(pstate, msr_immediate_moves_masks_and_stack)
{
    bench_t *bench = bench_new_with((cpu_features_t){0});
    cpu_t *cpu = &bench->cpu;
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 3, 7, 0x6), CPU_OK, "DAIFClr");
    cr_expect_eq(cpu->pstate.daif, 0x9);
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 3, 6, 0x2), CPU_OK, "DAIFSet");
    cr_expect_eq(cpu->pstate.daif, 0xb);
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 0, 4, 1), CPU_JUMP, "PAN does not exist");
    cr_expect_eq(bench_class(bench), 0);

    bench_to_el0(bench);
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 3, 6, 0xf), CPU_JUMP, "DAIFSet at EL0 without UMA");
    cr_expect_eq(cpu->sys.ESR_EL1, ESR(0x18, 6 << 17 | 3 << 14 | 4 << 10 | 31 << 5 | 0xf << 1));
    bench_to_el0(bench);
    cpu->sys.SCTLR_EL1 |= CPU_SCTLR_UMA;
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 3, 6, 0xf), CPU_OK);
    cr_expect_eq(cpu->pstate.daif, 0xf);
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 0, 5, 1), CPU_JUMP, "SPSel at EL0");
    cr_expect_eq(cpu->sys.ESR_EL1, ESR(0, 0));
    bench_free(bench);
}

Test(pstate, msr_immediate_writes_fields_of_features)
{
    bench_t *bench = bench_new_with((cpu_features_t){UINT64_MAX});
    cpu_t *cpu = &bench->cpu;
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 0, 4, 1), CPU_OK);
    cr_expect(cpu->pstate.pan);
    cr_expect_eq(bench->context_changes, 1);
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 0, 3, 1), CPU_OK);
    cr_expect(cpu->pstate.uao);
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 3, 2, 1), CPU_OK);
    cr_expect(cpu->pstate.dit);
    cr_expect_eq(cpu_sys_msr_immediate(cpu, bench->in, 0, 3, 1, 1), CPU_OK);
    cr_expect(cpu->pstate.ssbs);
    bench_free(bench);
}
