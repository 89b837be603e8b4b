/* The table of handles. */
#include "callers.h"
#include "semihosting/files.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

typedef struct table {
    callers_t *world;
    semihosting_folder_t *folder;
    semihosting_files_t *files;
    char printed[64];
} table_t;

static void on_output(void *self, const char *bytes, size_t count)
{
    table_t *table = self;
    strncat(table->printed, bytes, count);
}

static table_t *table_new(void)
{
    static table_t table; /* a test is a process */
    base_error_t error;
    table.world = callers_new(1, true);
    cr_assert_eq(semihosting_folder_new(callers_path(table.world), true, &table.folder, &error), 0, "%s", error.text);
    const semihosting_console_t console = {
        .output = on_output, .self = &table, .input = (const uint8_t *)"abcdef", .input_bytes = 6, .input_start = 2};
    table.files = semihosting_files_new(table.folder, &console);
    return &table;
}

static void table_free(table_t *table)
{
    semihosting_files_free(table->files);
    semihosting_folder_free(table->folder);
    callers_free(table->world);
}

Test(semihosting_files, gives_each_open_file_a_handle_of_its_own_and_none_is_0)
{
    table_t *table = table_new();
    for (int64_t i = 1; i <= SEMIHOSTING_MAX_HANDLES; i++)
        cr_assert_eq(semihosting_files_open(table->files, ":tt", 4), i);
    cr_assert_eq(semihosting_files_open(table->files, ":tt", 4), -EMFILE);
    cr_assert_eq(semihosting_files_close(table->files, 7), 0);
    cr_assert_eq(semihosting_files_open(table->files, ":tt", 0), 7);
    table_free(table);
}

Test(semihosting_files, refuses_handles_that_are_not_open)
{
    table_t *table = table_new();
    static const uint64_t handles[] = {0, 1, 64, 65, UINT64_MAX, UINT64_C(1) << 32};
    char byte = 0;
    for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++) {
        uint64_t handle = handles[i];
        cr_expect_eq(semihosting_files_close(table->files, handle), -EBADF);
        cr_expect_eq(semihosting_files_read(table->files, handle, &byte, 1), -EBADF);
        cr_expect_eq(semihosting_files_write(table->files, handle, &byte, 1), -EBADF);
        cr_expect_eq(semihosting_files_seek(table->files, handle, 0), -EBADF);
        cr_expect_eq(semihosting_files_length(table->files, handle), -EBADF);
        cr_expect_eq(semihosting_files_is_tty(table->files, handle), -EBADF);
    }
    table_free(table);
}

/* "new" becomes what fopen with that mode and one write of "xy" make of it; -1: it does not open. */
static const char *after_write(table_t *table, uint64_t mode, bool exists)
{
    static char text[16];
    callers_write_file(table->world, "new", "abcd");
    if (!exists)
        cr_assert_eq(semihosting_folder_remove(table->folder, "new"), 0);
    int64_t handle = semihosting_files_open(table->files, "new", mode);
    if (handle < 0)
        return "not opened";
    int64_t written = semihosting_files_write(table->files, (uint64_t)handle, "xy", 2);
    cr_assert(written == 2 || written == -EBADF);
    semihosting_files_close(table->files, (uint64_t)handle);
    char *contents = callers_read_file(table->world, "new");
    strcpy(text, contents);
    free(contents);
    return text;
}

Test(semihosting_files, opens_as_fopen_does_with_each_mode)
{
    static const struct {
        uint64_t mode;
        const char *with, *without;
    } rows[] = {{0, "abcd", "not opened"}, {2, "xycd", "not opened"}, {4, "xy", "xy"},
                {6, "xy", "xy"},           {8, "abcdxy", "xy"},       {10, "abcdxy", "xy"}};
    table_t *table = table_new();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (uint64_t binary = 0; binary < 2; binary++) {
            uint64_t mode = rows[i].mode + binary;
            cr_expect_str_eq(after_write(table, mode, true), rows[i].with, "mode %u", (unsigned)mode);
            cr_expect_str_eq(after_write(table, mode, false), rows[i].without, "mode %u", (unsigned)mode);
        }
    cr_expect_eq(semihosting_files_open(table->files, "new", 12), -EINVAL);
    cr_expect_eq(semihosting_files_open(table->files, "new", UINT64_MAX), -EINVAL);
    table_free(table);
}

Test(semihosting_files, reads_the_console_from_where_it_was_and_prints_to_it)
{
    table_t *table = table_new();
    char text[8] = {0};
    uint64_t in = (uint64_t)semihosting_files_open(table->files, ":tt", 0);
    uint64_t out = (uint64_t)semihosting_files_open(table->files, ":tt", 4);
    uint64_t err = (uint64_t)semihosting_files_open(table->files, ":tt", 8);
    cr_expect_eq(semihosting_files_next_input(table->files), 'c');
    cr_expect_eq(semihosting_files_read(table->files, in, text, 2), 2);
    cr_expect_str_eq(text, "de");
    cr_expect_eq(semihosting_files_read(table->files, in, text, 8), 1);
    cr_expect_eq(semihosting_files_read(table->files, in, text, 8), 0);
    cr_expect_eq(semihosting_files_next_input(table->files), -1);
    cr_expect_eq(semihosting_files_input_read(table->files), 6);
    cr_expect_eq(semihosting_files_write(table->files, out, "out", 3), 3);
    cr_expect_eq(semihosting_files_write(table->files, err, "err", 3), 3);
    cr_expect_eq(semihosting_files_write(table->files, in, "x", 1), -EBADF);
    cr_expect_eq(semihosting_files_read(table->files, out, text, 1), -EBADF);
    cr_expect_eq(semihosting_files_seek(table->files, out, 0), -ESPIPE);
    cr_expect_eq(semihosting_files_length(table->files, in), -ESPIPE);
    cr_expect_eq(semihosting_files_is_tty(table->files, err), 1);
    cr_expect_str_eq(table->printed, "outerr");
    table_free(table);
}

Test(semihosting_files, tells_its_features)
{
    static const uint8_t wanted[] = {'S', 'H', 'F', 'B', 3};
    table_t *table = table_new();
    uint8_t bytes[8];
    uint64_t handle = (uint64_t)semihosting_files_open(table->files, ":semihosting-features", 0);
    cr_expect_eq(semihosting_files_length(table->files, handle), 5);
    cr_expect_eq(semihosting_files_is_tty(table->files, handle), 0);
    cr_expect_eq(semihosting_files_read(table->files, handle, bytes, 8), 5);
    cr_expect_arr_eq(bytes, wanted, 5);
    cr_expect_eq(semihosting_files_seek(table->files, handle, UINT64_MAX / 2), 0);
    cr_expect_eq(semihosting_files_read(table->files, handle, bytes, 8), 0);
    cr_expect_eq(semihosting_files_open(table->files, ":semihosting-features", 4), -EACCES);
    table_free(table);
}

Test(semihosting_files, seeks_as_far_as_a_file_can_be)
{
    table_t *table = table_new();
    uint64_t handle = (uint64_t)semihosting_files_open(table->files, "sparse", 6);
    char byte;
    cr_expect_eq(semihosting_files_seek(table->files, handle, 1 << 20), 0);
    cr_expect_eq(semihosting_files_read(table->files, handle, &byte, 1), 0);
    cr_expect_eq(semihosting_files_write(table->files, handle, "x", 1), 1);
    cr_expect_eq(semihosting_files_length(table->files, handle), (1 << 20) + 1);
    cr_expect_eq(semihosting_files_seek(table->files, handle, UINT64_MAX), -EINVAL);
    cr_expect_lt(semihosting_files_seek(table->files, handle, INT64_MAX), 0);
    table_free(table);
}
