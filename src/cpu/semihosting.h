/* The core's side of semihosting (semihosting/semihosting.h): HLT #0xF000 asks the host, and until the host has
 * answered the core moves bytes for it and does nothing else. Interrupts wait for the end of the call. */
#ifndef MESIM_CPU_SEMIHOSTING_H
#define MESIM_CPU_SEMIHOSTING_H

#include "cpu/insn.h"
#include "semihosting/message.h"

#include <stdbool.h>
#include <stdint.h>

enum { CPU_SEMIHOSTING_IMMEDIATE = 0xf000 };

/* A call in progress. */
typedef struct cpu_semihosting {
    bool active, asked; /* asked: the host's request waits to be carried out */
    semihosting_message_t request;
} cpu_semihosting_t;

/* The whole instruction, at any exception level: operation in W0, parameter in X1, result to X0. CPU_RETRY until the
 * result is there, then CPU_LEAVE. Only where the machine has a host (cpu->to_semihosting). */
cpu_status_t cpu_semihosting_call(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);

/* A message from the host. */
void cpu_semihosting_receive(cpu_t *cpu, const void *payload);

#endif
