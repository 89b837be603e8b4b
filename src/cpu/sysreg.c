/* The table of system registers, and the registers that are no more than storage. */
#include "cpu/sysreg.h"

#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/sysreg_table.h"

#include <stddef.h>

enum {
    EL1_RO = SYSREG_EL1_READ,
    EL1_WO = SYSREG_EL1_WRITE,
    EL1_RW = EL1_RO | EL1_WO,
    EL0_RO = SYSREG_EL0_READ | EL1_RO,
    EL0_WO = SYSREG_EL0_WRITE | EL1_WO,
    EL0_RW = SYSREG_EL0_READ | SYSREG_EL0_WRITE | EL1_RW,
    EL0_RO_EL1_RW = SYSREG_EL0_READ | EL1_RW,
    CPU_FEAT_ALWAYS = CPU_FEAT_COUNT,
};
#define cpu_sysreg_none NULL

/* Every kind of row of sysreg.def in terms of
 * ROW(name, key, access, rule, feature, offset, reset, writable, read, write). */
#define STORED(name, op0, op1, crn, crm, op2, access, rule, field, reset, writable)                                    \
    ROW(name, CPU_SYS_KEY(op0, op1, crn, crm, op2), access, rule, ALWAYS, offsetof(cpu_t, field), reset, writable,     \
        read_stored, write_stored)
#define CONTEXT(name, op0, op1, crn, crm, op2, access, rule, field, reset, writable)                                   \
    ROW(name, CPU_SYS_KEY(op0, op1, crn, crm, op2), access, rule, ALWAYS, offsetof(cpu_t, field), reset, writable,     \
        read_stored, write_context)
#define DEBUG(name, op0, op1, crn, crm, op2, access, rule, field, reset, writable)                                     \
    ROW(name, CPU_SYS_KEY(op0, op1, crn, crm, op2), access, rule, ALWAYS, offsetof(cpu_t, field), reset, writable,     \
        read_stored, write_debug)
#define ID(name, op0, op1, crn, crm, op2, access, rule, field)                                                         \
    ROW(name, CPU_SYS_KEY(op0, op1, crn, crm, op2), access, rule, ALWAYS, offsetof(cpu_t, field), 0, 0, read_stored,   \
        none)
#define FIXED(name, op0, op1, crn, crm, op2, access, value)                                                            \
    ROW(name, CPU_SYS_KEY(op0, op1, crn, crm, op2), access, NONE, ALWAYS, 0, value, 0, read_fixed, none)
#define SPECIAL(name, op0, op1, crn, crm, op2, access, rule, feature, read, write)                                     \
    ROW(name, CPU_SYS_KEY(op0, op1, crn, crm, op2), access, rule, feature, 0, 0, 0, read, write)
#define ICC(name, op0, op1, crn, crm, op2, access)                                                                     \
    ROW(name, CPU_SYS_KEY(op0, op1, crn, crm, op2), access, NONE, ALWAYS, 0, name, 0, read_icc, write_icc)

#define FIELD(name, feature, bits)

enum {
    ROW_NONE,
#define ROW(name, ...) ROW_##name,
#include "cpu/sysreg.def"
#undef ROW
    ROW_COUNT
};
_Static_assert(ROW_COUNT <= UINT16_MAX, "row_of_key must hold every row number");

static const sysreg_row_t rows[ROW_COUNT] = {
#define ROW(name_, key_, access_, rule_, feature_, offset_, reset_, writable_, read_, write_)                          \
    [ROW_##name_] = {#name_,  key_,   access_,   SYSREG_RULE_##rule_, CPU_FEAT_##feature_,                             \
                     offset_, reset_, writable_, cpu_sysreg_##read_,  cpu_sysreg_##write_},
#include "cpu/sysreg.def"
#undef ROW
};

/* Two rows with one encoding do not compile. */
#pragma GCC diagnostic error "-Woverride-init"
static const uint16_t row_of_key[CPU_SYS_KEYS] = {
#define ROW(name, key, ...) [key] = ROW_##name,
#include "cpu/sysreg.def"
#undef ROW
};

#undef FIELD
#define FIELD(name, feature, bits) {ROW_##name, CPU_FEAT_##feature, bits},
#define ROW(name, ...)
static const struct {
    uint16_t row;
    uint8_t feature;
    uint64_t bits;
} feature_bits[] = {
#include "cpu/sysreg.def"
};

static const sysreg_row_t reserved_id = {.name = "reserved ID register",
                                         .access = SYSREG_EL1_READ,
                                         .feature = CPU_FEAT_ALWAYS,
                                         .read = cpu_sysreg_read_fixed};

const sysreg_row_t *cpu_sysreg_find(unsigned key)
{
    if (row_of_key[key])
        return &rows[row_of_key[key]];
    bool id_space = key >= CPU_SYS_KEY(3, 0, 0, 1, 0) && key <= CPU_SYS_KEY(3, 0, 0, 7, 7);
    return id_space ? &reserved_id : NULL;
}

const char *cpu_sysreg_name(unsigned key)
{
    const sysreg_row_t *row = cpu_sysreg_find(key);
    return row ? row->name : NULL;
}

/* EN of PMUSERENR_EL0 opens all, the other bits some to read only. */
static bool pmu_trapped(const cpu_t *cpu, sysreg_rule_t rule, bool read)
{
    uint64_t opens = CPU_PMUSERENR_EN;
    if (rule == SYSREG_RULE_PMU_SOFTWARE)
        opens |= CPU_PMUSERENR_SW;
    if (rule == SYSREG_RULE_PMU_CYCLES && read)
        opens |= CPU_PMUSERENR_CR;
    if (rule == SYSREG_RULE_PMU_SELECT || (rule == SYSREG_RULE_PMU_EVENTS && read))
        opens |= CPU_PMUSERENR_ER;
    return !(cpu->pmu.PMUSERENR_EL0 & opens);
}

bool cpu_sysreg_trapped(const cpu_t *cpu, sysreg_rule_t rule, bool read)
{
    enum { EL0PCTEN = 1, EL0VCTEN = 2, EL0VTEN = 1 << 8, EL0PTEN = 1 << 9, MDSCR_TDCC = 1 << 12 };
    uint64_t kctl = cpu->timer.CNTKCTL_EL1;
    if (rule == SYSREG_RULE_FP)
        return cpu_fp_trapped(cpu);
    if (cpu->pstate.el)
        return false;
    switch (rule) {
    case SYSREG_RULE_NONE: return false;
    case SYSREG_RULE_UCT: return !(cpu->sys.SCTLR_EL1 & CPU_SCTLR_UCT);
    case SYSREG_RULE_UMA: return !(cpu->sys.SCTLR_EL1 & CPU_SCTLR_UMA);
    case SYSREG_RULE_DCC: return cpu->sys.MDSCR_EL1 & MDSCR_TDCC;
    case SYSREG_RULE_COUNTER_FREQUENCY: return !(kctl & (EL0PCTEN | EL0VCTEN));
    case SYSREG_RULE_COUNTER_PHYSICAL: return !(kctl & EL0PCTEN);
    case SYSREG_RULE_COUNTER_VIRTUAL: return !(kctl & EL0VCTEN);
    case SYSREG_RULE_TIMER_PHYSICAL: return !(kctl & EL0PTEN);
    case SYSREG_RULE_TIMER_VIRTUAL: return !(kctl & EL0VTEN);
    case SYSREG_RULE_PMU:
    case SYSREG_RULE_PMU_SOFTWARE:
    case SYSREG_RULE_PMU_CYCLES:
    case SYSREG_RULE_PMU_SELECT:
    case SYSREG_RULE_PMU_EVENTS: return pmu_trapped(cpu, rule, read);
    case SYSREG_RULE_FP: break;
    }
    return false;
}

void cpu_translation_changed(cpu_t *cpu)
{
    const cpu_sysregs_t *sys = &cpu->sys;
    const mmu_context_t context = {.sctlr = sys->SCTLR_EL1,
                                   .tcr = sys->TCR_EL1,
                                   .ttbr0 = sys->TTBR0_EL1,
                                   .ttbr1 = sys->TTBR1_EL1,
                                   .mair = sys->MAIR_EL1};
    if (cpu->mmu)
        mmu_set_context(cpu->mmu, &context);
    cpu->port->context_changed(cpu);
}

static uint64_t *storage(cpu_t *cpu, const sysreg_row_t *row)
{
    return (uint64_t *)((char *)cpu + row->offset);
}

static uint64_t writable_bits(const cpu_t *cpu, const sysreg_row_t *row)
{
    uint64_t writable = row->writable;
    for (size_t i = 0; i < sizeof(feature_bits) / sizeof(feature_bits[0]); i++)
        if (row == &rows[feature_bits[i].row] && cpu_features_has(&cpu->features, feature_bits[i].feature))
            writable |= feature_bits[i].bits;
    return writable;
}

bool cpu_sysreg_read_stored(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = *storage(access->cpu, access->row);
    return true;
}

bool cpu_sysreg_read_fixed(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->row->reset;
    return true;
}

bool cpu_sysreg_write_stored(const sysreg_access_t *access, uint64_t value)
{
    uint64_t writable = writable_bits(access->cpu, access->row);
    if (cpu_fault_injected(access->cpu, CPU_INJECT_RES0_STORED))
        writable = UINT64_MAX;
    *storage(access->cpu, access->row) = (value & writable) | (access->row->reset & ~writable);
    return true;
}

bool cpu_sysreg_write_context(const sysreg_access_t *access, uint64_t value)
{
    cpu_sysreg_write_stored(access, value);
    cpu_translation_changed(access->cpu);
    return true;
}

bool cpu_sysreg_write_debug(const sysreg_access_t *access, uint64_t value)
{
    cpu_sysreg_write_stored(access, value);
    cpu_debug_arm(access->cpu);
    return true;
}

bool cpu_sysreg_read_icc(const sysreg_access_t *access, uint64_t *ret_value)
{
    cpu_t *cpu = access->cpu;
    gic_icc_t reg = (gic_icc_t)access->row->reset;
    if (!cpu->gic || !gic_cpuif_read(cpu->gic, access->now_ps, reg, access->pc, ret_value))
        return false;
    if (reg == ICC_IAR0_EL1 || reg == ICC_IAR1_EL1)
        cpu->stats.ipis_received += *ret_value < 16;
    return true;
}

/* How many cores a write to ICC_SGI1R_EL1 addresses: IRM is bit 40, the target list bits 15:0 (IHI 0069, 12.2.21). */
static uint64_t sgi_targets(const cpu_t *cpu, uint64_t value)
{
    return bit_get(value, 40) ? cpu->cores - 1 : (uint64_t)__builtin_popcountll(bits_get(value, 0, 16));
}

bool cpu_sysreg_write_icc(const sysreg_access_t *access, uint64_t value)
{
    cpu_t *cpu = access->cpu;
    gic_icc_t reg = (gic_icc_t)access->row->reset;
    if (!cpu->gic || !gic_cpuif_write(cpu->gic, access->now_ps, reg, access->pc, value))
        return false;
    if (reg == ICC_SGI1R_EL1)
        cpu->stats.ipis_sent += sgi_targets(cpu, value);
    return true;
}

void cpu_sysreg_reset(cpu_t *cpu)
{
    for (unsigned i = ROW_NONE + 1; i < ROW_COUNT; i++)
        if (rows[i].write == cpu_sysreg_write_stored || rows[i].write == cpu_sysreg_write_context ||
            rows[i].write == cpu_sysreg_write_debug)
            *storage(cpu, &rows[i]) = rows[i].reset;
    cpu->sys.os_locked = true; /* OSLSR_EL1.OSLK resets to 1 */
    cpu->sys.DBGCLAIM = 0;
    cpu->sys.event_register = false;
    cpu_debug_arm(cpu);
}
