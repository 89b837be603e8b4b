/* Random FP and SIMD code and operands for differential tests: every row of the kinds FP and FP_MEMORY, with operands
 * that are corner cases of every format and element size. X28 as in random_code.h. */
#ifndef MESIM_TESTS_CPU_FP_CODE_H
#define MESIM_TESTS_CPU_FP_CODE_H

#include "base/random.h"
#include "cpu/isa/isa.h"

enum { FP_CODE_MAX_WORDS = 64, FP_CODE_REACH_BYTES = 72 * 1024, FP_CODE_POINTER = 28 };

typedef struct fp_code {
    base_random_t random;
    const cpu_decoder_t *decoder;
    uint32_t words[FP_CODE_MAX_WORDS];
    unsigned count;
    bool (*wants)(cpu_opcode_t opcode, uint32_t word); /* the words to generate; NULL: all */
} fp_code_t;

bool fp_code_covers(cpu_opcode_t opcode);
/* Appends an instruction of the row and what prepares for it: no more than four words. */
void fp_code_emit(fp_code_t *code, cpu_opcode_t opcode);
/* 64 bits of elements of a random size. */
uint64_t fp_code_operand(base_random_t *random);
/* The FPCR of a mode: every combination of RMode, FZ, FZ16, DN and AHP. */
enum { FP_CODE_MODES = 64 };
uint32_t fp_code_fpcr(unsigned mode);

#endif
