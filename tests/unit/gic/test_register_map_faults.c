/* The register map notices a model that ignores its write masks. */
#include "register_map.h"

#include <criterion/criterion.h>

Test(gic_register_map_faults, a_write_mask_that_is_not_applied_is_noticed)
{
    const map_machine_t machine = {.cores = 3, .spis = 256, .core = 1};
    cr_assert_null(map_wrong_write(&machine, GIC_FAULT_NONE));
    cr_assert_not_null(map_wrong_write(&machine, GIC_FAULT_WRITE_MASK));
}
