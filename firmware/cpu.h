/* Per-core data, reached through TPIDR_EL1, and the running core's interrupt mask. */
#ifndef MESIM_FIRMWARE_CPU_H
#define MESIM_FIRMWARE_CPU_H

#include "layout.h"
#include "sysreg.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

/* The kinds of message a core can send another: SGI n carries message n. */
enum { ICI_MESSAGES = 8 };

/* A function for a core to run; smp.h says how it is handed over. */
typedef struct job {
    void (*function)(void *data);
    void *data;
    uint32_t requested; /* raised by whoever asks */
    uint32_t finished;  /* follows it when the function has returned */
} job_t;

/* Grouped by who writes: a store by one core takes the whole line away from the others, so what senders read must not
 * lie beside what the owner keeps changing, nor that beside what senders write. */
typedef struct cpu {
    /* settled when the core starts, read by all */
    alignas(CACHE_LINE_BYTES) uint64_t stack_top; /* start.S knows the place */
    uint64_t mpidr;                               /* the affinity fields */
    uint64_t gicr_base;                           /* this core's redistributor */
    uint32_t number;                              /* logical: the position in the device tree */
    bool enabled;                                 /* takes messages */

    /* the owner's alone */
    alignas(CACHE_LINE_BYTES) uint32_t interrupt_disable_count;
    bool interrupts_were_on;
    uint32_t ici_sent;
    uint32_t ici_received;
    uint64_t user_sp;         /* the kernel's SP while the core is in user_run() */
    struct frame *user_frame; /* where user_run() wants the registers of EL0 */
    struct trap *trap;        /* set while an exception is expected, see exception.h */

    /* senders add, the owner takes */
    alignas(CACHE_LINE_BYTES) uint32_t ici_pending[ICI_MESSAGES];

    /* between the core and who starts it or gives it work */
    alignas(CACHE_LINE_BYTES) job_t job;
    uint32_t online;
} cpu_t;

/* All cores, by logical number. start.S calls the boot core number 0 until the device tree has said which it is. */
extern cpu_t cpus[SMP_MAX_CPUS];

/* The same, with the number checked. */
cpu_t *cpu_get(unsigned number);

/* The running core. */
static inline cpu_t *cpu_self(void)
{
    return (cpu_t *)read_sysreg(tpidr_el1);
}

/* Makes the running core number n; the boot core calls it once it knows. */
void cpu_become(unsigned number);

/* Masks interrupts on this core until the matching pop: pairs nest, and the outermost pop restores what was. */
void interrupts_push_off(void);
void interrupts_pop(void);

static inline bool interrupts_are_on(void)
{
    return (read_sysreg(daif) & 1 << 7) == 0;
}
static inline void interrupts_on(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}
static inline void interrupts_off(void)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
}

/* Sleeps until a word that only handlers on this core change has the value. Called with interrupts on. */
void interrupts_sleep_until(const uint32_t *word, uint32_t value);

#endif
