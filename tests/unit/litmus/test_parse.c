/* The parser: what it takes, and where it says that something is wrong. */
#include "litmus/runner.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static litmus_test_t *parse(const char *text)
{
    litmus_test_t *test = NULL;
    base_error_t error = {0};
    cr_assert_eq(litmus_test_parse("t.litmus", text, &test, &error), 0, "%s", error.text);
    return test;
}

static void expect_refused(const char *text, const char *message)
{
    litmus_test_t *test = NULL;
    base_error_t error = {0};
    cr_expect_lt(litmus_test_parse("t.litmus", text, &test, &error), 0, "taken: %s", text);
    cr_expect(strstr(error.text, message), "got '%s', wanted '%s'", error.text, message);
}

Test(litmus_parse, types_arrays_and_addresses_of_the_initial_state)
{
    litmus_test_t *test =
        parse("AArch64 T\n\"doc {\"\nHash=abc\n{ uint64_t x[2]={1,0x10}; y=-2; int *p=&y; uint8_t z=255;\n"
              "0:X1=x; uint64_t 0:X2=3; 1: X3 = p; }\n P0 | P1 ;\n NOP | (* none *) ;\nexists (x[1]=16)\n");
    cr_expect_str_eq(test->hash, "abc");
    cr_expect_str_eq(test->name, "T");
    cr_expect_eq(test->location_count, 4);
    cr_expect_eq(test->cell_count, 5);
    cr_expect_eq(test->cells[1].number, 16);
    cr_expect_eq((int64_t)test->cells[2].number, -2);
    cr_expect_eq(test->cells[3].location, 1);
    cr_expect_eq(test->locations[2].type.size_bytes, 8);
    cr_expect_eq(test->threads[0].types[2].size_bytes, 8);
    cr_expect_eq(test->threads[1].initial[3].location, 2);
    cr_expect_eq(test->threads[0].lines, 1);
    cr_expect_eq(test->threads[1].lines, 0);
    litmus_test_free(test);
}

Test(litmus_parse, conditions_bind_and_before_or_before_implication)
{
    litmus_test_t *test = parse("AArch64 T\n{}\n P0 ;\n NOP ;\nlocations [0:X9; z;]\nfilter 0:X1=0\n"
                                "~exists 0:X1=1 \\/ 0:X2=1 /\\ ~(y=1) => [y]=2\n");
    cr_assert_eq(test->observed_count, 5); /* 0:X1 0:X2 0:X9 z y */
    cr_expect_eq(test->quantifier, LITMUS_NOT_EXISTS);
    cr_expect_geq(test->filter, 0);
    const uint64_t left_false[] = {0, 1, 0, 0, 1}, left_true[] = {0, 1, 0, 0, 0}, both[] = {1, 0, 0, 0, 2};
    cr_expect(litmus_holds(test, test->condition, left_false));
    cr_expect_not(litmus_holds(test, test->condition, left_true));
    cr_expect(litmus_holds(test, test->condition, both));
    litmus_test_free(test);
}

Test(litmus_parse, values_compare_as_their_types)
{
    litmus_test_t *test = parse(
        "AArch64 T\n{ uint64_t 0:X1; 0:X3=x; }\n P0 ;\n NOP ;\nexists (0:X0=-1 /\\ 0:X1=0xffffffff /\\ 0:X3=x)\n");
    uint64_t x = litmus_value_raw(test, (litmus_value_t){.location = 0});
    const uint64_t raw[] = {0xffffffff, 0xffffffff, x};
    uint64_t values[3];
    for (unsigned i = 0; i < 3; i++)
        values[i] = litmus_normalise(test, litmus_observable_type(test, &test->observed[i]), raw[i]);
    cr_expect_eq((int64_t)values[0], -1);
    cr_expect_eq(values[1], 0xffffffff);
    cr_expect(litmus_holds(test, test->condition, values));
    litmus_test_free(test);
}

Test(litmus_parse, errors_name_the_place_and_what_was_expected)
{
    expect_refused("X86 T\n", "t.litmus:1:1: expected AArch64");
    expect_refused("AArch64 T\n{ 0:Q1=x; }\n", "t.litmus:2:5: expected a register X0 to X30");
    expect_refused("AArch64 T\n{ x=1 y=2; }\n", "t.litmus:2:7: expected ';' or '}'");
    expect_refused("AArch64 T\n{}\n P0 | P2 ;\n", "t.litmus:3:7: expected P1");
    expect_refused("AArch64 T\n{}\n P0 | P1 ;\n NOP ;\nexists (x=1)",
                   "t.litmus:4:6: expected '|' after the column of P0");
    expect_refused("AArch64 T\n{}\n P0 ;\n NOP ;\nexists (x=1",
                   "expected '/\\', '\\/' or ')', found the end of the file");
    expect_refused("AArch64 T\n{}\n P0 ;\n NOP ;\nexists (1:X0=1)", "t.litmus:5:9: expected a thread below 1");
    expect_refused("AArch64 T\n{}\n P0 ;\n L: NOP ;\n L: NOP ;\nexists (x=1)", "t.litmus:5:2: expected a new label");
    expect_refused("AArch64 T\n{}\n P0 ;\n NOP ;\n", "expected locations, filter, exists");
    expect_refused("AArch64 T\n(* never\n{}", "t.litmus:2:1: expected '*)'");
    expect_refused("AArch64 T\n{ int p=&x; }\n P0 ;\n NOP ;\nexists (x=1)", "expected a type of 64 bits");
    expect_refused("", "t.litmus:1:1: expected AArch64");
}
