#include "interconnect/chi.h"
#include "interconnect/send.h"
#include "recorder.h"

#include <criterion/criterion.h>

Test(chi, every_opcode_has_its_name_from_the_specification)
{
    cr_expect_str_eq(chi_opcode_name(CHI_READ_SHARED), "ReadShared");
    cr_expect_str_eq(chi_opcode_name(CHI_SNP_DVM_RESP), "SnpDVMResp");
    for (chi_opcode_t i = 0; i < CHI_OPCODE_COUNT; i++)
        cr_expect(*chi_opcode_name(i), "opcode %u", i);
    cr_expect_str_eq(chi_opcode_name(CHI_OPCODE_COUNT), "?");
}

Test(chi, a_line_occupies_a_link_for_four_beats_and_anything_else_for_one)
{
    static const struct {
        chi_opcode_t opcode;
        uint8_t size_bytes;
        uint64_t beats;
    } cases[] = {{CHI_READ_SHARED, 64, 1},   {CHI_COMP_DATA, 64, 4},      {CHI_COMP, 64, 1},
                 {CHI_WRITE_NO_SNOOP, 8, 1}, {CHI_WRITE_NO_SNOOP, 17, 2}, {CHI_WRITE_BACK, 64, 4},
                 {CHI_SNP_RESP_DATA, 64, 4}, {CHI_SNP_RESP, 64, 1},       {CHI_WRITE_NO_SNOOP, 0, 1}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        engine_t *engine = engine_new();
        recorder_t from, to;
        recorder_init(&from, engine, "from");
        recorder_init(&to, engine, "to");
        from.out = engine_link_new(engine, "link", from.component, to.component, 1000, 10);
        chi_message_t message = {.opcode = (uint8_t)cases[i].opcode, .size_bytes = cases[i].size_bytes};
        memset(message.data, 0xa5, sizeof message.data);
        recorder_send(&from, 0, &message);
        engine_run(engine, UINT64_MAX);
        cr_assert_eq(to.received, 1);
        cr_expect_eq(to.arrival_ps[0], 1000 + 10 * (cases[i].beats - 1), "case %u", i);
        cr_expect_eq(engine_link_busy_ps(from.out), 10 * cases[i].beats);
        cr_expect_eq(to.messages[0].opcode, cases[i].opcode);
        if (chi_has_data(cases[i].opcode))
            cr_expect_eq(to.messages[0].data[63], 0xa5);
        engine_free(engine);
    }
}
