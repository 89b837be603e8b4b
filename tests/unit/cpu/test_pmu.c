/* Performance monitors without a pipeline: the tests move the numbers that events are made of. */
#include "base/time.h"
#include "cpu/pmu_events.h"
#include "system_bench.h"

#include <criterion/criterion.h>

enum {
    PMCR = CPU_SYS_KEY(3, 3, 9, 12, 0),
    PMCNTENSET = CPU_SYS_KEY(3, 3, 9, 12, 1),
    PMCNTENCLR = CPU_SYS_KEY(3, 3, 9, 12, 2),
    PMOVSCLR = CPU_SYS_KEY(3, 3, 9, 12, 3),
    PMSWINC = CPU_SYS_KEY(3, 3, 9, 12, 4),
    PMSELR = CPU_SYS_KEY(3, 3, 9, 12, 5),
    PMCEID0 = CPU_SYS_KEY(3, 3, 9, 12, 6),
    PMCEID1 = CPU_SYS_KEY(3, 3, 9, 12, 7),
    PMCCNTR = CPU_SYS_KEY(3, 3, 9, 13, 0),
    PMXEVTYPER = CPU_SYS_KEY(3, 3, 9, 13, 1),
    PMXEVCNTR = CPU_SYS_KEY(3, 3, 9, 13, 2),
    PMUSERENR = CPU_SYS_KEY(3, 3, 9, 14, 0),
    PMOVSSET = CPU_SYS_KEY(3, 3, 9, 14, 3),
    PMINTENSET = CPU_SYS_KEY(3, 0, 9, 14, 1),
    PMCCFILTR = CPU_SYS_KEY(3, 3, 14, 15, 7),
    PMEVCNTR0 = CPU_SYS_KEY(3, 3, 14, 8, 0),
    PMEVTYPER0 = CPU_SYS_KEY(3, 3, 14, 12, 0),
};
#define CYCLES_BIT (UINT64_C(1) << 31)
#define NOT_EL1    (UINT64_C(1) << 31) /* P */
#define NOT_EL0    (UINT64_C(1) << 30) /* U */

/* Counter n counts this event from now on. */
static void count(bench_t *bench, unsigned n, uint64_t type, uint64_t now_cycles)
{
    bench_msr(bench, PMEVTYPER0 + n, type, now_cycles);
    bench_msr(bench, PMCNTENSET, UINT64_C(1) << n, now_cycles);
    bench_msr(bench, PMCR, CPU_PMCR_E | CPU_PMCR_LC, now_cycles);
}

Test(pmu_cycles, count_only_while_enabled_and_not_asleep)
{
    bench_t *bench = bench_new();
    bench_msr(bench, PMCR, CPU_PMCR_E | CPU_PMCR_LC, 100);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 150), 0, "PMCNTEN");
    bench_msr(bench, PMCNTENSET, CYCLES_BIT, 200);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 207), 7);
    bench->cpu.stats.sleep_cycles += 1000;
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 1210), 10, "WFI stops the clock");
    bench_msr(bench, PMCR, CPU_PMCR_LC, 1220);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 2000), 20, "PMCR.E");
    bench_msr(bench, PMCR, CPU_PMCR_E | CPU_PMCR_C | CPU_PMCR_LC, 2000);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 2003), 3, "PMCR.C");
    bench_msr(bench, PMCNTENCLR, CYCLES_BIT, 2010);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 3000), 10);
    bench_free(bench);
}

Test(pmu_cycles, divided_by_64_unless_the_counter_is_long)
{
    bench_t *bench = bench_new();
    bench_msr(bench, PMCNTENSET, CYCLES_BIT, 0);
    bench_msr(bench, PMCR, CPU_PMCR_E | CPU_PMCR_D, 0);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 63), 0);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 6400), 100);
    bench_msr(bench, PMCR, CPU_PMCR_E | CPU_PMCR_D | CPU_PMCR_LC, 6400);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 6500), 200);
    bench_free(bench);
}

Test(pmu_cycles, overflow_at_32_bits_or_at_64_as_lc_says)
{
    bench_t *bench = bench_new();
    bench_msr(bench, PMCNTENSET, CYCLES_BIT, 0);
    bench_msr(bench, PMCCNTR, 0xfffffff0, 0);
    bench_msr(bench, PMCR, CPU_PMCR_E, 0);
    cr_expect_eq(bench_mrs(bench, PMOVSSET, 15), 0);
    cr_expect_eq(bench_mrs(bench, PMOVSSET, 16), CYCLES_BIT);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 16), UINT64_C(1) << 32, "all 64 bits count");
    bench_msr(bench, PMOVSCLR, CYCLES_BIT, 16);
    bench_msr(bench, PMCCNTR, 0xfffffff0, 16);
    bench_msr(bench, PMCR, CPU_PMCR_E | CPU_PMCR_LC, 16);
    cr_expect_eq(bench_mrs(bench, PMOVSSET, 100), 0);
    bench_msr(bench, PMCCNTR, UINT64_MAX, 100);
    cr_expect_eq(bench_mrs(bench, PMOVSSET, 101), CYCLES_BIT);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 101), 0);
    bench_free(bench);
}

/* Every event that PMCEIDn lists, against the number it is made of. */
Test(pmu_events, each_counts_its_number_and_nothing_else)
{
    bench_t *bench = bench_new();
    cpu_stats_t *stats = &bench->cpu.stats;
    const struct {
        unsigned event;
        uint64_t *number;
    } rows[] = {
        {0x01, &stats->l1i_misses},
        {0x04, &stats->loads},
        {0x06, &stats->loads},
        {0x07, &stats->stores},
        {0x08, &stats->instructions},
        {0x09, &stats->exceptions},
        {0x0a, &stats->exception_returns},
        {0x10, &stats->mispredicts},
        {0x12, &stats->branches},
        {0x13, &stats->stores},
        {0x14, &stats->l1i_accesses},
        {0x19, &stats->device_accesses},
        {0x21, &stats->branches},
        {0x22, &stats->mispredicts},
        {0x23, &bench->core.stalls[CPU_STALL_PLAIN][CPU_BLOCK_FETCH]},
        {0x24, &bench->core.stalls[CPU_STALL_DMB][CPU_BLOCK_DRAIN]},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_reset(bench);
        *rows[i].number += 1000;
        count(bench, i % BENCH_PMU_COUNTERS, rows[i].event, 0);
        *rows[i].number += 5 + i;
        cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + i % BENCH_PMU_COUNTERS, 0), 5 + i, "event %#x", rows[i].event);
        unsigned half = rows[i].event >> 5;
        cr_expect(bit_get(bench_mrs(bench, half ? PMCEID1 : PMCEID0, 0), rows[i].event & 31), "event %#x",
                  rows[i].event);
    }
    bench_reset(bench);
    count(bench, 0, 0x3f, 0);
    bench->cpu.stats.instructions += 100;
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0, 500), 0, "an event that does not exist");
    cr_expect(!bit_get(bench_mrs(bench, PMCEID1, 0), 0x1f));
    bench_free(bench);
}

/* The instruction that reads comes after those of its line that it follows. */
Test(pmu_events, instructions_of_the_present_line_count_up_to_the_read)
{
    bench_t *bench = bench_new();
    count(bench, 0, CPU_PMU_EVENT_INST_RETIRED, 0);
    bench->in += 4;
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0, 0), 4);
    bench->in -= 4;
    bench_free(bench);
}

Test(pmu_filter, p_and_u_exclude_el1_and_el0)
{
    bench_t *bench = bench_new();
    bench_msr(bench, PMUSERENR, CPU_PMUSERENR_EN, 0);
    bench_msr(bench, PMCCFILTR, NOT_EL1, 0);
    bench_msr(bench, PMCNTENSET, CYCLES_BIT, 0);
    count(bench, 0, NOT_EL0 | CPU_PMU_EVENT_MEM_ACCESS, 0);
    count(bench, 1, NOT_EL0 | NOT_EL1 | CPU_PMU_EVENT_MEM_ACCESS, 0);
    bench->cpu.stats.loads += 10;
    bench->cpu.cycle = 50;
    bench_to_el0(bench);
    cpu_pmu_next_event_ps(&bench->cpu); /* as the core's loop does after every exception return */
    bench->cpu.stats.loads += 100;
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0, 60), 10);
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + 1, 60), 0);
    cr_expect_eq(bench_mrs(bench, PMCCNTR, 60), 10, "at EL0 since cycle 50");
    bench_free(bench);
}

Test(pmu_software, increments_where_event_and_mask_say)
{
    bench_t *bench = bench_new();
    count(bench, 0, CPU_PMU_EVENT_SW_INCR, 0);
    count(bench, 1, CPU_PMU_EVENT_INST_RETIRED, 0);
    count(bench, 2, CPU_PMU_EVENT_SW_INCR, 0);
    bench_msr(bench, PMSWINC, 3, 0);
    bench_msr(bench, PMSWINC, UINT64_MAX, 0);
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0, 0), 2);
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + 1, 0), 0);
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + 2, 0), 1);
    bench_free(bench);
}

Test(pmu_chain, counts_overflows_of_the_even_counter)
{
    bench_t *bench = bench_new();
    count(bench, 2, CPU_PMU_EVENT_MEM_ACCESS, 0);
    count(bench, 3, CPU_PMU_EVENT_CHAIN, 0);
    bench_msr(bench, PMEVCNTR0 + 2, 0xffffffff, 0);
    bench->cpu.stats.loads += 3;
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + 3, 0), 1);
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + 2, 0), 2);
    cr_expect_eq(bench_mrs(bench, PMOVSSET, 0), 4);
    bench->cpu.stats.loads += UINT64_C(3) << 32;
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + 3, 0), 4);
    bench_msr(bench, PMEVCNTR0 + 3, 0xffffffff, 0);
    bench->cpu.stats.loads += UINT64_C(1) << 32;
    cr_expect_eq(bench_mrs(bench, PMOVSSET, 0), 12);
    bench_free(bench);
}

Test(pmu_select, names_the_counter_of_the_indirect_registers)
{
    bench_t *bench = bench_new();
    bench_msr(bench, PMSELR, 3, 0);
    bench_msr(bench, PMXEVTYPER, NOT_EL1 | 0x11, 0);
    bench_msr(bench, PMXEVCNTR, 77, 0);
    cr_expect_eq(bench_mrs(bench, PMEVTYPER0 + 3, 0), NOT_EL1 | 0x11);
    cr_expect_eq(bench_mrs(bench, PMEVCNTR0 + 3, 0), 77);
    bench_msr(bench, PMSELR, 31, 0);
    bench_msr(bench, PMXEVTYPER, NOT_EL0, 0);
    cr_expect_eq(bench_mrs(bench, PMCCFILTR, 0), NOT_EL0);
    bench_msr(bench, PMSELR, 6, 0);
    bench_msr(bench, PMXEVTYPER, 1, 0);
    bench_msr(bench, PMXEVCNTR, 1, 0);
    cr_expect_eq(bench_mrs(bench, PMXEVTYPER, 0), 0, "there is no counter 6");
    cr_expect_eq(bench_mrs(bench, PMXEVCNTR, 0), 0);
    bench_free(bench);
}

Test(pmu_interrupt, cycle_counter_raises_it_in_the_cycle_of_its_overflow)
{
    bench_t *bench = bench_new();
    cpu_t *cpu = &bench->cpu;
    bool level = false;
    bench_msr(bench, PMCCNTR, UINT64_MAX - 99, 0);
    bench_msr(bench, PMINTENSET, CYCLES_BIT, 0);
    bench_msr(bench, PMCNTENSET, CYCLES_BIT, 0);
    cr_expect_eq(cpu_pmu_next_event_ps(cpu), TIME_NEVER, "PMCR.E");
    bench_msr(bench, PMCR, CPU_PMCR_E | CPU_PMCR_LC, 1000);
    cr_expect_eq(cpu_pmu_next_event_ps(cpu), 1100 * BENCH_PERIOD_PS);
    cpu->block = CPU_BLOCK_WFI;
    cr_expect_eq(cpu_pmu_next_event_ps(cpu), TIME_NEVER, "nothing counts in WFI");
    cpu->block = CPU_RUNNING;
    cpu->cycle = 1100;
    cpu_pmu_update(cpu);
    bench_deliver(bench, 1100 * BENCH_PERIOD_PS);
    cr_expect_eq(bench_wires(bench, CPU_PMU_INTID, &level), 1);
    cr_expect(level);
    bench_msr(bench, PMOVSCLR, CYCLES_BIT, 9000);
    bench_deliver(bench, 9000 * BENCH_PERIOD_PS);
    cr_expect_eq(bench_wires(bench, CPU_PMU_INTID, &level), 2);
    cr_expect(!level);
    bench_free(bench);
}

/* However fast or slow events come, an overflow is noticed within a few cycles of the earliest look after it. */
Test(pmu_interrupt, event_counter_raises_it_soon_after_its_overflow)
{
    for (unsigned events_per_cycle = 1; events_per_cycle <= CPU_PMU_EVENTS_PER_CYCLE; events_per_cycle++) {
        bench_t *bench = bench_new();
        cpu_t *cpu = &bench->cpu;
        const uint64_t events = 100000;
        unsigned looks = 0;
        bench_msr(bench, PMEVCNTR0, (UINT64_C(1) << 32) - events, 0);
        bench_msr(bench, PMINTENSET, 1, 0);
        count(bench, 0, CPU_PMU_EVENT_MEM_ACCESS, 0);
        while (!cpu->pmu.line) {
            uint64_t next_ps = cpu_pmu_next_event_ps(cpu);
            cr_assert_neq(next_ps, TIME_NEVER);
            cr_assert_lt(++looks, 1000u);
            cpu->cycle = next_ps / BENCH_PERIOD_PS;
            cpu->stats.loads = cpu->cycle * events_per_cycle;
            cpu_pmu_update(cpu);
        }
        cr_expect_geq(cpu->stats.loads, events);
        cr_expect_leq(cpu->cycle, (events + events_per_cycle - 1) / events_per_cycle + CPU_PMU_EVENTS_PER_CYCLE);
        bench_free(bench);
    }
}

Test(pmu_interrupt, follows_enable_and_status_bits_at_once)
{
    bench_t *bench = bench_new();
    bench_msr(bench, PMCR, CPU_PMCR_E, 0);
    bench_msr(bench, PMOVSSET, 2, 0);
    cr_expect(!bench->cpu.pmu.line);
    bench_msr(bench, PMINTENSET, 2, 0);
    cr_expect(bench->cpu.pmu.line);
    bench_msr(bench, PMCR, 0, 0);
    cr_expect(!bench->cpu.pmu.line);
    bench_msr(bench, PMCR, CPU_PMCR_E, 0);
    cr_expect(bench->cpu.pmu.line);
    cpu_power_up(&bench->cpu, 0, BENCH_PC, 0);
    cr_expect(!bench->cpu.pmu.line, "reset");
    bench_free(bench);
}

Test(pmu_user, each_bit_of_pmuserenr_opens_its_registers)
{
    static const struct {
        unsigned key;
        uint8_t read, write; /* bits of PMUSERENR_EL0 that open it */
    } rows[] = {
        {PMCR, 1, 1},      {PMCNTENSET, 1, 1}, {PMOVSCLR, 1, 1},   {PMSWINC, 0, 3},       {PMSELR, 9, 9},
        {PMCEID0, 1, 0},   {PMCCNTR, 5, 1},    {PMXEVTYPER, 1, 1}, {PMXEVCNTR, 9, 1},     {PMOVSSET, 1, 1},
        {PMEVCNTR0, 9, 1}, {PMEVTYPER0, 1, 1}, {PMCCFILTR, 1, 1},  {PMEVCNTR0 + 5, 9, 1},
    };
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned bit = 1; bit <= 8; bit <<= 1) {
            bench_reset(bench);
            bench_msr(bench, PMUSERENR, bit, 0);
            bench_to_el0(bench);
            if (rows[i].read)
                cr_expect_eq(cpu_sys_mrs(&bench->cpu, bench->in, 0, rows[i].key, 5),
                             rows[i].read & bit ? CPU_OK : CPU_JUMP, "read, row %u, bit %u", i, bit);
            bench_reset(bench);
            bench_msr(bench, PMUSERENR, bit, 0);
            bench_to_el0(bench);
            if (rows[i].write)
                cr_expect_eq(bench_msr(bench, rows[i].key, 0, 0), rows[i].write & bit ? CPU_OK : CPU_JUMP,
                             "write, row %u, bit %u", i, bit);
        }
    }
    bench_free(bench);
}

Test(pmu_identity, pmcr_names_the_core_and_its_counters)
{
    bench_t *bench = bench_new();
    cpu_system_config_t config = {.midr = 0x410fd083,
                                  .cores = 1,
                                  .physical_address_bits = 40,
                                  .counter_hz = 1,
                                  .pmu_counters = 31,
                                  .pmu_idcode = 2,
                                  .l1i = {49152, 3},
                                  .l1d = {32768, 2}};
    base_error_t error;
    cr_expect_eq(bench_mrs(bench, PMCR, 0), 6 << 11);
    cr_assert_eq(cpu_system_init(&bench->cpu, &config, &error), 0, "%s", error.text);
    bench->cpu.features = cpu_features_implemented();
    cr_expect_eq(bench_mrs(bench, PMCR, 0), 0x4102f800);
    config.pmu_counters = 32;
    cr_expect_neq(cpu_system_init(&bench->cpu, &config, &error), 0);
    bench_free(bench);
}
