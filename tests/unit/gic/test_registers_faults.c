/* The register tables are noticed to be wrong when the model ignores its write masks. */
#include "register_rows.h"

#include <criterion/criterion.h>

Test(gic_register_faults, a_write_mask_that_is_not_applied_is_noticed)
{
    cr_assert_null(wrong_write_mask(GIC_FAULT_NONE));
    cr_assert_not_null(wrong_write_mask(GIC_FAULT_WRITE_MASK));
}
