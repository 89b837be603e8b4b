/* The table of subcommands, and the help made of it. */
#include "cli/cli.h"

#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static char *help_help(void);
static char *version_help(void);
static int run_help(int argc, char *const *argv);
static int run_version(int argc, char *const *argv);

static const cli_command_t help_command = {
    .name = "help",
    .synopsis = "help [COMMAND]",
    .summary = "this overview, or the manual page of a command",
    .help = help_help,
    .run = run_help,
};

static const cli_command_t version_command = {
    .name = "version",
    .synopsis = "version",
    .summary = "the program's version",
    .help = version_help,
    .run = run_version,
};

static const cli_command_t *const commands[] = {
    &cli_run_command,      &cli_report_command, &cli_litmus_command, &cli_presets_command,
    &cli_protocol_command, &help_command,       &version_command,    NULL,
};

int cli_fail(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "mesim: %s\n", line);
    g_free(line);
    return status;
}

char *cli_program_path(void)
{
    char *path = g_file_read_link("/proc/self/exe", NULL);
    return path ? path : g_strdup("mesim");
}

static const cli_command_t *find_command(const char *name)
{
    for (unsigned i = 0; commands[i]; i++)
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    return NULL;
}

static int fail_unknown(const char *name)
{
    GString *names = g_string_new(NULL);
    for (unsigned i = 0; commands[i]; i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", commands[i]->name);
    int status = cli_fail(CLI_USAGE, "there is no command '%s'; the commands are %s", name, names->str);
    g_string_free(names, TRUE);
    return status;
}

static char *help_help(void)
{
    return g_strdup("DESCRIPTION\n    Without COMMAND the overview, with it the manual page of that command.\n");
}

static char *version_help(void)
{
    return g_strdup("DESCRIPTION\n    Prints \"mesim\" and the version.\n");
}

static void print_overview(void)
{
    printf("mesim %s: simulates AArch64 SMP hardware, caches, coherence and interrupts included\n\nUSAGE\n",
           MESIM_VERSION);
    printf("    mesim COMMAND [ARGUMENT...]\n\nCOMMANDS\n");
    for (unsigned i = 0; commands[i]; i++)
        printf("    %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf("\nEXAMPLE\n    mesim run kernel.elf --cores 4\n\n`mesim help COMMAND` is the manual page of a command.\n");
}

static void print_page(const cli_command_t *command)
{
    char *page = command->help();
    printf("NAME\n    mesim %s - %s\n\nSYNOPSIS\n    mesim %s\n\n%s", command->name, command->summary,
           command->synopsis, page);
    g_free(page);
}

static int run_help(int argc, char *const *argv)
{
    if (argc > 1)
        return cli_fail(CLI_USAGE, "help takes one command, got '%s' as well", argv[1]);
    if (argc == 0) {
        print_overview();
        return CLI_OK;
    }
    const cli_command_t *command = find_command(argv[0]);
    if (!command)
        return fail_unknown(argv[0]);
    print_page(command);
    return CLI_OK;
}

static int run_version(int argc, char *const *argv)
{
    if (argc)
        return cli_fail(CLI_USAGE, "version takes no argument, got '%s'", argv[0]);
    printf("mesim %s\n", MESIM_VERSION);
    return CLI_OK;
}

static bool asks_for_help(int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return true;
    return false;
}

static int dispatch(int argc, char *const *argv)
{
    if (argc < 2) {
        print_overview();
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        name = "help";
    else if (!strcmp(name, "--version") || !strcmp(name, "-V"))
        name = "version";
    const cli_command_t *command = find_command(name);
    if (!command)
        return fail_unknown(name);
    if (command != &help_command && asks_for_help(argc - 2, argv + 2)) {
        print_page(command);
        return CLI_OK;
    }
    return command->run(argc - 2, argv + 2);
}

int cli_main(int argc, char *const *argv)
{
    int status = dispatch(argc, argv);
    if ((fflush(stdout) || ferror(stdout)) && status == CLI_OK)
        return cli_fail(CLI_FAILED, "cannot write to standard output; is the disk full?");
    return status;
}
