/* The write-combining buffer: stores to Normal Non-cacheable and Device-GRE memory wait here and become one write.
 *
 * An entry gathers the bytes of one line (Arm ARM B2.7: gathering is permitted for these types alone). It is sent when
 * the line is full, when another line needs the entry, when the core reads the line, before a barrier or release that
 * orders stores, and when it is core.combine_age cycles old, or at a random moment before (perturb.drain). Single
 * stores stay whole: their bytes lie in one entry. Sent writes are posted: barriers wait for their completion, and an
 * error is an SError. */
#ifndef MESIM_CPU_COMBINE_H
#define MESIM_CPU_COMBINE_H

#include "cpu/cpu.h"

enum { CPU_MAX_COMBINES = 8 };

/* Stores to one line of memory that permits gathering, oldest entry first. */
typedef struct cpu_combine {
    uint64_t line, mask, pc, until_cycle;
    uint8_t memory_type, shareability;
    uint8_t data[CHI_LINE_BYTES];
} cpu_combine_t;

/* Whether stores to this memory wait here. */
bool cpu_combine_takes(const cpu_t *cpu, unsigned memory_type);
/* Enters the parts of a store. False: an entry must go first and too many writes are under way; nothing was done. */
bool cpu_combine_store(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *parts, unsigned count,
                       const uint8_t *bytes);
/* Sends the entry of the line of `physical`: before an access to it that does not wait here. */
void cpu_combine_flush_line(cpu_t *cpu, uint64_t now_cycles, uint64_t physical);
void cpu_combine_flush(cpu_t *cpu, uint64_t now_cycles);
/* Sends what is old enough. Called after every event. */
void cpu_combine_expire(cpu_t *cpu, uint64_t now_cycles);

#endif
