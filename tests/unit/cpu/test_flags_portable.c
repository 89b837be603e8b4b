/* The condition flags as hosts other than x86-64 compute them. */
#define MESIM_PORTABLE_FLAGS
#define FLAGS_SUITE flags_portable
#include "flags_cases.h"
