/* The cores' profiles (cpu/profile.h) put together and sorted, for the report and the statistics. */
#ifndef MESIM_MACHINE_PROFILE_H
#define MESIM_MACHINE_PROFILE_H

#include "machine/machine.h"

#include <glib.h>

typedef enum machine_profile_part {
    MACHINE_PROFILE_STALLS,
    MACHINE_PROFILE_FAILURES,
    MACHINE_PROFILE_MISSES,
} machine_profile_part_t;

/* What happened at one instruction, on all cores that executed it. */
typedef struct machine_profile_row {
    uint64_t pc; /* OBSERVE_TALLY_REST: what the cores' tables had no room for */
    uint32_t what;
    uint64_t count, amount;
    uint64_t cores; /* bit a core */
} machine_profile_row_t;

/* Rows with the largest amount first, then the largest count. The caller frees it. */
GArray *machine_profile_rows(const machine_t *machine, machine_profile_part_t part);

/* Who needed some bytes of a line that other cores had. */
typedef struct machine_sharing_access {
    unsigned core;
    uint64_t physical, pc;
    uint32_t what; /* cpu_profile_sharing_what */
    uint64_t count;
} machine_sharing_access_t;

/* A line that went from core to core. */
typedef struct machine_shared_line {
    uint64_t address;         /* OBSERVE_TALLY_REST: as above */
    uint64_t count;           /* of all its accesses */
    uint64_t cores;           /* bit a core */
    bool false_sharing;       /* two cores or more, and no byte that two of them needed */
    unsigned first, accesses; /* in machine_sharing_t.accesses, the largest count first */
} machine_shared_line_t;

typedef struct machine_sharing {
    GArray *lines;    /* of machine_shared_line_t, the largest count first */
    GArray *accesses; /* of machine_sharing_access_t */
} machine_sharing_t;

void machine_sharing_init(machine_sharing_t *sharing, const machine_t *machine);
void machine_sharing_done(machine_sharing_t *sharing);

/* "name+0x10", or "" where there is no symbol. The caller frees it. */
char *machine_symbol_text(const machine_t *machine, uint64_t address);

#endif
