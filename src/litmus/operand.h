/* Operands of an instruction as they are written. Nobody outside src/litmus includes this. */
#ifndef MESIM_LITMUS_OPERAND_H
#define MESIM_LITMUS_OPERAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LITMUS_ZR = 31, LITMUS_MAX_OPERANDS = 6 };

typedef enum litmus_operand_kind {
    LITMUS_OPERAND_REGISTER,
    LITMUS_OPERAND_IMMEDIATE,
    LITMUS_OPERAND_MEMORY,
    LITMUS_OPERAND_EXTEND, /* LSL #n, SXTW, ... after a register */
    LITMUS_OPERAND_NAME,   /* a condition, a label, SY, CIVAC */
} litmus_operand_kind_t;

typedef enum litmus_addressing {
    LITMUS_OFFSET,
    LITMUS_PRE_INDEX,
    LITMUS_POST_INDEX,
    LITMUS_INDEXED, /* by a register */
} litmus_addressing_t;

typedef struct litmus_extend {
    bool present;
    bool is_shift; /* LSL, LSR, ASR, ROR: 0 to 3 in option; else UXTB to SXTX: 0 to 7 */
    uint8_t option;
    bool has_amount;
    uint8_t amount;
} litmus_extend_t;

typedef struct litmus_operand {
    litmus_operand_kind_t kind;
    const char *text; /* where it is written */
    size_t length;
    bool wide;      /* X or SP; also of the index register of LITMUS_INDEXED */
    bool is_sp;     /* SP or WSP, number 31 */
    uint8_t number; /* of the register; of the base for memory */
    uint8_t index;
    int64_t immediate;
    litmus_addressing_t addressing;
    litmus_extend_t extend;
} litmus_operand_t;

/* Parses operand after operand from [at, end). Returns how many, or -1 with what was expected, and where. */
int litmus_operands_parse(const char *at, const char *end, litmus_operand_t *ret_operands, const char **ret_expected,
                          const char **ret_where);

/* 0 to 15 for EQ to NV, -1: not a condition. */
int litmus_condition_code(const char *text, size_t length);

#endif
