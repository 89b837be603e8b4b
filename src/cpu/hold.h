/* Lines kept against snoops for a bounded time, so that who waited for one uses it before it goes. */
#ifndef MESIM_CPU_HOLD_H
#define MESIM_CPU_HOLD_H

#include "cpu/cpu.h"
#include "interconnect/chi.h"

typedef enum cpu_hold_reason {
    CPU_HOLD_ATTEMPT,   /* it arrived for the blocked instruction: until that has run once */
    CPU_HOLD_EXCLUSIVE, /* a load-exclusive found it exclusive: until its store-exclusive, or a time limit */
    CPU_HOLD_REASONS
} cpu_hold_reason_t;
typedef struct cpu_hold {
    bool active, deferred; /* deferred: a snoop waits here */
    uint64_t line, until_cycle;
    chi_message_t snoop;
} cpu_hold_t;

/* The attempt's hold ends by release only, after the instruction ran once. */
void cpu_hold_line(cpu_t *cpu, cpu_hold_reason_t reason, uint64_t line_address, uint64_t until_cycle);
/* It ends at the next look of the core's loop; a deferred snoop is handled then. */
void cpu_hold_expire(cpu_t *cpu, cpu_hold_reason_t reason);
/* Ends it now. Only from the core's loop, where cpu->cycle is the present. */
void cpu_hold_release(cpu_t *cpu, cpu_hold_reason_t reason);
/* A snoop waits for the end of a hold. */
bool cpu_hold_defers(const cpu_t *cpu);
/* True: the message is a snoop of a held line, and will be handled at the end of the hold. */
bool cpu_hold_takes(cpu_t *cpu, const chi_message_t *message);
uint64_t cpu_hold_next_event_ps(const cpu_t *cpu);

#endif
