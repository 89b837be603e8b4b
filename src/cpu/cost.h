/* The static part of time: when each instruction of a line issues on an in-order pipeline if nothing unforeseen
 * happens.
 *
 * Instruction i issues in the cycle of instruction i - 1 or later, when its operands are ready, its unit is free, and
 * fewer than `width` have issued in that cycle; a system instruction issues alone. Misses, mispredictions, walks and
 * barriers are added as they happen. Results older than the line count as ready, and a new line begins with a new
 * cycle.
 *
 * All times are core cycles. */
#ifndef MESIM_CPU_COST_H
#define MESIM_CPU_COST_H

#include "base/error.h"
#include "cpu/insn.h"

#include <stdint.h>

/* What can take a bounded number of instructions a cycle. */
typedef enum cpu_unit {
    CPU_UNIT_ALU,
    CPU_UNIT_MULTIPLY, /* multiply, CRC */
    CPU_UNIT_DIVIDE,
    CPU_UNIT_MEMORY,
    CPU_UNIT_BRANCH,
    CPU_UNIT_FP,
    CPU_UNIT_SYSTEM,
    CPU_UNIT_COUNT
} cpu_unit_t;

cpu_unit_t cpu_cost_unit(cpu_cost_t cost);

enum { CPU_COST_MAX_WIDTH = 8, CPU_COST_MAX_CYCLES = 255 };

typedef struct cpu_cost_model {
    uint8_t width;                      /* instructions issued a cycle, 1 to CPU_COST_MAX_WIDTH */
    uint8_t per_cycle[CPU_UNIT_COUNT];  /* of these, at most so many to one unit, 1 or more */
    uint8_t latency_cycles[COST_COUNT]; /* from issue to the issue of what needs the result, 1 or more; a load's is
                                           that of an L1 hit */
    uint8_t busy_cycles[COST_COUNT];    /* from issue until the unit takes the next one of it, 1 when pipelined */
    uint8_t flags_to_branch_cycles;     /* from a flag-setting instruction to a B.cond: 0 lets them pair */
    uint8_t store_data_slack_cycles;    /* by which a store's data may be later than its address */
} cpu_cost_model_t;

/* A dual-issue in-order core with one multiplier, one memory pipe and one branch a cycle, in the manner of a Cortex-A53
 * (load 3 cycles, 64-bit multiply 4, FP add 4, FP multiply-add 8; the rest are assumptions). Presets start from it. */
extern const cpu_cost_model_t cpu_cost_model_in_order;

/* 0, or -EINVAL with the field that is out of range. */
int cpu_cost_model_check(const cpu_cost_model_t *model, base_error_t *error);

#endif
