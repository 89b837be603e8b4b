/* What a guest has opened by SYS_OPEN: one table of handles for the machine.
 *
 * A handle stands for a file of the folder, for the console (":tt": standard input, output or error, by the mode) or
 * for ":semihosting-features". Functions return what is not negative, or -errno; the numbers are those of Linux. */
#ifndef MESIM_SEMIHOSTING_FILES_H
#define MESIM_SEMIHOSTING_FILES_H

#include "semihosting/folder.h"

#include <stddef.h>
#include <stdint.h>

enum { SEMIHOSTING_MAX_HANDLES = 64 };

typedef struct semihosting_console {
    void (*output)(void *self, const char *bytes, size_t count);
    void *self;
    const uint8_t *input; /* what is read, to its end; must outlive the files */
    size_t input_bytes;
    size_t input_start; /* so much of it was read before */
} semihosting_console_t;

typedef struct semihosting_files semihosting_files_t;

/* The folder must outlive the files. */
semihosting_files_t *semihosting_files_new(const semihosting_folder_t *folder, const semihosting_console_t *console);
void semihosting_files_free(semihosting_files_t *files); /* closes all; NULL is fine */

/* Mode 0 to 11: r, rb, r+, r+b, w, wb, w+, w+b, a, ab, a+, a+b. A handle is not 0. */
int64_t semihosting_files_open(semihosting_files_t *files, const char *name, uint64_t mode);
int64_t semihosting_files_close(semihosting_files_t *files, uint64_t handle);
/* Bytes moved: fewer than `count` at the end of the file, or when something went wrong after the first. */
int64_t semihosting_files_write(semihosting_files_t *files, uint64_t handle, const void *bytes, size_t count);
int64_t semihosting_files_read(semihosting_files_t *files, uint64_t handle, void *ret_bytes, size_t count);
int64_t semihosting_files_seek(semihosting_files_t *files, uint64_t handle, uint64_t position);
int64_t semihosting_files_length(semihosting_files_t *files, uint64_t handle);
/* 1: an interactive device, 0: not. */
int64_t semihosting_files_is_tty(semihosting_files_t *files, uint64_t handle);

/* The console without a handle. The input's next byte, or -1 at its end. */
void semihosting_files_print(semihosting_files_t *files, const void *bytes, size_t count);
int semihosting_files_next_input(semihosting_files_t *files);
/* How much of the console's input was read, with what was before. */
size_t semihosting_files_input_read(const semihosting_files_t *files);

#endif
