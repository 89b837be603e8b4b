#include "interconnect/address_map.h"

#include <criterion/criterion.h>
#include <errno.h>

Test(address_map, each_address_has_the_target_of_its_window)
{
    interconnect_address_map_t map = {.count = 0};
    cr_assert_eq(interconnect_address_map_add(&map, 0x9000000, 0x1000, 1, NULL), 0);
    cr_assert_eq(interconnect_address_map_add(&map, 0x40000000, 0x80000000, 0, NULL), 0);
    cr_assert_eq(interconnect_address_map_add(&map, 0x8000000, 0x10000, 2, NULL), 0);
    cr_assert_eq(interconnect_address_map_add(&map, UINT64_MAX, 1, 3, NULL), 0);
    cr_expect_eq(interconnect_address_map_find(&map, 0), INTERCONNECT_NO_TARGET);
    cr_expect_eq(interconnect_address_map_find(&map, 0x7ffffff), INTERCONNECT_NO_TARGET);
    cr_expect_eq(interconnect_address_map_find(&map, 0x8000000), 2);
    cr_expect_eq(interconnect_address_map_find(&map, 0x800ffff), 2);
    cr_expect_eq(interconnect_address_map_find(&map, 0x8010000), INTERCONNECT_NO_TARGET);
    cr_expect_eq(interconnect_address_map_find(&map, 0x9000fff), 1);
    cr_expect_eq(interconnect_address_map_find(&map, 0x9001000), INTERCONNECT_NO_TARGET);
    cr_expect_eq(interconnect_address_map_find(&map, 0xbfffffff), 0);
    cr_expect_eq(interconnect_address_map_find(&map, 0xc0000000), INTERCONNECT_NO_TARGET);
    cr_expect_eq(interconnect_address_map_find(&map, UINT64_MAX), 3);
}

Test(address_map, overlaps_are_refused_with_both_windows_named)
{
    static const struct {
        uint64_t base, size_bytes;
    } overlaps[] = {{0x1000, 0x1000}, {0xfff, 2}, {0x1fff, 1}, {0x1800, 8}, {0, 0x10000}};
    interconnect_address_map_t map = {.count = 0};
    cr_assert_eq(interconnect_address_map_add(&map, 0x1000, 0x1000, 0, NULL), 0);
    for (unsigned i = 0; i < sizeof overlaps / sizeof overlaps[0]; i++) {
        base_error_t error = {""};
        cr_expect_eq(interconnect_address_map_add(&map, overlaps[i].base, overlaps[i].size_bytes, 1, &error), -EEXIST);
        cr_expect_not_null(strstr(error.text, "0x1000-0x1fff"), "%s", error.text);
    }
    cr_expect_eq(interconnect_address_map_add(&map, 0x2000, 1, 1, NULL), 0);
    cr_expect_eq(interconnect_address_map_add(&map, 0xfff, 1, 2, NULL), 0);
    cr_expect_eq(map.count, 3);
}

Test(address_map, empty_and_endless_windows_are_refused)
{
    interconnect_address_map_t map = {.count = 0};
    cr_expect_eq(interconnect_address_map_add(&map, 0x1000, 0, 0, NULL), -EINVAL);
    cr_expect_eq(interconnect_address_map_add(&map, UINT64_MAX, 2, 0, NULL), -EINVAL);
    cr_expect_eq(map.count, 0);
}

Test(address_map, too_many_windows_are_refused)
{
    interconnect_address_map_t map = {.count = 0};
    for (unsigned i = 0; i < INTERCONNECT_MAX_WINDOWS; i++)
        cr_assert_eq(interconnect_address_map_add(&map, i * 16, 16, (int)i, NULL), 0);
    cr_expect_eq(interconnect_address_map_add(&map, 0x100000, 16, 0, NULL), -ENOSPC);
}
