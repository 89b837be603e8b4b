#include "litmus/text.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { MAX_FILE_BYTES = 1 << 20 };

static int check(const char *path, char *text, size_t bytes, base_error_t *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (bytes > MAX_FILE_BYTES)
        return base_fail(error, -EINVAL, "%s:1:1: expected a text of up to 1 MiB", path);
    size_t end = strlen(text);
    if (end != bytes) {
        unsigned line = 1;
        const char *start = text;
        for (const char *at; (at = strchr(start, '\n')); line++)
            start = at + 1;
        return base_fail(error, -EINVAL, "%s:%u:%zu: expected a text, found a byte 0", path, line,
                         (size_t)(text + end - start) + 1);
    }
    if (g_str_has_prefix(text, mark))
        memset(text, ' ', strlen(mark));
    return 0;
}

int litmus_text_read(const char *path, char **ret_text, base_error_t *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return base_fail(error, errno == ENOENT ? -ENOENT : -EIO, "cannot open %s: %s", path, g_strerror(errno));
    char *text = g_malloc(MAX_FILE_BYTES + 2);
    size_t bytes = fread(text, 1, MAX_FILE_BYTES + 1, file);
    int result = ferror(file) ? base_fail(error, -EIO, "cannot read %s: %s", path, g_strerror(errno)) : 0;
    fclose(file);
    text[bytes] = '\0';
    if (result == 0)
        result = check(path, text, bytes, error);
    if (result < 0)
        g_free(text);
    else
        *ret_text = g_realloc(text, bytes + 1);
    return result;
}
