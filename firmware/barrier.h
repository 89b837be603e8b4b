/* Barriers (DDI 0487, "Memory barriers"). DMB orders accesses; DSB also waits until they, and cache and TLB
 * maintenance, are complete; ISB makes later instructions be fetched and decoded again. A barrier orders nothing
 * alone: each use says which barrier or acquire on another core it pairs with. */
#ifndef MESIM_FIRMWARE_BARRIER_H
#define MESIM_FIRMWARE_BARRIER_H

#define DEFINE_BARRIER(name, instruction)                                                                              \
    static inline void name(void)                                                                                      \
    {                                                                                                                  \
        __asm__ volatile(instruction ::: "memory");                                                                    \
    }

DEFINE_BARRIER(dmb_ish, "dmb ish")
DEFINE_BARRIER(dsb_sy, "dsb sy")
DEFINE_BARRIER(dsb_ish, "dsb ish")
DEFINE_BARRIER(dsb_ishst, "dsb ishst")
DEFINE_BARRIER(dsb_nsh, "dsb nsh")
DEFINE_BARRIER(isb, "isb")

/* Hints: wait for an event, make one (on all cores, or on this one), wait for an interrupt, be a polite spinner. */
DEFINE_BARRIER(wfe, "wfe")
DEFINE_BARRIER(sev, "sev")
DEFINE_BARRIER(sevl, "sevl")
DEFINE_BARRIER(wfi, "wfi")
DEFINE_BARRIER(cpu_relax, "yield")

/* For the compiler only: memory may have changed. */
DEFINE_BARRIER(compiler_barrier, "")

#undef DEFINE_BARRIER

#endif
