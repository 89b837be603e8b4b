/* Cache maintenance (DDI 0487, "Cache support"). */
#include "cache.h"

#include "barrier.h"
#include "sysreg.h"

static uintptr_t data_line_bytes(void)
{
    return (uintptr_t)4 << (read_sysreg(ctr_el0) >> 16 & 0xf); /* DminLine: log2 of words */
}

static uintptr_t instruction_line_bytes(void)
{
    return (uintptr_t)4 << (read_sysreg(ctr_el0) & 0xf); /* IminLine */
}

/* Applies one instruction to every line that the range touches. */
#define FOR_EACH_LINE(instruction, start, bytes, line_bytes)                                                           \
    for (uintptr_t line_ = (start) & ~((line_bytes)-1); line_ < (start) + (bytes); line_ += (line_bytes))              \
    __asm__ volatile(instruction ", %0" ::"r"(line_) : "memory")

void cache_clean_range(uintptr_t start, size_t bytes)
{
    const uintptr_t line_bytes = data_line_bytes();
    FOR_EACH_LINE("dc cvac", start, bytes, line_bytes);
    dsb_sy();
}

void cache_clean_invalidate_range(uintptr_t start, size_t bytes)
{
    const uintptr_t line_bytes = data_line_bytes();
    FOR_EACH_LINE("dc civac", start, bytes, line_bytes);
    dsb_sy();
}

void cache_invalidate_range(uintptr_t start, size_t bytes)
{
    const uintptr_t line_bytes = data_line_bytes();
    const uintptr_t end = start + bytes;
    /* A neighbour's dirty data may share the line at either end, and DC IVAC would destroy it: clean those two. */
    if (start % line_bytes != 0)
        __asm__ volatile("dc civac, %0" ::"r"(start) : "memory");
    if (end % line_bytes != 0)
        __asm__ volatile("dc civac, %0" ::"r"(end) : "memory");
    const uintptr_t first = (start + line_bytes - 1) & ~(line_bytes - 1);
    const uintptr_t last = end & ~(line_bytes - 1);
    if (first < last)
        FOR_EACH_LINE("dc ivac", first, last - first, line_bytes);
    dsb_sy();
}

void cache_sync_instructions(uintptr_t start, size_t bytes)
{
    const uintptr_t data_bytes = data_line_bytes();
    const uintptr_t instruction_bytes = instruction_line_bytes();
    FOR_EACH_LINE("dc cvau", start, bytes, data_bytes); /* the new code to where fetches read it */
    dsb_ish();                                          /* before the old is dropped, or it could be refetched */
    FOR_EACH_LINE("ic ivau", start, bytes, instruction_bytes);
    dsb_ish(); /* on every core of the domain */
    isb();     /* and what this one has already fetched */
}
