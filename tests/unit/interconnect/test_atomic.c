#include "interconnect/atomic.h"

#include <criterion/criterion.h>
#include <string.h>

static chi_message_t encode(chi_opcode_t opcode, chi_atomic_op_t op, uint64_t physical, unsigned bytes,
                            uint64_t operand, uint64_t expected)
{
    chi_message_t request = {.opcode = (uint8_t)opcode, .atomic_op = (uint8_t)op};
    uint8_t operand_bytes[CHI_ATOMIC_MAX_BYTES] = {0}, expected_bytes[CHI_ATOMIC_MAX_BYTES] = {0};
    memcpy(operand_bytes, &operand, sizeof operand);
    memcpy(expected_bytes, &expected, sizeof expected);
    chi_atomic_encode(&request, physical, bytes, operand_bytes, expected_bytes);
    return request;
}

Test(chi_atomic, request_names_line_bytes_and_size)
{
    chi_message_t request = encode(CHI_ATOMIC_LOAD, CHI_OP_ADD, 0x40000038, 8, 1, 0);
    cr_expect_eq(request.address, 0x40000000);
    cr_expect_eq(request.operand, UINT64_C(0xff) << 56);
    cr_expect_eq(request.size_bytes, 8);
    cr_expect_eq(request.data[56], 1);
}

Test(chi_atomic, compare_carries_the_new_value_in_the_other_half_of_its_window)
{
    for (unsigned bytes = 1; bytes <= CHI_ATOMIC_MAX_BYTES; bytes *= 2) {
        for (unsigned at = 0; at < CHI_LINE_BYTES; at += bytes) {
            chi_message_t request = encode(CHI_ATOMIC_COMPARE, 0, 0x40000000 + at, bytes, 0x77, 0x55);
            cr_expect_eq(request.size_bytes, 2 * bytes);
            cr_expect_eq(request.data[at], 0x55);
            cr_expect_eq(request.data[at ^ bytes], 0x77);
        }
    }
}

Test(chi_atomic, every_operation_touches_its_bytes_alone_at_every_place_and_size)
{
    for (unsigned bytes = 1; bytes <= 8; bytes *= 2) {
        for (unsigned at = 0; at < CHI_LINE_BYTES; at += bytes) {
            for (chi_atomic_op_t op = CHI_OP_ADD; op < CHI_OP_SWP; op++) {
                uint8_t line[CHI_LINE_BYTES], wanted[CHI_LINE_BYTES];
                memset(line, 0x9c, sizeof line);
                memcpy(wanted, line, sizeof line);
                uint64_t value =
                    chi_atomic_apply(op, UINT64_C(0x9c9c9c9c9c9c9c9c), UINT64_C(0x8123456789abcdf7), bytes);
                memcpy(wanted + at, &value, bytes);
                chi_message_t request =
                    encode(CHI_ATOMIC_STORE, op, 0x40000000 + at, bytes, UINT64_C(0x8123456789abcdf7), 0);
                cr_expect(chi_atomic_perform(&request, line));
                cr_expect_arr_eq(line, wanted, sizeof line, "operation %u of %u bytes at %u", op, bytes, at);
            }
        }
    }
}

Test(chi_atomic, swap_stores_its_operand_whatever_the_operation_field_says)
{
    uint8_t line[CHI_LINE_BYTES] = {1, 2, 3, 4};
    chi_message_t request = encode(CHI_ATOMIC_SWAP, CHI_OP_ADD, 0x40000002, 2, 0xbbaa, 0);
    cr_expect(chi_atomic_perform(&request, line));
    cr_expect_arr_eq(line, ((uint8_t[]){1, 2, 0xaa, 0xbb}), 4);
}

Test(chi_atomic, compare_of_16_bytes_stores_all_or_nothing)
{
    uint8_t line[CHI_LINE_BYTES] = {0};
    line[16] = 5;
    chi_message_t request = encode(CHI_ATOMIC_COMPARE, 0, 0x40000010, 16, 9, 5);
    line[31] = 1;
    cr_expect_not(chi_atomic_perform(&request, line), "the last byte differs");
    cr_expect_eq(line[16], 5);
    line[31] = 0;
    cr_expect(chi_atomic_perform(&request, line));
    cr_expect_eq(line[16], 9);
}
