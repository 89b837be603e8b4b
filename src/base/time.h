/* Simulated time.
 *
 * Time is an unsigned 64-bit count of picoseconds since reset (213 days of range). A clock domain has a
 * whole number of picoseconds a cycle, so every conversion is exact integer arithmetic. */
#ifndef MESIM_BASE_TIME_H
#define MESIM_BASE_TIME_H

#include <stdint.h>

#define TIME_NEVER         UINT64_MAX
#define TIME_PS_PER_SECOND UINT64_C(1000000000000)

/* The period of a clock of `hz`, rounded to the nearest picosecond; hz must not be 0. */
static inline uint64_t time_period_ps(uint64_t hz)
{
    return (TIME_PS_PER_SECOND + hz / 2) / hz;
}

/* The first clock edge at or after `ps`; TIME_NEVER stays TIME_NEVER. */
static inline uint64_t time_align_up_ps(uint64_t ps, uint64_t period_ps)
{
    return ps == TIME_NEVER ? TIME_NEVER : (ps + period_ps - 1) / period_ps * period_ps;
}

#endif
