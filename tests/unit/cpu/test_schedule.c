/* Issue cycles of a line: width, latencies, units, pairing. */
#include "cpu/isa/isa.h"

#include <criterion/criterion.h>
#include <string.h>

enum {
    NOP = (int)0xd503201f,
    ADD_0_1_2 = (int)0x8b020020,  /* ADD X0, X1, X2 */
    ADD_3_0_0 = (int)0x8b000003,  /* ADD X3, X0, X0 */
    ADD_4_3_3 = (int)0x8b030064,  /* ADD X4, X3, X3 */
    MUL_0_1_2 = (int)0x9b027c20,  /* MUL X0, X1, X2 */
    MUL_5_1_2 = (int)0x9b027c25,  /* MUL X5, X1, X2 */
    DIV_0_1_2 = (int)0x9ac20c20,  /* SDIV X0, X1, X2 */
    DIV_5_1_2 = (int)0x9ac20c25,  /* SDIV X5, X1, X2 */
    LDR_0 = (int)0xf9400020,      /* LDR X0, [X1] */
    LDR_0_POST = (int)0xf8408420, /* LDR X0, [X1], #8 */
    ADD_6_1_1 = (int)0x8b010026,  /* ADD X6, X1, X1 */
    STR_0 = (int)0xf9000040,      /* STR X0, [X2] */
    STR_BASE_0 = (int)0xf9000001, /* STR X1, [X0] */
    CMP_1_2 = (int)0xeb02003f,    /* CMP X1, X2 */
    B_NE = 0x54000041,            /* B.NE .+8 */
    CSEL = (int)0x9a820020,       /* CSEL X0, X1, X2, EQ */
    B = 0x14000002,               /* B .+8 */
    DMB = (int)0xd5033bbf,
};

static cpu_cost_model_t model;
static cpu_insn_t insns[CPU_LINE_WORDS + 1];

static void setup(void)
{
    model = cpu_cost_model_in_order;
    model.width = 2;
    model.per_cycle[CPU_UNIT_ALU] = 2;
    model.latency_cycles[COST_MUL] = 4;
    model.latency_cycles[COST_DIV] = model.busy_cycles[COST_DIV] = 12;
    model.latency_cycles[COST_LOAD] = 3;
    model.flags_to_branch_cycles = 0;
    model.store_data_slack_cycles = 1;
}

TestSuite(schedule, .init = setup);

/* A line of these words and NOPs behind them. */
static void schedule(const uint32_t *words, unsigned count)
{
    uint8_t line[CPU_LINE_BYTES];
    uint32_t nop = (uint32_t)NOP;
    for (unsigned i = 0; i < CPU_LINE_WORDS; i++)
        memcpy(line + 4 * i, i < count ? &words[i] : &nop, 4);
    cpu_features_t all = {.set = UINT64_MAX};
    cpu_decoder_t *decoder;
    cr_assert_eq(cpu_decoder_new(&all, &model, &decoder, NULL), 0);
    cpu_decode_line(decoder, line, insns);
    cpu_decoder_free(decoder);
}

#define SCHEDULE(...)                                                                                                  \
    schedule((const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void expect_cycles(const unsigned *cycles, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        cr_expect_eq(insns[i].issue_cycle, cycles[i], "instruction %u issues in cycle %u, not %u", i,
                     insns[i].issue_cycle, cycles[i]);
}

#define EXPECT_CYCLES(...)                                                                                             \
    expect_cycles((const unsigned[]){__VA_ARGS__}, sizeof((const unsigned[]){__VA_ARGS__}) / sizeof(unsigned))

Test(schedule, independent_instructions_fill_the_width)
{
    SCHEDULE((uint32_t)NOP);
    EXPECT_CYCLES(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8);
    model.width = 3;
    model.per_cycle[CPU_UNIT_ALU] = 3;
    SCHEDULE((uint32_t)NOP);
    EXPECT_CYCLES(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6);
    model.width = 1;
    SCHEDULE((uint32_t)NOP);
    EXPECT_CYCLES(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

Test(schedule, a_dependent_instruction_waits_for_its_operand)
{
    SCHEDULE((uint32_t)ADD_0_1_2, (uint32_t)ADD_3_0_0, (uint32_t)ADD_4_3_3);
    EXPECT_CYCLES(0, 1, 2, 2, 3);
    SCHEDULE((uint32_t)MUL_0_1_2, (uint32_t)ADD_3_0_0);
    EXPECT_CYCLES(0, 4, 4, 5);
    SCHEDULE((uint32_t)LDR_0, (uint32_t)ADD_3_0_0);
    EXPECT_CYCLES(0, 3, 3);
}

Test(schedule, issue_is_in_order_behind_an_instruction_that_waits)
{
    SCHEDULE((uint32_t)MUL_0_1_2, (uint32_t)ADD_3_0_0, (uint32_t)ADD_6_1_1);
    EXPECT_CYCLES(0, 4, 4);
}

Test(schedule, one_memory_access_and_one_branch_issue_a_cycle)
{
    SCHEDULE((uint32_t)LDR_0, (uint32_t)STR_BASE_0 | 2 << 5, (uint32_t)NOP);
    EXPECT_CYCLES(0, 1, 1);
    SCHEDULE((uint32_t)B, (uint32_t)B, (uint32_t)B);
    EXPECT_CYCLES(0, 1, 2);
    SCHEDULE((uint32_t)LDR_0, (uint32_t)B);
    EXPECT_CYCLES(0, 0);
    model.per_cycle[CPU_UNIT_MEMORY] = 2;
    SCHEDULE((uint32_t)LDR_0, (uint32_t)STR_BASE_0 | 2 << 5);
    EXPECT_CYCLES(0, 0);
}

Test(schedule, a_unit_that_is_not_pipelined_stays_busy)
{
    SCHEDULE((uint32_t)DIV_0_1_2, (uint32_t)NOP, (uint32_t)DIV_5_1_2);
    EXPECT_CYCLES(0, 0, 12);
    SCHEDULE((uint32_t)MUL_0_1_2, (uint32_t)MUL_5_1_2);
    EXPECT_CYCLES(0, 1);
}

Test(schedule, a_written_back_base_is_a_result)
{
    SCHEDULE((uint32_t)LDR_0_POST, (uint32_t)ADD_6_1_1);
    cr_expect_gt(insns[1].issue_cycle, 0);
}

Test(schedule, data_of_a_store_may_be_later_than_its_address)
{
    SCHEDULE((uint32_t)LDR_0, (uint32_t)STR_0);
    EXPECT_CYCLES(0, 2);
    SCHEDULE((uint32_t)LDR_0, (uint32_t)STR_BASE_0);
    EXPECT_CYCLES(0, 3);
}

Test(schedule, flags_are_operands_and_branches_may_take_them_early)
{
    SCHEDULE((uint32_t)CMP_1_2, (uint32_t)B_NE);
    EXPECT_CYCLES(0, 0);
    SCHEDULE((uint32_t)CMP_1_2, (uint32_t)CSEL);
    EXPECT_CYCLES(0, 1);
    model.flags_to_branch_cycles = 2;
    SCHEDULE((uint32_t)CMP_1_2, (uint32_t)B_NE);
    EXPECT_CYCLES(0, 2);
}

Test(schedule, system_instructions_issue_alone)
{
    SCHEDULE((uint32_t)NOP, (uint32_t)DMB, (uint32_t)NOP, (uint32_t)NOP);
    EXPECT_CYCLES(0, 1, 2, 2);
}

Test(schedule, the_end_marker_begins_a_new_cycle)
{
    SCHEDULE((uint32_t)B);
    EXPECT_CYCLES(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8);
    cr_expect_not_null(insns[CPU_LINE_WORDS].handler);
}

Test(schedule, cost_models_that_mean_nothing_are_refused)
{
    base_error_t error;
    cr_expect_eq(cpu_cost_model_check(&model, &error), 0);
    model.width = 0;
    cr_expect_lt(cpu_cost_model_check(&model, &error), 0);
    setup();
    model.latency_cycles[COST_ALU] = 0;
    cr_expect_lt(cpu_cost_model_check(&model, &error), 0);
    setup();
    model.per_cycle[CPU_UNIT_BRANCH] = 0;
    cr_expect_lt(cpu_cost_model_check(&model, &error), 0);
}
