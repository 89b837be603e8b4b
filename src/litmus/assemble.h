/* A small assembler for A64: the instructions that litmus tests use, general registers only.
 *
 * Syntax as the Arm manual and GNU as have it, in upper or lower case, with or without # before immediates. The rows
 * are in litmus/mnemonics.def. Source of the encodings: Arm ARM C4 and C6. */
#ifndef MESIM_LITMUS_ASSEMBLE_H
#define MESIM_LITMUS_ASSEMBLE_H

#include "litmus/test.h"

#include <stdint.h>

/* The words of one thread, at most `capacity`, as many as it has lines. -EINVAL with "file:line:column: ..." for what
 * is no instruction, or none that is in the table. */
int litmus_assemble_thread(const litmus_test_t *test, unsigned thread, uint32_t *ret_words, unsigned capacity,
                           base_error_t *error);

/* One instruction on its own; branches take an offset, as in "B #8". The message has no place. */
int litmus_assemble_text(const char *text, uint32_t *ret_word, base_error_t *error);

#endif
