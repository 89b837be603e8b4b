/* A file that appears whole or not at all: written beside its place under another name and renamed when
 * complete. A device or pipe (/dev/stdout) is written directly. Traces and statistics go through it. */
#ifndef MESIM_OBSERVE_OUTPUT_FILE_H
#define MESIM_OBSERVE_OUTPUT_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct observe_output_file observe_output_file_t;

/* `what` names the file's role in messages ("trace", "statistics"). */
int observe_output_file_open(const char *path, const char *what, observe_output_file_t **ret_file, base_error_t *error);
FILE *observe_output_file_stream(observe_output_file_t *file);
/* Flushes and renames; on any earlier or present write error removes the temporary file. Frees file; NULL is fine. */
int observe_output_file_close(observe_output_file_t *file, base_error_t *error);
/* Removes the temporary file: nothing appears, and what stood there before stays. Frees file; NULL is fine. */
void observe_output_file_abandon(observe_output_file_t *file);

#endif
