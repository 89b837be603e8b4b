/* Instruction semantics against Unicorn. MESIM_SEED repeats a run; MESIM_INSTRUCTIONS makes it longer. */
#include "unicorn_duel.h"
#include "unicorn_state.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>

enum { INSTRUCTIONS = 1000000, BLOCKS_TO_NOTICE = 2000 };

Test(isa_unicorn, a_million_random_instructions_give_the_same_registers_flags_and_memory)
{
    uint64_t seed = unicorn_option("MESIM_SEED", 1);
    uint64_t wanted = unicorn_option("MESIM_INSTRUCTIONS", INSTRUCTIONS);
    duel_t *duel = duel_new(seed);
    duel->report = stderr;
    for (unsigned block = 0; duel->instructions < wanted; block++)
        if (!duel_block(duel, block % DUEL_WAY_COUNT))
            cr_assert_fail("block %u differs; repeat with MESIM_SEED=%" PRIu64, block, seed);

    unsigned rows = 0;
    for (unsigned opcode = 0; opcode < CPU_OPCODE_COUNT; opcode++) {
        if (!random_code_covers(opcode))
            continue;
        rows++;
        cr_expect_gt(duel->executed[opcode], 0, "%s was never executed", cpu_exec_table[opcode].name);
    }
    fprintf(stderr, "result: %" PRIu64 " instructions over %u encodings agree (MESIM_SEED=%" PRIu64 ")\n",
            duel->instructions, rows, seed);
    duel_free(duel);
}

/* Mistakes that are easily made. If one of them passed, the test above would be worth little. */
static const duel_mistake_t mistakes[] = {
    {CPU_OP_ADDS_LSL_X, CPU_OP_ADD_LSL_X, 0},              /* flags not set */
    {CPU_OP_BICS_ROR_W, CPU_OP_ANDS_ROR_W, 0},             /* operand not inverted */
    {CPU_OP_SBCS_X, CPU_OP_ADCS_X, 0},                     /* carry taken for borrow */
    {CPU_OP_ASRV_W, CPU_OP_LSRV_W, 0},                     /* sign not shifted in */
    {CPU_OP_EXTR_X, CPU_OP_EXTR_X, 1},                     /* shifted by one bit too few or many */
    {CPU_OP_LDRSH_W_UNSIGNED, CPU_OP_LDRSH_X_UNSIGNED, 0}, /* sign-extended too far */
    {CPU_OP_LDR_X_POST, CPU_OP_LDUR_X, 0},                 /* base not written back, offset used */
    {CPU_OP_STP_W_PRE, CPU_OP_STP_W_POST, 0},              /* pre- taken for post-index */
    {CPU_OP_LDR_X_REG_W, CPU_OP_LDR_X_REG_X, 0},           /* index not extended */
    {CPU_OP_LDCLR, CPU_OP_LDEOR, 0},                       /* wrong operation */
    {CPU_OP_CAS, CPU_OP_SWP, 0},                           /* stored whatever the comparison says */
    {CPU_OP_STXR, CPU_OP_STLR, 0},                         /* no status */
    {CPU_OP_B_COND, CPU_OP_B, 0},                          /* always taken */
    {CPU_OP_TBZ, CPU_OP_TBNZ, 0},                          /* the wrong way round */
    {CPU_OP_BLR, CPU_OP_BR, 0},                            /* no link */
    {CPU_OP_CCMP_X, CPU_OP_CCMN_X, 0},                     /* compared with the negative */
    {CPU_OP_CSNEG_W, CPU_OP_CSINV_W, 0},                   /* off by one */
    {CPU_OP_CRC32CW, CPU_OP_CRC32W, 0},                    /* the other polynomial */
    {CPU_OP_SMULH, CPU_OP_UMULH, 0},                       /* unsigned */
};

static bool is_noticed(const duel_mistake_t *mistake, duel_way_t way)
{
    duel_t *duel = duel_new(1);
    duel->mistake = *mistake;
    bool noticed = false;
    for (unsigned block = 0; block < BLOCKS_TO_NOTICE && !noticed; block++)
        noticed = !duel_block(duel, way);
    duel_free(duel);
    return noticed;
}

Test(isa_unicorn, mistakes_made_on_purpose_are_noticed_each_way)
{
    for (unsigned i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        for (unsigned way = 0; way < DUEL_WAY_COUNT; way++)
            cr_expect(is_noticed(&mistakes[i], way), "%s executed as %s, way %u", cpu_exec_table[mistakes[i].row].name,
                      cpu_exec_table[mistakes[i].executes].name, way);
}
