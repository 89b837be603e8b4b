/* The registers that are more than storage: views of PSTATE, stack pointers, timers, debug. */
#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/flags.h"
#include "cpu/functional.h"
#include "cpu/sysreg_table.h"

enum { DAIF_SHIFT = 6 };

bool cpu_sysreg_read_zero(const sysreg_access_t *access, uint64_t *ret_value)
{
    (void)access;
    *ret_value = 0;
    return true;
}

bool cpu_sysreg_write_ignored(const sysreg_access_t *access, uint64_t value)
{
    (void)access;
    (void)value;
    return true;
}

/* --- debug --- */

bool cpu_sysreg_write_oslar(const sysreg_access_t *access, uint64_t value)
{
    access->cpu->sys.os_locked = value & 1;
    cpu_debug_arm(access->cpu);
    return true;
}

bool cpu_sysreg_read_oslsr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = 0x8 /* OSLM: the OS Lock exists */ | (uint64_t)access->cpu->sys.os_locked << 1;
    return true;
}

/* Eight claim tags. The set register reads as ones: that says how many there are. */
bool cpu_sysreg_read_claim_set(const sysreg_access_t *access, uint64_t *ret_value)
{
    (void)access;
    *ret_value = 0xff;
    return true;
}

bool cpu_sysreg_write_claim_set(const sysreg_access_t *access, uint64_t value)
{
    access->cpu->sys.DBGCLAIM |= value & 0xff;
    return true;
}

bool cpu_sysreg_read_claim_clear(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->sys.DBGCLAIM;
    return true;
}

bool cpu_sysreg_write_claim_clear(const sysreg_access_t *access, uint64_t value)
{
    access->cpu->sys.DBGCLAIM &= ~value;
    return true;
}

/* --- stack pointers and PSTATE --- */

/* SP_EL0 is UNDEFINED while it is the current stack pointer. */
bool cpu_sysreg_read_sp_el0(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->sp_el[0];
    return access->cpu->pstate.sp_select;
}

bool cpu_sysreg_write_sp_el0(const sysreg_access_t *access, uint64_t value)
{
    if (access->cpu->pstate.sp_select)
        access->cpu->sp_el[0] = value;
    return access->cpu->pstate.sp_select;
}

bool cpu_sysreg_read_spsel(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->pstate.sp_select;
    return true;
}

bool cpu_sysreg_write_spsel(const sysreg_access_t *access, uint64_t value)
{
    cpu_set_el(access->cpu, access->cpu->pstate.el, value & 1);
    return true;
}

bool cpu_sysreg_read_current_el(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = (uint64_t)access->cpu->pstate.el << 2;
    return true;
}

/* One bit of PSTATE at its place in the register, which is its place in SPSR_EL1. */
#define PSTATE_BIT(name, field, bit, changed)                                                                          \
    bool cpu_sysreg_read_##name(const sysreg_access_t *access, uint64_t *ret_value)                                    \
    {                                                                                                                  \
        *ret_value = (uint64_t)access->cpu->pstate.field << (bit);                                                     \
        return true;                                                                                                   \
    }                                                                                                                  \
    bool cpu_sysreg_write_##name(const sysreg_access_t *access, uint64_t value)                                        \
    {                                                                                                                  \
        access->cpu->pstate.field = bit_get(value, bit);                                                               \
        changed;                                                                                                       \
        return true;                                                                                                   \
    }

PSTATE_BIT(pan, pan, 22, access->cpu->port->context_changed(access->cpu))
PSTATE_BIT(uao, uao, 23, access->cpu->port->context_changed(access->cpu))
PSTATE_BIT(dit, dit, 24, )
PSTATE_BIT(ssbs, ssbs, 12, )

bool cpu_sysreg_read_nzcv(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = get_nzcv(access->cpu);
    return true;
}

bool cpu_sysreg_write_nzcv(const sysreg_access_t *access, uint64_t value)
{
    set_nzcv(access->cpu, value);
    return true;
}

bool cpu_sysreg_read_daif(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = (uint64_t)access->cpu->pstate.daif << DAIF_SHIFT;
    return true;
}

bool cpu_sysreg_write_daif(const sysreg_access_t *access, uint64_t value)
{
    access->cpu->pstate.daif = (uint8_t)bits_get(value, DAIF_SHIFT, 4);
    cpu_debug_follow(access->cpu);
    return true;
}

/* Pending, masked or not: A is bit 8, I bit 7, F bit 6. */
bool cpu_sysreg_read_isr(const sysreg_access_t *access, uint64_t *ret_value)
{
    const cpu_t *cpu = access->cpu;
    *ret_value =
        (uint64_t)cpu_serror_line(cpu) << 8 | (uint64_t)cpu_irq_line(cpu) << 7 | (uint64_t)cpu_fiq_line(cpu) << 6;
    return true;
}

/* AHP, DN, FZ, RMode, and FZ16 with half precision; trapped exceptions do not exist. */
bool cpu_sysreg_read_fpcr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->fpcr;
    return true;
}

bool cpu_sysreg_write_fpcr(const sysreg_access_t *access, uint64_t value)
{
    uint64_t fz16 = cpu_features_has(&access->cpu->features, CPU_FEAT_FP16) ? 1 << 19 : 0;
    access->cpu->fpcr = value & (0x07c00000 | fz16);
    return true;
}

bool cpu_sysreg_read_fpsr(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->fpsr;
    return true;
}

/* QC, IDC, IXC, UFC, OFC, DZC, IOC */
bool cpu_sysreg_write_fpsr(const sysreg_access_t *access, uint64_t value)
{
    access->cpu->fpsr = value & 0x0800009f;
    return true;
}

/* --- caches --- */

bool cpu_sysreg_read_ccsidr(const sysreg_access_t *access, uint64_t *ret_value)
{
    const cpu_sysregs_t *sys = &access->cpu->sys;
    uint64_t level = bits_get(sys->CSSELR_EL1, 1, 3);
    *ret_value = level < CPU_MAX_CACHE_LEVELS ? sys->id.CCSIDR_EL1[level][sys->CSSELR_EL1 & 1] : 0;
    return true;
}

/* DZP, bit 4: DC ZVA is prohibited here. */
bool cpu_sysreg_read_dczid(const sysreg_access_t *access, uint64_t *ret_value)
{
    const cpu_t *cpu = access->cpu;
    bool prohibited = !cpu->pstate.el && !(cpu->sys.SCTLR_EL1 & CPU_SCTLR_DZE);
    *ret_value = cpu->sys.id.DCZID_EL0 | (uint64_t)prohibited << 4;
    return true;
}

/* --- timers --- */

/* CRm of CNTP_* is 2, of CNTV_* 3. */
static cpu_timer_id_t timer_of(const sysreg_access_t *access)
{
    return bits_get(access->row->key, 3, 4) == 2 ? CPU_TIMER_PHYSICAL : CPU_TIMER_VIRTUAL;
}

bool cpu_sysreg_read_cntkctl(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->timer.CNTKCTL_EL1;
    return true;
}

bool cpu_sysreg_write_cntkctl(const sysreg_access_t *access, uint64_t value)
{
    cpu_timer_write_cntkctl(access->cpu, access->now_ps, value);
    return true;
}

bool cpu_sysreg_read_count(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = cpu_functional_counter(access->cpu, cpu_timer_count(access->cpu, access->now_ps));
    return true;
}

bool cpu_sysreg_read_tval(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = cpu_timer_read_tval(access->cpu, timer_of(access), access->now_ps);
    return true;
}

bool cpu_sysreg_write_tval(const sysreg_access_t *access, uint64_t value)
{
    cpu_timer_write_tval(access->cpu, timer_of(access), access->now_ps, value);
    return true;
}

bool cpu_sysreg_read_ctl(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = cpu_timer_read_ctl(access->cpu, timer_of(access), access->now_ps);
    return true;
}

bool cpu_sysreg_write_ctl(const sysreg_access_t *access, uint64_t value)
{
    cpu_timer_write_ctl(access->cpu, timer_of(access), access->now_ps, value);
    return true;
}

bool cpu_sysreg_read_cval(const sysreg_access_t *access, uint64_t *ret_value)
{
    *ret_value = access->cpu->timer.channel[timer_of(access)].cval;
    return true;
}

bool cpu_sysreg_write_cval(const sysreg_access_t *access, uint64_t value)
{
    cpu_timer_write_cval(access->cpu, timer_of(access), access->now_ps, value);
    return true;
}
