/* The decode table: its patterns, and what words decode to. */
#include "base/random.h"
#include "cpu/flags.h"
#include "cpu/isa/isa.h"

#include <criterion/criterion.h>
#include <string.h>

static cpu_decoder_t *decoder_with(uint64_t features)
{
    cpu_features_t set = {.set = features};
    cpu_decoder_t *decoder;
    base_error_t error;
    cr_assert_eq(cpu_decoder_new(&set, &cpu_cost_model_in_order, &decoder, &error), 0, "%s", error.text);
    return decoder;
}

static cpu_decoded_t decode(uint32_t word)
{
    cpu_decoder_t *decoder = decoder_with(UINT64_MAX);
    cpu_decoded_t decoded;
    cpu_decode(decoder, word, &decoded);
    cpu_decoder_free(decoder);
    return decoded;
}

static void expect_opcode(uint32_t word, cpu_opcode_t opcode)
{
    unsigned found = decode(word).insn.opcode;
    cr_expect_eq(found, opcode, "%08x is %s, not %s", word, cpu_exec_table[found].name, cpu_exec_table[opcode].name);
}

/* --- patterns --- */

Test(decode_patterns, each_has_32_bits)
{
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        uint32_t mask, value;
        cr_expect(cpu_pattern_parse(cpu_exec_table[row].pattern, &mask, &value), "%s", cpu_exec_table[row].name);
    }
}

/* Where two patterns overlap, one must be wholly inside the other and listed here. */
static bool overlap_is_intended(unsigned inner, unsigned outer)
{
    static const cpu_opcode_t intended[][2] = {
        {CPU_OP_NOP, CPU_OP_HINT},      {CPU_OP_YIELD, CPU_OP_HINT},     {CPU_OP_WFE, CPU_OP_HINT},
        {CPU_OP_WFI, CPU_OP_HINT},      {CPU_OP_SEV, CPU_OP_HINT},       {CPU_OP_SEVL, CPU_OP_HINT},
        {CPU_OP_CFINV, CPU_OP_MSR_IMM}, {CPU_OP_XAFLAG, CPU_OP_MSR_IMM}, {CPU_OP_AXFLAG, CPU_OP_MSR_IMM},
    };
    for (unsigned i = 0; i < sizeof intended / sizeof *intended; i++)
        if (intended[i][0] == inner && intended[i][1] == outer)
            return true;
    return false;
}

/* A shift by immediate with immh = 0000 is a modified immediate, or nothing: the one with more fixed bits is looked up
 * first, and the other's format refuses the rest. */
static bool is_immediate_beside_shift(unsigned immediate, unsigned shift)
{
    uint32_t mask_immediate, mask_shift, value;
    cpu_pattern_parse(cpu_exec_table[immediate].pattern, &mask_immediate, &value);
    cpu_pattern_parse(cpu_exec_table[shift].pattern, &mask_shift, &value);
    return immediate >= CPU_OP_MOVI_S && immediate <= CPU_OP_FMOV_IMM_V_HALF && shift >= CPU_OP_SSHR &&
           shift <= CPU_OP_FCVTZU_V_FIXED_HALF && __builtin_popcount(mask_immediate) > __builtin_popcount(mask_shift);
}

static bool overlap(unsigned a, unsigned b)
{
    uint32_t mask_a, value_a, mask_b, value_b;
    cpu_pattern_parse(cpu_exec_table[a].pattern, &mask_a, &value_a);
    cpu_pattern_parse(cpu_exec_table[b].pattern, &mask_b, &value_b);
    return !((value_a ^ value_b) & mask_a & mask_b);
}

static bool is_inside(unsigned inner, unsigned outer)
{
    uint32_t mask_inner, mask_outer, value;
    cpu_pattern_parse(cpu_exec_table[inner].pattern, &mask_inner, &value);
    cpu_pattern_parse(cpu_exec_table[outer].pattern, &mask_outer, &value);
    return (mask_outer & ~mask_inner) == 0;
}

Test(decode_patterns, no_two_overlap_but_named_hints_flag_conversions_and_modified_immediates)
{
    unsigned overlaps = 0;
    for (unsigned a = 0; a < CPU_OPCODE_COUNT; a++)
        for (unsigned b = a + 1; b < CPU_OPCODE_COUNT; b++) {
            if (!overlap(a, b) || is_immediate_beside_shift(a, b) || is_immediate_beside_shift(b, a))
                continue;
            unsigned inner = is_inside(a, b) ? a : b, outer = a + b - inner;
            overlaps++;
            cr_expect(is_inside(inner, outer) && overlap_is_intended(inner, outer), "%s and %s overlap",
                      cpu_exec_table[a].name, cpu_exec_table[b].name);
        }
    cr_expect_eq(overlaps, 9);
}

/* The bits of a letter, as a mask. */
static uint32_t bits_of(const char *pattern, char letter)
{
    uint32_t bits = 0;
    for (const char *c = pattern; *c; c++)
        if (*c != ' ')
            bits = bits << 1 | (*c == letter);
    return bits;
}

Test(decode_patterns, register_letters_stand_where_the_manual_has_them)
{
    static const struct {
        char letter;
        uint32_t bits;
    } fields[] = {{'d', 0x1f},   {'t', 0x1f},     {'n', 0x3e0},   {'a', 0x7c00},
                  {'u', 0x7c00}, {'m', 0x1f0000}, {'s', 0x1f0000}};
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++)
        for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
            uint32_t bits = bits_of(cpu_exec_table[row].pattern, fields[i].letter);
            cr_expect(bits == 0 || bits == fields[i].bits, "%s: %c is at %08x", cpu_exec_table[row].name,
                      fields[i].letter, bits);
        }
}

/* A format that looked at bits the pattern fixes, or missed some it leaves open, would show here: every open bit that
 * is not ignored changes what is decoded, for some word. */
Test(decode_patterns, every_field_bit_matters_and_every_ignored_bit_does_not)
{
    cpu_decoder_t *decoder = decoder_with(UINT64_MAX);
    base_random_t random;
    base_random_init(&random, 1);
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        const cpu_exec_t *exec = &cpu_exec_table[row];
        uint32_t mask, value, matters = 0, ignored = bits_of(exec->pattern, 'x');
        cpu_pattern_parse(exec->pattern, &mask, &value);
        if (row == CPU_OP_HINT)
            continue; /* a NOP whatever its number */
        for (unsigned attempt = 0; attempt < 2000; attempt++) {
            uint32_t word = value | ((uint32_t)base_random_next(&random) & ~mask);
            cpu_decoded_t before, after;
            cpu_decode(decoder, word, &before);
            for (unsigned bit = 0; bit < 32; bit++) {
                if (mask >> bit & 1)
                    continue;
                cpu_decode(decoder, word ^ 1u << bit, &after);
                bool undefined =
                    before.insn.opcode == CPU_OP_UDF && after.insn.opcode == CPU_OP_UDF && row != CPU_OP_UDF;
                if (!undefined && memcmp(&before.insn, &after.insn, sizeof after.insn))
                    matters |= 1u << bit;
            }
        }
        uint32_t expected = ~mask & ~ignored;
        cr_expect_eq(matters, expected, "%s: bits %08x matter, not %08x", exec->name, matters, expected);
    }
    cpu_decoder_free(decoder);
}

Test(decode_patterns, every_row_can_be_reached)
{
    cpu_decoder_t *decoder = decoder_with(UINT64_MAX);
    base_random_t random;
    base_random_init(&random, 2);
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++) {
        uint32_t mask, value;
        bool reached = false;
        cpu_pattern_parse(cpu_exec_table[row].pattern, &mask, &value);
        for (unsigned attempt = 0; attempt < 1000 && !reached; attempt++) {
            cpu_insn_t insn;
            cpu_decode_word(decoder, value | ((uint32_t)base_random_next(&random) & ~mask), &insn);
            reached = insn.opcode == row;
        }
        cr_expect(reached, "%s", cpu_exec_table[row].name);
    }
    cpu_decoder_free(decoder);
}

/* --- words --- */

Test(decode_words, register_31_is_sp_or_zero_by_its_role)
{
    cpu_insn_t add = decode(0x910003ff).insn; /* ADD SP, SP, #0 */
    cr_expect_eq(add.rd, CPU_SP);
    cr_expect_eq(add.rn, CPU_SP);
    cpu_insn_t cmp = decode(0xf10003ff).insn; /* CMP SP, #0 */
    cr_expect_eq(cmp.rd, CPU_SINK);
    cr_expect_eq(cmp.rn, CPU_SP);
    cpu_insn_t orr = decode(0xaa1f03ff).insn; /* ORR XZR, XZR, XZR */
    cr_expect_eq(orr.rd, CPU_SINK);
    cr_expect_eq(orr.rn, CPU_XZR);
    cr_expect_eq(orr.rm, CPU_XZR);
    cpu_insn_t ext = decode(0x8b3f63ff).insn; /* ADD SP, SP, XZR (extended) */
    cr_expect_eq(ext.rd, CPU_SP);
    cr_expect_eq(ext.rn, CPU_SP);
    cr_expect_eq(ext.rm, CPU_XZR);
    cpu_insn_t str = decode(0xf90003ff).insn; /* STR XZR, [SP] */
    cr_expect_eq(str.rd, CPU_XZR);
    cr_expect_eq(str.rn, CPU_SP);
    cpu_insn_t ldr = decode(0xf94003ff).insn; /* LDR XZR, [SP] */
    cr_expect_eq(ldr.rd, CPU_SINK);
}

Test(decode_words, registers_are_exactly_those_read_and_written)
{
    cr_expect_eq(decode(0x8b020020).insn.registers, 0x7);        /* ADD X0, X1, X2 */
    cr_expect_eq(decode(0xaa1f03e5).insn.registers, 0x20);       /* MOV X5, XZR */
    cr_expect_eq(decode(0xf8408c41).insn.registers, 0x6);        /* LDR X1, [X2, #8]! */
    cr_expect_eq(decode(0xf8408c41).writes, 0x6);                /* both written */
    cr_expect_eq(decode(0xa9bf7bfd).insn.registers, 0xe0000000); /* STP X29, X30, [SP, #-16]! */
    cr_expect_eq(decode(0xa9bf7bfd).late_reads, 0x60000000);     /* the data */
    cr_expect_eq(decode(0x9b020c20).insn.registers, 0xf);        /* MADD X0, X1, X2, X3 */
    cr_expect_eq(decode(0xf2800020).reads, 0x1);                 /* MOVK X0: the rest of X0 stays */
    cr_expect_eq(decode(0xb3400020).reads, 0x3);                 /* BFM X0, X1 */
    cr_expect_eq(decode(0x94000000).writes, UINT64_C(1) << 30);  /* BL */
    cr_expect_eq(decode(0x48207c82).insn.registers, 0x1f);       /* CASP X0, X1, X2, X3, [X4] */
}

Test(decode_words, unallocated_encodings_are_undefined)
{
    static const uint32_t words[] = {
        0x00000000, /* UDF #0 */
        0xffffffff,
        0x12400000, /* AND W, N = 1 */
        0x9240fc00, /* AND X, all ones */
        0x12c00000, /* MOVN W0 with hw = 2 */
        0x72e00000, /* MOVK W0 with hw = 3 */
        0x32800000, /* move wide, opc = 01 */
        0x53408000, /* UBFM W, N = 1 */
        0x13008000, /* SBFM W, imms<5> = 1 */
        0x93800000, /* EXTR X, N = 0 */
        0x0bc00000, /* ADD shifted by ROR */
        0x0b008000, /* ADD W shifted by 32 */
        0x0b201400, /* ADD extended, shift 5 */
        0x0b601400,
        0x5ac00800 | 1u << 10, /* 1 source, W: REV32 is X only */
        0x1ac04c00,            /* CRC32X with sf = 0 */
        0x9ac04000,            /* CRC32B with sf = 1 */
        0x9b401000 | 1u << 15, /* SMULH with o0 = 1 */
        0x54000010,            /* B.cond with o0 = 1 */
        0xd4a00001,            /* DCPS1, outside Debug state */
        0xd69f03e1,
        0xd6bf03e0,               /* DRPS */
        0xd5033fff,               /* SB, which needs its feature */
        0xf8200800 & ~(1u << 14), /* register offset, option<1> = 0 */
        0xb8800000 | 3u << 22,    /* LDURSW's neighbour, opc = 11 */
        0x08207c41,               /* CASP with odd Rs or Rt */
    };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        expect_opcode(words[i], CPU_OP_UDF);
}

Test(decode_words, an_undefined_instruction_carries_its_word)
{
    cr_expect_eq(decode(0x32800000).insn.imm, 0x32800000);
    cr_expect_eq(decode(0x32800000).insn.registers, 0);
}

Test(decode_words, unpredictable_register_overlaps_are_undefined_in_loads_and_exclusives)
{
    expect_opcode(0xf8408421, CPU_OP_UDF);                   /* LDR X1, [X1], #8 */
    expect_opcode(0xf8408c21, CPU_OP_UDF);                   /* LDR X1, [X1, #8]! */
    expect_opcode(0xa9400421 & ~0x1fu, CPU_OP_LDP_X_OFFSET); /* LDP X0, X1, [X1] */
    expect_opcode(0xa9400441, CPU_OP_UDF);                   /* LDP X1, X1, [X2] */
    expect_opcode(0xa8c10401, CPU_OP_UDF);                   /* LDP X1, X1, [X0], #16 */
    expect_opcode(0xa8c10820, CPU_OP_LDP_X_POST);            /* LDP X0, X2, [X1], #16 */
    expect_opcode(0xa8c10801 | 0x20, CPU_OP_UDF);            /* LDP X1, X2, [X1], #16 */
    expect_opcode(0xf8008421, CPU_OP_STR_X_POST);            /* STR X1, [X1], #8 stores the old X1 */
    expect_opcode(0xc8017c41, CPU_OP_UDF);                   /* STXR W1, X1, [X2] */
    expect_opcode(0xc8027c41, CPU_OP_UDF);                   /* STXR W2, X1, [X2] */
    expect_opcode(0xc8037c41, CPU_OP_STXR);                  /* STXR W3, X1, [X2] */
    expect_opcode(0xc87f0441, CPU_OP_UDF);                   /* LDXP X1, X1, [X2] */
}

Test(decode_words, rows_of_absent_features_are_undefined)
{
    static const struct {
        cpu_feature_t feature;
        uint32_t word;
        cpu_opcode_t opcode;
    } rows[] = {
        {CPU_FEAT_LSE, 0xf8210040, CPU_OP_LDADD},     {CPU_FEAT_LSE, 0xf8218040, CPU_OP_SWP},
        {CPU_FEAT_LSE, 0xc8a17c40, CPU_OP_CAS},       {CPU_FEAT_LSE, 0x48207c82, CPU_OP_CASP},
        {CPU_FEAT_LRCPC, 0xf8bfc020, CPU_OP_LDAPR},   {CPU_FEAT_CRC32, 0x1ac14000, CPU_OP_CRC32B},
        {CPU_FEAT_CRC32, 0x9ac15c00, CPU_OP_CRC32CX}, {CPU_FEAT_FLAGM, 0xd500401f, CPU_OP_CFINV},
        {CPU_FEAT_FLAGM, 0xba000400, CPU_OP_RMIF},    {CPU_FEAT_FLAGM, 0x3a00480d, CPU_OP_SETF16},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_opcode(rows[i].word, rows[i].opcode);
        cpu_decoder_t *decoder = decoder_with(UINT64_MAX & ~CPU_FEATURE_BIT(rows[i].feature));
        cpu_insn_t insn;
        cpu_decode_word(decoder, rows[i].word, &insn);
        /* CFINV is then an MSR to a PSTATE field that does not exist, which is UNDEFINED when it is executed. */
        cr_expect_eq(insn.opcode, rows[i].opcode == CPU_OP_CFINV ? CPU_OP_MSR_IMM : CPU_OP_UDF);
        cpu_decoder_free(decoder);
    }
}

Test(decode_words, hints_without_a_name_are_nops)
{
    expect_opcode(0xd503201f, CPU_OP_NOP);
    expect_opcode(0xd503205f, CPU_OP_WFE);
    for (unsigned hint = 6; hint < 128; hint++)
        expect_opcode(0xd503201f | hint << 5, CPU_OP_HINT);
}

Test(decode_words, system_register_keys_are_op0_op1_crn_crm_op2)
{
    cpu_insn_t mrs = decode(0xd53be042).insn; /* MRS X2, CNTVCT_EL0: 3, 3, C14, C0, 2 */
    cr_expect_eq(mrs.opcode, CPU_OP_MRS);
    cr_expect_eq(mrs.imm, 3 << 14 | 3 << 11 | 14 << 7 | 0 << 3 | 2);
    cr_expect_eq(mrs.rd, 2);
    cpu_insn_t dc = decode(0xd50b7e3f).insn; /* DC CIVAC, XZR: 1, 3, C7, C14, 1 */
    cr_expect_eq(dc.opcode, CPU_OP_SYS);
    cr_expect_eq(dc.imm, 1 << 14 | 3 << 11 | 7 << 7 | 14 << 3 | 1);
    cr_expect_eq(dc.rd, CPU_XZR);
}

Test(decode_words, accesses_with_base_sp_have_a_handler_of_their_own)
{
    const cpu_exec_t *ldr = &cpu_exec_table[CPU_OP_LDR_X_UNSIGNED], *prfm = &cpu_exec_table[CPU_OP_PRFM_UNSIGNED];
    cr_expect_neq(ldr->handler, ldr->handler_sp);
    cr_expect_eq(decode(0xf94003e0).insn.handler, ldr->handler_sp); /* LDR X0, [SP] */
    cr_expect_eq(decode(0xf9400020).insn.handler, ldr->handler);    /* LDR X0, [X1] */
    cr_expect_eq(decode(0xf98003e0).insn.handler, prfm->handler);   /* PRFM PLDL1KEEP, [SP] */
}

/* The pseudocode of ConditionHolds, against the sets made at decode. */
Test(decode_words, condition_sets_follow_the_condition_table)
{
    for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
        bool n = nzcv & 8, z = nzcv & 4, c = nzcv & 2, v = nzcv & 1;
        const bool holds[16] = {z,       !z,     c,      !c,           n,           !n,   v,   !v, c && !z,
                                !c || z, n == v, n != v, n == v && !z, n != v || z, true, true};
        for (unsigned condition = 0; condition < 16; condition++)
            cr_expect_eq(flags_condition_set(condition) >> nzcv & 1, holds[condition], "condition %u, NZCV %u",
                         condition, nzcv);
    }
}
