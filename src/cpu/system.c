/* Reset, MRS and MSR. */
#include "cpu/system.h"

#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/guest_log.h"
#include "cpu/identification.h"
#include "cpu/sysreg_table.h"

#include <errno.h>
#include <string.h>

enum { MAX_COUNTER_HZ = 1000000000 };

int cpu_system_init(cpu_t *cpu, const cpu_system_config_t *config, base_error_t *error)
{
    if (!config->counter_hz || config->counter_hz > MAX_COUNTER_HZ)
        return base_fail(error, -EINVAL, "system counter of %llu Hz: choose 1 to %d",
                         (unsigned long long)config->counter_hz, MAX_COUNTER_HZ);
    if (config->pmu_counters > CPU_PMU_MAX_COUNTERS)
        return base_fail(error, -EINVAL, "%u event counters: choose 0 to %d", config->pmu_counters,
                         CPU_PMU_MAX_COUNTERS);
    int result = cpu_identify(config, &cpu->sys.id, error);
    if (result)
        return result;
    cpu->features = config->features;
    cpu->cores = config->cores;
    cpu->timer.hz = config->counter_hz;
    cpu->suspend.entry_base = config->entry_base;
    cpu->suspend.entry_bytes = config->entry_bytes;
    cpu->pmu.counters = config->pmu_counters;
    /* With IDCODE 0, IMP is 0 as well (D17.5.6). */
    uint64_t implementer = config->pmu_idcode ? config->midr >> 24 : 0;
    cpu->pmu.identity = implementer << 24 | (uint64_t)config->pmu_idcode << 16;
    return 0;
}

static void reset(cpu_t *cpu, uint64_t now_ps, uint64_t entry, uint64_t x0, bool timers)
{
    memset(cpu->x, 0, sizeof(cpu->x));
    memset(cpu->v, 0, sizeof(cpu->v));
    memset(cpu->sp_el, 0, sizeof(cpu->sp_el));
    cpu->flags = cpu->fpcr = cpu->fpsr = 0;
    cpu->pstate = (cpu_pstate_t){.el = 1, .sp_select = true, .daif = 0xf};
    cpu_sysreg_reset(cpu);
    cpu->timer.CNTFRQ_EL0 = cpu->timer.hz; /* set by firmware */
    if (timers)
        cpu_timer_reset(cpu, now_ps);
    cpu_pmu_reset(cpu, now_ps);
    if (cpu->gic)
        gic_cpuif_reset(cpu->gic, now_ps);
    cpu->port->clear_exclusive(cpu, false);
    cpu_translation_changed(cpu);
    cpu->x[0] = x0;
    cpu->pc = entry;
    cpu->next = NULL;
    cpu->delay_cycles = 0;
    cpu->block = CPU_RUNNING;
}

void cpu_power_up(cpu_t *cpu, uint64_t now_ps, uint64_t entry, uint64_t x0)
{
    reset(cpu, now_ps, entry, x0, true);
}

void cpu_power_resume(cpu_t *cpu, uint64_t now_ps)
{
    cpu_suspend_t *suspend = &cpu->suspend;
    suspend->powered_down = false;
    if (cpu_fault_injected(cpu, CPU_INJECT_SUSPEND_RETURNS)) {
        cpu->block = CPU_RUNNING;
        return;
    }
    reset(cpu, now_ps, suspend->entry, cpu_fault_injected(cpu, CPU_INJECT_SUSPEND_LOSES_CONTEXT) ? 0 : suspend->context,
          false);
}

/* --- access by MRS and MSR --- */

/* The number that the syndrome of a trap wants. */
static unsigned register_number(const cpu_insn_t *in)
{
    return in->rd < CPU_XZR ? in->rd : 31;
}

static void log_undefined(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, const char *what)
{
    const char *name = cpu_sysreg_name(key);
    cpu_log_guest_error(cpu, now_cycles, cpu_pc(cpu, in), "%s S%u_%u_C%u_C%u_%u%s%s%s at EL%u: UNDEFINED", what,
                        key >> 14, key >> 11 & 7, key >> 7 & 15, key >> 3 & 15, key & 7, name ? " (" : "",
                        name ? name : "", name ? ")" : "", cpu->pstate.el);
}

static cpu_status_t undefined(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, const char *what)
{
    log_undefined(cpu, in, now_cycles, key, what);
    return cpu_exception_undefined_silently(cpu, in, now_cycles);
}

/* Access from EL0 to what only EL1 may touch is how operating systems emulate registers: no mistake worth a log. */
static bool permitted(const cpu_t *cpu, const sysreg_row_t *row, bool read)
{
    unsigned needed =
        cpu->pstate.el ? (read ? SYSREG_EL1_READ : SYSREG_EL1_WRITE) : (read ? SYSREG_EL0_READ : SYSREG_EL0_WRITE);
    if (read && cpu_fault_injected(cpu, CPU_INJECT_EL0_READS_EL1_REGISTERS))
        needed = SYSREG_EL1_READ;
    return row->access & needed;
}

static bool exists(const cpu_t *cpu, const sysreg_row_t *row)
{
    return row && (row->feature == CPU_FEAT_COUNT || cpu_features_has(&cpu->features, row->feature));
}

/* With FEAT_IDST exceptions of reads in the feature ID space say what was read: op0 3, op1 0, 1 or 3, CRn 0, CRm up to
 * 7 (Arm ARM A2.7.1). */
static cpu_status_t refuse(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, bool read)
{
    unsigned op1 = key >> 11 & 7, rest = key & (CPU_SYS_KEY(0, 1, 0, 0, 0) - 1);
    bool id_space = key >= CPU_SYS_KEY(3, 0, 0, 0, 0) && op1 < 4 && op1 != 2 && rest < CPU_SYS_KEY(0, 0, 0, 8, 0);
    if (read && id_space && cpu_features_has(&cpu->features, CPU_FEAT_IDST))
        return cpu_exception_sysreg_trap(cpu, in, now_cycles, key, register_number(in), read);
    return cpu_exception_undefined_silently(cpu, in, now_cycles);
}

/* All that comes before the register itself. *ret_row is NULL when an exception was taken: its status is returned. */
static cpu_status_t check(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, bool read,
                          const sysreg_row_t **ret_row)
{
    const sysreg_row_t *row = cpu_sysreg_find(key);
    *ret_row = NULL;
    bool listed = exists(cpu, row);
    if (!listed || (cpu->pstate.el && !permitted(cpu, row, read)))
        log_undefined(cpu, in, now_cycles, key, read ? "MRS of" : "MSR to");
    if (!listed || !permitted(cpu, row, read))
        return refuse(cpu, in, now_cycles, key, read);
    if (cpu_sysreg_trapped(cpu, row->rule, read)) {
        if (row->rule == SYSREG_RULE_FP)
            return cpu_exception_fp_trap(cpu, in, now_cycles);
        return cpu_exception_sysreg_trap(cpu, in, now_cycles, key, register_number(in), read);
    }
    *ret_row = row;
    return CPU_OK;
}

cpu_status_t cpu_sys_mrs(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, unsigned rt_slot)
{
    const sysreg_row_t *row;
    uint64_t value;
    cpu_status_t status = check(cpu, in, now_cycles, key, true, &row);
    if (!row)
        return status;
    const sysreg_access_t access = {cpu, row, now_cycles * cpu->period_ps, cpu_pc(cpu, in)};
    if (!row->read(&access, &value))
        return undefined(cpu, in, now_cycles, key, "MRS of");
    cpu->x[rt_slot] = value;
    return CPU_OK;
}

cpu_status_t cpu_sys_msr(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, uint64_t value)
{
    const sysreg_row_t *row = cpu_sysreg_find(key);
    if (cpu_fault_injected(cpu, CPU_INJECT_READ_ONLY_WRITABLE) && row && !row->write)
        return CPU_OK;
    cpu_status_t status = check(cpu, in, now_cycles, key, false, &row);
    if (!row)
        return status;
    const sysreg_access_t access = {cpu, row, now_cycles * cpu->period_ps, cpu_pc(cpu, in)};
    if (!row->write(&access, value))
        return undefined(cpu, in, now_cycles, key, "MSR to");
    return CPU_OK;
}

/* --- MSR (immediate): op1 and op2 name the field of PSTATE (C5.1.3) --- */

enum {
    FIELD_UAO = 003,
    FIELD_PAN = 004,
    FIELD_SPSEL = 005,
    FIELD_SSBS = 031,
    FIELD_DIT = 032,
    FIELD_DAIFSET = 036,
    FIELD_DAIFCLR = 037
};

static bool set_bit(cpu_t *cpu, cpu_feature_t feature, bool *field, bool value)
{
    if (!cpu_features_has(&cpu->features, feature))
        return false;
    *field = value;
    return true;
}

/* At EL0 only DAIFSet, DAIFClr (where SCTLR_EL1.UMA allows), SSBS and DIT may be written. */
static bool open_to_el0(unsigned field)
{
    return field >= FIELD_SSBS;
}

/* False: there is no such field. */
static bool set_field(cpu_t *cpu, unsigned field, unsigned crm)
{
    cpu_pstate_t *pstate = &cpu->pstate;
    switch (field) {
    case FIELD_SPSEL: cpu_set_el(cpu, pstate->el, crm & 1); return true;
    case FIELD_DAIFSET:
    case FIELD_DAIFCLR:
        pstate->daif = (uint8_t)(field == FIELD_DAIFSET ? pstate->daif | crm : pstate->daif & ~crm);
        cpu_debug_follow(cpu);
        return true;
    case FIELD_SSBS: return set_bit(cpu, CPU_FEAT_SSBS2, &pstate->ssbs, crm & 1);
    case FIELD_DIT: return set_bit(cpu, CPU_FEAT_DIT, &pstate->dit, crm & 1);
    case FIELD_UAO:
    case FIELD_PAN: {
        bool done = field == FIELD_PAN ? set_bit(cpu, CPU_FEAT_PAN, &pstate->pan, crm & 1)
                                       : set_bit(cpu, CPU_FEAT_UAO, &pstate->uao, crm & 1);
        if (done)
            cpu->port->context_changed(cpu);
        return done;
    }
    default: return false;
    }
}

cpu_status_t cpu_sys_msr_immediate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned op1, unsigned op2,
                                   unsigned crm)
{
    unsigned field = op1 << 3 | op2;
    unsigned key = CPU_SYS_KEY(0u, op1, 4, crm, op2);
    if (!cpu->pstate.el && !open_to_el0(field))
        return cpu_exception_undefined_silently(cpu, in, now_cycles);
    if ((field == FIELD_DAIFSET || field == FIELD_DAIFCLR) && cpu_sysreg_trapped(cpu, SYSREG_RULE_UMA, false))
        return cpu_exception_sysreg_trap(cpu, in, now_cycles, key, 31, false);
    if (!set_field(cpu, field, crm))
        return undefined(cpu, in, now_cycles, key, "MSR (immediate)");
    return CPU_OK;
}
