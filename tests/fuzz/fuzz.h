/* A fuzz target: one function that takes any bytes and must return. libFuzzer calls it (./dev fuzz), and so does
 * replay.c with the files of tests/fuzz/inputs/TARGET, as a test under the usual compiler. */
#ifndef MESIM_TESTS_FUZZ_FUZZ_H
#define MESIM_TESTS_FUZZ_FUZZ_H

#include "base/error.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* 0: the input is worth keeping; -1: it is not. Named by libFuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* What must hold whatever the input was. Both runners take an abort for a finding. */
static inline void fuzz_expect(int holds)
{
    if (!holds)
        abort();
}

/* A failure says so in one line; a success says nothing. */
static inline void fuzz_expect_line(int result, const base_error_t *error)
{
    fuzz_expect(result <= 0);
    fuzz_expect(result == 0 || (*error->text && !strchr(error->text, '\n')));
}

#endif
