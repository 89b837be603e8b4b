/* Issue cycles of a line on the in-order pipeline of cpu/cost.h. */
#include "base/bits.h"
#include "cpu/isa/decoder.h"
#include "cpu/step.h"

#include <string.h>

/* The pipeline between two instructions of the line. */
typedef struct schedule {
    const cpu_cost_model_t *costs;
    unsigned cycle;                     /* of the last issue */
    unsigned issued;                    /* in that cycle */
    unsigned issued_to[CPU_UNIT_COUNT]; /* in that cycle */
    unsigned unit_free_cycle[CPU_UNIT_COUNT];
    unsigned ready_cycle[64]; /* of registers, numbered as in cpu_insn_t.registers */
    unsigned flags_ready_cycle, flags_branch_cycle;
} schedule_t;

static void advance(schedule_t *schedule, unsigned cycle)
{
    if (cycle <= schedule->cycle)
        return;
    schedule->cycle = cycle;
    schedule->issued = 0;
    memset(schedule->issued_to, 0, sizeof schedule->issued_to);
}

static void wait_for_registers(schedule_t *schedule, uint64_t registers, unsigned slack_cycles)
{
    for (; registers; registers &= registers - 1) {
        unsigned ready = schedule->ready_cycle[__builtin_ctzll(registers)];
        advance(schedule, ready > slack_cycles ? ready - slack_cycles : 0);
    }
}

static void wait_for_operands(schedule_t *schedule, const cpu_decoded_t *decoded)
{
    wait_for_registers(schedule, decoded->reads, 0);
    wait_for_registers(schedule, decoded->late_reads, schedule->costs->store_data_slack_cycles);
    if (decoded->reads_flags)
        advance(schedule,
                decoded->cost == COST_BRANCH_CONDITIONAL ? schedule->flags_branch_cycle : schedule->flags_ready_cycle);
}

static void wait_for_slot(schedule_t *schedule, cpu_unit_t unit)
{
    const cpu_cost_model_t *costs = schedule->costs;
    bool alone = unit == CPU_UNIT_SYSTEM || schedule->issued_to[CPU_UNIT_SYSTEM];
    advance(schedule, schedule->unit_free_cycle[unit]);
    if (schedule->issued >= costs->width || schedule->issued_to[unit] >= costs->per_cycle[unit] ||
        (alone && schedule->issued))
        advance(schedule, schedule->cycle + 1);
}

static void issue(schedule_t *schedule, const cpu_decoded_t *decoded, cpu_unit_t unit)
{
    const cpu_cost_model_t *costs = schedule->costs;
    unsigned ready = schedule->cycle + costs->latency_cycles[decoded->cost];
    schedule->issued++;
    schedule->issued_to[unit]++;
    if (costs->busy_cycles[decoded->cost] > 1)
        schedule->unit_free_cycle[unit] = schedule->cycle + costs->busy_cycles[decoded->cost];
    for (uint64_t left = decoded->writes; left; left &= left - 1)
        schedule->ready_cycle[__builtin_ctzll(left)] = ready;
    if (decoded->writes_flags) {
        schedule->flags_ready_cycle = ready;
        schedule->flags_branch_cycle = schedule->cycle + costs->flags_to_branch_cycles;
    }
}

void cpu_decode_line(const cpu_decoder_t *decoder, const uint8_t line[CPU_LINE_BYTES],
                     cpu_insn_t ret_insns[CPU_LINE_WORDS + 1])
{
    schedule_t schedule = {.costs = &decoder->costs};
    for (unsigned i = 0; i < CPU_LINE_WORDS; i++) {
        cpu_decoded_t decoded;
        uint32_t word = (uint32_t)line[4 * i] | (uint32_t)line[4 * i + 1] << 8 | (uint32_t)line[4 * i + 2] << 16 |
                        (uint32_t)line[4 * i + 3] << 24;
        cpu_decode(decoder, word, &decoded);
        cpu_unit_t unit = cpu_cost_unit(decoded.cost);
        wait_for_operands(&schedule, &decoded);
        wait_for_slot(&schedule, unit);
        issue(&schedule, &decoded, unit);
        ret_insns[i] = decoded.insn;
        ret_insns[i].issue_cycle = (uint16_t)schedule.cycle;
    }
    ret_insns[CPU_LINE_WORDS] =
        (cpu_insn_t){.handler = cpu_step_line_end, .issue_cycle = (uint16_t)(schedule.cycle + 1)};
}
