/* The one-line error and the fatal simulator bug. */
#include "base/error.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(base_fail, returns_the_errno_and_formats_the_line)
{
    base_error_t error = {""};
    cr_assert_eq(base_fail(&error, -ENOENT, "%s: no such image (%d)", "a.elf", 7), -ENOENT);
    cr_assert_str_eq(error.text, "a.elf: no such image (7)");
}

Test(base_fail, replaces_an_earlier_text)
{
    base_error_t error = {""};
    base_fail(&error, -EIO, "a long first message");
    base_fail(&error, -EIO, "short");
    cr_assert_str_eq(error.text, "short");
}

Test(base_fail, without_an_error_object_only_returns)
{
    cr_assert_eq(base_fail(NULL, -EINVAL, "dropped %d", 1), -EINVAL);
}

Test(base_fail, cuts_a_text_that_does_not_fit_and_ends_it)
{
    struct {
        base_error_t error;
        char after[8];
    } guarded;
    char longer[BASE_ERROR_BYTES * 2];
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    memset(guarded.after, '#', sizeof(guarded.after));
    base_fail(&guarded.error, -EIO, "%s", longer);
    cr_assert_eq(strlen(guarded.error.text), BASE_ERROR_BYTES - 1);
    cr_assert_eq(memcmp(guarded.after, "########", sizeof(guarded.after)), 0, "wrote past the text");
}

Test(base_fail, keeps_control_characters_of_a_quoted_name_out_of_the_line)
{
    base_error_t error;
    base_fail(&error, -EINVAL, "node %s is wrong", "a\nb\033[2J\177\xc3\xa9");
    cr_assert_str_eq(error.text, "node a?b?[2J?\xc3\xa9 is wrong");
}

Test(base_bug, aborts_the_process, .signal = SIGABRT)
{
    base_bug("line %#x has two owners", 0x40u);
}

static void report_the_bug_to(FILE *report)
{
    dup2(fileno(report), STDERR_FILENO);
    base_bug("line %#x has two owners", 0x40u);
}

Test(base_bug, says_what_and_where_on_stderr)
{
    FILE *report = tmpfile();
    cr_assert_not_null(report);
    pid_t child = fork();
    if (child == 0)
        report_the_bug_to(report);
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status));

    char line[256] = "";
    rewind(report);
    cr_assert_not_null(fgets(line, sizeof(line), report));
    fclose(report);
    cr_assert_eq(strncmp(line, "mesim: internal error: line 0x40 has two owners (", 49), 0, "it says: %s", line);
    cr_assert_not_null(strstr(line, "test_error.c:"), "it says: %s", line);
}
