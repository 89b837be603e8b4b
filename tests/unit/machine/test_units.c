/* Numbers with units, both ways. */
#include "machine/units.h"

#include <criterion/criterion.h>
#include <errno.h>

typedef struct row {
    machine_unit_t unit;
    const char *text;
    int result;
    uint64_t value;
} row_t;

Test(machine_units, a_number_is_parsed_exactly_or_refused)
{
    static const row_t rows[] = {
        {MACHINE_UNIT_COUNT, "0", 0, 0},
        {MACHINE_UNIT_COUNT, "18446744073709551615", 0, UINT64_MAX},
        {MACHINE_UNIT_COUNT, "18446744073709551616", -ERANGE, 0},
        {MACHINE_UNIT_COUNT, "0x10", 0, 16},
        {MACHINE_UNIT_COUNT, "4K", -EINVAL, 0},
        {MACHINE_UNIT_COUNT, "-1", -EINVAL, 0},
        {MACHINE_UNIT_COUNT, "", -EINVAL, 0},
        {MACHINE_UNIT_COUNT, "4 x", -EINVAL, 0},
        {MACHINE_UNIT_COUNT, "1.5", -EINVAL, 0},
        {MACHINE_UNIT_BYTES, "48K", 0, 49152},
        {MACHINE_UNIT_BYTES, "48k", 0, 49152},
        {MACHINE_UNIT_BYTES, "48 KiB", 0, 49152},
        {MACHINE_UNIT_BYTES, "0.5K", 0, 512},
        {MACHINE_UNIT_BYTES, "0.3K", -EINVAL, 0},
        {MACHINE_UNIT_BYTES, "17179869184G", -ERANGE, 0},
        {MACHINE_UNIT_HZ, "62.5MHz", 0, 62500000},
        {MACHINE_UNIT_HZ, "2GHz", 0, 2000000000},
        {MACHINE_UNIT_HZ, "2.G", -EINVAL, 0},
        {MACHINE_UNIT_PS, "1.5ns", 0, 1500},
        {MACHINE_UNIT_PS, "1.0005ns", -EINVAL, 0},
        {MACHINE_UNIT_PS, "250", 0, 250},
        {MACHINE_UNIT_PS, "10ms", 0, 10000000000},
        {MACHINE_UNIT_PS, "1.1234567890123s", -EINVAL, 0},
        {MACHINE_UNIT_CYCLES, "14 cycles", 0, 14},
        {MACHINE_UNIT_CYCLES, "14ns", -EINVAL, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t value = 77;
        int result = machine_unit_parse(rows[i].unit, rows[i].text, &value);
        cr_expect_eq(result, rows[i].result, "'%s' gave %d", rows[i].text, result);
        cr_expect_eq(value, result ? 77 : rows[i].value, "'%s' is %lu", rows[i].text, (unsigned long)value);
    }
}

Test(machine_units, a_printed_number_reads_back_as_itself)
{
    static const uint64_t values[] = {0,       1,        999,        1000,       1001,         1024,          48 << 10,
                                      3 << 20, 62500000, 1999999999, 2400000000, 1 << 30,      4096,          90000,
                                      500,     10000500, 667,        123456789,  (1ull << 40), UINT64_MAX / 3};
    for (machine_unit_t unit = MACHINE_UNIT_COUNT; unit <= MACHINE_UNIT_CYCLES; unit++)
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            char text[MACHINE_UNIT_TEXT_BYTES];
            uint64_t back = ~values[i];
            cr_expect_eq(machine_unit_parse(unit, machine_unit_print(text, unit, values[i]), &back), 0, "%s", text);
            cr_expect_eq(back, values[i], "%lu became '%s'", (unsigned long)values[i], text);
        }
}

Test(machine_units, a_number_is_printed_as_people_write_it)
{
    char text[MACHINE_UNIT_TEXT_BYTES];
    cr_expect_str_eq(machine_unit_print(text, MACHINE_UNIT_BYTES, 49152), "48K");
    cr_expect_str_eq(machine_unit_print(text, MACHINE_UNIT_HZ, 62500000), "62.5MHz");
    cr_expect_str_eq(machine_unit_print(text, MACHINE_UNIT_PS, 90000), "90ns");
    cr_expect_str_eq(machine_unit_print(text, MACHINE_UNIT_PS, 0), "0ps");
    cr_expect_str_eq(machine_unit_print(text, MACHINE_UNIT_CYCLES, 14), "14");
}
