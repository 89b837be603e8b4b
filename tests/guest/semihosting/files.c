/* Files and their handles. */
#include "checks.h"
#include "string.h"

const char *features_are_told(void)
{
    uint8_t bytes[8] = {0};
    const int64_t handle = sys_open(":semihosting-features", MODE_R);
    EXPECT(handle > 0);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == 5);
    EXPECT(call1(SYS_ISTTY, (uint64_t)handle) == 0);
    EXPECT(sys_read(handle, bytes, 8) == 3);
    EXPECT(memcmp(bytes, "SHFB", 4) == 0);
    EXPECT((bytes[4] & 3) == 3);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 1) == 0);
    EXPECT(sys_read(handle, bytes, 1) == 0 && bytes[0] == 'H');
    EXPECT(sys_write(handle, bytes, 1) == 1);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    return NULL;
}

const char *modes_are_those_of_fopen(void)
{
    EXPECT(write_file("modes", MODE_W, "first second"));
    EXPECT(file_holds("modes", "first second"));
    EXPECT(write_file("modes", MODE_R_PLUS, "FIRST"));
    EXPECT(file_holds("modes", "FIRST second"));
    EXPECT(write_file("modes", MODE_W_PLUS, "new"));
    EXPECT(file_holds("modes", "new"));
    const int64_t reader = sys_open("modes", MODE_R);
    EXPECT(sys_write(reader, "x", 1) == 1);
    EXPECT(call1(SYS_CLOSE, (uint64_t)reader) == 0);
    EXPECT(sys_open("modes", 12) == -1);
    EXPECT(sys_remove("modes") == 0);
    return NULL;
}

/* QEMU writes at the beginning. */
const char *appending_goes_to_the_end(void)
{
    EXPECT(write_file("appended", MODE_W, "first"));
    EXPECT(write_file("appended", MODE_A, " second"));
    EXPECT(file_holds("appended", "first second"));
    const int64_t both = sys_open("appended", MODE_A_PLUS);
    char text[8] = {0};
    EXPECT(both > 0);
    EXPECT(call2(SYS_SEEK, (uint64_t)both, 0) == 0);
    EXPECT(sys_read(both, text, 5) == 0 && memcmp(text, "first", 5) == 0);
    EXPECT(sys_write(both, "!", 1) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)both) == 0);
    EXPECT(file_holds("appended", "first second!"));
    EXPECT(sys_remove("appended") == 0);
    return NULL;
}

const char *files_are_read_and_sought(void)
{
    char text[16] = {0};
    EXPECT(write_file("letters", MODE_W, "abcdefgh"));
    const int64_t handle = sys_open("letters", MODE_RB);
    EXPECT(handle > 0);
    EXPECT(call1(SYS_ISTTY, (uint64_t)handle) == 0);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == 8);
    EXPECT(sys_read(handle, text, 3) == 0 && memcmp(text, "abc", 3) == 0);
    EXPECT(sys_read(handle, text, 8) == 3 && memcmp(text, "defgh", 5) == 0);
    EXPECT(sys_read(handle, text, 8) == 8);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 6) == 0);
    EXPECT(sys_read(handle, text, 2) == 0 && memcmp(text, "gh", 2) == 0);
    EXPECT(sys_read(handle, text, 0) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("letters") == 0);
    return NULL;
}

const char *files_are_renamed_and_removed(void)
{
    EXPECT(write_file("one", MODE_W, "1"));
    EXPECT(sys_rename("one", "two") == 0);
    EXPECT(sys_open("one", MODE_R) == -1);
    EXPECT(error_number() == NOT_FOUND);
    EXPECT(file_holds("two", "1"));
    EXPECT(sys_remove("two") == 0);
    EXPECT(sys_remove("two") == -1);
    EXPECT(error_number() == NOT_FOUND);
    EXPECT(sys_rename("one", "two") == -1);
    return NULL;
}

const char *handles_end_with_close(void)
{
    EXPECT(write_file("closed", MODE_W, "1"));
    const int64_t handle = sys_open("closed", MODE_R);
    uint8_t byte;
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == -1);
    EXPECT(error_number() == BAD_HANDLE);
    EXPECT(sys_read(handle, &byte, 1) == 1);
    EXPECT(sys_write(handle, &byte, 1) == 1);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == -1);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == -1);
    EXPECT(call1(SYS_CLOSE, 12345) == -1);
    EXPECT(call1(SYS_ISERROR, (uint64_t)-1) != 0);
    EXPECT(call1(SYS_ISERROR, 1) == 0);
    EXPECT(sys_remove("closed") == 0);
    return NULL;
}

/* At odd addresses, so that pieces have all lengths. */
const char *large_transfers_are_whole(void)
{
    uint8_t *out = large[0] + 13, *in = large[1] + 38;
    for (unsigned i = 0; i < LARGE_BYTES; i++)
        out[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
    const int64_t handle = sys_open("large", MODE_W_PLUS);
    EXPECT(handle > 0);
    EXPECT(sys_write(handle, out, LARGE_BYTES) == 0);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == LARGE_BYTES);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == 0);
    EXPECT(sys_read(handle, in, LARGE_BYTES) == 0);
    EXPECT(memcmp(in, out, LARGE_BYTES) == 0);
    EXPECT(in[-1] == 0 && in[LARGE_BYTES] == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("large") == 0);
    return NULL;
}

const char *temporary_names_are_given(void)
{
    char name[64];
    memset(name, 'x', sizeof name);
    EXPECT(call3(SYS_TMPNAM, (uintptr_t)name, 7, sizeof name) == 0);
    const size_t length = strlen(name);
    EXPECT(length > 0 && length < sizeof name);
    if (confined) /* QEMU takes the low 8 bits */
        EXPECT(call3(SYS_TMPNAM, (uintptr_t)name, 256, sizeof name) == -1);
    EXPECT(call3(SYS_TMPNAM, (uintptr_t)name, 7, 3) == -1);
    return NULL;
}
