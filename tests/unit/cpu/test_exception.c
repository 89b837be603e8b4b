/* Exception entry and return: vectors, return addresses, PSTATE and syndromes, with values worked out by hand from the
 * descriptions of ESR_EL1, SPSR_EL1 and the vector table (Arm ARM D1.3, D17.2). */
#include "system_bench.h"

#include <criterion/criterion.h>

#define ESR(class, iss) ((uint64_t)(class) << 26 | UINT64_C(1) << 25 | (iss))

/* Takes an SVC, so that tests can look at what every exception does. */
static void svc(bench_t *bench)
{
    cr_assert_eq(cpu_exception_svc(&bench->cpu, bench->in, 0, 0), CPU_JUMP);
}

Test(exception_vector, offset_depends_on_where_it_comes_from)
{
    bench_t *bench = bench_new();
    svc(bench);
    cr_expect_eq(bench->cpu.pc, BENCH_VBAR + 0x200, "current EL with SP_ELx");

    bench_reset(bench);
    cpu_set_el(&bench->cpu, 1, false);
    svc(bench);
    cr_expect_eq(bench->cpu.pc, BENCH_VBAR + 0x000, "current EL with SP_EL0");
    cr_expect(bench->cpu.pstate.sp_select);

    bench_reset(bench);
    bench_to_el0(bench);
    svc(bench);
    cr_expect_eq(bench->cpu.pc, BENCH_VBAR + 0x400, "lower EL, AArch64");
    cr_expect_eq(bench->cpu.pstate.el, 1);
    cr_expect_eq(bench->cpu.stats.exceptions, 1);
    bench_free(bench);
}

Test(exception_vector, interrupts_have_their_own_and_leave_the_syndrome)
{
    bench_t *bench = bench_new();
    bench->cpu.sys.ESR_EL1 = 0x1234;
    bench->cpu.sys.FAR_EL1 = 0x5678;
    bench->cpu.pc = 0x40090004;
    cr_assert_eq(cpu_exception_irq(&bench->cpu), CPU_JUMP);
    cr_expect_eq(bench->cpu.pc, BENCH_VBAR + 0x280);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, 0x40090004, "the instruction that has not been executed");
    cr_expect_eq(bench->cpu.sys.ESR_EL1, 0x1234);
    cr_expect_eq(bench->cpu.sys.FAR_EL1, 0x5678);
    cr_expect_eq(bench->cpu.stats.irqs, 1);

    bench_to_el0(bench);
    cr_assert_eq(cpu_exception_fiq(&bench->cpu), CPU_JUMP);
    cr_expect_eq(bench->cpu.pc, BENCH_VBAR + 0x500);
    cr_expect_eq(bench->cpu.stats.irqs, 1);

    bench_to_el0(bench);
    cr_assert_eq(cpu_exception_serror(&bench->cpu), CPU_JUMP);
    cr_expect_eq(bench->cpu.pc, BENCH_VBAR + 0x580);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x2f, 0));
    bench_free(bench);
}

Test(exception_return_address, is_the_next_instruction_only_for_svc)
{
    bench_t *bench = bench_new();
    cpu_exception_svc(&bench->cpu, bench->in, 0, 0x1234);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC + 4);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x15, 0x1234));
    cpu_exception_brk(&bench->cpu, bench->in, 0, 0xf000);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x3c, 0xf000));
    cpu_exception_hlt(&bench->cpu, bench->in, 0, 0xf000);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0, 0), "halting debug does not exist");
    cpu_exception_undefined(&bench->cpu, bench->in, 0);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0, 0));
    bench_free(bench);
}

Test(exception_entry, masks_everything_and_saves_pstate)
{
    bench_t *bench = bench_new();
    bench_to_el0(bench);
    bench->cpu.nzcv = 0xa0000000;
    bench->cpu.pstate.daif = CPU_DAIF_A;
    svc(bench);
    cr_expect_eq(bench->cpu.sys.SPSR_EL1, 0xa0000000 | 0x100, "N C, A, EL0t");
    cr_expect_eq(bench->cpu.pstate.daif, 0xf);
    cr_expect_eq(bench->cpu.nzcv, 0xa0000000, "flags stay");
    svc(bench);
    cr_expect_eq(bench->cpu.sys.SPSR_EL1, 0xa0000000 | 0x3c0 | 5, "DAIF, EL1h");
    bench_free(bench);
}

Test(exception_entry, banks_the_stack_pointers)
{
    bench_t *bench = bench_new();
    bench->cpu.x[CPU_SP] = 0x1111;
    bench_to_el0(bench);
    bench->cpu.x[CPU_SP] = 0x2222;
    svc(bench);
    cr_expect_eq(bench->cpu.x[CPU_SP], 0x1111);
    cr_expect_eq(bench_mrs(bench, CPU_SYS_KEY(3, 0, 4, 1, 0), 0), 0x2222);
    cpu_set_el(&bench->cpu, 1, false);
    cr_expect_eq(bench->cpu.x[CPU_SP], 0x2222);
    bench_free(bench);
}

Test(exception_entry, tells_the_memory_port_when_the_level_changes)
{
    bench_t *bench = bench_new();
    svc(bench);
    cr_expect_eq(bench->context_changes, 0);
    bench_to_el0(bench);
    bench->context_changes = 0;
    svc(bench);
    cr_expect_eq(bench->context_changes, 1);
    bench_free(bench);
}

Test(exception_entry, sets_pan_unless_span_and_clears_uao)
{
    cpu_features_t features = {CPU_FEATURE_BIT(CPU_FEAT_PAN) | CPU_FEATURE_BIT(CPU_FEAT_UAO) |
                               CPU_FEATURE_BIT(CPU_FEAT_SSBS)};
    bench_t *bench = bench_new_with(features);
    bench->cpu.pstate.uao = true;
    svc(bench);
    cr_expect_not(bench->cpu.pstate.pan, "SPAN resets to 1");
    cr_expect_not(bench->cpu.pstate.uao);
    cr_expect_eq(bench->cpu.sys.SPSR_EL1, 0x3c5 | 1 << 23);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 1, 0, 0), UINT64_C(1) << 44, 0); /* SPAN 0, DSSBS 1 */
    svc(bench);
    cr_expect(bench->cpu.pstate.pan);
    cr_expect(bench->cpu.pstate.ssbs);
    bench_free(bench);
}

Test(exception_entry, leaves_a_trace_record)
{
    trace_t *trace = trace_new();
    bench_t *bench = bench_new();
    bench->cpu.trace = trace_port_new(trace, "core0", &cpu_exception_trace_names);
    svc(bench);
    cr_expect_eq(trace_records(trace), 1);
    cr_expect_str_eq(cpu_exception_trace_names.events[CPU_EXCEPTION_SVC], "svc");
    cr_expect_str_eq(cpu_exception_trace_names.events[CPU_EXCEPTION_FIQ], "fiq");
    cr_expect_null(cpu_exception_trace_names.events[CPU_EXCEPTION_KIND_COUNT]);
    bench_free(bench);
    trace_free(trace);
}

/* --- syndromes --- */

Test(exception_syndrome, data_aborts_by_level_direction_and_kind)
{
    static const struct {
        bool el0, write, maintenance, external;
        uint8_t status;
        uint64_t esr;
    } rows[] = {
        {true, false, false, false, 0x07, ESR(0x24, 0x007)}, /* translation, level 3, read from EL0 */
        {false, false, false, false, 0x07, ESR(0x25, 0x007)},
        {false, true, false, false, 0x0f, ESR(0x25, 0x04f)}, /* permission, level 3, write */
        {true, true, false, false, 0x0a, ESR(0x24, 0x04a)},  /* access flag, level 2, write */
        {false, false, true, false, 0x06, ESR(0x25, 0x146)}, /* DC CVAC: CM and WnR */
        {false, false, false, true, 0x10, ESR(0x25, 0x210)}, /* external */
        {false, false, false, true, 0x17, ESR(0x25, 0x217)}, /* external on a walk, level 3 */
    };
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_reset(bench);
        if (rows[i].el0)
            bench_to_el0(bench);
        cr_assert_eq(cpu_exception_data_abort(&bench->cpu, bench->in, 0, 0x8000000000001238, rows[i].write,
                                              rows[i].status, rows[i].maintenance, rows[i].external),
                     CPU_JUMP);
        cr_expect_eq(bench->cpu.sys.ESR_EL1, rows[i].esr, "row %u: %#lx", i, bench->cpu.sys.ESR_EL1);
        cr_expect_eq(bench->cpu.sys.FAR_EL1, 0x8000000000001238);
        cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);
    }
    cpu_exception_alignment(&bench->cpu, bench->in, 0, 0x1001, true);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x25, 0x61));
    bench_free(bench);
}

Test(exception_syndrome, instruction_aborts_and_alignment_of_pc_and_sp)
{
    bench_t *bench = bench_new();
    bench->cpu.pc = 0x7000;
    cpu_exception_instruction_abort(&bench->cpu, 0x7000, 0x0d, false);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x21, 0x0d));
    cr_expect_eq(bench->cpu.sys.FAR_EL1, 0x7000);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, 0x7000);

    bench_to_el0(bench);
    bench->cpu.pc = 0x7002;
    cpu_exception_pc_alignment(&bench->cpu);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x22, 0));
    cr_expect_eq(bench->cpu.sys.FAR_EL1, 0x7002);
    cr_expect_eq(bench->cpu.sys.ELR_EL1, 0x7002);

    bench_to_el0(bench);
    bench->cpu.pc = 0x7100;
    cpu_exception_instruction_abort(&bench->cpu, 0x7100, 0x10, true);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x20, 0x210));

    cpu_exception_sp_alignment(&bench->cpu, bench->in, 0);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x26, 0));
    cr_expect_eq(bench->cpu.sys.ELR_EL1, BENCH_PC);
    bench_free(bench);
}

Test(exception_syndrome, fp_is_trapped_as_fpen_says)
{
    static const bool trapped[4][2] = {{true, true}, {true, false}, {true, true}, {false, false}}; /* EL0, EL1 */
    bench_t *bench = bench_new_with((cpu_features_t){CPU_FEATURE_BIT(CPU_FEAT_FP)});
    for (unsigned fpen = 0; fpen < 4; fpen++) {
        for (unsigned el = 0; el < 2; el++) {
            bench_reset(bench);
            bench->cpu.sys.CPACR_EL1 = fpen << 20;
            if (!el)
                bench_to_el0(bench);
            cpu_status_t status = cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 3, 4, 4, 0), 5);
            cr_expect_eq(status, trapped[fpen][el] ? CPU_JUMP : CPU_OK, "FPEN %u, EL%u", fpen, el);
            if (status == CPU_JUMP)
                cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0x07, 0x1e00000), "CV, COND 0xe");
        }
    }
    bench_free(bench);
}

Test(exception_syndrome, firmware_calls_are_undefined_at_el0_and_with_an_immediate)
{
    bench_t *bench = bench_new();
    cr_expect_eq(cpu_exception_hvc(&bench->cpu, bench->in, 0, 1), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0, 0));
    bench_to_el0(bench);
    cr_expect_eq(cpu_exception_smc(&bench->cpu, bench->in, 0, 0), CPU_JUMP);
    cr_expect_eq(bench->cpu.sys.ESR_EL1, ESR(0, 0));
    bench_free(bench);
}

/* --- WFI and WFE --- */

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

/* --- ERET and PSTATE --- */

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
    cr_expect_eq(bench->cpu.nzcv, 0x60000000);
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
        cr_expect_eq(bench->cpu.nzcv, 0x90000000, "flags are restored either way");
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
    bench_t *plain = bench_new(), *full = bench_new_with(all);
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
    bench_t *bench = bench_new();
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
