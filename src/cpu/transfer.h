/* Accesses that bypass the L1D: Device and Non-cacheable, one at a time. Loads that overlap: load_around.h. */
#ifndef MESIM_CPU_TRANSFER_H
#define MESIM_CPU_TRANSFER_H

#include "cpu/cpu.h"
#include "interconnect/chi.h"

enum { CPU_MAX_POSTED_WRITES = 16 };

/* A Device or Non-cacheable access, or an instruction fetch, in flight; one of each at a time. */
typedef struct cpu_transfer {
    bool active, arrived;
    uint8_t error;
    uint8_t part; /* which element or part is in flight */
    uint64_t address;
    uint8_t data[CHI_LINE_BYTES];
    uint8_t bytes[CPU_ACCESS_MAX_BYTES]; /* gathered so far */
} cpu_transfer_t;

/* Device accesses are one an element; Normal memory one a line. */
unsigned cpu_transfer_pieces(const cpu_access_t *access, const cpu_part_t *parts, unsigned count);
cpu_part_t cpu_transfer_piece(const cpu_access_t *access, const cpu_part_t *parts, unsigned index);
void cpu_transfer_count(cpu_t *cpu, const cpu_part_t *parts);

/* bytes: as in memory, from the first of the access. */
void cpu_transfer_receive(cpu_transfer_t *transfer, const chi_message_t *message);
cpu_status_t cpu_transfer_read(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                               const cpu_part_t *parts, unsigned count, uint8_t *ret_bytes);
cpu_status_t cpu_transfer_write(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                const cpu_part_t *parts, unsigned count, const uint8_t *bytes);

#endif
