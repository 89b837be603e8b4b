/* Faults injected on purpose, to show that the test of each trap fails without the code that avoids the trap. Compiled
 * in only with MESIM_FAULTS=1; a test chooses one by cpu->injected_fault. */
#ifndef MESIM_CPU_FAULT_H
#define MESIM_CPU_FAULT_H

#include "cpu/cpu.h"

typedef enum cpu_injected_fault {
    CPU_INJECT_NONE,
    CPU_INJECT_COUNTER_SKEWED,            /* system counter: core n reads n counts more than it is */
    CPU_INJECT_CVAL_SIGNED,               /* timer: the compare takes count - CVAL as signed */
    CPU_INJECT_TVAL_UNSIGNED,             /* timer: a write of TVAL does not sign-extend */
    CPU_INJECT_REARM_KEEPS_LINE,          /* timer: a new CVAL does not lower the output */
    CPU_INJECT_SEV_NOT_LATCHED,           /* an event that comes before WFE is forgotten */
    CPU_INJECT_EVENT_STREAM_LOST,         /* timer: the event stream does not set the event register */
    CPU_INJECT_WFI_NEEDS_UNMASKED,        /* WFI sleeps on although an interrupt is pending, as PSTATE.I is set */
    CPU_INJECT_ERET_KEEPS_MONITOR,        /* ERET leaves the exclusive monitor armed */
    CPU_INJECT_SVC_RETURNS_TO_SELF,       /* the preferred return address of SVC is the SVC */
    CPU_INJECT_SP_NOT_BANKED,             /* exception entry from EL0 goes on with SP_EL0 */
    CPU_INJECT_ILLEGAL_RETURN_OBEYED,     /* ERET goes to EL2 as SPSR_EL1 says */
    CPU_INJECT_ABORT_WITHOUT_WNR,         /* data aborts do not say that they were writes */
    CPU_INJECT_EL0_READS_EL1_REGISTERS,   /* MRS at EL0 ignores privilege */
    CPU_INJECT_READ_ONLY_WRITABLE,        /* MSR to a read-only register is accepted and ignored */
    CPU_INJECT_RES0_STORED,               /* MSR stores bits that are RES0 */
    CPU_INJECT_CPU_ON_WAITS_FOR_NONE,     /* PSCI: CPU_ON reports success before the power controller answered */
    CPU_INJECT_ABORT_WRITES_BASE_BACK,    /* pre- and post-indexed accesses update the base even when they abort */
    CPU_INJECT_DISCARDED_RESULT_ACQUIRES, /* LSE atomics into XZR acquire */
    CPU_INJECT_COUNT
} cpu_injected_fault_t;

#if MESIM_FAULTS
#define cpu_fault_injected(cpu, fault) ((cpu)->injected_fault == (fault))
#else
#define cpu_fault_injected(cpu, fault) ((void)(cpu), false)
#endif

#endif
