/* Loads in flight: values are bound as lines arrive, out of order between lines. */
#ifndef MESIM_CPU_LOAD_QUEUE_H
#define MESIM_CPU_LOAD_QUEUE_H

#include "cpu/cpu.h"

enum { CPU_MAX_LOADS = 32 };

/* A load whose bytes are not all there. Bytes are gathered as lines arrive; then the registers are written. */
typedef struct cpu_load {
    bool valid;
    uint8_t waiting; /* bit i: part i has not arrived */
    uint8_t bytes[CPU_ACCESS_MAX_BYTES];
    uint64_t line[2];  /* physical line of part i */
    uint64_t physical; /* of the first byte: for the monitor */
    uint64_t sequence;
    uint64_t registers; /* to clear from cpu->pending */
    uint64_t pc;
    uint64_t issue_cycle;
    uint64_t ask_cycle; /* unasked parts' lines are asked for at this cycle */
    uint8_t unasked;
    bool around; /* not by the L1D: each part is asked for, and answered, by itself (load_around.h) */
    uint8_t memory_type;
    uint8_t shareability[2];
    uint8_t offset[2]; /* in the line */
    uint8_t first[2];  /* in bytes[] */
    uint8_t length[2];
    cpu_access_t access;
} cpu_load_t;

bool cpu_load_has_room(const cpu_t *cpu);
/* Enters a load; bytes[] holds what is there already, bit i of waiting says that part i is not. */
cpu_load_t *cpu_load_enter(cpu_t *cpu, const cpu_access_t *access, uint64_t pc, const cpu_part_t *parts,
                           unsigned waiting, const uint8_t *bytes);
/* The load's lines are asked for after a random delay, by cpu_load_ask, which is called after every event. */
void cpu_load_postpone(cpu_t *cpu, uint64_t now_cycles, cpu_load_t *load);
void cpu_load_ask(cpu_t *cpu, uint64_t now_cycles);
/* The line is there (data NULL: bus error): binds the values of all loads that wait for it. */
void cpu_load_arrived(cpu_t *cpu, uint64_t line_address, const uint8_t *data);
/* One part of one load is there: data is its line. The entry may be free when this returns. */
void cpu_load_take(cpu_t *cpu, cpu_load_t *load, unsigned part, const uint8_t *data);
/* Writes a completed load's registers and arms the monitor where it was exclusive. */
void cpu_load_complete(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access, const uint8_t *bytes,
                       uint64_t physical);
uint64_t cpu_load_registers(const cpu_access_t *access);
bool cpu_load_older_than(const cpu_t *cpu, uint64_t sequence);
/* A load from before `sequence` waits for this line. */
bool cpu_load_awaits_line(const cpu_t *cpu, uint64_t line_address, uint64_t sequence);

#endif
