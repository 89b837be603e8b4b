/* The condition flags as this host computes them. */
#define FLAGS_SUITE flags_of_host
#include "flags_cases.h"
