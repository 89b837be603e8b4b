/* The SMP interface of the kernel, under Haiku's names: cores, and messages between them ("ICI", inter-CPU
 * interrupt). Message n travels as SGI n, with the numbers of the SMP document. */
#ifndef MESIM_FIRMWARE_ARCH_SMP_H
#define MESIM_FIRMWARE_ARCH_SMP_H

#include "board.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ICI_RESCHEDULE = 0,
    ICI_CALL_FUNCTION = 1,
    ICI_CPU_STOP = 2,
    ICI_CRASH_DUMP = 3,
    ICI_TIMER = 4,
    ICI_TLB_FLUSH = 5,
    ICI_IMAGE_0 = 6, /* for the images */
    ICI_IMAGE_1 = 7,
};

/* Runs on the receiver, with interrupts masked, once for every message sent to it. */
typedef void (*arch_smp_handler_t)(void *data);

/* Once, on the boot core, before any other core runs. */
void arch_smp_init(const board_t *board);

/* On the boot core, for each core before it starts: its number, stack and per-core data. */
void arch_smp_per_cpu_init(const board_t *board, int32_t cpu);

/* On each core itself: its part of the interrupt controller; returns with interrupts on. */
void arch_smp_cpu_init(const board_t *board);

/* Who handles a message, on every core. */
void arch_smp_set_handler(int32_t message, arch_smp_handler_t handler, void *data);

/* To one core, perhaps the running one. What was stored before the call is seen by the handler. */
void arch_smp_send_ici(int32_t target_cpu, int32_t message);

/* To all enabled cores but the running one. Neither variant waits, so both may be called with interrupts masked. */
void arch_smp_send_broadcast_ici(int32_t message);
void arch_smp_send_broadcast_ici_interrupts_disabled(int32_t message);

/* A core is enabled while it takes messages. */
void arch_smp_set_enabled(int32_t cpu, bool enabled);
bool arch_smp_is_enabled(int32_t cpu);

int32_t arch_smp_get_current_cpu(void);

#endif
