#include "cpu/cost.h"

#include <errno.h>

cpu_unit_t cpu_cost_unit(cpu_cost_t cost)
{
    switch (cost) {
    case COST_ALU:
    case COST_SHIFT: return CPU_UNIT_ALU;
    case COST_MUL:
    case COST_MUL_LONG:
    case COST_CRC: return CPU_UNIT_MULTIPLY;
    case COST_DIV: return CPU_UNIT_DIVIDE;
    case COST_BRANCH:
    case COST_BRANCH_CONDITIONAL:
    case COST_CALL:
    case COST_INDIRECT:
    case COST_INDIRECT_CALL:
    case COST_RETURN: return CPU_UNIT_BRANCH;
    case COST_LOAD:
    case COST_LOAD_PAIR:
    case COST_STORE:
    case COST_ATOMIC:
    case COST_LOAD_VECTOR:
    case COST_LOAD_STRUCTURE:
    case COST_STORE_STRUCTURE: return CPU_UNIT_MEMORY;
    case COST_FP:
    case COST_FP_MOVE:
    case COST_FP_COMPARE:
    case COST_FP_TO_X:
    case COST_FP_FROM_X:
    case COST_FP_MADD:
    case COST_FP_DIVIDE_S:
    case COST_FP_DIVIDE_D:
    case COST_SIMD:
    case COST_SIMD_SHIFT:
    case COST_SIMD_MUL:
    case COST_SIMD_TABLE:
    case COST_CRYPTO:
    case COST_CRYPTO_HASH: return CPU_UNIT_FP;
    case COST_SYSTEM:
    case COST_COUNT: break;
    }
    return CPU_UNIT_SYSTEM;
}

const cpu_cost_model_t cpu_cost_model_in_order = {
    .width = 2,
    .per_cycle =
        {
            [CPU_UNIT_ALU] = 2,
            [CPU_UNIT_MULTIPLY] = 1,
            [CPU_UNIT_DIVIDE] = 1,
            [CPU_UNIT_MEMORY] = 1,
            [CPU_UNIT_BRANCH] = 1,
            [CPU_UNIT_FP] = 1,
            [CPU_UNIT_SYSTEM] = 1,
        },
    .latency_cycles =
        {
            [COST_ALU] = 1,
            [COST_SHIFT] = 2,
            [COST_MUL] = 4,
            [COST_MUL_LONG] = 5,
            [COST_DIV] = 12,
            [COST_CRC] = 2,
            [COST_BRANCH] = 1,
            [COST_BRANCH_CONDITIONAL] = 1,
            [COST_CALL] = 1,
            [COST_INDIRECT] = 1,
            [COST_INDIRECT_CALL] = 1,
            [COST_RETURN] = 1,
            [COST_LOAD] = 3,
            [COST_LOAD_PAIR] = 4,
            [COST_STORE] = 1,
            [COST_ATOMIC] = 3,
            [COST_SYSTEM] = 1,
            [COST_FP] = 4,
            [COST_FP_MOVE] = 2,
            [COST_FP_COMPARE] = 3,
            [COST_FP_TO_X] = 4,
            [COST_FP_FROM_X] = 4,
            [COST_FP_MADD] = 8,
            [COST_FP_DIVIDE_S] = 13,
            [COST_FP_DIVIDE_D] = 22,
            [COST_SIMD] = 3,
            [COST_SIMD_SHIFT] = 4,
            [COST_SIMD_MUL] = 4,
            [COST_SIMD_TABLE] = 6,
            [COST_CRYPTO] = 3,
            [COST_CRYPTO_HASH] = 5,
            [COST_LOAD_VECTOR] = 4,
            [COST_LOAD_STRUCTURE] = 6,
            [COST_STORE_STRUCTURE] = 1,
        },
    .busy_cycles =
        {
            [COST_ALU] = 1,
            [COST_SHIFT] = 1,
            [COST_MUL] = 1,
            [COST_MUL_LONG] = 2,
            [COST_DIV] = 12,
            [COST_CRC] = 1,
            [COST_BRANCH] = 1,
            [COST_BRANCH_CONDITIONAL] = 1,
            [COST_CALL] = 1,
            [COST_INDIRECT] = 1,
            [COST_INDIRECT_CALL] = 1,
            [COST_RETURN] = 1,
            [COST_LOAD] = 1,
            [COST_LOAD_PAIR] = 2,
            [COST_STORE] = 1,
            [COST_ATOMIC] = 1,
            [COST_SYSTEM] = 1,
            [COST_FP] = 1,
            [COST_FP_MOVE] = 1,
            [COST_FP_COMPARE] = 1,
            [COST_FP_TO_X] = 1,
            [COST_FP_FROM_X] = 1,
            [COST_FP_MADD] = 1,
            [COST_FP_DIVIDE_S] = 10,
            [COST_FP_DIVIDE_D] = 19,
            [COST_SIMD] = 1,
            [COST_SIMD_SHIFT] = 1,
            [COST_SIMD_MUL] = 1,
            [COST_SIMD_TABLE] = 2,
            [COST_CRYPTO] = 1,
            [COST_CRYPTO_HASH] = 2,
            [COST_LOAD_VECTOR] = 2,
            [COST_LOAD_STRUCTURE] = 4,
            [COST_STORE_STRUCTURE] = 2,
        },
    .flags_to_branch_cycles = 0,
    .store_data_slack_cycles = 1,
};

int cpu_cost_model_check(const cpu_cost_model_t *model, base_error_t *error)
{
    if (model->width < 1 || model->width > CPU_COST_MAX_WIDTH)
        return base_fail(error, -EINVAL, "issue width %u: must be 1 to %d", model->width, CPU_COST_MAX_WIDTH);
    for (unsigned unit = 0; unit < CPU_UNIT_COUNT; unit++)
        if (model->per_cycle[unit] < 1)
            return base_fail(error, -EINVAL, "unit %u takes no instruction a cycle: must be 1 or more", unit);
    for (unsigned cost = 0; cost < COST_COUNT; cost++)
        if (model->latency_cycles[cost] < 1 || model->busy_cycles[cost] < 1)
            return base_fail(error, -EINVAL, "cost class %u: latency and busy cycles must be 1 or more", cost);
    return 0;
}
