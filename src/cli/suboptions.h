/* An option's argument of the form HEAD[,NAME[=VALUE]]..., as in --drive disk.img,writable. No comma can be in any
 * part.
 */
#ifndef MESIM_CLI_SUBOPTIONS_H
#define MESIM_CLI_SUBOPTIONS_H

#include "base/error.h"

typedef struct cli_suboptions {
    const char *shown; /* the option, for messages */
    const char *head;  /* "a file" */
    const char *names; /* "readonly or writable" */
    /* Takes one; `value` is NULL where there is no "=". 0, or -EINVAL where name or value are not known. */
    int (*set)(void *target, const char *name, const char *value);
} cli_suboptions_t;

/* 0 and the head, to be freed with g_free, or -EINVAL and one line. */
int cli_suboptions_parse(const cli_suboptions_t *form, const char *text, void *target, char **ret_head,
                         base_error_t *error);

#endif
