/* kinds.txt of a folder of tests: a test's name and its verdict, Forbidden, Allowed or Required, a line. */
#ifndef MESIM_LITMUS_KINDS_H
#define MESIM_LITMUS_KINDS_H

#include "litmus/runner.h"

typedef enum litmus_kind {
    LITMUS_KIND_NONE, /* not in the file */
    LITMUS_KIND_FORBIDDEN,
    LITMUS_KIND_ALLOWED,
    LITMUS_KIND_REQUIRED,
} litmus_kind_t;

typedef struct litmus_kinds litmus_kinds_t;

/* Lines that begin with # are comments. -EINVAL with "file:line: ..."; -ENOENT: no such file. */
int litmus_kinds_read(const char *path, litmus_kinds_t **ret_kinds, base_error_t *error);
void litmus_kinds_free(litmus_kinds_t *kinds); /* NULL is fine */

litmus_kind_t litmus_kinds_find(const litmus_kinds_t *kinds, const char *name);
/* The name at `index`, for those that have no test; NULL: no more. */
const char *litmus_kinds_name(const litmus_kinds_t *kinds, unsigned index);
const char *litmus_kind_name(litmus_kind_t kind);

/* Whether the outcome agrees: what is Forbidden was not seen, what is Required was, and nothing else. */
bool litmus_kind_agrees(litmus_kind_t kind, const litmus_result_t *result);
/* The same where the result has all outcomes that there can be: what is Allowed must be among them. */
bool litmus_kind_decides(litmus_kind_t kind, const litmus_result_t *all);

#endif
