#include "fp_code.h"

#include "cpu/fp/fp.h"
#include "cpu/isa/fields.h"

#include <string.h>

static uint32_t below(fp_code_t *code, uint32_t bound)
{
    return (uint32_t)base_random_below(&code->random, bound);
}

bool fp_code_covers(cpu_opcode_t opcode)
{
    return cpu_exec_table[opcode].kind == CPU_KIND_FP || cpu_exec_table[opcode].kind == CPU_KIND_FP_MEMORY;
}

/* --- operands --- */

static uint64_t below_random(base_random_t *random, uint64_t bound)
{
    return base_random_below(random, bound);
}

/* A fraction with few ones or few zeros, or any: rounding is decided at its ends. */
static uint64_t random_fraction(base_random_t *random, unsigned bits)
{
    uint64_t ones = bits_mask(bits), value = base_random_next(random) & ones;
    switch (below_random(random, 6)) {
    case 0: return 0;
    case 1: return ones;
    case 2: return UINT64_C(1) << below_random(random, bits);
    case 3: return ones & ~(UINT64_C(1) << below_random(random, bits));
    case 4: return value & ~bits_mask((unsigned)below_random(random, bits));
    default: return value;
    }
}

static uint64_t random_number(base_random_t *random, unsigned bits)
{
    unsigned fraction_bits = bits == 16 ? 10 : bits == 32 ? 23 : 52;
    uint64_t max = bits_mask(bits - 1 - fraction_bits), bias = max / 2, exponent;
    uint64_t fraction = random_fraction(random, fraction_bits), sign = below_random(random, 2) << (bits - 1);
    switch (below_random(random, 12)) {
    case 0: return sign;
    case 1: exponent = 0; break; /* denormal */
    case 2: exponent = 1 + below_random(random, 3); break;
    case 3: exponent = max - 1 - below_random(random, 3); break;
    case 4: exponent = max; break; /* infinity, NaN */
    case 5: return sign | max << fraction_bits | below_random(random, 2) << (fraction_bits - 1) | 1;
    case 6: exponent = bias + fraction_bits + below_random(random, 4) - 2; break; /* where integers end */
    case 7: exponent = bias + below_random(random, 64); break;
    case 8: exponent = bias / 2 + below_random(random, 5); break; /* products underflow */
    case 9: exponent = bias + bias / 2 + below_random(random, 5); break;
    case 10: exponent = below_random(random, max + 1); break;
    default: exponent = bias + below_random(random, 8) - 4; break;
    }
    return sign | (exponent > max ? max : exponent) << fraction_bits | fraction;
}

static uint64_t random_integer(base_random_t *random, unsigned bits)
{
    static const uint64_t corners[] = {0, 1, UINT64_MAX, 2, UINT64_MAX - 1};
    uint64_t top = UINT64_C(1) << (bits - 1), value = base_random_next(random);
    switch (below_random(random, 5)) {
    case 0: return corners[below_random(random, 5)] & bits_mask(bits);
    case 1: return top - below_random(random, 2);
    case 2: return below_random(random, 70); /* shifts, indices */
    case 3: return bits_mask(bits) & (value >> below_random(random, 64));
    default: return value & bits_mask(bits);
    }
}

uint64_t fp_code_operand(base_random_t *random)
{
    unsigned bits = 8u << below_random(random, 4);
    bool integer = bits == 8 || below_random(random, 4) == 0;
    uint64_t value = 0;
    for (unsigned at = 0; at < 64; at += bits)
        value |= (integer ? random_integer(random, bits) : random_number(random, bits)) << at;
    return value;
}

uint32_t fp_code_fpcr(unsigned mode)
{
    return (mode & 3u) << FPCR_RMODE_SHIFT | (mode & 4 ? FPCR_FZ : 0) | (mode & 8 ? FPCR_FZ16 : 0) |
           (mode & 16 ? FPCR_DN : 0) | (mode & 32 ? FPCR_AHP : 0);
}

/* --- code --- */

/* Ignored bits are should-be-zero here. */
static uint32_t random_word(fp_code_t *code, cpu_opcode_t opcode, cpu_decoded_t *ret_decoded)
{
    for (;;) {
        uint32_t word = 0;
        for (const char *c = cpu_exec_table[opcode].pattern; *c; c++) {
            if (*c == ' ')
                continue;
            word = word << 1 | (*c == '0' || *c == '1' || *c == 'x' ? *c == '1' : below(code, 2));
        }
        cpu_decode(code->decoder, word, ret_decoded);
        if (ret_decoded->insn.opcode == opcode && !(ret_decoded->writes >> FP_CODE_POINTER & 1) &&
            (!code->wants || code->wants(opcode, word)))
            return word;
    }
}

static void emit(fp_code_t *code, uint32_t word)
{
    code->words[code->count++] = word;
}

/* The base becomes an address near X28, an index something small. */
static void prepare_access(fp_code_t *code, const cpu_insn_t *insn, uint32_t word)
{
    const char *name = cpu_exec_table[insn->opcode].name;
    unsigned rn = field_register(word, FIELD_N), rm = insn->rm;
    if (strstr(name, "_REG_") && rm != CPU_XZR) {
        if (strstr(name, "_REG_X"))
            emit(code, 0x93402000 | rm << 5 | rm); /* SBFX Xm, Xm, #0, #9 */
        else
            emit(code, (field(word, 13, 3) & 4 ? 0x13002000 : 0x53002000) | rm << 5 | rm);
    }
    if (rn != FP_CODE_POINTER)
        emit(code, 0x91000000 | below(code, 4096) << 10 | FP_CODE_POINTER << 5 | rn);
}

void fp_code_emit(fp_code_t *code, cpu_opcode_t opcode)
{
    cpu_decoded_t decoded;
    uint32_t word;
    bool literal = strstr(cpu_exec_table[opcode].name, "_LITERAL") != NULL;
    bool index = strstr(cpu_exec_table[opcode].name, "_REG_") != NULL;
    do
        word = random_word(code, opcode, &decoded);
    while (index && (decoded.insn.rm == FP_CODE_POINTER || decoded.insn.rm == decoded.insn.rn));
    if (literal) /* the code itself, the words around this one */
        word = (word & ~(0x7ffffu << 5)) | below(code, 4) << 5;
    else if (cpu_exec_table[opcode].kind == CPU_KIND_FP_MEMORY)
        prepare_access(code, &decoded.insn, word);
    emit(code, word);
}
