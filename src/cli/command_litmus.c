/* `mesim litmus`: litmus tests, one after another, and the verdicts on folders of them. */
#include "axiomatic/axiomatic.h"
#include "axiomatic/compare.h"
#include "cli/cli.h"
#include "cli/host.h"
#include "cli/litmus_options.h"
#include "litmus/explain.h"
#include "litmus/kinds.h"
#include "litmus/print.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a folder's tests came to. */
typedef struct tally {
    unsigned tests, disagreeing, refused, missing;
    axiomatic_comparison_t compared; /* of all tests together */
} tally_t;

typedef struct session {
    const cli_litmus_options_t *options;
    cli_host_t host;
    tally_t tally;
    bool failed; /* a test given by name could not be run */
} session_t;

static char *help(void)
{
    char *options = cli_options_help(cli_litmus_option_table);
    char *page = g_strconcat(
        "DESCRIPTION\n"
        "    Runs litmus tests for AArch64 in the format of herd7 and litmus7, bare-metal in the simulator: each many\n"
        "    times, the threads on one core each, with seeded start offsets, cache placement and perturbation. Prints\n"
        "    the outcomes in the layout of litmus7's logs.\n"
        "\n"
        "    Of a folder, all tests named *.litmus are run. With a kinds.txt in it, which says Forbidden, Allowed or\n"
        "    Required of tests, a table of verdicts follows.\n"
        "\n"
        "    --axiomatic asks the Arm memory model itself (DDI 0487, B2.3) which outcomes are allowed: it makes all\n"
        "    candidate executions and keeps those that its axioms permit. States are counted, not executions.\n"
        "\n"
        "    The same tests, options and seed give the same outcomes. Ctrl-C ends the runs; what was seen is "
        "printed.\n",
        options,
        "\n"
        "EXIT STATUS\n"
        "    0    all tests were run, and agree with kinds.txt where there is one\n"
        "    1    a Forbidden outcome was seen or a Required one not (with --axiomatic: the model and kinds.txt\n"
        "         disagree), --compare saw what the model forbids, or a test cannot be read or run\n"
        "    2    the command line is wrong\n"
        "    130  interrupted\n"
        "\n"
        "EXAMPLES\n"
        "    mesim litmus MP.litmus\n"
        "    mesim litmus SB.litmus -n 1000000 --perturb 3 --seed 7\n"
        "    mesim litmus SB.litmus --explain\n"
        "    mesim litmus SB.litmus --memory nc\n"
        "    mesim litmus SB.litmus --axiomatic\n"
        "    mesim litmus tests/ --quiet --compare\n"
        "    mesim litmus tests/ --quiet\n",
        NULL);
    g_free(options);
    return page;
}

static bool interrupted(void *self)
{
    session_t *session = self;
    machine_host_t callbacks = cli_host_callbacks(&session->host);
    return callbacks.poll(callbacks.self, NULL);
}

static double seconds_since(int64_t start_us)
{
    return (double)(g_get_monotonic_time() - start_us) / 1e6;
}

static int find_allowed(session_t *session, const litmus_test_t *test, litmus_result_t *ret_allowed,
                        base_error_t *error)
{
    axiomatic_options_t options = {.interrupted = interrupted, .self = session};
    bool loops = false;
    int result = axiomatic_allowed(test, &options, ret_allowed, &loops, error);
    if (result == 0 && loops && !session->options->quiet)
        fprintf(stderr, "mesim: %s: a loop was followed for a few turns only\n", test->file);
    return result;
}

static int run_axiomatic(session_t *session, const litmus_test_t *test, litmus_result_t *ret_result,
                         base_error_t *error)
{
    int64_t start_us = g_get_monotonic_time();
    int result = find_allowed(session, test, ret_result, error);
    if (result == 0 && !session->options->quiet)
        litmus_print_allowed(test, ret_result, seconds_since(start_us), stdout);
    return result;
}

/* What was seen that the model forbids is printed in any case. */
static int compare(session_t *session, const litmus_test_t *test, const litmus_result_t *seen, base_error_t *error)
{
    litmus_result_t allowed = {0};
    int result = find_allowed(session, test, &allowed, error);
    if (result < 0)
        return result;
    axiomatic_comparison_t compared = axiomatic_compare(test, &allowed, seen);
    for (unsigned i = 0; i < seen->outcome_count; i++) {
        const litmus_outcome_t *outcome = &seen->outcomes[i];
        if (axiomatic_allows(test, &allowed, outcome->values))
            continue;
        printf("Model %s forbids, seen %" PRIu64 " times, first in run %" PRIu64 ": ", test->name, outcome->count,
               outcome->first_run);
        litmus_print_state(test, outcome->values, stdout);
        putchar('\n');
    }
    if (!session->options->quiet || compared.forbidden)
        printf("Model %s: %u of %u allowed outcomes seen, and %u forbidden ones\n\n", test->name, compared.seen,
               compared.allowed, compared.forbidden);
    session->failed |= compared.forbidden > 0;
    session->tally.compared.allowed += compared.allowed;
    session->tally.compared.seen += compared.seen;
    session->tally.compared.forbidden += compared.forbidden;
    litmus_result_done(&allowed);
    return 0;
}

static int run_simulated(session_t *session, const litmus_test_t *test, litmus_result_t *ret_result,
                         base_error_t *error)
{
    litmus_options_t options = session->options->litmus;
    options.interrupted = interrupted;
    options.self = session;
    int64_t start_us = g_get_monotonic_time();
    int result = litmus_run(test, &options, ret_result, error);
    if (result == 0 && !session->options->quiet)
        litmus_print(test, ret_result, seconds_since(start_us), stdout);
    if (result == 0 && session->options->explain && !ret_result->interrupted)
        result = litmus_explain(test, &options, ret_result, stdout, error);
    if (result == 0 && session->options->compare && !ret_result->interrupted)
        result = compare(session, test, ret_result, error);
    return result;
}

/* Runs one test and prints its log. 0, or -errno with the error printed. */
static int run_test(session_t *session, const char *path, litmus_result_t *ret_result)
{
    base_error_t error = {0};
    litmus_test_t *test;
    int result = litmus_test_read(path, &test, &error);
    if (result == 0) {
        result = session->options->axiomatic ? run_axiomatic(session, test, ret_result, &error)
                                             : run_simulated(session, test, ret_result, &error);
        litmus_test_free(test);
    }
    if (result < 0 && result != -EINTR)
        cli_fail(CLI_FAILED, "%s", error.text);
    return result;
}

static void run_file(session_t *session, const char *path)
{
    litmus_result_t result = {0};
    session->failed |= run_test(session, path, &result) < 0;
    litmus_result_done(&result);
}

/* --- folders --- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The tests of a folder by name, without the suffix. */
static GPtrArray *list_tests(const char *folder, base_error_t *error)
{
    GError *reason = NULL;
    GDir *dir = g_dir_open(folder, 0, &reason);
    if (!dir) {
        base_fail(error, -EIO, "%s", reason->message);
        g_error_free(reason);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *entry;
    while ((entry = g_dir_read_name(dir)))
        if (g_str_has_suffix(entry, ".litmus"))
            g_ptr_array_add(names, g_strndup(entry, strlen(entry) - strlen(".litmus")));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* A line of the table; the same columns as its head. */
static void append_row(GString *table, const char *name, const char *kind, const char *seen, uint64_t holding,
                       uint64_t failing, const char *verdict)
{
    g_string_append_printf(table, "%-28s %-10s %-10s %10" PRIu64 " %10" PRIu64 "  %s\n", name, kind, seen, holding,
                           failing, verdict);
}

static void judge(session_t *session, GString *table, const litmus_kinds_t *kinds, const char *folder, const char *name)
{
    char *path = g_strdup_printf("%s/%s.litmus", folder, name);
    litmus_kind_t kind = kinds ? litmus_kinds_find(kinds, name) : LITMUS_KIND_NONE;
    litmus_result_t result = {0};
    unsigned forbidden = session->tally.compared.forbidden;
    session->tally.tests++;
    if (run_test(session, path, &result) < 0) {
        session->tally.refused++;
        append_row(table, name, litmus_kind_name(kind), "-", 0, 0, "NOT RUN");
    } else {
        bool agrees =
            session->options->axiomatic ? litmus_kind_decides(kind, &result) : litmus_kind_agrees(kind, &result);
        agrees &= session->tally.compared.forbidden == forbidden;
        session->tally.disagreeing += !agrees;
        append_row(table, name, litmus_kind_name(kind), litmus_observation(&result), result.holding, result.failing,
                   agrees ? "ok" : "WRONG");
    }
    litmus_result_done(&result);
    g_free(path);
}

static void report_missing(session_t *session, GString *table, const litmus_kinds_t *kinds, const GPtrArray *names)
{
    const char *name;
    for (unsigned i = 0; (name = litmus_kinds_name(kinds, i)); i++) {
        bool found = false;
        for (guint j = 0; j < names->len; j++)
            found |= !strcmp(names->pdata[j], name);
        if (found)
            continue;
        session->tally.missing++;
        append_row(table, name, litmus_kind_name(litmus_kinds_find(kinds, name)), "-", 0, 0, "NO SUCH FILE");
    }
}

static void print_table(session_t *session, const char *folder, const GString *table)
{
    const tally_t *tally = &session->tally;
    if (session->options->axiomatic)
        printf("%s: outcomes that the Arm memory model allows\n", folder);
    else
        printf("%s: %" PRIu64 " runs of each test, seed %" PRIu64 ", perturb level %u\n", folder,
               session->options->litmus.runs, session->options->litmus.rig.seed, session->options->litmus.rig.perturb);
    printf("%-28s %-10s %-10s %10s %10s  %s\n%s", "test", "kinds.txt", "seen", "positive", "negative", "verdict",
           table->str);
    printf("%u tests: %u wrong, %u not run", tally->tests, tally->disagreeing, tally->refused);
    printf(tally->missing ? ", %u of kinds.txt have no file\n" : "\n", tally->missing);
    if (session->options->compare)
        printf("Model: %u of %u allowed outcomes seen, and %u forbidden ones\n", tally->compared.seen,
               tally->compared.allowed, tally->compared.forbidden);
    putchar('\n');
}

static void run_folder(session_t *session, const char *folder)
{
    base_error_t error = {0};
    litmus_kinds_t *kinds = NULL;
    char *path = g_build_filename(folder, "kinds.txt", NULL);
    int result = litmus_kinds_read(path, &kinds, &error);
    g_free(path);
    GPtrArray *names = result < 0 && result != -ENOENT ? NULL : list_tests(folder, &error);
    if (names && !names->len)
        base_fail(&error, -ENOENT, "%s holds no file that ends in .litmus", folder);
    if (!names || !names->len) {
        session->failed = true;
        cli_fail(CLI_FAILED, "%s", error.text);
    } else {
        GString *table = g_string_new(NULL);
        session->tally = (tally_t){0};
        for (guint i = 0; i < names->len && session->host.stop == CLI_HOST_RUNS; i++)
            judge(session, table, kinds, folder, names->pdata[i]);
        if (kinds)
            report_missing(session, table, kinds, names);
        if (kinds || session->options->quiet)
            print_table(session, folder, table);
        session->failed |= session->tally.disagreeing || session->tally.refused || session->tally.missing;
        g_string_free(table, TRUE);
    }
    if (names)
        g_ptr_array_free(names, TRUE);
    litmus_kinds_free(kinds);
}

static int run(int argc, char *const *argv)
{
    cli_litmus_options_t options;
    base_error_t error = {0};
    if (cli_litmus_options_parse(argc, argv, &options, &error) < 0)
        return cli_fail(CLI_USAGE, "%s", error.text);
    session_t session = {.options = &options};
    cli_host_init(&session.host, UINT64_MAX, true);
    for (guint i = 0; i < options.paths->len && session.host.stop == CLI_HOST_RUNS; i++) {
        const char *path = options.paths->pdata[i];
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            run_folder(&session, path);
        else
            run_file(&session, path);
    }
    cli_host_done(&session.host);
    cli_litmus_options_done(&options);
    if (session.host.stop == CLI_HOST_CONSOLE_FAILED)
        return cli_fail(CLI_FAILED, "standard output cannot be written");
    if (session.host.stop == CLI_HOST_INTERRUPTED)
        return cli_fail(CLI_INTERRUPTED, "interrupted by %s", g_strsignal(session.host.signal));
    return session.failed ? CLI_FAILED : CLI_OK;
}

const cli_command_t cli_litmus_command = {
    .name = "litmus",
    .synopsis = "litmus FILE... [-n RUNS] [--seed N] [--preset NAME] [--perturb LEVEL] [--explain]",
    .summary = "run memory-ordering litmus tests",
    .help = help,
    .run = run,
};
