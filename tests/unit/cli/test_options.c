/* Option tables: parsing and help. */
#include "cli/options.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

typedef struct target {
    char text[256];
} target_t;

static void note(target_t *target, const char *what, const char *value)
{
    g_strlcat(target->text, what, sizeof(target->text));
    g_strlcat(target->text, value, sizeof(target->text));
    g_strlcat(target->text, " ", sizeof(target->text));
}

static int set(void *target, const char *shown, const char *value, base_error_t *error)
{
    if (!strcmp(value, "bad"))
        return base_fail(error, -EINVAL, "%s is bad", shown);
    note(target, shown, value);
    return 0;
}

static int operand(void *target, const char *value, base_error_t *error)
{
    (void)error;
    note(target, "=", value);
    return 0;
}

static const cli_option_t table[] = {
    {.name = "A heading"},
    {"cores", 'n', "N", "How many.", set},
    {"check", 0, NULL, "Whether.", set},
    {"set", 'C', "K=V",
     "One of a text that is so long that it has to be wrapped, because no line of the help may be "
     "longer than a hundred columns.",
     set},
    {0},
};

static int parse(target_t *target, base_error_t *error, const char *line)
{
    char **argv = g_strsplit(line, " ", -1);
    *target = (target_t){0};
    *error = (base_error_t){0};
    int result = cli_options_parse(table, target, (int)g_strv_length(argv), argv, operand, error);
    g_strfreev(argv);
    return result;
}

Test(cli_options, every_way_of_writing_an_option_is_understood)
{
    target_t target;
    base_error_t error;
    cr_expect_eq(parse(&target, &error, "a --cores 4 --cores=5 -n 6 -n7 --check -Cx=1 b"), 0, "%s", error.text);
    cr_expect_str_eq(target.text, "=a --cores4 --cores5 -n6 -n7 --check -Cx=1 =b ");
    cr_expect_eq(parse(&target, &error, "-- --cores - -n"), 0, "%s", error.text);
    cr_expect_str_eq(target.text, "=--cores =- =-n ");
    cr_expect_eq(parse(&target, &error, "--cores -1"), 0, "%s", error.text);
    cr_expect_str_eq(target.text, "--cores-1 ");
}

static void expect_refused(const char *line, const char *message)
{
    target_t target;
    base_error_t error;
    cr_expect_eq(parse(&target, &error, line), -EINVAL, "'%s' was taken", line);
    cr_expect_str_eq(error.text, message);
}

Test(cli_options, what_is_wrong_is_named_and_the_like_suggested)
{
    expect_refused("--cors 4", "there is no option '--cors'; did you mean --cores?");
    expect_refused("--cor=4", "there is no option '--cor'; did you mean --cores?");
    expect_refused("--zzz=4", "there is no option '--zzz'; --help lists them");
    expect_refused("-z", "there is no option '-z'; --help lists them");
    expect_refused("--A heading", "there is no option '--A'; --help lists them");
    expect_refused("--cores", "--cores needs an argument: --cores N");
    expect_refused("x -n", "-n needs an argument: -n N");
    expect_refused("--check=yes", "--check takes no argument, got 'yes'");
    expect_refused("--cores bad", "--cores is bad");
}

Test(cli_options, help_names_every_option_in_lines_of_at_most_100_columns)
{
    char *text = cli_options_help(table);
    cr_expect_not_null(strstr(text, "\nA heading\n    -n, --cores N         How many.\n"), "%s", text);
    cr_expect_not_null(strstr(text, "\n    --check               Whether.\n"), "%s", text);
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        cr_expect_leq(strlen(*line), 100, "%s", *line);
    g_strfreev(lines);
    g_free(text);
}
