/* The condition flags as hosts other than x86-64 compute them. */
#define MESIM_PORTABLE_FLAGS
#include "flags_cases.h"

Test(flags_portable, arithmetic_sets_flags_as_add_with_carry_does)
{
    check_arithmetic();
}

Test(flags_portable, nzcv_reads_back_what_was_written)
{
    check_nzcv();
}
