/* Every row of the decode table that needs a feature, on a core that has all but this one and on a core with all: the
 * first takes it for UNDEFINED, the second does not. */
#include "base/random.h"
#include "flat_bench.h"

#include <criterion/criterion.h>

enum { TRIES = 10000, ESR_UNDEFINED = 1 << 25 /* EC 0, IL */ };

/* As decode.c reads them. */
static const struct {
    cpu_feature_t feature;
    cpu_opcode_t first, last;
} requirements[] = {
#define NOTHING(name, pattern, format, cost)
#define ALU                                      NOTHING
#define BRANCH                                   NOTHING
#define BRANCH_REG                               NOTHING
#define MEMORY                                   NOTHING
#define SYSTEM                                   NOTHING
#define REQUIRES(feature, first_name, last_name) {CPU_FEAT_##feature, CPU_OP_##first_name, CPU_OP_##last_name},
#include "cpu/isa/a64.def"
#undef NOTHING
};
enum { REQUIREMENTS = sizeof(requirements) / sizeof(requirements[0]) };

static flat_bench_t *bench_with(uint64_t features)
{
    flat_bench_t *bench = flat_bench_new();
    base_error_t error;
    cpu_decoder_free(bench->decoder);
    bench->cpu->features.set = features;
    cr_assert_eq(cpu_decoder_new(&bench->cpu->features, &cpu_cost_model_in_order, &bench->decoder, &error), 0);
    return bench;
}

/* A word that is this row's where all features are. */
static uint32_t word_of(const cpu_decoder_t *decoder, base_random_t *random, unsigned opcode)
{
    uint32_t mask, value;
    cpu_pattern_parse(cpu_exec_table[opcode].pattern, &mask, &value);
    for (unsigned i = 0; i < TRIES; i++) {
        cpu_insn_t insn;
        uint32_t word = value | ((uint32_t)base_random_next(random) & ~mask);
        cpu_decode_word(decoder, word, &insn);
        if (insn.opcode == opcode)
            return word;
    }
    cr_assert_fail("no word found for %s", cpu_exec_table[opcode].name);
    return 0;
}

static bool is_undefined(flat_bench_t *bench, uint32_t word)
{
    bench->cpu->sys.ESR_EL1 = 0;
    for (unsigned slot = 0; slot <= CPU_SP; slot++)
        bench->cpu->x[slot] = slot == CPU_XZR ? 0 : FLAT_BENCH_BASE + FLAT_BENCH_BYTES / 2;
    return flat_bench_run(bench, word) == CPU_JUMP && bench->cpu->sys.ESR_EL1 == ESR_UNDEFINED;
}

Test(feature_rows, execute_with_their_feature_and_are_undefined_without)
{
    base_random_t random;
    base_random_init(&random, 1);
    flat_bench_t *full = bench_with(UINT64_MAX);
    unsigned rows = 0;
    for (unsigned i = 0; i < REQUIREMENTS; i++) {
        flat_bench_t *without = bench_with(UINT64_MAX & ~CPU_FEATURE_BIT(requirements[i].feature));
        for (unsigned opcode = requirements[i].first; opcode <= requirements[i].last; opcode++, rows++) {
            uint32_t word = word_of(full->decoder, &random, opcode);
            const char *feature = cpu_feature_name(requirements[i].feature);
            cr_expect_not(is_undefined(full, word), "%s (%08x) with %s", cpu_exec_table[opcode].name, word, feature);
            cr_expect(is_undefined(without, word), "%s (%08x) without %s", cpu_exec_table[opcode].name, word, feature);
        }
        flat_bench_free(without);
    }
    cr_expect_gt(rows, 300, "%u rows", rows);
    flat_bench_free(full);
}
