/* The generic timers of one core (Arm ARM D11): EL1 physical and EL1 virtual timer, and the event stream.
 *
 * The system counter is simulated time in another unit: count = ps * hz / 10^12, rounded down, so all cores read
 * the same counter and it never goes back. EL2 does not exist, so CNTVOFF_EL2 is 0 and the virtual count is the
 * physical count.
 *
 * Nothing ticks. A condition is computed when it is looked at; the core's loop asks for the next time at which an
 * output changes (cpu_timer_next_event_ps) and calls cpu_timer_update then. Writes to the registers update the outputs
 * at once. An output is a level; its changes go through the GIC CPU interface to the redistributor (INTID 30 and 27).
 */
#ifndef MESIM_CPU_TIMER_H
#define MESIM_CPU_TIMER_H

#include "cpu/insn.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum cpu_timer_id { CPU_TIMER_PHYSICAL, CPU_TIMER_VIRTUAL, CPU_TIMER_COUNT } cpu_timer_id_t;

enum { CPU_TIMER_PHYSICAL_INTID = 30, CPU_TIMER_VIRTUAL_INTID = 27 };

/* CNTP_CTL_EL0, CNTV_CTL_EL0 (Arm ARM D17.11) */
enum { CPU_TIMER_ENABLE = 1, CPU_TIMER_IMASK = 2, CPU_TIMER_ISTATUS = 4 };

typedef struct cpu_timer_channel {
    uint64_t cval;   /* CompareValue, unsigned */
    uint64_t met_ps; /* when the counter reaches it; TIME_NEVER: beyond the end of time */
    uint8_t ctl;     /* ENABLE and IMASK; ISTATUS is computed */
    bool line;       /* the output as the redistributor knows it */
} cpu_timer_channel_t;

typedef struct cpu_timer {
    uint64_t hz;
    uint64_t CNTFRQ_EL0, CNTKCTL_EL1;
    uint64_t event_count; /* up to this count the event stream has been looked at */
    cpu_timer_channel_t channel[CPU_TIMER_COUNT];
} cpu_timer_t;

/* The system counter at a time; the first time at which it reaches `count` (TIME_NEVER when that is beyond time). */
uint64_t cpu_counter_at(uint64_t hz, uint64_t now_ps);
uint64_t cpu_counter_time_ps(uint64_t hz, uint64_t count);

/* Timers off, as after reset; a line that was high falls. */
void cpu_timer_reset(cpu_t *cpu, uint64_t now_ps);

/* The registers, without access checks. TVAL is CVAL seen relative to the counter: the low 32 bits, signed. */
uint64_t cpu_timer_count(const cpu_t *cpu, uint64_t now_ps);
uint64_t cpu_timer_read_ctl(const cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps);
uint64_t cpu_timer_read_tval(const cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps);
void cpu_timer_write_ctl(cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps, uint64_t value);
void cpu_timer_write_cval(cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps, uint64_t value);
void cpu_timer_write_tval(cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps, uint64_t value);
void cpu_timer_write_cntkctl(cpu_t *cpu, uint64_t now_ps, uint64_t value);

/* The next time at which cpu_timer_update has something to do (in the past: at once); TIME_NEVER when nothing. Event
 * stream edges count only while the core sleeps in WFE. */
uint64_t cpu_timer_next_event_ps(const cpu_t *cpu);

/* Brings outputs and event register up to date; sends what changed at now_ps. Calling it too often is harmless. */
void cpu_timer_update(cpu_t *cpu, uint64_t now_ps);

/* Sets the event register when the event stream had an edge since the last look. WFE calls it before it decides. */
void cpu_timer_sync_events(cpu_t *cpu, uint64_t now_ps);

#endif
