/* The host: whole calls of one core and of several, and what becomes of bad ones. */
#include "callers.h"
#include "semihosting/semihosting.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITEC = 0x03,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_READC = 0x07,
    SYS_ISERROR = 0x08,
    SYS_ISTTY = 0x09,
    SYS_SEEK = 0x0a,
    SYS_FLEN = 0x0c,
    SYS_TMPNAM = 0x0d,
    SYS_REMOVE = 0x0e,
    SYS_RENAME = 0x0f,
    SYS_CLOCK = 0x10,
    SYS_TIME = 0x11,
    SYS_SYSTEM = 0x12,
    SYS_ERRNO = 0x13,
    SYS_GET_CMDLINE = 0x15,
    SYS_HEAPINFO = 0x16,
    SYS_EXIT = 0x18,
    SYS_EXIT_EXTENDED = 0x20,
    SYS_ELAPSED = 0x30,
    SYS_TICKFREQ = 0x31,
};
enum { TEXT = CALLERS_MEMORY_BASE + 0x200, OTHER = CALLERS_MEMORY_BASE + 0x400, BUFFER = CALLERS_MEMORY_BASE + 0x1003 };
enum { MEMORY_END = CALLERS_MEMORY_BASE + CALLERS_MEMORY_BYTES };

/* The text of the only guest error. */
static const char *complaint(callers_t *callers)
{
    const observe_guest_log_t *log = semihosting_guest_log(callers_host(callers));
    cr_assert_eq(log->count, 1, "%d guest errors", (int)log->count);
    cr_assert_eq(log->first[0].pc, 0x40080000);
    return log->first[0].text;
}

static void no_complaints(callers_t *callers)
{
    const observe_guest_log_t *log = semihosting_guest_log(callers_host(callers));
    cr_assert_eq(log->count, 0, "%s", log->first[0].text);
}

/* --- each operation --- */

Test(semihosting_calls, open_write_seek_read_and_close_a_file)
{
    callers_t *callers = callers_new(1, true);
    int64_t handle = callers_open(callers, "file", 6);
    cr_assert_gt(handle, 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_WRITE, handle, callers_put(callers, BUFFER, "contents"), 8), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_FLEN, handle), 8);
    cr_expect_eq(CALLERS_CALL(callers, SYS_ISTTY, handle), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_SEEK, handle, 3), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_READ, handle, OTHER, 100), 95);
    cr_expect_eq(memcmp(callers_memory(callers, 0, OTHER), "tents\0", 6), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_READ, handle, OTHER, 1), 1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_CLOSE, handle), 0);
    char *text = callers_read_file(callers, "file");
    cr_expect_str_eq(text, "contents");
    no_complaints(callers);
    g_free(text);
    callers_free(callers);
}

Test(semihosting_calls, move_more_than_a_block_at_any_address)
{
    enum { BYTES = 200001 };
    callers_t *callers = callers_new(1, true);
    for (unsigned i = 0; i < BYTES; i++)
        *callers_memory(callers, 0, BUFFER + i) = (uint8_t)(i * 7 ^ i >> 9);
    int64_t handle = callers_open(callers, "large", 6);
    cr_expect_eq(CALLERS_CALL(callers, SYS_WRITE, handle, BUFFER, BYTES), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_FLEN, handle), BYTES);
    cr_expect_eq(CALLERS_CALL(callers, SYS_SEEK, handle, 0), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_READ, handle, BUFFER + 300017, BYTES), 0);
    cr_expect_eq(memcmp(callers_memory(callers, 0, BUFFER), callers_memory(callers, 0, BUFFER + 300017), BYTES), 0);
    cr_expect_eq(semihosting_stats(callers_host(callers))->bytes_written, BYTES);
    callers_free(callers);
}

Test(semihosting_calls, print_and_take_input)
{
    callers_t *callers = callers_new(1, false);
    cr_expect_eq(callers_call(callers, SYS_WRITE0,
                              callers_put(callers, BUFFER,
                                          "a string over a line of sixty-four bytes and "
                                          "then over another one of these, here ends")),
                 0);
    cr_expect_eq(callers_call(callers, SYS_WRITEC, callers_put(callers, OTHER, "!")), 0);
    cr_expect_eq(callers_call(callers, SYS_WRITE0, callers_put(callers, OTHER, "")), 0);
    cr_expect_str_eq(callers_console(callers), "a string over a line of sixty-four bytes and then over another one of "
                                               "these, here ends!");
    cr_expect_eq(callers_call(callers, SYS_READC, 0), 't');
    cr_expect_eq(callers_call(callers, SYS_READC, UINT64_MAX), 'y', "the parameter is not looked at");
    int64_t in = callers_open(callers, ":tt", 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_ISTTY, in), 1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_READ, in, OTHER, 8), 5);
    cr_expect_eq(memcmp(callers_memory(callers, 0, OTHER), "ped", 3), 0);
    cr_expect_eq(callers_call(callers, SYS_READC, 0), -1);
    cr_expect_eq(semihosting_input_read(callers_host(callers)), 5);
    callers_free(callers);
}

Test(semihosting_calls, rename_and_remove)
{
    callers_t *callers = callers_new(1, true);
    callers_write_file(callers, "one", "1");
    cr_expect_eq(
        CALLERS_CALL(callers, SYS_RENAME, callers_put(callers, TEXT, "one"), 3, callers_put(callers, OTHER, "two"), 3),
        0);
    cr_expect_null(callers_read_file(callers, "one"));
    cr_expect_eq(CALLERS_CALL(callers, SYS_REMOVE, OTHER, 3), 0);
    cr_expect_null(callers_read_file(callers, "two"));
    cr_expect_eq(CALLERS_CALL(callers, SYS_REMOVE, OTHER, 3), -1);
    cr_expect_eq(callers_call(callers, SYS_ERRNO, 0), ENOENT);
    no_complaints(callers);
    callers_free(callers);
}

Test(semihosting_calls, tell_simulated_time)
{
    callers_t *callers = callers_new(1, false);
    uint64_t ticks;
    cr_expect_eq(callers_call(callers, SYS_TIME, 0), 1003); /* the run is 3 s old; each call takes one */
    cr_expect_eq(callers_call(callers, SYS_TIME, 0), 1004);
    cr_expect_eq(callers_call(callers, SYS_CLOCK, 0), 500);
    cr_expect_eq(callers_call(callers, SYS_TICKFREQ, 0), 1000000000);
    cr_expect_eq(callers_call(callers, SYS_ELAPSED, OTHER), 0);
    memcpy(&ticks, callers_memory(callers, 0, OTHER), sizeof(ticks));
    cr_expect_eq(ticks, UINT64_C(7000000005), "%lu", (unsigned long)ticks);
    callers_free(callers);
}

Test(semihosting_calls, tell_the_command_line_with_its_length)
{
    callers_t *callers = callers_new(1, false);
    uint64_t length;
    cr_expect_eq(CALLERS_CALL(callers, SYS_GET_CMDLINE, OTHER, 18), 0);
    cr_expect_str_eq((const char *)callers_memory(callers, 0, OTHER), "image.elf one two");
    memcpy(&length, callers_memory(callers, 0, CALLERS_MEMORY_BASE + 8), sizeof(length));
    cr_expect_eq(length, 17);
    cr_expect_eq(CALLERS_CALL(callers, SYS_GET_CMDLINE, OTHER, 17), -1, "no room for the NUL");
    callers_free(callers);
}

Test(semihosting_calls, tell_the_heap_and_temporary_names)
{
    static const uint64_t wanted[] = {0x50000000, 0x60000000, 0x60000000, 0x50000000};
    callers_t *callers = callers_new(1, false);
    char first[32];
    cr_expect_eq(CALLERS_CALL(callers, SYS_HEAPINFO, OTHER), 0);
    cr_expect_eq(memcmp(callers_memory(callers, 0, OTHER), wanted, sizeof(wanted)), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_TMPNAM, OTHER, 3, 32), 0);
    memcpy(first, callers_memory(callers, 0, OTHER), sizeof(first));
    cr_expect_eq(CALLERS_CALL(callers, SYS_TMPNAM, OTHER, 4, 32), 0);
    cr_expect_str_neq((const char *)callers_memory(callers, 0, OTHER), first);
    cr_expect_eq(CALLERS_CALL(callers, SYS_TMPNAM, OTHER, 3, 32), 0);
    cr_expect_str_eq((const char *)callers_memory(callers, 0, OTHER), first);
    cr_expect_eq(CALLERS_CALL(callers, SYS_TMPNAM, OTHER, 3, strlen(first)), -1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_TMPNAM, OTHER, 256, 32), -1);
    callers_free(callers);
}

Test(semihosting_calls, know_an_error_by_its_sign)
{
    callers_t *callers = callers_new(1, false);
    cr_expect_eq(CALLERS_CALL(callers, SYS_ISERROR, UINT64_MAX), 1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_ISERROR, UINT64_C(1) << 63), 1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_ISERROR, 0), 0);
    cr_expect_eq(CALLERS_CALL(callers, SYS_ISERROR, 5), 0);
    callers_free(callers);
}

Test(semihosting_calls, end_the_run_without_a_result)
{
    static const uint64_t operations[] = {SYS_EXIT, SYS_EXIT_EXTENDED};
    for (size_t i = 0; i < 2; i++) {
        callers_t *callers = callers_new(2, false);
        const uint64_t fields[] = {SEMIHOSTING_APPLICATION_EXIT, 42};
        memcpy(callers_memory(callers, 1, TEXT), fields, sizeof(fields));
        callers_begin(callers, 1, operations[i], TEXT);
        callers_settle(callers);
        const callers_end_t *end = callers_end(callers);
        cr_expect(end->calls == 1 && end->core == 1 && end->reason == 0x20026 && end->subcode == 42);
        cr_expect_eq(callers_results(callers, 1), 0);
        callers_free(callers);
    }
}

Test(semihosting_calls, name_the_reasons_of_an_end)
{
    cr_expect_str_eq(semihosting_reason_name(0x20000), "BranchThroughZero");
    cr_expect_str_eq(semihosting_reason_name(0x20007), "FIQ");
    cr_expect_str_eq(semihosting_reason_name(0x20020), "BreakPoint");
    cr_expect_str_eq(semihosting_reason_name(SEMIHOSTING_APPLICATION_EXIT), "ApplicationExit");
    cr_expect_str_eq(semihosting_reason_name(0x20029), "OSSpecific");
    static const uint64_t unknown[] = {0, 0x1ffff, 0x20008, 0x2001f, 0x2002a, UINT64_MAX};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        cr_expect_null(semihosting_reason_name(unknown[i]));
}

/* --- several cores --- */

Test(semihosting_cores, share_handles_and_have_errors_of_their_own)
{
    callers_t *callers = callers_new(2, true);
    int64_t handle = callers_open(callers, "file", 4);
    const uint64_t fields[] = {(uint64_t)handle, OTHER, 3}, closed[] = {999};
    memcpy(callers_memory(callers, 1, TEXT), fields, sizeof(fields));
    memcpy(callers_memory(callers, 1, OTHER), "abc", 3);
    callers_begin(callers, 1, SYS_WRITE, TEXT);
    callers_settle(callers);
    cr_expect_eq(callers_result(callers, 1), 0);
    memcpy(callers_memory(callers, 1, TEXT), closed, sizeof(closed));
    callers_begin(callers, 1, SYS_CLOSE, TEXT);
    callers_settle(callers);
    cr_expect_eq(callers_result(callers, 1), -1);
    cr_expect_eq(callers_call(callers, SYS_ERRNO, 0), 0, "of core 0");
    callers_begin(callers, 1, SYS_ERRNO, 0);
    callers_settle(callers);
    cr_expect_eq(callers_result(callers, 1), EBADF);
    callers_free(callers);
}

Test(semihosting_cores, call_at_once_and_none_mixes_with_another)
{
    enum { CORES = CALLERS_MAX, BYTES = 1000 };
    callers_t *callers = callers_new(CORES, true);
    int64_t handle = callers_open(callers, "file", 4);
    for (unsigned core = 0; core < CORES; core++) {
        const uint64_t fields[] = {(uint64_t)handle, BUFFER + core, BYTES};
        memcpy(callers_memory(callers, core, TEXT), fields, sizeof(fields));
        memset(callers_memory(callers, core, BUFFER + core), 'a' + (int)core, BYTES);
        callers_begin(callers, core, SYS_WRITE, TEXT);
    }
    callers_settle(callers);
    char *text = callers_read_file(callers, "file");
    cr_assert_eq(strlen(text), CORES * BYTES);
    for (unsigned i = 0; i < CORES * BYTES; i++)
        cr_assert_eq(text[i], text[i / BYTES * BYTES], "byte %u", i);
    g_free(text);
    callers_free(callers);
}

/* --- bad calls --- */

Test(semihosting_bad_calls, of_unknown_operations_fail_with_a_guest_error)
{
    callers_t *callers = callers_new(1, true);
    static const uint64_t numbers[] = {0, 0x0b, 0x14, 0x17, 0x19, 0x32, 0xff, 0x101, UINT32_MAX};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        cr_expect_eq(callers_call(callers, numbers[i], TEXT), -1);
    cr_expect_eq(callers_call(callers, SYS_ERRNO, 0), ENOSYS);
    const observe_guest_log_t *log = semihosting_guest_log(callers_host(callers));
    cr_expect_eq(log->count, G_N_ELEMENTS(numbers));
    cr_expect_str_eq(log->first[1].text, "semihosting call: there is no operation 0x0b");
    callers_free(callers);
}

Test(semihosting_bad_calls, never_run_a_command)
{
    callers_t *callers = callers_new(1, true);
    cr_expect_eq(CALLERS_CALL(callers, SYS_SYSTEM, callers_put(callers, TEXT, "true"), 4), -1);
    cr_expect_str_eq(complaint(callers), "semihosting SYS_SYSTEM: commands are never run");
    callers_free(callers);
}

Test(semihosting_bad_calls, with_parameters_that_are_not_there_fail)
{
    callers_t *callers = callers_new(1, true);
    static const uint64_t operations[] = {SYS_OPEN,        SYS_CLOSE,    SYS_WRITEC,       SYS_WRITE0,  SYS_WRITE,
                                          SYS_READ,        SYS_ISTTY,    SYS_SEEK,         SYS_FLEN,    SYS_TMPNAM,
                                          SYS_REMOVE,      SYS_RENAME,   SYS_ELAPSED,      SYS_ISERROR, SYS_EXIT,
                                          SYS_GET_CMDLINE, SYS_HEAPINFO, SYS_EXIT_EXTENDED};
    static const uint64_t places[] = {0, MEMORY_END, UINT64_MAX - 3, UINT64_C(1) << 63};
    for (size_t i = 0; i < G_N_ELEMENTS(operations); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(places); j++)
            cr_expect_eq(callers_call(callers, operations[i], places[j]), -1, "%#x at place %zu",
                         (unsigned)operations[i], j);
    cr_expect_eq(callers_call(callers, SYS_ERRNO, 0), EFAULT);
    cr_expect_eq(callers_end(callers)->calls, 0);
    callers_free(callers);
}

Test(semihosting_bad_calls, with_buffers_that_are_not_there_move_nothing)
{
    callers_t *callers = callers_new(1, true);
    callers_write_file(callers, "file", "contents");
    int64_t handle = callers_open(callers, "file", 2);
    cr_expect_eq(CALLERS_CALL(callers, SYS_WRITE, handle, 0, 10), 10);
    cr_expect_str_eq(complaint(callers), "semihosting SYS_WRITE: memory at 0x0 cannot be read");
    cr_expect_eq(CALLERS_CALL(callers, SYS_READ, handle, MEMORY_END, 8), 8);
    cr_expect_eq(CALLERS_CALL(callers, SYS_WRITE, handle, MEMORY_END - 8, 9), 9);
    cr_expect_eq(CALLERS_CALL(callers, SYS_WRITE, handle, UINT64_MAX - 7, 16), 16);
    cr_expect_eq(CALLERS_CALL(callers, SYS_OPEN, MEMORY_END, 0, 4), -1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_GET_CMDLINE, MEMORY_END, 100), -1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_TMPNAM, 0, 0, 100), -1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_HEAPINFO, MEMORY_END - 8), -1);
    char *text = callers_read_file(callers, "file");
    cr_expect_str_eq(text, "contents");
    g_free(text);
    callers_free(callers);
}

Test(semihosting_bad_calls, of_any_length_end_with_memory)
{
    callers_t *callers = callers_new(1, true);
    int64_t handle = callers_open(callers, "file", 6);
    static const uint64_t lengths[] = {UINT64_MAX, UINT64_C(1) << 63, UINT64_C(1) << 32};
    uint64_t left = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        left = (uint64_t)CALLERS_CALL(callers, SYS_WRITE, handle, BUFFER, lengths[i]);
        cr_expect_lt(lengths[i] - left, CALLERS_MEMORY_BYTES);
        cr_expect_eq((lengths[i] - left) % (64 << 10), 0, "whole blocks were written");
    }
    cr_expect_eq(CALLERS_CALL(callers, SYS_OPEN, TEXT, 0, UINT64_MAX), -1);
    cr_expect_eq(callers_call(callers, SYS_ERRNO, 0), ENAMETOOLONG);
    cr_expect_eq(CALLERS_CALL(callers, SYS_REMOVE, TEXT, UINT64_C(1) << 40), -1);
    callers_free(callers);
}

Test(semihosting_bad_calls, of_a_string_without_end_stop)
{
    callers_t *callers = callers_new(1, true);
    memset(callers_memory(callers, 0, CALLERS_MEMORY_BASE), 'x', CALLERS_MEMORY_BYTES);
    cr_expect_eq(callers_call(callers, SYS_WRITE0, CALLERS_MEMORY_BASE), -1);
    cr_expect_str_eq(complaint(callers), "semihosting SYS_WRITE0: no NUL within 1 MiB");
    callers_free(callers);
}

Test(semihosting_bad_calls, outside_the_folder_are_told_by_name_and_reason)
{
    static const struct {
        const char *name, *text;
        uint64_t mode;
        int error;
    } rows[] = {
        {"../../x", "semihosting SYS_OPEN: '../../x' leaves the semihosting folder", 0, EXDEV},
        {"/etc/passwd", "semihosting SYS_OPEN: '/etc/passwd' leaves the semihosting folder", 8, EXDEV},
        {"file", "semihosting SYS_OPEN: 'file' cannot be changed: the semihosting folder is read-only", 4, EROFS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        callers_t *callers = callers_new(1, false);
        callers_write_file(callers, "file", "");
        cr_expect_eq(callers_open(callers, rows[i].name, rows[i].mode), -1);
        cr_expect_eq(callers_call(callers, SYS_ERRNO, 0), rows[i].error);
        cr_expect_str_eq(complaint(callers), rows[i].text);
        callers_free(callers);
    }
}

Test(semihosting_bad_calls, keep_control_characters_of_names_out_of_the_log)
{
    callers_t *callers = callers_new(1, false);
    cr_expect_eq(callers_open(callers, "../\033[2J\n\xff", 0), -1);
    cr_expect_str_eq(complaint(callers), "semihosting SYS_OPEN: '../?[2J?\?' leaves the semihosting folder");
    callers_free(callers);
}

Test(semihosting_bad_calls, with_handles_that_are_not_open_are_told)
{
    callers_t *callers = callers_new(1, true);
    cr_expect_eq(CALLERS_CALL(callers, SYS_CLOSE, 5), -1);
    cr_expect_str_eq(complaint(callers), "semihosting SYS_CLOSE: handle 5 is not open, or not for this");
    cr_expect_eq(CALLERS_CALL(callers, SYS_READ, 5, OTHER, 10), 10);
    cr_expect_eq(CALLERS_CALL(callers, SYS_WRITE, 5, OTHER, 10), 10);
    cr_expect_eq(CALLERS_CALL(callers, SYS_SEEK, 5, 0), -1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_FLEN, UINT64_MAX), -1);
    cr_expect_eq(CALLERS_CALL(callers, SYS_ISTTY, 0), -1);
    cr_expect_eq(callers_call(callers, SYS_ERRNO, 0), EBADF);
    cr_expect_eq(semihosting_stats(callers_host(callers))->failed, 6);
    callers_free(callers);
}
