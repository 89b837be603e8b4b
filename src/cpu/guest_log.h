/* The core's log of what the guest did wrong: registers and encodings that do not exist, firmware calls that nobody
 * answers. It keeps the first texts, one a PC (observe/guest_log.h); what is
 * repeated at such a PC is only counted, in cpu->guest_errors_repeated. */
#ifndef MESIM_CPU_GUEST_LOG_H
#define MESIM_CPU_GUEST_LOG_H

#include "cpu/cpu.h"

/* One line: what was done; the reader adds time, core, PC and symbol. */
void cpu_log_guest_error(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
