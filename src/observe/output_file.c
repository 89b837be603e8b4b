/* Files that are never half written. */
#include "observe/output_file.h"

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct observe_output_file {
    FILE *stream;
    char *path, *temporary; /* temporary: NULL when written directly */
    const char *what;
};

static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

int observe_output_file_open(const char *path, const char *what, observe_output_file_t **ret_file, base_error_t *error)
{
    observe_output_file_t *file = g_new0(observe_output_file_t, 1);
    file->path = g_strdup(path);
    file->what = what;
    if (!is_special(path))
        file->temporary = g_strdup_printf("%s.part-%ld", path, (long)getpid());
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        errno = EISDIR;
    else
        file->stream = fopen(file->temporary ? file->temporary : path, "we");
    if (!file->stream) {
        int result = base_fail(error, -errno, "cannot write the %s to %s: %s; choose a writable path", what, path,
                               g_strerror(errno));
        g_free(file->path);
        g_free(file->temporary);
        g_free(file);
        return result;
    }
    *ret_file = file;
    return 0;
}

FILE *observe_output_file_stream(observe_output_file_t *file)
{
    return file->stream;
}

void observe_output_file_abandon(observe_output_file_t *file)
{
    if (!file)
        return;
    fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    g_free(file->path);
    g_free(file->temporary);
    g_free(file);
}

int observe_output_file_close(observe_output_file_t *file, base_error_t *error)
{
    if (!file)
        return 0;
    int failed = ferror(file->stream) ? EIO : 0;
    errno = 0;
    if (fflush(file->stream) || (file->temporary && fsync(fileno(file->stream))))
        failed = errno ? errno : EIO;
    if (fclose(file->stream))
        failed = errno ? errno : EIO;
    if (!failed && file->temporary && rename(file->temporary, file->path))
        failed = errno;
    int result = 0;
    if (failed) {
        if (file->temporary)
            unlink(file->temporary);
        result = base_fail(error, -failed, "writing the %s to %s failed: %s; nothing was kept", file->what, file->path,
                           g_strerror(failed));
    }
    g_free(file->path);
    g_free(file->temporary);
    g_free(file);
    return result;
}
