/* Which words are instructions, against capstone 4 (LLVM's tables of Armv8.0, with CRC32 and cryptography): a million
 * random words that capstone has a name for decode, and what else decodes is accounted for. */
#include "base/random.h"
#include "cpu/isa/fields.h"
#include "cpu/isa/isa.h"

#include <capstone/capstone.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 1000000 };

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool same_register(uint32_t word, unsigned lsb_a, unsigned lsb_b)
{
    return field_register(word, lsb_a) == field_register(word, lsb_b);
}

/* Extensions that capstone 4 knows nothing of. */
static const uint64_t later_extensions =
    CPU_FEATURE_BIT(CPU_FEAT_FP16) | CPU_FEATURE_BIT(CPU_FEAT_RDM) | CPU_FEATURE_BIT(CPU_FEAT_DOTPROD) |
    CPU_FEATURE_BIT(CPU_FEAT_FCMA) | CPU_FEATURE_BIT(CPU_FEAT_JSCVT) | CPU_FEATURE_BIT(CPU_FEAT_SHA512) |
    CPU_FEATURE_BIT(CPU_FEAT_SHA3) | CPU_FEATURE_BIT(CPU_FEAT_FRINTTS) | CPU_FEATURE_BIT(CPU_FEAT_LRCPC2) |
    CPU_FEATURE_BIT(CPU_FEAT_FLAGM2) | CPU_FEATURE_BIT(CPU_FEAT_SB);

/* Why a word is UNDEFINED here although capstone has a name for it, or NULL. */
static const char *why_undefined(uint32_t word, const char *mnemonic)
{
    if (starts_with(mnemonic, "dcps"))
        return "UNDEFINED outside Debug state (C6.2, DCPS1)";
    if ((starts_with(mnemonic, "mrs") || starts_with(mnemonic, "msr")) && !(word & 1u << 20))
        return "bit 20 of a system register move is 1 (C4.1); capstone does not look";
    if ((starts_with(mnemonic, "stxp") || starts_with(mnemonic, "stlxp")) && same_register(word, FIELD_S, FIELD_U))
        return "the status register is data: CONSTRAINED UNPREDICTABLE, taken as UNDEFINED";
    if ((starts_with(mnemonic, "stx") || starts_with(mnemonic, "stlx")) &&
        (same_register(word, FIELD_S, FIELD_T) || same_register(word, FIELD_S, FIELD_N)))
        return "the status register is data or base: CONSTRAINED UNPREDICTABLE, taken as UNDEFINED";
    if (starts_with(mnemonic, "ldr") && word & 1u << 10 && same_register(word, FIELD_T, FIELD_N))
        return "base loaded and written back: CONSTRAINED UNPREDICTABLE, taken as UNDEFINED";
    return NULL;
}

/* Why a word decodes here although capstone has no name for it, or NULL. */
static const char *why_defined(uint32_t word, cpu_opcode_t opcode)
{
    const char *name = cpu_exec_table[opcode].name;
    switch (opcode) {
    case CPU_OP_CAS:
    case CPU_OP_CASP:
    case CPU_OP_LDADD:
    case CPU_OP_LDCLR:
    case CPU_OP_LDEOR:
    case CPU_OP_LDSET:
    case CPU_OP_LDSMAX:
    case CPU_OP_LDSMIN:
    case CPU_OP_LDUMAX:
    case CPU_OP_LDUMIN:
    case CPU_OP_SWP:
    case CPU_OP_LDLAR:
    case CPU_OP_STLLR: return "Armv8.1";
    case CPU_OP_LDAPR: return "FEAT_LRCPC";
    case CPU_OP_RMIF:
    case CPU_OP_SETF8:
    case CPU_OP_SETF16:
    case CPU_OP_CFINV: return "FEAT_FlagM";
    case CPU_OP_INS_ELEMENT: return "the low bits of imm4 are ignored for longer elements (C7.2, INS (element))";
    case CPU_OP_DUP_GENERAL: return "the top bit of imm5 is ignored (C7.2, DUP (general))";
    case CPU_OP_MSR_IMM: return "which PSTATE fields exist is decided when it is executed";
    default: break;
    }
    if (starts_with(name, "LDTR") && same_register(word, FIELD_T, FIELD_N))
        return "LDTR does not write its base back; capstone thinks so";
    if (starts_with(name, "ST") && (strstr(name, "_POST") || strstr(name, "_PRE")))
        return "base stored and written back: CONSTRAINED UNPREDICTABLE, the old value is stored";
    return NULL;
}

Test(isa_capstone, a_million_random_words_are_instructions_to_both_or_the_difference_has_a_reason)
{
    csh capstone;
    cr_assert_eq(cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &capstone), CS_ERR_OK);
    cs_option(capstone, CS_OPT_DETAIL, CS_OPT_ON);
    cs_insn *text = cs_malloc(capstone);
    cpu_features_t all = {.set = UINT64_MAX & ~later_extensions};
    cpu_decoder_t *decoder;
    cpu_decoder_new(&all, &cpu_cost_model_in_order, &decoder, NULL);
    base_random_t random;
    base_random_init(&random, 1);
    unsigned both = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        uint32_t word = (uint32_t)base_random_next(&random);
        const uint8_t *bytes = (const uint8_t *)&word;
        size_t size_bytes = sizeof word;
        uint64_t address = 0;
        cpu_insn_t insn;
        cpu_decode_word(decoder, word, &insn);
        bool known = cs_disasm_iter(capstone, &bytes, &size_bytes, &address, text);
        if (known && insn.opcode == CPU_OP_UDF)
            cr_expect(why_undefined(word, text->mnemonic), "%08x: %s %s", word, text->mnemonic, text->op_str);
        if (!known && insn.opcode != CPU_OP_UDF)
            cr_expect(why_defined(word, insn.opcode), "%08x: %s is unknown to capstone", word,
                      cpu_exec_table[insn.opcode].name);
        both += known && insn.opcode != CPU_OP_UDF;
    }
    cr_expect_gt(both, WORDS / 5, "only %u words are instructions to both", both);
    cpu_decoder_free(decoder);
    cs_free(text, 1);
    cs_close(&capstone);
}
