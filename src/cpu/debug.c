/* Which debug exceptions can happen, and whether one does. */
#include "cpu/debug.h"

#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/l0.h"

/* DBGBCRn_EL1, DBGWCRn_EL1 (Arm ARM D17.3) */
enum { CONTROL_E = 0, CONTROL_PRIVILEGE = 1, CONTROL_SSC = 14, CONTROL_LBN = 16 };
enum { BREAKPOINT_TYPE = 20, WATCHPOINT_LSC = 3, WATCHPOINT_BAS = 5, WATCHPOINT_LINKED = 20, WATCHPOINT_MASK = 24 };
typedef enum breakpoint_type {
    TYPE_ADDRESS = 0,
    TYPE_LINKED_ADDRESS = 1,
    TYPE_CONTEXT = 2,
    TYPE_LINKED_CONTEXT = 3, /* never by itself: others link to it */
} breakpoint_type_t;
enum { DLK = 1, ADDRESS_BITS = 49, SPSR_D = 9, SPSR_EL = 2 };

/* AArch64.GenerateDebugExceptionsFrom, for EL1 as the level that they go to. */
static bool enabled_from(const cpu_t *cpu, unsigned el, bool masked)
{
    const cpu_sysregs_t *sys = &cpu->sys;
    if ((sys->os_locked || sys->OSDLR_EL1 & DLK) && !cpu_fault_injected(cpu, CPU_INJECT_OS_LOCK_IGNORED))
        return false;
    bool kernel = sys->MDSCR_EL1 & CPU_MDSCR_KDE || cpu_fault_injected(cpu, CPU_INJECT_KDE_IGNORED);
    return el == 0 || (kernel && (!masked || cpu_fault_injected(cpu, CPU_INJECT_DEBUG_MASK_IGNORED)));
}

static bool enabled_here(const cpu_t *cpu)
{
    return enabled_from(cpu, cpu->pstate.el, cpu->pstate.daif & CPU_DAIF_D);
}

static bool any_enabled(const uint64_t *controls, unsigned count)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < count; i++)
        any |= controls[i];
    return bit_get(any, CONTROL_E);
}

void cpu_debug_arm(cpu_t *cpu)
{
    const cpu_sysregs_t *sys = &cpu->sys;
    cpu_debug_t *debug = &cpu->core->debug;
    bool enabled = enabled_here(cpu), monitor = enabled && sys->MDSCR_EL1 & CPU_MDSCR_MDE;
    bool watched = debug->watching;
    debug->stepping = enabled && sys->MDSCR_EL1 & CPU_MDSCR_SS;
    debug->breaking = monitor && any_enabled(sys->DBGBCR_EL1, CPU_BREAKPOINTS);
    debug->watching = monitor && any_enabled(sys->DBGWCR_EL1, CPU_WATCHPOINTS);
    debug->armed = debug->stepping || debug->breaking;
    if (debug->watching && !watched)
        cpu_l0_clear(cpu);
}

bool cpu_debug_return_ss(const cpu_t *cpu, uint64_t spsr)
{
    enum { SPSR_SS = 21 };
    unsigned target = (unsigned)bits_get(spsr, SPSR_EL, 2);
    return cpu->sys.MDSCR_EL1 & CPU_MDSCR_SS && !enabled_here(cpu) &&
           enabled_from(cpu, target, bit_get(spsr, SPSR_D)) && bit_get(spsr, SPSR_SS);
}

/* --- software step (D2.12) --- */

/* The address of the next instruction, wherever it is kept. */
static uint64_t next_pc(const cpu_t *cpu)
{
    return cpu->next ? cpu_pc(cpu, cpu->next) : cpu->pc;
}

static bool taken(cpu_t *cpu)
{
    cpu->next = NULL;
    cpu->cycle += cpu->core->config.exception_cycles;
    return true;
}

bool cpu_debug_step_due(cpu_t *cpu)
{
    const cpu_debug_t *debug = &cpu->core->debug;
    if (!debug->stepping || cpu->pstate.ss)
        return false;
    cpu->pc = next_pc(cpu);
    cpu_exception_software_step(cpu, debug->stepped, debug->stepped_exclusive);
    return taken(cpu);
}

cpu_debug_mark_t cpu_debug_begin(const cpu_t *cpu)
{
    return (cpu_debug_mark_t){.instructions = cpu->stats.instructions,
                              .changes_of_level = cpu->stats.exceptions + cpu->stats.exception_returns,
                              .exclusive_loads = cpu->stats.exclusive_loads};
}

/* An exception has saved PSTATE.SS in SPSR_EL1, and an exception return has set it anew. */
bool cpu_debug_end(cpu_t *cpu, cpu_debug_mark_t mark, bool go_on)
{
    cpu_debug_t *debug = &cpu->core->debug;
    cpu_debug_mark_t now = cpu_debug_begin(cpu);
    if (now.changes_of_level != mark.changes_of_level)
        return false;
    if (debug->stepping && now.instructions != mark.instructions) {
        cpu->pstate.ss &= cpu_fault_injected(cpu, CPU_INJECT_STEP_KEEPS_SS);
        debug->stepped = true;
        debug->stepped_exclusive = now.exclusive_loads != mark.exclusive_loads;
    }
    return go_on && debug->armed;
}

/* --- breakpoints (D2.9) --- */

/* SSC, HMC and the privilege field, on a core with Non-secure EL1 and EL0 only. */
static bool level_matches(const cpu_t *cpu, uint64_t control, unsigned el)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_BREAKPOINT_IGNORES_LEVEL))
        return true;
    return bits_get(control, CONTROL_SSC, 2) < 2 && bit_get(control, CONTROL_PRIVILEGE + (el ? 0 : 1));
}

static bool context_matches(const cpu_t *cpu, unsigned n)
{
    return n >= CPU_BREAKPOINTS - CPU_CONTEXT_BREAKPOINTS && n < CPU_BREAKPOINTS &&
           (uint32_t)cpu->sys.DBGBVR_EL1[n] == (uint32_t)cpu->sys.CONTEXTIDR_EL1;
}

/* The breakpoint that a breakpoint or watchpoint is linked to. */
static bool link_matches(const cpu_t *cpu, uint64_t control)
{
    unsigned n = (unsigned)bits_get(control, CONTROL_LBN, 4);
    if (cpu_fault_injected(cpu, CPU_INJECT_BREAKPOINT_IGNORES_LINK))
        return true;
    return n < CPU_BREAKPOINTS && bit_get(cpu->sys.DBGBCR_EL1[n], CONTROL_E) &&
           bits_get(cpu->sys.DBGBCR_EL1[n], BREAKPOINT_TYPE, 4) == TYPE_LINKED_CONTEXT && context_matches(cpu, n);
}

static bool breakpoint_matches(const cpu_t *cpu, unsigned n, uint64_t pc)
{
    uint64_t control = cpu->sys.DBGBCR_EL1[n];
    bool address = !bits_get((cpu->sys.DBGBVR_EL1[n] ^ pc) >> 2, 0, ADDRESS_BITS - 2);
    if (!bit_get(control, CONTROL_E) || !level_matches(cpu, control, cpu->pstate.el))
        return false;
    switch (bits_get(control, BREAKPOINT_TYPE, 4)) {
    case TYPE_ADDRESS: return address;
    case TYPE_LINKED_ADDRESS: return address && link_matches(cpu, control);
    case TYPE_CONTEXT: return context_matches(cpu, n);
    default: return false;
    }
}

bool cpu_debug_breakpoint_hit(cpu_t *cpu)
{
    bool line_end = cpu->next == cpu->line_insns + CPU_LINE_INSNS - 1; /* no instruction */
    uint64_t pc = next_pc(cpu);
    for (unsigned n = 0; n < CPU_BREAKPOINTS && cpu->core->debug.breaking && !line_end; n++) {
        if (!breakpoint_matches(cpu, n, pc))
            continue;
        cpu->pc = pc;
        cpu_exception_breakpoint(cpu);
        return taken(cpu);
    }
    return false;
}

/* --- watchpoints (D2.10) --- */

/* The bytes that watchpoint n watches, both included: MASK names a region, else BAS picks bytes of a doubleword. */
static bool overlap(const cpu_t *cpu, unsigned n, uint64_t first, uint64_t last, uint64_t *ret_va)
{
    uint64_t control = cpu->sys.DBGWCR_EL1[n], value = cpu->sys.DBGWVR_EL1[n];
    unsigned mask = cpu_fault_injected(cpu, CPU_INJECT_WATCHPOINT_IGNORES_MASK)
                        ? 0
                        : (unsigned)bits_get(control, WATCHPOINT_MASK, 5);
    uint64_t bytes = mask > 2 ? bits_mask(mask) : 7, base = value & bits_mask(ADDRESS_BITS) & ~bytes;
    uint64_t selected = mask > 2 ? 0xff : bits_get(control, WATCHPOINT_BAS, 8) << (value & 4);
    first &= bits_mask(ADDRESS_BITS);
    last &= bits_mask(ADDRESS_BITS);
    uint64_t low = first > base ? first : base, high = last < base + bytes ? last : base + bytes;
    for (uint64_t va = low; va <= high; va++) {
        if (mask <= 2 && !bit_get(selected, (unsigned)(va & 7)) &&
            !cpu_fault_injected(cpu, CPU_INJECT_WATCHPOINT_IGNORES_BAS))
            continue;
        *ret_va = va;
        return true;
    }
    return false;
}

bool cpu_debug_watches(const cpu_t *cpu, uint64_t va, uint64_t bytes, bool load, bool store, bool privileged,
                       uint64_t *ret_va)
{
    uint64_t kinds = (uint64_t)load | (uint64_t)store << 1, watched;
    if (cpu_fault_injected(cpu, CPU_INJECT_WATCHPOINT_IGNORES_LSC))
        kinds = 3;
    for (unsigned n = 0; n < CPU_WATCHPOINTS; n++) {
        uint64_t control = cpu->sys.DBGWCR_EL1[n];
        if (!bit_get(control, CONTROL_E) || !(bits_get(control, WATCHPOINT_LSC, 2) & kinds) ||
            !level_matches(cpu, control, privileged) ||
            (bit_get(control, WATCHPOINT_LINKED) && !link_matches(cpu, control)))
            continue;
        if (overlap(cpu, n, va, va + bytes - 1, &watched)) {
            *ret_va = (va & ~bits_mask(ADDRESS_BITS)) | watched;
            return true;
        }
    }
    return false;
}
