/* The operations, and those of files. */
#include "semihosting/internal.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* So much of a transfer is moved between two looks at the file: what bounds the host's work at once, and the memory it
 * takes. */
enum { BLOCK_BYTES = 64 << 10 };

/* --- results --- */

/* An error that a program provokes by asking for what it may not have, not one it can expect to meet. */
static bool is_mistake(int error)
{
    return error == EXDEV || error == ELOOP || error == EACCES || error == EROFS || error == EBADF;
}

static const char *reason_of(int error)
{
    switch (error) {
    case EXDEV: return "leaves the semihosting folder";
    case EACCES: return "is no regular file, or may not be used so";
    case EROFS: return "cannot be changed: the semihosting folder is read-only";
    default: return g_strerror(error);
    }
}

/* Ends a call about a name by the result of a function of files.h or folder.h. */
static void finish_named(semihosting_t *host, semihosting_call_t *call, const char *name, int64_t result)
{
    if (result >= 0) {
        semihosting_finish(host, call, result);
        return;
    }
    if (is_mistake((int)-result))
        semihosting_complain(host, call, "'%.60s' %s", name, reason_of((int)-result));
    semihosting_fail(host, call, (int)-result);
}

static void log_handle(semihosting_t *host, const semihosting_call_t *call, uint64_t handle, int64_t result)
{
    if (result < 0 && is_mistake((int)-result))
        semihosting_complain(host, call, "handle %lld is not open, or not for this", (long long)handle);
}

static void finish_handle(semihosting_t *host, semihosting_call_t *call, int64_t result)
{
    log_handle(host, call, call->parameter[0], result);
    if (result < 0)
        semihosting_fail(host, call, (int)-result);
    else
        semihosting_finish(host, call, result);
}

/* SYS_READ and SYS_WRITE tell how many bytes were not moved. */
static void finish_short(semihosting_t *host, semihosting_call_t *call)
{
    host->stats.failed++;
    semihosting_finish(host, call, (int64_t)(call->parameter[2] - call->done));
}

static uint64_t next_block_bytes(const semihosting_call_t *call)
{
    return MIN(call->parameter[2] - call->done, (uint64_t)BLOCK_BYTES);
}

/* --- names --- */

static void fetch_name(semihosting_t *host, semihosting_call_t *call, uint64_t address, uint64_t length,
                       semihosting_step_t *next)
{
    if (length >= PATH_MAX)
        semihosting_fail(host, call, ENAMETOOLONG);
    else
        semihosting_fetch(host, call, address, length, next);
}

/* A name ends where it says, or at a NUL before. */
static char *name_of(const semihosting_call_t *call)
{
    return g_strndup(call->bytes->len ? (const char *)call->bytes->data : "", call->bytes->len);
}

static void open_named(semihosting_t *host, semihosting_call_t *call)
{
    call->name = name_of(call);
    finish_named(host, call, call->name, semihosting_files_open(host->files, call->name, call->parameter[1]));
}

static void call_open(semihosting_t *host, semihosting_call_t *call)
{
    fetch_name(host, call, call->parameter[0], call->parameter[2], open_named);
}

static void remove_named(semihosting_t *host, semihosting_call_t *call)
{
    call->name = name_of(call);
    finish_named(host, call, call->name, semihosting_folder_remove(host->config.folder, call->name));
}

static void call_remove(semihosting_t *host, semihosting_call_t *call)
{
    fetch_name(host, call, call->parameter[0], call->parameter[1], remove_named);
}

static void rename_to(semihosting_t *host, semihosting_call_t *call)
{
    char *to = name_of(call), *both = g_strdup_printf("%s' to '%s", call->name, to);
    finish_named(host, call, both, semihosting_folder_rename(host->config.folder, call->name, to));
    g_free(both);
    g_free(to);
}

static void rename_from(semihosting_t *host, semihosting_call_t *call)
{
    call->name = name_of(call);
    fetch_name(host, call, call->parameter[2], call->parameter[3], rename_to);
}

static void call_rename(semihosting_t *host, semihosting_call_t *call)
{
    fetch_name(host, call, call->parameter[0], call->parameter[1], rename_from);
}

/* The same name for the same identifier: nothing of the host's time or processes is in it. */
static void call_tmpnam(semihosting_t *host, semihosting_call_t *call)
{
    char name[sizeof("semihosting-00.tmp")];
    if (call->parameter[1] > 255 || call->parameter[2] < sizeof(name)) {
        semihosting_fail(host, call, EINVAL);
        return;
    }
    g_snprintf(name, sizeof(name), "semihosting-%02x.tmp", (unsigned)call->parameter[1]);
    g_byte_array_set_size(call->bytes, 0);
    g_byte_array_append(call->bytes, (const guint8 *)name, sizeof(name));
    semihosting_deliver(host, call, call->parameter[0], semihosting_succeed);
}

/* --- handles --- */

static void call_close(semihosting_t *host, semihosting_call_t *call)
{
    finish_handle(host, call, semihosting_files_close(host->files, call->parameter[0]));
}

static void call_istty(semihosting_t *host, semihosting_call_t *call)
{
    finish_handle(host, call, semihosting_files_is_tty(host->files, call->parameter[0]));
}

static void call_seek(semihosting_t *host, semihosting_call_t *call)
{
    finish_handle(host, call, semihosting_files_seek(host->files, call->parameter[0], call->parameter[1]));
}

static void call_flen(semihosting_t *host, semihosting_call_t *call)
{
    finish_handle(host, call, semihosting_files_length(host->files, call->parameter[0]));
}

/* SYS_WRITE: fetch a block, write it, and so on. */
static void call_write(semihosting_t *host, semihosting_call_t *call);

static void write_block(semihosting_t *host, semihosting_call_t *call)
{
    uint64_t handle = call->parameter[0], count = call->bytes->len;
    int64_t written = semihosting_files_write(host->files, handle, call->bytes->data, count);
    log_handle(host, call, handle, written);
    if (written < 0)
        call->error = (int)-written;
    else
        call->done += (uint64_t)written;
    if (written != (int64_t)count)
        finish_short(host, call);
    else if (call->done == call->parameter[2])
        semihosting_succeed(host, call);
    else
        call_write(host, call);
}

static void call_write(semihosting_t *host, semihosting_call_t *call)
{
    call->unreachable = finish_short;
    semihosting_fetch(host, call, call->parameter[1] + call->done, next_block_bytes(call), write_block);
}

/* SYS_READ: read a block, deliver it, and so on. */
static void call_read(semihosting_t *host, semihosting_call_t *call);

static void block_delivered(semihosting_t *host, semihosting_call_t *call)
{
    call->done += call->bytes->len;
    if (call->done == call->parameter[2])
        semihosting_succeed(host, call);
    else
        call_read(host, call);
}

static void call_read(semihosting_t *host, semihosting_call_t *call)
{
    uint64_t handle = call->parameter[0], count = next_block_bytes(call);
    call->unreachable = finish_short;
    g_byte_array_set_size(call->bytes, (guint)count);
    int64_t got = semihosting_files_read(host->files, handle, call->bytes->data, count);
    log_handle(host, call, handle, got);
    if (got < 0)
        call->error = (int)-got;
    if (got < 0 || (!got && count)) {
        finish_short(host, call);
        return;
    }
    g_byte_array_set_size(call->bytes, (guint)got);
    semihosting_deliver(host, call, call->parameter[1] + call->done, block_delivered);
}

/* --- the table, in the order of the specification --- */

static const semihosting_operation_t operations[] = {
    {0x01, 3, "SYS_OPEN", call_open},
    {0x02, 1, "SYS_CLOSE", call_close},
    {0x03, 0, "SYS_WRITEC", semihosting_call_writec},
    {0x04, 0, "SYS_WRITE0", semihosting_call_write0},
    {0x05, 3, "SYS_WRITE", call_write},
    {0x06, 3, "SYS_READ", call_read},
    {0x07, 0, "SYS_READC", semihosting_call_readc},
    {0x08, 1, "SYS_ISERROR", semihosting_call_iserror},
    {0x09, 1, "SYS_ISTTY", call_istty},
    {0x0a, 2, "SYS_SEEK", call_seek},
    {0x0c, 1, "SYS_FLEN", call_flen},
    {0x0d, 3, "SYS_TMPNAM", call_tmpnam},
    {0x0e, 2, "SYS_REMOVE", call_remove},
    {0x0f, 4, "SYS_RENAME", call_rename},
    {0x10, 0, "SYS_CLOCK", semihosting_call_clock},
    {0x11, 0, "SYS_TIME", semihosting_call_time},
    {0x12, 0, "SYS_SYSTEM", semihosting_call_system},
    {0x13, 0, "SYS_ERRNO", semihosting_call_errno},
    {0x15, 2, "SYS_GET_CMDLINE", semihosting_call_get_cmdline},
    {0x16, 1, "SYS_HEAPINFO", semihosting_call_heapinfo},
    {0x18, 2, "SYS_EXIT", semihosting_call_exit},
    {0x20, 2, "SYS_EXIT_EXTENDED", semihosting_call_exit},
    {0x30, 0, "SYS_ELAPSED", semihosting_call_elapsed},
    {0x31, 0, "SYS_TICKFREQ", semihosting_call_tickfreq},
};

const semihosting_operation_t *semihosting_find_operation(uint64_t number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(operations); i++)
        if (operations[i].number == number)
            return &operations[i];
    return NULL;
}
