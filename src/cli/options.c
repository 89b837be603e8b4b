/* Parsing and help of option tables. */
#include "cli/options.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum { HELP_INDENT = 26, HELP_COLUMNS = 100 };

typedef struct parse {
    const cli_option_t *options;
    void *target;
    int argc, at;
    char *const *argv;
    base_error_t *error;
} parse_t;

static const cli_option_t *find_name(const cli_option_t *options, const char *name, size_t length)
{
    for (; options->name; options++)
        if (options->set && strlen(options->name) == length && !strncmp(options->name, name, length))
            return options;
    return NULL;
}

static const cli_option_t *find_letter(const cli_option_t *options, char letter)
{
    for (; options->name; options++)
        if (options->set && options->letter == letter)
            return options;
    return NULL;
}

/* An option that begins with what was written, or one that what was written begins with. */
static const cli_option_t *find_similar(const cli_option_t *options, const char *name, size_t length)
{
    for (size_t same = length; same >= 3; same--)
        for (const cli_option_t *option = options; option->name; option++)
            if (option->set && !strncmp(option->name, name, same))
                return option;
    return NULL;
}

static int fail_unknown(parse_t *parse, const char *argument)
{
    size_t length = strcspn(argument, "=");
    const char *name = argument + strspn(argument, "-");
    const cli_option_t *similar = find_similar(parse->options, name, (size_t)(argument + length - name));
    if (similar)
        return base_fail(parse->error, -EINVAL, "there is no option '%.*s'; did you mean --%s?", (int)length, argument,
                         similar->name);
    return base_fail(parse->error, -EINVAL, "there is no option '%.*s'; --help lists them", (int)length, argument);
}

/* `inlined` is what follows = or the letter; NULL when nothing does. */
static int apply(parse_t *parse, const cli_option_t *option, const char *shown, const char *inlined)
{
    const char *value = inlined;
    if (!option->argument && inlined)
        return base_fail(parse->error, -EINVAL, "%s takes no argument, got '%s'", shown, inlined);
    if (option->argument && !inlined) {
        if (parse->at == parse->argc)
            return base_fail(parse->error, -EINVAL, "%s needs an argument: %s %s", shown, shown, option->argument);
        value = parse->argv[parse->at++];
    }
    base_error_t reason = {0};
    int result = option->set(parse->target, shown, value ? value : "", &reason);
    return result < 0 ? base_fail(parse->error, result, "%s", reason.text) : 0;
}

static int take_long(parse_t *parse, const char *argument)
{
    size_t length = strcspn(argument + 2, "=");
    const cli_option_t *option = find_name(parse->options, argument + 2, length);
    if (!option)
        return fail_unknown(parse, argument);
    char *shown = g_strndup(argument, length + 2);
    int result = apply(parse, option, shown, argument[length + 2] ? argument + length + 3 : NULL);
    g_free(shown);
    return result;
}

static int take_letter(parse_t *parse, const char *argument)
{
    const cli_option_t *option = find_letter(parse->options, argument[1]);
    if (!option)
        return fail_unknown(parse, argument);
    char shown[] = {'-', argument[1], '\0'};
    return apply(parse, option, shown, argument[2] ? argument + 2 : NULL);
}

int cli_options_parse(const cli_option_t *options, void *target, int argc, char *const *argv,
                      int (*operand)(void *target, const char *value, base_error_t *error), base_error_t *error)
{
    parse_t parse = {.options = options, .target = target, .argc = argc, .argv = argv, .error = error};
    bool only_operands = false;
    int result = 0;
    while (result == 0 && parse.at < argc) {
        const char *argument = argv[parse.at++];
        if (only_operands || argument[0] != '-' || !argument[1])
            result = operand(target, argument, error);
        else if (!strcmp(argument, "--"))
            only_operands = true;
        else
            result = argument[1] == '-' ? take_long(&parse, argument) : take_letter(&parse, argument);
    }
    return result;
}

/* Appends words from column HELP_INDENT on; the first line is already indented. */
static void append_wrapped(GString *text, const char *words)
{
    size_t column = HELP_INDENT;
    while (*words) {
        size_t length = strcspn(words, " ");
        if (column > HELP_INDENT && column + 1 + length > HELP_COLUMNS) {
            g_string_append_printf(text, "\n%*s", HELP_INDENT, "");
            column = HELP_INDENT;
        } else if (column > HELP_INDENT) {
            g_string_append_c(text, ' ');
            column++;
        }
        g_string_append_len(text, words, (gssize)length);
        column += length;
        words += length + strspn(words + length, " ");
    }
    g_string_append_c(text, '\n');
}

char *cli_options_help(const cli_option_t *options)
{
    GString *text = g_string_new(NULL);
    for (; options->name; options++) {
        if (!options->set) {
            g_string_append_printf(text, "\n%s\n", options->name);
            continue;
        }
        gsize start = text->len;
        g_string_append(text, "    ");
        if (options->letter)
            g_string_append_printf(text, "-%c, ", options->letter);
        g_string_append_printf(text, "--%s", options->name);
        if (options->argument)
            g_string_append_printf(text, " %s", options->argument);
        gsize width = text->len - start;
        g_string_append_printf(text, "%s%*s", width + 2 > HELP_INDENT ? "\n" : "",
                               width + 2 > HELP_INDENT ? HELP_INDENT : (int)(HELP_INDENT - width), "");
        append_wrapped(text, options->help);
    }
    return g_string_free(text, FALSE);
}
