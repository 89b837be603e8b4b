/* One AArch64 core complex: architectural state, memory path, caches, TLBs, GIC CPU interface, timers; one
 * component of the engine. Fields are grouped by who owns them; the hot ones come first. */
#ifndef MESIM_CPU_CPU_H
#define MESIM_CPU_CPU_H

#include "base/bits.h"
#include "cache/l1d.h"
#include "cpu/block.h"
#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/memory.h"
#include "cpu/pmu.h"
#include "cpu/stats.h"
#include "cpu/sysreg.h"
#include "cpu/timer.h"
#include "engine/engine.h"
#include "gic/cpuif.h"
#include "mmu/mmu.h"
#include "observe/guest_log.h"
#include "observe/trace.h"

#include <stdbool.h>
#include <stdint.h>

/* The L0 filter: maps a virtual line to its L1D line. Never changes a result, only the way to it. */
enum {
    CPU_L0_ENTRIES = 256,
    CPU_FETCH_L0_ENTRIES = 256,
    CPU_PREDICTOR_ENTRIES = 4096,
    CPU_TARGET_ENTRIES = 256,
    CPU_RETURN_STACK = 8
};
typedef struct cpu_l0_entry {
    uint64_t read_tag;  /* (va >> 6), or CPU_L0_NONE */
    uint64_t write_tag; /* as read_tag when the line is in M and the page writable */
    cache_line_t *line;
    uint8_t *data;
    uint64_t physical; /* of the line */
} cpu_l0_entry_t;
#define CPU_L0_NONE UINT64_MAX

/* The same for instruction lines: virtual line to L1I line and its decoded instructions. */
typedef struct cpu_fetch_l0_entry {
    uint64_t tag; /* (va >> 6), or CPU_L0_NONE */
    uint64_t *last_use;
    const cpu_insn_t *insns;
    bool guarded; /* as cpu_line_guarded(insns) */
} cpu_fetch_l0_entry_t;

/* Branch prediction: two-bit counters by PC for direction, a last-target table for BR and BLR, a return stack. */
typedef struct cpu_predictor {
    uint8_t direction[CPU_PREDICTOR_ENTRIES]; /* 0, 1: not taken; 2, 3: taken */
    uint64_t target[CPU_TARGET_ENTRIES];
    uint64_t returns[CPU_RETURN_STACK];
    unsigned top;
    uint32_t mispredict_cycles;
} cpu_predictor_t;

/* Bits of cpu_pstate_t.daif. */
enum { CPU_DAIF_F = 1, CPU_DAIF_I = 2, CPU_DAIF_A = 4, CPU_DAIF_D = 8 };

/* PSTATE (Arm ARM D1.4), without the condition flags, which have fields of their own. */
typedef struct cpu_pstate {
    uint8_t el;     /* 0 to 3 */
    bool sp_select; /* SPSel */
    uint8_t daif;   /* bits 3 D, 2 A, 1 I, 0 F */
    bool il, ss, pan, uao, dit, ssbs;
    uint8_t btype; /* counts only while cpu_btype_is_live */
} cpu_pstate_t;

/* PSCI CPU_SUSPEND into a powerdown state: the core sleeps as in WFI, and then starts at `entry`. */
typedef struct cpu_suspend {
    bool powered_down;
    uint64_t entry, context;
    uint64_t entry_base, entry_bytes; /* entries outside are INVALID_ADDRESS; entry_bytes 0: none */
} cpu_suspend_t;

struct cpu {
    /* --- hot: registers and flags --- */
    uint64_t x[CPU_SLOTS];
    uint64_t flags;               /* N, Z, C, V as cpu/flags.h keeps them: get_nzcv and set_nzcv reach them */
    uint64_t limit_cycles;        /* next cycle at which something else is due: window end, inbox, timer, interrupt */
    uint64_t line_pc;             /* virtual address of the line being executed */
    const cpu_insn_t *line_insns; /* its decoded instructions */
    const cpu_insn_t *segment;    /* first instruction executed since instructions were last counted */
    uint64_t store_filter;        /* bit va<11:6> set for each store-buffer entry: loads must look there */
    uint64_t pending;             /* registers awaiting a load, numbered as cpu_insn_t.registers */
    cpu_stats_t stats;
    uint64_t btype_pc, btype_instructions; /* what pstate.btype belongs to: cpu/branch_type.h */
    cpu_predictor_t predictor;
    cpu_l0_entry_t l0[CPU_L0_ENTRIES];
    cpu_fetch_l0_entry_t fetch_l0[CPU_FETCH_L0_ENTRIES];

    /* --- control: where the core is when it is not inside handlers --- */
    uint64_t pc;            /* next instruction; while `next` is set, next stands for it */
    const cpu_insn_t *next; /* next instruction in the current line, or NULL: fetch at pc */
    uint64_t cycle;         /* the next instruction issues at this cycle at the earliest */
    uint64_t base_cycles;   /* without threaded dispatch: the base for the next handler */
    uint64_t delay_cycles;  /* set by CPU_LEAVE instructions: added before the next issues */
    cpu_block_t block;
    uint64_t period_ps;

    /* --- architecture --- */
    uint64_t v[32][2]; /* V registers, little-endian halves */
    uint64_t fpcr, fpsr;
    cpu_pstate_t pstate;
    uint64_t sp_el[4]; /* banked stack pointers; the current one lives in x[CPU_SP] */
    cpu_sysregs_t sys; /* cpu/sysreg.h */
    cpu_features_t features;
    cpu_timer_t timer;
    cpu_suspend_t suspend;
    cpu_pmu_t pmu;

    /* --- parts --- */
    unsigned index;
    const cpu_memory_port_t *port; /* cpu/memory.h */
    void *port_state;
    mmu_t *mmu;
    gic_cpuif_t *gic;
    engine_component_t *component;
    engine_link_t *to_cluster, *to_gic, *to_power;
    engine_link_t *to_semihosting;     /* NULL: HLT is UNDEFINED */
    trace_port_t *trace;               /* exceptions taken; NULL: not traced */
    observe_guest_log_t guest_log;     /* cpu/guest_log.h */
    uint64_t guest_errors_repeated;    /* further ones at a PC of that log */
    uint32_t cores;                    /* in the machine */
    unsigned injected_fault;           /* cpu/fault.h: 0 but in tests */
    unsigned guest_fault;              /* the same, where the guest says when */
    struct cpu_row_counts *row_counts; /* cpu/row_counts.h: NULL but in tests */
    unsigned *last_to_run;             /* for CPU_INJECT_VISIT_ORDER_LEAKS: what the machine's cores must never share */
    struct cpu_core *core;             /* pipeline, fetch, load queue, store buffer: private to cpu/core*.c */
};

/* The address of `in`; valid while its line executes. */
static inline uint64_t cpu_pc(const cpu_t *cpu, const cpu_insn_t *in)
{
    return cpu->line_pc + (uint64_t)(in - cpu->line_insns) * 4;
}

#endif
