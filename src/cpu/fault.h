/* Faults injected on purpose, to show that the test of each trap fails without the code that avoids the trap. Compiled
 * in only with MESIM_FAULTS=1.
 *
 * A unit test chooses one by cpu->injected_fault, and it is in force at once. `mesim-faults run --inject NAME` chooses
 * one by cpu->guest_fault, and it is in force on a core while that core's TPIDRRO_EL0 is not 0: so a guest meets it
 * inside the trap that it is there to fail, and not while it boots. `mesim-faults litmus --inject NAME` does the same
 * for litmus tests. */
#ifndef MESIM_CPU_FAULT_H
#define MESIM_CPU_FAULT_H

#include "cpu/cpu.h"

#ifndef MESIM_FAULTS
#define MESIM_FAULTS 0
#endif

/* X(identifier, "what goes wrong"); noticed by tests/unit/cpu/system_traps.c. */
#define CPU_SYSTEM_FAULTS(X)                                                                                           \
    X(COUNTER_SKEWED, "system counter: core n reads n counts more than it is")                                         \
    X(CVAL_SIGNED, "timer: the compare takes count - CVAL as signed")                                                  \
    X(TVAL_UNSIGNED, "timer: a write of TVAL does not sign-extend")                                                    \
    X(REARM_KEEPS_LINE, "timer: a new CVAL does not lower the output")                                                 \
    X(SEV_NOT_LATCHED, "an event that comes before WFE is forgotten")                                                  \
    X(EVENT_STREAM_LOST, "timer: the event stream does not set the event register")                                    \
    X(WFI_NEEDS_UNMASKED, "WFI sleeps on although an interrupt is pending, as PSTATE.I is set")                        \
    X(ERET_KEEPS_MONITOR, "ERET leaves the exclusive monitor armed")                                                   \
    X(SVC_RETURNS_TO_SELF, "the preferred return address of SVC is the SVC")                                           \
    X(SP_NOT_BANKED, "exception entry from EL0 goes on with SP_EL0")                                                   \
    X(ILLEGAL_RETURN_OBEYED, "ERET goes to EL2 as SPSR_EL1 says")                                                      \
    X(ENTRY_KEEPS_PAN, "exception entry with SCTLR_EL1.SPAN 0 leaves PSTATE.PAN clear")                                \
    X(BTYPE_OUTLIVES_INSTRUCTION, "an exception saves the BTYPE of a branch long past")                                \
    X(ABORT_WITHOUT_WNR, "data aborts do not say that they were writes")                                               \
    X(EL0_READS_EL1_REGISTERS, "MRS at EL0 ignores privilege")                                                         \
    X(READ_ONLY_WRITABLE, "MSR to a read-only register is accepted and ignored")                                       \
    X(RES0_STORED, "MSR stores bits that are RES0")                                                                    \
    X(CPU_ON_WAITS_FOR_NONE, "PSCI: CPU_ON reports success before the power controller answered")                      \
    X(SUSPEND_RETURNS, "PSCI: CPU_SUSPEND into powerdown returns to its caller")                                       \
    X(SUSPEND_LOSES_CONTEXT, "PSCI: a core that wakes from powerdown has 0 for its context")                           \
    X(SUSPEND_IGNORES_SLEEPER, "PSCI: a core in powerdown is not woken for a sleeping redistributor")                  \
    X(ABORT_WRITES_BASE_BACK, "pre- and post-indexed accesses update the base even when they abort")                   \
    X(DISCARDED_RESULT_ACQUIRES, "LSE atomics into XZR acquire")                                                       \
    X(FP_DN_IGNORED, "FPCR.DN is ignored: NaNs stay what they are")                                                    \
    X(FP_FZ_IGNORED, "FPCR.FZ is ignored")                                                                             \
    X(FP_FZ16_FOLLOWS_FZ, "halves are flushed by FPCR.FZ")                                                             \
    X(FP_RMODE_IGNORED, "FPCR.RMode is ignored: to nearest always")                                                    \
    X(FP_AHP_IGNORED, "FPCR.AHP is ignored")                                                                           \
    X(FP_MULTIPLY_ADD_ROUNDS_TWICE, "FMADD rounds the product, and then the sum")                                      \
    X(FP_FIRST_NAN_WINS, "of two NaNs the first is the result, signalling or not")                                     \
    X(FP_FLAGS_REPLACED, "each instruction clears the flags of FPSR first")                                            \
    X(SP_ALIGNMENT_IGNORED, "accesses whose base is SP do not check its alignment")

/* The same for the core's memory path; noticed by tests/system/test_traps.py. */
#define CPU_MEMORY_FAULTS(X)                                                                                           \
    /* exclusives and events */                                                                                        \
    X(SNOOP_NOT_HELD_BACK, "a line that arrived for a store-exclusive can be taken before the store")                  \
    X(EXCLUSIVE_NOT_HELD, "a load-exclusive does not keep a line that it found exclusive")                             \
    X(MONITOR_BY_VALUE, "a store-exclusive succeeds if the value is the one that was loaded")                          \
    X(MONITOR_SURVIVES_EVICTION, "eviction of the line leaves the monitor armed")                                      \
    X(MONITOR_LOSS_NO_EVENT, "a cleared monitor is no event")                                                          \
    X(CLREX_IGNORED, "CLREX leaves the monitor armed")                                                                 \
    X(SEV_STAYS_LOCAL, "SEV does not reach the other cores")                                                           \
    X(WFI_UNMASKS, "WFI clears PSTATE.I")                                                                              \
    /* store buffer, unaligned accesses, atomics */                                                                    \
    X(FORWARD_PARTIAL_LINE, "a load is answered by a store that does not hold all its bytes")                          \
    X(FORWARD_OLDEST, "a load is answered by the oldest store to its bytes")                                           \
    X(FORWARD_NOTHING, "a load does not look into the store buffer")                                                   \
    X(LOAD_TEARS_BESIDE_SPLIT, "a load across a line binds the byte before the split one load late")                   \
    X(UNALIGNED_STORES_FIRST_PART, "a store whose second page faults writes to its first")                             \
    X(CASP_TEARS, "CASP returns a second element one CASP old")                                                        \
    X(CAS_STORES_ALWAYS, "a compare and swap that fails stores all the same")                                          \
    X(CAS_IS_PLAIN_LOAD,                                                                                               \
      "a compare and swap takes itself for one that fails, and such a one for a load without order")                   \
    X(ACQUIRE_ATOMIC_POSTED, "younger accesses pass an atomic that acquires")                                          \
    X(ATOMIC_RESULT_UNORDERED, "DMB LD does not wait for the results of atomics")                                      \
    X(DMB_LD_AWAITS_DISCARDED_RESULTS, "DMB LD waits for atomics that discard their results")                          \
    X(FAR_ATOMIC_KEEPS_MONITOR, "a far atomic does not clear other cores' monitors")                                   \
    /* barriers */                                                                                                     \
    X(DMB_IGNORED, "DMB orders nothing")                                                                               \
    X(DMB_ST_IGNORED, "stores drain past an older DMB ST")                                                             \
    X(RELEASE_IGNORED, "a store-release drains before older stores")                                                   \
    X(ACQUIRE_IGNORED, "younger accesses pass a load-acquire")                                                         \
    X(DMB_LD_DRAINS_STORES, "DMB LD waits for older stores")                                                           \
    X(DMB_COMPLETES_DVM, "DMB completes TLB maintenance as DSB does")                                                  \
    X(DMB_SKIPS_MAINTENANCE, "DMB does not order cache maintenance by address")                                        \
    X(DSB_SKIPS_DVM, "DSB does not wait for TLB and instruction-cache maintenance")                                    \
    X(DSB_SKIPS_MAINTENANCE, "DSB does not wait for cache maintenance")                                                \
    X(COMBINED_PASS_BARRIERS, "barriers do not drain the write-combining buffer")                                      \
    X(COMBINED_NOT_READ, "a Non-cacheable load does not see stores in the write-combining buffer")                     \
    X(UPDATE_IGNORES_CHANGE, "the walker sets flags in a descriptor whatever is in its place by now")                  \
    X(TLBI_OS_STAYS_LOCAL, "TLBI of the Outer Shareable domain does not reach the other cores")                        \
    X(NC_LOAD_ABORTS_LATE, "a Non-cacheable load that nobody answers does not wait for its abort")                     \
    /* caches */                                                                                                       \
    X(NC_READS_CACHE, "Non-cacheable loads look into the L1D")                                                         \
    X(NSH_SNOOPED, "Non-shareable memory is kept coherent")                                                            \
    X(DC_CVAC_IGNORED, "DC CVAC does nothing")                                                                         \
    X(DC_IVAC_IGNORED, "DC IVAC does nothing")                                                                         \
    X(STORES_REACH_L1I, "a store invalidates the line in the L1I of its core")                                         \
    X(IC_IVAU_IGNORED, "IC IVAU does nothing")                                                                         \
    X(IC_IVAU_STAYS_LOCAL, "IC IVAU does not reach the other cores")                                                   \
    X(IDC_MISREPORTED, "CTR_EL0.IDC is inverted")                                                                      \
    X(ZVA_ACCEPTS_DEVICE, "DC ZVA on Device memory does not fault")                                                    \
    X(ZVA_HALF, "DC ZVA clears half a line")                                                                           \
    X(ZVA_KEEPS_MONITOR, "DC ZVA does not clear other cores' monitors")                                                \
    X(LOAD_READS_NEIGHBOUR, "a load that hits gets its first byte from another place of the line")                     \
    /* semihosting */                                                                                                  \
    X(HOST_READS_BEHIND_CACHES, "semihosting reads guest memory from DRAM")                                            \
    X(HOST_CALL_PASSES_STORES, "a semihosting call does not wait for the stores before it")                            \
    /* alignment */                                                                                                    \
    X(PC_ALIGNMENT_IGNORED, "a branch to an address that is no multiple of 4 goes to the instruction below it")        \
    X(ORDERED_ALIGNMENT_IGNORED, "exclusive and ordered accesses need not be aligned")                                 \
    X(LOAD_TEARS_IN_SIXTEEN_BYTES, "an unaligned load binds its first byte one load late")                             \
    /* exceptions */                                                                                                   \
    X(ENTRY_KEEPS_SSBS, "exception entry leaves PSTATE.SSBS instead of taking SCTLR_EL1.DSSBS")                        \
    X(ENTRY_KEEPS_UAO, "exception entry leaves PSTATE.UAO")                                                            \
    X(ENTRY_CLEARS_DIT, "exception entry clears PSTATE.DIT")                                                           \
    /* determinism */                                                                                                  \
    X(L0_KEEPS_LOST_LINE, "a line that is lost stays in the L0 filter")                                                \
    X(VISIT_ORDER_LEAKS, "a load takes longer if another core ran before in the window")

/* Optional features and self-hosted debug; noticed by tests/system/test_feature_faults.py, through the guests that
 * test_features.py and test_debug.py run. */
#define CPU_FEATURE_FAULTS(X)                                                                                          \
    /* loads and stores */                                                                                             \
    X(PAN_IGNORED, "PSTATE.PAN does not keep loads and stores of EL1 from the pages of EL0")                           \
    X(AT_IGNORES_PAN, "AT S1E1RP and S1E1WP are like AT S1E1R and S1E1W")                                              \
    X(UAO_IGNORED, "LDTR and STTR are unprivileged whatever PSTATE.UAO says")                                          \
    X(SIXTEEN_BYTES_CROSSED, "ordered accesses, exclusives and atomics may cross 16 bytes")                            \
    X(NAA_IGNORED, "ordered accesses that cross 16 bytes fault although SCTLR_EL1.nAA is set")                         \
    /* branch targets */                                                                                               \
    X(LANDING_PADS_IGNORED, "a guarded page lets every branch land")                                                   \
    X(BTI_OPERAND_IGNORED, "BTI lands a branch of any kind")                                                           \
    X(BT_IGNORED, "PACIASP lands BR whatever SCTLR_EL1.BT1 says")                                                      \
    /* debug */                                                                                                        \
    X(BREAKPOINT_IGNORES_LINK, "a linked breakpoint matches in every context")                                         \
    X(BREAKPOINT_IGNORES_LEVEL, "breakpoints and watchpoints match at every exception level")                          \
    X(WATCHPOINT_IGNORES_BAS, "a watchpoint watches all bytes of its doubleword")                                      \
    X(WATCHPOINT_IGNORES_MASK, "a watchpoint with MASK watches a doubleword")                                          \
    X(WATCHPOINT_IGNORES_LSC, "a watchpoint of stores watches loads, too, and the other way round")                    \
    X(STEP_KEEPS_SS, "an instruction does not clear PSTATE.SS")                                                        \
    X(OS_LOCK_IGNORED, "debug exceptions happen although the OS Lock or the OS Double Lock is set")                    \
    X(KDE_IGNORED, "MDSCR_EL1.KDE does not hold back debug exceptions from EL1")                                       \
    X(DEBUG_MASK_IGNORED, "PSTATE.D does not hold back debug exceptions from EL1")

/* What orders accesses, and which value a load may return; noticed by tests/system/test_litmus_faults.py, each by the
 * litmus test that it names. */
#define CPU_ORDER_FAULTS(X)                                                                                            \
    /* barriers */                                                                                                     \
    X(DMB_LD_IGNORED, "DMB LD orders nothing")                                                                         \
    X(DSB_SKIPS_ACCESSES, "DSB does not wait for loads and stores")                                                    \
    /* acquire and release */                                                                                          \
    X(LDAR_AS_LDAPR, "LDAR is performed before an older store-release, as LDAPR may be")                               \
    X(LDAR_AS_LDR, "LDAR does not acquire")                                                                            \
    X(LDAPR_AS_LDR, "LDAPR does not acquire")                                                                          \
    X(LDAXR_AS_LDXR, "LDAXR does not acquire")                                                                         \
    X(STLR_AS_STR, "STLR does not release")                                                                            \
    X(STLXR_AS_STXR, "STLXR does not release")                                                                         \
    X(RELEASE_PASSES_LOADS, "a store-release does not wait for older loads")                                           \
    X(ATOMIC_RELEASE_IGNORED, "the L of SWPL, CASL and the like does nothing")                                         \
    X(ATOMIC_ACQUIRE_IGNORED, "the A of SWPA, CASA and the like does nothing")                                         \
    /* values */                                                                                                       \
    X(DEPENDENCY_IGNORED, "an instruction does not wait for the loads of its registers")                               \
    X(LOADS_PASS_SAME_ADDRESS, "a load takes its value before an older load of the same bytes")                        \
    X(FORWARD_YOUNGER, "a load that waits is answered by a younger store")                                             \
    X(FORWARD_WRONG_BYTE, "a load inside a store's bytes is answered from their beginning")                            \
    X(FAR_ATOMIC_NOT_AWAITED, "a load does not wait for an older far atomic to its bytes")                             \
    X(FAR_ATOMIC_PASSES_LOADS, "a far atomic is sent before an older load of its bytes has its value")                 \
    X(STXR_ALWAYS_SUCCEEDS, "a store-exclusive does not look at the monitor")                                          \
    /* around the caches */                                                                                            \
    X(NC_LOADS_PASS_SAME_ADDRESS, "a Non-cacheable load is performed before an older one of the same bytes")           \
    X(NC_STORE_PASSES_LOAD, "a Non-cacheable store is performed before an older load of the same bytes")               \
    X(NC_STORE_PASSES_CACHED, "a Non-cacheable store ignores older cacheable ones that a barrier or release orders")   \
    X(NC_RELEASE_PASSED, "LDAR is performed before an older store-release to Non-cacheable memory")                    \
    X(DEVICE_LOADS_OVERLAP, "loads from nGnRnE and nGnRE memory are performed in any order")

typedef enum cpu_injected_fault {
    CPU_INJECT_NONE,
#define CPU_FAULT_ENUM(id, text) CPU_INJECT_##id,
    CPU_SYSTEM_FAULTS(CPU_FAULT_ENUM) CPU_INJECT_SYSTEM_END,
    CPU_MEMORY_FAULTS(CPU_FAULT_ENUM) CPU_FEATURE_FAULTS(CPU_FAULT_ENUM) CPU_ORDER_FAULTS(CPU_FAULT_ENUM)
#undef CPU_FAULT_ENUM
        CPU_INJECT_END
} cpu_injected_fault_t;

#if MESIM_FAULTS
static inline bool cpu_fault_injected(const cpu_t *cpu, cpu_injected_fault_t fault)
{
    return cpu->injected_fault == fault || (cpu->guest_fault == fault && cpu->sys.TPIDRRO_EL0);
}
#else
#define cpu_fault_injected(cpu, fault) ((void)(cpu), false)
#endif

/* For faults that tear: what one access should have seen goes to another. */
static inline void cpu_fault_swap_byte(uint8_t *a, uint8_t *b)
{
    uint8_t byte = *a;
    *a = *b;
    *b = byte;
}

#endif
