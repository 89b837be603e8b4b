/* The traps, one function each. */
#include "system_traps.h"

#include "base/time.h"
#include "cpu/branch_type.h"
#include "cpu/psci.h"
#include "system_bench.h"

static bench_t *bench_with(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_new();
    bench->cpu.injected_fault = injected;
    return bench;
}

static bool done(bench_t *bench, bool holds)
{
    bench_free(bench);
    return holds;
}

/* Cores of different clocks take turns, each reading after the other in simulated time. */
bool trap_counter_never_goes_back_between_cores(cpu_injected_fault_t injected)
{
    static const uint64_t period_ps[] = {500, 333, 417};
    bench_t *bench = bench_with(injected);
    uint64_t last = 0, now_ps = 0;
    bool holds = true;
    for (unsigned turn = 0; turn < 3000; turn++) {
        cpu_t *cpu = &bench->cpu;
        cpu->index = turn % 3;
        cpu->period_ps = period_ps[cpu->index];
        uint64_t cycle = now_ps / cpu->period_ps + 1;
        uint64_t count = bench_mrs(bench, CPU_SYS_KEY(3, 3, 14, 0, 2), cycle);
        holds &= count >= last;
        last = count;
        now_ps = cycle * cpu->period_ps;
    }
    bench->cpu.index = 0;
    return done(bench, holds && last > 0);
}

bool trap_cval_of_all_ones_never_fires(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_timer_write_cval(&bench->cpu, CPU_TIMER_VIRTUAL, 0, UINT64_MAX);
    cpu_timer_write_ctl(&bench->cpu, CPU_TIMER_VIRTUAL, 0, CPU_TIMER_ENABLE);
    cpu_timer_update(&bench->cpu, TIME_PS_PER_SECOND);
    return done(bench, !bench->cpu.timer.channel[CPU_TIMER_VIRTUAL].line &&
                           cpu_timer_next_event_ps(&bench->cpu) == TIME_NEVER);
}

bool trap_negative_tval_fires_at_once(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    uint64_t now_ps = 1000 * (uint64_t)BENCH_TICK_PS;
    cpu_timer_write_ctl(&bench->cpu, CPU_TIMER_PHYSICAL, 0, CPU_TIMER_ENABLE);
    cpu_timer_write_tval(&bench->cpu, CPU_TIMER_PHYSICAL, now_ps, 0xfffffff0);
    return done(bench, bench->cpu.timer.channel[CPU_TIMER_PHYSICAL].line &&
                           bench->cpu.timer.channel[CPU_TIMER_PHYSICAL].cval == 1000 - 16);
}

/* The handler writes a new CVAL; the wire must be low before its EOI can be sent over the same link. */
bool trap_rearming_in_the_handler_lowers_the_line(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bool level = true;
    cpu_timer_write_cval(&bench->cpu, CPU_TIMER_VIRTUAL, 0, 10);
    cpu_timer_write_ctl(&bench->cpu, CPU_TIMER_VIRTUAL, 0, CPU_TIMER_ENABLE);
    cpu_timer_update(&bench->cpu, 10 * BENCH_TICK_PS);
    cpu_timer_write_cval(&bench->cpu, CPU_TIMER_VIRTUAL, 12 * BENCH_TICK_PS, 1000);
    bench_deliver(bench, 12 * BENCH_TICK_PS);
    return done(bench, bench_wires(bench, CPU_TIMER_VIRTUAL_INTID, &level) == 2 && !level);
}

bool trap_sev_before_wfe_is_latched(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_send_event_local(&bench->cpu);
    cpu_status_t status = cpu_wait_for_event(&bench->cpu, bench->in, 0);
    return done(bench, status == CPU_OK && bench->cpu.block == CPU_RUNNING && !bench->cpu.sys.event_register);
}

bool trap_event_stream_wakes_wfe(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_timer_write_cntkctl(&bench->cpu, 0, 1 << 2 | 4 << 4);
    cpu_wait_for_event(&bench->cpu, bench->in, 0);
    cpu_timer_update(&bench->cpu, cpu_timer_next_event_ps(&bench->cpu));
    return done(bench, cpu_wakes(&bench->cpu));
}

bool trap_masked_irq_wakes_wfi_and_is_not_taken(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_wait_for_interrupt(&bench->cpu, bench->in, 0);
    bool asleep = bench->cpu.block == CPU_BLOCK_WFI && !cpu_wakes(&bench->cpu);
    bench_raise_irq(bench);
    return done(bench, asleep && cpu_wakes(&bench->cpu) && (bench->cpu.pstate.daif & CPU_DAIF_I) &&
                           !bench->cpu.stats.exceptions);
}

bool trap_eret_clears_the_monitor(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bench->cpu.sys.SPSR_EL1 = 5;
    cpu_exception_return(&bench->cpu, bench->in, 0);
    return done(bench, bench->monitor_clears == 1);
}

bool trap_svc_returns_behind_itself(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_exception_svc(&bench->cpu, bench->in, 0, 0);
    return done(bench, bench->cpu.sys.ELR_EL1 == BENCH_PC + 4);
}

bool trap_entry_from_el0_uses_the_stack_of_el1(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bench->cpu.x[CPU_SP] = 0x1111;
    bench_to_el0(bench);
    bench->cpu.x[CPU_SP] = 0x2222;
    cpu_exception_svc(&bench->cpu, bench->in, 0, 0);
    return done(bench, bench->cpu.x[CPU_SP] == 0x1111);
}

bool trap_return_to_el2_is_illegal(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bench->cpu.sys.SPSR_EL1 = 9; /* EL2h */
    cpu_exception_return(&bench->cpu, bench->in, 0);
    return done(bench, bench->cpu.pstate.il && bench->cpu.pstate.el == 1);
}

bool trap_entry_sets_pan_unless_span(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bool holds = true;
    for (unsigned span = 0; span < 2; span++) {
        bench_reset(bench);
        bench->cpu.sys.SCTLR_EL1 = span ? CPU_SCTLR_SPAN : 0;
        cpu_exception_svc(&bench->cpu, bench->in, 0, 0);
        holds &= bench->cpu.pstate.pan == !span;
    }
    return done(bench, holds);
}

/* An interrupt between BLR and what it calls saves BTYPE; the next one does not. */
bool trap_branch_type_lasts_one_instruction(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_t *cpu = &bench->cpu;
    cpu_btype_set(cpu, cpu->pc, cpu->stats.instructions, CPU_BTYPE_CALL);
    cpu_exception_irq(cpu);
    bool saved = (cpu->sys.SPSR_EL1 >> 10 & 3) == CPU_BTYPE_CALL;
    cpu_btype_set(cpu, cpu->pc, cpu->stats.instructions, CPU_BTYPE_CALL);
    cpu->stats.instructions += 1;
    cpu_exception_irq(cpu);
    return done(bench, saved && !(cpu->sys.SPSR_EL1 >> 10 & 3));
}

bool trap_aborted_store_says_write(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_exception_data_abort(&bench->cpu, bench->in, 0, 0x1000, true, 0x07, false, false);
    return done(bench, bench_iss(bench) == (0x40 | 0x07));
}

bool trap_el0_cannot_read_el1_registers(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bench_to_el0(bench);
    cpu_status_t status = cpu_sys_mrs(&bench->cpu, bench->in, 0, CPU_SYS_KEY(3, 0, 1, 0, 0), 5);
    return done(bench, status == CPU_JUMP && bench_class(bench) == 0);
}

bool trap_read_only_registers_refuse_writes(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    cpu_status_t status = bench_msr(bench, CPU_SYS_KEY(3, 0, 0, 0, 0), 1, 0);
    return done(bench, status == CPU_JUMP && bench_class(bench) == 0);
}

bool trap_res0_bits_are_not_stored(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 12, 0, 0), UINT64_MAX, 0);
    return done(bench, bench->cpu.sys.VBAR_EL1 == ~UINT64_C(0x7ff));
}

bool trap_cpu_on_waits_for_the_power_controller(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    bench->cpu.x[0] = PSCI_CPU_ON_64;
    cpu_psci_call(&bench->cpu, bench->in, 0);
    bool waits = bench->cpu.block == CPU_BLOCK_PSCI && bench->cpu.x[0] == PSCI_CPU_ON_64;
    bench_deliver(bench, 0);
    return done(bench, waits && bench->power_count == 1);
}

static void power_down(bench_t *bench)
{
    bench->cpu.x[0] = PSCI_CPU_SUSPEND_64;
    bench->cpu.x[1] = 1 << 16;
    bench->cpu.x[2] = 0x40001000;
    bench->cpu.x[3] = 0x123456789;
    bench->cpu.x[9] = 9;
    cpu_psci_call(&bench->cpu, bench->in, 0);
}

bool trap_powerdown_wakes_at_its_entry(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    power_down(bench);
    bool asleep = bench->cpu.block == CPU_BLOCK_WFI && !cpu_wakes(&bench->cpu);
    bench_raise_irq(bench);
    bool wakes = cpu_wakes(&bench->cpu);
    cpu_power_resume(&bench->cpu, 0);
    return done(bench, asleep && wakes && bench->cpu.pc == 0x40001000 && !bench->cpu.x[9]);
}

bool trap_powerdown_hands_over_its_context(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    power_down(bench);
    bench_raise_irq(bench);
    cpu_power_resume(&bench->cpu, 0);
    return done(bench, bench->cpu.x[0] == 0x123456789);
}

bool trap_powerdown_wakes_for_a_sleeping_redistributor(cpu_injected_fault_t injected)
{
    bench_t *bench = bench_with(injected);
    power_down(bench);
    bool asleep = bench->cpu.block == CPU_BLOCK_WFI && !cpu_wakes(&bench->cpu);
    gic_cpuif_receive(bench->cpu.gic, 0, &(gic_packet_t){.kind = GIC_PACKET_WAKE_REQUEST});
    return done(bench, asleep && cpu_wakes(&bench->cpu));
}

const trap_row_t trap_rows[] = {
    {"counter_never_goes_back_between_cores", CPU_INJECT_COUNTER_SKEWED, trap_counter_never_goes_back_between_cores},
    {"cval_of_all_ones_never_fires", CPU_INJECT_CVAL_SIGNED, trap_cval_of_all_ones_never_fires},
    {"negative_tval_fires_at_once", CPU_INJECT_TVAL_UNSIGNED, trap_negative_tval_fires_at_once},
    {"rearming_in_the_handler_lowers_the_line", CPU_INJECT_REARM_KEEPS_LINE,
     trap_rearming_in_the_handler_lowers_the_line},
    {"sev_before_wfe_is_latched", CPU_INJECT_SEV_NOT_LATCHED, trap_sev_before_wfe_is_latched},
    {"event_stream_wakes_wfe", CPU_INJECT_EVENT_STREAM_LOST, trap_event_stream_wakes_wfe},
    {"masked_irq_wakes_wfi_and_is_not_taken", CPU_INJECT_WFI_NEEDS_UNMASKED,
     trap_masked_irq_wakes_wfi_and_is_not_taken},
    {"eret_clears_the_monitor", CPU_INJECT_ERET_KEEPS_MONITOR, trap_eret_clears_the_monitor},
    {"svc_returns_behind_itself", CPU_INJECT_SVC_RETURNS_TO_SELF, trap_svc_returns_behind_itself},
    {"entry_from_el0_uses_the_stack_of_el1", CPU_INJECT_SP_NOT_BANKED, trap_entry_from_el0_uses_the_stack_of_el1},
    {"return_to_el2_is_illegal", CPU_INJECT_ILLEGAL_RETURN_OBEYED, trap_return_to_el2_is_illegal},
    {"entry_sets_pan_unless_span", CPU_INJECT_ENTRY_KEEPS_PAN, trap_entry_sets_pan_unless_span},
    {"branch_type_lasts_one_instruction", CPU_INJECT_BTYPE_OUTLIVES_INSTRUCTION,
     trap_branch_type_lasts_one_instruction},
    {"aborted_store_says_write", CPU_INJECT_ABORT_WITHOUT_WNR, trap_aborted_store_says_write},
    {"el0_cannot_read_el1_registers", CPU_INJECT_EL0_READS_EL1_REGISTERS, trap_el0_cannot_read_el1_registers},
    {"read_only_registers_refuse_writes", CPU_INJECT_READ_ONLY_WRITABLE, trap_read_only_registers_refuse_writes},
    {"res0_bits_are_not_stored", CPU_INJECT_RES0_STORED, trap_res0_bits_are_not_stored},
    {"cpu_on_waits_for_the_power_controller", CPU_INJECT_CPU_ON_WAITS_FOR_NONE,
     trap_cpu_on_waits_for_the_power_controller},
    {"powerdown_wakes_at_its_entry", CPU_INJECT_SUSPEND_RETURNS, trap_powerdown_wakes_at_its_entry},
    {"powerdown_hands_over_its_context", CPU_INJECT_SUSPEND_LOSES_CONTEXT, trap_powerdown_hands_over_its_context},
    {"powerdown_wakes_for_a_sleeping_redistributor", CPU_INJECT_SUSPEND_IGNORES_SLEEPER,
     trap_powerdown_wakes_for_a_sleeping_redistributor},
    {"aborted_access_leaves_its_base", CPU_INJECT_ABORT_WRITES_BASE_BACK, trap_aborted_access_leaves_its_base},
    {"discarded_result_does_not_acquire", CPU_INJECT_DISCARDED_RESULT_ACQUIRES, trap_discarded_result_does_not_acquire},
    {"misaligned_stack_pointer_faults", CPU_INJECT_SP_ALIGNMENT_IGNORED, trap_misaligned_stack_pointer_faults},
    {"default_nan_replaces_nans", CPU_INJECT_FP_DN_IGNORED, trap_default_nan_replaces_nans},
    {"flush_to_zero_takes_denormals_for_zero", CPU_INJECT_FP_FZ_IGNORED, trap_flush_to_zero_takes_denormals_for_zero},
    {"halves_flush_by_fz16_alone", CPU_INJECT_FP_FZ16_FOLLOWS_FZ, trap_halves_flush_by_fz16_alone},
    {"rounding_is_that_of_fpcr", CPU_INJECT_FP_RMODE_IGNORED, trap_rounding_is_that_of_fpcr},
    {"alternative_halves_have_no_infinity", CPU_INJECT_FP_AHP_IGNORED, trap_alternative_halves_have_no_infinity},
    {"multiply_add_rounds_once", CPU_INJECT_FP_MULTIPLY_ADD_ROUNDS_TWICE, trap_multiply_add_rounds_once},
    {"signalling_nan_comes_before_a_quiet_one", CPU_INJECT_FP_FIRST_NAN_WINS,
     trap_signalling_nan_comes_before_a_quiet_one},
    {"flags_accumulate", CPU_INJECT_FP_FLAGS_REPLACED, trap_flags_accumulate},
};
const size_t trap_row_count = sizeof(trap_rows) / sizeof(trap_rows[0]);
