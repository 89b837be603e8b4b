/* Reads a whole host file into memory, with a cap and errors that say what to do.
 *
 * Only regular files are taken: a directory, FIFO or device is refused, so that a wrong path cannot block or
 * grow without end. An empty file is an error, because nothing the loader reads may be empty. */
#ifndef MESIM_LOADER_FILE_H
#define MESIM_LOADER_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct loader_file {
    uint8_t *data;
    size_t bytes;
} loader_file_t;

/* 0, or -ENOENT, -EACCES, -EISDIR, -EFBIG (more than max_bytes), -ENODATA (empty), -ENOMEM, -EIO, -EINVAL. */
int loader_file_read(const char *path, uint64_t max_bytes, loader_file_t *ret_file, base_error_t *error);

/* Frees what loader_file_read gave; a zeroed struct and NULL are fine. */
void loader_file_done(loader_file_t *file);

/* The end of an overlong path, so that the rest of an error line is not cut off. */
const char *loader_shown_name(const char *name);

#endif
