/* The PL011's scenarios notice injected faults. */
#include "uart_rows.h"

#include <criterion/criterion.h>

Test(pl011_faults, none_is_noticed_without_one)
{
    cr_assert_null(wrong_write_mask(DEVICE_FAULT_NONE));
    cr_assert_null(wrong_interrupt_line(DEVICE_FAULT_NONE));
}

Test(pl011_faults, a_write_mask_that_is_not_applied_is_noticed)
{
    cr_assert_not_null(wrong_write_mask(DEVICE_FAULT_WRITE_MASK));
}

Test(pl011_faults, a_line_that_stays_high_is_noticed)
{
    cr_assert_not_null(wrong_interrupt_line(DEVICE_FAULT_LINE_NOT_LOWERED));
}

Test(pl011_faults, a_mask_that_is_ignored_is_noticed)
{
    cr_assert_not_null(wrong_interrupt_line(DEVICE_FAULT_MASK_IGNORED));
}
