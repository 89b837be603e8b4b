#include "cpu/row_counts.h"

#include "cpu/isa/isa.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void write_keys(FILE *file, const char *what, const uint64_t *counts)
{
    for (unsigned key = 0; key < CPU_SYS_KEYS; key++)
        if (counts[key])
            fprintf(file, "%s %04x %" PRIu64 "\n", what, key, counts[key]);
}

int cpu_row_counts_append(const cpu_row_counts_t *counts, const char *path, base_error_t *error)
{
    FILE *file = fopen(path, "a");
    if (!file)
        return base_fail(error, -errno, "cannot open '%s' for the counts of rows: %s", path, strerror(errno));
    for (unsigned row = 0; row < CPU_OPCODE_COUNT; row++)
        if (counts->rows[row])
            fprintf(file, "row %s %" PRIu64 "\n", cpu_exec_table[row].name, counts->rows[row]);
    write_keys(file, "read", counts->read);
    write_keys(file, "write", counts->written);
    bool failed = ferror(file);
    if (fclose(file) || failed)
        return base_fail(error, -EIO, "cannot write the counts of rows to '%s'; is the disk full?", path);
    return 0;
}
