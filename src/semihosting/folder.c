#define _GNU_SOURCE /* O_PATH */
#include "semihosting/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct semihosting_folder {
    int descriptor;
    bool is_writable;
};

static int open_beneath(const semihosting_folder_t *folder, const char *name, int flags)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? 0666 : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long descriptor;
    do
        descriptor = syscall(SYS_openat2, folder->descriptor, name, &how, sizeof(how));
    while (descriptor < 0 && (errno == EINTR || errno == EAGAIN)); /* EAGAIN: a rename nearby while it walked */
    return descriptor < 0 ? -errno : (int)descriptor;
}

int semihosting_folder_new(const char *path, bool is_writable, semihosting_folder_t **ret_folder, base_error_t *error)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        int problem = errno;
        return base_fail(error, -problem, "cannot use the semihosting folder '%s': %s; give a folder that can be read",
                         path, g_strerror(problem));
    }
    semihosting_folder_t folder = {.descriptor = descriptor, .is_writable = is_writable};
    int again = open_beneath(&folder, ".", O_PATH | O_DIRECTORY);
    if (again < 0) {
        close(descriptor);
        return base_fail(error, again, "cannot confine semihosting to '%s': %s; this needs Linux 5.6 or newer", path,
                         g_strerror(-again));
    }
    close(again);
    *ret_folder = g_memdup2(&folder, sizeof(folder));
    return 0;
}

void semihosting_folder_free(semihosting_folder_t *folder)
{
    if (!folder)
        return;
    close(folder->descriptor);
    g_free(folder);
}

static int check_regular(int descriptor)
{
    struct stat about;
    if (fstat(descriptor, &about))
        return -errno;
    return S_ISREG(about.st_mode) ? 0 : S_ISDIR(about.st_mode) ? -EISDIR : -EACCES;
}

/* Looks before it opens: merely opening a device can act on it. */
static int check_before(const semihosting_folder_t *folder, const char *name, int flags)
{
    int descriptor = open_beneath(folder, name, O_PATH);
    if (descriptor < 0)
        return descriptor == -ENOENT && flags & O_CREAT ? 0 : descriptor;
    int result = check_regular(descriptor);
    close(descriptor);
    return result;
}

int semihosting_folder_open(const semihosting_folder_t *folder, const char *name, int flags)
{
    int result = check_before(folder, name, flags);
    if (result < 0)
        return result;
    if (!folder->is_writable && (flags & O_ACCMODE) != O_RDONLY)
        return -EROFS;
    int descriptor = open_beneath(folder, name, flags | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return descriptor;
    result = check_regular(descriptor); /* another program of the host may have exchanged it */
    if (result == 0)
        return descriptor;
    close(descriptor);
    return result;
}

/* --- entries of folders --- */

/* The folder that holds `name`, and the name's last part within it. */
static int open_parent(const semihosting_folder_t *folder, const char *name, const char **ret_last)
{
    const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
    if (!folder->is_writable)
        return -EROFS;
    if (!*last || !strcmp(last, ".") || !strcmp(last, ".."))
        return !strcmp(last, "..") ? -EXDEV : -EISDIR;
    char *path = slash ? g_strndup(name, (gsize)(last - name)) : g_strdup("."); /* with its slash: "/x" is in "/" */
    int parent = open_beneath(folder, path, O_PATH | O_DIRECTORY);
    g_free(path);
    *ret_last = last;
    return parent;
}

int semihosting_folder_remove(const semihosting_folder_t *folder, const char *name)
{
    const char *last;
    int parent = open_parent(folder, name, &last);
    if (parent < 0)
        return parent;
    int result = unlinkat(parent, last, 0) ? -errno : 0;
    close(parent);
    return result;
}

int semihosting_folder_rename(const semihosting_folder_t *folder, const char *from, const char *to)
{
    const char *last_from, *last_to;
    int parent_from = open_parent(folder, from, &last_from);
    if (parent_from < 0)
        return parent_from;
    int parent_to = open_parent(folder, to, &last_to);
    int result = parent_to;
    if (parent_to >= 0) {
        result = renameat(parent_from, last_from, parent_to, last_to) ? -errno : 0;
        close(parent_to);
    }
    close(parent_from);
    return result;
}
