/* `mesim protocol`: the coherence protocol, from the table that the caches execute. */
#include "cache/protocol.h"
#include "cli/cli.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static char *help(void)
{
    return g_strdup(
        "DESCRIPTION\n"
        "    Prints the coherence protocol as a Markdown page: the states and events of the level-1 data cache and\n"
        "    of the directory in the level-2 cache, and what each does in every case. It is made of the tables that\n"
        "    the simulated caches execute.\n");
}

static int run(int argc, char *const *argv)
{
    if (argc)
        return cli_fail(CLI_USAGE, "protocol takes no argument, got '%s'", argv[0]);
    char *page = cache_protocol_page();
    fputs(page, stdout);
    free(page);
    return CLI_OK;
}

const cli_command_t cli_protocol_command = {
    .name = "protocol",
    .synopsis = "protocol",
    .summary = "print the coherence protocol as a table",
    .help = help,
    .run = run,
};
