/* A machine as QEMU's virt describes itself, for the device-tree tests. */
#ifndef MESIM_TESTS_LOADER_MACHINE_FIXTURE_H
#define MESIM_TESTS_LOADER_MACHINE_FIXTURE_H

#include "loader/dtb.h"

/* Four cores in two clusters, 16 MiB at 0x40000000, PL011 and power key; no ITS, PMU, bootargs or initrd. */
loader_dtb_machine_t test_machine(void);

/* Opens the property at a path; fails the test where it is missing. */
const void *test_property(const void *blob, const char *path, const char *name, int *ret_bytes);

/* Fails the test unless the property is exactly these cells. */
void expect_cells(const void *blob, const char *path, const char *name, const uint32_t *cells, size_t count);
#define EXPECT_CELLS(blob, path, name, ...)                                                                            \
    expect_cells(blob, path, name, (const uint32_t[]){__VA_ARGS__},                                                    \
                 sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* Fails the test unless the property is exactly these bytes and a final NUL; "a\0b" is a list. */
void expect_bytes(const void *blob, const char *path, const char *name, const char *text, size_t bytes);
#define EXPECT_TEXT(blob, path, name, text) expect_bytes(blob, path, name, text, sizeof(text))

#endif
