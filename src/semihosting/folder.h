/* The one folder of the host that a guest may use.
 *
 * Names are paths relative to it. Whatever leaves it is refused by the kernel of the host while it walks the path
 * (openat2 with RESOLVE_BENEATH, Linux 5.6 or newer): absolute paths, "..", symbolic links that lead out, and the links
 * of /proc that are no paths. Only regular files are opened, so that nothing blocks and no device is touched. Functions
 * with names return 0, a descriptor, or -errno: -EXDEV for what leaves the folder. */
#ifndef MESIM_SEMIHOSTING_FOLDER_H
#define MESIM_SEMIHOSTING_FOLDER_H

#include "base/error.h"

#include <stdbool.h>

typedef struct semihosting_folder semihosting_folder_t;

/* Holds the folder open: nothing that is renamed or mounted later changes which one it is. */
int semihosting_folder_new(const char *path, bool is_writable, semihosting_folder_t **ret_folder, base_error_t *error);
void semihosting_folder_free(semihosting_folder_t *folder); /* NULL is fine */

/* flags: as of open(2), one access mode with O_CREAT, O_TRUNC, O_APPEND. -EROFS where they write and the folder is not
 * writable, -EISDIR for a folder, -EACCES for what is no regular file. */
int semihosting_folder_open(const semihosting_folder_t *folder, const char *name, int flags);
int semihosting_folder_remove(const semihosting_folder_t *folder, const char *name);
int semihosting_folder_rename(const semihosting_folder_t *folder, const char *from, const char *to);

#endif
