/* Where a boot image may go: RAM, the device windows it must miss, and the sink its bytes are written to.
 *
 * Addresses are guest physical, sizes are bytes. The machine fills loader_memory_t; the loader knows no
 * address of its own. A range never wraps: checks are done by subtraction. */
#ifndef MESIM_LOADER_MEMORY_H
#define MESIM_LOADER_MEMORY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loader_range {
    uint64_t base;
    uint64_t bytes; /* 0: no range */
} loader_range_t;

/* One device, named for messages. */
typedef struct loader_window {
    const char *name;
    loader_range_t range;
} loader_window_t;

/* Checks that tests leave out in a build with MESIM_FAULTS=1, to show that the test of each notices; other builds
 * ignore the choice. */
typedef enum loader_fault {
    LOADER_FAULT_NONE,
    LOADER_FAULT_FILE_END_WRAPS,   /* p_offset + p_filesz is added up and compared */
    LOADER_FAULT_MEMORY_END_WRAPS, /* p_paddr + p_memsz is added up and compared */
    LOADER_FAULT_TRUNCATED,        /* contents may lie beyond the end of the file */
    LOADER_FAULT_OVERLAP,          /* segments may overlap */
    LOADER_FAULT_SECTIONS,         /* section headers must be readable too */
} loader_fault_t;

#if MESIM_FAULTS
#define LOADER_HAS_FAULT(memory, which) ((memory)->fault == LOADER_FAULT_##which)
#else
#define LOADER_HAS_FAULT(memory, which) ((void)(memory), false)
#endif

typedef struct loader_memory {
    loader_range_t ram;
    const loader_window_t *windows;
    size_t window_count;
    loader_fault_t fault;
} loader_memory_t;

/* Receives what is loaded. `zero` clears a range (the tail of a segment beyond its file bytes); it may be NULL
 * where RAM is known to be clear. Both are called only with ranges inside RAM. */
typedef struct loader_sink {
    void *context;
    void (*write)(void *context, uint64_t address, const void *data, size_t bytes);
    void (*zero)(void *context, uint64_t address, uint64_t bytes);
} loader_sink_t;

/* The first address after the range; the range must not wrap. */
static inline uint64_t loader_range_end(loader_range_t range)
{
    return range.base + range.bytes;
}

/* Both ranges must not wrap; an empty range overlaps nothing. */
bool loader_range_overlaps(loader_range_t a, loader_range_t b);

/* True where the whole of `inner` is within `outer`; `inner` may wrap (then false). */
bool loader_range_contains(loader_range_t outer, loader_range_t inner);

enum { LOADER_TEXT_BYTES = 80 };

/* "128 MiB", "12345 bytes": exact, in the largest unit that divides it. Returns `text`. */
const char *loader_size_text(char text[LOADER_TEXT_BYTES], uint64_t bytes);

/* "0x40000000-0x47ffffff (128 MiB)". Returns `text`. */
const char *loader_range_text(char text[LOADER_TEXT_BYTES], loader_range_t range);

/* 0 where `range` is wholly in RAM and on no device window, else -ERANGE and a line that gives the range, RAM and
 * what to do. `name` is the file, `what` the part of it ("segment 2"). */
int loader_memory_check(const loader_memory_t *memory, const char *name, const char *what, loader_range_t range,
                        base_error_t *error);

#endif
