/* EL0 for a moment: run code there until its first exception, and look at what it left. */
#ifndef MESIM_FIRMWARE_USER_H
#define MESIM_FIRMWARE_USER_H

#include "exception.h"

/* Enters EL0 at frame->elr with frame->sp, frame->x[0..30] and frame->spsr (0: interrupts on). Interrupts are taken and
 * return to EL0; the first synchronous exception ends the run and leaves all registers, ESR and FAR in the frame. */
void user_run(frame_t *frame);

/* user.S: saves the kernel's callee-saved registers, keeps SP in *kernel_sp, and enters EL0. Returns by user_leave().
 */
void user_enter(const frame_t *frame, uint64_t *kernel_sp);
_Noreturn void user_leave(uint64_t kernel_sp);

#endif
