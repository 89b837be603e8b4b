/* A mark that moves up through RAM. */
#include "memory.h"

#include "board.h"
#include "panic.h"

#include <stdint.h>

extern char image_end[];

static uintptr_t taken_end; /* 0: nothing taken yet */

static uintptr_t ram_end(void)
{
    return board_get()->ram.base + board_get()->ram.bytes;
}

void *memory_take(size_t bytes, size_t alignment)
{
    const uintptr_t from = taken_end != 0 ? taken_end : (uintptr_t)image_end;
    const uintptr_t start = (from + alignment - 1) & ~(uintptr_t)(alignment - 1);
    if (start > ram_end() || bytes > ram_end() - start)
        panic("out of memory: %lu bytes wanted, %lu left", bytes, memory_left());
    taken_end = start + bytes;
    return (void *)start;
}

size_t memory_left(void)
{
    return ram_end() - (taken_end != 0 ? taken_end : (uintptr_t)image_end);
}
