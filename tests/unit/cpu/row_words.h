/* Words of a row of the decode table, for tests that go through the whole table. */
#ifndef MESIM_TESTS_CPU_ROW_WORDS_H
#define MESIM_TESTS_CPU_ROW_WORDS_H

#include "base/random.h"
#include "cpu/isa/isa.h"

/* A word of the row with random fields, ignored bits being what the manual wants in them (should be one). With `fixed`
 * not 0, the bits of `fixed` are those of `value`. False: a thousand tries found none that decodes to the row. */
bool row_word(const cpu_decoder_t *decoder, base_random_t *random, cpu_opcode_t row, uint32_t fixed, uint32_t value,
              uint32_t *ret_word);

#endif
