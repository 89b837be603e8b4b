/* Files and guest RAM for the loader's tests. */
#ifndef MESIM_TESTS_LOADER_SCRATCH_H
#define MESIM_TESTS_LOADER_SCRATCH_H

#include "loader/memory.h"

#include <stddef.h>
#include <stdint.h>

/* A new temporary file with these contents; free the path with scratch_remove. */
char *scratch_file(const void *data, size_t bytes);
void scratch_remove(char *path);

/* RAM that starts full of 0xee, so that what was cleared shows. Bytes written outside it fail the test. */
typedef struct scratch_ram {
    loader_range_t range;
    uint8_t *data;
} scratch_ram_t;

scratch_ram_t scratch_ram_new(loader_range_t range);
void scratch_ram_done(scratch_ram_t *ram);
loader_sink_t scratch_sink(scratch_ram_t *ram);
uint8_t *scratch_at(const scratch_ram_t *ram, uint64_t address);

/* data packed with gzip; free with g_free. */
uint8_t *scratch_gzip(const void *data, size_t bytes, size_t *ret_bytes);

#endif
