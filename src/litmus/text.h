/* Text files of bounded size: whatever the path names, memory and time stay small. */
#ifndef MESIM_LITMUS_TEXT_H
#define MESIM_LITMUS_TEXT_H

#include "base/error.h"

/* *ret_text: the file's bytes with a 0 behind them, for g_free; a byte order mark at its head becomes blanks. -ENOENT,
 * -EIO, or -EINVAL where it holds a byte 0 or more than 1 MiB. */
int litmus_text_read(const char *path, char **ret_text, base_error_t *error);

#endif
