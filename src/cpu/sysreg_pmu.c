/* The registers of the performance monitors (Arm ARM D17.5). Every access settles the counters first. */
#include "cpu/pmu.h"
#include "cpu/sysreg_table.h"

enum { FILTER_BITS = 30 }; /* P and U; what filters absent levels is RES0 */

static cpu_pmu_moment_t moment(const sysreg_access_t *access)
{
    const cpu_t *cpu = access->cpu;
    const cpu_insn_t *in = cpu->line_insns + (access->pc - cpu->line_pc) / 4;
    return (cpu_pmu_moment_t){.cycle = access->now_ps / cpu->period_ps,
                              .instructions = cpu->stats.instructions + (uint64_t)(in - cpu->segment)};
}

static cpu_pmu_t *settled(const sysreg_access_t *access)
{
    const cpu_pmu_moment_t now = moment(access);
    cpu_pmu_settle(access->cpu, &now);
    return &access->cpu->pmu;
}

static bool changed(const sysreg_access_t *access)
{
    const cpu_pmu_moment_t now = moment(access);
    cpu_pmu_changed(access->cpu, &now);
    return true;
}

/* A bit for each counter. */
static uint64_t counters(const cpu_pmu_t *pmu)
{
    return UINT64_C(1) << CPU_PMU_CYCLES | bits_mask(pmu->counters);
}

/* --- PMCR_EL0, PMSELR_EL0, PMUSERENR_EL0, PMCEIDn_EL0 --- */

bool cpu_sysreg_read_pmcr(const sysreg_access_t *access, uint64_t *ret_value)
{
    const cpu_pmu_t *pmu = &access->cpu->pmu;
    *ret_value = pmu->identity | (uint64_t)pmu->counters << 11 | pmu->PMCR_EL0;
    return true;
}

bool cpu_sysreg_write_pmcr(const sysreg_access_t *access, uint64_t value)
{
    cpu_pmu_t *pmu = settled(access);
    pmu->PMCR_EL0 = value & (CPU_PMCR_E | CPU_PMCR_D | CPU_PMCR_DP | CPU_PMCR_LC);
    for (unsigned i = 0; i < pmu->counters && value & CPU_PMCR_P; i++)
        pmu->count[i] = 0;
    if (value & CPU_PMCR_C)
        pmu->count[CPU_PMU_CYCLES] = 0;
    return changed(access);
}

bool cpu_sysreg_read_pmselr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->pmu.PMSELR_EL0;
    return true;
}

bool cpu_sysreg_write_pmselr(const sysreg_access_t *access, uint64_t value)
{
    access->cpu->pmu.PMSELR_EL0 = value & 0x1f;
    return true;
}

bool cpu_sysreg_read_pmuserenr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->pmu.PMUSERENR_EL0;
    return true;
}

bool cpu_sysreg_write_pmuserenr(const sysreg_access_t *access, uint64_t value)
{
    access->cpu->pmu.PMUSERENR_EL0 =
        value & (CPU_PMUSERENR_EN | CPU_PMUSERENR_SW | CPU_PMUSERENR_CR | CPU_PMUSERENR_ER);
    return true;
}

bool cpu_sysreg_read_pmceid(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = cpu_pmu_event_ids(access->row->key & 1);
    return true;
}

/* --- a bit for each counter: one register sets, its fellow clears; both read the same --- */

#define SET_AND_CLEAR(name, field)                                                                                     \
    bool cpu_sysreg_read_##name(const sysreg_access_t *access, uint64_t *ret_value)                                    \
    {                                                                                                                  \
        *ret_value = settled(access)->field;                                                                           \
        return true;                                                                                                   \
    }                                                                                                                  \
    bool cpu_sysreg_write_##name##set(const sysreg_access_t *access, uint64_t value)                                   \
    {                                                                                                                  \
        cpu_pmu_t *pmu = settled(access);                                                                              \
        pmu->field |= value & counters(pmu);                                                                           \
        return changed(access);                                                                                        \
    }                                                                                                                  \
    bool cpu_sysreg_write_##name##clr(const sysreg_access_t *access, uint64_t value)                                   \
    {                                                                                                                  \
        settled(access)->field &= ~value;                                                                              \
        return changed(access);                                                                                        \
    }

SET_AND_CLEAR(pmcnten, PMCNTEN)
SET_AND_CLEAR(pminten, PMINTEN)
SET_AND_CLEAR(pmovs, PMOVS)

bool cpu_sysreg_write_pmswinc(const sysreg_access_t *access, uint64_t value)
{
    settled(access);
    cpu_pmu_software_increment(access->cpu, value);
    return changed(access);
}

/* --- counters and their types --- */

static void write_count(const sysreg_access_t *access, unsigned counter, uint64_t value)
{
    settled(access)->count[counter] = counter == CPU_PMU_CYCLES ? value : (uint32_t)value;
    changed(access);
}

/* The event's number has 16 bits from PMUv3p1 on, 10 before. */
static void write_type(const sysreg_access_t *access, unsigned counter, uint64_t value)
{
    bool wide = cpu_features_has(&access->cpu->features, CPU_FEAT_PMU3P1);
    uint64_t event = counter == CPU_PMU_CYCLES ? 0 : wide ? 0xffff : 0x3ff;
    settled(access)->type[counter] = value & (UINT64_C(3) << FILTER_BITS | event);
    changed(access);
}

bool cpu_sysreg_read_pmccntr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = settled(access)->count[CPU_PMU_CYCLES];
    return true;
}

bool cpu_sysreg_write_pmccntr(const sysreg_access_t *access, uint64_t value)
{
    write_count(access, CPU_PMU_CYCLES, value);
    return true;
}

bool cpu_sysreg_read_pmccfiltr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->pmu.type[CPU_PMU_CYCLES];
    return true;
}

bool cpu_sysreg_write_pmccfiltr(const sysreg_access_t *access, uint64_t value)
{
    write_type(access, CPU_PMU_CYCLES, value);
    return true;
}

/* PMEVCNTRn_EL0, PMEVTYPERn_EL0: n is CRm<1:0>:op2. Beyond PMCR_EL0.N they are UNDEFINED here (D17.5.7 permits it). */
static unsigned numbered(const sysreg_access_t *access)
{
    return access->row->key & 31;
}

static bool exists(const sysreg_access_t *access)
{
    return numbered(access) < access->cpu->pmu.counters;
}

bool cpu_sysreg_read_pmevcntr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = settled(access)->count[numbered(access)];
    return exists(access);
}

bool cpu_sysreg_write_pmevcntr(const sysreg_access_t *access, uint64_t value)
{
    if (exists(access))
        write_count(access, numbered(access), value);
    return exists(access);
}

bool cpu_sysreg_read_pmevtyper(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->pmu.type[numbered(access)];
    return exists(access);
}

bool cpu_sysreg_write_pmevtyper(const sysreg_access_t *access, uint64_t value)
{
    if (exists(access))
        write_type(access, numbered(access), value);
    return exists(access);
}

/* PMXEVCNTR_EL0, PMXEVTYPER_EL0: the counter that PMSELR_EL0 names; RAZ/WI here for one that does not exist, and
 * PMCCFILTR_EL0 as the type of number 31. */
bool cpu_sysreg_read_pmxevcntr(const sysreg_access_t *access, uint64_t *ret_value)
{
    const cpu_pmu_t *pmu = settled(access);
    *ret_value = pmu->PMSELR_EL0 < pmu->counters ? pmu->count[pmu->PMSELR_EL0] : 0;
    return true;
}

bool cpu_sysreg_write_pmxevcntr(const sysreg_access_t *access, uint64_t value)
{
    const cpu_pmu_t *pmu = &access->cpu->pmu;
    if (pmu->PMSELR_EL0 < pmu->counters)
        write_count(access, (unsigned)pmu->PMSELR_EL0, value);
    return true;
}

bool cpu_sysreg_read_pmxevtyper(const sysreg_access_t *access, uint64_t *ret_value)
{
    const cpu_pmu_t *pmu = &access->cpu->pmu;
    *ret_value = pmu->type[pmu->PMSELR_EL0]; /* 0 where there is no counter */
    return true;
}

bool cpu_sysreg_write_pmxevtyper(const sysreg_access_t *access, uint64_t value)
{
    const cpu_pmu_t *pmu = &access->cpu->pmu;
    if (pmu->PMSELR_EL0 < pmu->counters || pmu->PMSELR_EL0 == CPU_PMU_CYCLES)
        write_type(access, (unsigned)pmu->PMSELR_EL0, value);
    return true;
}
