/* How often each row of the decode table was executed, and each system register and operation used, for the coverage
 * report (tests/system/test_row_coverage.py). A core counts only in a build with MESIM_FAULTS=1 and without the fast
 * path; unit tests count what they step. */
#ifndef MESIM_CPU_ROW_COUNTS_H
#define MESIM_CPU_ROW_COUNTS_H

#include "base/error.h"
#include "cpu/isa/opcode.h"
#include "cpu/sysreg.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cpu_row_counts {
    uint64_t rows[CPU_OPCODE_COUNT];
    uint64_t read[CPU_SYS_KEYS], written[CPU_SYS_KEYS]; /* by CPU_SYS_KEY, SYS among the written */
} cpu_row_counts_t;

/* Appends what is not 0 to a file of lines "row NAME COUNT", "read KEY COUNT" and "write KEY COUNT", KEY in
 * hexadecimal. -errno and a line when that fails. */
int cpu_row_counts_append(const cpu_row_counts_t *counts, const char *path, base_error_t *error);

#endif
