/* Bit fields at the edges of 64 bits, where a shift by 64 would be undefined. */
#include "base/bits.h"

#include <criterion/criterion.h>

Test(bits_mask, covers_no_bit_to_all_bits)
{
    cr_assert_eq(bits_mask(0), 0);
    cr_assert_eq(bits_mask(1), 1);
    cr_assert_eq(bits_mask(63), UINT64_C(0x7fffffffffffffff));
    cr_assert_eq(bits_mask(64), UINT64_MAX);
}

Test(bits_get, reads_fields_at_both_ends_of_the_word)
{
    uint64_t value = UINT64_C(0xf123456789abcde5);
    cr_assert_eq(bits_get(value, 0, 4), 0x5);
    cr_assert_eq(bits_get(value, 60, 4), 0xf);
    cr_assert_eq(bits_get(value, 8, 16), 0xabcd);
    cr_assert_eq(bits_get(value, 0, 64), value);
}

Test(bits_set, replaces_the_field_and_nothing_else)
{
    cr_assert_eq(bits_set(UINT64_MAX, 8, 8, 0), UINT64_C(0xffffffffffff00ff));
    cr_assert_eq(bits_set(0, 60, 4, 0xa), UINT64_C(0xa000000000000000));
    cr_assert_eq(bits_set(0x1234, 0, 64, UINT64_MAX), UINT64_MAX);
}

Test(bits_set, drops_field_bits_beyond_the_width)
{
    cr_assert_eq(bits_set(0, 4, 4, 0x1f), 0xf0);
}

Test(bits_set, is_undone_by_bits_get_at_every_position)
{
    for (unsigned lsb = 0; lsb < 64; lsb++) {
        for (unsigned width = 1; width <= 64 - lsb; width++) {
            uint64_t field = UINT64_C(0xa5c3960ff0693c5a) & bits_mask(width);
            uint64_t word = bits_set(UINT64_C(0x0123456789abcdef), lsb, width, field);
            cr_assert_eq(bits_get(word, lsb, width), field, "field <%u:%u>", lsb + width - 1, lsb);
        }
    }
}

Test(bit_get, tells_the_top_bit_from_its_neighbour)
{
    cr_assert(bit_get(UINT64_C(1) << 63, 63));
    cr_assert_not(bit_get(UINT64_C(1) << 63, 62));
}

Test(bits_sign_extend, keeps_positive_and_extends_negative)
{
    cr_assert_eq(bits_sign_extend(0x7f, 8), 127);
    cr_assert_eq(bits_sign_extend(0x80, 8), -128);
    cr_assert_eq(bits_sign_extend(1, 1), -1);
    cr_assert_eq(bits_sign_extend(UINT64_C(1) << 63, 64), INT64_MIN);
}

Test(bits_sign_extend, ignores_bits_above_the_width)
{
    cr_assert_eq(bits_sign_extend(0xff01, 8), 1);
}

Test(bits_rotate_right, moves_low_bits_to_the_top_of_the_width)
{
    cr_assert_eq(bits_rotate_right(0x1, 1, 2), 0x2);
    cr_assert_eq(bits_rotate_right(0x0f, 4, 8), 0xf0);
    cr_assert_eq(bits_rotate_right(1, 1, 64), UINT64_C(1) << 63);
    cr_assert_eq(bits_rotate_right(1, 63, 64), 2);
}

Test(bits_rotate_right, by_nothing_only_masks_to_the_width)
{
    cr_assert_eq(bits_rotate_right(0x123, 0, 8), 0x23);
    cr_assert_eq(bits_rotate_right(UINT64_MAX, 0, 64), UINT64_MAX);
}

Test(bits_is_power_of_two, rejects_zero_and_accepts_every_single_bit)
{
    cr_assert_not(bits_is_power_of_two(0));
    cr_assert_not(bits_is_power_of_two(3));
    cr_assert_not(bits_is_power_of_two(UINT64_MAX));
    for (unsigned bit = 0; bit < 64; bit++)
        cr_assert(bits_is_power_of_two(UINT64_C(1) << bit));
}

Test(bits_log2, names_the_only_bit_of_each_power)
{
    for (unsigned bit = 0; bit < 64; bit++)
        cr_assert_eq(bits_log2(UINT64_C(1) << bit), bit);
}
