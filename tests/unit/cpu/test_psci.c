/* PSCI calls on three cores and a real power controller, connected by links. Core 0 is on, the others wait for CPU_ON.
 */
#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/psci.h"
#include "cpu/system.h"
#include "device/power.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

enum { CORES = 3, PERIOD_PS = 500 };

typedef struct board board_t;

typedef struct board_core {
    cpu_t cpu;
    cpu_core_t core;
    cpu_insn_t line[CPU_LINE_INSNS];
} board_core_t;

struct board {
    engine_t *engine;
    device_power_t *power;
    board_core_t core[CORES];
    unsigned ended;
    device_power_end_t end;
};

static void nothing(cpu_t *cpu)
{
    (void)cpu;
}

static void clear_exclusive(cpu_t *cpu, bool exception_return)
{
    (void)cpu;
    (void)exception_return;
}

static const cpu_memory_port_t port = {.clear_exclusive = clear_exclusive, .context_changed = nothing};

static void run_core(void *self, uint64_t end_ps)
{
    board_core_t *core = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(core->cpu.component, end_ps))) {
        cpu_psci_receive(&core->cpu, message->arrival_ps, message->payload);
    }
    engine_component_wake_at(core->cpu.component, UINT64_MAX);
}

static void ended(void *self, uint64_t now_ps, device_power_end_t end, unsigned core)
{
    board_t *board = self;
    (void)now_ps;
    (void)core;
    board->ended++;
    board->end = end;
}

static void add_core(board_t *board, unsigned index, uint64_t mpidr)
{
    static const engine_component_ops_t ops = {.run = run_core};
    const cpu_system_config_t config = {.features = cpu_features_implemented(),
                                        .mpidr = mpidr,
                                        .cores = CORES,
                                        .physical_address_bits = 40,
                                        .entry_base = 0x40000000,
                                        .entry_bytes = 0x10000000,
                                        .counter_hz = 62500000,
                                        .l1i = {32768, 2},
                                        .l1d = {32768, 2}};
    board_core_t *core = &board->core[index];
    cpu_t *cpu = &core->cpu;
    cpu->index = index;
    cpu->period_ps = PERIOD_PS;
    cpu->port = &port;
    cpu->core = &core->core;
    cpu->line_insns = core->line;
    cpu->line_pc = 0x40080000;
    cpu->block = CPU_BLOCK_OFF;
    cpu->component = engine_component_new(board->engine, "core", &ops, core);
    cpu->to_power = engine_link_new(board->engine, "to_power", cpu->component, device_power_component(board->power),
                                    10000 + 1000 * index, 0);
    device_power_attach_core(
        board->power, index,
        engine_link_new(board->engine, "from_power", device_power_component(board->power), cpu->component, 10000, 0));
    cr_assert_eq(cpu_system_init(cpu, &config, NULL), 0);
}

static board_t *board_new(void)
{
    static const uint64_t mpidr[CORES] = {0x000, 0x001, 0x100};
    board_t *board = g_new0(board_t, 1);
    const device_power_config_t config = {.cores = CORES,
                                          .mpidr = mpidr,
                                          .on = 1,
                                          .response_ps = 1000,
                                          .power_up_ps = 50000,
                                          .entry_base = 0x40000000,
                                          .entry_bytes = 0x10000000,
                                          .ended = ended,
                                          .self = board};
    board->engine = engine_new();
    cr_assert_eq(device_power_new(board->engine, &config, &board->power, NULL), 0);
    for (unsigned i = 0; i < CORES; i++)
        add_core(board, i, mpidr[i]);
    cpu_power_up(&board->core[0].cpu, 0, 0x40080000, 0);
    return board;
}

static void board_free(board_t *board)
{
    device_power_free(board->power);
    engine_free(board->engine);
    g_free(board);
}

/* HVC at the engine's present; the result is in X0 once the core runs again. The core acts outside windows: it is woken
 * so that what it sent is delivered. */
static cpu_status_t call(board_t *board, unsigned core, uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    cpu_t *cpu = &board->core[core].cpu;
    uint64_t now_cycles = engine_now_ps(board->engine) / PERIOD_PS;
    cpu->x[0] = function;
    cpu->x[1] = x1;
    cpu->x[2] = x2;
    cpu->x[3] = x3;
    engine_component_wake_at(cpu->component, engine_now_ps(board->engine));
    return cpu_exception_hvc(cpu, cpu->line_insns, now_cycles, 0);
}

/* As call, for calls that need no other core: the answer is there at once. */
static int64_t ask(board_t *board, uint64_t function, uint64_t x1, uint64_t x2)
{
    cr_assert_eq(call(board, 0, function, x1, x2, 0), CPU_LEAVE, "function %#lx", function);
    cr_assert_eq(board->core[0].cpu.block, CPU_RUNNING, "function %#lx", function);
    return (int64_t)board->core[0].cpu.x[0];
}

/* As call, and lets the machine run until the core goes on. */
static int64_t wait_for(board_t *board, unsigned core, uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    cr_assert_eq(call(board, core, function, x1, x2, x3), CPU_LEAVE);
    cr_assert_eq(board->core[core].cpu.block, CPU_BLOCK_PSCI);
    engine_run(board->engine, engine_now_ps(board->engine) + 1000000);
    cr_assert_eq(board->core[core].cpu.block, CPU_RUNNING);
    return (int64_t)board->core[core].cpu.x[0];
}

Test(psci_versions, tell_psci_1_1_and_smccc_1_1)
{
    board_t *board = board_new();
    cr_expect_eq(ask(board, 0x84000000, 0, 0), 0x10001);
    cr_expect_eq(ask(board, 0x80000000, 0, 0), 0x10001);
    cr_expect_eq(ask(board, 0x84000006, 0, 0), 2, "MIGRATE_INFO_TYPE: no trusted OS");
    board_free(board);
}

Test(psci_features, name_what_is_implemented_and_nothing_else)
{
    static const uint32_t implemented[] = {0x84000000, 0x84000001, 0xc4000001, 0x84000002, 0x84000003,
                                           0xc4000003, 0x84000004, 0xc4000004, 0x84000006, 0x84000008,
                                           0x84000009, 0x8400000a, 0x80000000};
    board_t *board = board_new();
    for (uint64_t function = 0x84000000; function < 0x84000020; function++) {
        for (unsigned wide = 0; wide < 2; wide++) {
            uint64_t id = function | (uint64_t)wide << 30;
            bool expected = false;
            for (unsigned i = 0; i < sizeof(implemented) / sizeof(implemented[0]); i++)
                expected |= implemented[i] == id;
            cr_expect_eq(ask(board, 0x8400000a, id, 0), expected ? 0 : -1, "%#lx", id);
        }
    }
    cr_expect_eq(ask(board, 0x8400000a, 0x80000000, 0), 0, "SMCCC_VERSION");
    board_free(board);
}

Test(psci_unknown_calls, are_not_supported_in_all_64_bits)
{
    static const uint64_t ids[] = {0x84000005, 0x84000007, 0x84000010, 0xc400000e,
                                   0x8600ff01, 0x84000050, 0,          0xffffffff};
    board_t *board = board_new();
    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        cr_expect_eq(ask(board, ids[i], 0, 0), -1, "%#lx", ids[i]);
    cr_expect_eq(ask(board, 0x80000001, 0x80008000, 0), -1, "SMCCC_ARCH_WORKAROUND_1");
    cr_expect_eq(ask(board, 0x80000001, 0x80000000, 0), 0, "SMCCC_VERSION");
    cr_expect_eq(board->core[0].cpu.guest_log.count, 0, "asking is no mistake");
    board_free(board);
}

Test(psci_cpu_on, starts_the_core_at_el1_with_mmu_off_and_the_context_in_x0)
{
    board_t *board = board_new();
    cpu_t *cpu = &board->core[1].cpu;
    cpu->x[7] = 7;
    cr_expect_eq(wait_for(board, 0, 0xc4000003, 1, 0x40001000, 0x123456789), 0);
    cr_expect_eq(cpu->block, CPU_RUNNING);
    cr_expect_eq(cpu->pc, 0x40001000);
    cr_expect_eq(cpu->x[0], 0x123456789);
    cr_expect_eq(cpu->x[7], 0);
    cr_expect_eq(cpu_pstate_read(cpu), 0x3c5);
    cr_expect_eq(cpu->sys.SCTLR_EL1 & (CPU_SCTLR_M | CPU_SCTLR_C | CPU_SCTLR_I), 0);
    cr_expect_eq(board->core[2].cpu.block, CPU_BLOCK_OFF);
    board_free(board);
}

Test(psci_cpu_on, reports_why_it_cannot)
{
    board_t *board = board_new();
    cr_expect_eq(wait_for(board, 0, 0xc4000003, 2, 0x40001000, 0), -2, "no such core");
    cr_expect_eq(wait_for(board, 0, 0xc4000003, 0x100, 0x1000, 0), -9, "entry outside RAM");
    cr_expect_eq(wait_for(board, 0, 0xc4000003, 0, 0x40001000, 0), -4, "core 0 is on");
    cr_expect_eq(wait_for(board, 0, 0xc4000003, 0x100, 0x40001000, 0), 0);
    cr_expect_eq(wait_for(board, 0, 0xc4000003, 0x100, 0x40001000, 0), -4);
    board_free(board);
}

Test(psci_cpu_on, in_its_32_bit_form_ignores_the_upper_halves)
{
    board_t *board = board_new();
    cr_expect_eq(wait_for(board, 0, 0x84000003, 0xffffffff00000001, 0x5555555540002000, 0x7777777700000009), 0);
    cr_expect_eq(board->core[1].cpu.pc, 0x40002000);
    cr_expect_eq(board->core[1].cpu.x[0], 9);
    board_free(board);
}

/* Cores 0 and 1 turn on core 2 at the same time; the link of core 0 is faster. */
Test(psci_cpu_on, of_two_callers_lets_one_win_and_tells_the_other_on_pending)
{
    board_t *board = board_new();
    cr_assert_eq(wait_for(board, 0, 0xc4000003, 1, 0x40001000, 0), 0);
    call(board, 1, 0xc4000003, 0x100, 0x40003000, 3);
    call(board, 0, 0xc4000003, 0x100, 0x40002000, 2);
    engine_run(board->engine, engine_now_ps(board->engine) + 1000000);
    cr_expect_eq((int64_t)board->core[0].cpu.x[0], 0);
    cr_expect_eq((int64_t)board->core[1].cpu.x[0], -5);
    cr_expect_eq(board->core[2].cpu.pc, 0x40002000);
    cr_expect_eq(board->core[2].cpu.x[0], 2);
    board_free(board);
}

Test(psci_cpu_off, lets_the_core_be_turned_on_again)
{
    board_t *board = board_new();
    cr_assert_eq(wait_for(board, 0, 0xc4000003, 1, 0x40001000, 0), 0);
    cr_expect_eq(wait_for(board, 0, 0xc4000004, 1, 0, 0), 0, "AFFINITY_INFO: on");
    call(board, 1, 0x84000002, 0, 0, 0);
    cr_expect_eq(board->core[1].cpu.block, CPU_BLOCK_OFF);
    engine_run(board->engine, engine_now_ps(board->engine) + 1000000);
    cr_expect_eq(wait_for(board, 0, 0xc4000004, 1, 0, 0), 1, "AFFINITY_INFO: off");
    cr_expect_eq(wait_for(board, 0, 0xc4000003, 1, 0x40004000, 8), 0);
    cr_expect_eq(board->core[1].cpu.pc, 0x40004000);
    board_free(board);
}

Test(psci_cpu_off, takes_the_timers_along)
{
    board_t *board = board_new();
    cpu_t *cpu = &board->core[0].cpu;
    cpu_timer_write_cval(cpu, CPU_TIMER_VIRTUAL, 0, 1000);
    cpu_timer_write_ctl(cpu, CPU_TIMER_VIRTUAL, 0, CPU_TIMER_ENABLE);
    call(board, 0, 0x84000002, 0, 0, 0);
    cr_expect_eq(cpu_timer_next_event_ps(cpu), UINT64_MAX);
    board_free(board);
}

Test(psci_affinity_info, checks_its_level_and_sees_clusters)
{
    board_t *board = board_new();
    cr_expect_eq(ask(board, 0xc4000004, 0, 4), -2);
    cr_expect_eq(ask(board, 0xc4000004, 0, UINT64_C(1) << 32), -2);
    cr_expect_eq(wait_for(board, 0, 0xc4000004, 0x100, 1, 0), 1, "the cluster of core 2 is off");
    cr_expect_eq(wait_for(board, 0, 0xc4000004, 0x0, 1, 0), 0, "that of core 0 is on");
    cr_expect_eq(wait_for(board, 0, 0xc4000004, 0x300, 0, 0), -2);
    board_free(board);
}

Test(psci_cpu_suspend, standby_waits_as_wfi_and_powerdown_checks_its_entry)
{
    board_t *board = board_new();
    cpu_t *cpu = &board->core[0].cpu;
    cr_expect_eq(ask(board, 0xc4000001, 0x00010000, 0x1000), -9, "entry outside RAM");
    cr_expect_eq(ask(board, 0xc4000001, 0x00010000, 0x40001002), -9, "entry that is not aligned");
    cr_expect_eq(ask(board, 0xc4000001, 0x80000000, 0), -2, "reserved bits");
    cr_assert_eq(call(board, 0, 0x84000001, 0, 0, 0), CPU_LEAVE);
    cr_expect_eq(cpu->block, CPU_BLOCK_WFI);
    cr_expect_eq(cpu->x[0], 0, "SUCCESS, once it wakes");
    board_free(board);
}

Test(psci_system, off_and_reset_halt_every_core_and_end_the_run_once)
{
    for (unsigned reset = 0; reset < 2; reset++) {
        board_t *board = board_new();
        wait_for(board, 0, 0xc4000003, 1, 0x40001000, 0);
        call(board, 1, 0x84000008 + reset, 0, 0, 0);
        cr_expect_eq(board->core[1].cpu.block, CPU_BLOCK_HALTED, "the caller stops at once");
        engine_run(board->engine, engine_now_ps(board->engine) + 1000000);
        for (unsigned i = 0; i < CORES; i++)
            cr_expect_eq(board->core[i].cpu.block, CPU_BLOCK_HALTED, "core %u", i);
        cr_expect_eq(board->ended, 1);
        cr_expect_eq(board->end, reset ? DEVICE_POWER_ENDED_RESET : DEVICE_POWER_ENDED_OFF);
        board_free(board);
    }
}

Test(psci_arguments, that_are_being_loaded_are_waited_for)
{
    board_t *board = board_new();
    cpu_t *cpu = &board->core[0].cpu;
    cpu->pending = 1 << 2;
    cr_expect_eq(call(board, 0, 0xc4000003, 1, 0x40001000, 0), CPU_RETRY);
    cr_expect_eq(cpu->block, CPU_BLOCK_LOAD_VALUE);
    cpu->pending = 1 << 9;
    cpu->block = CPU_RUNNING;
    cr_expect_eq(call(board, 0, 0xc4000003, 1, 0x40001000, 0), CPU_LEAVE);
    board_free(board);
}

Test(psci_conduit, smc_does_the_same_as_hvc)
{
    board_t *board = board_new();
    cpu_t *cpu = &board->core[0].cpu;
    cpu->x[0] = 0x84000000;
    cr_expect_eq(cpu_exception_smc(cpu, cpu->line_insns, 0, 0), CPU_LEAVE);
    cr_expect_eq(cpu->x[0], 0x10001);
    board_free(board);
}
