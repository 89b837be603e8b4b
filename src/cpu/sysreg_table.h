/* Rows of sysreg.def as cpu/sysreg.c holds them, and how a register is read and written. Private to cpu/sysreg*.c and
 * cpu/system*.c. */
#ifndef MESIM_CPU_SYSREG_TABLE_H
#define MESIM_CPU_SYSREG_TABLE_H

#include "cpu/cpu.h"

enum { SYSREG_EL0_READ = 1, SYSREG_EL0_WRITE = 2, SYSREG_EL1_READ = 4, SYSREG_EL1_WRITE = 8 };

/* Access at EL0 that a control register may trap to EL1; FP traps from EL1 too. */
typedef enum sysreg_rule {
    SYSREG_RULE_NONE,
    SYSREG_RULE_UCT, /* SCTLR_EL1.UCT */
    SYSREG_RULE_UMA, /* SCTLR_EL1.UMA */
    SYSREG_RULE_DCC, /* MDSCR_EL1.TDCC */
    SYSREG_RULE_COUNTER_FREQUENCY,
    SYSREG_RULE_COUNTER_PHYSICAL,
    SYSREG_RULE_COUNTER_VIRTUAL,
    SYSREG_RULE_TIMER_PHYSICAL,
    SYSREG_RULE_TIMER_VIRTUAL, /* CNTKCTL_EL1 */
    SYSREG_RULE_FP,            /* CPACR_EL1.FPEN */
    SYSREG_RULE_PMU,           /* PMUSERENR_EL0.EN */
    SYSREG_RULE_PMU_SOFTWARE,  /* EN or SW */
    SYSREG_RULE_PMU_CYCLES,    /* EN, or CR to read */
    SYSREG_RULE_PMU_SELECT,    /* EN or ER */
    SYSREG_RULE_PMU_EVENTS,    /* EN, or ER to read */
} sysreg_rule_t;

typedef struct sysreg_row sysreg_row_t;

/* One access: `row` says which register. */
typedef struct sysreg_access {
    cpu_t *cpu;
    const sysreg_row_t *row;
    uint64_t now_ps;
    uint64_t pc;
} sysreg_access_t;

/* False: the register does not exist in this configuration or state; the access is UNDEFINED. */
typedef bool sysreg_read_t(const sysreg_access_t *access, uint64_t *ret_value);
typedef bool sysreg_write_t(const sysreg_access_t *access, uint64_t value);

struct sysreg_row {
    const char *name;
    uint16_t key;
    uint8_t access;    /* SYSREG_EL0_READ, ... */
    uint8_t rule;      /* sysreg_rule_t */
    uint8_t feature;   /* cpu_feature_t, CPU_FEAT_COUNT: always there */
    uint32_t offset;   /* of the storage in cpu_t */
    uint64_t reset;    /* of STORED; the value of FIXED; gic_icc_t of ICC */
    uint64_t writable; /* the other bits stay as in reset */
    sysreg_read_t *read;
    sysreg_write_t *write; /* NULL: read-only */
};

/* NULL when no register has this encoding. The reserved rest of the identification space is RAZ (D18.3.1). */
const sysreg_row_t *cpu_sysreg_find(unsigned key);

/* Whether access there, to read or to write, needs a trap to EL1 now (rule). */
bool cpu_sysreg_trapped(const cpu_t *cpu, sysreg_rule_t rule, bool read);

/* A register of the translation regime was written: MMU and memory port follow. At once, though the architecture would
 * let them wait for a context synchronisation event. */
void cpu_translation_changed(cpu_t *cpu);

sysreg_read_t cpu_sysreg_read_stored, cpu_sysreg_read_fixed, cpu_sysreg_read_icc;
sysreg_write_t cpu_sysreg_write_stored, cpu_sysreg_write_context, cpu_sysreg_write_debug, cpu_sysreg_write_icc;

/* sysreg_special.c */
sysreg_read_t cpu_sysreg_read_zero, cpu_sysreg_read_oslsr, cpu_sysreg_read_claim_set, cpu_sysreg_read_claim_clear,
    cpu_sysreg_read_sp_el0, cpu_sysreg_read_spsel, cpu_sysreg_read_current_el, cpu_sysreg_read_pan, cpu_sysreg_read_uao,
    cpu_sysreg_read_isr, cpu_sysreg_read_ccsidr, cpu_sysreg_read_dczid, cpu_sysreg_read_nzcv, cpu_sysreg_read_daif,
    cpu_sysreg_read_dit, cpu_sysreg_read_ssbs, cpu_sysreg_read_fpcr, cpu_sysreg_read_fpsr, cpu_sysreg_read_cntkctl,
    cpu_sysreg_read_count, cpu_sysreg_read_tval, cpu_sysreg_read_ctl, cpu_sysreg_read_cval;
sysreg_write_t cpu_sysreg_write_ignored, cpu_sysreg_write_oslar, cpu_sysreg_write_claim_set,
    cpu_sysreg_write_claim_clear, cpu_sysreg_write_sp_el0, cpu_sysreg_write_spsel, cpu_sysreg_write_pan,
    cpu_sysreg_write_uao, cpu_sysreg_write_nzcv, cpu_sysreg_write_daif, cpu_sysreg_write_dit, cpu_sysreg_write_ssbs,
    cpu_sysreg_write_fpcr, cpu_sysreg_write_fpsr, cpu_sysreg_write_cntkctl, cpu_sysreg_write_tval, cpu_sysreg_write_ctl,
    cpu_sysreg_write_cval;

/* sysreg_pmu.c */
sysreg_read_t cpu_sysreg_read_pmcr, cpu_sysreg_read_pmceid, cpu_sysreg_read_pmcnten, cpu_sysreg_read_pminten,
    cpu_sysreg_read_pmovs, cpu_sysreg_read_pmccntr, cpu_sysreg_read_pmccfiltr, cpu_sysreg_read_pmevcntr,
    cpu_sysreg_read_pmevtyper, cpu_sysreg_read_pmxevcntr, cpu_sysreg_read_pmxevtyper, cpu_sysreg_read_pmselr,
    cpu_sysreg_read_pmuserenr;
sysreg_write_t cpu_sysreg_write_pmcr, cpu_sysreg_write_pmcntenset, cpu_sysreg_write_pmcntenclr,
    cpu_sysreg_write_pmintenset, cpu_sysreg_write_pmintenclr, cpu_sysreg_write_pmovsset, cpu_sysreg_write_pmovsclr,
    cpu_sysreg_write_pmswinc, cpu_sysreg_write_pmccntr, cpu_sysreg_write_pmccfiltr, cpu_sysreg_write_pmevcntr,
    cpu_sysreg_write_pmevtyper, cpu_sysreg_write_pmxevcntr, cpu_sysreg_write_pmxevtyper, cpu_sysreg_write_pmselr,
    cpu_sysreg_write_pmuserenr;

#endif
