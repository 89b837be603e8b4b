#include "row_words.h"

enum { TRIES = 1000 };

bool row_word(const cpu_decoder_t *decoder, base_random_t *random, cpu_opcode_t row, uint32_t fixed, uint32_t value,
              uint32_t *ret_word)
{
    const char *pattern = cpu_exec_table[row].pattern;
    for (unsigned i = 0; i < TRIES; i++) {
        uint32_t word = 0;
        for (const char *c = pattern; *c; c++)
            if (*c != ' ')
                word = word << 1 |
                       (*c == '0' || *c == '1' || *c == 'x' ? *c != '0' : (uint32_t)base_random_below(random, 2));
        word = (word & ~fixed) | (value & fixed);
        cpu_insn_t insn;
        cpu_decode_word(decoder, word, &insn);
        if (insn.opcode == row) {
            *ret_word = word;
            return true;
        }
    }
    return false;
}
