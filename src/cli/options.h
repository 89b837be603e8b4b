/* A command line described by a table: parsing, and the help made of the same rows. */
#ifndef MESIM_CLI_OPTIONS_H
#define MESIM_CLI_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>

/* One option; tables end with a NULL name. A row without `set` is a heading of the help. */
typedef struct cli_option {
    const char *name;     /* "cores" is --cores */
    char letter;          /* 'C' is -C; 0: none */
    const char *argument; /* its name in the help; NULL: the option takes none */
    const char *help;     /* sentences; wrapped when shown */
    /* Takes the argument ("" where there is none) into `target`; `shown` is the option as it was written. 0, or -errno
     * and a line without the option's name. */
    int (*set)(void *target, const char *shown, const char *value, base_error_t *error);
} cli_option_t;

/* Takes argv[0] to argv[argc - 1]: --name value, --name=value, -L value, -Lvalue, operands, and -- before operands that
 * begin with a dash. 0, or -EINVAL and one line that names the argument and what to do. */
int cli_options_parse(const cli_option_t *options, void *target, int argc, char *const *argv,
                      int (*operand)(void *target, const char *value, base_error_t *error), base_error_t *error);

/* The rows as aligned text of at most 100 columns; to be freed with g_free. */
char *cli_options_help(const cli_option_t *options);

#endif
