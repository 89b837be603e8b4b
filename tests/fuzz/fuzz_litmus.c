/* The litmus parser, and the assembler of the instructions that it accepts. */
#include "fuzz.h"
#include "litmus/assemble.h"
#include "litmus/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *text = g_strndup((const char *)data, bytes);
    litmus_test_t *test;
    base_error_t error = {""};
    int result = litmus_test_parse("input.litmus", text, &test, &error);
    fuzz_expect_line(result, &error);
    g_free(text);
    if (result < 0)
        return 0;
    uint32_t *words = g_new(uint32_t, test->line_count + 1);
    for (unsigned thread = 0; thread < test->thread_count; thread++) {
        base_error_t at = {""};
        fuzz_expect_line(litmus_assemble_thread(test, thread, words, test->line_count + 1, &at), &at);
    }
    g_free(words);
    litmus_test_free(test);
    return 0;
}
