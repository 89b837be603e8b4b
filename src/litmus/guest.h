/* The code that a rig puts into the machine: boot, placement, observation, and the threads.
 *
 * Code and tables lie in Normal Write-Back Inner Shareable memory, locations in memory of the type that is asked for.
 * Each program is entered at its begin and ends asleep in WFI with the PC at its end. */
#ifndef MESIM_LITMUS_GUEST_H
#define MESIM_LITMUS_GUEST_H

#include "litmus/test.h"

typedef struct litmus_program {
    uint64_t begin, end;
} litmus_program_t;

/* Registers of the programs. */
enum {
    LITMUS_GUEST_INITIAL = LITMUS_MAX_CELLS, /* observe: X0 up become final values, X14 up hold initial ones */
    LITMUS_GUEST_OWN = 0,                    /* place: bit i: own location i */
    LITMUS_GUEST_READ = 1,                   /* load it */
    LITMUS_GUEST_EVICT = 2,                  /* clean and invalidate it */
};

typedef struct litmus_guest {
    uint32_t *words;
    uint64_t base, size_bytes; /* of words */
    litmus_program_t start;    /* sleeps at once; where cores are released */
    litmus_program_t boot;     /* turns MMU and caches on; its registers come from litmus_guest_boot_registers */
    litmus_program_t place, observe;
    litmus_program_t threads[LITMUS_MAX_THREADS];
    uint64_t vectors; /* sleeps at once */
} litmus_guest_t;

/* Where locations lie (Arm ARM B2.7). In memory that is not cacheable, exclusives and atomics take an exception. */
typedef enum litmus_memory {
    LITMUS_CACHED,
    LITMUS_NONCACHEABLE,
    LITMUS_DEVICE_GRE,
    LITMUS_DEVICE_nGnRE,
    LITMUS_MIXED, /* every second location is Non-cacheable, the first is not */
} litmus_memory_t;

/* "cached", "nc", "gre", "ngnre", "mixed". False: there is none of that name. */
bool litmus_memory_find(const char *name, litmus_memory_t *ret_memory);

int litmus_guest_build(const litmus_test_t *test, litmus_memory_t memory, litmus_guest_t **ret_guest,
                       base_error_t *error);
void litmus_guest_free(litmus_guest_t *guest); /* NULL is fine */

void litmus_guest_boot_registers(const litmus_guest_t *guest, uint64_t ret_x[LITMUS_REGISTERS]);

#endif
