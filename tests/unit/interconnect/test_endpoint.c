/* The device's side of an access: where data sits in the line, and what an answer repeats. */
#include "interconnect/endpoint.h"

#include <criterion/criterion.h>

Test(chi_endpoint, takes_the_value_from_its_place_in_the_line)
{
    chi_message_t write = {.opcode = CHI_WRITE_NO_SNOOP, .size_bytes = 4, .address = 0x0900003c};
    for (unsigned i = 0; i < CHI_LINE_BYTES; i++)
        write.data[i] = (uint8_t)i;
    cr_assert_eq(chi_endpoint_value(&write), 0x3f3e3d3c);
    write.address = 0x09000000;
    write.size_bytes = 8;
    cr_assert_eq(chi_endpoint_value(&write), UINT64_C(0x0706050403020100));
}

Test(chi_endpoint, answers_a_read_with_the_value_at_its_place)
{
    const chi_message_t read = {.opcode = CHI_READ_NO_SNOOP, .size_bytes = 2, .address = 0x09000012, .transaction = 9};
    chi_message_t answer = chi_endpoint_answer(&read, 0xabcd);
    cr_assert_eq(answer.opcode, CHI_COMP_DATA);
    cr_assert_eq(answer.transaction, 9);
    for (unsigned i = 0; i < CHI_LINE_BYTES; i++)
        cr_assert_eq(answer.data[i], i == 0x12 ? 0xcd : i == 0x13 ? 0xab : 0);
}

Test(chi_endpoint, calls_naturally_aligned_powers_of_two_up_to_8_scalar)
{
    for (unsigned size = 0; size <= 64; size++)
        for (unsigned offset = 0; offset < 16; offset++) {
            const chi_message_t request = {.size_bytes = (uint8_t)size, .address = offset};
            bool expected = (size == 1 || size == 2 || size == 4 || size == 8) && offset % size == 0;
            cr_assert_eq(chi_endpoint_scalar(&request), expected, "%u bytes at %u", size, offset);
        }
}
