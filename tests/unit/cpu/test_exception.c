/* Exception entry: vectors, return addresses, PSTATE and syndromes, with values worked out by hand from the
 * descriptions of ESR_EL1, SPSR_EL1 and the vector table (Arm ARM D1.3, D17.2). */
#include "cpu/flags.h"
#include "cpu/isa/opcode.h"
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
    set_nzcv(&bench->cpu, 0xa0000000);
    bench->cpu.pstate.daif = CPU_DAIF_A;
    svc(bench);
    cr_expect_eq(bench->cpu.sys.SPSR_EL1, 0xa0000000 | 0x100, "N C, A, EL0t");
    cr_expect_eq(bench->cpu.pstate.daif, 0xf);
    cr_expect_eq(get_nzcv(&bench->cpu), 0xa0000000, "flags stay");
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

Test(exception_log, an_undefined_encoding_is_named_with_its_word_and_pc)
{
    bench_t *bench = bench_new();
    bench->line[3].opcode = CPU_OP_UDF;
    bench->line[3].imm = 0x2000;
    cpu_exception_undefined(&bench->cpu, bench->in, 100);
    cr_assert_eq(bench->cpu.guest_log.count, 1);
    cr_expect_str_eq(bench->cpu.guest_log.first[0].text, "encoding 0x00002000 at EL1: UNDEFINED");
    cr_expect_eq(bench->cpu.guest_log.first[0].pc, BENCH_PC);
    bench_free(bench);
}
