/* Each trap, with the fault that it is there to notice. */
#include "system_traps.h"

#include <criterion/criterion.h>

Test(trap_faults, each_trap_fails_under_its_fault_and_holds_without)
{
    for (size_t i = 0; i < trap_row_count; i++) {
        cr_expect(trap_rows[i].holds(CPU_INJECT_NONE), "%s does not hold without a fault", trap_rows[i].name);
        cr_expect_not(trap_rows[i].holds(trap_rows[i].fault), "%s does not notice its fault", trap_rows[i].name);
    }
}

Test(trap_faults, every_fault_has_its_trap)
{
    for (unsigned fault = CPU_INJECT_NONE + 1; fault < CPU_INJECT_SYSTEM_END; fault++) {
        bool found = false;
        for (size_t i = 0; i < trap_row_count; i++)
            found |= trap_rows[i].fault == fault;
        cr_expect(found, "nothing notices fault %u", fault);
    }
}
