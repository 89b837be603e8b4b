/* Unpacks gzip (RFC 1952), with a cap on what comes out, so that a small file cannot take the host's memory. */
#ifndef MESIM_LOADER_GZIP_H
#define MESIM_LOADER_GZIP_H

#include "base/error.h"
#include "loader/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool loader_gzip_detect(const void *data, size_t bytes);

/* All members of the file, one after another; what follows the last is ignored. 0 and contents for loader_file_done,
 * or -ENOEXEC (truncated or damaged), -EFBIG (over max_bytes), -ENOMEM. `name` is for messages. */
int loader_gzip_unpack(const void *data, size_t bytes, uint64_t max_bytes, const char *name, loader_file_t *ret_file,
                       base_error_t *error);

#endif
