/* `mesim presets`: which machine descriptions there are. */
#include "cli/cli.h"
#include "machine/presets.h"

#include <glib.h>
#include <stdio.h>

static char *help(void)
{
    return g_strdup("DESCRIPTION\n"
                    "    Lists the machine descriptions that --preset of `mesim run` takes by name, and where each "
                    "comes from: a file\n"
                    "    beside the program, or the program itself. The default is generic.\n"
                    "\n"
                    "    `mesim run --preset NAME --dump-config` shows all values of one, in the form of a file that "
                    "can be changed\n"
                    "    and given to --preset again.\n");
}

static int run(int argc, char *const *argv)
{
    if (argc)
        return cli_fail(CLI_USAGE, "presets takes no argument, got '%s'", argv[0]);
    char *program = cli_program_path();
    char **folders = machine_preset_folders(program);
    machine_preset_t *presets = machine_presets_list((const char *const *)folders);
    for (const machine_preset_t *preset = presets; preset->name; preset++)
        printf("%-14s %s\n%-14s   %s\n", preset->name, preset->summary, "", preset->path ? preset->path : "(built in)");
    machine_presets_free(presets);
    g_strfreev(folders);
    g_free(program);
    return CLI_OK;
}

const cli_command_t cli_presets_command = {
    .name = "presets",
    .synopsis = "presets",
    .summary = "list the machine descriptions there are",
    .help = help,
    .run = run,
};
