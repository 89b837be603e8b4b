#include "semihosting/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum file_kind { FILE_CLOSED, FILE_INPUT, FILE_OUTPUT, FILE_FEATURES, FILE_HOST } file_kind_t;

typedef struct file {
    file_kind_t kind;
    int descriptor;    /* FILE_HOST */
    uint64_t position; /* FILE_FEATURES */
} file_t;

struct semihosting_files {
    const semihosting_folder_t *folder;
    semihosting_console_t console;
    size_t input_next;
    file_t file[SEMIHOSTING_MAX_HANDLES];
};

/* Magic, then bits SH_EXT_EXIT_EXTENDED and SH_EXT_STDOUT_STDERR. */
static const uint8_t features[] = {'S', 'H', 'F', 'B', 0x03};

semihosting_files_t *semihosting_files_new(const semihosting_folder_t *folder, const semihosting_console_t *console)
{
    semihosting_files_t *files = g_new0(semihosting_files_t, 1);
    files->folder = folder;
    files->console = *console;
    files->input_next = MIN(console->input_start, console->input_bytes);
    return files;
}

static void close_file(file_t *file)
{
    if (file->kind == FILE_HOST)
        close(file->descriptor);
    file->kind = FILE_CLOSED;
}

void semihosting_files_free(semihosting_files_t *files)
{
    if (!files)
        return;
    for (unsigned i = 0; i < SEMIHOSTING_MAX_HANDLES; i++)
        close_file(&files->file[i]);
    g_free(files);
}

static file_t *find(semihosting_files_t *files, uint64_t handle)
{
    if (!handle || handle > SEMIHOSTING_MAX_HANDLES || files->file[handle - 1].kind == FILE_CLOSED)
        return NULL;
    return &files->file[handle - 1];
}

/* --- opening and closing --- */

enum { MODES = 12, MODES_READ = 4, MODES_WRITE = 8 }; /* the first of w, and the first of a */

static int flags_of(uint64_t mode)
{
    bool both = mode & 2; /* with + */
    if (mode < MODES_READ)
        return both ? O_RDWR : O_RDONLY;
    return (both ? O_RDWR : O_WRONLY) | O_CREAT | (mode < MODES_WRITE ? O_TRUNC : O_APPEND);
}

static int64_t open_kind(semihosting_files_t *files, const char *name, uint64_t mode, file_t *file)
{
    if (!strcmp(name, ":tt")) {
        file->kind = mode < MODES_READ ? FILE_INPUT : FILE_OUTPUT;
        return 0;
    }
    if (!strcmp(name, ":semihosting-features")) {
        if (mode > 1)
            return -EACCES;
        *file = (file_t){.kind = FILE_FEATURES};
        return 0;
    }
    int descriptor = semihosting_folder_open(files->folder, name, flags_of(mode));
    if (descriptor < 0)
        return descriptor;
    *file = (file_t){.kind = FILE_HOST, .descriptor = descriptor};
    return 0;
}

int64_t semihosting_files_open(semihosting_files_t *files, const char *name, uint64_t mode)
{
    unsigned i = 0;
    if (mode >= MODES)
        return -EINVAL;
    while (i < SEMIHOSTING_MAX_HANDLES && files->file[i].kind != FILE_CLOSED)
        i++;
    if (i == SEMIHOSTING_MAX_HANDLES)
        return -EMFILE;
    int64_t result = open_kind(files, name, mode, &files->file[i]);
    return result < 0 ? result : (int64_t)i + 1;
}

int64_t semihosting_files_close(semihosting_files_t *files, uint64_t handle)
{
    file_t *file = find(files, handle);
    if (!file)
        return -EBADF;
    close_file(file);
    return 0;
}

/* --- reading and writing --- */

void semihosting_files_print(semihosting_files_t *files, const void *bytes, size_t count)
{
    if (files->console.output && count)
        files->console.output(files->console.self, bytes, count);
}

int semihosting_files_next_input(semihosting_files_t *files)
{
    return files->input_next < files->console.input_bytes ? files->console.input[files->input_next++] : -1;
}

size_t semihosting_files_input_read(const semihosting_files_t *files)
{
    return files->input_next;
}

static int64_t write_all(int descriptor, const uint8_t *bytes, size_t count)
{
    size_t written = 0;
    while (written < count) {
        ssize_t part = write(descriptor, bytes + written, count - written);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return written || !part ? (int64_t)written : -errno;
        written += (size_t)part;
    }
    return (int64_t)written;
}

static int64_t read_all(int descriptor, uint8_t *bytes, size_t count)
{
    size_t got = 0;
    while (got < count) {
        ssize_t part = read(descriptor, bytes + got, count - got);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0 && !got)
            return -errno;
        if (part <= 0)
            break;
        got += (size_t)part;
    }
    return (int64_t)got;
}

int64_t semihosting_files_write(semihosting_files_t *files, uint64_t handle, const void *bytes, size_t count)
{
    const file_t *file = find(files, handle);
    if (!file || file->kind == FILE_INPUT || file->kind == FILE_FEATURES)
        return -EBADF;
    if (file->kind == FILE_HOST)
        return write_all(file->descriptor, bytes, count);
    semihosting_files_print(files, bytes, count);
    return (int64_t)count;
}

/* Moves what is left of `source`, at *position. */
static int64_t take(const uint8_t *source, size_t bytes, uint64_t position, void *ret_bytes, size_t count)
{
    size_t left = position < bytes ? bytes - (size_t)position : 0;
    count = MIN(count, left);
    if (count)
        memcpy(ret_bytes, source + position, count);
    return (int64_t)count;
}

int64_t semihosting_files_read(semihosting_files_t *files, uint64_t handle, void *ret_bytes, size_t count)
{
    file_t *file = find(files, handle);
    if (!file || file->kind == FILE_OUTPUT)
        return -EBADF;
    if (file->kind == FILE_HOST)
        return read_all(file->descriptor, ret_bytes, count);
    bool is_input = file->kind == FILE_INPUT;
    const semihosting_console_t *console = &files->console;
    int64_t got = is_input ? take(console->input, console->input_bytes, files->input_next, ret_bytes, count)
                           : take(features, sizeof(features), file->position, ret_bytes, count);
    if (is_input)
        files->input_next += (size_t)got;
    else
        file->position += (uint64_t)got;
    return got;
}

/* --- the rest --- */

int64_t semihosting_files_seek(semihosting_files_t *files, uint64_t handle, uint64_t position)
{
    file_t *file = find(files, handle);
    if (!file)
        return -EBADF;
    if (file->kind == FILE_INPUT || file->kind == FILE_OUTPUT)
        return -ESPIPE;
    if (position > INT64_MAX)
        return -EINVAL;
    if (file->kind == FILE_HOST)
        return lseek(file->descriptor, (off_t)position, SEEK_SET) < 0 ? -errno : 0;
    file->position = position;
    return 0;
}

int64_t semihosting_files_length(semihosting_files_t *files, uint64_t handle)
{
    const file_t *file = find(files, handle);
    struct stat about;
    if (!file)
        return -EBADF;
    switch (file->kind) {
    case FILE_HOST: return fstat(file->descriptor, &about) ? -errno : about.st_size;
    case FILE_FEATURES: return sizeof(features);
    default: return -ESPIPE;
    }
}

int64_t semihosting_files_is_tty(semihosting_files_t *files, uint64_t handle)
{
    const file_t *file = find(files, handle);
    return file ? file->kind == FILE_INPUT || file->kind == FILE_OUTPUT : -EBADF;
}
