#include "random_code.h"

#include "base/bits.h"
#include "cpu/isa/fields.h"

#include <string.h>

enum { POINTER = RANDOM_CODE_POINTER };

static uint32_t below(random_code_t *code, uint32_t bound)
{
    return (uint32_t)base_random_below(&code->random, bound);
}

static void emit(random_code_t *code, uint32_t word)
{
    code->words[code->count++] = word;
}

bool random_code_covers(cpu_opcode_t opcode)
{
    cpu_kind_t kind = cpu_exec_table[opcode].kind;
    return kind == CPU_KIND_ALU || kind == CPU_KIND_BRANCH || kind == CPU_KIND_BRANCH_REG || kind == CPU_KIND_MEMORY;
}

/* A word of the row with random fields. Should-be-one bits (x) are one, and those of CFINV and its like zero; ignored
 * bits of logical immediates and of an index (x as well) may be either. */
static uint32_t random_fields(random_code_t *code, cpu_opcode_t opcode)
{
    const cpu_exec_t *row = &cpu_exec_table[opcode];
    bool ignored_is_random = strstr(row->name, "_REG_") != NULL || strstr(row->name, "_IMM_W") != NULL;
    bool ignored_is_zero = opcode >= CPU_OP_CFINV && opcode <= CPU_OP_AXFLAG;
    uint32_t word = 0;
    for (const char *c = row->pattern; *c; c++) {
        if (*c == ' ')
            continue;
        uint32_t bit = below(code, 2);
        if (*c == '0' || *c == '1')
            bit = *c == '1';
        else if (*c == 'x' && !ignored_is_random)
            bit = !ignored_is_zero;
        word = word << 1 | bit;
    }
    return word;
}

/* What the reference gets wrong, or has beyond this core, is not generated:
 * - HINT #0 to #39: instructions of later extensions (pointer authentication).
 * - Narrow LDSMAX, LDSMIN: QEMU 5.0 compares the zero-extended element with the whole of Xs as 64-bit numbers, where
 * the manual compares two elements of the size, signed (C6.2, LDSMAXB). test_atomics.c has them. */
static bool is_wanted(cpu_opcode_t opcode, uint32_t word)
{
    switch (opcode) {
    case CPU_OP_HINT: return field(word, 5, 7) >= 40;
    case CPU_OP_LDSMAX:
    case CPU_OP_LDSMIN: return word >> 30 == 3;
    default: return true;
    }
}

static bool is_ordered_unscaled(cpu_opcode_t opcode)
{
    return opcode >= CPU_OP_STLUR && opcode <= CPU_OP_LDAPURS_W;
}

static uint32_t random_word(random_code_t *code, cpu_opcode_t opcode, cpu_decoded_t *ret_decoded)
{
    for (;;) {
        uint32_t word = random_fields(code, opcode);
        if (is_ordered_unscaled(opcode))
            word &= ~(15u << 12); /* an aligned offset */
        cpu_decode(code->decoder, word, ret_decoded);
        if (ret_decoded->insn.opcode == opcode && !(ret_decoded->writes >> POINTER & 1) && is_wanted(opcode, word))
            return word;
    }
}

/* --- words that prepare --- */

static uint32_t add_imm(unsigned rd, unsigned rn, unsigned imm12)
{
    return 0x91000000 | imm12 << 10 | rn << 5 | rd;
}

static uint32_t adr(unsigned rd, int32_t offset_bytes)
{
    uint32_t offset = (uint32_t)offset_bytes;
    return 0x10000000 | (offset & 3) << 29 | (offset >> 2 & 0x7ffff) << 5 | rd;
}

enum { CLREX = (int)0xd5033f5f };

/* Brings the index into +-256 (or 0 to 511 for UXTW) without making its unused upper half zero. */
static uint32_t bound_index(cpu_opcode_t opcode, uint32_t word)
{
    unsigned rm = field_register(word, FIELD_M), option = field(word, 13, 3);
    bool is_x = strstr(cpu_exec_table[opcode].name, "_REG_X") != NULL;
    if (is_x)
        return 0x93402000 | rm << 5 | rm; /* SBFX Xm, Xm, #0, #9 */
    if (option & 4)
        return 0x13002000 | rm << 5 | rm; /* SBFX Wm, Wm, #0, #9 */
    return 0x9260a000 | rm << 5 | rm;     /* AND Xm, Xm, #0xffffffff000001ff */
}

/* The base becomes an address near X28. */
static void set_base(random_code_t *code, uint32_t word, bool aligned)
{
    unsigned rn = field_register(word, FIELD_N), offset = below(code, 4096);
    if (rn != POINTER)
        emit(code, add_imm(rn, POINTER, aligned ? offset & ~15u : offset));
}

/* The same flaw of the reference in narrow LDUMAX and LDUMIN: Xs must hold no more than the element. */
static bool wants_narrow_operand(cpu_opcode_t opcode, uint32_t word)
{
    return (opcode == CPU_OP_LDUMAX || opcode == CPU_OP_LDUMIN) && word >> 30 < 3;
}

static uint32_t narrow_operand(uint32_t word)
{
    unsigned rs = field_register(word, FIELD_S), top_bit = (8u << (word >> 30)) - 1;
    return 0x53000000 | top_bit << 10 | rs << 5 | rs; /* UBFX Ws, Ws, #0, #size */
}

static bool has_index(cpu_opcode_t opcode)
{
    return strstr(cpu_exec_table[opcode].name, "_REG_") != NULL;
}

static bool is_literal(cpu_opcode_t opcode)
{
    return strstr(cpu_exec_table[opcode].name, "_LITERAL") != NULL;
}

static bool is_prefetch(cpu_opcode_t opcode)
{
    return strncmp(cpu_exec_table[opcode].name, "PRF", 3) == 0;
}

static bool is_store_exclusive(cpu_opcode_t opcode)
{
    return opcode == CPU_OP_STXR || opcode == CPU_OP_STLXR || opcode == CPU_OP_STXP || opcode == CPU_OP_STLXP;
}

/* Exclusive, ordered and atomic encodings: those whose size is a field (or that fix it as pairs do). */
static bool is_aligned(cpu_opcode_t opcode)
{
    cpu_cost_t cost = cpu_exec_table[opcode].cost;
    const char *pattern = cpu_exec_table[opcode].pattern;
    return cost == COST_ATOMIC || pattern[0] == 'z' || strncmp(pattern, "1 z", 3) == 0;
}

/* The load exclusive that goes with a store exclusive: same address and size, other registers. */
static void load_exclusive_for(random_code_t *code, uint32_t store)
{
    unsigned rn = field_register(store, FIELD_N), rt, rt2;
    do {
        rt = below(code, 31);
        rt2 = below(code, 31);
    } while (rt == rn || rt2 == rn || rt == rt2 || rt == POINTER || rt2 == POINTER);
    uint32_t word = store | 1u << 22 | 31u << FIELD_S;
    word = (word & ~(31u << FIELD_T)) | rt << FIELD_T;
    if (word >> 21 & 1)
        word = (word & ~(31u << FIELD_U)) | rt2 << FIELD_U;
    emit(code, word);
}

/* A literal inside the code region. */
static uint32_t with_literal(random_code_t *code, uint32_t word)
{
    int64_t here = (int64_t)(code->region_offset_bytes / 4 + code->count), end = (int64_t)code->region_bytes / 4 - 1;
    int64_t low = here < 1 << 18 ? -here : -(1 << 18), high = end - here < 1 << 18 ? end - here - 1 : (1 << 18) - 1;
    int64_t offset = low + (int64_t)base_random_below(&code->random, (uint64_t)(high - low));
    return (word & ~(0x7ffffu << 5)) | ((uint32_t)offset & 0x7ffff) << 5;
}

static void memory_unit(random_code_t *code, cpu_opcode_t opcode)
{
    cpu_decoded_t decoded;
    uint32_t word;
    bool index = has_index(opcode), narrow;
    do {
        word = random_word(code, opcode, &decoded);
        narrow = wants_narrow_operand(opcode, word);
    } while ((index || narrow) && (decoded.insn.rm == POINTER || decoded.insn.rm == decoded.insn.rn));
    if (is_prefetch(opcode)) {
        emit(code, word);
        return;
    }
    if (is_literal(opcode)) {
        emit(code, with_literal(code, word));
        return;
    }
    if (index && decoded.insn.rm != CPU_XZR)
        emit(code, bound_index(opcode, word));
    if (narrow)
        emit(code, narrow_operand(word));
    set_base(code, word, is_aligned(opcode));
    if (is_store_exclusive(opcode)) {
        if (below(code, 4))
            load_exclusive_for(code, word);
        else
            emit(code, (uint32_t)CLREX);
    }
    emit(code, word);
}

/* --- branches: written without a target, patched when the units are known --- */

static void branch_later(random_code_t *code, unsigned at)
{
    code->branches[code->branch_count] = at;
    code->branch_units[code->branch_count++] = code->units;
}

static void branch_register_unit(random_code_t *code, cpu_opcode_t opcode)
{
    cpu_decoded_t decoded;
    uint32_t word;
    do
        word = random_word(code, opcode, &decoded);
    while (decoded.insn.rn == POINTER || decoded.insn.rn == CPU_XZR);
    branch_later(code, code->count);
    emit(code, adr(field_register(word, FIELD_N), 0));
    emit(code, word);
}

static uint32_t with_target(uint32_t word, cpu_opcode_t opcode, unsigned words)
{
    switch (opcode) {
    case CPU_OP_B:
    case CPU_OP_BL: return (word & ~0x3ffffffu) | words;
    case CPU_OP_TBZ:
    case CPU_OP_TBNZ: return (word & ~(0x3fffu << 5)) | words << 5;
    case CPU_OP_ADR: return adr(field_register(word, FIELD_D), (int32_t)words * 4);
    default: return (word & ~(0x7ffffu << 5)) | words << 5;
    }
}

static void patch_branches(random_code_t *code)
{
    code->unit_starts[code->units] = code->count;
    for (unsigned i = 0; i < code->branch_count; i++) {
        unsigned at = code->branches[i], unit = code->branch_units[i] + 1 + below(code, 3);
        if (unit > code->units)
            unit = code->units;
        cpu_insn_t insn;
        cpu_decode_word(code->decoder, code->words[at], &insn);
        code->words[at] = with_target(code->words[at], insn.opcode, code->unit_starts[unit] - at);
    }
}

static void unit(random_code_t *code, cpu_opcode_t opcode)
{
    cpu_decoded_t decoded;
    switch (cpu_exec_table[opcode].kind) {
    case CPU_KIND_MEMORY: memory_unit(code, opcode); break;
    case CPU_KIND_BRANCH_REG: branch_register_unit(code, opcode); break;
    case CPU_KIND_BRANCH:
        branch_later(code, code->count);
        emit(code, random_word(code, opcode, &decoded));
        break;
    default: emit(code, random_word(code, opcode, &decoded)); break;
    }
}

void random_code_block(random_code_t *code, unsigned units)
{
    code->count = code->units = code->branch_count = 0;
    while (code->units < units) {
        cpu_opcode_t opcode = (cpu_opcode_t)below(code, CPU_OPCODE_COUNT);
        if (!random_code_covers(opcode))
            continue;
        code->unit_starts[code->units] = code->count;
        unit(code, opcode);
        code->units++;
    }
    patch_branches(code);
}
