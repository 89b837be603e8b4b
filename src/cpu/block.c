/* Names of blocks and stall kinds, and the counter table of a core. */
#include "cpu/block.h"

#include "cpu/stats.h"

const char *cpu_block_name(cpu_block_t block)
{
    static const char *const names[] = {"running",
#define BLOCK_NAME(id, name, description) name,
                                        CPU_BLOCKS(BLOCK_NAME)
#undef BLOCK_NAME
    };
    return names[block];
}

const char *cpu_block_description(cpu_block_t block)
{
    static const char *const descriptions[] = {"executing",
#define BLOCK_DESCRIPTION(id, name, description) description,
                                               CPU_BLOCKS(BLOCK_DESCRIPTION)
#undef BLOCK_DESCRIPTION
    };
    return descriptions[block];
}

const char *cpu_stall_kind_name(cpu_stall_kind_t kind)
{
    static const char *const names[] = {
#define STALL_NAME(id, name, description) name,
        CPU_STALL_KINDS(STALL_NAME)
#undef STALL_NAME
    };
    return names[kind];
}

const stats_counter_t cpu_stats_counters[] = {
#define CPU_STATS_COUNTER(name, unit, description) STATS_COUNTER(cpu_stats_t, name, unit, description),
    CPU_STATS(CPU_STATS_COUNTER)
#undef CPU_STATS_COUNTER
        {0},
};
