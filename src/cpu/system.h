/* What the system instructions do: MRS, MSR, SYS (DC, IC, TLBI, AT), WFI, WFE, SEVL; and the reset of a core.
 *
 * Functions that return cpu_status_t are the whole instruction: checks of the exception level, traps, side effects.
 * key is CPU_SYS_KEY of cpu/sysreg.h. now_cycles is the issue cycle. For the syndrome of a trap, in->rd must be the
 * slot of Xt in MRS, MSR and SYS alike (CPU_XZR and CPU_SINK count as 31). */
#ifndef MESIM_CPU_SYSTEM_H
#define MESIM_CPU_SYSTEM_H

#include "base/error.h"
#include "cpu/cpu.h"
#include "cpu/features.h"

/* One cache as software sees it through CCSIDR_EL1; size 0: absent. Lines are 64 bytes. */
typedef struct cpu_cache_geometry {
    uint32_t size_bytes;
    uint32_t ways;
} cpu_cache_geometry_t;

/* What a core is, as far as its registers tell. */
typedef struct cpu_system_config {
    cpu_features_t features;
    uint32_t midr;  /* MIDR_EL1 */
    uint64_t mpidr; /* affinity fields; the RES1 bit is added */
    uint32_t revidr;
    uint32_t cores;                   /* in the machine: how many an SGI to all others reaches */
    uint8_t physical_address_bits;    /* 32, 36, 40, 42, 44 or 48: ID_AA64MMFR0_EL1.PARange */
    bool icache_coherent;             /* CTR_EL0.DIC: no IC IVAU needed */
    bool dcache_coherent;             /* CTR_EL0.IDC: no DC CVAU needed */
    bool gic_registers;               /* ICC_* exist */
    uint8_t pmu_counters;             /* event counters of the performance monitors, 0 to CPU_PMU_MAX_COUNTERS */
    uint8_t pmu_idcode;               /* PMCR_EL0.IDCODE; 0: software uses MIDR_EL1 */
    uint64_t entry_base, entry_bytes; /* where CPU_SUSPEND may resume; entry_bytes 0: anywhere */
    uint64_t counter_hz;              /* of the system counter, 1 Hz to 1 GHz; 62.5 MHz as on QEMU's virt machine */
    cpu_cache_geometry_t l1i, l1d, l2, l3;
} cpu_system_config_t;

/* Sets what never changes: features, ID registers, counter frequency. Fails with -EINVAL for values that no register
 * can express. */
int cpu_system_init(cpu_t *cpu, const cpu_system_config_t *config, base_error_t *error);

/* Power-up (AArch64.TakeReset): EL1h, DAIF masked, MMU and caches off, registers at their reset values,
 * pc = entry, x0 = x0, all other general registers 0; running. Caches, TLBs and the GIC are the caller's. */
void cpu_power_up(cpu_t *cpu, uint64_t now_ps, uint64_t entry, uint64_t x0);

/* The same after PSCI CPU_SUSPEND into a powerdown state: timers keep theirs, as they are always on. */
void cpu_power_resume(cpu_t *cpu, uint64_t now_ps);

/* MRS to slot rt_slot; MSR of `value`. */
cpu_status_t cpu_sys_mrs(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, unsigned rt_slot);
cpu_status_t cpu_sys_msr(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, uint64_t value);
/* MSR (immediate): SPSel, DAIFSet, DAIFClr; UAO, PAN, DIT, SSBS where the feature exists. */
cpu_status_t cpu_sys_msr_immediate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned op1, unsigned op2,
                                   unsigned crm);
/* SYS: `value` is Xt. SYSL has no architected encodings: UNDEFINED. */
cpu_status_t cpu_sys_sys(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, uint64_t value);
cpu_status_t cpu_sys_sysl(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, unsigned rt_slot);

/* WFI and WFE. When the core must sleep, cpu->block is CPU_BLOCK_WFI or CPU_BLOCK_WFE and the result CPU_LEAVE: the
 * instruction is done, and the core goes on after it once cpu_wakes says so. */
cpu_status_t cpu_wait_for_interrupt(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
cpu_status_t cpu_wait_for_event(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
/* A pseudo-operation: this core's window ends here, and the machine performs it before the core's next instruction. */
cpu_status_t cpu_pseudo_op(cpu_t *cpu, const cpu_insn_t *in);
/* Sleeps as WFI does and wakes by cpu_power_resume; false: something is pending that would wake it. */
bool cpu_wait_for_power(cpu_t *cpu);
/* SEVL, ERET, and what else sets this core's event register (an event from another core, a monitor cleared). */
cpu_status_t cpu_send_event_local(cpu_t *cpu);

/* The wake-up condition of a core that sleeps in WFI or WFE; false in any other state. */
bool cpu_wakes(const cpu_t *cpu);

/* `operation` of cpu_memory_port_t.tlbi: a mmu_tlbi_t, with this bit for the Inner Shareable forms. */
enum { CPU_TLBI_INNER_SHAREABLE = 0x100 };

#endif
