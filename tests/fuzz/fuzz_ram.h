/* Guest RAM for fuzz targets that place an image: what is written must lie in it. */
#ifndef MESIM_TESTS_FUZZ_FUZZ_RAM_H
#define MESIM_TESTS_FUZZ_FUZZ_RAM_H

#include "fuzz.h"
#include "loader/memory.h"

enum { FUZZ_RAM_BASE = 0x40000000, FUZZ_RAM_BYTES = 4 << 20, FUZZ_DEVICE_BASE = 0x9000000 };

static inline loader_memory_t fuzz_memory(void)
{
    static const loader_window_t uart = {"UART", {FUZZ_DEVICE_BASE, 0x1000}};
    return (loader_memory_t){.ram = {FUZZ_RAM_BASE, FUZZ_RAM_BYTES}, .windows = &uart, .window_count = 1};
}

static inline void fuzz_inside(uint64_t address, uint64_t bytes)
{
    fuzz_expect(address >= FUZZ_RAM_BASE && bytes <= FUZZ_RAM_BYTES &&
                address - FUZZ_RAM_BASE <= FUZZ_RAM_BYTES - bytes);
}

static inline void fuzz_write(void *context, uint64_t address, const void *data, size_t bytes)
{
    fuzz_inside(address, bytes);
    memcpy((uint8_t *)context + (address - FUZZ_RAM_BASE), data, bytes);
}

static inline void fuzz_zero(void *context, uint64_t address, uint64_t bytes)
{
    fuzz_inside(address, bytes);
    memset((uint8_t *)context + (address - FUZZ_RAM_BASE), 0, bytes);
}

/* context is FUZZ_RAM_BYTES of the caller. */
static inline loader_sink_t fuzz_sink(uint8_t *context)
{
    return (loader_sink_t){.context = context, .write = fuzz_write, .zero = fuzz_zero};
}

#endif
