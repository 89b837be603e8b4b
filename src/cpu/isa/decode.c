#include "cpu/isa/decoder.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

/* Rows that need a feature, as ranges of opcodes; a row may be in several. */
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

bool cpu_pattern_parse(const char *pattern, uint32_t *ret_mask, uint32_t *ret_value)
{
    uint32_t mask = 0, value = 0;
    unsigned bits = 0;
    for (const char *c = pattern; *c; c++) {
        if (*c == ' ')
            continue;
        bool fixed = *c == '0' || *c == '1';
        mask = mask << 1 | fixed;
        value = value << 1 | (*c == '1');
        bits++;
    }
    if (bits != 32)
        return false;
    *ret_mask = mask;
    *ret_value = value;
    return true;
}

static bool is_present(const cpu_features_t *features, unsigned opcode)
{
    for (size_t i = 0; i < G_N_ELEMENTS(requirements); i++)
        if (opcode >= requirements[i].first && opcode <= requirements[i].last &&
            !cpu_features_has(features, requirements[i].feature))
            return false;
    return true;
}

/* Puts a row into a bucket's list, before the less specific ones. */
static void insert(const cpu_decoder_t *decoder, uint16_t *list, unsigned count, uint16_t opcode)
{
    int fixed = __builtin_popcount(decoder->mask[opcode]);
    for (; count > 0 && __builtin_popcount(decoder->mask[list[count - 1]]) < fixed; count--)
        list[count] = list[count - 1];
    list[count] = opcode;
}

static void fill_buckets(cpu_decoder_t *decoder, const cpu_features_t *features)
{
    uint32_t bucket_mask = ~UINT32_C(0) << DECODER_BUCKET_SHIFT, total = 0, room = 0;
    for (uint32_t bucket = 0; bucket < DECODER_BUCKETS; bucket++) {
        decoder->first[bucket] = total;
        if (room < total + CPU_OPCODE_COUNT) {
            room = 2 * room + CPU_OPCODE_COUNT;
            decoder->candidates = g_renew(uint16_t, decoder->candidates, room);
        }
        for (uint16_t opcode = 0; opcode < CPU_OPCODE_COUNT; opcode++) {
            uint32_t differs = (bucket << DECODER_BUCKET_SHIFT ^ decoder->value[opcode]) & decoder->mask[opcode];
            if (!(differs & bucket_mask) && is_present(features, opcode)) {
                insert(decoder, decoder->candidates + decoder->first[bucket], total - decoder->first[bucket], opcode);
                total++;
            }
        }
    }
    decoder->first[DECODER_BUCKETS] = total;
}

int cpu_decoder_new(const cpu_features_t *features, const cpu_cost_model_t *costs, cpu_decoder_t **ret_decoder,
                    base_error_t *error)
{
    int result = cpu_cost_model_check(costs, error);
    if (result < 0)
        return result;
    cpu_decoder_t *decoder = g_new0(cpu_decoder_t, 1);
    decoder->costs = *costs;
    for (unsigned opcode = 0; opcode < CPU_OPCODE_COUNT; opcode++)
        if (!cpu_pattern_parse(cpu_exec_table[opcode].pattern, &decoder->mask[opcode], &decoder->value[opcode]))
            base_bug("decode table: the pattern of %s is not 32 bits long", cpu_exec_table[opcode].name);
    fill_buckets(decoder, features);
    *ret_decoder = decoder;
    return 0;
}

void cpu_decoder_free(cpu_decoder_t *decoder)
{
    if (!decoder)
        return;
    g_free(decoder->candidates);
    g_free(decoder);
}

static cpu_opcode_t look_up(const cpu_decoder_t *decoder, uint32_t word)
{
    uint32_t bucket = word >> DECODER_BUCKET_SHIFT;
    for (uint32_t i = decoder->first[bucket]; i < decoder->first[bucket + 1]; i++) {
        uint16_t opcode = decoder->candidates[i];
        if ((word & decoder->mask[opcode]) == decoder->value[opcode])
            return opcode;
    }
    return CPU_OP_UDF;
}

static bool decode_as(cpu_opcode_t opcode, uint32_t word, cpu_decoded_t *decoded)
{
    const cpu_exec_t *row = &cpu_exec_table[opcode];
    *decoded = (cpu_decoded_t){.insn.opcode = (uint16_t)opcode, .cost = row->cost};
    if (!row->format(word, decoded))
        return false;
    decoded->insn.handler = decoded->base_sp ? row->handler_sp : row->handler;
    decoded->insn.registers = decoded->reads | decoded->late_reads | decoded->writes;
    return true;
}

void cpu_decode(const cpu_decoder_t *decoder, uint32_t word, cpu_decoded_t *ret_decoded)
{
    if (!decode_as(look_up(decoder, word), word, ret_decoded))
        decode_as(CPU_OP_UDF, word, ret_decoded);
}

void cpu_decode_word(const cpu_decoder_t *decoder, uint32_t word, cpu_insn_t *ret_insn)
{
    cpu_decoded_t decoded;
    cpu_decode(decoder, word, &decoded);
    *ret_insn = decoded.insn;
}
