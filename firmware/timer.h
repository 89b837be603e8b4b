/* The generic timer's virtual counter and timer (DDI 0487, "The Generic Timer in AArch64 state"). */
#ifndef MESIM_FIRMWARE_TIMER_H
#define MESIM_FIRMWARE_TIMER_H

#include "barrier.h"
#include "sysreg.h"

#include <stdbool.h>
#include <stdint.h>

#define CNTV_CTL_ENABLE  (1u << 0)
#define CNTV_CTL_IMASK   (1u << 1)
#define CNTV_CTL_ISTATUS (1u << 2)

/* Ticks since the counter began, the same on all cores. The ISB keeps the read from being done early. */
static inline uint64_t timer_now(void)
{
    isb();
    return read_sysreg(cntvct_el0);
}

static inline uint64_t timer_hz(void)
{
    return read_sysreg(cntfrq_el0);
}

/* From now on the running core's timer asserts its interrupt while the counter is at or after `ticks`. */
static inline void timer_set(uint64_t ticks)
{
    write_sysreg(cntv_cval_el0, ticks);
    write_sysreg(cntv_ctl_el0, CNTV_CTL_ENABLE);
    isb();
}

static inline void timer_stop(void)
{
    write_sysreg(cntv_ctl_el0, 0);
    isb();
}

#endif
