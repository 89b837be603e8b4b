/* The model: the value that each instruction computes, and of each order one test with it and one without. */
#include "axiomatic/axiomatic.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The allowed outcomes of a test; NULL and the error when it is refused. */
static litmus_result_t allowed(const char *text, base_error_t *error, int *ret_status)
{
    litmus_test_t *test = NULL;
    litmus_result_t result = {0};
    bool loops = false;
    cr_assert_eq(litmus_test_parse("t.litmus", text, &test, error), 0, "%s", error->text);
    *ret_status = axiomatic_allowed(test, &(axiomatic_options_t){0}, &result, &loops, error);
    litmus_test_free(test);
    return result;
}

/* Whether the condition of the test holds in some allowed outcome. */
static bool is_allowed(const char *text)
{
    base_error_t error = {0};
    int status;
    litmus_result_t result = allowed(text, &error, &status);
    cr_assert_eq(status, 0, "%s\n%s", error.text, text);
    cr_assert_gt(result.outcome_count, 0, "no outcome at all:\n%s", text);
    bool holds = result.holding > 0;
    litmus_result_done(&result);
    return holds;
}

/* Two threads on x and y; P1 sees y and not x. The gaps hold what stands between the accesses. */
static bool message_passing(const char *store_y, const char *first, const char *load_y, const char *second)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "AArch64 MP\n{ 0:X1=x; 0:X3=y; 1:X1=y; 1:X3=x; 1:X5=z; }\n P0 | P1 ;\n MOV W0,#1 | MOV W9,#7 ;\n"
             " STR W0,[X1] | %s ;\n %s | %s ;\n %s | LDR W2,[X3] ;\nexists (1:X0=1 /\\ 1:X2=0)\n",
             load_y, first, second, store_y);
    return is_allowed(text);
}

/* Each thread stores to one location and loads the other; both loads see 0. */
static bool store_buffering(const char *store, const char *between, const char *load)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "AArch64 SB\n{ 0:X1=x; 0:X3=y; 1:X1=y; 1:X3=x; }\n P0 | P1 ;\n MOV W0,#1 | MOV W0,#1 ;\n %s | %s ;\n"
             " %s | %s ;\n %s | %s ;\nexists (0:X2=0 /\\ 1:X2=0)\n",
             store, store, between, between, load, load);
    return is_allowed(text);
}

Test(axiomatic, instructions_compute_what_the_manual_says)
{
    static const struct {
        const char *code, *condition;
    } cases[] = {
        {"MOV X0,#5 ; SUBS X1,X0,#7 ; CSET W2,MI", "0:X1=-2 /\\ 0:X2=1"},
        {"MOV W0,#-1 ; ADDS W1,W0,#1 ; CSET W2,CS ; CSET W3,EQ", "0:X1=0 /\\ 0:X2=1 /\\ 0:X3=1"},
        {"MOV W0,#0x7f ; SXTB W1,W0 ; MOV W0,#0x80 ; SXTB W2,W0", "0:X1=127 /\\ 0:X2=0xffffff80"},
        {"MOV X0,#0xff00 ; AND X1,X0,#0xf000 ; EOR X2,X0,#0xff ; BIC X3,X0,X1",
         "0:X1=0xf000 /\\ 0:X2=0xffff /\\ 0:X3=0xf00"},
        {"MOVZ X0,#1 ; MOVK X0,#2,LSL #16 ; LSR X1,X0,#4 ; ROR W2,W0,#1 ; ASR X3,X0,#16",
         "0:X0=0x20001 /\\ 0:X1=0x2000 /\\ 0:X2=0x80010000 /\\ 0:X3=2"},
        {"MOV X0,#7 ; MOV X1,#-2 ; MUL X2,X0,X1 ; SDIV X3,X0,X1 ; UDIV X4,X1,X0 ; MSUB X5,X0,X1,X0",
         "0:X2=-14 /\\ 0:X3=-3 /\\ 0:X5=21"},
        {"MOV W0,#3 ; MOV X1,#16 ; ADD X2,X1,W0,SXTW #2 ; SUB X3,X1,X0,LSL #1", "0:X2=28 /\\ 0:X3=10"},
        {"MOV W0,#4 ; TBNZ W0,#2,over ; MOV W0,#9 ; over: CBZ W0,over", "0:X0=4"},
        {"MOV W0,#1 ; CMP W0,#2 ; CSINC W1,W0,W0,GE ; CSINV W2,W0,W0,HI ; CSNEG W3,W0,W0,EQ",
         "0:X1=2 /\\ 0:X2=0xfffffffe /\\ 0:X3=0xffffffff"},
        {"MOV W0,#-3 ; STRH W0,[X9] ; LDRSH X1,[X9] ; LDRH W2,[X9] ; LDRB W3,[X9,#1]",
         "0:X1=-3 /\\ 0:X2=0xfffd /\\ 0:X3=0xff"},
        {"MOV W0,#3 ; LDADD W0,W1,[X9] ; LDSMAX W0,W2,[X9] ; LDCLR W0,W3,[X9] ; LDR W4,[X9]",
         "0:X1=5 /\\ 0:X2=8 /\\ 0:X3=8 /\\ 0:X4=8"},
        {"MOV X0,#3 ; MOV X1,#4 ; STP X0,X1,[X10],#16 ; LDP X2,X3,[X10,#-16]! ; LDR X4,[X10,#8]",
         "0:X2=3 /\\ 0:X3=4 /\\ 0:X4=4"},
        {"MOV W0,#5 ; CAS W0,W1,[X9] ; MOV W2,#5 ; CAS W2,W1,[X9]", "0:X0=5 /\\ 0:X2=0"},
        {"MOV X2,#1 ; MOV X4,#6 ; MOV X5,#7 ; CASP X2,X3,X4,X5,[X10] ; LDR X6,[X10,#8]", "0:X2=0 /\\ 0:X6=0"},
        {"LDXP W0,W1,[X10] ; MOV W2,#8 ; STXP W3,W2,W2,[X10] ; CBNZ W3,out ; LDR X4,[X10] ; out:",
         "0:X3=1 \\/ 0:X4=0x800000008"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[2048], code[1024] = "";
        for (const char *at = cases[i].code; *at; at++) {
            size_t length = strlen(code);
            strcpy(code + length, *at == ';' ? ";\n" : (char[]){*at, 0});
        }
        snprintf(text, sizeof(text),
                 "AArch64 T\n{ int64_t 0:X0; int64_t 0:X1; int64_t 0:X2; int64_t 0:X3; int64_t 0:X4; int64_t 0:X5;\n"
                 "x=5; uint64_t z[2]; 0:X9=x; 0:X10=z; }\n P0 ;\n %s ;\nexists ~(%s)\n",
                 code, cases[i].condition);
        cr_expect_not(is_allowed(text), "%s", text);
    }
}

Test(axiomatic, stores_and_loads_need_order_on_both_sides)
{
    cr_expect(message_passing("STR W0,[X3]", "NOP", "LDR W0,[X1]", "NOP"));
    cr_expect(message_passing("STR W0,[X3]", "DMB SY", "LDR W0,[X1]", "NOP"));
    cr_expect(message_passing("STR W0,[X3]", "NOP", "LDR W0,[X1]", "DMB SY"));
    cr_expect_not(message_passing("STR W0,[X3]", "DMB ST", "LDR W0,[X1]", "DMB LD"));
    cr_expect(message_passing("STR W0,[X3]", "DMB LD", "LDR W0,[X1]", "DMB LD"));
    cr_expect(message_passing("STR W0,[X3]", "DMB ST", "LDR W0,[X1]", "DMB ST"));
    cr_expect_not(message_passing("STLR W0,[X3]", "NOP", "LDAR W0,[X1]", "NOP"));
    cr_expect_not(message_passing("STLR W0,[X3]", "NOP", "LDAPR W0,[X1]", "NOP"));
    cr_expect_not(message_passing("STLUR W0,[X3]", "NOP", "LDAPUR W0,[X1]", "NOP"));
    cr_expect_not(message_passing("STLR W0,[X3]", "NOP", "LDAXR W0,[X1]", "NOP"));
    cr_expect(message_passing("STLR W0,[X3]", "NOP", "LDXR W0,[X1]", "NOP"));
}

Test(axiomatic, atomics_order_by_their_suffixes_and_only_with_a_result)
{
    cr_expect_not(message_passing("SWPL W0,W5,[X3]", "NOP", "LDADDA WZR,W0,[X1]", "NOP"));
    cr_expect(message_passing("SWP W0,W5,[X3]", "NOP", "LDADDA WZR,W0,[X1]", "NOP"));
    cr_expect(message_passing("SWPL W0,W5,[X3]", "NOP", "LDADD WZR,W0,[X1]", "NOP"));
    cr_expect(message_passing("STADD W0,[X3]", "NOP", "LDAR W0,[X1]", "NOP"));
    cr_expect_not(message_passing("STADDL W0,[X3]", "NOP", "LDAR W0,[X1]", "NOP"));
    cr_expect_not(message_passing("STLR W0,[X3]", "NOP", "CASA W0,W9,[X1]", "NOP"), "a CAS that fails acquires");
    cr_expect_not(store_buffering("SWPAL W0,W5,[X1]", "NOP", "LDR W2,[X3]"));
    cr_expect(store_buffering("SWPL W0,W5,[X1]", "NOP", "LDR W2,[X3]"));
    cr_expect(store_buffering("SWPAL W0,WZR,[X1]", "NOP", "LDR W2,[X3]"));
}

Test(axiomatic, a_store_passes_a_later_load_unless_a_full_barrier_or_rcsc_pair_stands_there)
{
    cr_expect(store_buffering("STR W0,[X1]", "NOP", "LDR W2,[X3]"));
    cr_expect(store_buffering("STR W0,[X1]", "DMB LD", "LDR W2,[X3]"));
    cr_expect(store_buffering("STR W0,[X1]", "DMB ST", "LDR W2,[X3]"));
    cr_expect(store_buffering("STR W0,[X1]", "ISB", "LDR W2,[X3]"));
    cr_expect(store_buffering("STR W0,[X1]", "DSB LD", "LDR W2,[X3]"));
    cr_expect_not(store_buffering("STR W0,[X1]", "DSB ST", "LDR W2,[X3]"));
    cr_expect_not(store_buffering("STR W0,[X1]", "DMB ISH", "LDR W2,[X3]"));
    cr_expect_not(store_buffering("STLR W0,[X1]", "NOP", "LDAR W2,[X3]"));
    cr_expect(store_buffering("STLR W0,[X1]", "NOP", "LDAPR W2,[X3]"));
}

Test(axiomatic, dependencies_order_by_address_data_and_control)
{
    const char *store = "STLR W0,[X3]", *load = "LDR W0,[X1]";
    cr_expect_not(message_passing(store, "NOP", load, "EOR X6,X0,X0 ;\n | ADD X3,X3,X6"));
    cr_expect(message_passing(store, "NOP", load, "CBNZ W0,l ;\n | l:"));
    cr_expect_not(message_passing(store, "NOP", load, "CBNZ W0,l ;\n | l: ;\n | ISB"));
    cr_expect(message_passing(store, "NOP", load, "CMP W0,#1 ;\n | CSEL X3,X3,X3,EQ"));
    cr_expect(message_passing(store, "NOP", load, "STR W0,[X5]"));
    cr_expect_not(message_passing(store, "NOP", load,
                                  "STR W0,[X5] ;\n | LDR W6,[X5] ;\n | EOR X6,X6,X6 ;\n"
                                  " | ADD X3,X3,X6"));
}

Test(axiomatic, an_exclusive_pair_lets_no_store_between)
{
    const char *text = "AArch64 A\n{ 0:X1=x; 1:X1=x; }\n P0 | P1 ;\n LDXR W0,[X1] | MOV W0,#2 ;\n"
                       " ADD W2,W0,#1 | STR W0,[X1] ;\n STXR W3,W2,[X1] | ;\nexists (0:X0=0 /\\ 0:X3=0 /\\ x=%d)\n";
    char lost[512], kept[512];
    snprintf(lost, sizeof(lost), text, 1);
    snprintf(kept, sizeof(kept), text, 2);
    cr_expect_not(is_allowed(lost), "the store of 2 came between");
    cr_expect(is_allowed(kept));
}

Test(axiomatic, accesses_of_different_sizes_meet_in_their_bytes)
{
    const char *text = "AArch64 M\n{ uint64_t x=0; uint64_t 1:X0; 0:X1=x; 1:X1=x; }\n P0 | P1 ;\n"
                       " MOV W0,#1 | LDR %s ;\n STR W0,[X1] | ;\n STR W0,[X1,#4] | ;\nexists (1:X0=0x%s)\n";
    char low[512], high[512];
    snprintf(low, sizeof(low), text, "X0,[X1]", "1");
    snprintf(high, sizeof(high), text, "X0,[X1]", "100000000");
    cr_expect(is_allowed(low));
    cr_expect(is_allowed(high));
    cr_expect_not(is_allowed("AArch64 M\n{ uint64_t x=0; uint64_t 1:X0; uint64_t 0:X0=0x100000001; 0:X1=x; 1:X1=x; }\n"
                             " P0 | P1 ;\n STR X0,[X1] | LDR X0,[X1] ;\nexists (1:X0=1)\n"));
    cr_expect(is_allowed("AArch64 M\n{ uint64_t x=0; uint64_t 0:X0=0x100000001; 0:X1=x; 1:X1=x; }\n"
                         " P0 | P1 ;\n STR X0,[X1] | LDP W0,W2,[X1] ;\nexists (1:X0=1 /\\ 1:X2=0)\n"));
}

Test(axiomatic, values_do_not_come_out_of_thin_air)
{
    const char *text = "AArch64 L\n{ 0:X1=x; 0:X3=y; 1:X1=y; 1:X3=x; }\n P0 | P1 ;\n LDR W0,[X1] | LDR W0,[X1] ;\n"
                       " STR W0,[X3] | STR W0,[X3] ;\nforall (0:X0=0 /\\ 1:X0=0)\n";
    base_error_t error = {0};
    int status;
    litmus_result_t result = allowed(text, &error, &status);
    cr_expect_eq(result.failing, 0);
    cr_expect_eq(result.holding, 1);
    litmus_result_done(&result);
}

Test(axiomatic, what_it_does_not_do_is_refused_with_its_place)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"LDR W0,[X1,#2]", "t.litmus:4:2: the checker cannot follow P0: it takes no unaligned access"},
        {"LDR X0,[X1]", "t.litmus:4:2: the checker cannot follow P0: this access may leave its location"},
        {"DC CIVAC,X1", "t.litmus:4:2: the checker cannot follow P0: it does not know this instruction"},
        {"DMB NSH", "t.litmus:4:2: the checker cannot follow P0: it takes no Non-shareable barrier"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        base_error_t error = {0};
        int status;
        snprintf(text, sizeof(text), "AArch64 T\n{ int x=0; 0:X1=x; }\n P0 ;\n %s ;\nexists (x=1)\n", cases[i].line);
        allowed(text, &error, &status);
        cr_expect_eq(status, -EINVAL);
        cr_expect(!strncmp(error.text, cases[i].message, strlen(cases[i].message)), "got '%s'", error.text);
    }
}
