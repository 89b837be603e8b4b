/* Whole files, read once at start-up. */
#include "loader/file.h"

#include "loader/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN_NAME_BYTES = 160 };

const char *loader_shown_name(const char *name)
{
    size_t bytes = strlen(name);
    return bytes > SHOWN_NAME_BYTES ? name + bytes - SHOWN_NAME_BYTES : name;
}

static int fail_open(const char *name, int error_number, base_error_t *error)
{
    if (error_number == ENOENT || error_number == ENOTDIR)
        return base_fail(error, -ENOENT, "%s: no such file; check the path", name);
    if (error_number == EACCES || error_number == EPERM)
        return base_fail(error, -EACCES, "%s: not readable; check its permissions", name);
    return base_fail(error, -error_number, "%s: cannot be opened: %s", name, g_strerror(error_number));
}

static int check_kind(const char *name, const struct stat *status, uint64_t max_bytes, base_error_t *error)
{
    char size[LOADER_TEXT_BYTES], limit[LOADER_TEXT_BYTES];
    if (S_ISDIR(status->st_mode))
        return base_fail(error, -EISDIR, "%s: is a directory; name a file in it", name);
    if (!S_ISREG(status->st_mode))
        return base_fail(error, -EINVAL, "%s: not a regular file; copy its contents to one", name);
    if (status->st_size <= 0)
        return base_fail(error, -ENODATA, "%s: the file is empty; build or copy it again", name);
    if ((uint64_t)status->st_size > max_bytes)
        return base_fail(error, -EFBIG, "%s: the file has %s, more than the %s accepted here; give a smaller one", name,
                         loader_size_text(size, (uint64_t)status->st_size), loader_size_text(limit, max_bytes));
    return 0;
}

static int read_all(int fd, const char *name, uint8_t *data, size_t bytes, base_error_t *error)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t got = read(fd, data + done, bytes - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return base_fail(error, -EIO, "%s: cannot be read: %s", name, g_strerror(errno));
        if (got == 0)
            return base_fail(error, -EIO, "%s: became shorter while it was read; try again", name);
        done += (size_t)got;
    }
    return 0;
}

static int read_fd(int fd, const char *name, uint64_t max_bytes, loader_file_t *ret_file, base_error_t *error)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return fail_open(name, errno, error);
    int result = check_kind(name, &status, max_bytes, error);
    if (result < 0)
        return result;

    size_t bytes = (size_t)status.st_size;
    uint8_t *data = g_try_malloc(bytes);
    if (!data)
        return base_fail(error, -ENOMEM, "%s: not enough host memory for its %zu bytes", name, bytes);
    result = read_all(fd, name, data, bytes, error);
    if (result < 0) {
        g_free(data);
        return result;
    }
    *ret_file = (loader_file_t){.data = data, .bytes = bytes};
    return 0;
}

int loader_file_read(const char *path, uint64_t max_bytes, loader_file_t *ret_file, base_error_t *error)
{
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    const char *name = loader_shown_name(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_open(name, errno, error);
    int result = read_fd(fd, name, max_bytes, ret_file, error);
    close(fd);
    return result;
}

void loader_file_done(loader_file_t *file)
{
    if (!file)
        return;
    g_free(file->data);
    *file = (loader_file_t){0};
}
