/* The L1I with its decoded instructions, and the fetch of the next line. */
#ifndef MESIM_CPU_FETCH_H
#define MESIM_CPU_FETCH_H

#include "cpu/cpu.h"

enum { CPU_LINE_INSNS = 17 }; /* 16 and the marker behind them */

/* A line of the L1I with its decoded instructions. Not coherent: only fills and IC operations change it. */
typedef struct cpu_fetch_line {
    cpu_insn_t insns[CPU_LINE_INSNS];
    uint8_t bytes[CHI_LINE_BYTES];
    uint64_t address; /* physical line, or CPU_L0_NONE */
    uint64_t last_use;
} cpu_fetch_line_t;

/* Brings the line at cpu->pc and sets cpu->next; false when blocked or an exception was taken. */
bool cpu_fetch(cpu_t *cpu);
int cpu_fetch_init(cpu_t *cpu, base_error_t *error);
/* Begins again with so large an array of lines, all empty. Not while handlers run. */
int cpu_fetch_resize(cpu_t *cpu, uint32_t size_bytes, uint32_t ways, base_error_t *error);
void cpu_fetch_done(cpu_t *cpu);
void cpu_fetch_receive(cpu_t *cpu, const chi_message_t *message);
void cpu_fetch_invalidate_all(cpu_t *cpu);
void cpu_fetch_invalidate_line(cpu_t *cpu, uint64_t physical);
void cpu_fetch_drop_l0(cpu_t *cpu, uint64_t va, uint64_t bytes);

#endif
