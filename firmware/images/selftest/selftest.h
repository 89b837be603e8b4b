/* The self-test: what its checks are made of. */
#ifndef MESIM_FIRMWARE_SELFTEST_H
#define MESIM_FIRMWARE_SELFTEST_H

#include "exception.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs on the boot core; returns NULL, or what was not as it should be. */
typedef const char *(*check_function_t)(void);

typedef struct check {
    const char *name;
    check_function_t function;
    unsigned cores; /* how many it needs */
    bool strict;    /* what the architecture asks for but QEMU does not do: only run with strict=1 */
} check_t;

/* One list a file, each ended by a check without a name. */
extern const check_t exception_checks[];
extern const check_t memory_checks[];
extern const check_t atomic_checks[];
extern const check_t interrupt_checks[];
extern const check_t timer_checks[];
extern const check_t power_checks[];

/* Leaves the check with the text of the condition if that does not hold. */
#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return #condition;                                                                                         \
    } while (0)

/* An instruction that may fault, with its own address and what it did. `operand` is %1 of the instruction, x9 its
 * scratch register; whatever it calls may change the registers that a call may. */
typedef struct probe {
    trap_t trap;
    uint64_t pc;
} probe_t;
#define PROBE(instruction, operand)                                                                                    \
    ({                                                                                                                 \
        probe_t probe_;                                                                                                \
        trap_arm(&probe_.trap);                                                                                        \
        __asm__ volatile("adr %0, 1f\n"                                                                                \
                         "1: " instruction                                                                             \
                         : "=&r"(probe_.pc)                                                                            \
                         : "r"(operand)                                                                                \
                         : "x9", "x10", "x30", "cc", "memory");                                                        \
        trap_disarm();                                                                                                 \
        probe_;                                                                                                        \
    })

/* Whether it trapped at its own address with exactly this syndrome (and this FAR). */
bool probe_trapped(const probe_t *probe, uint64_t esr);
bool probe_aborted(const probe_t *probe, uint64_t esr, uint64_t far);

/* When to give up: the counter's value some seconds from now, which a busy host may make a simulated core wait. */
uint64_t deadline_from_now(void);

/* Waits on the boot core until the word has the value; false if it has not by a deadline from now. The virtual timer's
 * interrupt ends the sleep. */
bool wait_for(const uint32_t *word, uint32_t value);

/* Another core than the boot core, for checks that need one. */
unsigned partner(void);

/* Runs function(data) on the partner; join_partner() waits for its end and is a panic if it does not come. */
void begin_on_partner(void (*function)(void *data), void *data);
void join_partner(void);

/* Two cores that go step by step: one says that step n is done, the other waits for it. Each check begins at 0. The
 * boot core expects the partner's steps: it is a panic if one does not come. */
void say_step(uint32_t n);
void wait_for_step(uint32_t n);
void expect_step(uint32_t n);
extern uint32_t selftest_step;

/* How often the boot core's timer interrupt has come, and the counter when it last did. */
extern uint32_t timer_interrupts;
extern uint64_t timer_interrupt_time;

/* Pages for checks to map: their physical addresses, and places in the window. */
uint64_t test_page(unsigned n);
uint64_t window_page(unsigned n);

#endif
