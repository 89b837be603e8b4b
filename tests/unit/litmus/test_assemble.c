/* The assembler against GNU as for AArch64, and its refusals. */
#include "litmus/assemble.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

static const char *const instructions[] = {
    "ADD W2,W22,#1",
    "ADD X0,X1,#4096",
    "ADD X0,X0,W4,SXTW",
    "ADD SP,X1,#16",
    "ADDS W1,W2,W3,LSR #3",
    "SUB X1,X2,X3,LSL #63",
    "SUBS X1,X2,#4095",
    "ADD X1,X2,#-8",
    "CMP W0,#1",
    "CMP W4,W0",
    "CMN X3,X4",
    "NEG W1,W2",
    "AND W10,W5,#2",
    "AND X4,X4,#0xff",
    "ORR W10,W5,#1",
    "ORR X1,X2,#0xaaaaaaaaaaaaaaaa",
    "EOR W8,W7,W7",
    "EOR X1,X2,#0xfffffffffffffffe",
    "BIC X1,X2,X3,ROR #7",
    "EON W1,W2,W3",
    "ORN X1,X2,X3",
    "TST W1,#0x80000000",
    "MVN X1,X2",
    "ANDS X1,X2,X3,ASR #4",
    "MOV W0,#1",
    "MOV X0,#-1",
    "MOV W0,#0xffff0000",
    "MOV X9,#0x123400000000",
    "MOV W5,W0",
    "MOV X1,SP",
    "MOV X2,#0x5555555555555555",
    "MOV W3,WZR",
    "MOVZ X1,#5,LSL #32",
    "MOVN W1,#7",
    "MOVK X1,#0xffff,LSL #48",
    "CSEL W2,WZR,W5,NE",
    "CSINC X1,X2,X3,GE",
    "CSNEG W1,W2,W3,LO",
    "CSET W1,EQ",
    "CSETM X1,NE",
    "CINC W1,W2,GT",
    "LSL W1,W2,#3",
    "LSR X1,X2,#63",
    "ASR W1,W2,#31",
    "ROR X1,X2,#9",
    "LSL X1,X2,X3",
    "SXTW X1,W2",
    "UXTB W1,W2",
    "SXTH X1,W2",
    "MUL X1,X2,X3",
    "MADD W1,W2,W3,W4",
    "MSUB X1,X2,X3,X4",
    "UDIV W1,W2,W3",
    "SDIV X1,X2,X3",
    "LDR W0,[X1]",
    "LDR X0,[SP,#32760]",
    "LDR W4,[X3,W0,SXTW]",
    "LDR X4,[X3,X0]",
    "LDR X4,[X3,X0,LSL #3]",
    "LDR W1,[X2,W3,UXTW #2]",
    "LDR W1,[X2,#-4]",
    "LDR W1,[X2],#4",
    "LDR X1,[X2,#-256]!",
    "LDR W1,[X2,#3]",
    "STR W2,[X3],#4",
    "STR W5,[X0,W4,SXTW]",
    "STRB W1,[X2,#4095]",
    "STRH W1,[X2,#2]",
    "LDRB W1,[X2,X3]",
    "LDRH W1,[X2,X3,LSL #1]",
    "LDRSB W1,[X2]",
    "LDRSB X1,[X2]",
    "LDRSH X1,[X2,#6]",
    "LDRSW X1,[X2,#8]",
    "LDUR W1,[X2,#5]",
    "STURH W1,[X2,#-1]",
    "LDP W1,W2,[X3]",
    "STP X1,X2,[X3,#-512]!",
    "LDP X1,X2,[X3],#504",
    "LDPSW X1,X2,[X3,#8]",
    "LDAR W0,[X1]",
    "LDAR X0,[X1]",
    "LDARB W0,[X1]",
    "LDARH W0,[X1]",
    "STLR W2,[X3]",
    "STLRB W2,[X3]",
    "LDAPR W2,[X3]",
    "LDAPR X2,[X3]",
    "LDAPRH W2,[X3]",
    "LDAPUR W1,[X2,#-3]",
    "STLUR X1,[X2,#8]",
    "LDXR W1,[X2]",
    "LDXRB W1,[X2]",
    "LDAXR X1,[X2]",
    "STXR W0,W1,[X2]",
    "STLXR W0,X1,[X2]",
    "STXRH W0,W1,[X2]",
    "LDXP W1,W2,[X3]",
    "LDAXP X1,X2,[X3]",
    "STXP W0,X1,X2,[X3]",
    "STLXP W0,W1,W2,[X3]",
    "CAS W1,W2,[X3]",
    "CASA WZR,W4,[X3]",
    "CASL X1,X2,[X3]",
    "CASAL W1,W2,[X3]",
    "CASB W1,W2,[X3]",
    "CASALH W1,W2,[X3]",
    "CASP X0,X1,X2,X3,[X4]",
    "CASPAL W0,W1,W2,W3,[X4]",
    "SWP W4,W5,[X3]",
    "SWPA W4,WZR,[X3]",
    "SWPAL X1,X2,[SP]",
    "SWPLB W1,W2,[X3]",
    "LDADD W4,WZR,[X3]",
    "LDADDAL X1,X2,[X3]",
    "LDCLRA W1,W2,[X3]",
    "LDEORL X1,X2,[X3]",
    "LDSETB W1,W2,[X3]",
    "LDSMAX X1,X2,[X3]",
    "LDSMINAH W1,W2,[X3]",
    "LDUMAX W1,W2,[X3]",
    "LDUMINAL X1,X2,[X3]",
    "STADD W10,[X3]",
    "STADDL X1,[X3]",
    "STCLRB W1,[X3]",
    "STSETLH W1,[X3]",
    "STEOR W1,[X2]",
    "STUMAX X1,[X2]",
    "DMB SY",
    "DMB LD",
    "DMB ST",
    "DMB ISH",
    "DMB ISHLD",
    "DMB ISHST",
    "DMB OSH",
    "DMB NSH",
    "DSB SY",
    "DSB ISH",
    "ISB",
    "ISB SY",
    "NOP",
    "CLREX",
    "SEV",
    "DC CIVAC,X3",
    "DC CVAU,X1",
    "DC ZVA,X2",
    "IC IVAU,X1",
    "PRFM PLDL1KEEP,[X1]",
    "PRFM PSTL2STRM,[X3]",
};

/* GNU as's words for the instructions; to be freed. */
static uint32_t *words_of_gnu_as(size_t *ret_count)
{
    GError *error = NULL;
    GString *source = g_string_new(".arch armv8.4-a\n");
    int status = 0;
    char *bytes = NULL;
    gsize size = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(instructions); i++)
        g_string_append_printf(source, "%s\n", instructions[i]);
    cr_assert(g_file_set_contents("litmus-words.s", source->str, -1, &error));
    g_string_free(source, TRUE);
    cr_assert(
        g_spawn_command_line_sync("aarch64-linux-gnu-as -o litmus-words.o litmus-words.s", NULL, NULL, &status, NULL));
    cr_assert_eq(status, 0, "GNU as refuses a line");
    cr_assert(g_spawn_command_line_sync("aarch64-linux-gnu-objcopy -O binary -j .text litmus-words.o litmus-words.bin",
                                        NULL, NULL, &status, NULL));
    cr_assert_eq(status, 0);
    cr_assert(g_file_get_contents("litmus-words.bin", &bytes, &size, &error));
    *ret_count = size / 4;
    return (uint32_t *)(void *)bytes;
}

Test(litmus_assemble, agrees_with_gnu_as_on_every_form)
{
    size_t count = 0;
    uint32_t *words = words_of_gnu_as(&count);
    cr_assert_eq(count, G_N_ELEMENTS(instructions));
    for (size_t i = 0; i < count; i++) {
        base_error_t error = {0};
        uint32_t word = 0;
        cr_expect_eq(litmus_assemble_text(instructions[i], &word, &error), 0, "%s: %s", instructions[i], error.text);
        cr_expect_eq(word, words[i], "%s: %08x, GNU as has %08x", instructions[i], word, words[i]);
    }
    g_free(words);
}

Test(litmus_assemble, refuses_what_is_no_instruction)
{
    static const char *const refused[] = {
        "FROB X1",
        "LDR",
        "LDR W0",
        "LDR W0,[W1]",
        "LDR W0,[X1,#32768]",
        "ADD W0,X1,#1",
        "MOV W0,#0x12345678",
        "CAS W1,X2,[X3]",
        "CASP X1,X2,X4,X5,[X6]",
        "STXR W1,W1,[X2]",
        "DMB FOO",
        "CSEL W0,W1,W2",
        "LDAR W0,[X1,#4]",
        "AND W0,W1,#0x5a5",
        "MOV W0,#1,",
        "LDRB X0,[X1]",
        "B over",
        "STR W0,[X1] junk",
        "MOV X31,#1",
        "DC CIVAC,W1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        base_error_t error = {0};
        uint32_t word = 0;
        cr_expect_lt(litmus_assemble_text(refused[i], &word, &error), 0, "'%s' was taken as %08x", refused[i], word);
        cr_expect(strstr(error.text, "expected"), "%s: %s", refused[i], error.text);
    }
}

Test(litmus_assemble, branches_reach_labels_forward_and_backward)
{
    static const char text[] =
        "AArch64 T\n{}\n P0 ;\n L: NOP ;\n CBNZ W0,L ;\n B.EQ M ;\n B L ;\n M: TBZ X1,#40,L ;\nforall true\n";
    litmus_test_t *test;
    base_error_t error = {0};
    uint32_t words[8];
    cr_assert_eq(litmus_test_parse("t", text, &test, &error), 0, "%s", error.text);
    cr_assert_eq(litmus_assemble_thread(test, 0, words, 8, &error), 0, "%s", error.text);
    cr_expect_eq(words[1], 0x35ffffe0); /* -4 */
    cr_expect_eq(words[2], 0x54000040); /* +8 */
    cr_expect_eq(words[3], 0x17fffffd); /* -12 */
    cr_expect_eq(words[4], 0xb647ff81); /* -16 */
    litmus_test_free(test);
}
