/* `mesim report`: the report of a run again, or two runs beside each other. */
#include "cli/cli.h"
#include "cli/options.h"
#include "report/compare.h"
#include "report/report.h"

#include <errno.h>
#include <glib.h>
#include <math.h>

typedef struct report_options {
    const char *paths[2];
    unsigned path_count;
    GPtrArray *parts; /* of --match */
    uint64_t least;
    double fail_above; /* percent; negative: never */
} report_options_t;

static int set_match(void *target, const char *shown, const char *value, base_error_t *error)
{
    report_options_t *options = target;
    if (!*value)
        return base_fail(error, -EINVAL, "%s needs a part of a counter's name, such as l1d", shown);
    g_ptr_array_add(options->parts, (gpointer)value);
    return 0;
}

static int set_least(void *target, const char *shown, const char *value, base_error_t *error)
{
    report_options_t *options = target;
    if (!g_ascii_string_to_unsigned(value, 10, 0, UINT64_MAX, &options->least, NULL))
        return base_fail(error, -EINVAL, "%s '%s' is no number; give what a counter must reach, such as 1000", shown,
                         value);
    return 0;
}

static int set_fail_above(void *target, const char *shown, const char *value, base_error_t *error)
{
    report_options_t *options = target;
    char *end;
    double percent = g_ascii_strtod(value, &end);
    if (end == value || *end || !isfinite(percent) || percent < 0)
        return base_fail(error, -EINVAL, "%s '%s' is no percentage; give 0 or more, such as 2.5", shown, value);
    options->fail_above = percent;
    return 0;
}

static int set_nothing(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)target;
    (void)shown;
    (void)value;
    (void)error;
    return 0;
}

static const cli_option_t option_table[] = {
    {.name = "Of a comparison"},
    {"match", 0, "TEXT", "Only counters whose path contains TEXT, such as l1d or stalls.dsb. May be repeated.",
     set_match},
    {"least", 0, "N", "Only counters that reach N in one of the two runs.", set_least},
    {"fail-above", 0, "PCT",
     "Ends with status 1 where one of these counters grew by more than PCT percent from FIRST to SECOND.",
     set_fail_above},
    {.name = "Other"},
    {"help", 'h', NULL, "This page.", set_nothing /* taken before options are parsed */},
    {0},
};

static char *help(void)
{
    char *options = cli_options_help(option_table);
    char *page = g_strconcat(
        "DESCRIPTION\n"
        "    With FIRST alone, which `mesim run --stats FILE` wrote, prints that run's report again: the counters of "
        "each\n"
        "    core, coherence transactions, stalls of barriers by cause, inter-processor interrupts, what cores share,\n"
        "    the most expensive instructions and lines, guest errors, and how the run ended.\n"
        "\n"
        "    With two, prints the parameters of the machine and the counters in which they differ, those whose ratio\n"
        "    of SECOND to FIRST is farthest from 1 first. Counters of cores are added up over all cores. What depends\n"
        "    on the host is left out, so two runs of the same machine and image have no difference.\n",
        options,
        "\n"
        "EXIT STATUS\n"
        "    0    printed\n"
        "    1    a file cannot be read or has no statistics of this version; or a counter grew by more than\n"
        "         --fail-above\n"
        "    2    the command line is wrong\n"
        "\n"
        "EXAMPLES\n"
        "    mesim run kernel.elf --stats before.json\n"
        "    mesim report before.json\n"
        "    mesim report before.json after.json --match stalls --least 1000\n"
        "    mesim report before.json after.json --match sim.ps --fail-above 2\n",
        NULL);
    g_free(options);
    return page;
}

static int add_path(void *target, const char *value, base_error_t *error)
{
    report_options_t *options = target;
    if (options->path_count == G_N_ELEMENTS(options->paths))
        return base_fail(error, -EINVAL, "report takes one file, or two to compare, got '%s' as well", value);
    options->paths[options->path_count++] = value;
    return 0;
}

static int check(const report_options_t *options, base_error_t *error)
{
    if (!options->path_count)
        return base_fail(error, -EINVAL, "report needs a file that `mesim run --stats FILE` wrote");
    if (options->path_count == 1 && (options->parts->len || options->least || options->fail_above >= 0))
        return base_fail(error, -EINVAL,
                         "--match, --least and --fail-above are of a comparison; give two files for one");
    return 0;
}

static int compare(const report_options_t *options, const report_document_t *documents)
{
    const char *worst;
    bool has_parts = options->parts->len;
    g_ptr_array_add(options->parts, NULL);
    report_filter_t filter = {.parts = has_parts ? (const char *const *)options->parts->pdata : NULL,
                              .least = options->least};
    int status = CLI_OK;
    report_comparison_t *comparison = report_comparison_new(&documents[0], &documents[1], &filter);
    report_comparison_print(comparison, stdout);
    unsigned grown = options->fail_above >= 0 ? report_comparison_grown(comparison, options->fail_above, &worst) : 0;
    if (grown)
        status =
            cli_fail(CLI_FAILED, "%u counters grew by more than %g %%, %s the most", grown, options->fail_above, worst);
    report_comparison_free(comparison);
    return status;
}

static int print(const report_options_t *options)
{
    report_document_t documents[2] = {0};
    base_error_t error = {0};
    int result = 0, status = CLI_OK;
    for (unsigned i = 0; i < options->path_count && result == 0; i++)
        result = report_document_read(options->paths[i], &documents[i], &error);
    if (result < 0)
        status = cli_fail(CLI_FAILED, "%s", error.text);
    else if (options->path_count == 2)
        status = compare(options, documents);
    else
        report_print(&documents[0], stdout);
    for (unsigned i = 0; i < 2; i++)
        report_document_done(&documents[i]);
    return status;
}

static int run(int argc, char *const *argv)
{
    report_options_t options = {.parts = g_ptr_array_new(), .fail_above = -1};
    base_error_t error = {0};
    int result = cli_options_parse(option_table, &options, argc, argv, add_path, &error);
    if (result == 0)
        result = check(&options, &error);
    int status = result < 0 ? cli_fail(CLI_USAGE, "%s", error.text) : print(&options);
    g_ptr_array_free(options.parts, TRUE);
    return status;
}

const cli_command_t cli_report_command = {
    .name = "report",
    .synopsis = "report FIRST [SECOND] [OPTION...]",
    .summary = "the report of a run from its statistics, or two compared",
    .help = help,
    .run = run,
};
