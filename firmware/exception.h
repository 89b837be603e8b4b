/* Exceptions: what vectors.S saves, who handles it, and how a check expects one. */
#ifndef MESIM_FIRMWARE_EXCEPTION_H
#define MESIM_FIRMWARE_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

/* The registers of the interrupted code, as vectors.S lays them on the stack. */
typedef struct frame {
    uint64_t x[31];
    uint64_t sp; /* SP_EL0 for an exception from EL0, the kernel's own SP for one from EL1 */
    uint64_t elr;
    uint64_t spsr;
    uint64_t esr;
    uint64_t far;
} frame_t;

/* An expected exception. While one is armed, the first synchronous exception from EL1 on this core is recorded in it
 * and the instruction is stepped over (or, if it was the fetch that failed, the call that led there returns). */
typedef struct trap {
    bool taken;
    uint64_t esr;
    uint64_t elr;
    uint64_t far;
} trap_t;

void trap_arm(trap_t *trap);
void trap_disarm(void);

/* Called from vectors.S. */
void exception_kernel_sync(frame_t *frame);
void exception_user_sync(frame_t *frame);
void exception_irq(frame_t *frame);
_Noreturn void exception_unexpected(frame_t *frame, const char *vector);

#endif
