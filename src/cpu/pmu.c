/* Counting, overflow, and the interrupt. The registers are in cpu/sysreg_pmu.c. */
#include "cpu/pmu.h"

#include "base/time.h"
#include "cpu/core.h"
#include "cpu/pmu_events.h"

enum { TYPE_U = 30, TYPE_P = 31, EVENT_MASK = 0xffff };
#define COUNTER_END (UINT64_C(1) << 32) /* of an event counter */

static unsigned event_of(const cpu_pmu_t *pmu, unsigned counter)
{
    return counter == CPU_PMU_CYCLES ? CPU_PMU_EVENT_CPU_CYCLES : pmu->type[counter] & EVENT_MASK;
}

/* PMCR_EL0.D: every 64th cycle, where LC does not forbid it. */
static uint64_t total(const cpu_t *cpu, unsigned counter, const cpu_pmu_moment_t *now)
{
    uint64_t divided = cpu->pmu.PMCR_EL0 & (CPU_PMCR_D | CPU_PMCR_LC);
    uint64_t number = cpu_pmu_event_total(cpu, event_of(&cpu->pmu, counter), now);
    return counter == CPU_PMU_CYCLES && divided == CPU_PMCR_D ? number >> 6 : number;
}

/* How much the counter can still count before it overflows; 0 stands for 2^64. */
static uint64_t room(const cpu_pmu_t *pmu, unsigned counter)
{
    bool wide = counter == CPU_PMU_CYCLES && pmu->PMCR_EL0 & CPU_PMCR_LC;
    return wide ? -pmu->count[counter] : COUNTER_END - (uint32_t)pmu->count[counter];
}

static void advance_cycles(cpu_pmu_t *pmu, uint64_t by)
{
    uint64_t left = room(pmu, CPU_PMU_CYCLES);
    if (left && by >= left)
        pmu->PMOVS |= UINT64_C(1) << CPU_PMU_CYCLES;
    pmu->count[CPU_PMU_CYCLES] += by;
}

/* An odd counter with the event CHAIN counts the overflows of the one below it (D12.6). */
static void advance(cpu_pmu_t *pmu, unsigned counter, uint64_t by)
{
    uint64_t sum = pmu->count[counter] + by;
    pmu->count[counter] = (uint32_t)sum;
    if (sum < COUNTER_END)
        return;
    pmu->PMOVS |= UINT64_C(1) << counter;
    unsigned next = counter + 1;
    if (next & 1 && next < CPU_PMU_CYCLES && bit_get(pmu->running, next) && event_of(pmu, next) == CPU_PMU_EVENT_CHAIN)
        advance(pmu, next, sum / COUNTER_END);
}

void cpu_pmu_settle(cpu_t *cpu, const cpu_pmu_moment_t *now)
{
    cpu_pmu_t *pmu = &cpu->pmu;
    for (uint32_t left = pmu->running; left; left &= left - 1) {
        unsigned counter = (unsigned)__builtin_ctz(left);
        uint64_t number = total(cpu, counter, now), by = number - pmu->source[counter];
        pmu->source[counter] = number;
        if (counter == CPU_PMU_CYCLES)
            advance_cycles(pmu, by);
        else
            advance(pmu, counter, by);
    }
}

/* Bits P and U of the filter exclude EL1 and EL0 (D17.5.9); EL2 and EL3 do not exist. */
static bool counts_here(const cpu_t *cpu, unsigned counter)
{
    return !bit_get(cpu->pmu.type[counter], cpu->pstate.el ? TYPE_P : TYPE_U);
}

static void restart(cpu_t *cpu, const cpu_pmu_moment_t *now)
{
    cpu_pmu_t *pmu = &cpu->pmu;
    pmu->el = cpu->pstate.el;
    pmu->running = 0;
    uint32_t enabled = pmu->PMCR_EL0 & CPU_PMCR_E ? (uint32_t)pmu->PMCNTEN : 0;
    for (uint32_t left = enabled; left; left &= left - 1) {
        unsigned counter = (unsigned)__builtin_ctz(left);
        if (!counts_here(cpu, counter))
            continue;
        pmu->running |= UINT32_C(1) << counter;
        pmu->source[counter] = total(cpu, counter, now);
    }
}

static bool wanted_line(const cpu_pmu_t *pmu)
{
    return pmu->PMCR_EL0 & CPU_PMCR_E && pmu->PMOVS & pmu->PMINTEN;
}

/* The earliest cycle at which this counter may overflow. */
static uint64_t overflow_cycle(const cpu_t *cpu, unsigned counter, uint64_t now_cycle)
{
    uint64_t left = room(&cpu->pmu, counter);
    if (counter != CPU_PMU_CYCLES) {
        uint64_t cycles = left / CPU_PMU_EVENTS_PER_CYCLE;
        return now_cycle + (cycles > CPU_PMU_EVENTS_PER_CYCLE ? cycles : CPU_PMU_EVENTS_PER_CYCLE);
    }
    if ((cpu->pmu.PMCR_EL0 & (CPU_PMCR_D | CPU_PMCR_LC)) == CPU_PMCR_D)
        left = (left << 6) - 63; /* early by up to 63 cycles: then it is looked at again */
    return left && now_cycle + left > now_cycle ? now_cycle + left : UINT64_MAX;
}

static void schedule(cpu_t *cpu, uint64_t now_cycle)
{
    cpu_pmu_t *pmu = &cpu->pmu;
    uint64_t interesting = pmu->PMINTEN & ~pmu->PMOVS;
    interesting |= (interesting & 0x2aaaaaaa) >> 1; /* overflows that a CHAIN may count */
    pmu->check_cycle = UINT64_MAX;
    for (uint32_t left = pmu->running & (uint32_t)interesting; left; left &= left - 1) {
        uint64_t cycle = overflow_cycle(cpu, (unsigned)__builtin_ctz(left), now_cycle);
        pmu->check_cycle = cycle < pmu->check_cycle ? cycle : pmu->check_cycle;
    }
}

static void drive_line(cpu_t *cpu, uint64_t now_ps)
{
    bool level = wanted_line(&cpu->pmu);
    if (level == cpu->pmu.line)
        return;
    cpu->pmu.line = level;
    if (cpu->gic)
        gic_cpuif_wire(cpu->gic, now_ps, CPU_PMU_INTID, level);
}

void cpu_pmu_changed(cpu_t *cpu, const cpu_pmu_moment_t *now)
{
    restart(cpu, now);
    drive_line(cpu, now->cycle * cpu->period_ps);
    schedule(cpu, now->cycle);
}

void cpu_pmu_software_increment(cpu_t *cpu, uint64_t mask)
{
    cpu_pmu_t *pmu = &cpu->pmu;
    for (uint32_t left = (uint32_t)mask & pmu->running & ~(UINT32_C(1) << CPU_PMU_CYCLES); left; left &= left - 1) {
        unsigned counter = (unsigned)__builtin_ctz(left);
        if (event_of(pmu, counter) == CPU_PMU_EVENT_SW_INCR)
            advance(pmu, counter, 1);
    }
}

void cpu_pmu_reset(cpu_t *cpu, uint64_t now_ps)
{
    cpu_pmu_t *pmu = &cpu->pmu;
    *pmu =
        (cpu_pmu_t){.counters = pmu->counters, .identity = pmu->identity, .line = pmu->line, .check_cycle = UINT64_MAX};
    drive_line(cpu, now_ps);
}

/* --- the core's loop --- */

static bool asleep(const cpu_t *cpu)
{
    return cpu->block != CPU_RUNNING && (cpu->block <= CPU_BLOCK_WFE || cpu->block == CPU_BLOCK_PSCI);
}

uint64_t cpu_pmu_next_event_ps(cpu_t *cpu)
{
    cpu_pmu_t *pmu = &cpu->pmu;
    if (!(pmu->PMCR_EL0 & CPU_PMCR_E) || !pmu->PMCNTEN)
        return TIME_NEVER;
    if (pmu->el != cpu->pstate.el) {
        const cpu_pmu_moment_t now = {cpu->cycle, cpu->stats.instructions};
        cpu_pmu_settle(cpu, &now);
        restart(cpu, &now);
        schedule(cpu, now.cycle);
        if (wanted_line(pmu) != pmu->line)
            pmu->check_cycle = now.cycle;
    }
    return pmu->check_cycle == UINT64_MAX || asleep(cpu) ? TIME_NEVER : cpu_ps(cpu, pmu->check_cycle);
}

void cpu_pmu_update(cpu_t *cpu)
{
    const cpu_pmu_moment_t now = {cpu->cycle, cpu->stats.instructions};
    if (cpu->pmu.check_cycle > now.cycle)
        return;
    cpu_pmu_settle(cpu, &now);
    drive_line(cpu, cpu_ps(cpu, now.cycle));
    schedule(cpu, now.cycle);
}
