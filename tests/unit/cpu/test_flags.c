/* The condition flags as this host computes them. */
#include "flags_cases.h"

Test(flags_of_host, arithmetic_sets_flags_as_add_with_carry_does)
{
    check_arithmetic();
}

Test(flags_of_host, nzcv_reads_back_what_was_written)
{
    check_nzcv();
}
