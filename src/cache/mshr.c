#include "cache/mshr.h"

#include "base/bits.h"
#include "base/error.h"

void cache_mshr_init(cache_mshr_file_t *file, uint32_t count)
{
    *file = (cache_mshr_file_t){.free = bits_mask(count), .count = count};
}

uint32_t cache_mshr_take(cache_mshr_file_t *file, cache_line_t *line, uint64_t pc)
{
    if (!file->free)
        base_bug("no free miss register for a request at pc %#llx", (unsigned long long)pc);
    uint32_t number = (uint32_t)__builtin_ctzll(file->free);
    file->free &= file->free - 1;
    file->registers[number] = (cache_mshr_t){.line = line, .pc = pc};
    return number;
}

void cache_mshr_release(cache_mshr_file_t *file, uint32_t number)
{
    if (number >= file->count || bit_get(file->free, number))
        base_bug("miss register %u released twice or never taken", number);
    file->free |= UINT64_C(1) << number;
}
