/* What an encoding function of the assembler is given. Nobody outside src/litmus includes this. */
#ifndef MESIM_LITMUS_ENCODE_H
#define MESIM_LITMUS_ENCODE_H

#include "base/error.h"
#include "litmus/operand.h"

/* How operands are made equal before the form sees them, and which suffixes a mnemonic takes. */
enum {
    LITMUS_ROW_ZR_FIRST = 1,  /* the zero register stands before the operands: CMP is SUBS to XZR */
    LITMUS_ROW_ZR_SECOND = 2, /* after the first: NEG, MVN */
    LITMUS_ROW_SIZES = 4,     /* B, H; without, the register's width says the size in bits 31:30 */
    LITMUS_ROW_ORDERS = 8,    /* A, L, AL */
    LITMUS_ROW_RELEASES = 16, /* L */
};

typedef struct litmus_insn litmus_insn_t;

/* Fills insn->word. False: insn->expected says what was, insn->where at which operand. */
typedef bool litmus_form_t(litmus_insn_t *insn);

/* A row of the table. */
typedef struct litmus_mnemonic {
    const char *name;
    litmus_form_t *form;
    uint32_t word; /* fixed bits */
    unsigned flags;
    uint32_t acquire, release; /* bits that the suffixes A and L set */
} litmus_mnemonic_t;

struct litmus_insn {
    const litmus_mnemonic_t *row;
    uint32_t base; /* fixed bits, with those of the suffixes */
    int size;      /* log2 of bytes by suffix B or H; -1: by register */
    int condition; /* of B.cond */
    litmus_operand_t operands[LITMUS_MAX_OPERANDS + 1];
    int count;
    /* The distance to a label in instructions; false when there is none of that name. */
    bool (*find_label)(const void *context, const litmus_operand_t *name, int64_t *ret_words);
    const void *context;
    uint32_t word;
    const char *expected;
    int where;
};

/* The rows of litmus/mnemonics.def. */
extern const litmus_mnemonic_t litmus_mnemonics[];

bool litmus_encode_expected(litmus_insn_t *insn, int operand, const char *what);
/* Operand i is a register and no SP; its width is not looked at. */
bool litmus_encode_register(litmus_insn_t *insn, int operand);
bool litmus_encode_end(litmus_insn_t *insn, int count);
/* The fields N:immr:imms of a logical immediate (Arm ARM, DecodeBitMasks); false: it has none. */
bool litmus_encode_bitmask(uint64_t value, bool wide, uint32_t *ret_fields);

/* The forms: encode_data.c, encode_memory.c, encode_control.c. */
litmus_form_t litmus_form_add_sub, litmus_form_logical, litmus_form_mov, litmus_form_mov_wide, litmus_form_csel,
    litmus_form_cset, litmus_form_cinc, litmus_form_shift, litmus_form_extend, litmus_form_three, litmus_form_madd;
litmus_form_t litmus_form_load_store, litmus_form_pair, litmus_form_base_only, litmus_form_unscaled,
    litmus_form_store_exclusive, litmus_form_load_pair_exclusive, litmus_form_store_pair_exclusive, litmus_form_swap,
    litmus_form_store_op, litmus_form_cas_pair, litmus_form_prefetch;
litmus_form_t litmus_form_none, litmus_form_barrier, litmus_form_isb, litmus_form_branch, litmus_form_branch_condition,
    litmus_form_compare_branch, litmus_form_test_branch, litmus_form_cache;

#endif
