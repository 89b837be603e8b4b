/* The local exclusive monitor (Arm ARM B2.9): by physical address, never by value. */
#ifndef MESIM_CPU_MONITOR_H
#define MESIM_CPU_MONITOR_H

#include "cpu/cpu.h"

typedef struct cpu_monitor {
    bool armed;
    uint8_t size_bytes;
    uint64_t address; /* physical */
    uint64_t *lost;   /* why the last one was cleared: a counter of cpu->stats */
} cpu_monitor_t;

void cpu_monitor_arm(cpu_t *cpu, uint64_t now_cycles, uint64_t physical, unsigned size_bytes);
void cpu_monitor_clear(cpu_t *cpu, uint64_t *reason);
/* The present monitor answers a store-exclusive of size_bytes at physical; disarms it. Counts a failure's cause. */
bool cpu_monitor_matches(const cpu_t *cpu, uint64_t physical, unsigned size_bytes);
bool cpu_monitor_claim(cpu_t *cpu, uint64_t pc, uint64_t physical, unsigned size_bytes);
void cpu_monitor_line_lost(cpu_t *cpu, uint64_t line_address, bool by_snoop);

#endif
